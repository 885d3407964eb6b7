//! The guided path: connect, subscribe, see an event, break it, watch it recover.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Action, Before, Observed, Step};
use crate::api::Api;
use crate::protocol::{Instant, Now};

/// The guided path.
pub struct Guide {
    pending: VecDeque<Action>,
}

impl Guide {
    /// Returns the path from its beginning, given how things are.
    pub fn new(_api: Arc<Api>, _before: &Before) -> Self {
        Self { pending: VecDeque::new() }
    }

    /// Feeds in what happened. Drain [`Guide::poll`] afterwards.
    pub fn handle(&mut self, _what: Observed<'_>, _now: Now) {}

    /// Takes out the next thing to do.
    #[must_use]
    pub fn poll(&mut self) -> Option<Action> {
        self.pending.pop_front()
    }

    /// Returns when [`Observed::Timeout`] is due, in the time of the session.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// Returns the steps, in their order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        core::iter::empty()
    }

    /// Returns the number of the step under way, from 0; the number of steps when it is done.
    pub fn current(&self) -> usize {
        0
    }

    /// Does the current step. Drain [`Guide::poll`] afterwards.
    pub fn show_me(&mut self, _now: Now) {}

    /// Passes the current step over.
    pub fn skip(&mut self) {}

    /// Goes back to the step before.
    pub fn back(&mut self) {}

    /// Says kindly what keeps the current step from happening, if the reader took a wrong turn.
    pub fn nudge(&self) -> Option<String> {
        None
    }

    /// Returns whether every step was done or passed over.
    pub fn is_done(&self) -> bool {
        false
    }
}
