//! Indexes: which entries of a ring a filter admits, found a few at a time.

use std::collections::VecDeque;

use super::filter::LogFilter;
use super::ring::Ring;
use crate::api::Api;
use crate::entry::Seq;

/// The numbers of the visible entries that a filter admits, as far as they have been examined.
///
/// [`Index::advance`] keeps up with the ring at a cost in proportion to what is new, never to the
/// log. One index belongs to one ring.
#[derive(Clone, Debug)]
pub struct Index {
    filter: LogFilter,
    /// The admitted ones, oldest first.
    hits: VecDeque<Seq>,
    /// Every entry before this number has been examined.
    next: Seq,
    /// How many of the ring's settlements have been looked at.
    settlements: usize,
    /// How many entries were admitted and are no longer visible.
    gone: u64,
}

impl Index {
    /// Returns an index that has examined nothing yet.
    pub fn new(filter: LogFilter) -> Self {
        Self { filter, hits: VecDeque::new(), next: Seq(0), settlements: 0, gone: 0 }
    }

    /// Examines the next entries, oldest first and no more than `budget`, and forgets those that are
    /// no longer visible. Returns whether everything has been examined.
    pub fn advance(&mut self, ring: &Ring, api: &Api, budget: usize) -> bool {
        let first = ring.at(0).map_or(Seq(u64::MAX), |row| row.entry.seq);
        while self.hits.pop_front_if(|seq| *seq < first).is_some() {
            self.gone += 1;
        }
        for seq in ring.settled(self.settlements) {
            if seq < self.next {
                self.examine_again(seq, ring, api);
            }
        }
        self.settlements = ring.settlements();
        let start = ring.place(self.next).unwrap_or_else(|place| place);
        for row in ring.range(start..start.saturating_add(budget)) {
            self.next = Seq(row.entry.seq.0 + 1);
            if self.filter.admits(&row.entry, api) {
                self.hits.push_back(row.entry.seq);
            }
        }
        self.behind(ring) == 0
    }

    /// Returns how many entries are still to be examined.
    pub fn behind(&self, ring: &Ring) -> usize {
        ring.len() - ring.place(self.next).unwrap_or_else(|place| place)
    }

    /// Returns how many entries are admitted.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Returns how many admitted entries are no longer visible.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// Returns whether no entry is admitted.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// Returns the number of the entry at a position among the admitted ones.
    pub fn get(&self, position: usize) -> Option<Seq> {
        self.hits.get(position).copied()
    }

    /// Returns the position of an entry among the admitted ones.
    ///
    /// # Errors
    ///
    /// Returns the position it would have if it were one of them.
    pub fn place(&self, seq: Seq) -> Result<usize, usize> {
        self.hits.binary_search(&seq)
    }

    fn examine_again(&mut self, seq: Seq, ring: &Ring, api: &Api) {
        let is_admitted = ring.position(seq).is_some()
            && ring.get(seq).is_some_and(|row| self.filter.admits(&row.entry, api));
        match self.place(seq) {
            Ok(place) if !is_admitted => {
                self.hits.remove(place);
            }
            Err(place) if is_admitted => self.hits.insert(place, seq),
            _ => {}
        }
    }
}
