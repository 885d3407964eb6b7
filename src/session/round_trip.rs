//! Round trips of the latest requests.

use std::collections::VecDeque;

use crate::protocol::Millis;

/// The latest round trips, enough for a steady median.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    latest: VecDeque<Millis>,
    /// The same, the shortest first.
    sorted: Vec<Millis>,
}

impl RoundTrips {
    pub(super) fn push(&mut self, round_trip: Millis) {
        if self.latest.len() == KEPT
            && let Some(oldest) = self.latest.pop_front()
        {
            self.sorted.remove(self.place(oldest));
        }
        self.latest.push_back(round_trip);
        self.sorted.insert(self.place(round_trip), round_trip);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the median and the 95th percentile, by nearest rank.
    pub(super) fn percentiles(&self) -> Option<(Millis, Millis)> {
        let rank = |percent: usize| {
            let rank = (self.sorted.len() * percent).div_ceil(100);
            self.sorted.get(rank.saturating_sub(1)).copied()
        };
        Some((rank(50)?, rank(95)?))
    }

    /// Returns where the first round trip of at least this length stands, or would stand.
    fn place(&self, round_trip: Millis) -> usize {
        self.sorted.partition_point(|other| *other < round_trip)
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
