//! What a server wrote down about its connections.

use std::fmt;

use serde_json::Value;

/// A line of a server's notes.
#[derive(Clone)]
pub struct Record {
    /// When, in milliseconds of the server's clock.
    pub at: u64,
    /// The number of the connection; none for what was asked of the whole server.
    pub connection: Option<u64>,
    /// What happened.
    pub what: What,
}

/// What happened at a server.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A client came, with this path.
    Opened(String),
    /// A text message came.
    Message(Value),
    /// A binary message came, or one that is no JSON.
    Other(String),
    /// The server sent a ping with this id.
    Ping(String),
    /// The server is about to end the connection, or to do something else that it should not.
    Ending,
    /// The client closed with this code; 1006 without a close frame.
    Closed(u64),
}

impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, connection, what } = self;
        let connection = connection.map_or_else(|| "all".to_owned(), |it| it.to_string());
        match what {
            What::Message(message) => write!(formatter, "{at} [{connection}] {message}"),
            what => write!(formatter, "{at} [{connection}] {what:?}"),
        }
    }
}

impl Record {
    /// Reads a line.
    pub fn read(line: &Value) -> Self {
        let what = if let Some(path) = line["opened"].as_str() {
            What::Opened(path.to_owned())
        } else if let Some(text) = line["text"].as_str() {
            serde_json::from_str(text).map_or_else(|_| What::Other(text.to_owned()), What::Message)
        } else if let Some(id) = line["ping"].as_str() {
            What::Ping(id.to_owned())
        } else if let Some(code) = line["closed"].as_u64() {
            What::Closed(code)
        } else if line.get("ending").or(line.get("incident")).is_some() {
            What::Ending
        } else {
            What::Other(line.to_string())
        };
        Self { at: line["at"].as_u64().unwrap(), connection: line["connection"].as_u64(), what }
    }

    /// Returns the message of this type.
    pub fn message(&self, kind: &str) -> Option<&Value> {
        match &self.what {
            What::Message(message) if message["type"] == kind => Some(message),
            _ => None,
        }
    }
}

/// Returns the messages of this type on a connection, with the times at which they came.
pub fn messages<'a>(records: &'a [Record], connection: u64, kind: &str) -> Vec<(u64, &'a Value)> {
    let records = records.iter().filter(|it| it.connection == Some(connection));
    records.filter_map(|it| Some((it.at, it.message(kind)?))).collect()
}

/// Returns when connections opened.
pub fn openings(records: &[Record]) -> Vec<u64> {
    let opened = records.iter().filter(|it| matches!(it.what, What::Opened(_)));
    opened.map(|it| it.at).collect()
}

/// Returns the milliseconds from each end that the server brought about to the next opening.
pub fn gaps(records: &[Record]) -> Vec<u64> {
    let endings = records.iter().enumerate().filter(|(_, it)| it.what == What::Ending);
    endings.filter_map(|(place, end)| Some(openings(&records[place..]).first()? - end.at)).collect()
}
