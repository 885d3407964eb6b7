//! The listing: which entries of the ring a reader sees, and which of those contain what was
//! searched for.

use core::ops::Range;

use super::filter::LogFilter;
use super::index::Index;
use super::needle::Needle;
use super::ring::{Ring, Row};
use crate::api::Api;
use crate::entry::Seq;

/// The entries that are shown, as positions from 0, and the search over them.
///
/// Both follow the ring a number of entries at a time ([`Listing::advance`]): a change of filter over
/// a full log is spread over frames, and a message costs nothing until the next frame.
#[derive(Debug, Default)]
pub struct Listing {
    /// What a filter leaves; none while every entry is shown.
    shown: Option<Index>,
    /// What was searched for; none while nothing is.
    found: Option<Index>,
}

impl Listing {
    /// Shows what `filter` admits, and searches it.
    pub fn choose(&mut self, filter: &LogFilter, needle: Needle) {
        self.shown = (!filter.is_empty()).then(|| Index::new(filter.clone()));
        self.search(filter, needle);
    }

    /// Searches what `filter` admits; without a needle, for nothing.
    pub fn search(&mut self, filter: &LogFilter, needle: Needle) {
        self.found =
            (!needle.is_empty()).then(|| Index::new(LogFilter { text: needle, ..filter.clone() }));
    }

    /// Looks at up to `budget` entries that it has not seen yet. Returns whether none are left.
    pub fn advance(&mut self, ring: &Ring, api: &Api, budget: usize) -> bool {
        let mut is_done = true;
        for index in [&mut self.shown, &mut self.found].into_iter().flatten() {
            is_done &= index.advance(ring, api, budget);
        }
        is_done
    }

    /// Returns how many entries it has not seen yet.
    pub fn behind(&self, ring: &Ring) -> usize {
        let indexes = [&self.shown, &self.found].into_iter().flatten();
        indexes.map(|index| index.behind(ring)).max().unwrap_or_default()
    }

    /// Returns how many entries are shown.
    pub fn len(&self, ring: &Ring) -> usize {
        self.shown.as_ref().map_or(ring.len(), Index::len)
    }

    /// Returns the rows at these positions, as far as there are any.
    pub fn rows<'a>(&'a self, ring: &'a Ring, positions: Range<usize>) -> Vec<&'a Row> {
        match &self.shown {
            None => ring.range(positions).collect(),
            Some(index) => {
                let positions = positions.start..positions.end.min(index.len());
                positions.filter_map(|position| ring.get(index.get(position)?)).collect()
            }
        }
    }

    /// Returns the entry at a position.
    pub fn at(&self, ring: &Ring, position: usize) -> Option<Seq> {
        Some(self.rows(ring, position..position + 1).first()?.entry.seq)
    }

    /// Returns the position of an entry, if it is shown.
    pub fn position(&self, ring: &Ring, seq: Seq) -> Option<usize> {
        match &self.shown {
            None => ring.position(seq),
            Some(index) => index.place(seq).ok(),
        }
    }

    /// Returns how many entries were ever shown, those that are gone included.
    pub fn came(&self, ring: &Ring) -> u64 {
        let came = |index: &Index| index.gone() + index.len() as u64;
        self.shown.as_ref().map_or(ring.counters().entries, came)
    }

    /// Returns how many entries left the listing at its beginning.
    pub fn gone(&self, ring: &Ring) -> u64 {
        self.shown.as_ref().map_or(ring.counters().dropped, Index::gone)
    }

    /// Returns how many entries contain what was searched for.
    pub fn found(&self) -> Option<usize> {
        self.found.as_ref().map(Index::len)
    }

    /// Returns which of the entries found this is, from 0.
    pub fn place(&self, seq: Seq) -> Option<usize> {
        self.found.as_ref()?.place(seq).ok()
    }

    /// Returns the entry found after this one, or before it; beyond the last one comes the first.
    pub fn next_found(&self, from: Option<Seq>, is_forward: bool) -> Option<Seq> {
        let found = self.found.as_ref()?;
        let len = found.len();
        // Without a start the newest comes first, as in a terminal.
        let position = match from.map(|from| found.place(from)) {
            None => len.checked_sub(1)?,
            Some(Ok(at)) if is_forward => at + 1,
            Some(Err(at)) if is_forward => at,
            Some(Ok(at) | Err(at)) => at.checked_sub(1).unwrap_or(len.checked_sub(1)?),
        };
        found.get(if position < len { position } else { 0 })
    }
}
