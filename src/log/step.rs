//! Steps: how the keys walk through the list.

/// A step of the reader from entry to entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// To the first entry.
    First,
    /// To the last entry.
    Last,
    /// To the next entry.
    Down,
    /// To the entry before.
    Up,
    /// As many entries on as are in sight.
    PageDown,
    /// As many entries back as are in sight.
    PageUp,
}

impl Step {
    /// Returns the step that a key of this name makes, if it makes one.
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowDown" => Self::Down,
            "ArrowUp" => Self::Up,
            "End" => Self::Last,
            "Home" => Self::First,
            "PageDown" => Self::PageDown,
            "PageUp" => Self::PageUp,
            _ => return None,
        })
    }

    /// Returns the position to which it leads in a list of `len` entries, of which `page` are in sight.
    /// `from` is the selected one; without one a walk begins at the last. An empty list leads nowhere.
    pub fn target(self, from: Option<usize>, len: usize, page: usize) -> Option<usize> {
        let last = len.checked_sub(1)?;
        Some(match (self, from) {
            (Self::First, _) => 0,
            (Self::Last, _) | (_, None) => last,
            (Self::Down, Some(from)) => from.saturating_add(1).min(last),
            (Self::Up, Some(from)) => from.saturating_sub(1).min(last),
            (Self::PageDown, Some(from)) => from.saturating_add(page).min(last),
            (Self::PageUp, Some(from)) => from.saturating_sub(page).min(last),
        })
    }
}
