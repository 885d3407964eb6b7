//! Checks of an entry: what is wrong with its message, field by field.

use crate::api::{self, Api, Message};
use crate::compose::check::{Check, Level, Subscribed, checks, names};
use crate::entry::{Body, Entry, FrameDirection, Reading, Timing};
use crate::protocol::envelope::{Envelope, EnvelopeError, type_name};
use crate::protocol::{MessageType, UnixMillis, json};

/// Returns what is wrong with the message of an entry, with the path of each field at fault.
///
/// What is no message has nothing to check, and neither has what an echo server sends, nor what the
/// description says nothing of.
pub fn of(entry: &Entry, api: &Api) -> Vec<Check> {
    let Body::Message { direction, text, reading, .. } = &entry.body else {
        return Vec::new();
    };
    if matches!(reading, Reading::Banner | Reading::Echo { .. } | Reading::Opaque) {
        return Vec::new();
    }
    if *direction == FrameDirection::Sent {
        let mut found = checks(text, api, &Subscribed::default());
        // A warning is about what was subscribed then.
        found.retain(|check| check.level == Level::Error);
        return found;
    }
    let mut found = Vec::new();
    let is_long = text.len() > LONGEST_READ;
    if let Reading::Malformed(error) = reading
        && (is_long || matches!(error, EnvelopeError::TooLarge { .. }))
    {
        found.push(Check::error(error.path(), error.to_string()));
    }
    if is_long {
        return found;
    }
    match Envelope::decode(text) {
        Ok(envelope) => received(&envelope, reading, entry, api, &mut found),
        Err(error) => {
            // The syntax error also says what would mend it.
            let syntax = json::check(text).err().filter(|_| error != EnvelopeError::Empty);
            let message = syntax.map_or_else(|| error.to_string(), |syntax| syntax.to_string());
            found.push(Check::error(error.path(), message));
        }
    }
    found
}

fn received(
    envelope: &Envelope<'_>,
    reading: &Reading,
    entry: &Entry,
    api: &Api,
    found: &mut Vec<Check>,
) {
    let kind = envelope.kind;
    let is_client_s = |message: &Message| {
        message.kind == kind && message.direction == api::Direction::ClientToServer
    };
    // Nothing but a pong could answer our ping.
    if kind != MessageType::Pong && api.messages.iter().any(is_client_s) {
        let message = format!("{kind} is a client's; no server sends it");
        found.push(Check::error("type", message));
    }
    if envelope.sent_at.as_deref().is_some_and(|time| UnixMillis::parse(time).is_none()) {
        let message = "sent_at does not read as ISO 8601, such as 2026-03-19T14:30:00Z";
        found.push(Check::warning("sent_at", message.to_owned()));
    }
    let payload = envelope.payload.as_deref().unwrap_or_default();
    let field = |name| json::locate(payload, &[name]).map(|at| &payload[at]);
    match kind {
        MessageType::Event => {
            match envelope.event() {
                Ok(event) => known(EVENT_TYPE, &event.event_type, api, found),
                Err(error) => found.push(Check::error(error.path(), error.to_string())),
            }
            if payload.starts_with('{') {
                shape("payload.data", "an object", field("data"), true, found);
            }
        }
        MessageType::Ack => {
            shape("payload.status", "a string", field("status"), false, found);
            if let Some(name) = entry.channel() {
                known("payload.channel", &name, api, found);
            }
        }
        _ => {}
    }
    let timing = match reading {
        Reading::Answer { timing: Timing::Duplicate, .. } => {
            "the request of this id was answered before"
        }
        Reading::Answer { timing: Timing::Late, .. } => {
            "it came after the time that an answer may take"
        }
        Reading::Answer { timing: Timing::Unknown, .. } => "no request has this id",
        _ => return,
    };
    found.push(Check::warning("request_id", timing.to_owned()));
}

/// Checks that a channel is one of the page's table "Channel catalog".
fn known(path: &str, name: &str, api: &Api, found: &mut Vec<Check>) {
    if api.channel(name).is_none() {
        let known = names(api.channels.iter());
        found.push(Check::error(path, format!("unknown channel {name}; expected {known}")));
    }
}

/// Checks the type of a value, and that it is there if it must be.
fn shape(path: &str, expected: &str, json: Option<&str>, required: bool, found: &mut Vec<Check>) {
    let message = match json.map(type_name) {
        None if required => format!("{path} is missing"),
        Some(other) if other != expected => format!("{path} must be {expected}, not {other}"),
        _ => return,
    };
    found.push(Check::error(path, message));
}

const EVENT_TYPE: &str = "payload.event_type";

/// The bytes of the longest message that is read for what is wrong in it: more would keep whoever looks at it
/// waiting.
const LONGEST_READ: usize = 1 << 20;
