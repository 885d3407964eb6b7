//! Logs as files: exports without the key, imports, and the replay of what was imported.

mod error;
pub mod export;
mod har;
mod import;
mod limit;
mod record;
mod replay;

pub use error::ImportError;
pub use import::{Import, import};
pub use limit::LARGEST;
pub use replay::{Replay, Speed};
