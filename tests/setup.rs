//! The set-up: what a page, a file or a link presets, and what a link says of what a reader sees.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::compose::Draft;
use veriops_playground::protocol::{EndpointError, MessageType, Secret, UnixMillis, json};
use veriops_playground::setup::{Setup, SetupError};
use veriops_playground::target::{Choice, ConnectionForm};

const KEY: &str = "SuperSecret42";
const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

#[test]
fn a_channel_with_filters_becomes_a_subscription_of_it() {
    let mut setup = Setup::default();
    assert_eq!(setup.set("channel", "project.updated", &api()), Ok(()));
    assert_eq!(setup.set("filters", r#"{"project_id":"prj_7"}"#, &api()), Ok(()));
    let text = json::compact(&setup.text(&api(), "req_001", NOW).unwrap()).unwrap();
    let expected = r#"{"type":"subscribe","request_id":"req_001","sent_at":"2023-11-14T22:13:20.000Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_7"}}}"#;
    assert_eq!(text, expected);
}

#[test]
fn filters_alone_are_those_of_the_first_channel() {
    let mut setup = Setup::default();
    assert_eq!(setup.set("filters", r#"{"a":1}"#, &api()), Ok(()));
    let text = setup.text(&api(), "req_001", NOW).unwrap();
    let first = &api().channels[0].name;
    assert!(text.contains(&format!("\"{first}\"")) && text.contains(r#""a":1"#), "{text}");
}

#[test]
fn a_message_gets_the_id_and_the_time_that_it_lacks() {
    let mut setup = Setup::default();
    assert_eq!(setup.set_members(r#"{"message":{"type":"ping"}}"#, &api()), []);
    let text = json::compact(&setup.text(&api(), "req_009", NOW).unwrap()).unwrap();
    let expected = r#"{"type":"ping","request_id":"req_009","sent_at":"2023-11-14T22:13:20.000Z"}"#;
    assert_eq!(text, expected);
    assert_eq!(setup.set("message", r#"{"type":"ping","request_id":"mine"}"#, &api()), Ok(()));
    assert!(setup.text(&api(), "req_009", NOW).unwrap().contains("mine"));
}

#[test]
fn nothing_is_preset_where_nothing_is_said() {
    let mut setup = Setup::default();
    assert_eq!(setup.set_members("{}", &api()), []);
    assert_eq!(setup.set_query("", &api()), []);
    assert_eq!((setup.text(&api(), "req_001", NOW), setup), (None, Setup::default()));
}

#[test]
fn each_wrong_value_is_named_and_changes_nothing() {
    for (name, value, error) in [
        ("target", "lve", SetupError::Target),
        ("endpoint", "https://a.example", SetupError::Endpoint(EndpointError::Scheme)),
        ("channel", "no.such", SetupError::Channel),
        ("filters", "project_id=7", SetupError::Filters),
        ("filters", "[1]", SetupError::Filters),
        ("message", "{", SetupError::Message),
        ("chanel", "a", SetupError::Name(Some("chanel".to_owned()))),
        ("Your account is blocked!", "a", SetupError::Name(None)),
    ] {
        let mut setup = Setup::default();
        assert_eq!(setup.set(name, value, &api()), Err(error.clone()), "{name}={value}");
        assert_eq!(setup, Setup::default(), "{name}={value}");
        assert!(!error.to_string().contains(value) || value == "a", "{error}");
    }
    for object in ["", "[]", "{", r#""target""#] {
        assert_eq!(Setup::default().set_members(object, &api()), [SetupError::Json], "{object}");
    }
}

#[test]
fn one_wrong_setting_does_not_keep_the_others_away() {
    let mut setup = Setup::default();
    let wrong = setup
        .set_members(r#"{"target":"echo","channel":7,"endpoint":"wss://e.example/x"}"#, &api());
    assert_eq!(wrong, [SetupError::Channel]);
    assert_eq!(setup.target, Some(Choice::Echo));
    assert_eq!(setup.endpoint.unwrap().to_string(), "wss://e.example/x");
}

#[test]
fn a_key_in_an_endpoint_is_dropped() {
    let api = api();
    let parameter = api.key_parameter.clone().unwrap();
    let mut setup = Setup::default();
    let endpoint = format!("wss://api.veriops.example/realtime?{parameter}={KEY}&v=2");
    assert_eq!(setup.set("endpoint", &endpoint, &api), Ok(()));
    assert_eq!(setup.query(), "endpoint=wss%3A%2F%2Fapi.veriops.example%2Frealtime%3Fv%3D2");
    // There is no setting for it either.
    for name in ["key", "token", &parameter] {
        assert!(matches!(setup.set(name, KEY, &api), Err(SetupError::Name(_))), "{name}");
    }
}

#[test]
fn a_link_says_what_the_reader_sees_and_presets_it_again() {
    let api = api();
    let mut form = form();
    form.choose(Choice::Live);
    form.paste_address("wss://other.example/ws".to_owned());
    let channel = api.channel("project.updated");
    let mut draft = Draft::about(MessageType::Subscribe, channel, &api, "req_004", NOW);
    draft.set_filter("project_id", "prj_ü&=+ 1");
    let setup = Setup::of(&form, &draft, &api, &[]);
    let query = setup.query();
    assert!(query.starts_with("target=live&endpoint=wss%3A%2F%2Fother.example%2Fws&channel="));
    assert!(!query.contains("message="), "{query}");
    let mut again = Setup::default();
    assert_eq!(again.set_query(&query, &api), []);
    assert_eq!(again, setup);
    let drafted = draft.to_send("req_004", NOW);
    let preset = json::compact(&again.text(&api, "req_004", NOW).unwrap()).unwrap();
    assert_eq!(preset, drafted);
}

#[test]
fn a_link_has_the_whole_message_where_channel_and_filters_do_not_say_it() {
    let api = api();
    let mut draft = Draft::new(MessageType::Publish, &api, "req_001", NOW);
    draft.set_data(r#"{"a":"b"}"#);
    let setup = Setup::of(&form(), &draft, &api, &[]);
    let query = setup.query();
    assert!(query.starts_with("target=echo&message=%7B%22type%22"), "{query}");
    assert!(!query.contains("request_id") && !query.contains("sent_at"), "{query}");
    let mut again = Setup::default();
    assert_eq!(again.set_query(&query, &api), []);
    let preset = json::compact(&again.text(&api, "req_002", NOW).unwrap()).unwrap();
    assert_eq!(json::compact(&preset).unwrap().len(), draft.to_send("req_002", NOW).len());
}

#[test]
fn a_link_carries_no_key_wherever_it_was_typed() {
    let api = api();
    let mut form = form();
    form.choose(Choice::Live);
    form.type_key(KEY.to_owned());
    let parameter = api.key_parameter.clone().unwrap();
    form.type_address(format!("wss://other.example/ws?{parameter}={KEY}"));
    let mut draft = Draft::new(MessageType::Publish, &api, "req_001", NOW);
    draft.set_data(&format!(r#"{{"note":"{KEY}"}}"#));
    let keys: Vec<Secret> = form.keys();
    let query = Setup::of(&form, &draft, &api, &keys).query();
    assert!(query.contains("note") && query.contains("other.example"), "{query}");
    assert!(!query.contains(KEY), "{query}");
}

#[test]
fn the_first_address_of_a_target_is_left_out_of_a_link() {
    let api = api();
    let draft = Draft::new(MessageType::Subscribe, &api, "req_001", NOW);
    for choice in Choice::ALL {
        let mut form = form();
        form.choose(choice);
        let setup = Setup::of(&form, &draft, &api, &[]);
        assert_eq!((setup.target, setup.endpoint), (Some(choice), None));
    }
}

fn api() -> Arc<Api> {
    Api::veriops()
}

fn form() -> ConnectionForm {
    ConnectionForm::new(api(), false, None)
}
