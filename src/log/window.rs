//! The window: which rows of a fixed height are in sight, and whether the view follows the tail.

use std::ops::Range;

/// A scrolling box of rows that all have the same height. Lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pane {
    /// How far it is scrolled down.
    pub scroll_top: usize,
    /// Its height.
    pub height: usize,
    /// The height of a row.
    pub row: usize,
}

impl Pane {
    /// Returns what to render of `len` rows: those in sight and up to `margin` more on either side,
    /// so that a short scroll meets no gap.
    pub fn window(&self, len: usize, margin: usize) -> Window {
        let row = self.row.max(1);
        let top = self.scroll_top.min(self.end(len));
        let first = (top / row).saturating_sub(margin);
        let last = top.saturating_add(self.height).div_ceil(row).saturating_add(margin).min(len);
        Window { rows: first..last, above: first * row, below: (len - last) * row }
    }

    /// Returns the `scroll_top` that shows the last of `len` rows.
    pub fn end(&self, len: usize) -> usize {
        len.saturating_mul(self.row).saturating_sub(self.height)
    }

    /// Returns the `scroll_top` that brings the row at this position into sight, with as little
    /// movement as possible.
    pub fn reveal(&self, position: usize) -> usize {
        let top = position.saturating_mul(self.row);
        let lowest = (top + self.row).saturating_sub(self.height);
        self.scroll_top.clamp(lowest.min(top), top)
    }

    /// Returns how many rows are wholly in sight; at least one.
    pub fn page(&self) -> usize {
        (self.height / self.row.max(1)).max(1)
    }

    /// Returns whether it is scrolled to the end of `len` rows, as far as a browser's rounding lets
    /// one tell. No coarser: a slow scroll away from the end must not be pulled back.
    pub fn is_at_end(&self, len: usize) -> bool {
        self.scroll_top.saturating_add(ROUNDING) >= self.end(len)
    }
}

/// Returns whether two `scroll_top` are one, as far as a browser's rounding lets one tell.
pub fn is_same_place(one: usize, other: usize) -> bool {
    one.abs_diff(other) <= ROUNDING
}

/// How far from where it is put a browser may stop, in pixels. Far down, Firefox keeps fractions.
const ROUNDING: usize = 2;

/// The rows to render, and the empty space that stands for the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Window {
    /// The positions of the rows.
    pub rows: Range<usize>,
    /// The height of the rows before them.
    pub above: usize,
    /// The height of the rows after them.
    pub below: usize,
}

/// Whether the view follows the tail: it does until the reader scrolls up, and again once the reader
/// reaches the end.
#[derive(Clone, Debug)]
pub struct Tail {
    is_following: bool,
    /// Where the pane was last.
    scroll_top: usize,
    /// How many entries had come when the reader left the tail.
    seen: u64,
}

impl Default for Tail {
    fn default() -> Self {
        Self { is_following: true, scroll_top: 0, seen: 0 }
    }
}

impl Tail {
    /// Takes note of a scroll event over `len` visible rows, of `entries` that ever came.
    ///
    /// An event without a movement changes nothing: a browser tells of the last step after the tail when
    /// the reader may have paused already. A pane that is not at the end only because rows were added has
    /// not moved up: it follows on.
    pub fn scrolled(&mut self, pane: &Pane, len: usize, entries: u64) {
        if is_same_place(pane.scroll_top, self.scroll_top) {
            return;
        }
        if pane.is_at_end(len) {
            self.is_following = true;
        } else if self.is_following && pane.scroll_top < self.scroll_top {
            self.is_following = false;
            self.seen = entries;
        }
        self.scroll_top = pane.scroll_top;
    }

    /// Returns the `scroll_top` for the next frame: the end while following, otherwise where the
    /// same rows stay in sight after `dropped` rows went away above them.
    pub fn place(&mut self, pane: &Pane, len: usize, dropped: usize) -> usize {
        let end = pane.end(len);
        self.scroll_top = if self.is_following {
            end
        } else {
            pane.scroll_top.saturating_sub(dropped.saturating_mul(pane.row)).min(end)
        };
        self.scroll_top
    }

    /// Goes back to the tail.
    pub fn follow(&mut self) {
        self.is_following = true;
    }

    /// Stays where it is, as if the reader had scrolled up.
    pub fn stay(&mut self, entries: u64) {
        if self.is_following {
            self.is_following = false;
            self.seen = entries;
        }
    }

    /// Returns whether the view follows the tail.
    pub fn is_following(&self) -> bool {
        self.is_following
    }

    /// Returns how many of the `entries` that ever came did so since the reader left the tail.
    pub fn unseen(&self, entries: u64) -> u64 {
        if self.is_following { 0 } else { entries.saturating_sub(self.seen) }
    }
}
