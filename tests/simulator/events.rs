//! Events: what happens by itself, and what clients publish.

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::protocol::{Incident, Millis};
use veriops_playground::simulator::{Published, ServerInput, ServerOutput, Settings};

use crate::client::{Client, documented, lively, quiet};

#[test]
fn the_first_event_comes_soon_and_more_keep_coming() {
    for channel in ["project.updated", "project.created", "task.completed", "presence"] {
        let mut client = Client::open(lively());
        client.ask("subscribe", json!({"channel": channel}));
        assert_eq!(client.wait(1_000).len(), 1, "{channel}");
        let count = client.wait(40_000).len();
        assert!((8..=13).contains(&count), "{count} of {channel}");
    }
}

#[test]
fn an_event_has_the_fields_of_the_bus() {
    let mut client = Client::open(lively());
    client.ask("subscribe", json!({"channel": "project.updated"}));
    let event = client.wait(1_000).pop().unwrap();
    let payload = &event["payload"];
    assert_eq!((&event["type"], &event["request_id"]), (&json!("event"), &json!("req_ev_1")));
    assert_eq!(payload["event_type"], "project.updated");
    assert_eq!(payload["occurred_at"], event["sent_at"]);
    assert!(event["sent_at"].as_str().unwrap().starts_with("2026-03-19T14:30:0"));
    assert!(payload["event_id"].as_str().unwrap().starts_with("evt_"));
    assert!(payload["trace_id"].as_str().unwrap().starts_with("tr_"));
    assert!(payload["producer"].is_string() && payload["schema_version"].is_string());
    assert!(payload["data"]["project_id"].as_str().unwrap().starts_with("prj_"));
    assert!(payload["data"]["status"].is_string());
}

#[test]
fn events_differ_and_have_ids_of_their_own() {
    let mut client = Client::open(lively());
    client.ask("subscribe", json!({"channel": "task.completed"}));
    let events = client.wait(400_000);
    let distinct = |field: &dyn Fn(&Value) -> &Value| {
        let mut values: Vec<_> = events.iter().map(|event| field(event).to_string()).collect();
        values.sort();
        values.dedup();
        values.len()
    };
    assert_eq!(distinct(&|event| &event["request_id"]), events.len());
    assert_eq!(distinct(&|event| &event["payload"]["event_id"]), events.len());
    assert!(distinct(&|event| &event["payload"]["data"]) > 4);
}

#[test]
fn a_filter_sees_events_of_its_project_and_no_others() {
    let mut client = Client::open(lively());
    for project in ["prj_of_mine", "prj_def456"] {
        let filters = json!({"project_id": project});
        client.ask("subscribe", json!({"channel": "project.updated", "filters": filters}));
    }
    let events = client.wait(200_000);
    let of = |project: &str| {
        events.iter().filter(|event| event["payload"]["data"]["project_id"] == project).count()
    };
    assert!(of("prj_of_mine") > 5 && of("prj_def456") > 5);
    assert_eq!(of("prj_of_mine") + of("prj_def456"), events.len());
}

#[test]
fn no_events_come_without_or_after_a_subscription() {
    let mut client = Client::open(lively());
    assert_eq!(client.wait(60_000), [] as [Value; 0]);
    let filtered = json!({"channel": "project.updated", "filters": {"project_id": "prj_1"}});
    client.ask("subscribe", filtered.clone());
    client.ask("subscribe", json!({"channel": "project.updated"}));
    client.ask("unsubscribe", filtered);
    assert!(!client.wait(60_000).is_empty());
    client.ask("unsubscribe", json!({"channel": "project.updated"}));
    assert_eq!(client.wait(60_000), [] as [Value; 0]);
}

#[test]
fn a_late_timer_brings_one_event_and_not_all_that_were_missed() {
    let mut client = Client::open(lively());
    client.ask("subscribe", json!({"channel": "presence"}));
    client.sleep(3_600_000);
    client.handle(ServerInput::Timeout);
    assert_eq!(client.outputs().len(), 1);
}

#[test]
fn a_publish_comes_back_as_an_event_after_its_ack() {
    let mut client = Client::open(quiet());
    client.ask("subscribe", json!({"channel": "presence"}));
    client.send("publish", json!({"channel": "presence", "data": {"user_id": "usr_1"}}));
    assert_eq!(client.message()["payload"]["status"], "published");
    let Some(ServerOutput::Broadcast(published)) = client.server.poll() else {
        panic!("a publish is for everybody")
    };
    let expected = Published { channel: "presence".into(), data: r#"{"user_id":"usr_1"}"#.into() };
    assert_eq!(published, expected);
    client.handle(ServerInput::Deliver(&published));
    let event = client.message();
    assert_eq!(event["payload"]["event_type"], "presence");
    assert_eq!(event["payload"]["data"], json!({"user_id": "usr_1"}));
}

#[test]
fn a_publish_is_passed_on_byte_for_byte() {
    let mut client = Client::open(quiet());
    let data = r#"{"b": 1e400, "a": "\ud800", "b": [1.0]}"#;
    client.handle(ServerInput::Text(&format!(
        r#"{{"type":"publish","request_id":"r","payload":{{"channel":"presence","data":{data}}}}}"#
    )));
    let [ServerOutput::Send(_), ServerOutput::Broadcast(published)] = &client.outputs()[..] else {
        panic!("an ack and a broadcast")
    };
    assert_eq!(published.data, data);
    client.ask("subscribe", json!({"channel": "presence"}));
    client.handle(ServerInput::Deliver(published));
    let [ServerOutput::Send(event)] = &client.outputs()[..] else { panic!("an event") };
    assert!(event.ends_with(&format!(r#""data":{data}}}}}"#)), "{event}");
}

#[test]
fn a_publish_reaches_only_those_who_asked_for_it_and_each_once() {
    let mut client = Client::open(quiet());
    let ours = published("project.updated", r#"{"project_id":"prj_1"}"#);
    client.handle(ServerInput::Deliver(&ours));
    assert_eq!(client.outputs(), []);
    let filtered = json!({"channel": "project.updated", "filters": {"project_id": "prj_1"}});
    client.ask("subscribe", filtered);
    client.handle(ServerInput::Deliver(&published("project.updated", r#"{"project_id":"prj_2"}"#)));
    client.handle(ServerInput::Deliver(&published("task.completed", r#"{"project_id":"prj_1"}"#)));
    assert_eq!(client.outputs(), []);
    client.ask("subscribe", json!({"channel": "project.updated"}));
    client.handle(ServerInput::Deliver(&ours));
    assert_eq!(client.outputs().len(), 1);
}

#[test]
fn a_publish_reaches_the_others_though_its_sender_has_gone() {
    let mut client = Client::open(Settings { ack_delay: Millis(40), ..quiet() });
    client.send("publish", json!({"channel": "presence", "data": {"status": "offline"}}));
    client.handle(ServerInput::Closed);
    let farewell = published("presence", r#"{"status":"offline"}"#);
    assert_eq!(client.outputs(), [ServerOutput::Broadcast(farewell)]);
}

#[test]
fn the_same_seed_and_inputs_lead_to_the_same_outputs() {
    let run = || {
        let mut client = Client::open(lively());
        client.ask("subscribe", json!({"channel": "presence"}));
        client.wait(60_000)
    };
    assert_eq!(run(), run());
}

fn published(channel: &str, data: &str) -> Published {
    Published { channel: channel.into(), data: data.into() }
}

#[test]
fn a_silent_server_says_nothing_unasked() {
    let api = Api::veriops();
    let mut client = Client::open(documented());
    client.handle(ServerInput::Incident(&Incident::Quiet(true)));
    client.ask("subscribe", json!({"channel": "project.updated"}));
    assert_eq!(client.wait(api.timings.idle.unwrap().0 - 1), [Value::Null; 0]);
}

#[test]
fn the_first_event_leaves_time_to_see_its_subscription() {
    let mut client = Client::open(lively());
    client.ask("subscribe", json!({"channel": "presence"}));
    assert_eq!(client.wait(599), [] as [Value; 0]);
}
