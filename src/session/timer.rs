//! Timers as data: no callback to cancel, no handle to lose.

use crate::protocol::Instant;

/// What the session waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Timer {
    /// When to stop waiting for a handshake.
    Connect,
    /// When to stop waiting for the server to confirm a close.
    Close,
    /// When to send a ping that keeps the connection from idling.
    Idle,
    /// When to stop waiting for a sign of life.
    Probe,
    /// When to connect again.
    Retry,
    /// When to ask a silent server for a sign of life.
    Silence,
}

impl Timer {
    const ALL: [Self; 6] =
        [Self::Connect, Self::Close, Self::Idle, Self::Probe, Self::Retry, Self::Silence];
}

/// A deadline for each timer that runs.
#[derive(Debug, Default)]
pub(super) struct Timers {
    deadlines: [Option<Instant>; Timer::ALL.len()],
}

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, deadline: Instant) {
        self.deadlines[timer as usize] = Some(deadline);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.deadlines[timer as usize] = None;
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.deadlines[timer as usize].is_some()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the next deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.deadlines.iter().flatten().min().copied()
    }

    /// Stops and returns a timer whose deadline has come.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Timer> {
        let due = |timer: &Timer| self.deadlines[*timer as usize].is_some_and(|at| at <= now);
        let timer = Timer::ALL.into_iter().find(due)?;
        self.stop(timer);
        Some(timer)
    }
}
