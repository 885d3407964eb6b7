//! What a step of an experiment is made of.

use std::borrow::Cow;

use super::expect::Expect;
use crate::protocol::{Incident, MessageType, Millis, TimeScale, Topic};
use crate::session::{Command, Target};

/// A step: what is done at its beginning, and what it waits for.
pub(super) struct Move {
    pub(super) words: Cow<'static, str>,
    pub(super) acts: Vec<Act>,
    pub(super) expect: Expect,
    /// How long nothing that matters happens: time passes fast until shortly before.
    pub(super) fast: Millis,
}

/// Something that is done at the beginning of a step.
pub(super) enum Act {
    Connect,
    Disconnect,
    /// A ping of so many bytes.
    Fill {
        bytes: usize,
        force: bool,
    },
    Habit(Habit, bool),
    /// So many pings.
    Pings(usize),
    /// A text that is no envelope.
    Raw(&'static str),
    Scale(TimeScale),
    /// A message with this payload.
    Send {
        kind: MessageType,
        payload: String,
    },
    Stage(Incident),
    Subscribe(Topic),
    Unsubscribe(Topic),
}

/// What the client does by itself, or does not.
#[derive(Clone, Copy)]
pub(super) enum Habit {
    AnswersPings,
    KeepsAlive,
    Restores,
    WatchesSilence,
}

impl Habit {
    /// Returns what turns it on or off.
    pub(super) fn command(self, on: bool) -> Command {
        match self {
            Self::AnswersPings => Command::AnswerPings(on),
            Self::KeepsAlive => Command::KeepAlive(on),
            Self::Restores => Command::Restore(on),
            Self::WatchesSilence => Command::WatchSilence(on),
        }
    }
}

/// Returns what asks for a connection: there is one target only.
pub(super) fn connect() -> Command {
    Command::Connect(Target::Simulator)
}
