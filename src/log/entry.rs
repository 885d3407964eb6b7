//! Entries: one for each thing that happened. The session writes them, the log keeps them.

use std::borrow::Cow;

use crate::protocol::{CloseCode, EnvelopeError, MessageType, Millis, Now, json};

/// An entry's number: counts up from 0 over the whole session and never repeats.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Seq(pub u64);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The entry's number.
    pub seq: Seq,
    /// When it happened.
    pub at: Now,
    /// What happened.
    pub body: Body,
}

impl Entry {
    /// The names of [`Entry::kind_name`].
    pub const KINDS: [&str; 15] = [
        "subscribe",
        "unsubscribe",
        "publish",
        "ping",
        "pong",
        "ack",
        "event",
        "heartbeat",
        "malformed",
        "binary",
        "echo",
        "banner",
        "open",
        "close",
        "note",
    ];

    /// Returns the bytes of message text this entry keeps in memory.
    pub fn bytes(&self) -> usize {
        match &self.body {
            Body::Message { text, .. } => text.len(),
            Body::Binary { bytes, .. } => bytes.len(),
            Body::Heartbeat { ping, pong, .. } => ping.len() + pong.as_ref().map_or(0, String::len),
            Body::Closed { reason, .. } => reason.len(),
            Body::Note(_) | Body::Opened { .. } => 0,
        }
    }

    /// Returns what it is in a word, for filters, style sheets and tests: a message's type where the
    /// session could read it, else `malformed`, `banner`, `echo`, `binary`, `heartbeat`, `open`,
    /// `close` or `note`.
    pub fn kind_name(&self) -> &'static str {
        match &self.body {
            Body::Binary { .. } => "binary",
            Body::Closed { .. } => "close",
            Body::Heartbeat { .. } => "heartbeat",
            Body::Note(_) => "note",
            Body::Opened { .. } => "open",
            Body::Message { reading, .. } => match reading {
                Reading::Answer { kind, .. }
                | Reading::Plain { kind, .. }
                | Reading::Request { kind, .. } => kind.name(),
                Reading::Banner => "banner",
                Reading::Echo { .. } => "echo",
                Reading::Event { .. } => "event",
                Reading::Malformed(_) => "malformed",
            },
        }
    }

    /// Returns who sent its frame, if it has one; a heartbeat begins with the server's ping.
    pub fn direction(&self) -> Option<Direction> {
        match &self.body {
            Body::Binary { .. } | Body::Heartbeat { .. } => Some(Direction::Received),
            Body::Message { direction, .. } => Some(*direction),
            Body::Closed { .. } | Body::Note(_) | Body::Opened { .. } => None,
        }
    }

    /// Returns what became of it, if it is a request.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.body {
            Body::Message { reading: Reading::Request { outcome, .. }, .. } => Some(outcome),
            _ => None,
        }
    }

    /// Returns the channel it is about: an event's, else the `payload.channel` of a message, as far
    /// as that stands in the message's first kilobytes.
    pub fn channel(&self) -> Option<Cow<'_, str>> {
        match &self.body {
            Body::Message { reading: Reading::Event { channel }, .. } => Some(channel.into()),
            Body::Message { text, .. } => {
                let text = json::clip(text, GLANCE_BYTES);
                json::decode(&text[json::locate(text, &["payload", "channel"])?])
            }
            _ => None,
        }
    }

    /// Returns whether a connection, or the attempt at one, is over with this entry.
    pub fn ends_connection(&self) -> bool {
        match &self.body {
            Body::Closed { .. } => true,
            Body::Note(note) => matches!(
                note,
                Note::Cancelled | Note::NoSignOfLife | Note::OpenFailed { .. } | Note::Unconfirmed
            ),
            _ => false,
        }
    }

    /// Returns whether the entry is one of the reader's problems: malformed, refused, unanswered or
    /// closed by the other side.
    pub fn is_problem(&self) -> bool {
        match &self.body {
            Body::Message { reading, .. } => match reading {
                Reading::Malformed(_) => true,
                Reading::Request { outcome, .. } => {
                    matches!(outcome, Outcome::Lost | Outcome::Unanswered)
                }
                Reading::Answer { timing, .. } => *timing != Timing::InTime,
                _ => false,
            },
            Body::Closed { code, ours, .. } => !ours && *code != CloseCode::NORMAL,
            Body::Heartbeat { pong, .. } => pong.is_none(),
            Body::Note(note) => matches!(
                note,
                Note::GaveUp { .. }
                    | Note::NoSignOfLife
                    | Note::NotSent { .. }
                    | Note::OpenFailed { .. }
                    | Note::Unconfirmed
            ),
            Body::Binary { .. } | Body::Opened { .. } => false,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A binary frame arrived. The API has none; it is shown as it is.
    Binary {
        /// The frame's bytes.
        bytes: Vec<u8>,
    },
    /// A connection ended.
    Closed {
        /// The close code.
        code: CloseCode,
        /// The reason as sent: text, never markup.
        reason: String,
        /// Whether a close frame was exchanged.
        clean: bool,
        /// Whether this side asked for it.
        ours: bool,
    },
    /// A server's ping and our pong, folded into one entry.
    Heartbeat {
        /// The request id that both carry.
        request_id: String,
        /// The ping as received.
        ping: String,
        /// The pong as sent; none if it was withheld or could not be sent.
        pong: Option<String>,
    },
    /// A text frame was sent or arrived.
    Message {
        /// Who sent it.
        direction: Direction,
        /// The text as sent or received; only the key is redacted.
        text: String,
        /// The frame's size on the wire before compression, in UTF-8 bytes.
        size: usize,
        /// What the session made of it.
        reading: Reading,
    },
    /// The session itself has something to say.
    Note(Note),
    /// A connection opened.
    Opened {
        /// The endpoint, without the key.
        endpoint: String,
        /// The extensions as the browser reports them; empty if none were negotiated.
        extensions: String,
        /// The subprotocol as the browser reports it; empty if none was negotiated.
        protocol: String,
        /// How long the handshake took.
        after: Millis,
    },
}

/// Who sent a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// The other side.
    Received,
    /// This side.
    Sent,
}

impl Direction {
    /// Both directions.
    pub const ALL: [Self; 2] = [Self::Received, Self::Sent];

    /// Returns the direction of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.name() == name)
    }

    /// Returns the direction as a word, for style sheets and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

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
    /// An envelope that stands for itself: a pong we sent by hand, a type the server should not send.
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

/// The bytes of a message that are looked at for a row.
pub(super) const GLANCE_BYTES: usize = 4_096;
