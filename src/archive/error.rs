//! Why a file cannot be opened, and what would help.

use core::fmt;

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
            Self::Version => formatter.write_str(
                "this log is of another version; open it in the playground that exported it",
            ),
        }
    }
}

impl core::error::Error for ImportError {}
