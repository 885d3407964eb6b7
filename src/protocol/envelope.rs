//! The message envelope: decoding what arrived, encoding what goes out.

use core::fmt::{self, Write};
use std::borrow::Cow;

use super::json::{self, Members, quote};
use super::member;
use super::message::MessageType;
use super::topic::Topic;

/// A message in the page's envelope.
///
/// The payload stays the text it was: nothing is reordered, rounded or dropped on the way through.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope<'a> {
    /// The field `type`.
    pub kind: MessageType,
    /// The field `request_id`: correlates a request with its answer.
    pub request_id: Cow<'a, str>,
    /// The field `sent_at`, ISO 8601; optional.
    pub sent_at: Option<Cow<'a, str>>,
    /// The field `payload` as JSON text; its shape depends on the type.
    pub payload: Option<Cow<'a, str>>,
}

impl<'a> Envelope<'a> {
    /// Returns a message of type `kind` without `sent_at` and payload.
    pub fn new(kind: MessageType, request_id: impl Into<Cow<'a, str>>) -> Self {
        Self { kind, request_id: request_id.into(), sent_at: None, payload: None }
    }

    /// Decodes the text of a frame.
    ///
    /// Unknown fields are allowed. `payload` is checked to be JSON; its fields are checked by
    /// [`Envelope::topic`] and its siblings, because their shape depends on the type.
    ///
    /// # Errors
    ///
    /// Says what keeps the text from being an envelope, with the path of the field at fault.
    pub fn decode(text: &'a str) -> Result<Self, EnvelopeError> {
        match fields(text, FIELDS) {
            Some(fields) => Self::from_fields(fields),
            None => Self::explain(text),
        }
    }

    /// Decodes as [`Envelope::decode`] does, with the reader that says what is wrong and where. Good
    /// messages have a faster one; the two agree on every text.
    ///
    /// # Errors
    ///
    /// As [`Envelope::decode`].
    pub fn explain(text: &'a str) -> Result<Self, EnvelopeError> {
        if text.trim().is_empty() {
            return Err(EnvelopeError::Empty);
        }
        json::check(text)
            .map_err(|error| EnvelopeError::NotJson { line: error.line, column: error.column })?;
        Self::from_fields(values(object(text, "")?, FIELDS))
    }

    fn from_fields(fields: [Option<&'a str>; 4]) -> Result<Self, EnvelopeError> {
        let [kind, request_id, sent_at, payload] = fields;
        let name = required(kind, "type")?;
        let kind = MessageType::from_name(&name)
            .ok_or_else(|| EnvelopeError::UnknownType { name: name.into_owned() })?;
        Ok(Self {
            kind,
            request_id: required(request_id, "request_id")?,
            sent_at: string(sent_at, "sent_at")?,
            payload: payload.map(Cow::Borrowed),
        })
    }

    /// Adds the time of sending.
    #[must_use]
    pub fn sent_at(mut self, time: impl Into<Cow<'a, str>>) -> Self {
        self.sent_at = Some(time.into());
        self
    }

    /// Adds a payload, given as JSON text.
    #[must_use]
    pub fn payload(mut self, json: impl Into<Cow<'a, str>>) -> Self {
        self.payload = Some(json.into());
        self
    }

    /// Adds the payload of a subscribe or unsubscribe: the channel, and the filters if there are any.
    #[must_use]
    pub fn about(self, topic: &Topic) -> Self {
        let channel = quote(&topic.channel);
        self.payload(match topic.filters_json() {
            Some(filters) => format!(r#"{{"channel":{channel},"filters":{filters}}}"#),
            None => format!(r#"{{"channel":{channel}}}"#),
        })
    }

    /// Encodes as the text of a frame: no white space, the fields in the page's order.
    pub fn encode(&self) -> String {
        let mut text =
            format!(r#"{{"type":"{}","request_id":{}"#, self.kind.name(), quote(&self.request_id));
        for (name, json) in [
            ("sent_at", self.sent_at.as_deref().map(quote)),
            ("payload", self.payload.as_deref().map(str::to_owned)),
        ] {
            if let Some(json) = json {
                // Writing to a string cannot fail.
                let _ = write!(text, r#","{name}":{json}"#);
            }
        }
        text.push('}');
        text
    }

    /// Returns the topic of a subscribe, unsubscribe or publish, or the one an ack names.
    ///
    /// # Errors
    ///
    /// Fails if the payload is missing or no object, `payload.channel` is missing or no string, or
    /// `payload.filters` is no object.
    pub fn topic(&self) -> Result<Topic, EnvelopeError> {
        let [channel, filters] = self.payload_fields(["channel", "filters"])?;
        let channel = required(channel, "payload.channel")?;
        match filters {
            None | Some("null") => Ok(Topic::channel(channel)),
            Some(filters) if filters.starts_with('{') => {
                Ok(Topic::with_filters_json(channel, filters))
            }
            Some(other) => {
                let (expected, found) = (OBJECT, type_name(other));
                Err(EnvelopeError::WrongType { path: "payload.filters", expected, found })
            }
        }
    }

    /// Returns the event in the payload.
    ///
    /// # Errors
    ///
    /// Fails if the payload is missing or no object, or `payload.event_type` is missing or no string.
    pub fn event(&self) -> Result<Event<'_>, EnvelopeError> {
        let [event_type, data] = self.payload_fields(["event_type", "data"])?;
        Ok(Event { event_type: required(event_type, "payload.event_type")?, data })
    }

    /// Returns the status an ack reports, such as `subscribed`, if it has one.
    pub fn ack_status(&self) -> Option<Cow<'_, str>> {
        let [status] = self.payload_fields(["status"]).ok()?;
        string(status, "payload.status").ok().flatten()
    }

    fn payload_fields<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<&str>; N], EnvelopeError> {
        let payload = self.payload.as_deref().ok_or(EnvelopeError::Missing { path: "payload" })?;
        match fields(payload, names) {
            Some(values) => Ok(values),
            None => Ok(values(object(payload, "payload")?, names)),
        }
    }
}

/// The payload of an event: `event_type` and `data`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event<'a> {
    /// The field `event_type`: the channel's name.
    pub event_type: Cow<'a, str>,
    /// The field `data` as JSON text.
    pub data: Option<&'a str>,
}

/// Why a text is no envelope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EnvelopeError {
    /// The text has no characters.
    Empty,
    /// A required field is missing.
    Missing {
        /// The field's path, such as `payload.channel`.
        path: &'static str,
    },
    /// The text is not JSON.
    NotJson {
        /// The line of the first wrong character, from 1.
        line: usize,
        /// Its column, from 1, in characters.
        column: usize,
    },
    /// The message has more bytes than the API allows.
    TooLarge {
        /// Its size in UTF-8 bytes.
        size: usize,
        /// The row "Max message size", in bytes.
        limit: usize,
    },
    /// The field `type` names no message type of the page.
    UnknownType {
        /// The name that stands there.
        name: String,
    },
    /// A field has the wrong JSON type.
    WrongType {
        /// The field's path; empty for the whole message.
        path: &'static str,
        /// The type it should have.
        expected: &'static str,
        /// The type it has.
        found: &'static str,
    },
}

impl EnvelopeError {
    /// Returns the path of the field at fault, empty where it is the whole message.
    pub fn path(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotJson { .. } | Self::TooLarge { .. } => "",
            Self::Missing { path } | Self::WrongType { path, .. } => path,
            Self::UnknownType { .. } => "type",
        }
    }
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("empty message"),
            Self::Missing { path } => write!(formatter, "{path} is missing"),
            Self::NotJson { line, column } => {
                write!(formatter, "not JSON (line {line}, column {column})")
            }
            Self::TooLarge { size, limit } => {
                write!(formatter, "{size} bytes, more than the {limit} the API allows")
            }
            Self::UnknownType { name } => {
                let shown: String = name.chars().take(40).collect();
                write!(formatter, "unknown type {}", quote(&shown))
            }
            Self::WrongType { path: "", expected, found } => {
                write!(formatter, "the message must be {expected}, not {found}")
            }
            Self::WrongType { path, expected, found } => {
                write!(formatter, "{path} must be {expected}, not {found}")
            }
        }
    }
}

impl core::error::Error for EnvelopeError {}

/// Returns the values of these fields as JSON text, where the text is a JSON object; of equal names the
/// last one counts, as in JSON.parse. Every message comes this way.
fn fields<'a, const N: usize>(text: &'a str, names: [&str; N]) -> Option<[Option<&'a str>; N]> {
    let mut values = [None; N];
    let is_read = member::members(text, &mut |name, json| {
        if let Some(index) = names.iter().position(|it| *it == name) {
            values[index] = Some(json);
        }
    });
    is_read.then_some(values)
}

/// Returns the members of `text`, which must be an object.
fn object<'a>(text: &'a str, path: &'static str) -> Result<Members<'a>, EnvelopeError> {
    match type_name(text.trim_start()) {
        OBJECT => Ok(json::members(text)),
        found => Err(EnvelopeError::WrongType { path, expected: OBJECT, found }),
    }
}

/// Returns the same of a text that [`fields`] cannot read.
fn values<'a, const N: usize>(fields: Members<'a>, names: [&str; N]) -> [Option<&'a str>; N] {
    let mut values = [None; N];
    for field in fields {
        if let Some(index) = names.iter().position(|name| field.is(name)) {
            values[index] = Some(field.json());
        }
    }
    values
}

fn required<'a>(json: Option<&'a str>, path: &'static str) -> Result<Cow<'a, str>, EnvelopeError> {
    string(json, path)?.ok_or(EnvelopeError::Missing { path })
}

/// Returns the text of a field that must be a string, if it is there. `null` counts as not there.
fn string<'a>(
    json: Option<&'a str>,
    path: &'static str,
) -> Result<Option<Cow<'a, str>>, EnvelopeError> {
    let Some(json) = json.filter(|json| *json != "null") else {
        return Ok(None);
    };
    let found = match type_name(json) {
        STRING => match json::decode(json) {
            Some(text) => return Ok(Some(text)),
            None => HALF_PAIR,
        },
        other => other,
    };
    Err(EnvelopeError::WrongType { path, expected: STRING, found })
}

/// Returns the JSON type of a value, with its article, from the value's first character.
pub fn type_name(json: &str) -> &'static str {
    match json.bytes().next() {
        Some(b'"') => STRING,
        Some(b'{') => OBJECT,
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Every path and every type that an [`EnvelopeError`] may name.
pub const NAMES: [&str; 16] = [
    "",
    "type",
    "request_id",
    "sent_at",
    "payload",
    "payload.channel",
    "payload.event_type",
    "payload.filters",
    "payload.status",
    STRING,
    OBJECT,
    HALF_PAIR,
    "an array",
    "a boolean",
    "null",
    "a number",
];

const FIELDS: [&str; 4] = ["type", "request_id", "sent_at", "payload"];
const HALF_PAIR: &str = "text with half a surrogate pair";
const OBJECT: &str = "an object";
const STRING: &str = "a string";
