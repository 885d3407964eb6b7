//! Messages and topics in a line, by what tells them from others.

use super::format::{second, visible};
use crate::protocol::{Envelope, MessageType, Topic, UnixMillis, json};

/// Returns the title of a message that was sent: when, its type, channel, filters and id, and only then
/// what may be long. `sent 14:30:07 · subscribe project.updated · project_id=prj_1 · req_003`.
///
/// The time is that of a zone this many minutes east of UTC.
pub fn sent(text: &str, at: UnixMillis, minutes_east: i32) -> String {
    let mut title = format!("sent {}", second(at, minutes_east));
    let mut add = |part: &str| {
        if !part.is_empty() {
            title.push_str(" · ");
            title.push_str(part);
        }
    };
    match Envelope::decode(text) {
        Ok(envelope) => {
            match envelope.topic() {
                Ok(topic) => {
                    add(&format!("{} {}", envelope.kind, topic.channel));
                    add(&filters(&topic));
                }
                Err(_) => add(envelope.kind.name()),
            }
            add(&envelope.request_id);
            if envelope.kind == MessageType::Publish {
                add(json::locate(text, DATA).map_or("", |at| &text[at]));
            }
        }
        Err(_) => add(text),
    }
    visible(&title, LONGEST_TITLE)
}

/// Returns the filters of a topic: `project_id=prj_1`; nothing where there are none.
pub fn filters(topic: &Topic) -> String {
    joined(topic, |name, value| format!("{name}={value}"))
}

/// Returns what the filters of a topic ask for: `prj_1`; nothing where there are none.
pub fn filter_values(topic: &Topic) -> String {
    joined(topic, |_, value| value.to_owned())
}

fn joined(topic: &Topic, told: fn(&str, &str) -> String) -> String {
    let filter = |(name, value): &(String, String)| match json::decode(value) {
        Some(text) => told(name, &text),
        None => told(name, value),
    };
    topic.filters().iter().map(filter).collect::<Vec<_>>().join(" ")
}

const LONGEST_TITLE: usize = 120;

const DATA: &[&str] = &["payload", "data"];
