//! The rate: how many frames passed in each of the last seconds.

use crate::protocol::Instant;

/// Frames per second over the last minute, received and sent together.
#[derive(Clone, Debug)]
pub struct Rate {
    /// The frames of the latest second and of those before it, each at its number modulo the length.
    seconds: [u32; BARS + 1],
    /// The number of the latest second.
    latest: u64,
}

impl Rate {
    /// Counts frames that passed at a time.
    pub fn count(&mut self, at: Instant, frames: u32) {
        let second = (at.0 / 1_000).max(self.latest);
        // What stands at the seconds in between is more than a minute old.
        let passed = (second - self.latest).min(self.seconds.len() as u64);
        for gone in 0..passed {
            self.seconds[place(second - gone)] = 0;
        }
        self.latest = second;
        self.seconds[place(second)] += frames;
    }

    /// Returns the frames of each of the last full seconds, oldest first. The second that `now`
    /// belongs to is not over, so it is not among them.
    pub fn bars(&self, now: Instant) -> [u32; BARS] {
        let mut bars = [0; BARS];
        let this = now.0 / 1_000;
        for (age, bar) in (1..).zip(bars.iter_mut().rev()) {
            let Some(second) = this.checked_sub(age) else {
                break;
            };
            if second <= self.latest && self.latest - second <= BARS as u64 {
                *bar = self.seconds[place(second)];
            }
        }
        bars
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self { seconds: [0; BARS + 1], latest: 0 }
    }
}

/// How many seconds are shown.
pub const BARS: usize = 60;

fn place(second: u64) -> usize {
    // The remainder is small.
    usize::try_from(second % (BARS as u64 + 1)).unwrap_or_default()
}
