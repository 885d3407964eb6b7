//! The phases of a connection. Each holds what makes sense in it and nothing else.

use crate::entry::Ended;
use crate::protocol::{Instant, Millis};

/// Where the connection is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// This side asked to close and waits for the server to confirm.
    Closing {
        /// Since when.
        since: Instant,
    },
    /// A handshake is under way.
    Connecting {
        /// Since when.
        since: Instant,
    },
    /// Nothing is under way and nothing is scheduled.
    Idle {
        /// Why the last connection ended, if there was one.
        ended: Option<Ended>,
    },
    /// Messages can pass.
    Open {
        /// Since when.
        since: Instant,
        /// The endpoint, without the key.
        endpoint: String,
        /// The negotiated extensions as the browser reports them.
        extensions: String,
        /// Whether the server has sent a text frame on this connection.
        has_text: bool,
        /// Whether it has sent an envelope of the API, or a frame of ours if it is an echo server.
        has_spoken: bool,
    },
    /// The next attempt is scheduled.
    Waiting {
        /// When it is due.
        until: Instant,
        /// The whole wait.
        delay: Millis,
        /// Its number since the connection was last stable, from 1.
        attempt: u32,
        /// Why the last connection ended, and whether the server asked for the wait.
        ended: Ended,
    },
}

impl Phase {
    /// Returns its name, for style sheets, the page around and tests.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Closing { .. } => "closing",
            Self::Connecting { .. } => "connecting",
            Self::Idle { .. } => "idle",
            Self::Open { .. } => "open",
            Self::Waiting { .. } => "waiting",
        }
    }

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
