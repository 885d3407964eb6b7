//! Filters: which entries are admitted, and where a text occurs.

use std::ops::Range;
use std::rc::Rc;

use proptest::prelude::*;
use veriops_playground::entry::{
    Body, Entry, EntryKind, FrameDirection, Note, Outcome, Reading, Timing,
};
use veriops_playground::log::{LogFilter, Needle, Pattern, find_ignoring_case};
use veriops_playground::protocol::{CloseCode, EnvelopeError, MessageType, Millis};

use crate::{API, entry, message};

/// Returns one entry of every kind, by its name.
fn entries() -> Vec<(&'static str, Entry)> {
    let request = r#"{"type":"subscribe","request_id":"req_001","payload":{"channel":"presence"}}"#;
    let ack = r#"{"type":"ack","request_id":"req_001","payload":{"channel":"presence","status":"subscribed"}}"#;
    let event = r#"{"type":"event","payload":{"event_type":"task.completed","data":{"title":"Überarbeitung"}}}"#;
    let id = || "req_001".to_owned();
    let bodies = [
        (
            "subscribe",
            message(
                FrameDirection::Sent,
                request,
                Reading::Request {
                    kind: MessageType::Subscribe,
                    request_id: id(),
                    outcome: Outcome::Lost,
                },
            ),
        ),
        (
            "ack",
            message(
                FrameDirection::Received,
                ack,
                Reading::Answer {
                    kind: MessageType::Ack,
                    request_id: id(),
                    request: None,
                    round_trip: None,
                    timing: Timing::InTime,
                },
            ),
        ),
        (
            "event",
            message(
                FrameDirection::Received,
                event,
                Reading::Event { channel: "task.completed".into() },
            ),
        ),
        ("banner", message(FrameDirection::Received, "Request served by 7", Reading::Banner)),
        ("message", message(FrameDirection::Received, "[1]", Reading::Opaque)),
        (
            "echo",
            message(
                FrameDirection::Received,
                request,
                Reading::Echo { request_id: None, request: None, round_trip: None },
            ),
        ),
        (
            "malformed",
            message(FrameDirection::Received, "{", Reading::Malformed(EnvelopeError::Empty)),
        ),
        (
            "heartbeat",
            Body::Heartbeat { request_id: id(), ping: "PING".into(), pong: Some("pong".into()) },
        ),
        ("binary", Body::Binary { bytes: b"PING".to_vec() }),
        (
            "close",
            Body::Closed {
                code: CloseCode(4_008),
                reason: "too many requests".into(),
                clean: true,
                ours: false,
            },
        ),
        (
            "note",
            Body::Note(Note::Reconnecting { attempt: 3, delay: Millis(4_000), is_backoff: true }),
        ),
        (
            "open",
            Body::Opened {
                endpoint: "wss://host/".into(),
                extensions: "permessage-deflate".into(),
                protocol: String::new(),
                after: Millis(5),
            },
        ),
    ];
    (0..).zip(bodies).map(|(seq, (name, body))| (name, entry(seq, body))).collect()
}

fn admitted(filter: &LogFilter) -> Vec<&'static str> {
    let entries = entries();
    let admitted = entries.iter().filter(|(_, entry)| filter.admits(entry, &API));
    admitted.map(|(name, _)| *name).collect()
}

#[test]
fn a_kind_admits_the_entries_of_its_name() {
    for (name, entry) in entries() {
        assert_eq!(entry.kind().name(), name);
        assert_eq!(
            admitted(&LogFilter { kind: EntryKind::from_name(name), ..LogFilter::default() }),
            [name]
        );
    }
}

#[test]
fn every_question_can_be_asked() {
    let filter = LogFilter::default;
    let text = |text: &str| LogFilter { text: text.into(), ..filter() };
    let channel = |channel: &str| LogFilter { channel: channel.into(), ..filter() };
    for (filter, expected) in [
        (
            LogFilter { direction: Some(FrameDirection::Sent), ..filter() },
            vec!["subscribe", "heartbeat"],
        ),
        (
            LogFilter { direction: Some(FrameDirection::Received), ..filter() },
            vec!["ack", "event", "banner", "message", "echo", "malformed", "heartbeat", "binary"],
        ),
        (LogFilter { problems: true, ..filter() }, vec!["subscribe", "malformed", "close"]),
        (channel("presence"), vec!["subscribe", "ack", "echo"]),
        (channel("task.completed"), vec!["event"]),
        (channel("task"), vec![]),
        (text("SUBSCRIBED"), vec!["ack"]),
        (text("ping"), vec!["heartbeat"]),
        (text("Pong"), vec!["heartbeat"]),
        (text("Überarbeitung"), vec!["event"]),
        (text("served by"), vec!["banner"]),
        (text("many"), vec!["close"]),
        (text("rate limited"), vec!["close"]),
        (text("close 4008"), vec!["close"]),
        (text("reconnect"), vec!["note"]),
        (text("exponential"), vec!["note"]),
        (text("deflate"), vec!["open"]),
        (
            LogFilter { kind: Some(EntryKind::Message(MessageType::Ack)), ..channel("presence") },
            vec!["ack"],
        ),
    ] {
        assert_eq!(admitted(&filter), expected, "{filter:?}");
        assert!(!filter.is_empty());
    }
    assert!(filter().is_empty());
    assert_eq!(admitted(&filter()).len(), entries().len());
}

/// A pattern that is a digit.
#[derive(Debug)]
struct Digit;

impl Pattern for Digit {
    fn occurs_in(&self, text: &str) -> bool {
        !self.places_in(text).is_empty()
    }

    fn places_in(&self, text: &str) -> Vec<Range<usize>> {
        text.match_indices(|it: char| it.is_ascii_digit()).map(|(at, _)| at..at + 1).collect()
    }
}

#[test]
fn a_pattern_finds_what_it_knows() {
    let needle = Needle::Pattern(Rc::new(Digit));
    assert!(!needle.is_empty());
    assert_eq!(needle.places_in("req_07"), [4..5, 5..6]);
    let filter = LogFilter { text: needle.clone(), ..LogFilter::default() };
    assert!(!filter.is_empty());
    assert_eq!(filter, filter.clone());
    assert_ne!(needle, Needle::Pattern(Rc::new(Digit)));
    assert_ne!(needle, Needle::from("7"));
    let with_digits = entries().into_iter().filter(|(_, entry)| filter.admits(entry, &API));
    let names: Vec<_> = with_digits.map(|(name, _)| name).collect();
    assert!(names.contains(&"banner") && names.contains(&"close"), "{names:?}");
    assert!(!names.contains(&"heartbeat") && !names.contains(&"malformed"), "{names:?}");
}

#[test]
fn a_text_is_found_in_all_its_places() {
    let needle = Needle::from("Aa");
    assert_eq!(needle.places_in("aaaa baA"), [0..2, 2..4, 6..8]);
    assert!(Needle::default().places_in("aa").is_empty());
    assert!(Needle::default().is_empty() && !needle.is_empty());
}

#[test]
fn an_unanswered_heartbeat_was_not_sent() {
    let body = Body::Heartbeat { request_id: String::new(), ping: String::new(), pong: None };
    let filter = LogFilter { direction: Some(FrameDirection::Sent), ..LogFilter::default() };
    assert!(!filter.admits(&entry(0, body), &API));
}

#[test]
fn a_text_is_found_whatever_the_case_of_its_letters() {
    for (haystack, needle, from, found) in [
        ("An Event", "event", 0, Some(3..8)),
        ("event", "EVENT", 0, Some(0..5)),
        ("eevent", "event", 0, Some(1..6)),
        ("an event, an event", "event", 4, Some(13..18)),
        ("an event", "event", 4, None),
        ("eve", "event", 0, None),
        ("Ärger", "Ärger", 0, Some(0..6)),
        ("ärger", "Ärger", 0, None),
        ("x{\"a\":1}", "{\"A\"", 0, Some(1..5)),
        ("abc", "", 0, None),
        ("", "a", 0, None),
        ("abc", "c", 99, None),
    ] {
        assert_eq!(find_ignoring_case(haystack, needle, from), found, "{needle} in {haystack}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_first_occurrence_is_found(
        haystack in "[abABäÄ]{0,20}",
        needle in "[abABäÄ]{1,3}",
        from in 0..30_usize,
    ) {
        let (bytes, wanted) = (haystack.as_bytes(), needle.as_bytes());
        let is_at = |at: &usize| {
            bytes.get(*at..*at + wanted.len()).is_some_and(|it| it.eq_ignore_ascii_case(wanted))
        };
        let expected = (from..=bytes.len()).find(is_at).map(|at| at..at + wanted.len());
        let found = find_ignoring_case(&haystack, &needle, from);
        prop_assert_eq!(&found, &expected);
        // A match can be cut out.
        prop_assert!(found.is_none_or(|found| haystack.get(found).is_some()));
    }
}

#[test]
fn an_answer_is_a_problem_unless_it_came_in_time() {
    for (timing, is_problem) in [
        (Timing::InTime, false),
        (Timing::Late, true),
        (Timing::Duplicate, true),
        (Timing::Unknown, true),
    ] {
        let reading = Reading::Answer {
            kind: MessageType::Ack,
            request_id: "req_001".to_owned(),
            request: None,
            round_trip: None,
            timing,
        };
        let answer = entry(0, message(FrameDirection::Received, "{}", reading));
        assert_eq!(answer.is_problem(), is_problem, "{timing:?}");
    }
}

#[test]
fn what_a_filter_offers_is_found_by_its_name() {
    for direction in FrameDirection::ALL {
        assert_eq!(FrameDirection::from_name(direction.name()), Some(direction));
    }
    for kind in EntryKind::all() {
        assert_eq!(EntryKind::from_name(kind.name()), Some(kind));
    }
    assert_eq!((FrameDirection::from_name("any"), EntryKind::from_name("any")), (None, None));
}

#[test]
fn the_reason_of_a_close_is_searched_to_its_end() {
    let reason = format!("{} needle", "x".repeat(300));
    let body = Body::Closed { code: CloseCode(4_008), reason, clean: true, ours: false };
    let filter = LogFilter { text: Needle::Text("needle".to_owned()), ..LogFilter::default() };
    assert!(filter.admits(&entry(0, body), &API));
}
