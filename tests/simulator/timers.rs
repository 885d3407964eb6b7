//! What time does to a connection.

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::protocol::Millis;
use veriops_playground::simulator::{ServerInput, ServerOutput, Settings};

use crate::client::{Client, documented};

#[test]
fn a_ping_comes_every_thirty_seconds_as_long_as_it_is_answered() {
    let mut client = Client::open(Settings { event_interval: None, ..documented() });
    for number in 1..=20 {
        assert_eq!(client.wait(29_999), [] as [Value; 0]);
        let ping = client.wait(1).pop().unwrap();
        assert_eq!(ping["type"], "ping");
        assert_eq!(ping["request_id"], format!("req_hb_{number}"));
        client.pong(&ping);
    }
}

#[test]
fn an_unanswered_ping_drops_the_connection_when_the_next_is_due() {
    let mut client = Client::open(Settings { event_interval: None, ..documented() });
    client.wait(30_000);
    client.handle(ServerInput::Text(r#"{"type":"pong","request_id":"req_hb_0"}"#));
    client.ask("ping", json!(null));
    client.sleep(29_999);
    client.handle(ServerInput::Timeout);
    assert_eq!(client.outputs(), []);
    client.sleep(1);
    client.handle(ServerInput::Timeout);
    assert_eq!(client.outputs(), [ServerOutput::Drop]);
    client.is_over();
}

#[test]
fn a_pong_that_comes_with_a_late_timer_still_counts() {
    let mut client = Client::open(Settings { event_interval: None, ..documented() });
    let ping = client.wait(30_000).pop().unwrap();
    client.sleep(60_000);
    client.pong(&ping);
    assert_eq!(client.message()["request_id"], "req_hb_2");
}

#[test]
fn silence_in_both_directions_closes_after_three_hundred_seconds() {
    let mut client =
        Client::open(Settings { heartbeat: None, event_interval: None, ..documented() });
    client.wait(299_999);
    client.ask("ping", json!(null));
    client.wait(299_999);
    client.sleep(1);
    client.handle(ServerInput::Timeout);
    client.sees_close(1001, "idle timeout");
}

#[test]
fn what_the_server_sends_keeps_the_connection_from_idling() {
    let mut client = Client::open(Settings { heartbeat: None, ..documented() });
    client.ask("subscribe", json!({"channel": "presence"}));
    assert!(client.wait(3_600_000).len() > 700);
}

#[test]
fn a_shutdown_closes_with_1001() {
    let mut client = Client::open(documented());
    client.handle(ServerInput::Shutdown);
    client.sees_close(1001, "server shutting down");
}

#[test]
fn spans_of_zero_do_not_make_the_server_spin() {
    let zero = Some(Millis(0));
    let settings = Settings { heartbeat: None, idle: None, event_interval: zero, ..documented() };
    let mut client = Client::open(settings);
    client.ask("subscribe", json!({"channel": "presence"}));
    assert_eq!(client.wait(100).len(), 100);
}

#[test]
fn the_knobs_start_at_the_descriptions_numbers() {
    let settings = Settings::of(&Api::veriops());
    assert_eq!(settings.heartbeat, Some(Millis(30_000)));
    assert_eq!(settings.idle, Some(Millis(300_000)));
    assert_eq!((settings.rate_messages, settings.rate_window), (100, Millis(10_000)));
}
