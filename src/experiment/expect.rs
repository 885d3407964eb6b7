//! What a step waits for, and whether an entry of the log is that.

use std::borrow::Cow;

use crate::entry::{Body, Entry, EntryKind, Note, OpenFailure, Reading, Timing};
use crate::protocol::{CloseCode, Envelope, Instant, MessageType, Millis, Topic};
use crate::words::experiment as words;

/// What a step waits for. "After" counts from the step before.
pub(super) enum Expect {
    /// Requests of the run are answered in time by messages of this type.
    Answers { kind: MessageType, count: usize },
    /// Nothing of this kind happens for so long.
    Calm { without: Unwanted, span: Millis },
    /// The connection ends with this code.
    Closed { code: CloseCode, is_ours: bool, after: Option<Millis> },
    /// Events of the topic's channel come, and all of them fit its filters.
    Events { topic: Topic, count: usize },
    /// The server's ping comes.
    Heartbeat { is_answered: bool, after: Millis },
    /// The client itself refuses to send.
    NotSent,
    /// A connection opens, with this extension if one is named.
    Opened { extension: &'static str },
    /// An event of the topic's channel comes that does not fit its filters.
    Other(Topic),
    /// The client asks the server for a sign of life.
    Pinged,
    /// The browser refuses the address.
    Refused,
    /// A connection opens, and this many subscriptions are confirmed under new request ids.
    Restored(usize),
    /// The run's requests are sent.
    Sent(usize),
    /// The client waits and then tries again.
    Waits { delay: Millis, is_backoff: bool },
}

/// What must not happen for a while.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unwanted {
    /// An attempt to connect.
    Attempt,
    /// An end of the connection.
    End,
    /// An event.
    Event,
}

/// What an entry is to a step.
pub(super) enum Met {
    /// What it waits for.
    Now,
    /// Nothing that matters.
    NotYet,
    /// Something that cannot be if the claim is true.
    Never(Cow<'static, str>),
}

/// What has been seen of a step.
pub(super) struct Seen<'a> {
    /// When the step before was done, or a wait began.
    pub(super) since: &'a mut Instant,
    /// How often what it waits for has come.
    pub(super) count: &'a mut usize,
    /// How the request ids of the run's own messages begin.
    pub(super) own: &'a str,
    /// What the run has subscribed to.
    pub(super) made: &'a [Topic],
}

impl Seen<'_> {
    /// Counts once more, up to what is wanted.
    fn times(&mut self, wanted: usize) -> Met {
        *self.count += 1;
        if *self.count >= wanted { Met::Now } else { Met::NotYet }
    }
}

impl Expect {
    /// Returns how long the step may take from when it may come at the earliest.
    pub(super) fn patience(&self) -> Millis {
        match self {
            // Several events may pass until one is another.
            Self::Other(_) => Millis::seconds(120),
            Self::Events { count, .. } => Millis::seconds(10 + 8 * *count as u64),
            _ => PATIENCE,
        }
    }

    /// Judges an entry.
    pub(super) fn meet(&self, entry: &Entry, seen: &mut Seen<'_>) -> Met {
        let passed = entry.at.at - *seen.since;
        let met = match (self, &entry.body) {
            (Self::Calm { without, .. }, _) => Some(without.judge(entry)),
            (Self::Closed { code, is_ours, after }, Body::Closed { code: came, clean, ours, .. }) => {
                let is_clean = *code != CloseCode::ABNORMAL;
                let is_it = (came, ours, *clean) == (code, is_ours, is_clean);
                Some(if is_it {
                    on_time(*after, passed)
                } else {
                    Met::Never(words::closed_instead(*came).into())
                })
            }
            (
                Self::Heartbeat { is_answered, after },
                Body::Heartbeat { request_id, pong, .. },
            ) => Some(match (is_answered, pong) {
                (true, Some(pong)) if !has_id(pong, request_id) => {
                    Met::Never("the pong has another request id".into())
                }
                (true, Some(_)) | (false, None) => on_time(Some(*after), passed),
                _ => Met::Never("the client did otherwise".into()),
            }),
            (Self::Opened { extension }, Body::Opened { extensions, .. }) => {
                let is_agreed = extensions.contains(extension);
                Some(if is_agreed { Met::Now } else { Met::Never("it was not agreed on".into()) })
            }
            // A connection of before may end first.
            (Self::Opened { .. } | Self::Refused, Body::Closed { ours: true, .. })
            | (
                Self::Opened { .. } | Self::Refused,
                Body::Note(Note::Cancelled | Note::Unconfirmed),
            )
            // Nobody is there for a while.
            | (Self::Waits { .. }, Body::Note(Note::OpenFailed { .. })) => Some(Met::NotYet),
            (Self::NotSent, Body::Note(Note::NotSent { .. }))
            | (Self::Restored(0), Body::Opened { .. }) => Some(Met::Now),
            (Self::Refused, Body::Note(Note::OpenFailed { failure, .. })) => match failure {
                OpenFailure::Blocked | OpenFailure::Refused { .. } => Some(Met::Now),
                OpenFailure::TimedOut { .. } | OpenFailure::Unreachable => None,
            },
            (Self::Restored(count), Body::Note(Note::Restored { subscriptions, unanswered })) => {
                // The reader may have subscribed to something else meanwhile.
                let is_whole =
                    *unanswered == 0 && *subscriptions >= *count && *seen.count >= *count;
                let why = "not every subscription came back";
                Some(if is_whole { Met::Now } else { Met::Never(why.into()) })
            }
            (Self::Waits { delay, is_backoff }, Body::Note(Note::Reconnecting { delay: waits, is_backoff: by_itself, .. })) => {
                (*seen.since, *seen.count) = (entry.at.at, 1);
                let is_it = (delay, is_backoff) == (waits, by_itself);
                Some(if is_it { Met::NotYet } else { Met::Never(words::waits(*waits).into()) })
            }
            (Self::Waits { delay, .. }, Body::Note(Note::Connecting { .. })) => {
                (*seen.count == 1).then(|| on_time(Some(*delay), passed))
            }
            (_, Body::Message { reading, text, .. }) => Some(self.read(reading, text, seen)),
            _ => None,
        };
        met.unwrap_or_else(|| ended(entry))
    }

    /// Judges a message.
    fn read(&self, reading: &Reading, text: &str, seen: &mut Seen<'_>) -> Met {
        match (self, reading) {
            (
                Self::Answers { kind, count },
                Reading::Answer { kind: of, request_id, timing: Timing::InTime, .. },
            ) if kind == of && request_id.starts_with(seen.own) => seen.times(*count),
            (Self::Events { topic, count }, _) => match fits(topic, reading, text) {
                Some(true) => seen.times(*count),
                Some(false) => Met::Never("an event came that does not fit".into()),
                None => Met::NotYet,
            },
            (Self::Other(topic), _) if fits(topic, reading, text) == Some(false) => Met::Now,
            (Self::Pinged, Reading::Request { kind: MessageType::Ping, .. }) => Met::Now,
            (
                Self::Restored(_),
                Reading::Request { kind: MessageType::Subscribe, request_id, .. },
            ) => {
                let topic = Envelope::decode(text).ok().and_then(|it| it.topic().ok());
                let is_known = topic.is_some_and(|topic| seen.made.contains(&topic));
                if is_known && !request_id.starts_with(seen.own) {
                    *seen.count += 1;
                }
                Met::NotYet
            }
            (Self::Sent(count), Reading::Request { request_id, .. })
                if request_id.starts_with(seen.own) =>
            {
                seen.times(*count)
            }
            _ => Met::NotYet,
        }
    }
}

impl Unwanted {
    fn judge(self, entry: &Entry) -> Met {
        let is_attempt =
            matches!(entry.body, Body::Note(Note::Connecting { .. } | Note::Reconnecting { .. }));
        match self {
            Self::Attempt if is_attempt => Met::Never("the client tried again".into()),
            Self::Attempt => Met::NotYet,
            Self::Event if entry.kind() == EntryKind::Message(MessageType::Event) => {
                Met::Never("an event came all the same".into())
            }
            Self::End | Self::Event => ended(entry),
        }
    }
}

/// Returns what an entry is to a step that waits for something else: the end of a connection ends what
/// the step was about.
fn ended(entry: &Entry) -> Met {
    match &entry.body {
        Body::Closed { code, .. } => Met::Never(words::closed_instead(*code).into()),
        Body::Note(Note::Stopped) => Met::Never("you stopped the attempts".into()),
        Body::Note(Note::Broken | Note::Cancelled | Note::Unconfirmed) => {
            Met::Never("you ended the connection".into())
        }
        _ if entry.ends_connection() => Met::Never("the connection was lost".into()),
        _ => Met::NotYet,
    }
}

/// Returns whether a frame is an event of the topic's channel that fits its filters; none if it is no
/// event of the channel.
fn fits(topic: &Topic, reading: &Reading, text: &str) -> Option<bool> {
    match reading {
        Reading::Event { channel } if *channel == topic.channel => {
            let envelope = Envelope::decode(text).ok()?;
            Some(topic.matches(channel, envelope.event().ok()?.data))
        }
        _ => None,
    }
}

fn has_id(message: &str, id: &str) -> bool {
    Envelope::decode(message).is_ok_and(|message| message.request_id == id)
}

/// Judges when something came. A page that is busy may be a little late.
fn on_time(after: Option<Millis>, passed: Millis) -> Met {
    match after {
        Some(after) if passed + SLACK < after || passed > after + SLACK => {
            Met::Never(words::came_after(passed).into())
        }
        _ => Met::Now,
    }
}

const PATIENCE: Millis = Millis::seconds(15);
const SLACK: Millis = Millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{FrameDirection, Outcome, Seq};
    use crate::protocol::{Filters, Now};

    /// Judges entries one after the other, of a run whose request ids begin with `run_` and that has
    /// subscribed to projects; every entry comes after `passed` milliseconds.
    fn judged(expect: &Expect, bodies: &[Body], passed: u64) -> Vec<String> {
        let (mut since, mut count) = (Instant(1_000), 0);
        let made = [projects()];
        let judge = |body: &Body| {
            let at = Now { at: Instant(1_000 + passed), ..Now::default() };
            let entry = Entry { seq: Seq(0), at, body: body.clone() };
            let mut seen = Seen { since: &mut since, count: &mut count, own: "run_", made: &made };
            match expect.meet(&entry, &mut seen) {
                Met::Now => "now".to_owned(),
                Met::NotYet => "not yet".to_owned(),
                Met::Never(why) => why.into_owned(),
            }
        };
        bodies.iter().map(judge).collect()
    }

    fn assert_judged(expect: &Expect, cases: &[(Body, &str)]) {
        for (body, words) in cases {
            assert_eq!(judged(expect, std::slice::from_ref(body), 0), [*words], "{body:?}");
        }
    }

    fn projects() -> Topic {
        let filters = Filters::from([("project_id".into(), "\"prj_1\"".into())]);
        Topic::new("project.updated", &filters)
    }

    fn message(text: &str, reading: Reading) -> Body {
        let (text, direction) = (text.to_owned(), FrameDirection::Received);
        Body::Message { direction, size: text.len(), text, reading }
    }

    fn event(channel: &str, project: &str) -> Body {
        let text = format!(
            r#"{{"type":"event","request_id":"e","payload":{{"event_type":"{channel}","data":{{"project_id":"{project}"}}}}}}"#
        );
        message(&text, Reading::Event { channel: channel.to_owned() })
    }

    fn request(kind: MessageType, id: &str, channel: &str) -> Body {
        let filters = r#"{"project_id":"prj_1"}"#;
        let text = format!(
            r#"{{"type":"{kind}","request_id":"{id}","payload":{{"channel":"{channel}","filters":{filters}}}}}"#
        );
        let (request_id, outcome) = (id.to_owned(), Outcome::Pending);
        message(&text, Reading::Request { kind, request_id, outcome })
    }

    fn answer(kind: MessageType, id: &str, timing: Timing) -> Body {
        let (request_id, request, round_trip) = (id.to_owned(), None, None);
        message("{}", Reading::Answer { kind, request_id, request, round_trip, timing })
    }

    fn closed(code: u16, clean: bool, ours: bool) -> Body {
        Body::Closed { code: CloseCode(code), reason: String::new(), clean, ours }
    }

    fn restored(subscriptions: usize, unanswered: usize) -> Body {
        Body::Note(Note::Restored { subscriptions, unanswered })
    }

    #[test]
    fn only_an_answer_in_time_to_a_request_of_the_run_is_one() {
        let ack = MessageType::Ack;
        assert_judged(
            &Expect::Answers { kind: ack, count: 1 },
            &[
                (answer(ack, "run_1", Timing::InTime), "now"),
                (answer(ack, "run_1", Timing::Late), "not yet"),
                (answer(ack, "req_1", Timing::InTime), "not yet"),
                (answer(MessageType::Pong, "run_1", Timing::InTime), "not yet"),
            ],
        );
        let both = [answer(ack, "run_1", Timing::InTime), answer(ack, "run_2", Timing::InTime)];
        assert_eq!(judged(&Expect::Answers { kind: ack, count: 2 }, &both, 0), ["not yet", "now"]);
    }

    #[test]
    fn only_requests_of_the_run_are_sent_by_it() {
        assert_judged(
            &Expect::Sent(1),
            &[
                (request(MessageType::Publish, "run_1", "presence"), "now"),
                (request(MessageType::Publish, "req_1", "presence"), "not yet"),
            ],
        );
    }

    #[test]
    fn an_event_fits_its_channel_and_its_filters() {
        assert_judged(
            &Expect::Events { topic: projects(), count: 1 },
            &[
                (event("project.updated", "prj_1"), "now"),
                (event("project.updated", "prj_2"), "an event came that does not fit"),
                (event("project.created", "prj_2"), "not yet"),
                (answer(MessageType::Ack, "run_1", Timing::InTime), "not yet"),
            ],
        );
        assert_judged(
            &Expect::Other(projects()),
            &[
                (event("project.updated", "prj_1"), "not yet"),
                (event("project.updated", "prj_2"), "now"),
                (event("project.created", "prj_2"), "not yet"),
                (answer(MessageType::Ack, "run_1", Timing::InTime), "not yet"),
            ],
        );
    }

    #[test]
    fn the_more_events_are_waited_for_the_longer_they_may_take() {
        let events = |count| Expect::Events { topic: projects(), count }.patience();
        assert_eq!([events(1), events(3)], [Millis(18_000), Millis(34_000)]);
        assert_eq!(Expect::Other(projects()).patience(), Millis(120_000));
        assert_eq!(Expect::Pinged.patience(), Millis(15_000));
    }

    #[test]
    fn a_subscription_is_restored_by_a_request_of_the_client_itself() {
        let subscribe = |id, channel| request(MessageType::Subscribe, id, channel);
        let incomplete = "not every subscription came back";
        for (sent, note, words) in [
            (subscribe("req_7", "project.updated"), restored(1, 0), "now"),
            (subscribe("req_7", "project.updated"), restored(2, 0), "now"),
            (subscribe("req_7", "project.updated"), restored(1, 1), incomplete),
            (subscribe("req_7", "project.updated"), restored(0, 0), incomplete),
            (subscribe("run_7", "project.updated"), restored(1, 0), incomplete),
            (subscribe("req_7", "project.created"), restored(1, 0), incomplete),
        ] {
            let bodies = [sent, note];
            let judged = judged(&Expect::Restored(1), &bodies, 0);
            assert_eq!(judged, ["not yet", words], "{bodies:?}");
        }
    }

    #[test]
    fn what_must_not_happen_ends_a_calm() {
        let connecting = Body::Note(Note::Connecting { endpoint: String::new(), attempt: 1 });
        let came = event("presence", "prj_1");
        let calm = |without| Expect::Calm { without, span: Millis(30_000) };
        assert_judged(
            &calm(Unwanted::Event),
            &[
                (came.clone(), "an event came all the same"),
                (answer(MessageType::Ack, "run_1", Timing::InTime), "not yet"),
                (connecting.clone(), "not yet"),
                (closed(1_000, true, false), "the connection was closed with 1000 instead"),
            ],
        );
        assert_judged(
            &calm(Unwanted::Attempt),
            &[
                (connecting, "the client tried again"),
                (closed(1_000, true, false), "not yet"),
                (came.clone(), "not yet"),
            ],
        );
        assert_judged(&calm(Unwanted::End), &[(came, "not yet")]);
    }

    #[test]
    fn the_end_of_a_connection_ends_what_a_step_waits_for() {
        let failed =
            Note::OpenFailed { endpoint: String::new(), failure: OpenFailure::Unreachable };
        assert_judged(
            &Expect::Pinged,
            &[
                (closed(4_008, true, false), "the connection was closed with 4008 instead"),
                (Body::Note(Note::Stopped), "you stopped the attempts"),
                (Body::Note(Note::Broken), "you ended the connection"),
                (Body::Note(Note::Cancelled), "you ended the connection"),
                (Body::Note(Note::Unconfirmed), "you ended the connection"),
                (Body::Note(Note::NoSignOfLife), "the connection was lost"),
                (Body::Note(failed), "the connection was lost"),
                (Body::Note(Note::Cleared { rows: 1 }), "not yet"),
            ],
        );
    }

    #[test]
    fn a_pong_answers_the_ping_whose_id_it_has() {
        let heartbeat = |pong: Option<&str>| {
            let pong = pong.map(|id| format!(r#"{{"type":"pong","request_id":"{id}"}}"#));
            Body::Heartbeat { request_id: "hb_1".into(), ping: String::new(), pong }
        };
        let otherwise = "the client did otherwise";
        let after = Millis(0);
        assert_judged(
            &Expect::Heartbeat { is_answered: true, after },
            &[
                (heartbeat(Some("hb_1")), "now"),
                (heartbeat(Some("hb_2")), "the pong has another request id"),
                (heartbeat(None), otherwise),
            ],
        );
        assert_judged(
            &Expect::Heartbeat { is_answered: false, after },
            &[(heartbeat(None), "now"), (heartbeat(Some("hb_1")), otherwise)],
        );
    }

    #[test]
    fn a_quarter_of_a_second_early_or_late_is_in_time() {
        let expect =
            Expect::Closed { code: CloseCode(4_008), is_ours: false, after: Some(Millis(5_000)) };
        for (passed, is_in_time) in
            [(4_749, false), (4_750, true), (5_000, true), (5_250, true), (5_251, false)]
        {
            let judged = judged(&expect, &[closed(4_008, true, false)], passed);
            assert_eq!(judged[0] == "now", is_in_time, "{passed}: {judged:?}");
        }
    }
}
