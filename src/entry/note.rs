//! What the session itself has to say.

use super::Refusal;
use crate::protocol::Millis;

/// Something the session has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The reader cancelled while connecting.
    Cancelled,
    /// A connection is being tried.
    Connecting {
        /// The endpoint, without the key.
        endpoint: String,
        /// The number of the reconnect since the connection was last stable; 0 for the first.
        attempt: u32,
    },
    /// The session stopped trying.
    GaveUp {
        /// The attempts made.
        attempts: u32,
    },
    /// The server gave no sign of life, so the connection was left.
    NoSignOfLife,
    /// A message was not sent.
    NotSent {
        /// Why.
        refusal: Refusal,
    },
    /// A connection could not be opened.
    OpenFailed {
        /// The endpoint, without the key.
        endpoint: String,
        /// Why, if the page knows.
        failure: OpenFailure,
    },
    /// The next attempt is scheduled.
    Reconnecting {
        /// The number of the attempt since the connection was last stable, from 1.
        attempt: u32,
        /// The wait before it.
        delay: Millis,
    },
    /// Every subscription is back.
    Restored {
        /// How many.
        subscriptions: usize,
    },
    /// Subscriptions are being sent again.
    Restoring {
        /// How many.
        subscriptions: usize,
    },
    /// The server was silent for so long that it is asked for a sign of life.
    Silent {
        /// How long.
        after: Millis,
    },
    /// The reader stopped the attempts.
    Stopped,
    /// The browser suspended the page.
    Suspended {
        /// For how long.
        span: Millis,
    },
    /// The server did not confirm our close in time.
    Unconfirmed,
}

/// Why a connection could not be opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OpenFailure {
    /// The browser refused the address.
    Refused {
        /// The browser's error name, such as `SecurityError`.
        name: String,
    },
    /// No answer in the time a handshake may take.
    TimedOut {
        /// That time.
        after: Millis,
    },
    /// The handshake failed; a browser does not tell why.
    Unreachable,
}

impl OpenFailure {
    /// Returns the refusal of an address with the browser's name for the error.
    pub fn refused(name: String) -> Self {
        let is_blocked = name == BLOCKED_IN_FIREFOX;
        Self::Refused { name: if is_blocked { POLICY_VIOLATION.to_owned() } else { name } }
    }
}

/// The name under which a connection that the page's content security policy blocked is refused.
pub const POLICY_VIOLATION: &str = "SecurityPolicyViolation";

/// The name under which Firefox refuses it before there is a violation to hear of.
const BLOCKED_IN_FIREFOX: &str = "NS_ERROR_CONTENT_BLOCKED";
