//! Round trips of the latest requests.

use std::collections::VecDeque;

use crate::protocol::Millis;

/// The latest round trips, enough for a steady median.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    latest: VecDeque<Millis>,
}

impl RoundTrips {
    pub(super) fn push(&mut self, round_trip: Millis) {
        if self.latest.len() == KEPT {
            self.latest.pop_front();
        }
        self.latest.push_back(round_trip);
    }

    pub(super) fn clear(&mut self) {
        self.latest.clear();
    }

    /// Returns the median and the 95th percentile, by nearest rank.
    pub(super) fn percentiles(&self) -> Option<(Millis, Millis)> {
        let mut sorted: Vec<Millis> = self.latest.iter().copied().collect();
        sorted.sort_unstable();
        let rank = |percent: usize| {
            sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied()
        };
        Some((rank(50)?, rank(95)?))
    }
}

const KEPT: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_latest_round_trips() {
        let mut round_trips = RoundTrips::default();
        assert_eq!(round_trips.percentiles(), None);
        round_trips.push(Millis(1_000_000));
        for milli in 1..=200 {
            round_trips.push(Millis(milli));
        }
        assert_eq!(round_trips.percentiles(), Some((Millis(100), Millis(190))));
    }
}
