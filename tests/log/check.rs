//! Checks of an entry: the field at fault and why.

use veriops_playground::compose::Level;
use veriops_playground::compose::received;
use veriops_playground::entry::{Body, Entry, FrameDirection, Note, Reading, Timing};
use veriops_playground::protocol::{EnvelopeError, MessageType};

use crate::{API, entry, message};

fn found(entry: &Entry) -> Vec<(String, String)> {
    received::of(entry, &API).into_iter().map(|check| (check.path, check.message)).collect()
}

/// Reads a text as a session does that has no request in flight.
fn received(text: &str) -> Entry {
    let reading = Reading::Plain { kind: MessageType::Event, request_id: String::new() };
    entry(0, message(FrameDirection::Received, text, reading))
}

fn event(payload: &str) -> String {
    format!(r#"{{"type":"event","request_id":"e","payload":{payload}}}"#)
}

fn ack(payload: &str) -> String {
    format!(r#"{{"type":"ack","request_id":"r","payload":{payload}}}"#)
}

#[test]
fn a_message_without_fault_has_nothing_to_say() {
    for text in [
        event(r#"{"event_type":"presence","data":{}}"#),
        ack(r#"{"status":"subscribed","channel":"presence"}"#),
        ack("{}"),
        r#"{"type":"pong","request_id":"r","sent_at":"2026-03-19T14:30:00Z"}"#.to_owned(),
    ] {
        assert_eq!(found(&received(&text)), [], "{text}");
    }
    assert_eq!(found(&entry(0, Body::Note(Note::Stopped))), []);
    assert_eq!(found(&entry(0, message(FrameDirection::Received, "Hello", Reading::Banner))), []);
}

#[test]
fn faults_of_a_received_message_name_their_field() {
    let channels = "expected project.updated, project.created, task.completed or presence";
    for (text, path, fault) in [
        (String::new(), "", "empty message".to_owned()),
        ("{\"type\" 1}".into(), "", "line 1, column 8: expected a colon after this key".into()),
        ("[]".into(), "", "the message must be an object, not an array".into()),
        (r#"{"type":"ack"}"#.into(), "request_id", "request_id is missing".into()),
        (r#"{"type":"late","request_id":"r"}"#.into(), "type", r#"unknown type "late""#.into()),
        (
            r#"{"type":"publish","request_id":"r"}"#.into(),
            "type",
            "publish is a client's; no server sends it".into(),
        ),
        (
            r#"{"type":"ping","request_id":"r","sent_at":"now"}"#.into(),
            "sent_at",
            "sent_at does not read as ISO 8601, such as 2026-03-19T14:30:00Z".into(),
        ),
        (r#"{"type":"event","request_id":"e"}"#.into(), "payload", "payload is missing".into()),
        (event("[]"), "payload", "payload must be an object, not an array".into()),
        (event(r#"{"data":{}}"#), "payload.event_type", "payload.event_type is missing".into()),
        (
            event(r#"{"event_type":"tasks","data":{}}"#),
            "payload.event_type",
            format!("unknown channel tasks; {channels}"),
        ),
        (event(r#"{"event_type":"presence"}"#), "payload.data", "payload.data is missing".into()),
        (
            event(r#"{"event_type":"presence","data":7}"#),
            "payload.data",
            "payload.data must be an object, not a number".into(),
        ),
        (
            ack(r#"{"status":200}"#),
            "payload.status",
            "payload.status must be a string, not a number".into(),
        ),
        (
            ack(r#"{"status":"subscribed","channel":"tasks"}"#),
            "payload.channel",
            format!("unknown channel tasks; {channels}"),
        ),
    ] {
        assert_eq!(found(&received(&text)), [(path.to_owned(), fault)], "{text}");
    }
}

#[test]
fn a_message_over_the_limit_is_checked_all_the_same() {
    let text = event(r#"{"event_type":"presence"}"#);
    let error = EnvelopeError::TooLarge { size: 70_000, limit: 65_536 };
    let entry = entry(0, message(FrameDirection::Received, &text, Reading::Malformed(error)));
    let paths: Vec<_> = received::of(&entry, &API).into_iter().map(|check| check.path).collect();
    assert_eq!(paths, ["", "payload.data"]);
}

#[test]
fn a_very_long_message_is_not_read_again() {
    let text = event(r#"{"event_type":"presence"}"#) + &" ".repeat(1 << 20);
    let error = EnvelopeError::TooLarge { size: text.len(), limit: 65_536 };
    let entry = entry(0, message(FrameDirection::Received, &text, Reading::Malformed(error)));
    let paths: Vec<_> = received::of(&entry, &API).into_iter().map(|check| check.path).collect();
    assert_eq!(paths, [""]);
}

#[test]
fn an_answer_that_was_not_expected_is_odd() {
    for (timing, message) in [
        (Timing::Duplicate, "the request of this id was answered before"),
        (Timing::Late, "it came after the time that an answer may take"),
        (Timing::Unknown, "no request has this id"),
    ] {
        let reading = Reading::Answer {
            kind: MessageType::Ack,
            request_id: "r".into(),
            request: None,
            round_trip: None,
            timing,
        };
        let entry = entry(0, crate::message(FrameDirection::Received, &ack("{}"), reading));
        let [check] = &received::of(&entry, &API)[..] else { panic!("one check") };
        assert_eq!((check.path.as_str(), check.level), ("request_id", Level::Warning));
        assert_eq!(check.message, message);
    }
}

#[test]
fn what_was_sent_is_checked_like_a_draft_without_its_subscriptions() {
    let sent = |text| {
        let reading = Reading::Plain { kind: MessageType::Ping, request_id: String::new() };
        found(&entry(0, message(FrameDirection::Sent, text, reading)))
    };
    let unsubscribe = r#"{"type":"unsubscribe","request_id":"r","payload":{"channel":"presence"}}"#;
    assert_eq!(sent(unsubscribe), []);
    let unknown = unsubscribe.replace("presence", "tasks");
    assert_eq!(sent(&unknown)[0].0, "payload.channel");
}
