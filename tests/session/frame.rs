//! Frames: sizes, golden bytes, and what is no envelope.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EndCause, FrameDirection, Note, Reading, Refusal};
use veriops_playground::protocol::{EnvelopeError, MessageType, Millis};
use veriops_playground::session::{Command, Input, SocketEvent};

use crate::client::{Client, live, presence, project};
use crate::link::Pair;

/// Returns a message of exactly `size` bytes, most of them of characters of two, three and four.
fn message(kind: &str, size: usize) -> String {
    let head = format!(
        r#"{{"type":"{kind}","request_id":"big","payload":{{"channel":"presence","event_type":"presence","data":{{"note":""#
    );
    let tail = r#""}}}"#;
    let room = size - head.len() - tail.len();
    let wide = "é€😀".repeat(room / 9);
    let rest = "x".repeat(room % 9);
    let text = format!("{head}{wide}{rest}{tail}");
    assert_eq!(text.len(), size);
    assert!(text.chars().count() < size / 2);
    text
}

#[test]
fn a_message_may_have_65_536_bytes_and_no_more() {
    for (size, passes) in [(65_535, true), (65_536, true), (65_537, false)] {
        let mut client = Client::live();
        let text = message("publish", size);
        client.send(&text);
        if passes {
            assert_eq!(client.sent(), [text]);
            assert_eq!(client.refusals, []);
        } else {
            assert_eq!(client.sent(), [""; 0]);
            assert_eq!(client.refusals, [Refusal::TooLarge { size, limit: 65_536 }]);
        }
    }
}

#[test]
fn the_server_draws_the_same_line_and_closes_with_4009() {
    for (size, passes) in [(65_535, true), (65_536, true), (65_537, false)] {
        let mut pair = Pair::quiet();
        pair.connect();
        pair.client.force(&message("publish", size));
        pair.drive();
        assert_eq!(pair.client.session.phase().is_open(), passes, "{size}");
        if !passes {
            assert!(
                matches!(pair.client.rest(), Some(EndCause::Closed { code, .. }) if code.0 == 4009)
            );
            assert_eq!(pair.client.session.poll_timeout(), None);
        }
    }
}

#[test]
fn a_received_message_over_the_limit_is_a_row_and_the_session_goes_on() {
    for (size, passes) in [(65_535, true), (65_536, true), (65_537, false)] {
        let mut client = Client::live();
        client.subscribed(&presence());
        client.receives(&message("event", size));
        let reading = if passes {
            Reading::Event { channel: "presence".into() }
        } else {
            Reading::Malformed(EnvelopeError::TooLarge { size, limit: 65_536 })
        };
        assert_eq!(client.reading(), &reading, "{size}");
        assert_eq!(client.subscription(&presence()).unwrap().events, u64::from(passes));
        assert!(client.session.phase().is_open());
    }
}

#[test]
fn the_log_says_where_it_was_cleared() {
    let mut client = Client::live();
    let before = client.log.len();
    client.handle(Input::Noted(Note::Cleared { rows: before as u64 }));
    assert_eq!(client.last(), &Body::Note(Note::Cleared { rows: before as u64 }));
    client.send("{}");
    assert_eq!(client.log.len(), before + 2, "numbers go on one by one");
}

#[test]
fn malformed_frames_are_rows_with_their_reason_and_the_session_goes_on() {
    let mut client = Client::live();
    for (text, reason) in [
        ("", "empty message"),
        ("hello", "not JSON (line 1, column 1)"),
        ("{\"type\":", "not JSON (line 1, column 9)"),
        ("7", "the message must be an object, not a number"),
        ("[{}]", "the message must be an object, not an array"),
        (r#"{"request_id":"a"}"#, "type is missing"),
        (r#"{"type":"ack"}"#, "request_id is missing"),
        (r#"{"type":7,"request_id":"a"}"#, "type must be a string, not a number"),
        (r#"{"type":"ack","request_id":{}}"#, "request_id must be a string, not an object"),
        (r#"{"type":"hello","request_id":"a"}"#, r#"unknown type "hello""#),
        (r#"{"type":"event","request_id":"a"}"#, "payload is missing"),
        (
            r#"{"type":"event","request_id":"a","payload":{"data":{}}}"#,
            "payload.event_type is missing",
        ),
        ("\u{feff}{}", "not JSON (line 1, column 1)"),
    ] {
        client.receives(text);
        let Reading::Malformed(error) = client.reading() else { panic!("{text} was accepted") };
        assert_eq!(error.to_string(), reason, "{text}");
        let Body::Message { text: kept, size, .. } = client.last() else { panic!("no row") };
        assert_eq!((kept.as_str(), *size), (text, text.len()));
    }
    assert!(client.session.phase().is_open());
}

#[test]
fn a_frame_of_a_million_brackets_is_a_row_too() {
    let mut client = Client::echo();
    client.receives(&"[".repeat(1_000_000));
    client.receives(&"{\"a\":".repeat(200_000));
    assert!(client.session.phase().is_open());
}

#[test]
fn a_binary_frame_is_a_row_and_the_session_goes_on() {
    let mut client = Client::live();
    client.hears(SocketEvent::Binary(vec![0, 159, 146, 150]));
    assert_eq!(client.last(), &Body::Binary { bytes: vec![0, 159, 146, 150] });
    assert!(client.session.phase().is_open());
}

#[test]
fn types_that_a_server_should_not_send_are_rows() {
    let mut client = Client::live();
    for kind in [MessageType::Subscribe, MessageType::Unsubscribe, MessageType::Publish] {
        client.receives(&format!(r#"{{"type":"{kind}","request_id":"theirs"}}"#));
        assert_eq!(client.reading(), &Reading::Plain { kind, request_id: "theirs".into() });
    }
    assert_eq!((client.states(), client.sent()), (vec![], vec![]));
}

#[test]
fn text_is_kept_as_it_was_sent_and_received() {
    let mut client = Client::live();
    let text =
        "{ \"type\":\"pub\\u006cish\", \"request_id\" : \"a\", \"payload\":{\"z\":1e2,\"a\":1.0} }";
    client.send(text);
    assert_eq!(client.sent(), [text]);
    client.receives(text);
    for (entry, direction) in
        client.log.iter().rev().zip([FrameDirection::Received, FrameDirection::Sent])
    {
        let Body::Message { direction: told, text: kept, size, .. } = &entry.body else {
            panic!("no row");
        };
        assert_eq!((*told, kept.as_str(), *size), (direction, text, text.len()));
    }
}

#[test]
fn malformed_text_may_be_sent_and_is_marked() {
    let mut client = Client::live();
    client.send("{oops");
    assert_eq!(client.sent(), ["{oops"]);
    assert!(matches!(client.reading(), Reading::Malformed(EnvelopeError::NotJson { .. })));
    client.wait(Millis::seconds(60));
    assert!(client.session.phase().is_open());
}

#[test]
fn malformed_text_is_answered_with_1008_and_a_stop() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.client.send("{oops");
    pair.drive();
    assert!(matches!(pair.client.rest(), Some(EndCause::Closed { code, .. }) if code.0 == 1008));
}

#[test]
fn what_the_session_writes_itself_is_as_the_page_writes_it() {
    let mut client = Client::live();
    client.subscribed(&project("prj_abc123"));
    client.subscribed(&presence());
    client.sent();
    client.command(Command::Unsubscribe(presence()));
    client.receives(r#"{"type":"ping","request_id":"req_hb_1","sent_at":"2026-03-19T14:30:00Z"}"#);
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    assert_eq!(
        client.sent(),
        [
            r#"{"type":"unsubscribe","request_id":"req_003","sent_at":"2026-03-19T14:30:00.000Z","payload":{"channel":"presence"}}"#,
            r#"{"type":"pong","request_id":"req_hb_1"}"#,
            r#"{"type":"subscribe","request_id":"req_004","sent_at":"2026-03-19T14:30:01.000Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#,
        ]
    );
}

#[test]
fn the_limit_is_the_descriptions() {
    let mut api = (*Api::veriops()).clone();
    api.limits.message_bytes = Some(10);
    api.timings.backoff = vec![Millis(7)];
    let mut client = Client::of(api.into());
    client.connect(live());
    client.opens();
    client.send("12345678901");
    assert_eq!(client.refusals, [Refusal::TooLarge { size: 11, limit: 10 }]);
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis(7)));
}

#[test]
fn a_frame_without_an_open_connection_is_not_heard() {
    let mut client = Client::new();
    client.connect(live());
    let entries = client.log.len();
    client.hears(SocketEvent::Text(r#"{"type":"ping","request_id":"req_hb_1"}"#.to_owned()));
    client.hears(SocketEvent::Binary(vec![1]));
    assert_eq!(client.log.len(), entries);
    client.opens();
    assert_eq!(client.sent(), [""; 0], "nothing is answered");
}
