//! The page's row "Reconnect strategy".

use crate::protocol::Millis;

/// Exponential backoff: the delays of the API description one after another, the last one for ever.
#[derive(Debug)]
pub(super) struct Backoff {
    delays: Vec<Millis>,
    attempt: u32,
}

impl Backoff {
    pub(super) fn new(delays: Vec<Millis>) -> Self {
        Self { delays, attempt: 0 }
    }

    /// Returns how many delays were taken since the last reset.
    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Takes the next delay.
    pub(super) fn advance(&mut self) -> Millis {
        let index = usize::try_from(self.attempt).unwrap_or(usize::MAX);
        self.attempt = self.attempt.saturating_add(1);
        self.delays.get(index).or(self.delays.last()).copied().unwrap_or_default()
    }

    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }
}
