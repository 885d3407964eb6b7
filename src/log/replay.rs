//! Replays: the entries of an import come again, as fast as the reader likes.

use std::collections::VecDeque;

use super::entry::Entry;
use super::ring::{Capacity, Ring};
use crate::protocol::Millis;

/// Entries that come again, at the intervals at which they came.
///
/// Like a session it reads no clock: [`Replay::poll_timeout`] says when to call
/// [`Replay::handle_timeout`]. A request shows what became of it only once it has: when its answer
/// came, or its connection ended.
pub struct Replay {
    waiting: VecDeque<Entry>,
    ring: Ring,
}

impl Replay {
    /// Returns a replay that stands at its beginning. `capacity` is that of its ring.
    pub fn new(entries: Vec<Entry>, capacity: Capacity) -> Self {
        Self { waiting: entries.into(), ring: Ring::new(capacity) }
    }

    /// Goes on at `speed`: 1 as it was, 10 ten times as fast, 0 everything at once.
    pub fn play(&mut self, speed: u32, now: Millis) {
        let _ = (speed, now);
        todo!()
    }

    /// Stands still until [`Replay::play`].
    pub fn pause(&mut self, now: Millis) {
        let _ = now;
        todo!()
    }

    /// Goes back to the beginning and stands there. Entries that the ring dropped do not come again.
    pub fn rewind(&mut self) {
        todo!()
    }

    /// Adds the entries that are due to the ring. Returns whether there were any.
    pub fn handle_timeout(&mut self, now: Millis) -> bool {
        let _ = now;
        todo!()
    }

    /// Returns when [`Replay::handle_timeout`] is due, on the clock of its `now`; never while it
    /// stands still or after the end.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Millis> {
        todo!()
    }

    /// Hides the entries that have come.
    pub fn clear(&mut self) {
        self.ring.clear();
    }

    /// Returns the entries that have come.
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Returns how many entries have come.
    pub fn position(&self) -> usize {
        todo!()
    }

    /// Returns how many entries there are.
    pub fn len(&self) -> usize {
        self.position() + self.waiting.len()
    }

    /// Returns whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether every entry has come.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns whether it is going on.
    pub fn is_playing(&self) -> bool {
        todo!()
    }

    /// Returns the time on the clock of the entries, for the rate of its ring.
    pub fn clock(&self, now: Millis) -> Millis {
        let _ = now;
        todo!()
    }
}
