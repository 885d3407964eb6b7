//! What the server does not accept, and the close code that tells.

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::simulator::{ServerInput, ServerOutput};

use crate::client::{Client, quiet};

#[test]
fn what_the_api_does_not_allow_closes_with_1008_and_names_the_fault() {
    let envelope = |kind: &str, payload: &str| {
        format!(r#"{{"type":"{kind}","request_id":"r","payload":{payload}}}"#)
    };
    for (text, reason) in [
        (String::new(), "empty message"),
        ("hello".into(), "not JSON (line 1, column 1)"),
        ("[]".into(), "the message must be an object, not an array"),
        (r#"{"request_id":"r"}"#.into(), "type is missing"),
        (r#"{"type":"ping"}"#.into(), "request_id is missing"),
        (r#"{"type":"ping","request_id":7}"#.into(), "request_id must be a string, not a number"),
        (r#"{"type":"join","request_id":"r"}"#.into(), r#"unknown type "join""#),
        (r#"{"type":"subscribe","request_id":"r"}"#.into(), "payload is missing"),
        (envelope("subscribe", "{}"), "payload.channel is missing"),
        (envelope("ack", "{}"), "type ack is server to client; a client must not send it"),
        (envelope("event", "{}"), "type event is server to client; a client must not send it"),
        (
            envelope("subscribe", r#"{"channel":"project.deleted"}"#),
            r#"unknown channel "project.deleted""#,
        ),
        (
            envelope("unsubscribe", r#"{"channel":"project.deleted"}"#),
            r#"unknown channel "project.deleted""#,
        ),
        (
            envelope("subscribe", r#"{"channel":"presence","filters":{"user_id":"usr_1"}}"#),
            r#"channel presence has no filter "user_id""#,
        ),
        (
            envelope("subscribe", r#"{"channel":"task.completed","filters":{"project_id":7}}"#),
            r#"filter "project_id" must be a string"#,
        ),
        (
            envelope("publish", r#"{"channel":"project.updated","data":{}}"#),
            "channel project.updated is server to client; publish is not allowed",
        ),
        (envelope("publish", r#"{"channel":"nope","data":{}}"#), r#"unknown channel "nope""#),
        (envelope("publish", r#"{"channel":"presence"}"#), "payload.data is missing"),
        (
            envelope("publish", r#"{"channel":"presence","data":"online"}"#),
            "payload.data must be an object",
        ),
    ] {
        let mut client = Client::open(quiet());
        client.handle(ServerInput::Text(&text));
        client.sees_close(1008, reason);
    }
}

#[test]
fn a_binary_frame_closes_with_1008() {
    let mut client = Client::open(quiet());
    client.handle(ServerInput::Binary(b"{}"));
    client.sees_close(1008, "binary frame; send messages as JSON text");
}

#[test]
fn a_filter_that_a_channel_asks_for_must_be_there() {
    let mut api = Api::clone(&Api::veriops());
    api.channels[0].filters[0].required = true;
    let mut client = Client::of(api.into(), quiet());
    client.handle(ServerInput::Opened { token: Some("key") });
    let filters = json!({"project_id": "prj_1"});
    client.ask("subscribe", json!({"channel": "project.updated", "filters": filters}));
    client.ask("unsubscribe", json!({"channel": "project.updated"}));
    client.send("subscribe", json!({"channel": "project.updated"}));
    client.sees_close(1008, r#"channel project.updated needs the filter "project_id""#);
}

#[test]
fn the_size_limit_counts_the_utf_8_bytes_of_the_frame() {
    for (size, passes) in [(65_535, true), (65_536, true), (65_537, false)] {
        let mut client = Client::open(quiet());
        let frame =
            |filler: &str| format!(r#"{{"type":"ping","request_id":"r","filler":"é€𝄞{filler}"}}"#);
        let text = frame(&"x".repeat(size - frame("").len()));
        assert_eq!(text.len(), size);
        client.handle(ServerInput::Text(&text));
        if passes {
            assert_eq!(client.message()["type"], "pong");
        } else {
            client.sees_close(4009, "message of 65537 bytes; the limit is 65536");
        }
    }
}

#[test]
fn a_frame_that_is_too_large_is_not_even_parsed() {
    let mut client = Client::open(quiet());
    client.handle(ServerInput::Text(&"[".repeat(100_000)));
    client.sees_close(4009, "message of 100000 bytes; the limit is 65536");
    let mut client = Client::open(quiet());
    client.handle(ServerInput::Binary(&vec![0; 65_537]));
    client.sees_close(4009, "message of 65537 bytes; the limit is 65536");
}

#[test]
fn the_fifty_first_topic_closes_with_4002() {
    let mut client = Client::open(quiet());
    for number in 0..50 {
        client.ask("subscribe", numbered(number));
    }
    client.ask("subscribe", numbered(7));
    client.send("subscribe", numbered(50));
    client.sees_close(4002, "more than 50 subscriptions on one connection");
}

#[test]
fn a_topic_that_ended_makes_room_for_another() {
    let mut client = Client::open(quiet());
    for number in 0..50 {
        client.ask("subscribe", numbered(number));
    }
    client.ask("unsubscribe", numbered(7));
    client.ask("subscribe", numbered(50));
    client.ask("unsubscribe", json!({"channel": "task.completed"}));
    client.wait(10_000);
    for number in 100..150 {
        client.ask("subscribe", numbered(number));
    }
}

#[test]
fn the_hundred_and_first_message_in_ten_seconds_closes_with_4008() {
    let mut client = Client::open(quiet());
    for _ in 0..100 {
        client.ask("ping", json!(null));
        client.wait(90);
    }
    client.send("ping", json!(null));
    client.sees_close(4008, "more than 100 messages in 10 s");
}

#[test]
fn a_hundred_messages_in_ten_seconds_are_fine_for_ever() {
    let mut client = Client::open(quiet());
    for _ in 0..1_000 {
        client.ask("ping", json!(null));
        client.wait(100);
    }
}

#[test]
fn a_reason_fits_into_a_close_frame() {
    let mut client = Client::open(quiet());
    client.send("subscribe", json!({"channel": "€".repeat(10_000)}));
    let [ServerOutput::Close { reason, .. }] = &client.outputs()[..] else {
        panic!("the channel is not known")
    };
    assert!((121..=123).contains(&reason.len()), "{}", reason.len());
    assert!(reason.starts_with("unknown channel \"€€€"));
}

fn numbered(number: u32) -> Value {
    let filters = json!({"project_id": format!("prj_{number}")});
    json!({"channel": "task.completed", "filters": filters})
}
