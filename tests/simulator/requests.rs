//! Requests and their answers.

use serde_json::{Value, json};
use veriops_playground::protocol::Millis;
use veriops_playground::simulator::{ServerInput, ServerOutput, Settings};

use crate::client::{Client, quiet};

#[test]
fn the_pages_subscribe_is_acknowledged() {
    let mut client = Client::open(quiet());
    client.handle(ServerInput::Text(concat!(
        r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00Z","#,
        r#""payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#
    )));
    let ack = concat!(
        r#"{"type":"ack","request_id":"req_001","sent_at":"2026-03-19T14:30:00.000Z","#,
        r#""payload":{"status":"subscribed","channel":"project.updated","#,
        r#""filters":{"project_id":"prj_abc123"}}}"#
    );
    assert_eq!(client.outputs(), [ServerOutput::Send(ack.into())]);
}

#[test]
fn every_request_is_acknowledged_under_its_id() {
    let mut client = Client::open(quiet());
    let channel = json!({"channel": "presence"});
    let publication = json!({"channel": "presence", "data": {"user_id": "usr_1"}});
    for (kind, payload, status) in [
        ("subscribe", &channel, "subscribed"),
        ("publish", &publication, "published"),
        ("unsubscribe", &channel, "unsubscribed"),
        ("unsubscribe", &channel, "unsubscribed"),
    ] {
        let ack = client.ask(kind, payload.clone());
        assert_eq!(ack["type"], "ack");
        assert_eq!(ack["payload"], json!({"status": status, "channel": "presence"}));
    }
}

#[test]
fn a_ping_is_answered_with_a_pong_of_its_id() {
    let mut client = Client::open(quiet());
    client.handle(ServerInput::Text(r#"{"type":"ping","request_id":"any \"id\""}"#));
    let pong = client.message();
    assert_eq!((&pong["type"], &pong["request_id"]), (&json!("pong"), &json!("any \"id\"")));
}

#[test]
fn an_answer_takes_the_delay_that_is_set() {
    let mut client = Client::open(Settings { ack_delay: Millis(40), ..quiet() });
    client.send("subscribe", json!({"channel": "presence"}));
    assert_eq!(client.wait(39), [] as [Value; 0]);
    assert_eq!(client.wait(1).len(), 1);
    client.handle(ServerInput::Text(r#"{"type":"ping","request_id":"r"}"#));
    assert_eq!(client.wait(39), [] as [Value; 0]);
    assert_eq!(client.wait(1)[0]["type"], "pong");
}

#[test]
fn what_was_promised_goes_out_before_a_close() {
    let mut client = Client::open(Settings { ack_delay: Millis(40), ..quiet() });
    client.send("subscribe", json!({"channel": "presence"}));
    client.handle(ServerInput::Shutdown);
    assert_eq!(client.message()["payload"]["status"], "subscribed");
    client.sees_close(1001, "server shutting down");
}
