//! The history: what the reader sent.

use std::collections::VecDeque;

use crate::protocol::{UnixMillis, json};

/// The latest messages that were sent, each of them once.
///
/// Texts that differ in nothing but `request_id` and `sent_at` count as the same.
#[derive(Clone, Debug, Default)]
pub struct History {
    messages: VecDeque<SentMessage>,
}

/// A message that was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SentMessage {
    /// The text as it was sent.
    pub text: String,
    /// When it was sent.
    pub at: UnixMillis,
}

impl History {
    /// Adds a text that was sent. If it is known already it becomes the newest.
    pub fn push(&mut self, text: String, at: UnixMillis) {
        let own = without_time(&text);
        self.messages.retain(|known| without_time(&known.text) != own);
        self.messages.push_front(SentMessage { text, at });
        self.messages.truncate(KEPT);
    }

    /// Returns the messages, newest first.
    pub fn messages(&self) -> impl Iterator<Item = &SentMessage> {
        self.messages.iter()
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

/// How many messages are kept.
const KEPT: usize = 20;
