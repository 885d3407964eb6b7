//! When the view of a log is brought up to date.

use crate::protocol::{Instant, Millis};

/// Decides when the view is next brought up to date: with the next frame while little comes, ten times a second
/// of the clock while entries pour in, and five times where nobody could read them anyway.
///
/// What a view costs is mostly the browser's, off the page's thread, where nobody can measure it: so the
/// clock counts, and not what the view took. Only on a slow machine, where a view takes long, it rests longer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// When the latest entry came.
    came: Instant,
    /// When the running tenth of a second began, and how much came in it and in the one before.
    since: Instant,
    count: u64,
    before: u64,
    /// No view comes earlier than this, unless it calms down.
    earliest: Instant,
}

impl Pace {
    /// Takes note that `count` entries have come.
    pub fn came(&mut self, count: u64, now: Instant) {
        let passed = now - self.since;
        if passed >= STEP {
            // What came longer ago says nothing.
            self.before = if passed < STEP + STEP { self.count } else { 0 };
            self.count = 0;
            self.since = now;
        }
        if count > 0 {
            self.count += count;
            self.came = now;
        }
    }

    /// Takes note that the view was brought up to date, which took from `start` to `end`.
    pub fn shown(&mut self, start: Instant, end: Instant) {
        let rest = Millis((end - start).0.saturating_mul(REST));
        let step = if self.came_lately() > MANY { LONG_STEP } else { STEP };
        self.earliest = end + step.max(rest);
    }

    /// Has the next view come at once: the reader did something.
    pub fn hurry(&mut self) {
        self.earliest = Instant(0);
    }

    /// Returns how long the next view is to wait before this is asked again; zero if it may come with the
    /// next frame.
    pub fn wait(&self, now: Instant) -> Millis {
        if self.came_lately() <= FEW {
            return Millis(0);
        }
        (self.earliest - now).min(self.came + CALM - now)
    }

    /// Returns how much came in a tenth of a second.
    fn came_lately(&self) -> u64 {
        self.count.max(self.before)
    }
}

/// The time between two views under a flood, and where more than [`MANY`] come in a tenth of a second.
const STEP: Millis = Millis(100);
const LONG_STEP: Millis = Millis(200);

/// A view rests this many times as long as it took, if that is longer.
const REST: u64 = 8;

/// How many entries may come in a tenth of a second and be shown each with its frame.
const FEW: u64 = 8;

/// How many entries in a tenth of a second leave no row in sight for long enough to be read.
const MANY: u64 = 40;

/// Nothing came for this long: the flood is over, or pauses long enough to be seen.
const CALM: Millis = Millis(30);
