//! The history: what the reader sent.

use std::collections::VecDeque;

/// The latest texts that were sent, each of them once.
///
/// Texts that differ in nothing but `request_id` and `sent_at` count as the same.
#[derive(Clone, Debug, Default)]
pub struct History {
    texts: VecDeque<String>,
}

impl History {
    /// Adds a text that was sent. If it is known already it becomes the newest.
    pub fn push(&mut self, text: &str) {
        let _ = text;
        todo!()
    }

    /// Returns the texts, newest first.
    pub fn texts(&self) -> &VecDeque<String> {
        &self.texts
    }
}
