//! Why a file cannot be opened, and what would help.

use core::fmt;

use super::limit::{LARGEST, MEGABYTE};
use crate::protocol::json::SyntaxError;

/// Why a file cannot be imported. Lines count from 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ImportError {
    /// A field of an entry is missing or wrong.
    Field {
        /// The line of the entry.
        line: usize,
        /// The name of the field.
        name: &'static str,
    },
    /// It is neither NDJSON of the playground nor a HAR.
    Foreign,
    /// A HAR in which no connection has messages.
    NoMessages,
    /// It is not JSON, or one of its lines is not.
    NotJson(SyntaxError),
    /// An entry has a number that is not above the one before it.
    Order {
        /// The line of the entry.
        line: usize,
    },
    /// More than can be opened.
    TooLarge {
        /// The bytes it has.
        size: u64,
    },
    /// The browser could not read it to its end.
    Unreadable,
    /// NDJSON of a playground of another version.
    Version,
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { line, name } => {
                write!(formatter, "line {line}: {name} is missing or wrong; export the log again")
            }
            Self::Foreign => formatter.write_str(
                "this is no log; choose a file that was exported here, or a HAR file of a browser's \
                 developer tools",
            ),
            Self::NoMessages => formatter.write_str(
                "no WebSocket messages in this HAR; open the developer tools before the page \
                 connects, and export again",
            ),
            Self::NotJson(error) => error.fmt(formatter),
            Self::Order { line } => write!(
                formatter,
                "line {line}: seq must be above that of the line before; leave the lines in order"
            ),
            Self::TooLarge { size } => write!(
                formatter,
                "it has {} MB, and up to {} MB can be opened; export a shorter log, or cut the file",
                size.div_ceil(MEGABYTE),
                LARGEST / MEGABYTE,
            ),
            Self::Unreadable => formatter.write_str(
                "the browser cannot read it any more; it may have been moved, changed or deleted \
                 since it was chosen, so choose it again",
            ),
            Self::Version => formatter.write_str(
                "this log is of another version; open it in the playground that exported it",
            ),
        }
    }
}

impl core::error::Error for ImportError {}
