//! The log, read without any help of what wrote it.

use serde_json::Value;
use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Entry, FrameDirection, Note};
use veriops_playground::protocol::{CloseCode, Instant, Millis};

/// A part of a log.
#[derive(Clone, Copy)]
pub(crate) struct Log<'a>(pub(crate) &'a [Entry]);

/// A message, as JSON.
pub(crate) struct Message<'a> {
    pub(crate) at: Instant,
    pub(crate) place: usize,
    pub(crate) size: usize,
    pub(crate) json: Value,
    pub(crate) entry: &'a Entry,
}

impl Message<'_> {
    pub(crate) fn id(&self) -> &str {
        self.json["request_id"].as_str().unwrap()
    }

    /// Returns channel and filters of a request.
    pub(crate) fn topic(&self) -> (Value, Value) {
        (self.json["payload"]["channel"].clone(), self.json["payload"]["filters"].clone())
    }
}

impl<'a> Log<'a> {
    /// Returns the messages of this type that went this way.
    pub(crate) fn messages(self, way: FrameDirection, kind: &str) -> Vec<Message<'a>> {
        let mut found = Vec::new();
        for (place, entry) in self.0.iter().enumerate() {
            if let Body::Message { direction, text, size, .. } = &entry.body
                && *direction == way
                && let Ok(json) = serde_json::from_str::<Value>(text)
                && json["type"] == kind
            {
                found.push(Message { at: entry.at.at, place, size: *size, json, entry });
            }
        }
        found
    }

    pub(crate) fn sent(self, kind: &str) -> Vec<Message<'a>> {
        self.messages(FrameDirection::Sent, kind)
    }

    pub(crate) fn received(self, kind: &str) -> Vec<Message<'a>> {
        self.messages(FrameDirection::Received, kind)
    }

    /// Returns the acks of this status to requests with these ids, in the order of the requests; every
    /// request must have exactly one.
    pub(crate) fn acked(self, requests: &[Message<'_>], status: &str) -> Vec<Message<'a>> {
        let is_it = |ack: &Message<'_>, id: &str| ack.id() == id;
        requests
            .iter()
            .map(|request| {
                let mut acks = self.received("ack");
                acks.retain(|ack| is_it(ack, request.id()));
                assert_eq!(acks.len(), 1, "one ack for {}", request.json);
                let ack = acks.remove(0);
                assert_eq!(ack.json["payload"]["status"], status);
                assert_eq!(ack.topic(), request.topic());
                assert!(ack.place > request.place);
                ack
            })
            .collect()
    }

    /// Returns every close: when, its place, its code, whether it was ours and clean.
    pub(crate) fn closes(self) -> Vec<(Instant, usize, CloseCode, bool, bool)> {
        let close = |(place, entry): (usize, &Entry)| match entry.body {
            Body::Closed { code, clean, ours, .. } => Some((entry.at.at, place, code, ours, clean)),
            _ => None,
        };
        self.0.iter().enumerate().filter_map(close).collect()
    }

    /// Returns the only close with this code that the other side made: when, and its place.
    pub(crate) fn close(self, code: CloseCode) -> (Instant, usize) {
        let mut closes = self.closes();
        closes.retain(|(_, _, found, ours, _)| *found == code && !ours);
        assert_eq!(closes.len(), 1, "one close {code}");
        let (at, place, _, _, clean) = closes[0];
        assert_eq!(clean, code != CloseCode::ABNORMAL);
        (at, place)
    }

    /// Returns when each connection opened, and the place.
    pub(crate) fn opened(self) -> Vec<(Instant, usize)> {
        self.places(|body| matches!(body, Body::Opened { .. }))
    }

    /// Returns when each attempt was made, and the place.
    pub(crate) fn attempts(self) -> Vec<(Instant, usize)> {
        self.places(|body| matches!(body, Body::Note(Note::Connecting { .. })))
    }

    /// Returns each wait: when it began, which attempt it is for, how long it is, whether it is backoff.
    pub(crate) fn waits(self) -> Vec<(Instant, u32, Millis, bool)> {
        let wait = |entry: &Entry| match entry.body {
            Body::Note(Note::Reconnecting { attempt, delay, is_backoff }) => {
                Some((entry.at.at, attempt, delay, is_backoff))
            }
            _ => None,
        };
        self.0.iter().filter_map(wait).collect()
    }

    /// Returns each heartbeat: when, and whether it was answered under its own id.
    pub(crate) fn heartbeats(self) -> Vec<(Instant, bool)> {
        let beat = |entry: &Entry| match &entry.body {
            Body::Heartbeat { ping, pong, .. } => {
                let ping: Value = serde_json::from_str(ping).unwrap();
                assert_eq!(ping["type"], "ping");
                let answer =
                    pong.as_ref().map(|pong| -> Value { serde_json::from_str(pong).unwrap() });
                if let Some(pong) = &answer {
                    assert_eq!(pong["type"], "pong");
                    assert_eq!(pong["request_id"], ping["request_id"]);
                }
                Some((entry.at.at, answer.is_some()))
            }
            _ => None,
        };
        self.0.iter().filter_map(beat).collect()
    }

    /// Returns the data of each event of a channel, and its place.
    pub(crate) fn events(self, channel: &str) -> Vec<(usize, Value)> {
        let events = self.received("event").into_iter();
        let of = events.filter(|event| event.json["payload"]["event_type"] == channel);
        of.map(|event| (event.place, event.json["payload"]["data"].clone())).collect()
    }

    /// Returns what came after this place.
    pub(crate) fn after(self, place: usize) -> Self {
        Self(&self.0[place + 1..])
    }

    /// Returns what came before this place.
    pub(crate) fn before(self, place: usize) -> Self {
        Self(&self.0[..place])
    }

    fn places(self, is_it: impl Fn(&Body) -> bool) -> Vec<(Instant, usize)> {
        let all = self.0.iter().enumerate().filter(|(_, entry)| is_it(&entry.body));
        all.map(|(place, entry)| (entry.at.at, place)).collect()
    }
}

/// Returns whether the description can tell events of this channel apart by what it offers to filter.
pub(crate) fn differs(api: &Api, channel: &str) -> bool {
    let channel = api.channel(channel).unwrap();
    let is_other = |example: &String| {
        let data: Value = serde_json::from_str(example).unwrap();
        channel.filters.iter().any(|filter| data[&filter.name] != *filter.example)
    };
    channel.filters.iter().any(|filter| !filter.required) && channel.examples.iter().any(is_other)
}
