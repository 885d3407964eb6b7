//! The row "Heartbeat interval": the server's pings and our pongs.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Reading};
use veriops_playground::protocol::{MessageType, Millis};
use veriops_playground::session::Command;
use veriops_playground::simulator::Settings;

use crate::client::{Client, presence};
use crate::link::Pair;

#[test]
fn a_ping_is_answered_at_once_with_its_id() {
    let mut client = Client::live();
    client.receives(r#"{"type":"ping","request_id":"hb \"é\""}"#);
    let answer = r#"{"type":"pong","request_id":"hb \"é\""}"#;
    assert_eq!(client.sent(), [answer]);
    assert_eq!(
        client.last(),
        &Body::Heartbeat {
            request_id: "hb \"é\"".into(),
            ping: r#"{"type":"ping","request_id":"hb \"é\""}"#.into(),
            pong: Some(answer.into()),
        }
    );
}

#[test]
fn a_ping_is_answered_even_if_its_id_is_that_of_a_request_of_ours() {
    let mut client = Client::live();
    let subscribe = client.subscribe(&presence());
    client.receives_ack(&subscribe);
    let ping = client.ask(MessageType::Ping);
    client.receives(&format!(r#"{{"type":"pong","request_id":"{ping}"}}"#));
    client.sent();
    for id in [subscribe, ping] {
        client.receives(&format!(r#"{{"type":"ping","request_id":"{id}"}}"#));
        assert_eq!(client.sent().len(), 1, "{id}");
    }
}

#[test]
fn a_ping_of_ours_that_comes_back_is_not_answered() {
    let mut client = Client::live();
    client.ask(MessageType::Ping);
    let ping = client.sent().remove(0);
    client.receives(&ping);
    assert_eq!(client.sent(), [""; 0]);
}

#[test]
fn a_ping_that_arrives_while_closing_is_not_answered() {
    let mut client = Client::live();
    client.disconnect();
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert_eq!(client.sent(), [""; 0]);
    assert!(!client.log.last().unwrap().is_problem(), "{:?}", client.last());
    let request_id = "hb_1".to_owned();
    assert_eq!(client.reading(), &Reading::Plain { kind: MessageType::Ping, request_id });
}

#[test]
fn a_ping_that_is_left_without_an_answer_is_a_problem() {
    let mut client = Client::live();
    client.command(Command::AnswerPings(false));
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert!(client.log.last().unwrap().is_problem());
}

#[test]
fn answered_pings_keep_the_connection_open_for_an_hour() {
    let mut pair = Pair::with(Settings::of(&Api::veriops()));
    pair.connect();
    pair.wait(Millis::seconds(3_601));
    assert!(pair.client.session.phase().is_open());
    let beats = pair.client.log.iter().filter(|it| matches!(it.body, Body::Heartbeat { .. }));
    assert_eq!(beats.count(), 120);
}

#[test]
fn the_gauges_know_when_the_next_ping_and_the_idle_timeout_are_due() {
    let mut client = Client::live();
    let opened = client.now.at;
    assert_eq!(client.session.next_ping(), Some(opened + Millis::seconds(30)));
    assert_eq!(client.session.idle_deadline(), Some(opened + Millis::seconds(300)));
    client.wait(Millis::seconds(31));
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert_eq!(client.session.next_ping(), Some(opened + Millis::seconds(61)));
    client.wait(Millis::seconds(5));
    client.send("{}");
    assert_eq!(client.session.idle_deadline(), Some(opened + Millis::seconds(336)));
    client.closes(1006);
    assert_eq!((client.session.next_ping(), client.session.idle_deadline()), (None, None));
    let echo = Client::echo();
    assert_eq!((echo.session.next_ping(), echo.session.idle_deadline()), (None, None));
}

#[test]
fn a_new_connection_has_its_own_heartbeat() {
    let mut client = Client::live();
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    assert_eq!(client.session.next_ping(), Some(client.now.at + Millis::seconds(30)));
}
