//! Why the server closes on a client: the close code's fault, and a reason that names it.

use core::fmt;

use crate::api::Fault;
use crate::protocol::json::quote;
use crate::protocol::{EnvelopeError, MessageType, Millis};

/// What a client did that the server does not accept.
#[derive(Debug)]
pub(super) enum Violation {
    /// A binary frame.
    Binary,
    /// A publish with data other than an object.
    DataNotObject,
    /// A filter that the channel does not offer.
    FilterNotOffered { channel: String, filter: String },
    /// A filter with a value other than a string.
    FilterNotText { filter: String },
    /// A filter that the channel asks for.
    FilterMissing { channel: String, filter: String },
    /// No envelope, or a payload of the wrong shape.
    Malformed(EnvelopeError),
    /// A publish to a channel that only the server sends to.
    NotPublishable { channel: String },
    /// A message type that only the server sends.
    ServerType(MessageType),
    /// One subscription more than allowed.
    SubscriptionLimit { limit: usize },
    /// A key that is not valid any more.
    TokenExpired,
    /// No key in the query parameter that carries it.
    TokenMissing { parameter: String },
    /// A key that this server does not take.
    TokenRefused,
    /// A frame of more bytes than allowed.
    TooLarge { size: usize, limit: usize },
    /// More messages than allowed.
    TooMany { messages: usize, window: Millis },
    /// A channel that the catalog does not have.
    UnknownChannel { channel: String },
}

impl Violation {
    /// Returns the row of the close-code table, by fault.
    pub(super) fn fault(&self) -> Fault {
        match self {
            Self::SubscriptionLimit { .. } => Fault::SubscriptionLimit,
            Self::TokenExpired | Self::TokenMissing { .. } | Self::TokenRefused => {
                Fault::Authentication
            }
            Self::TooLarge { .. } => Fault::MessageSize,
            Self::TooMany { .. } => Fault::RateLimit,
            _ => Fault::Policy,
        }
    }

    /// Returns the reason, cut to what a close frame can carry.
    pub(super) fn reason(&self) -> String {
        cut(self.to_string())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => formatter.write_str("binary frame; send messages as JSON text"),
            Self::DataNotObject => formatter.write_str("payload.data must be an object"),
            Self::FilterMissing { channel, filter } => {
                write!(formatter, "channel {channel} needs the filter {}", quote(filter))
            }
            Self::FilterNotOffered { channel, filter } => {
                write!(formatter, "channel {channel} has no filter {}", quote(filter))
            }
            Self::FilterNotText { filter } => {
                write!(formatter, "filter {} must be a string", quote(filter))
            }
            Self::Malformed(error) => error.fmt(formatter),
            Self::NotPublishable { channel } => {
                write!(formatter, "channel {channel} is server to client; publish is not allowed")
            }
            Self::ServerType(kind) => {
                write!(formatter, "type {kind} is server to client; a client must not send it")
            }
            Self::SubscriptionLimit { limit } => {
                write!(formatter, "more than {limit} subscriptions on one connection")
            }
            Self::TokenExpired => formatter.write_str("token expired"),
            Self::TokenMissing { parameter } => write!(
                formatter,
                "token missing; pass the API key as the {parameter} query parameter"
            ),
            Self::TokenRefused => formatter.write_str("token not accepted"),
            Self::TooLarge { size, limit } => {
                write!(formatter, "message of {size} bytes; the limit is {limit}")
            }
            Self::TooMany { messages, window } => {
                let seconds = window.seconds_ceil();
                write!(formatter, "more than {messages} messages in {seconds} s")
            }
            Self::UnknownChannel { channel } => {
                write!(formatter, "unknown channel {}", quote(channel))
            }
        }
    }
}

/// Cuts a reason at the last character that a close frame can carry.
pub(super) fn cut(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(MAX_REASON));
    reason
}

/// A control frame carries at most 125 bytes, and two of them are the close code.
const MAX_REASON: usize = 123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_at_a_character() {
        for length in 90..130 {
            let reason = Violation::UnknownChannel { channel: "é".repeat(length) }.reason();
            assert!((MAX_REASON - 1..=MAX_REASON).contains(&reason.len()), "{}", reason.len());
        }
    }
}
