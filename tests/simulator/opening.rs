//! Who gets in.

use std::sync::Arc;

use serde_json::json;
use veriops_playground::api::Api;
use veriops_playground::simulator::ServerInput;

use crate::client::{Client, documented, quiet};

#[test]
fn a_key_opens_the_connection_without_a_word() {
    let mut client = Client::new(quiet());
    client.handle(ServerInput::Opened { token: Some("key") });
    assert_eq!(client.outputs(), []);
    assert_eq!(client.ask("ping", json!(null))["type"], "pong");
}

#[test]
fn a_missing_or_expired_key_closes_with_4001() {
    let missing = "token missing; pass the API key as the token query parameter";
    for (token, reason) in [
        (None, missing),
        (Some(""), missing),
        (Some("expired"), "token expired"),
        (Some("expired-2025"), "token expired"),
    ] {
        let mut client = Client::new(documented());
        client.handle(ServerInput::Opened { token });
        client.sees_close(4001, reason);
    }
}

#[test]
fn the_parameter_of_the_key_is_that_of_the_description() {
    let mut api = Api::clone(&Api::veriops());
    api.key_parameter = Some("api_key".to_owned());
    let mut client = Client::of(Arc::new(api), documented());
    client.handle(ServerInput::Opened { token: None });
    client.sees_close(4001, "token missing; pass the API key as the api_key query parameter");
}

#[test]
fn an_api_that_takes_no_key_lets_everybody_in() {
    let mut api = Api::clone(&Api::veriops());
    api.key_parameter = None;
    let mut client = Client::of(Arc::new(api), quiet());
    client.handle(ServerInput::Opened { token: None });
    assert_eq!(client.ask("ping", json!(null))["type"], "pong");
}

#[test]
fn nothing_happens_before_the_connection_is_open() {
    let mut client = Client::new(documented());
    client.handle(ServerInput::Text("{}"));
    client.handle(ServerInput::Shutdown);
    client.handle(ServerInput::Timeout);
    assert_eq!((client.outputs(), client.server.poll_timeout()), (vec![], None));
}
