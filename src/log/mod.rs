//! What is kept of what happened: the bounded ring of entries, what is listed of it, and the window
//! that is shown.

pub mod filter;
pub mod index;
pub mod listing;
pub mod needle;
pub mod pace;
pub mod rate;
pub mod ring;
pub mod step;
pub mod window;

pub use filter::LogFilter;
pub use index::Index;
pub use listing::Listing;
pub use needle::{Needle, Pattern, find_ignoring_case};
pub use pace::Pace;
pub use rate::Rate;
pub use ring::{Capacity, Counters, Counts, Ring, Row};
pub use step::Step;
pub use window::{Pane, Tail, Window, is_same_place};
