//! An API whose description says nothing of its messages: text goes out, text comes, and nothing is
//! made of either.

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EntryKind, FrameDirection, Reading};
use veriops_playground::protocol::Millis;
use veriops_playground::session::Command;

use crate::client::{Client, live};

/// Returns a client of such an API, connected.
fn client() -> Client {
    let api = Api::parse(include_str!("../support/foreign/kraken.asyncapi.json")).unwrap();
    let mut client = Client::of(Arc::new(api));
    client.connect(live());
    client.opens();
    client
}

#[test]
fn what_comes_is_a_message_and_no_problem() {
    let mut client = client();
    // The last would be one of the page's envelopes, had the description any.
    for text in ["hello", r#"[1,"ticker"]"#, r#"{"type":"ping","request_id":"req_hb_1"}"#, ""] {
        client.receives(text);
        let entry = client.log.last().unwrap();
        assert_eq!((entry.kind(), entry.is_problem()), (EntryKind::Opaque, false), "{text}");
        assert_eq!(client.sent(), [""; 0], "{text}");
    }
}

#[test]
fn what_is_sent_waits_for_no_answer() {
    let mut client = client();
    let subscribe = r#"{"type":"subscribe","request_id":"req_001","payload":{"channel":"a"}}"#;
    for text in ["hello", subscribe] {
        client.send(text);
        let Body::Message { direction, reading, .. } = &client.log.last().unwrap().body else {
            panic!("{text} is not in the log");
        };
        assert_eq!((direction, reading), (&FrameDirection::Sent, &Reading::Opaque));
    }
    assert_eq!(client.sent(), ["hello", subscribe]);
    assert!(client.session.subscriptions().is_empty());
    let rows = client.log.len();
    client.wait(Millis::seconds(60));
    assert_eq!(client.log.len(), rows);
}

#[test]
fn a_message_of_any_size_may_be_sent() {
    let mut client = client();
    client.send(&"x".repeat(100_000));
    assert_eq!(client.refusals, []);
}

#[test]
fn no_ping_is_waited_for_and_no_idle_timeout() {
    let client = client();
    assert_eq!(client.session.next_ping(), None);
    assert_eq!(client.session.idle_deadline(), None);
    assert!(!client.session.is_full());
}

#[test]
fn no_ping_of_the_pages_keeps_a_connection_alive() {
    let kraken = include_str!("../support/foreign/kraken.asyncapi.json");
    let mut document: serde_json::Value = serde_json::from_str(kraken).unwrap();
    document["x-timings"] = serde_json::json!({ "idleMs": 60_000 });
    let mut client = Client::of(Arc::new(Api::parse(&document.to_string()).unwrap()));
    client.connect(live());
    client.opens();
    assert!(client.session.idle_deadline().is_some());
    client.command(Command::KeepAlive(true));
    client.wait(Millis::seconds(59));
    assert_eq!(client.sent(), [""; 0]);
}

#[test]
fn silence_means_nothing() {
    let api = Api::parse(include_str!("../support/foreign/kraken.asyncapi.json")).unwrap();
    let mut client = Client::watched_of(Arc::new(api));
    client.connect(live());
    client.opens();
    client.wait(Millis::seconds(3_600));
    assert!(client.session.phase().is_open());
    assert_eq!(client.sent(), [""; 0]);
}

#[test]
fn a_connection_that_brought_a_message_starts_the_backoff_over() {
    let mut client = client();
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
    client.wait(Millis::seconds(1));
    client.opens();
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis::seconds(2)));
    client.wait(Millis::seconds(2));
    client.opens();
    client.receives("hello");
    client.wait(Millis::seconds(10));
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
}
