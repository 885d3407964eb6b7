//! The phases of a connection. Each holds what makes sense in it and nothing else.

use crate::log::OpenFailure;
use crate::protocol::{CloseCode, Millis};

/// Where the connection is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// This side asked to close and waits for the server to confirm.
    Closing {
        /// Since when.
        since: Millis,
    },
    /// A handshake is under way.
    Connecting {
        /// Since when.
        since: Millis,
    },
    /// Nothing is under way and nothing is scheduled.
    Idle {
        /// Why the last connection ended, if there was one.
        ended: Option<Ended>,
    },
    /// Messages can pass.
    Open {
        /// Since when.
        since: Millis,
        /// The endpoint, without the key.
        endpoint: String,
        /// The negotiated extensions as the browser reports them.
        extensions: String,
        /// How many messages the server has sent on this connection.
        messages: u64,
    },
    /// The next attempt is scheduled.
    Waiting {
        /// When it is due.
        until: Millis,
        /// The whole wait.
        delay: Millis,
        /// Its number since the connection was last stable, from 1.
        attempt: u32,
        /// Whether the server asked for the wait, which is then not cut short.
        is_asked: bool,
        /// Why the last connection ended.
        ended: Ended,
    },
}

impl Phase {
    /// Returns whether messages can be sent.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    /// Returns whether messages can arrive; they may until the close is confirmed.
    pub fn can_receive(&self) -> bool {
        matches!(self, Self::Closing { .. } | Self::Open { .. })
    }

    /// Returns why the last connection ended, while none is under way.
    pub fn ended(&self) -> Option<&Ended> {
        match self {
            Self::Idle { ended } => ended.as_ref(),
            Self::Waiting { ended, .. } => Some(ended),
            Self::Closing { .. } | Self::Connecting { .. } | Self::Open { .. } => None,
        }
    }
}

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
