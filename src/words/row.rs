//! Summaries: what a row of the log says, in plain words.
//!
//! Made when a row comes into sight and not before. However long a message is, only its first few
//! kilobytes are looked at.

use super::format::{bytes, counted, duration, visible};
use super::simulator::{incident as told, speed};
use crate::api::{Api, When};
use crate::entry::{
    Body, Entry, FrameDirection, GLANCE_BYTES, Note, OpenFailure, Outcome, Reading, Refusal, Timing,
};
use crate::protocol::{CloseCode, MessageType, Millis, json};

/// What a row says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// The direction as an arrow: `↑ ↓ ⇅`, `×` for a close, `·` for the session's own words.
    pub mark: char,
    /// What it is: `subscribe`, `ack`, `event`, `ping/pong`, `close 1006`, `reconnect`.
    pub label: String,
    /// How it is coloured.
    pub tone: Tone,
    /// What matters of it. Safe to show: one line, nothing invisible.
    pub detail: String,
    /// Its size, its round trip, or whether a close was clean; may be empty.
    pub trailing: String,
}

/// The sense of a row, for its colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// An answer, or something that succeeded.
    Answer,
    /// An event.
    Event,
    /// Something that went wrong.
    Problem,
    /// Something that happens by itself.
    Quiet,
    /// Something the reader sent.
    Request,
    /// Something that is being waited for.
    Waiting,
}

impl Tone {
    /// Returns the tone as a word, for a class name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Event => "event",
            Self::Problem => "problem",
            Self::Quiet => "quiet",
            Self::Request => "request",
            Self::Waiting => "waiting",
        }
    }
}

impl Summary {
    /// Sums an entry up, in the words of the API description where it has any.
    pub fn of(entry: &Entry, api: &Api) -> Self {
        let mut summary = match &entry.body {
            Body::Binary { bytes } => Self::binary(bytes, api),
            Body::Closed { code, reason, clean, ours } => {
                Self::closed(*code, reason, *clean, *ours, api)
            }
            Body::Heartbeat { request_id, ping, pong } => {
                let (tone, answered) = match pong {
                    Some(_) => (Tone::Quiet, "answered"),
                    None => (Tone::Problem, "not answered"),
                };
                Self::new('⇅', "ping/pong", tone, join([request_id, answered]), size(ping.len()))
            }
            Body::Message { direction, text, size: length, reading } => {
                Self::message(*direction, text, size(*length), reading)
            }
            Body::Note(note) => Self::note(note, api),
            Body::Opened { endpoint, extensions, protocol, after } => {
                let detail = join([endpoint, extensions, protocol]);
                Self::new('·', "open", Tone::Answer, detail, duration(*after))
            }
        };
        summary.detail = visible(&summary.detail, DETAIL_CHARACTERS);
        summary
    }

    fn binary(frame: &[u8], api: &Api) -> Self {
        let start: Vec<_> =
            frame.iter().take(BINARY_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let more = if frame.len() > BINARY_BYTES { " …" } else { "" };
        let detail = format!("{}{more}", start.join(" "));
        let tone = if api.has_envelope() { Tone::Problem } else { Tone::Event };
        Self::new('↓', "binary", tone, detail, size(frame.len()))
    }

    fn closed(code: CloseCode, reason: &str, clean: bool, ours: bool, api: &Api) -> Self {
        let row = api.close(code);
        let meaning = row.map_or(code.standard_meaning(), |row| row.meaning.as_str());
        let reason = match reason {
            "" => String::new(),
            reason => format!("reason “{reason}”"),
        };
        let tone = if ours || code == CloseCode::NORMAL { Tone::Quiet } else { Tone::Problem };
        let detail = join([meaning, if ours { "closed by you" } else { "" }, &reason]);
        let trailing = if clean { "clean" } else { "unclean" };
        Self::new('×', &format!("close {code}"), tone, detail, trailing.to_owned())
    }

    fn message(direction: FrameDirection, text: &str, size: String, reading: &Reading) -> Self {
        let mark = match direction {
            FrameDirection::Received => '↓',
            FrameDirection::Sent => '↑',
        };
        let text = json::clip(text, GLANCE_BYTES);
        let trip = |round_trip: &Option<Millis>| round_trip.map_or(size.clone(), duration);
        match reading {
            Reading::Answer { kind, request_id, round_trip, timing, .. } => {
                let (tone, remark) = match timing {
                    Timing::InTime => (Tone::Answer, ""),
                    Timing::Late => (Tone::Problem, "late"),
                    Timing::Duplicate => (Tone::Problem, "duplicate"),
                    Timing::Unknown => (Tone::Problem, "no request has this id"),
                };
                let status = field(text, &["payload", "status"]).unwrap_or_default();
                let detail = join([request_id, &status, remark]);
                Self::new(mark, kind.name(), tone, detail, trip(round_trip))
            }
            Reading::Banner => Self::new(mark, "banner", Tone::Quiet, text.to_owned(), size),
            Reading::Echo { request_id, round_trip, .. } => {
                let detail = match request_id {
                    Some(id) => join([&format!("echo of {id}"), &about(text)]),
                    None => format!("echo of {text}"),
                };
                Self::new(mark, "echo", Tone::Quiet, detail, trip(round_trip))
            }
            Reading::Event { channel } => {
                Self::new(mark, "event", Tone::Event, join([channel, &event(text)]), size)
            }
            Reading::Malformed(error) => {
                let detail = join([&error.to_string(), text]);
                Self::new(mark, "malformed", Tone::Problem, detail, size)
            }
            Reading::Opaque => {
                let tone = match direction {
                    FrameDirection::Received => Tone::Event,
                    FrameDirection::Sent => Tone::Request,
                };
                Self::new(mark, "message", tone, text.to_owned(), size)
            }
            Reading::Plain { kind, request_id } => {
                let detail = join([request_id, &about(text)]);
                Self::new(mark, kind.name(), Tone::Quiet, detail, size)
            }
            Reading::Request { kind, request_id, outcome } => {
                let (tone, remark) = match outcome {
                    Outcome::Answered { .. } | Outcome::Echoed { .. } | Outcome::Unasked => {
                        (Tone::Request, "")
                    }
                    Outcome::Pending => (Tone::Request, "waiting"),
                    Outcome::Late { .. } => (Tone::Request, "answered late"),
                    Outcome::Lost => (Tone::Problem, "lost with the connection"),
                    Outcome::Unanswered => (Tone::Problem, "no answer"),
                };
                Self::new(mark, kind.name(), tone, join([request_id, &about(text), remark]), size)
            }
        }
    }

    fn note(note: &Note, api: &Api) -> Self {
        let (label, tone, detail) = match note {
            Note::Broken => {
                let detail = "closed from this side, as if the network had broken".to_owned();
                ("broken", Tone::Quiet, detail)
            }
            Note::Cancelled => ("cancelled", Tone::Quiet, "you stopped connecting".to_owned()),
            Note::Cleared { rows } => {
                let verb = if *rows == 1 { "is" } else { "are" };
                let detail = format!("{} before this {verb} hidden", counted(*rows, "row"));
                ("cleared", Tone::Quiet, detail)
            }
            Note::Connecting { endpoint, attempt } => {
                let attempt = match attempt {
                    0 => String::new(),
                    later => format!("attempt {later}"),
                };
                ("connect", Tone::Quiet, join([endpoint, &attempt]))
            }
            Note::GaveUp { attempts } => (
                "gave up",
                Tone::Problem,
                format!("after {}", counted(u64::from(*attempts), "attempt")),
            ),
            Note::Jumped { span } => {
                ("time", Tone::Quiet, format!("to the next event: {} later", duration(*span)))
            }
            Note::NoSignOfLife => {
                ("silent", Tone::Problem, "no sign of life; connecting anew".to_owned())
            }
            Note::NotSent { refusal } => ("not sent", Tone::Problem, refused(refusal)),
            Note::OpenFailed { endpoint, failure } => {
                let failure = match failure {
                    OpenFailure::Blocked => {
                        "this page's content security policy does not allow it".to_owned()
                    }
                    OpenFailure::Refused { name } => {
                        let refused = format!("the browser refused it ({name})");
                        let issue = api.issue(When::MixedContent).filter(|_| name == INSECURE);
                        let issue = issue.map(|it| format!("{}: {}", it.symptom, it.cause));
                        join([&refused, &issue.unwrap_or_default()])
                    }
                    OpenFailure::TimedOut { after } => format!("no answer in {}", duration(*after)),
                    OpenFailure::Unreachable => {
                        "no connection; a browser does not tell why".to_owned()
                    }
                };
                ("failed", Tone::Problem, join([endpoint, &failure]))
            }
            Note::Reconnecting { attempt, delay, is_backoff } => {
                let why = if *is_backoff { " — exponential backoff" } else { "" };
                let detail = format!("attempt {attempt} in {}{why}", seconds(*delay));
                ("reconnect", Tone::Waiting, detail)
            }
            Note::Restored { subscriptions, unanswered: 0 } => {
                ("restored", Tone::Answer, with_filters(*subscriptions))
            }
            Note::Restored { subscriptions: 0, unanswered } => {
                let unanswered = counted(*unanswered as u64, "subscription");
                ("not restored", Tone::Problem, format!("no ack for {unanswered}"))
            }
            Note::Restored { subscriptions, unanswered } => {
                let detail =
                    format!("{} · no ack for {unanswered} more", with_filters(*subscriptions));
                ("restored", Tone::Problem, detail)
            }
            Note::Restoring { subscriptions } => {
                ("restoring", Tone::Waiting, with_filters(*subscriptions))
            }
            Note::Scaled(scale) => ("time", Tone::Quiet, speed(*scale)),
            Note::Silent { after } => {
                let detail = format!("nothing came for {}; sending a ping", duration(*after));
                ("silent", Tone::Waiting, detail)
            }
            Note::Suspended { span } => {
                let detail = format!("the browser suspended the page for {}", duration(*span));
                ("suspended", Tone::Quiet, detail)
            }
            Note::Staged(incident) => ("incident", Tone::Quiet, told(incident)),
            Note::Stopped => ("stopped", Tone::Quiet, "you stopped reconnecting".to_owned()),
            Note::Unconfirmed => {
                ("note", Tone::Problem, "the server did not confirm the close".to_owned())
            }
        };
        Self::new('·', label, tone, detail, String::new())
    }

    fn new(mark: char, label: &str, tone: Tone, detail: String, trailing: String) -> Self {
        Self { mark, label: label.to_owned(), tone, detail, trailing }
    }
}

/// Returns why a message was not sent, and what would help.
pub fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Backlog { waiting, limit } => format!(
            "{} wait to be sent already, {} may; the network does not keep up",
            size(*waiting),
            size(*limit)
        ),
        Refusal::NotOpen => "no connection is open; connect first".to_owned(),
        Refusal::SubscriptionLimit { limit } => {
            format!("{limit} subscriptions are the limit; unsubscribe from one first")
        }
        Refusal::TooLarge { size, limit } => {
            let over = size.saturating_sub(*limit);
            format!("{} over the limit of {}", self::size(over), self::size(*limit))
        }
    }
}

/// Returns what a request is about: `project.updated {project_id: prj_abc123}`.
fn about(text: &str) -> String {
    let Some(channel) = field(text, &["payload", "channel"]) else {
        return String::new();
    };
    let kind = field(text, &["type"]).and_then(|kind| MessageType::from_name(&kind));
    let inside = match kind {
        Some(MessageType::Publish) => "data",
        _ => "filters",
    };
    let members: Vec<_> = object(text, &["payload", inside])
        .take(SHOWN_MEMBERS)
        .map(|member| format!("{}: {}", plain(member.key), plain(member.json())))
        .collect();
    match members.as_slice() {
        [] => channel,
        members => format!("{channel} {{{}}}", members.join(", ")),
    }
}

/// Returns what an event says: the first values of its data, `prj_abc123 · active`.
fn event(text: &str) -> String {
    object(text, &["payload", "data"])
        .map(|member| member.json())
        .filter(|json| !json.starts_with(['{', '[']))
        .take(EVENT_MEMBERS)
        .map(plain)
        .collect::<Vec<_>>()
        .join(SEPARATOR)
}

fn field(text: &str, path: &[&str]) -> Option<String> {
    json::locate(text, path).map(|at| plain(&text[at]))
}

fn object<'a>(text: &'a str, path: &[&str]) -> json::Members<'a> {
    json::members(json::locate(text, path).map_or("", |at| &text[at]))
}

fn plain(json: &str) -> String {
    json::decode(json).map_or_else(|| json.to_owned(), Into::into)
}

fn join<const N: usize>(parts: [&str; N]) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(SEPARATOR)
}

fn with_filters(subscriptions: usize) -> String {
    format!("{} with the same filters", counted(subscriptions as u64, "subscription"))
}

fn seconds(span: Millis) -> String {
    format!("{} s", span.seconds_ceil())
}

fn size(length: usize) -> String {
    bytes(length as u64)
}

/// The name under which browsers refuse an address without encryption to a page that has one.
const INSECURE: &str = "SecurityError";

const SEPARATOR: &str = " · ";
const DETAIL_CHARACTERS: usize = 240;
const BINARY_BYTES: usize = 16;
const SHOWN_MEMBERS: usize = 3;
const EVENT_MEMBERS: usize = 2;
