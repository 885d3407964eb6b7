//! Keeping the key out of the log: a server may say it back in any text that an entry quotes.

use super::{Body, Note, Reading};
use crate::protocol::{EnvelopeError, Incident, Secret};

impl Body {
    /// Takes the key out of everything that is shown or exported.
    pub fn redact(&mut self, key: &Secret) {
        let hide = |text: &mut String| *text = key.redact(core::mem::take(text));
        match self {
            Self::Binary { bytes } => key.redact_bytes(bytes),
            Self::Closed { reason, .. }
            | Self::Note(Note::Staged(Incident::Close { reason, .. })) => hide(reason),
            Self::Heartbeat { request_id, ping, pong } => {
                [request_id, ping].into_iter().chain(pong).for_each(hide);
            }
            Self::Message { text, reading, .. } => {
                hide(text);
                quoted(reading).map(hide);
            }
            Self::Note(Note::Connecting { endpoint, .. } | Note::OpenFailed { endpoint, .. }) => {
                hide(endpoint);
            }
            Self::Note(_) => {}
            Self::Opened { endpoint, extensions, protocol, .. } => {
                [endpoint, extensions, protocol].into_iter().for_each(hide);
            }
        }
    }
}

/// Returns the part of the frame's text that its reading repeats.
fn quoted(reading: &mut Reading) -> Option<&mut String> {
    match reading {
        Reading::Answer { request_id, .. }
        | Reading::Plain { request_id, .. }
        | Reading::Request { request_id, .. } => Some(request_id),
        Reading::Echo { request_id, .. } => request_id.as_mut(),
        Reading::Event { channel } => Some(channel),
        Reading::Malformed(EnvelopeError::UnknownType { name }) => Some(name),
        Reading::Banner | Reading::Malformed(_) | Reading::Opaque => None,
    }
}
