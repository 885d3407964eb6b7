//! Imports: the entries of a file that was exported, here or by the developer tools of a browser.

use core::fmt;

use super::archive;
use super::entry::{Entry, Seq};
use super::export::{FORMAT, VERSION};
use super::record::{self, field};
use crate::protocol::envelope::quote;
use crate::protocol::json::{self, SyntaxError};

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
            archive::read(&text[entries])
        }
        None => Err(ImportError::Foreign),
    }
}

/// Why a file cannot be imported. Lines count from 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ImportError {
    /// A field of an entry is missing or wrong.
    Field {
        /// The line of the entry.
        line: usize,
        /// The name of the field.
        name: &'static str,
    },
    /// It is neither NDJSON of the playground nor a HAR.
    Foreign,
    /// A HAR in which no connection has messages.
    NoMessages,
    /// It is not JSON, or one of its lines is not.
    NotJson(SyntaxError),
    /// An entry has a number that is not above the one before it.
    Order {
        /// The line of the entry.
        line: usize,
    },
    /// NDJSON of a playground of another version.
    Version,
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { line, name } => {
                write!(formatter, "line {line}: {name} is missing or wrong; export the log again")
            }
            Self::Foreign => formatter.write_str(
                "this is no log; choose a file that was exported here, or a HAR file of a browser's \
                 developer tools",
            ),
            Self::NoMessages => formatter.write_str(
                "no WebSocket messages in this HAR; open the developer tools before the page \
                 connects, and export again",
            ),
            Self::NotJson(error) => error.fmt(formatter),
            Self::Order { line } => write!(
                formatter,
                "line {line}: seq must be above that of the line before; leave the lines in order"
            ),
            Self::Version => formatter.write_str(
                "this log is of another version; open it in the playground that exported it",
            ),
        }
    }
}

impl core::error::Error for ImportError {}

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
