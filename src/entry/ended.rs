//! Why a connection ended, and what the session does about it.

use super::OpenFailure;
use crate::protocol::CloseCode;

/// How a connection ended, or the attempt at one.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Why.
    pub cause: EndCause,
    /// What follows from it, as the session decided.
    pub next: NextStep,
}

impl Ended {
    /// Returns an end after which nothing is tried.
    pub const fn at_rest(cause: EndCause) -> Self {
        Self { cause, next: NextStep::Rest }
    }
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq)]
pub enum EndCause {
    /// The reader asked for it.
    Asked,
    /// The reader had it broken from this side.
    Broken,
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
    /// The server gave no sign of life.
    Silent,
    /// The reader asked for it, and the server did not confirm in time.
    Unconfirmed,
}

/// What the session does after an end: the column "Client action" of the table "WebSocket close
/// codes" for a close code, and the like for everything else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NextStep {
    /// It stays closed until the reader gives another key.
    AskForKey,
    /// It stays closed: the reader wanted it so, or the same would happen again.
    Rest,
    /// It tries again by the row "Reconnect strategy".
    Retry,
    /// It stays closed: the reader stopped the attempts.
    Stopped,
    /// It tries again after the wait that the server asked for.
    Wait,
}

impl NextStep {
    /// Returns whether another attempt is scheduled.
    pub const fn tries_again(self) -> bool {
        matches!(self, Self::Retry | Self::Wait)
    }
}
