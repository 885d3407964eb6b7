//! Logs as files: exports without the key, imports, and the replay of what was imported; and reports on them.

mod error;
pub mod export;
mod har;
mod import;
mod limit;
mod markdown;
mod record;
mod replay;
pub mod report;

pub use error::ImportError;
pub use import::{Import, import};
pub use limit::LARGEST;
pub use replay::{Replay, Speed};
