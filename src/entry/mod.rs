//! What happened, one by one: entries, and the facts that they hold.
//!
//! The session writes entries, the log keeps them, `words` tells them.

mod ended;
mod note;
mod reading;
mod redact;
mod refusal;

use std::borrow::Cow;

use crate::protocol::{CloseCode, MessageType, Millis, Now, json};

pub use self::ended::{EndCause, Ended, NextStep};
pub use self::note::{Note, OpenFailure};
pub use self::reading::{Outcome, Reading, Timing};
pub use self::refusal::Refusal;

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

    /// Returns what it is: a message's type where the session could read it, else what stands for it.
    pub fn kind(&self) -> EntryKind {
        match &self.body {
            Body::Binary { .. } => EntryKind::Binary,
            Body::Closed { .. } => EntryKind::Close,
            Body::Heartbeat { .. } => EntryKind::Heartbeat,
            Body::Note(_) => EntryKind::Note,
            Body::Opened { .. } => EntryKind::Open,
            Body::Message { reading, .. } => match reading {
                Reading::Answer { kind, .. }
                | Reading::Plain { kind, .. }
                | Reading::Request { kind, .. } => EntryKind::Message(*kind),
                Reading::Banner => EntryKind::Banner,
                Reading::Echo { .. } => EntryKind::Echo,
                Reading::Event { .. } => EntryKind::Message(MessageType::Event),
                Reading::Malformed(_) => EntryKind::Malformed,
                Reading::Opaque => EntryKind::Opaque,
            },
        }
    }

    /// Returns who sent its frame, if it has one; a heartbeat begins with the server's ping.
    pub fn direction(&self) -> Option<FrameDirection> {
        match &self.body {
            Body::Binary { .. } | Body::Heartbeat { .. } => Some(FrameDirection::Received),
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
                Note::Broken
                    | Note::Cancelled
                    | Note::NoSignOfLife
                    | Note::OpenFailed { .. }
                    | Note::Unconfirmed
            ),
            _ => false,
        }
    }

    /// Returns the close code with which an open connection is over, and whether a close frame was
    /// exchanged. Where this side gave it up, it is the code for a connection without one.
    pub fn close(&self) -> Option<(CloseCode, bool)> {
        match &self.body {
            Body::Closed { code, clean, .. } => Some((*code, *clean)),
            Body::Note(Note::Broken | Note::NoSignOfLife | Note::Unconfirmed) => {
                Some((CloseCode::ABNORMAL, false))
            }
            _ => None,
        }
    }

    /// Returns whether what follows the entry has little to do with what came before: a connection is over,
    /// or the log was cleared.
    pub fn draws_line(&self) -> bool {
        self.ends_connection() || matches!(self.body, Body::Note(Note::Cleared { .. }))
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
            Body::Note(note) => {
                matches!(
                    note,
                    Note::GaveUp { .. }
                        | Note::NoSignOfLife
                        | Note::NotSent { .. }
                        | Note::OpenFailed { .. }
                        | Note::Unconfirmed
                ) || matches!(note, Note::Restored { unanswered, .. } if *unanswered > 0)
            }
            Body::Binary { .. } | Body::Opened { .. } => false,
        }
    }
}

/// What an entry is, in a word: what filters offer and style sheets know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryKind {
    /// A message of this type; a heartbeat's ping and pong are one of [`EntryKind::Heartbeat`].
    Message(MessageType),
    /// A server's ping with its pong.
    Heartbeat,
    /// A frame that is no envelope.
    Malformed,
    /// A binary frame.
    Binary,
    /// A message of an API whose description says nothing of its messages.
    Opaque,
    /// Our own frame, sent back by an echo server.
    Echo,
    /// The greeting of an echo server.
    Banner,
    /// A connection opened.
    Open,
    /// A connection ended.
    Close,
    /// The session itself has something to say.
    Note,
}

impl EntryKind {
    /// All kinds, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        MessageType::ALL.into_iter().map(Self::Message).chain([
            Self::Heartbeat,
            Self::Malformed,
            Self::Binary,
            Self::Opaque,
            Self::Echo,
            Self::Banner,
            Self::Open,
            Self::Close,
            Self::Note,
        ])
    }

    /// Returns the kind as a word, for filters, style sheets and tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message(kind) => kind.name(),
            Self::Heartbeat => "heartbeat",
            Self::Malformed => "malformed",
            Self::Binary => "binary",
            Self::Echo => "echo",
            Self::Banner => "banner",
            Self::Open => "open",
            Self::Close => "close",
            Self::Note => "note",
            Self::Opaque => "message",
        }
    }

    /// Returns the kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
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
        /// The pong as sent; none if the reader had it withheld.
        pong: Option<String>,
    },
    /// A text frame was sent or arrived.
    Message {
        /// Who sent it.
        direction: FrameDirection,
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
pub enum FrameDirection {
    /// The other side.
    Received,
    /// This side.
    Sent,
}

impl FrameDirection {
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

/// The bytes of a message that are looked at for a row.
pub(crate) const GLANCE_BYTES: usize = 4_096;
