//! What the session itself has to say.

use super::Refusal;
use crate::protocol::{Incident, Millis, TimeScale};

/// Something the session has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The reader had the connection broken from this side.
    Broken,
    /// The reader cancelled while connecting.
    Cancelled,
    /// The reader cleared the log: a line is drawn here.
    Cleared {
        /// How many entries are hidden since the start.
        rows: u64,
    },
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
    /// The simulated time was advanced to the next thing that happens.
    Jumped {
        /// By how much.
        span: Millis,
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
        /// Whether it is of the row "Reconnect strategy"; otherwise the server asked for it.
        is_backoff: bool,
    },
    /// The subscriptions that were sent again are no longer waited for.
    Restored {
        /// How many the server confirmed.
        subscriptions: usize,
        /// How many had no ack in time.
        unanswered: usize,
    },
    /// Subscriptions are being sent again.
    Restoring {
        /// How many.
        subscriptions: usize,
    },
    /// The simulated time passes at this speed from here on.
    Scaled(TimeScale),
    /// The server was silent for so long that it is asked for a sign of life.
    Silent {
        /// How long.
        after: Millis,
    },
    /// Something is made to go wrong on a simulated connection, or is undone.
    Staged(Incident),
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
    /// The page's content security policy does not allow the address.
    Blocked,
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
        if name == BLOCKED_IN_FIREFOX { Self::Blocked } else { Self::Refused { name } }
    }
}

/// The name under which Firefox refuses an address that the page's content security policy blocks.
const BLOCKED_IN_FIREFOX: &str = "NS_ERROR_CONTENT_BLOCKED";
