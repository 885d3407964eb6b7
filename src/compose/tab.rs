//! The tabs of the composer.

use crate::api::Api;
use crate::protocol::MessageType;

/// What the composer shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tab {
    /// The form of a message type beside its JSON.
    Form(MessageType),
    /// The JSON alone.
    Raw,
}

impl Tab {
    /// Returns the tabs in their order: the types of the description that a client sends, and the JSON
    /// alone.
    pub fn offered(api: &Api) -> Vec<Self> {
        let kinds = api.messages.iter().map(|message| message.kind);
        kinds.filter(|kind| kind.is_client_sent()).map(Self::Form).chain([Self::Raw]).collect()
    }

    /// Returns its name: that of the message type, or `raw`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form(kind) => kind.name(),
            Self::Raw => "raw",
        }
    }

    /// Returns its name as it is offered.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Form(kind) => kind.name(),
            Self::Raw => "JSON only",
        }
    }

    /// Returns whether its form has a channel.
    pub const fn has_channel(self) -> bool {
        matches!(self, Self::Form(MessageType::Publish)) || self.has_filters()
    }

    /// Returns whether its form has the filters of a channel.
    pub const fn has_filters(self) -> bool {
        matches!(self, Self::Form(MessageType::Subscribe | MessageType::Unsubscribe))
    }

    /// Returns whether its form has data.
    pub const fn has_data(self) -> bool {
        matches!(self, Self::Form(MessageType::Publish))
    }

    /// Returns the tab for a draft of this type: its own form if a client sends it, unless the JSON
    /// alone is shown.
    #[must_use]
    pub fn following(self, kind: Option<MessageType>) -> Self {
        match (self, kind) {
            (Self::Form(_), Some(kind)) if kind.is_client_sent() => Self::Form(kind),
            _ => self,
        }
    }
}
