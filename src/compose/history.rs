//! The history: what the reader sent.

use std::collections::VecDeque;

use crate::protocol::json;

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
        let own = without_time(text);
        self.texts.retain(|known| without_time(known) != own);
        self.texts.push_front(text.to_owned());
        self.texts.truncate(KEPT);
    }

    /// Returns the texts, newest first.
    pub fn texts(&self) -> &VecDeque<String> {
        &self.texts
    }
}

/// Returns what a text says beside its number and its time.
fn without_time(text: &str) -> String {
    let mut text = text.to_owned();
    for field in ["request_id", "sent_at"] {
        text = json::remove(&text, &[field]).unwrap_or(text);
    }
    text
}

/// How many texts are kept.
const KEPT: usize = 20;
