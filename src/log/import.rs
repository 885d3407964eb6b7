//! Imports: the entries of a file that was exported, here or by the developer tools of a browser.

use core::fmt;

use super::entry::Entry;

/// Reads NDJSON as [`ndjson`](super::export::ndjson) writes it, or the WebSocket messages of a HAR.
///
/// # Errors
///
/// Says what kind of file is expected, or which line is at fault and why.
pub fn import(text: &str) -> Result<Vec<Entry>, ImportError> {
    let _ = text;
    todo!()
}

/// Why a file cannot be imported.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ImportError {
    /// It is neither NDJSON of the playground nor a HAR.
    Foreign,
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => formatter.write_str(
                "this is no log; choose an NDJSON or HAR file that was exported here, or a HAR file \
                 of a browser's developer tools",
            ),
        }
    }
}

impl core::error::Error for ImportError {}
