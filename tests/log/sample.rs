//! Samples: entries of every kind, and any sequence of them.

use proptest::prelude::*;
use veriops_playground::entry::{
    Body, Entry, FrameDirection, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
use veriops_playground::protocol::{
    CloseCode, Envelope, EnvelopeError, Incident, Instant, MessageType, Millis, Now, TimeScale,
    UnixMillis,
};

/// Makes any entries up, in the order of their numbers.
pub(crate) fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (1..4_u64, 0..2_000_u64, 0..253_402_300_800_000_u64, body());
    prop::collection::vec(entry, 0..40).prop_map(|steps| {
        let (mut seq, mut at) = (0, 0);
        let entry = |(step, pause, wall, body)| {
            seq += step;
            at += pause;
            Entry { seq: Seq(seq), at: Now { at: Instant(at), wall: UnixMillis(wall) }, body }
        };
        steps.into_iter().map(entry).collect()
    })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Body::Binary { bytes }),
        2 => (any::<u16>(), text(), any::<bool>(), any::<bool>()).prop_map(
            |(code, reason, clean, ours)| Body::Closed { code: CloseCode(code), reason, clean, ours }
        ),
        2 => (text(), text(), prop::option::of(text()))
            .prop_map(|(request_id, ping, pong)| Body::Heartbeat { request_id, ping, pong }),
        12 => (direction(), text(), any::<u32>(), reading()).prop_map(
            |(direction, text, size, reading)| Body::Message {
                direction,
                text,
                size: size as usize,
                reading
            }
        ),
        6 => note().prop_map(Body::Note),
        2 => (text(), text(), text(), span()).prop_map(|(endpoint, extensions, protocol, after)| {
            Body::Opened { endpoint, extensions, protocol, after }
        }),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    let timing = prop::sample::select(vec![
        Timing::Duplicate,
        Timing::InTime,
        Timing::Late,
        Timing::Unknown,
    ]);
    prop_oneof![
        (kind(), text(), optional_seq(), optional_span(), timing).prop_map(
            |(kind, request_id, request, round_trip, timing)| Reading::Answer {
                kind,
                request_id,
                request,
                round_trip,
                timing
            }
        ),
        Just(Reading::Banner),
        Just(Reading::Opaque),
        (prop::option::of(text()), optional_seq(), optional_span()).prop_map(
            |(request_id, request, round_trip)| Reading::Echo { request_id, request, round_trip }
        ),
        text().prop_map(|channel| Reading::Event { channel }),
        error().prop_map(Reading::Malformed),
        (kind(), text()).prop_map(|(kind, request_id)| Reading::Plain { kind, request_id }),
        (kind(), text(), outcome()).prop_map(|(kind, request_id, outcome)| Reading::Request {
            kind,
            request_id,
            outcome
        }),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let by = || (0..80_u64, span()).prop_map(|(by, round_trip)| (Seq(by), round_trip));
    prop_oneof![
        by().prop_map(|(by, round_trip)| Outcome::Answered { by, round_trip }),
        by().prop_map(|(by, round_trip)| Outcome::Echoed { by, round_trip }),
        by().prop_map(|(by, round_trip)| Outcome::Late { by, round_trip }),
        Just(Outcome::Lost),
        Just(Outcome::Pending),
        Just(Outcome::Unanswered),
        Just(Outcome::Unasked),
    ]
}

/// Makes up the errors that a text can have, and one that only its size can have.
fn error() -> impl Strategy<Value = EnvelopeError> {
    let value = prop::sample::select(vec![
        "null",
        "1",
        "true",
        "[]",
        "{}",
        r#""x""#,
        r#""event""#,
        r#""ack""#,
        r#""\ud800""#,
        "?",
    ]);
    let text = prop::collection::vec(value, 6).prop_map(|json| {
        let [kind, id, time, payload, name, filters] = json[..] else { unreachable!() };
        format!(
            r#"{{"type":{kind},"request_id":{id},"sent_at":{time},"payload":{payload},"payload":{{"event_type":{name},"channel":{name},"filters":{filters},"status":{time}}}}}"#
        )
    });
    let of_text = |text: String| {
        let envelope = match Envelope::decode(&text) {
            Ok(envelope) => envelope,
            Err(error) => return error,
        };
        let error = envelope.event().err().or_else(|| envelope.topic().err());
        error.unwrap_or(EnvelopeError::Missing { path: "payload" })
    };
    prop_oneof![
        4 => text.prop_map(of_text),
        1 => Just(EnvelopeError::Empty),
        1 => any::<(u32, u32)>().prop_map(|(size, limit)| EnvelopeError::TooLarge {
            size: size as usize,
            limit: limit as usize
        }),
        1 => text_of_any_length().prop_map(|name| EnvelopeError::UnknownType { name }),
    ]
}

fn note() -> impl Strategy<Value = Note> {
    let refusal = || {
        let sizes = || any::<(u16, u16)>().prop_map(|(a, b)| (usize::from(a), usize::from(b)));
        prop_oneof![
            sizes().prop_map(|(waiting, limit)| Refusal::Backlog { waiting, limit }),
            Just(Refusal::NotOpen),
            sizes().prop_map(|(limit, _)| Refusal::SubscriptionLimit { limit }),
            sizes().prop_map(|(size, limit)| Refusal::TooLarge { size, limit }),
        ]
    };
    let failure = prop_oneof![
        Just(OpenFailure::Blocked),
        text().prop_map(|name| OpenFailure::Refused { name }),
        span().prop_map(|after| OpenFailure::TimedOut { after }),
        Just(OpenFailure::Unreachable),
    ];
    prop_oneof![
        Just(Note::Broken),
        Just(Note::Cancelled),
        any::<u64>().prop_map(|rows| Note::Cleared { rows }),
        (text(), any::<u32>())
            .prop_map(|(endpoint, attempt)| Note::Connecting { endpoint, attempt }),
        any::<u32>().prop_map(|attempts| Note::GaveUp { attempts }),
        span().prop_map(|span| Note::Jumped { span }),
        Just(Note::NoSignOfLife),
        refusal().prop_map(|refusal| Note::NotSent { refusal }),
        (text(), failure).prop_map(|(endpoint, failure)| Note::OpenFailed { endpoint, failure }),
        (any::<u32>(), span(), any::<bool>()).prop_map(|(attempt, delay, is_backoff)| {
            Note::Reconnecting { attempt, delay, is_backoff }
        }),
        (0..60_usize, 0..3_usize).prop_map(|(subscriptions, unanswered)| {
            Note::Restored { subscriptions, unanswered }
        }),
        (0..60_usize).prop_map(|subscriptions| Note::Restoring { subscriptions }),
        prop::sample::select(TimeScale::ALL.to_vec()).prop_map(Note::Scaled),
        span().prop_map(|after| Note::Silent { after }),
        incident().prop_map(Note::Staged),
        Just(Note::Stopped),
        span().prop_map(|span| Note::Suspended { span }),
        Just(Note::Unconfirmed),
    ]
}

fn incident() -> impl Strategy<Value = Incident> {
    prop_oneof![
        any::<u32>().prop_map(|events| Incident::Burst { events }),
        (any::<u16>(), text())
            .prop_map(|(code, reason)| Incident::Close { code: CloseCode(code), reason }),
        span().prop_map(Incident::DelayAcks),
        Just(Incident::Drop),
        any::<bool>().prop_map(Incident::ForbidAddress),
        any::<bool>().prop_map(Incident::LoseAck),
        Just(Incident::Malformed),
        any::<bool>().prop_map(Incident::Mute),
        Just(Incident::Oversize),
        any::<bool>().prop_map(Incident::Quiet),
        any::<bool>().prop_map(Incident::RefuseKeys),
    ]
}

fn direction() -> impl Strategy<Value = FrameDirection> {
    prop::sample::select(vec![FrameDirection::Received, FrameDirection::Sent])
}

fn kind() -> impl Strategy<Value = MessageType> {
    prop::sample::select(MessageType::ALL.to_vec())
}

fn span() -> impl Strategy<Value = Millis> {
    any::<u64>().prop_map(Millis)
}

fn optional_seq() -> impl Strategy<Value = Option<Seq>> {
    prop::option::of((0..80_u64).prop_map(Seq))
}

fn optional_span() -> impl Strategy<Value = Option<Millis>> {
    prop::option::of(span())
}

/// Makes up any text, line feeds and control characters included.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

fn text_of_any_length() -> impl Strategy<Value = String> {
    (text(), 0..50_usize).prop_map(|(text, times)| text.repeat(times))
}
