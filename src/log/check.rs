//! Checks of an entry: what is wrong with its message, field by field.

use super::entry::{Body, Direction, Entry, Reading, Timing};
use crate::api::{self, Api};
use crate::compose::check::{Check, Level, checks, names};
use crate::protocol::envelope::{Envelope, EnvelopeError, type_name};
use crate::protocol::{MessageType, UnixMillis, json};

/// Returns what is wrong with the message of an entry, with the path of each field at fault.
///
/// What is no message has nothing to check, and neither has what an echo server sends.
pub fn of(entry: &Entry, api: &Api) -> Vec<Check> {
    let Body::Message { direction, text, reading, .. } = &entry.body else {
        return Vec::new();
    };
    if matches!(reading, Reading::Banner | Reading::Echo { .. }) {
        return Vec::new();
    }
    if *direction == Direction::Sent {
        let mut found = checks(text, api, &[]);
        // A warning is about what was subscribed then.
        found.retain(|check| check.level == Level::Error);
        return found;
    }
    let mut found = Vec::new();
    if let Reading::Malformed(error @ EnvelopeError::TooLarge { .. }) = reading {
        found.push(Check::error("", error.to_string()));
    }
    match (Envelope::decode(text), json::check(text)) {
        (Err(EnvelopeError::NotJson { .. }), Err(error)) => {
            found.push(Check::error("", error.to_string()));
        }
        (Err(error), _) => found.push(Check::error(error.path(), error.to_string())),
        (Ok(envelope), _) => {
            found.extend(direction_of(&envelope, api));
            found.extend(time_of(&envelope));
            match envelope.kind {
                MessageType::Event => found.extend(event(&envelope, api)),
                MessageType::Ack => found.extend(ack(entry, text, api)),
                _ => {}
            }
            found.extend(timing(reading));
        }
    }
    found
}

/// The page's table "Message types", column "Direction". A pong of a server is no fault: nothing else
/// could answer our ping.
fn direction_of(envelope: &Envelope<'_>, api: &Api) -> Option<Check> {
    let kind = envelope.kind;
    let is_client_s = kind != MessageType::Pong
        && api.messages.iter().any(|message| {
            message.kind == kind && message.direction == api::Direction::ClientToServer
        });
    is_client_s.then(|| Check::error("type", format!("{kind} is a client's; no server sends it")))
}

fn time_of(envelope: &Envelope<'_>) -> Option<Check> {
    let time = envelope.sent_at.as_deref()?;
    let message = "sent_at does not read as ISO 8601, such as 2026-03-19T14:30:00Z";
    UnixMillis::parse(time).is_none().then(|| Check::warning("sent_at", message.to_owned()))
}

fn event(envelope: &Envelope<'_>, api: &Api) -> Vec<Check> {
    let event = match envelope.event() {
        Ok(event) => event,
        Err(error) => return vec![Check::error(error.path(), error.to_string())],
    };
    let fault = match event.data {
        None => Some("payload.data is missing".to_owned()),
        Some(data) if data.starts_with('{') => None,
        Some(data) => Some(format!("payload.data must be an object, not {}", type_name(data))),
    };
    let data = fault.map(|fault| Check::error("payload.data", fault));
    unknown("payload.event_type", &event.event_type, api).into_iter().chain(data).collect()
}

fn ack(entry: &Entry, text: &str, api: &Api) -> Vec<Check> {
    let status = json::locate(text, &["payload", "status"]).map(|at| &text[at]);
    let status = status.filter(|status| !status.starts_with('"')).map(|status| {
        let message = format!("payload.status must be a string, not {}", type_name(status));
        Check::error("payload.status", message)
    });
    let channel = entry.channel().and_then(|name| unknown("payload.channel", &name, api));
    status.into_iter().chain(channel).collect()
}

fn unknown(path: &str, name: &str, api: &Api) -> Option<Check> {
    let message = || format!("unknown channel {name}; expected {}", names(api.channels.iter()));
    api.channel(name).is_none().then(|| Check::error(path, message()))
}

fn timing(reading: &Reading) -> Option<Check> {
    let Reading::Answer { timing, .. } = reading else {
        return None;
    };
    let message = match timing {
        Timing::Duplicate => "the request of this id was answered before",
        Timing::InTime => return None,
        Timing::Late => "it came after the time that an answer may take",
        Timing::Unknown => "no request has this id",
    };
    Some(Check::warning("request_id", message.to_owned()))
}
