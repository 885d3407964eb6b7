//! Archives: what the messages in a HAR say, read as a session would read them.

use super::error::ImportError;
use super::export::{BINARY, TEXT};
use super::record::field;
use crate::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq, Timing};
use crate::protocol::coding::from_base64;
use crate::protocol::json::{self, Member};
use crate::protocol::{
    CloseCode, Endpoint, Envelope, Instant, MessageType, Millis, Now, Secret, UnixMillis,
};

/// Reads the connections in the `entries` of a HAR, an array's text.
///
/// # Errors
///
/// Fails if none of them has WebSocket messages.
pub(super) fn read(entries: &str) -> Result<Vec<Entry>, ImportError> {
    let mut archive = HarReader::default();
    let mut is_found = false;
    for entry in json::items(entries) {
        let fields: Vec<_> = json::members(entry).collect();
        if let Some(messages) = field(&fields, "_webSocketMessages") {
            is_found = true;
            archive.connection(&fields, messages);
        }
    }
    if is_found { Ok(archive.entries) } else { Err(ImportError::NoMessages) }
}

#[derive(Default)]
struct HarReader {
    entries: Vec<Entry>,
    /// The key that stood in the connection's address.
    key: Option<Secret>,
    /// The latest requests of the connection without an answer: their ids and places.
    waiting: Vec<(String, usize)>,
    /// The place of the server's latest ping.
    ping: usize,
}

impl HarReader {
    fn connection(&mut self, fields: &[Member<'_>], messages: &str) {
        let text = |object: &str, path: &[&str]| {
            let json = json::locate(object, path).map_or("", |at| &object[at]);
            json::decode(json).unwrap_or_default().into_owned()
        };
        let started = field(fields, "startedDateTime").and_then(json::decode);
        let started = started.and_then(|time| UnixMillis::parse(&time)).unwrap_or_default();
        let (endpoint, key) = address(text(field(fields, "request").unwrap_or_default(), &["url"]));
        self.key = key;
        self.waiting.clear();
        self.ping = usize::MAX;
        let nothing = String::new;
        let (extensions, protocol) = (nothing(), nothing());
        self.add(started, Body::Opened { endpoint, extensions, protocol, after: Millis(0) });
        let mut last = started;
        for message in json::items(messages) {
            let fields: Vec<_> = json::members(message).collect();
            let time = field(&fields, "time").and_then(UnixMillis::from_seconds);
            last = time.unwrap_or(last);
            let direction = match field(&fields, "type") {
                Some(r#""send""#) => FrameDirection::Sent,
                Some(r#""receive""#) => FrameDirection::Received,
                _ => continue,
            };
            let json = field(&fields, "data").unwrap_or_default();
            // Half a surrogate pair has no other text than its escape.
            let data = json::decode(json).map_or_else(|| json.to_owned(), Into::into);
            match field(&fields, "opcode").and_then(|opcode| opcode.parse().ok()) {
                Some(TEXT) => self.text(direction, data, last),
                Some(BINARY) => {
                    let bytes = from_base64(&data).unwrap_or_else(|| data.into_bytes());
                    self.add(last, Body::Binary { bytes });
                }
                _ => {}
            }
        }
        if let Some(close) = field(fields, "_webSocketClose") {
            let part = |name| json::locate(close, &[name]).map_or("", |at| &close[at]);
            let code = CloseCode(part("code").parse().unwrap_or(CloseCode::NO_STATUS.0));
            let reason = text(close, &["reason"]);
            let (clean, ours) = (part("clean") == "true", part("ours") == "true");
            self.add(last, Body::Closed { code, reason, clean, ours });
        }
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
fn address(url: String) -> (String, Option<Secret>) {
    match Endpoint::parse(&url) {
        Ok((endpoint, key)) => (endpoint.to_string(), key),
        // Its query may hold a key all the same.
        Err(_) => (url.split(['?', '#']).next().unwrap_or_default().to_owned(), None),
    }
}

/// How many requests may wait for an answer.
const REMEMBERED: usize = 1_000;
