//! The rate limit: so many messages in a sliding window.

use std::collections::VecDeque;

use crate::protocol::{Instant, Millis};

/// The times of a client's latest messages.
#[derive(Debug)]
pub(super) struct RateLimit {
    messages: usize,
    window: Millis,
    times: VecDeque<Instant>,
}

impl RateLimit {
    pub(super) fn new(messages: usize, window: Millis) -> Self {
        Self { messages, window, times: VecDeque::new() }
    }

    /// Counts a message and returns whether it is within the limit.
    pub(super) fn admit(&mut self, at: Instant) -> bool {
        while self.times.front().is_some_and(|first| *first + self.window <= at) {
            self.times.pop_front();
        }
        self.times.push_back(at);
        self.times.len() <= self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_leaves_the_window_when_the_window_has_passed() {
        let mut rate = RateLimit::new(2, Millis(100));
        let times = [(0, true), (50, true), (99, false), (151, true), (199, true), (200, false)];
        for (at, admitted) in times {
            assert_eq!(rate.admit(Instant(at)), admitted, "at {at} ms");
        }
    }
}
