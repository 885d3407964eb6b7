//! Why a connection ended.

use super::OpenFailure;
use crate::protocol::CloseCode;

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// The reader asked for it.
    Asked,
    /// The other side closed, or the connection broke.
    Closed {
        /// The close code.
        code: CloseCode,
        /// The reason as sent.
        reason: String,
        /// Whether a close frame was exchanged.
        clean: bool,
    },
    /// It never opened, as often as it was tried.
    GaveUp {
        /// The attempts made.
        attempts: u32,
    },
    /// No echo server answered.
    NoEcho,
    /// It did not open this time.
    OpenFailed(OpenFailure),
    /// The browser refused the address.
    Refused {
        /// The browser's error name, such as `SecurityError`.
        name: String,
    },
    /// The server gave no sign of life.
    Silent,
    /// The reader asked for it, and the server did not confirm in time.
    Unconfirmed,
}
