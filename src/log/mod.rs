//! What happened: entries, the bounded ring that keeps them, and the window that is shown.

pub mod entry;

pub use entry::{
    Body, Direction, Entry, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
