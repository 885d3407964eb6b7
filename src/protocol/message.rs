//! The seven message types of the reference page.

use core::fmt;

/// A message type, in the order of the page's table "Message types".
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum MessageType {
    /// Subscribe to a channel with optional filters; client to server.
    Subscribe,
    /// Unsubscribe from a channel; client to server.
    Unsubscribe,
    /// Send a message to a channel; client to server.
    Publish,
    /// Heartbeat; both directions.
    Ping,
    /// Response to a ping.
    Pong,
    /// Acknowledgment of a client request; server to client.
    Ack,
    /// Channel event; server to client.
    Event,
}

impl MessageType {
    /// All types, in the page's order.
    pub const ALL: [Self; 7] = [
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Publish,
        Self::Ping,
        Self::Pong,
        Self::Ack,
        Self::Event,
    ];

    /// Returns the type whose name stands in the envelope's `type` field.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the name as it stands on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Publish => "publish",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Ack => "ack",
            Self::Event => "event",
        }
    }

    /// Returns whether a client may send this type.
    pub const fn is_client_sent(self) -> bool {
        !matches!(self, Self::Ack | Self::Event)
    }

    /// Returns whether the server answers this type, so that a request stays pending until it does.
    pub const fn expects_answer(self) -> bool {
        matches!(self, Self::Subscribe | Self::Unsubscribe | Self::Publish | Self::Ping)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
