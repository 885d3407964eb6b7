//! What can be made to go wrong on a simulated connection.

use super::{CloseCode, Millis};

/// Something that goes wrong on demand.
///
/// Some incidents happen once and are over. The others stand, also on later connections, until they
/// are undone; [`Incident::undone`] tells them apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Incident {
    /// The server sends this many events of the subscribed channels at once.
    Burst {
        /// How many.
        events: u32,
    },
    /// The server closes.
    Close {
        /// The close code.
        code: CloseCode,
        /// The reason: at most 123 UTF-8 bytes, as a close frame can carry.
        reason: String,
    },
    /// Acks take this long; none is no incident. Stands.
    DelayAcks(Millis),
    /// The connection breaks without a close frame.
    Drop,
    /// The browser refuses to open the address, as it does for mixed content. Stands.
    ForbidAddress(bool),
    /// The next ack gets lost on its way. Stands until one was lost.
    LoseAck(bool),
    /// The server sends a frame that is no envelope.
    Malformed,
    /// Nothing passes in either direction any more, and nobody says so. Stands.
    Mute(bool),
    /// The server sends a frame of one byte more than the row "Max message size".
    Oversize,
    /// The server says nothing unasked: no pings, no events. Stands.
    Quiet(bool),
    /// The server refuses every key. Stands.
    RefuseKeys(bool),
    /// There is nobody to connect to: every attempt fails. Stands.
    Unreachable(bool),
}

impl Incident {
    /// Returns what undoes it; none if it happens once and is over.
    pub fn undone(&self) -> Option<Self> {
        match self {
            Self::DelayAcks(_) => Some(Self::DelayAcks(Millis(0))),
            Self::ForbidAddress(_) => Some(Self::ForbidAddress(false)),
            Self::LoseAck(_) => Some(Self::LoseAck(false)),
            Self::Mute(_) => Some(Self::Mute(false)),
            Self::Quiet(_) => Some(Self::Quiet(false)),
            Self::RefuseKeys(_) => Some(Self::RefuseKeys(false)),
            Self::Unreachable(_) => Some(Self::Unreachable(false)),
            Self::Burst { .. }
            | Self::Close { .. }
            | Self::Drop
            | Self::Malformed
            | Self::Oversize => None,
        }
    }
}
