//! Filters: which entries a reader wants to see.

use super::needle::Needle;
use crate::api::Api;
use crate::entry::{Body, Entry, EntryKind, FrameDirection};
use crate::words::Summary;

/// What an entry must be to be shown. The default admits every entry.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LogFilter {
    /// Who sent its frame. A heartbeat has frames of both sides.
    pub direction: Option<FrameDirection>,
    /// Its [`Entry::kind`].
    pub kind: Option<EntryKind>,
    /// Its [`Entry::channel`]; empty for any.
    pub channel: String,
    /// Whether it must be one of the reader's problems.
    pub problems: bool,
    /// What must occur in it; nothing for any.
    ///
    /// Searched are the frames as they came and the reason of a close. Of everything that is no
    /// frame, the words of its row are searched as well.
    pub text: Needle,
}

impl LogFilter {
    /// Returns whether every entry is admitted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether an entry is admitted. The cheap questions are asked first.
    pub fn admits(&self, entry: &Entry, api: &Api) -> bool {
        (self.direction.is_none() || self.direction == entry.direction() || self.is_pong(entry))
            && self.kind.is_none_or(|kind| kind == entry.kind())
            && (!self.problems || entry.is_problem())
            && (self.channel.is_empty() || entry.channel().as_deref() == Some(&self.channel))
            && (self.text.is_empty() || self.occurs(entry, api))
    }

    fn is_pong(&self, entry: &Entry) -> bool {
        self.direction == Some(FrameDirection::Sent)
            && matches!(entry.body, Body::Heartbeat { pong: Some(_), .. })
    }

    fn occurs(&self, entry: &Entry, api: &Api) -> bool {
        let is_in = |text: &str| self.text.occurs_in(text);
        match &entry.body {
            Body::Message { text, .. } => return is_in(text),
            Body::Heartbeat { ping, pong, .. } => {
                return is_in(ping) || pong.as_deref().is_some_and(is_in);
            }
            Body::Binary { .. } => return false,
            // The row shows no more than its beginning.
            Body::Closed { reason, .. } if is_in(reason) => return true,
            Body::Closed { .. } | Body::Note(_) | Body::Opened { .. } => {}
        }
        let Summary { label, detail, .. } = Summary::of(entry, api);
        is_in(&label) || is_in(&detail)
    }
}
