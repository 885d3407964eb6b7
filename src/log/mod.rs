//! What happened: entries, the bounded ring that keeps them, the window that is shown, and the words
//! a row is shown with.

pub mod entry;
pub mod format;
pub mod ring;
pub mod summary;
pub mod window;

pub use entry::{
    Body, Direction, Entry, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
pub use ring::{Capacity, Counters, Ring, Row};
pub use summary::{Summary, Tone};
pub use window::{Pane, Tail, Window};
