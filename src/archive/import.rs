//! Imports: the entries of a file that was exported, here or by the developer tools of a browser.

use super::error::ImportError;
use super::export::{FORMAT, VERSION};
use super::har::Har;
use super::limit::STEP_BYTES;
use super::record::{self, field};
use crate::entry::{Entry, Seq};
use crate::protocol::json::{self, SyntaxError, quote};

/// Reads NDJSON as [`ndjson`](super::export::ndjson) writes it, or the WebSocket messages of a HAR,
/// as [`har`](super::export::har) or the developer tools of a browser write it.
///
/// A HAR does not say what a session made of its messages: they are read anew, and paired by their
/// request ids within each connection. Its connections stand one after the other. A key in their
/// addresses is taken out: `key_parameter` is the query parameter that carries it, if any does.
///
/// # Errors
///
/// Says what kind of file is expected, or which line is at fault and why.
pub fn import(text: &str, key_parameter: Option<&str>) -> Result<Vec<Entry>, ImportError> {
    let mut import = Import::new(key_parameter);
    for piece in text.as_bytes().chunks(STEP_BYTES) {
        import.push(piece);
        while import.step()? {}
    }
    import.finish()
}

/// The [`import`] of a file that comes in pieces, cut anywhere.
///
/// After each [`Import::push`] call [`Import::step`] until nothing is left to do: a step takes a few
/// milliseconds, so that whoever reads a large file can do something else in between.
pub struct Import {
    key_parameter: Option<String>,
    pieces: Pieces,
    format: Format,
}

#[derive(Default)]
enum Format {
    /// Too little has come to tell.
    #[default]
    Unknown,
    Har(Box<Har>),
    Lines(Lines),
}

impl Import {
    /// Begins a file. `key_parameter` is that of [`import`].
    pub fn new(key_parameter: Option<&str>) -> Self {
        let key_parameter = key_parameter.map(str::to_owned);
        Self { key_parameter, pieces: Pieces::default(), format: Format::default() }
    }

    /// Takes in the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pieces.push(bytes);
    }

    /// Reads on in what has come. Returns whether there is more that can be read already.
    ///
    /// # Errors
    ///
    /// As [`import`].
    pub fn step(&mut self) -> Result<bool, ImportError> {
        let Pieces { text, is_whole, .. } = &mut self.pieces;
        match &mut self.format {
            Format::Unknown => match Format::of(text, *is_whole, self.key_parameter.as_deref())? {
                Format::Unknown => Ok(false),
                known => {
                    self.format = known;
                    Ok(true)
                }
            },
            Format::Har(har) => har.step(text, *is_whole),
            Format::Lines(lines) => lines.step(text, *is_whole),
        }
    }

    /// Reads the rest and returns the entries of the whole file.
    ///
    /// # Errors
    ///
    /// As [`import`].
    pub fn finish(mut self) -> Result<Vec<Entry>, ImportError> {
        self.pieces.finish();
        while self.step()? {}
        match self.format {
            Format::Unknown => Err(ImportError::Foreign),
            Format::Har(har) => har.finish(),
            Format::Lines(lines) => Ok(lines.entries),
        }
    }
}

impl Format {
    /// Recognises a file by its first line.
    fn of(
        text: &mut String,
        is_whole: bool,
        key_parameter: Option<&str>,
    ) -> Result<Self, ImportError> {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        let line = start.lines().next().unwrap_or_default();
        if !is_whole && line.len() == start.len() && line.len() < LONGEST_HEAD {
            return Ok(Self::Unknown);
        }
        let head: Vec<_> = json::members(json::clip(line, LONGEST_HEAD)).collect();
        let is_ours = field(&head, "format") == Some(&quote(FORMAT));
        let is_known = field(&head, "version") == Some(VERSION);
        // Lines count from the first one, be it empty.
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        text.drain(..mark);
        match (is_ours, is_known) {
            (true, true) => Ok(Self::Lines(Lines::default())),
            (true, false) => Err(ImportError::Version),
            (false, _) => Ok(Self::Har(Box::new(Har::new(key_parameter.map(str::to_owned))))),
        }
    }
}

/// The bytes in which the first line of a log, which is short, must end.
const LONGEST_HEAD: usize = 4 << 10;

/// Text that comes as bytes.
#[derive(Default)]
struct Pieces {
    text: String,
    /// The first bytes of a character that was cut in two.
    cut: Vec<u8>,
    is_whole: bool,
}

impl Pieces {
    fn push(&mut self, bytes: &[u8]) {
        self.cut.extend_from_slice(bytes);
        let bytes = core::mem::take(&mut self.cut);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let may_go_on = core::str::from_utf8(invalid)
                .is_err_and(|error| chunks.peek().is_none() && error.error_len().is_none());
            if may_go_on {
                self.cut = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    fn finish(&mut self) {
        self.is_whole = true;
        if !self.cut.is_empty() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// A log as NDJSON, read line by line; what was read is let go.
#[derive(Default)]
struct Lines {
    entries: Vec<Entry>,
    /// How many lines were read.
    count: usize,
    is_past_head: bool,
    /// The bytes of the next line in which no end was found yet.
    searched: usize,
}

impl Lines {
    fn step(&mut self, text: &mut String, is_whole: bool) -> Result<bool, ImportError> {
        let mut read = 0;
        while read < STEP_BYTES {
            let start = read.max(self.searched);
            let (end, next) = match text[start..].find('\n') {
                Some(at) => (start + at, start + at + 1),
                None if is_whole && read < text.len() => (text.len(), text.len()),
                None => break,
            };
            self.searched = 0;
            self.line(&text[read..end])?;
            read = next;
        }
        text.drain(..read);
        let is_more = read >= STEP_BYTES;
        if !is_more {
            self.searched = text.len();
        }
        Ok(is_more)
    }

    fn line(&mut self, json: &str) -> Result<(), ImportError> {
        self.count += 1;
        let line = self.count;
        if json.trim().is_empty() || !core::mem::replace(&mut self.is_past_head, true) {
            return Ok(());
        }
        json::check(json).map_err(|error| ImportError::NotJson(SyntaxError { line, ..error }))?;
        let entry = record::read(json).map_err(|name| ImportError::Field { line, name })?;
        let is_next = self.entries.last().is_none_or(|before| before.seq < entry.seq);
        // One more number must be left for what comes after it.
        if !is_next || entry.seq == Seq(u64::MAX) {
            return Err(ImportError::Order { line });
        }
        self.entries.push(entry);
        Ok(())
    }
}
