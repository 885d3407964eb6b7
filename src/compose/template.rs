//! Templates and other beginnings: messages that are ready to send.

use super::draft::{Draft, laid_out};
use super::history::History;
use crate::api::{Api, Example};
use crate::protocol::{MessageType, UnixMillis};
use crate::words;

/// A message that is ready to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    /// What tells it from the others: `subscribe project.updated`.
    pub title: String,
    /// Its text, laid out for the editor.
    pub text: String,
}

/// Returns what a message can be started from: the templates, and what was sent before, newest first.
///
/// The titles tell the time of a zone this many minutes east of UTC.
pub fn beginnings(
    api: &Api,
    history: &History,
    request_id: &str,
    now: UnixMillis,
    minutes_east: i32,
) -> Vec<Template> {
    let sent = history.messages().map(|sent| Template {
        title: words::message::sent(&sent.text, sent.at, minutes_east),
        text: sent.text.clone(),
    });
    templates(api, request_id, now).into_iter().chain(sent).collect()
}

/// Returns a template for every type that a client may send and every channel it may name, in the
/// description's order and with its examples; of an API with other messages, its own examples.
pub fn templates(api: &Api, request_id: &str, now: UnixMillis) -> Vec<Template> {
    let own = |it: &Example| Template { title: it.title.clone(), text: laid_out(&it.text) };
    let mut templates: Vec<_> = api.examples.iter().map(own).collect();
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
