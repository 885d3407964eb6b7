//! Replays: the entries of an import come again, as fast as the reader likes.

use std::collections::VecDeque;

use super::limit::STEP_ENTRIES;
use crate::entry::{Body, Entry, Outcome, Reading, Seq};
use crate::log::{Capacity, Ring};
use crate::protocol::{Instant, Millis};

/// Entries that come again, at the intervals at which they came.
///
/// Like a session it reads no clock: [`Replay::poll_timeout`] says when to call
/// [`Replay::handle_timeout`]. A request shows what became of it only once it has: when its answer
/// came, or its connection ended.
#[derive(Debug)]
pub struct Replay {
    /// The entries that have not come yet.
    waiting: VecDeque<Entry>,
    ring: Ring,
    capacity: Capacity,
    /// How many entries have come.
    position: usize,
    /// The requests that have come without their outcome, and the outcome; in the order of numbers.
    untold: Vec<(Seq, Outcome)>,
    /// The times of the first entry and of the latest, on the clock of the entries.
    first: Instant,
    latest: Instant,
    /// How much of the time after the first entry had passed when it went on last, or since it stands
    /// still.
    passed: Millis,
    /// When it went on; none while it stands still.
    since: Option<Instant>,
    speed: Speed,
}

/// How fast a replay goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Speed {
    /// It stands still.
    Paused,
    /// As it was.
    Real,
    /// Twice as fast.
    Double,
    /// Ten times as fast.
    Tenfold,
    /// Everything, however long it took.
    AtOnce,
}

impl Speed {
    /// All speeds, slowest first.
    pub const ALL: [Self; 5] =
        [Self::Paused, Self::Real, Self::Double, Self::Tenfold, Self::AtOnce];

    /// Returns the speed of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|speed| speed.name() == name)
    }

    /// Returns the name under which it is offered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paused => "Paused",
            Self::Real => "1 ×",
            Self::Double => "2 ×",
            Self::Tenfold => "10 ×",
            Self::AtOnce => "At once",
        }
    }

    /// Returns how much of the log's time passes in a span.
    fn passes(self, span: Millis) -> Millis {
        match self {
            Self::Paused | Self::AtOnce => Millis(0),
            _ => Millis(span.0.saturating_mul(self.factor())),
        }
    }

    const fn factor(self) -> u64 {
        match self {
            Self::Double => 2,
            Self::Tenfold => 10,
            _ => 1,
        }
    }
}

impl Replay {
    /// Returns a replay that stands at its beginning. `capacity` is that of its ring.
    pub fn new(entries: Vec<Entry>, capacity: Capacity) -> Self {
        let first = entries.first().map_or(Instant(0), |entry| entry.at.at);
        Self {
            waiting: entries.into(),
            ring: Ring::new(capacity),
            capacity,
            position: 0,
            untold: Vec::new(),
            first,
            latest: first,
            passed: Millis(0),
            since: None,
            speed: Speed::Paused,
        }
    }

    /// Goes on at this speed. After the end it does nothing.
    pub fn play(&mut self, speed: Speed, now: Instant) {
        self.passed = self.passed(now);
        self.speed = speed;
        let goes_on = speed != Speed::Paused && !self.is_done();
        self.since = goes_on.then_some(now);
    }

    /// Goes back to the beginning and stands there. Entries that the ring dropped do not come again.
    pub fn rewind(&mut self) {
        self.tell_all();
        let ring = core::mem::replace(&mut self.ring, Ring::new(self.capacity));
        let mut entries: VecDeque<_> = ring.into_entries().collect();
        entries.append(&mut self.waiting);
        *self = Self::new(entries.into(), self.capacity);
    }

    /// Adds the entries that are due to the ring: a bounded number of them, so that a long log does not
    /// hold up whoever shows it; the next timeout is due at once then. Returns whether there were any.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        if self.since.is_none() {
            return false;
        }
        let before = self.position;
        let due = match self.speed {
            Speed::AtOnce => Millis::MAX,
            _ => self.passed(now),
        };
        let first = self.first;
        while self.position < before + STEP_ENTRIES
            && let Some(entry) = self.waiting.pop_front_if(|entry| entry.at.at - first <= due)
        {
            self.push(entry);
        }
        if self.is_done() {
            self.tell_all();
            self.since = None;
        }
        self.position > before
    }

    /// Returns when [`Replay::handle_timeout`] is due, on the clock of its `now`; never while it
    /// stands still or after the end.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let (since, next) = (self.since?, self.waiting.front()?);
        let wait = next.at.at - self.first - self.passed;
        Some(match self.speed {
            Speed::AtOnce => since,
            speed => since + Millis(wait.0.div_ceil(speed.factor())),
        })
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
        self.position
    }

    /// Returns how many entries there are.
    pub fn len(&self) -> usize {
        self.position + self.waiting.len()
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
        self.since.is_some()
    }

    /// Returns the time on the clock of the entries, for the rate of the ring.
    pub fn clock(&self, now: Instant) -> Instant {
        if self.is_done() { self.latest } else { self.first + self.passed(now) }
    }

    /// Returns how much of the time after the first entry has passed.
    fn passed(&self, now: Instant) -> Millis {
        let span = self.since.map_or(Millis(0), |since| now - since);
        self.passed + self.speed.passes(span)
    }

    fn push(&mut self, mut entry: Entry) {
        let (seq, is_end) = (entry.seq, entry.ends_connection());
        let mut answered = None;
        if let Body::Message { reading, .. } = &mut entry.body {
            match reading {
                Reading::Answer { request, .. } | Reading::Echo { request, .. } => {
                    answered = *request;
                }
                Reading::Request { outcome, .. } => {
                    let at_first = match outcome {
                        Outcome::Echoed { .. } | Outcome::Unasked => Outcome::Unasked,
                        _ => Outcome::Pending,
                    };
                    self.untold.push((seq, *outcome));
                    *outcome = at_first;
                }
                _ => {}
            }
        }
        self.position += 1;
        self.latest = entry.at.at;
        self.ring.push(entry);
        if let Some(request) = answered
            && let Ok(place) = self.untold.binary_search_by_key(&request, |(seq, _)| *seq)
            && answer(self.untold[place].1) == Some(seq)
        {
            self.ring.settle(request, self.untold[place].1);
        }
        if is_end {
            self.lose(seq);
        }
    }

    /// Tells what became of the requests of a connection that ended with this entry.
    fn lose(&mut self, end: Seq) {
        let ring = &mut self.ring;
        self.untold.retain(|(request, outcome)| match answer(*outcome) {
            Some(by) if by > end => {
                // An answer that came on a later connection.
                ring.settle(*request, Outcome::Lost);
                true
            }
            _ => {
                ring.settle(*request, *outcome);
                false
            }
        });
    }

    fn tell_all(&mut self) {
        for (request, outcome) in self.untold.drain(..) {
            self.ring.settle(request, outcome);
        }
    }
}

/// Returns the entry that answers a request of this outcome.
fn answer(outcome: Outcome) -> Option<Seq> {
    match outcome {
        Outcome::Answered { by, .. } | Outcome::Echoed { by, .. } | Outcome::Late { by, .. } => {
            Some(by)
        }
        Outcome::Lost | Outcome::Pending | Outcome::Unanswered | Outcome::Unasked => None,
    }
}
