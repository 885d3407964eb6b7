//! The time of a session: the machine's, or one that passes faster, slower, or in leaps.

use crate::protocol::{Instant, Millis, Now, TimeScale, UnixMillis};

/// Maps the machine's time to that of the session.
///
/// It holds two moments that belong together, one of each; everything else follows from them and the
/// scale. Nothing is counted twice and nothing is lost when the scale changes: what was due before is due
/// after, later or earlier by the machine.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Clock {
    scale: TimeScale,
    /// The moment from which on the scale holds, on the machine's clock…
    real: Now,
    /// …and on this one.
    own: Now,
}

impl Clock {
    /// Returns this clock's time. It takes the machine's, which at [`TimeScale::Real`] says how the wall
    /// clock goes on as well: a machine that slept wakes at a later hour.
    pub fn read(&self, real: Now) -> Now {
        let passed = real.at - self.real.at;
        let own = self.own.when(self.own.at + scaled(passed, self.scale));
        if self.scale != TimeScale::Real {
            return own;
        }
        let ahead = real.wall.0.saturating_sub(self.real.wall.0);
        let back = self.real.wall.0.saturating_sub(real.wall.0);
        let wall = self.own.wall.0.saturating_add(ahead).saturating_sub(back);
        Now { wall: UnixMillis(wall), ..own }
    }

    /// Returns how fast it goes.
    pub fn scale(&self) -> TimeScale {
        self.scale
    }

    /// Goes at another speed from `at` on, which is this clock's time. `real` is the machine's time now.
    ///
    /// A moment before [`Clock::read`] puts the clock back to it: what was to happen since has not
    /// happened yet, and happens at the new speed.
    pub fn set_scale(&mut self, scale: TimeScale, at: Now, real: Now) {
        *self = Self { scale, real, own: at };
    }

    /// Leaps to `at`; never back.
    pub fn advance_to(&mut self, at: Instant, real: Now) {
        let own = self.read(real);
        self.set_scale(self.scale, own.when(own.at.max(at)), real);
    }

    /// Returns when `at` comes by the machine's clock, if nothing changes; never while it stands still,
    /// unless it has come.
    pub fn real(&self, at: Instant) -> Option<Instant> {
        match (at - self.own.at, u64::from(self.scale.factor())) {
            (Millis(0), _) => Some(self.real.at),
            (_, 0) => None,
            (ahead, factor) => Some(self.real.at + Millis(ahead.0.div_ceil(factor))),
        }
    }

    /// Goes as the machine's clock does, as on a real connection. The wall clock is true again; the
    /// monotonic one goes on from where it is.
    pub fn follow(&mut self, real: Now) {
        let own = Now { wall: real.wall, ..self.read(real) };
        self.set_scale(TimeScale::Real, own, real);
    }
}

fn scaled(span: Millis, scale: TimeScale) -> Millis {
    Millis(span.0.saturating_mul(u64::from(scale.factor())))
}
