//! Logs as files: exports without the key, imports, and the replay of what was imported.

mod error;
pub mod export;
mod har;
mod import;
mod record;
mod replay;

pub use error::ImportError;
pub use import::import;
pub use replay::Replay;
