//! Records: an entry as a JSON object on a line, described once for both ways.
//!
//! [`Record::entry`] walks over the fields of an entry. While writing, every step appends a field;
//! while reading, it fills the field in. So what is written is what is read.
//!
//! By hand: derived with serde, the same format takes 350 lines less, but its flattened enums add
//! 39,027 bytes of brotli to the first load, and an error no longer names a field of a wrong value.

use core::mem::discriminant;

use crate::entry::{
    Body, Entry, FrameDirection, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
use crate::protocol::coding::{from_base64, to_base64};
use crate::protocol::envelope::NAMES;
use crate::protocol::json::{self, Member, quote};
use crate::protocol::{
    CloseCode, EnvelopeError, Incident, MessageType, Millis, Now, TimeScale, UnixMillis,
};

/// Writes an entry as a JSON object.
pub(super) fn write(mut entry: Entry) -> String {
    let mut record = Record { way: Way::Write(String::new()), fault: None };
    record.entry(&mut entry);
    match record.way {
        Way::Write(line) => line + "}",
        Way::Read(_) => String::new(),
    }
}

/// Reads an entry from a JSON object.
///
/// # Errors
///
/// Returns the name of the first field that is missing or wrong.
pub(super) fn read(line: &str) -> Result<Entry, &'static str> {
    let mut record = Record { way: Way::Read(json::members(line).collect()), fault: None };
    let mut entry = Entry { seq: Seq(0), at: Now::default(), body: Body::Note(Note::Stopped) };
    record.entry(&mut entry);
    record.fault.map_or(Ok(entry), Err)
}

/// Returns the value of a field as JSON text; of equal names the last one counts.
pub(super) fn field<'a>(fields: &[Member<'a>], name: &str) -> Option<&'a str> {
    fields.iter().rfind(|field| field.is(name)).map(Member::json)
}

/// A line that is written, or read.
struct Record<'a> {
    way: Way<'a>,
    /// The name of the first field that is missing or wrong.
    fault: Option<&'static str>,
}

enum Way<'a> {
    Write(String),
    Read(Vec<Member<'a>>),
}

impl<'a> Record<'a> {
    fn entry(&mut self, entry: &mut Entry) {
        self.number("seq", &mut entry.seq.0);
        self.number("at_ms", &mut entry.at.at.0);
        self.time("time", &mut entry.at.wall);
        self.variant("entry", &mut entry.body, BODIES);
        match &mut entry.body {
            Body::Binary { bytes } => {
                let mut text = to_base64(bytes);
                self.text("base64", &mut text);
                match from_base64(&text) {
                    Some(read) => *bytes = read,
                    None => self.blame("base64"),
                }
            }
            Body::Closed { code, reason, clean, ours } => {
                self.code(code);
                self.text("reason", reason);
                self.flag("clean", clean);
                self.flag("ours", ours);
            }
            Body::Heartbeat { request_id, ping, pong } => {
                self.text("request_id", request_id);
                self.text("ping", ping);
                self.optional_text("pong", pong);
            }
            Body::Message { direction, text, size, reading } => {
                self.variant("direction", direction, DIRECTIONS);
                self.reading(reading);
                self.size("size", size);
                self.text("text", text);
            }
            Body::Note(note) => self.note(note),
            Body::Opened { endpoint, extensions, protocol, after } => {
                self.text("endpoint", endpoint);
                self.text("extensions", extensions);
                self.text("protocol", protocol);
                self.number("after_ms", &mut after.0);
            }
        }
    }

    fn reading(&mut self, reading: &mut Reading) {
        self.variant("reading", reading, READINGS);
        match reading {
            Reading::Answer { kind, request_id, request, round_trip, timing } => {
                self.kind(kind);
                self.text("request_id", request_id);
                self.optional_seq("request", request);
                self.optional_span("round_trip_ms", round_trip);
                self.variant("timing", timing, TIMINGS);
            }
            Reading::Banner | Reading::Opaque => {}
            Reading::Echo { request_id, request, round_trip } => {
                self.optional_text("request_id", request_id);
                self.optional_seq("request", request);
                self.optional_span("round_trip_ms", round_trip);
            }
            Reading::Event { channel } => self.text("channel", channel),
            Reading::Malformed(error) => self.error(error),
            Reading::Plain { kind, request_id } => {
                self.kind(kind);
                self.text("request_id", request_id);
            }
            Reading::Request { kind, request_id, outcome } => {
                self.kind(kind);
                self.text("request_id", request_id);
                self.variant("outcome", outcome, OUTCOMES);
                match outcome {
                    Outcome::Answered { by, round_trip }
                    | Outcome::Echoed { by, round_trip }
                    | Outcome::Late { by, round_trip } => {
                        self.number("by", &mut by.0);
                        self.number("round_trip_ms", &mut round_trip.0);
                    }
                    _ => {}
                }
            }
        }
    }

    fn error(&mut self, error: &mut EnvelopeError) {
        self.variant("error", error, ERRORS);
        match error {
            EnvelopeError::Empty => {}
            EnvelopeError::Missing { path } => self.name("path", path),
            EnvelopeError::NotJson { line, column } => {
                self.size("line", line);
                self.size("column", column);
            }
            EnvelopeError::TooLarge { size, limit } => {
                self.size("bytes", size);
                self.size("limit", limit);
            }
            EnvelopeError::UnknownType { name } => self.text("name", name),
            EnvelopeError::WrongType { path, expected, found } => {
                self.name("path", path);
                self.name("expected", expected);
                self.name("found", found);
            }
        }
    }

    fn note(&mut self, note: &mut Note) {
        self.variant("note", note, NOTES);
        match note {
            Note::Broken
            | Note::Cancelled
            | Note::NoSignOfLife
            | Note::Stopped
            | Note::Unconfirmed => {}
            Note::Cleared { rows } => self.number("rows", rows),
            Note::Connecting { endpoint, attempt } => {
                self.text("endpoint", endpoint);
                self.count("attempt", attempt);
            }
            Note::GaveUp { attempts } => self.count("attempts", attempts),
            Note::NotSent { refusal } => {
                self.variant("refusal", refusal, REFUSALS);
                match refusal {
                    Refusal::Backlog { waiting, limit } => {
                        self.size("waiting", waiting);
                        self.size("limit", limit);
                    }
                    Refusal::NotOpen => {}
                    Refusal::SubscriptionLimit { limit } => self.size("limit", limit),
                    Refusal::TooLarge { size, limit } => {
                        self.size("bytes", size);
                        self.size("limit", limit);
                    }
                }
            }
            Note::OpenFailed { endpoint, failure } => {
                self.text("endpoint", endpoint);
                self.variant("failure", failure, FAILURES);
                match failure {
                    OpenFailure::Refused { name } => self.text("name", name),
                    OpenFailure::TimedOut { after } => self.number("after_ms", &mut after.0),
                    OpenFailure::Blocked | OpenFailure::Unreachable => {}
                }
            }
            Note::Reconnecting { attempt, delay, is_backoff } => {
                self.count("attempt", attempt);
                self.number("delay_ms", &mut delay.0);
                self.mark("backoff", is_backoff);
            }
            Note::Restored { subscriptions, unanswered } => {
                self.size("subscriptions", subscriptions);
                let mut wide = Some(*unanswered as u64).filter(|count| *count > 0);
                self.optional_number("unanswered", &mut wide);
                *unanswered = wide.and_then(|wide| usize::try_from(wide).ok()).unwrap_or_default();
            }
            Note::Restoring { subscriptions } => self.size("subscriptions", subscriptions),
            Note::Scaled(scale) => {
                let mut factor = u64::from(scale.factor());
                self.number("factor", &mut factor);
                match TimeScale::from_factor(factor) {
                    Some(read) => *scale = read,
                    None => self.blame("factor"),
                }
            }
            Note::Silent { after } => self.number("after_ms", &mut after.0),
            Note::Staged(incident) => self.incident(incident),
            Note::Jumped { span } | Note::Suspended { span } => self.number("span_ms", &mut span.0),
        }
    }

    fn incident(&mut self, incident: &mut Incident) {
        self.variant("incident", incident, INCIDENTS);
        match incident {
            Incident::Burst { events } => self.count("events", events),
            Incident::Close { code, reason } => {
                self.code(code);
                self.text("reason", reason);
            }
            Incident::DelayAcks(delay) => self.number("delay_ms", &mut delay.0),
            Incident::Drop | Incident::Malformed | Incident::Oversize => {}
            Incident::ForbidAddress(on)
            | Incident::LoseAck(on)
            | Incident::Mute(on)
            | Incident::Quiet(on)
            | Incident::RefuseKeys(on)
            | Incident::Unreachable(on) => self.flag("on", on),
        }
    }

    fn code(&mut self, code: &mut CloseCode) {
        let CloseCode(number) = code;
        let mut wide = usize::from(*number);
        self.size("code", &mut wide);
        match u16::try_from(wide) {
            Ok(read) => *number = read,
            Err(_) => self.blame("code"),
        }
    }

    fn kind(&mut self, kind: &mut MessageType) {
        let mut name = kind.name().to_owned();
        self.text("kind", &mut name);
        match MessageType::from_name(&name) {
            Some(read) => *kind = read,
            None => self.blame("kind"),
        }
    }

    /// Walks over the name of a variant. While reading, `value` becomes that variant's blank, to be
    /// filled in.
    fn variant<T: Clone>(&mut self, field: &'static str, value: &mut T, blanks: &[(&str, T)]) {
        let own = blanks.iter().find(|(_, blank)| discriminant(blank) == discriminant(value));
        let mut name = own.map_or(String::new(), |(name, _)| (*name).to_owned());
        self.text(field, &mut name);
        match blanks.iter().find(|(known, _)| *known == name) {
            _ if self.is_writing() => {}
            Some((_, blank)) => *value = blank.clone(),
            None => self.blame(field),
        }
    }

    /// Walks over one of the names that an error may hold.
    fn name(&mut self, field: &'static str, value: &mut &'static str) {
        let mut text = (*value).to_owned();
        self.text(field, &mut text);
        match NAMES.into_iter().find(|known| *known == text) {
            Some(known) => *value = known,
            None => self.blame(field),
        }
    }

    fn time(&mut self, field: &'static str, value: &mut UnixMillis) {
        let mut text = value.to_string();
        self.text(field, &mut text);
        match UnixMillis::parse(&text) {
            _ if self.is_writing() => {}
            Some(read) => *value = read,
            None => self.blame(field),
        }
    }

    /// Walks over a flag that is written only where it is set.
    fn mark(&mut self, field: &'static str, value: &mut bool) {
        match self.json(field, value.then(|| "true".to_owned())) {
            _ if self.is_writing() => {}
            None => *value = false,
            Some("true") => *value = true,
            Some(_) => self.blame(field),
        }
    }

    fn flag(&mut self, field: &'static str, value: &mut bool) {
        if let Some(json) = self.json(field, Some(value.to_string())) {
            *value = json == "true";
            if !(*value || json == "false") {
                self.blame(field);
            }
        } else if !self.is_writing() {
            self.blame(field);
        }
    }

    fn count(&mut self, field: &'static str, value: &mut u32) {
        let mut wide = u64::from(*value);
        self.number(field, &mut wide);
        match u32::try_from(wide) {
            Ok(read) => *value = read,
            Err(_) => self.blame(field),
        }
    }

    fn size(&mut self, field: &'static str, value: &mut usize) {
        let mut wide = *value as u64;
        self.number(field, &mut wide);
        match usize::try_from(wide) {
            Ok(read) => *value = read,
            Err(_) => self.blame(field),
        }
    }

    fn optional_seq(&mut self, field: &'static str, value: &mut Option<Seq>) {
        let mut number = value.map(|seq| seq.0);
        self.optional_number(field, &mut number);
        *value = number.map(Seq);
    }

    fn optional_span(&mut self, field: &'static str, value: &mut Option<Millis>) {
        let mut number = value.map(|span| span.0);
        self.optional_number(field, &mut number);
        *value = number.map(Millis);
    }

    fn number(&mut self, field: &'static str, value: &mut u64) {
        let mut found = self.is_writing().then_some(*value);
        self.optional_number(field, &mut found);
        match found {
            Some(number) => *value = number,
            None => self.blame(field),
        }
    }

    fn optional_number(&mut self, field: &'static str, value: &mut Option<u64>) {
        if let Some(json) = self.json(field, value.map(|number| number.to_string())) {
            *value = json.parse().ok();
            if value.is_none() {
                self.blame(field);
            }
        }
    }

    fn text(&mut self, field: &'static str, value: &mut String) {
        let mut found = self.is_writing().then(|| core::mem::take(value));
        self.optional_text(field, &mut found);
        match found {
            Some(text) => *value = text,
            None => self.blame(field),
        }
    }

    fn optional_text(&mut self, field: &'static str, value: &mut Option<String>) {
        if let Some(json) = self.json(field, value.as_deref().map(quote)) {
            *value = json::decode(json).map(Into::into);
            if value.is_none() {
                self.blame(field);
            }
        }
    }

    /// Appends a field while writing; a field without a value is left out. Returns the field's value
    /// while reading.
    fn json(&mut self, name: &'static str, value: Option<String>) -> Option<&'a str> {
        match &mut self.way {
            Way::Read(fields) => field(fields, name),
            Way::Write(line) => {
                if let Some(value) = value {
                    line.push_str(if line.is_empty() { "{\"" } else { ",\"" });
                    line.push_str(name);
                    line.push_str("\":");
                    line.push_str(&value);
                }
                None
            }
        }
    }

    fn is_writing(&self) -> bool {
        matches!(self.way, Way::Write(_))
    }

    fn blame(&mut self, field: &'static str) {
        self.fault = self.fault.or(Some(field));
    }
}

const BODIES: &[(&str, Body)] = &[
    ("binary", Body::Binary { bytes: Vec::new() }),
    (
        "closed",
        Body::Closed { code: CloseCode(0), reason: String::new(), clean: false, ours: false },
    ),
    ("heartbeat", Body::Heartbeat { request_id: String::new(), ping: String::new(), pong: None }),
    (
        "message",
        Body::Message {
            direction: FrameDirection::Received,
            text: String::new(),
            size: 0,
            reading: Reading::Banner,
        },
    ),
    ("note", Body::Note(Note::Stopped)),
    (
        "opened",
        Body::Opened {
            endpoint: String::new(),
            extensions: String::new(),
            protocol: String::new(),
            after: ZERO,
        },
    ),
];

const DIRECTIONS: &[(&str, FrameDirection)] = &[
    (FrameDirection::Received.name(), FrameDirection::Received),
    (FrameDirection::Sent.name(), FrameDirection::Sent),
];

const READINGS: &[(&str, Reading)] = &[
    (
        "answer",
        Reading::Answer {
            kind: MessageType::Ack,
            request_id: String::new(),
            request: None,
            round_trip: None,
            timing: Timing::InTime,
        },
    ),
    ("banner", Reading::Banner),
    ("echo", Reading::Echo { request_id: None, request: None, round_trip: None }),
    ("event", Reading::Event { channel: String::new() }),
    ("malformed", Reading::Malformed(EnvelopeError::Empty)),
    ("opaque", Reading::Opaque),
    ("plain", Reading::Plain { kind: MessageType::Ack, request_id: String::new() }),
    (
        "request",
        Reading::Request {
            kind: MessageType::Ping,
            request_id: String::new(),
            outcome: Outcome::Pending,
        },
    ),
];

const TIMINGS: &[(&str, Timing)] = &[
    ("duplicate", Timing::Duplicate),
    ("in time", Timing::InTime),
    ("late", Timing::Late),
    ("unknown", Timing::Unknown),
];

const OUTCOMES: &[(&str, Outcome)] = &[
    ("answered", Outcome::Answered { by: Seq(0), round_trip: ZERO }),
    ("echoed", Outcome::Echoed { by: Seq(0), round_trip: ZERO }),
    ("late", Outcome::Late { by: Seq(0), round_trip: ZERO }),
    ("lost", Outcome::Lost),
    ("pending", Outcome::Pending),
    ("unanswered", Outcome::Unanswered),
    ("unasked", Outcome::Unasked),
];

const ERRORS: &[(&str, EnvelopeError)] = &[
    ("empty", EnvelopeError::Empty),
    ("missing", EnvelopeError::Missing { path: "" }),
    ("not JSON", EnvelopeError::NotJson { line: 0, column: 0 }),
    ("too large", EnvelopeError::TooLarge { size: 0, limit: 0 }),
    ("unknown type", EnvelopeError::UnknownType { name: String::new() }),
    ("wrong type", EnvelopeError::WrongType { path: "", expected: "", found: "" }),
];

const INCIDENTS: &[(&str, Incident)] = &[
    ("burst", Incident::Burst { events: 0 }),
    ("close", Incident::Close { code: CloseCode(0), reason: String::new() }),
    ("delay acks", Incident::DelayAcks(ZERO)),
    ("drop", Incident::Drop),
    ("forbid address", Incident::ForbidAddress(false)),
    ("lose ack", Incident::LoseAck(false)),
    ("malformed", Incident::Malformed),
    ("mute", Incident::Mute(false)),
    ("oversize", Incident::Oversize),
    ("quiet", Incident::Quiet(false)),
    ("refuse keys", Incident::RefuseKeys(false)),
    ("unreachable", Incident::Unreachable(false)),
];

const NOTES: &[(&str, Note)] = &[
    ("broken", Note::Broken),
    ("cancelled", Note::Cancelled),
    ("cleared", Note::Cleared { rows: 0 }),
    ("connecting", Note::Connecting { endpoint: String::new(), attempt: 0 }),
    ("gave up", Note::GaveUp { attempts: 0 }),
    ("jumped", Note::Jumped { span: ZERO }),
    ("no sign of life", Note::NoSignOfLife),
    ("not sent", Note::NotSent { refusal: Refusal::NotOpen }),
    (
        "open failed",
        Note::OpenFailed { endpoint: String::new(), failure: OpenFailure::Unreachable },
    ),
    ("reconnecting", Note::Reconnecting { attempt: 0, delay: ZERO, is_backoff: false }),
    ("restored", Note::Restored { subscriptions: 0, unanswered: 0 }),
    ("restoring", Note::Restoring { subscriptions: 0 }),
    ("scaled", Note::Scaled(TimeScale::Real)),
    ("silent", Note::Silent { after: ZERO }),
    ("staged", Note::Staged(Incident::Drop)),
    ("stopped", Note::Stopped),
    ("suspended", Note::Suspended { span: ZERO }),
    ("unconfirmed", Note::Unconfirmed),
];

const REFUSALS: &[(&str, Refusal)] = &[
    ("backlog", Refusal::Backlog { waiting: 0, limit: 0 }),
    ("not open", Refusal::NotOpen),
    ("subscription limit", Refusal::SubscriptionLimit { limit: 0 }),
    ("too large", Refusal::TooLarge { size: 0, limit: 0 }),
];

const FAILURES: &[(&str, OpenFailure)] = &[
    ("blocked", OpenFailure::Blocked),
    ("refused", OpenFailure::Refused { name: String::new() }),
    ("timed out", OpenFailure::TimedOut { after: ZERO }),
    ("unreachable", OpenFailure::Unreachable),
];

const ZERO: Millis = Millis(0);
