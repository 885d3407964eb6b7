//! Imports: the entries of a file that was exported, here or by the developer tools of a browser.

use super::error::ImportError;
use super::export::{FORMAT, VERSION};
use super::har;
use super::record::{self, field};
use crate::entry::{Entry, Seq};
use crate::protocol::json::{self, SyntaxError, quote};

/// Reads NDJSON as [`ndjson`](super::export::ndjson) writes it, or the WebSocket messages of a HAR,
/// as [`har`](super::export::har) or the developer tools of a browser write it.
///
/// A HAR does not say what a session made of its messages: they are read anew, and paired by their
/// request ids within each connection. Its connections stand one after the other.
///
/// # Errors
///
/// Says what kind of file is expected, or which line is at fault and why.
pub fn import(text: &str) -> Result<Vec<Entry>, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.trim_start().lines().next().unwrap_or_default();
    let head: Vec<_> = json::members(first).collect();
    if field(&head, "format") == Some(&quote(FORMAT)) {
        return match field(&head, "version") {
            Some(VERSION) => lines(text),
            _ => Err(ImportError::Version),
        };
    }
    match json::locate(text, &["log", "entries"]) {
        Some(entries) => {
            json::check(text).map_err(ImportError::NotJson)?;
            har::read(&text[entries])
        }
        None => Err(ImportError::Foreign),
    }
}

fn lines(text: &str) -> Result<Vec<Entry>, ImportError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut is_head = true;
    for (line, json) in (1..).zip(text.split('\n')) {
        if json.trim().is_empty() || core::mem::take(&mut is_head) {
            continue;
        }
        json::check(json).map_err(|error| ImportError::NotJson(SyntaxError { line, ..error }))?;
        let entry = record::read(json).map_err(|name| ImportError::Field { line, name })?;
        let is_next = entries.last().is_none_or(|before| before.seq < entry.seq);
        // One more number must be left for what comes after it.
        if !is_next || entry.seq == Seq(u64::MAX) {
            return Err(ImportError::Order { line });
        }
        entries.push(entry);
    }
    Ok(entries)
}
