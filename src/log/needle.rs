//! Needles: what a reader searches texts for, and where it occurs in them.

use core::fmt::Debug;
use std::ops::Range;
use std::rc::Rc;

/// What texts are searched for.
#[derive(Clone, Debug)]
pub enum Needle {
    /// A text, whatever the case of its ASCII letters. The empty one occurs nowhere.
    Text(String),
    /// What is known by more than its letters.
    Pattern(Rc<dyn Pattern>),
}

/// What knows by itself where it occurs, such as a regular expression of the browser's own.
pub trait Pattern: Debug {
    /// Returns whether it occurs in a text.
    fn occurs_in(&self, text: &str) -> bool;

    /// Returns the bytes of its occurrences in a text, in their order. None is empty, and none begins
    /// before the end of the one before it.
    fn places_in(&self, text: &str) -> Vec<Range<usize>>;
}

impl Needle {
    /// Returns whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// Returns whether it occurs in a text.
    pub fn occurs_in(&self, text: &str) -> bool {
        match self {
            Self::Text(own) => find_ignoring_case(text, own, 0).is_some(),
            Self::Pattern(pattern) => pattern.occurs_in(text),
        }
    }

    /// Returns the bytes of its occurrences in a text, in their order and without overlap.
    pub fn places_in(&self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::Text(own) => {
                let next = |from: usize| find_ignoring_case(text, own, from);
                std::iter::successors(next(0), |last| next(last.end)).collect()
            }
            Self::Pattern(pattern) => pattern.places_in(text),
        }
    }
}

impl Default for Needle {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<&str> for Needle {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own == other,
            (Self::Pattern(own), Self::Pattern(other)) => Rc::ptr_eq(own, other),
            _ => false,
        }
    }
}

impl Eq for Needle {}

/// Returns the bytes of the first occurrence of `needle` that begins at byte `from` or later, whatever
/// the case of ASCII letters in either. Other letters are compared exactly. An empty needle occurs
/// nowhere.
pub fn find_ignoring_case(haystack: &str, needle: &str, from: usize) -> Option<Range<usize>> {
    let (bytes, needle) = (haystack.as_bytes(), needle.as_bytes());
    let (first, rest) = needle.split_first()?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut at = from;
    loop {
        // A needle that is valid UTF-8 begins where a character begins.
        at += bytes.get(at..)?.iter().position(|byte| *byte == lower || *byte == upper)?;
        let end = at + needle.len();
        if bytes.get(at + 1..end)?.eq_ignore_ascii_case(rest) {
            return Some(at..end);
        }
        at += 1;
    }
}
