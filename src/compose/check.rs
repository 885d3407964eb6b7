//! Checks: what to tell the reader before a message goes out. They advise and never block.

use crate::api::{Api, Channel, Direction, Fault};
use crate::protocol::envelope::{Envelope, EnvelopeError, type_name};
use crate::protocol::{MessageType, Topic, json};

/// Returns what is wrong with a message, or odd about it, and how to mend it.
///
/// `subscribed` is what the session says of its subscriptions.
pub fn checks(text: &str, api: &Api, subscribed: &Subscribed) -> Vec<Check> {
    let mut found = Vec::new();
    let size = wire_size(text);
    if let Some(limit) = api.limits.message_bytes
        && size > limit
    {
        let (size, limit) = (grouped(size), grouped(limit));
        let code = api.code_for(Fault::MessageSize);
        let message = format!("{size} bytes; over {limit} the server closes with {code}");
        found.push(Check::error("", message));
    }
    if let Err(error) = json::check(text)
        && !text.trim().is_empty()
    {
        // Another API may well speak something else.
        let level = if api.has_envelope() { Level::Error } else { Level::Warning };
        found.push(Check { path: String::new(), level, message: error.to_string() });
        return found;
    }
    if !api.has_envelope() {
        return found;
    }
    match decode(text) {
        Err(error) => found.push(Check::error(error.path(), advice(&error, api))),
        Ok((kind, None)) => {
            if let Some(message) = api.messages.iter().find(|message| message.kind == kind)
                && !message.direction.allows_client()
            {
                let (direction, own) = (words(message.direction), client_types(api));
                found.push(Check::error("type", format!("{kind} is {direction}; send {own}")));
            }
        }
        Ok((kind, Some(topic))) => match api.channel(&topic.channel) {
            None => {
                let (name, known) = (&topic.channel, names(api.channels.iter()));
                found.push(Check::error(CHANNEL, format!("unknown channel {name}; use {known}")));
            }
            Some(channel) if kind == MessageType::Publish => {
                found.extend(publishing(text, channel, api));
            }
            Some(channel) => {
                found.extend(filtering(text, channel));
                found.extend(subscribing(kind, &topic, api, subscribed));
            }
        },
    }
    found
}

/// What a session says of its subscriptions. What counts, and how many may, is decided there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Subscribed {
    /// The topics that count against the row "Max subscriptions per connection".
    pub topics: Vec<Topic>,
    /// Whether one more would be over it.
    pub is_full: bool,
}

/// Returns the size of what would be sent of this text, in UTF-8 bytes.
pub fn wire_size(text: &str) -> usize {
    json::compact(text).map_or(text.len(), |sent| sent.len())
}

/// Formats a count with commas: `65,536`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// One thing to tell the reader.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// The path of the field it is about, such as `payload.channel`; empty for the whole message.
    pub path: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong and what would mend it.
    pub message: String,
}

impl Check {
    /// Returns a check of the level [`Level::Error`].
    pub(crate) fn error(path: &str, message: String) -> Self {
        Self { path: path.to_owned(), level: Level::Error, message }
    }

    /// Returns a check of the level [`Level::Warning`].
    pub(crate) fn warning(path: &str, message: String) -> Self {
        Self { path: path.to_owned(), level: Level::Warning, message }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// The server will probably not do what is asked.
    Warning,
    /// The message breaks a rule of the page.
    Error,
}

fn decode(text: &str) -> Result<(MessageType, Option<Topic>), EnvelopeError> {
    let envelope = Envelope::decode(text)?;
    let topic = match envelope.kind {
        MessageType::Subscribe | MessageType::Unsubscribe | MessageType::Publish => {
            Some(envelope.topic()?)
        }
        _ => None,
    };
    Ok((envelope.kind, topic))
}

fn publishing(text: &str, channel: &Channel, api: &Api) -> Option<Check> {
    if !channel.direction.allows_client() {
        let open = api.channels.iter().filter(|channel| channel.direction.allows_client());
        let (name, direction, open) = (&channel.name, words(channel.direction), names(open));
        return Some(Check::error(CHANNEL, format!("{name} is {direction}; publish to {open}")));
    }
    let fault = match json::locate(text, DATA).map(|at| &text[at]) {
        None => "payload.data is missing; add it".to_owned(),
        Some(data) if data.starts_with('{') => return None,
        Some(data) => format!("payload.data must be an object, not {}", type_name(data)),
    };
    Some(Check::error("payload.data", fault))
}

fn filtering(text: &str, channel: &Channel) -> Vec<Check> {
    let mut found = Vec::new();
    let filters = json::locate(text, FILTERS).map_or("", |at| &text[at]);
    let mut missing: Vec<_> = channel.filters.iter().filter(|filter| filter.required).collect();
    for filter in json::members(filters) {
        let Some(name) = json::decode(filter.key) else {
            continue;
        };
        missing.retain(|required| required.name != name);
        let path = format!("payload.filters.{name}");
        if !channel.filters.iter().any(|offer| offer.name == name) {
            let offers: Vec<_> = channel.filters.iter().map(|offer| offer.name.as_str()).collect();
            let remedy = if offers.is_empty() {
                "it has no filters".to_owned()
            } else {
                format!("use {}", list(&offers))
            };
            let message = format!("{} does not offer the filter {name}; {remedy}", channel.name);
            found.push(Check::error(&path, message));
        } else if !filter.json().starts_with('"') {
            let found_type = type_name(filter.json());
            found.push(Check::error(&path, format!("{name} must be a string, not {found_type}")));
        }
    }
    for filter in missing {
        let message = format!("{} needs the filter {}; add it", channel.name, filter.name);
        found.push(Check::error("payload.filters", message));
    }
    found
}

fn subscribing(
    kind: MessageType,
    topic: &Topic,
    api: &Api,
    subscribed: &Subscribed,
) -> Option<Check> {
    let topics = &subscribed.topics;
    let is_known = topics.contains(topic);
    let name = &topic.channel;
    match kind {
        MessageType::Subscribe if is_known => {
            Some(Check::warning(CHANNEL, format!("already subscribed to {name} like this")))
        }
        MessageType::Subscribe if subscribed.is_full => {
            let limit = api.limits.subscriptions?;
            let message =
                format!("{limit} subscriptions are the limit; unsubscribe from one first");
            Some(Check::error("", message))
        }
        // Without filters, all subscriptions of the channel end.
        MessageType::Unsubscribe
            if !is_known
                && (topic.is_filtered() || !topics.iter().any(|other| other.channel == *name)) =>
        {
            Some(Check::warning(CHANNEL, format!("not subscribed to {name} like this")))
        }
        _ => None,
    }
}

fn advice(error: &EnvelopeError, api: &Api) -> String {
    match error {
        EnvelopeError::Missing { .. } => format!("{error}; add it"),
        EnvelopeError::UnknownType { .. } => format!("{error}; use {}", client_types(api)),
        _ => error.to_string(),
    }
}

fn client_types(api: &Api) -> String {
    let sent = api.messages.iter().filter(|message| message.direction.allows_client());
    list(&sent.map(|message| message.kind.name()).collect::<Vec<_>>())
}

/// Returns the names of channels as a sentence lists them.
pub(crate) fn names<'a>(channels: impl Iterator<Item = &'a Channel>) -> String {
    list(&channels.map(|channel| channel.name.as_str()).collect::<Vec<_>>())
}

fn list(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [name] => (*name).to_owned(),
        [names @ .., end] => format!("{} or {end}", names.join(", ")),
    }
}

fn words(direction: Direction) -> String {
    direction.words().to_lowercase()
}

const CHANNEL: &str = "payload.channel";
const DATA: &[&str] = &["payload", "data"];
const FILTERS: &[&str] = &["payload", "filters"];
