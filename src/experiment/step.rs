//! What a step of an experiment is made of.

use super::expect::Expect;
use crate::protocol::{Incident, MessageType, Millis, TimeScale, Topic};
use crate::session::Command;

/// A step: what is done at its beginning, and what it waits for.
pub(super) struct Move {
    pub(super) words: String,
    pub(super) acts: Vec<Act>,
    pub(super) expect: Expect,
    /// How long nothing that matters happens: time passes fast until shortly before.
    pub(super) fast: Millis,
}

/// Something that is done at the beginning of a step.
pub(super) enum Act {
    Command(Command),
    /// A ping of so many bytes.
    Fill {
        bytes: usize,
        force: bool,
    },
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
}
