//! Why a message was not sent.

/// Why a message was not sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The network does not keep up: too much waits to be sent already.
    Backlog {
        /// The bytes that wait in the browser's send buffer.
        waiting: usize,
        /// How many may wait.
        limit: usize,
    },
    /// No connection is open.
    NotOpen,
    /// One more subscription than the API allows.
    SubscriptionLimit {
        /// The row "Max subscriptions per connection".
        limit: usize,
    },
    /// More bytes than the API allows.
    TooLarge {
        /// The frame's size in UTF-8 bytes.
        size: usize,
        /// The row "Max message size", in bytes.
        limit: usize,
    },
}

impl Refusal {
    /// Returns whether the reader may send all the same, to see the server's reaction.
    pub fn can_be_forced(&self) -> bool {
        !matches!(self, Self::Backlog { .. } | Self::NotOpen)
    }
}
