//! Templates: messages that are ready to send.

use super::draft::Draft;
use crate::api::Api;
use crate::protocol::{MessageType, UnixMillis};

/// A message that is ready to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    /// What it does: `subscribe project.updated`.
    pub title: String,
    /// Its text, laid out for the editor.
    pub text: String,
}

/// Returns a template for every type that a client may send and every channel it may name, in the
/// description's order and with its examples.
pub fn templates(api: &Api, request_id: &str, now: UnixMillis) -> Vec<Template> {
    let mut templates = Vec::new();
    for message in api.messages.iter().filter(|message| message.direction.allows_client()) {
        let kind = message.kind;
        if matches!(kind, MessageType::Ping | MessageType::Pong) {
            let draft = Draft::new(kind, api, request_id, now);
            templates.push(Template { title: kind.to_string(), text: draft.text().to_owned() });
            continue;
        }
        for channel in &api.channels {
            if kind == MessageType::Publish && !channel.direction.allows_client() {
                continue;
            }
            let draft = Draft::about(kind, Some(channel), api, request_id, now);
            let title = format!("{kind} {}", channel.name);
            templates.push(Template { title, text: draft.text().to_owned() });
        }
    }
    templates
}
