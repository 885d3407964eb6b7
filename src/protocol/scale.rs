//! How fast simulated time passes.

use core::fmt;

/// How fast time passes on a simulated connection. On a real one it is always [`TimeScale::Real`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TimeScale {
    /// It stands still.
    Paused,
    /// As on the clock on the wall.
    #[default]
    Real,
    /// Ten times as fast.
    Tenfold,
    /// Sixty times as fast: a minute in a second.
    Sixtyfold,
}

impl TimeScale {
    /// All scales, slowest first.
    pub const ALL: [Self; 4] = [Self::Paused, Self::Real, Self::Tenfold, Self::Sixtyfold];

    /// Returns how much of the simulated time passes in one unit of real time.
    pub const fn factor(self) -> u32 {
        match self {
            Self::Paused => 0,
            Self::Real => 1,
            Self::Tenfold => 10,
            Self::Sixtyfold => 60,
        }
    }

    /// Returns the scale with this factor.
    pub fn from_factor(factor: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|scale| u64::from(scale.factor()) == factor)
    }
}

impl fmt::Display for TimeScale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused => formatter.write_str("paused"),
            _ => write!(formatter, "{}×", self.factor()),
        }
    }
}
