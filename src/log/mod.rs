//! What happened: entries, the bounded ring that keeps them, the window that is shown, the words a
//! row is shown with, what is listed of it, and files of it.

mod archive;
mod base64;
pub mod check;
pub mod entry;
pub mod export;
pub mod filter;
pub mod format;
pub mod import;
pub mod index;
pub mod listing;
pub mod rate;
mod record;
mod redact;
pub mod replay;
pub mod ring;
pub mod summary;
pub mod window;

pub use entry::{
    Body, Direction, Entry, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
pub use filter::{Filter, find_ignoring_case};
pub use import::{ImportError, import};
pub use index::Index;
pub use listing::Listing;
pub use rate::Rate;
pub use replay::Replay;
pub use ring::{Capacity, Counters, Ring, Row};
pub use summary::{Summary, Tone};
pub use window::{Pane, Tail, Window};
