//! What the local sandbox received, for whoever writes a client: `GET /sandbox/log`.
//!
//! One JSON object a line: `at` in milliseconds since the start, and either the `incident` that was asked for, or
//! the number of the `connection` and one of `opened` (the path; never the query, which has the key), `text`,
//! `bytes` (of a binary message), `closed` (the code of the client's close frame, 1006 without one).

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

/// The newest lines.
pub(super) struct Journal {
    start: Instant,
    lines: Mutex<VecDeque<String>>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), lines: Mutex::default() }
    }

    /// Writes down what happened on a connection.
    pub(super) fn note(&self, connection: u64, what: &str, value: impl Into<Value>) {
        self.write(json!({ "connection": connection, what: value.into() }));
    }

    /// Writes down a text message; of a very long one only the beginning.
    pub(super) fn note_text(&self, connection: u64, text: &str) {
        self.note(connection, "text", text.chars().take(LONGEST).collect::<String>());
    }

    /// Writes down what was made to go wrong.
    pub(super) fn note_incident(&self, request: &Value) {
        self.write(json!({ "incident": request }));
    }

    /// Returns what is written, oldest first.
    pub(super) fn text(&self) -> String {
        self.lines().iter().map(String::as_str).collect()
    }

    fn write(&self, mut line: Value) {
        line["at"] = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).into();
        let mut lines = self.lines();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(format!("{line}\n"));
    }

    fn lines(&self) -> MutexGuard<'_, VecDeque<String>> {
        // A line is whole or not there.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines that are kept.
const KEPT: usize = 1000;

/// The characters that are kept of a message.
const LONGEST: usize = 4000;
