//! Archives: what the messages in a HAR say, read as a session would read them.

use core::ops::Range;

use super::error::ImportError;
use super::export::{BINARY, TEXT};
use super::limit::STEP_BYTES;
use super::record::field;
use crate::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq, Timing};
use crate::protocol::coding::from_base64;
use crate::protocol::json::{self, Checker, Token};
use crate::protocol::{
    CloseCode, Endpoint, Envelope, Instant, MessageType, Millis, Now, Secret, UnixMillis,
};

/// A HAR that is read while it comes: one pass finds where its connections and their messages begin
/// and end; when all of a connection is there, its messages are read one by one. What they are like
/// stands behind them in the file, the key that is to be taken out of them too.
#[derive(Default)]
pub(super) struct Har {
    checker: Checker,
    /// At each depth, where the latest key stands and where the latest value begins.
    keys: [Range<usize>; DEPTHS],
    starts: [usize; DEPTHS],
    /// Whether there was a `log` with `entries`.
    has_log: bool,
    has_entries: bool,
    has_messages: bool,
    /// The keys and values of the present entry.
    fields: Vec<[Range<usize>; 2]>,
    /// The items of its `_webSocketMessages`.
    messages: Vec<Range<usize>>,
    /// How many of them were read, once the entry is complete.
    read: Option<usize>,
    /// How long the text must become before it is worth another look.
    enough: usize,
    reader: HarReader,
}

impl Har {
    /// Begins to read. The value of the query parameter `key_parameter` is taken for a key.
    pub(super) fn new(key_parameter: Option<String>) -> Self {
        Self { reader: HarReader { key_parameter, ..HarReader::default() }, ..Self::default() }
    }

    /// Reads on in the text, which may have grown. Returns whether there is more to read in it.
    pub(super) fn step(&mut self, text: &str, is_whole: bool) -> Result<bool, ImportError> {
        if text.len() < self.enough && !is_whole {
            return Ok(false);
        }
        let mut done = 0;
        while done < STEP_BYTES {
            if let Some(read) = self.read {
                match self.messages.get(read) {
                    Some(message) => {
                        done += message.len();
                        self.reader.message(&text[message.clone()]);
                        self.read = Some(read + 1);
                    }
                    None => self.end_entry(text),
                }
                continue;
            }
            let before = self.checker.position();
            let token = self.checker.next(text, is_whole).map_err(|error| {
                if self.has_log { ImportError::NotJson(error) } else { ImportError::Foreign }
            })?;
            let Some(token) = token else {
                // A token that is still coming is not read again for every little piece.
                self.enough = text.len() + (text.len() - before);
                return Ok(false);
            };
            done += token.end() - before;
            self.take(text, &token);
        }
        Ok(true)
    }

    /// Returns the entries of the whole file.
    pub(super) fn finish(self) -> Result<Vec<Entry>, ImportError> {
        match (self.has_entries, self.has_messages) {
            (false, _) => Err(ImportError::Foreign),
            (true, false) => Err(ImportError::NoMessages),
            (true, true) => Ok(self.reader.entries),
        }
    }

    /// Takes note of where keys and values begin and end.
    fn take(&mut self, text: &str, token: &Token<'_>) {
        let depth = self.checker.open().len();
        if self.checker.is_at_key() {
            if let Some(key) = self.keys.get_mut(depth) {
                *key = token.start..token.end();
            }
            self.has_log |= depth == 1 && token.text == r#""log""#;
            return;
        }
        match token.text {
            "," | ":" => {}
            "{" | "[" => self.begin_value(depth - 1, token.start),
            "}" | "]" => self.end_value(text, depth, token.end()),
            _ => {
                self.begin_value(depth, token.start);
                self.end_value(text, depth, token.end());
            }
        }
    }

    fn begin_value(&mut self, depth: usize, start: usize) {
        if let Some(place) = self.starts.get_mut(depth) {
            *place = start;
        }
        if depth == ENTRY {
            self.fields.clear();
            self.messages.clear();
        }
    }

    fn end_value(&mut self, text: &str, depth: usize, end: usize) {
        let is_key = |depth: usize, name: &str| text[self.keys[depth].clone()] == *name;
        let is_array = |depth: usize| self.checker.open().get(depth - 1) == Some(&b']');
        if !(ENTRIES..DEPTHS).contains(&depth)
            || !is_key(1, r#""log""#)
            || !is_key(2, r#""entries""#)
        {
            return;
        }
        let value = self.starts[depth]..end;
        match depth {
            ENTRIES => self.has_entries = true,
            ENTRY if is_array(ENTRY) && text[value.clone()].starts_with('{') => {
                let messages = self.field(text, "_webSocketMessages");
                if messages.is_some() {
                    self.has_messages = true;
                    self.begin_entry(text);
                }
            }
            FIELD => self.fields.push([self.keys[FIELD].clone(), value]),
            MESSAGE if is_array(MESSAGE) && is_key(FIELD, r#""_webSocketMessages""#) => {
                self.messages.push(value);
            }
            _ => {}
        }
    }

    fn begin_entry(&mut self, text: &str) {
        let started = self.field(text, "startedDateTime").and_then(json::decode);
        let started = started.and_then(|time| UnixMillis::parse(&time)).unwrap_or_default();
        let request = self.field(text, "request").unwrap_or_default();
        self.reader.begin(started, &member(request, "url"));
        self.read = Some(0);
    }

    fn end_entry(&mut self, text: &str) {
        if let Some(close) = self.field(text, "_webSocketClose") {
            self.reader.close(close);
        }
        self.read = None;
    }

    /// Returns the value of a field of the present entry; of equal names the last one counts.
    fn field<'a>(&self, text: &'a str, name: &str) -> Option<&'a str> {
        let is_it = |key: &Range<usize>| text[key.clone()].trim_matches('"') == name;
        let [_, value] = self.fields.iter().rfind(|[key, _]| is_it(key))?;
        Some(&text[value.clone()])
    }
}

/// How many brackets are open around the entries of the log, one of them, a field of it, and one of its
/// messages.
const ENTRIES: usize = 2;
const ENTRY: usize = 3;
const FIELD: usize = 4;
const MESSAGE: usize = 5;
const DEPTHS: usize = 6;

/// Returns the text of a member of an object.
fn member(object: &str, name: &str) -> String {
    let json = json::locate(object, &[name]).map_or("", |at| &object[at]);
    json::decode(json).unwrap_or_default().into_owned()
}

#[derive(Default)]
struct HarReader {
    entries: Vec<Entry>,
    /// When something happened last on the connection.
    last: UnixMillis,
    /// The query parameter that carries the key.
    key_parameter: Option<String>,
    /// The key that stood in the connection's address.
    key: Option<Secret>,
    /// The latest requests of the connection without an answer: their ids and places.
    waiting: Vec<(String, usize)>,
    /// The place of the server's latest ping.
    ping: usize,
}

impl HarReader {
    fn begin(&mut self, started: UnixMillis, url: &str) {
        let (endpoint, key) = address(url, self.key_parameter.as_deref());
        self.key = key;
        self.waiting.clear();
        self.ping = usize::MAX;
        self.last = started;
        let nothing = String::new;
        let (extensions, protocol) = (nothing(), nothing());
        self.add(started, Body::Opened { endpoint, extensions, protocol, after: Millis(0) });
    }

    fn message(&mut self, message: &str) {
        let fields: Vec<_> = json::members(message).collect();
        let time = field(&fields, "time").and_then(UnixMillis::from_seconds);
        self.last = time.unwrap_or(self.last);
        let direction = match field(&fields, "type") {
            Some(r#""send""#) => FrameDirection::Sent,
            Some(r#""receive""#) => FrameDirection::Received,
            _ => return,
        };
        let json = field(&fields, "data").unwrap_or_default();
        // Half a surrogate pair has no other text than its escape.
        let data = json::decode(json).map_or_else(|| json.to_owned(), Into::into);
        match field(&fields, "opcode").and_then(|opcode| opcode.parse().ok()) {
            Some(TEXT) => self.text(direction, data, self.last),
            Some(BINARY) => {
                let bytes = from_base64(&data).unwrap_or_else(|| data.into_bytes());
                self.add(self.last, Body::Binary { bytes });
            }
            _ => {}
        }
    }

    fn close(&mut self, close: &str) {
        let part = |name| json::locate(close, &[name]).map_or("", |at| &close[at]);
        let code = CloseCode(part("code").parse().unwrap_or(CloseCode::NO_STATUS.0));
        let reason = member(close, "reason");
        let (clean, ours) = (part("clean") == "true", part("ours") == "true");
        self.add(self.last, Body::Closed { code, reason, clean, ours });
    }

    fn text(&mut self, direction: FrameDirection, mut text: String, wall: UnixMillis) {
        if let Some(key) = &self.key {
            text = key.redact(text);
        }
        let reading = match Envelope::decode(&text) {
            Err(error) => Reading::Malformed(error),
            Ok(envelope) => {
                let (kind, request_id) = (envelope.kind, envelope.request_id.clone().into_owned());
                match (direction, kind) {
                    (FrameDirection::Received, MessageType::Ack | MessageType::Pong) => {
                        self.answer(kind, request_id, wall)
                    }
                    (FrameDirection::Received, MessageType::Event) => match envelope.event() {
                        Ok(event) => Reading::Event { channel: event.event_type.into_owned() },
                        Err(error) => Reading::Malformed(error),
                    },
                    (FrameDirection::Received, MessageType::Ping) => {
                        self.ping = self.entries.len();
                        return self
                            .add(wall, Body::Heartbeat { request_id, ping: text, pong: None });
                    }
                    (FrameDirection::Sent, MessageType::Pong)
                        if self.is_latest_ping(&request_id) =>
                    {
                        if let Some(Body::Heartbeat { pong, .. }) = self.ping_body() {
                            *pong = Some(text);
                        }
                        return;
                    }
                    (FrameDirection::Sent, kind) if kind.expects_answer() => {
                        if self.waiting.len() == REMEMBERED {
                            self.waiting.remove(0);
                        }
                        self.waiting.push((request_id.clone(), self.entries.len()));
                        Reading::Request { kind, request_id, outcome: Outcome::Unanswered }
                    }
                    _ => Reading::Plain { kind, request_id },
                }
            }
        };
        let size = text.len();
        self.add(wall, Body::Message { direction, text, size, reading });
    }

    /// Reads an answer and settles its request.
    fn answer(&mut self, kind: MessageType, request_id: String, wall: UnixMillis) -> Reading {
        let by = Seq(self.entries.len() as u64);
        let found = self.waiting.iter().position(|(id, _)| *id == request_id);
        let request = found.map(|at| self.waiting.remove(at).1);
        let mut round_trip = None;
        if let Some(entry) = request.and_then(|place| self.entries.get_mut(place)) {
            let span = Millis(wall.0.saturating_sub(entry.at.wall.0));
            round_trip = Some(span);
            if let Body::Message { reading: Reading::Request { outcome, .. }, .. } = &mut entry.body
            {
                *outcome = Outcome::Answered { by, round_trip: span };
            }
        }
        let timing = if request.is_some() { Timing::InTime } else { Timing::Unknown };
        let request = request.map(|place| Seq(place as u64));
        Reading::Answer { kind, request_id, request, round_trip, timing }
    }

    fn is_latest_ping(&mut self, id: &str) -> bool {
        matches!(
            self.ping_body(),
            Some(Body::Heartbeat { request_id, pong: None, .. }) if request_id == id
        )
    }

    fn ping_body(&mut self) -> Option<&mut Body> {
        self.entries.get_mut(self.ping).map(|entry| &mut entry.body)
    }

    /// Adds an entry, without the key. Its time counts from the first entry.
    fn add(&mut self, wall: UnixMillis, mut body: Body) {
        if let (Body::Binary { .. } | Body::Closed { .. }, Some(key)) = (&body, &self.key) {
            body.redact(key);
        }
        let start = self.entries.first().map_or(wall, |entry| entry.at.wall);
        let at = Now { at: Instant(wall.0.saturating_sub(start.0)), wall };
        self.entries.push(Entry { seq: Seq(self.entries.len() as u64), at, body });
    }
}

/// Takes the key out of an address.
fn address(url: &str, key_parameter: Option<&str>) -> (String, Option<Secret>) {
    match Endpoint::parse(url, key_parameter) {
        Ok((endpoint, key)) => (endpoint.to_string(), key),
        // Its query may hold a key all the same.
        Err(_) => (url.split(['?', '#']).next().unwrap_or_default().to_owned(), None),
    }
}

/// How many requests may wait for an answer.
const REMEMBERED: usize = 1_000;
