//! What the session made of a frame, and what became of a request.

use super::Seq;
use crate::protocol::{EnvelopeError, MessageType, Millis};

/// What the session made of a text frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// An answer to a request: an ack, or a pong to our ping.
    Answer {
        /// `ack` or `pong`.
        kind: MessageType,
        /// The request id it carries.
        request_id: String,
        /// The entry of the request, if there was one.
        request: Option<Seq>,
        /// The time since the request was sent, if there was one.
        round_trip: Option<Millis>,
        /// Whether it was expected.
        timing: Timing,
    },
    /// The first frame of an echo server, in plain text.
    Banner,
    /// Our own frame, sent back by an echo server.
    Echo {
        /// The request id of the frame that came back, if it had one.
        request_id: Option<String>,
        /// The entry of that frame, if it is known.
        request: Option<Seq>,
        /// The time since it was sent, if that is known.
        round_trip: Option<Millis>,
    },
    /// An event of a channel.
    Event {
        /// The channel it belongs to.
        channel: String,
    },
    /// A frame that is no envelope, with the reason.
    Malformed(EnvelopeError),
    /// A message of an API whose description says nothing of its messages: text.
    Opaque,
    /// An envelope that stands for itself: a pong we sent by hand, a type the server should not send,
    /// a ping that came while we were closing.
    Plain {
        /// Its type.
        kind: MessageType,
        /// Its request id.
        request_id: String,
    },
    /// A request of ours.
    Request {
        /// Its type.
        kind: MessageType,
        /// Its request id.
        request_id: String,
        /// What became of it.
        outcome: Outcome,
    },
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Answered in time.
    Answered {
        /// The entry of the answer.
        by: Seq,
        /// The time from request to answer.
        round_trip: Millis,
    },
    /// An echo server sent it back; it will not answer.
    Echoed {
        /// The entry of the echo.
        by: Seq,
        /// The time from request to echo.
        round_trip: Millis,
    },
    /// Answered after the time a request may take.
    Late {
        /// The entry of the answer.
        by: Seq,
        /// The time from request to answer.
        round_trip: Millis,
    },
    /// The connection ended before an answer came.
    Lost,
    /// Waiting for the answer.
    Pending,
    /// No answer came in the time a request may take.
    Unanswered,
    /// No answer is expected: an echo server is not asked for one.
    Unasked,
}

impl Outcome {
    /// Returns the outcome as a word, for style sheets and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Echoed { .. } => "echoed",
            Self::Late { .. } => "late",
            Self::Lost => "lost",
            Self::Pending => "pending",
            Self::Unanswered => "unanswered",
            Self::Unasked => "unasked",
        }
    }
}

/// Whether an answer was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Timing {
    /// The request was answered before.
    Duplicate,
    /// In the time a request may take.
    InTime,
    /// After that time.
    Late,
    /// No request of this session has this id.
    Unknown,
}
