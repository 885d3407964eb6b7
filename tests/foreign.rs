//! Descriptions that were not written for the playground: what they say is there, what they do not say
//! is not, and what is broken in them has a path.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::compose::{Draft, Subscribed, Tab, checks, templates};
use veriops_playground::experiment::experiments;
use veriops_playground::protocol::{Millis, UnixMillis};
use veriops_playground::target::Choice;

use broken::{COINBASE, FINNHUB, GEMINI, KRAKEN, SLACK, broken};

#[path = "support/broken.rs"]
mod broken;

#[test]
fn endpoints_are_the_websocket_servers_with_the_paths_of_their_channels() {
    for (document, expected) in [
        (KRAKEN, &["wss://ws.kraken.com", "wss://ws-auth.kraken.com"][..]),
        (GEMINI, &["wss://api.gemini.com/v1/marketdata/btcusd"]),
        (SLACK, &["wss://wss-primary.slack.com/link"]),
        (
            COINBASE,
            &[
                "wss://ws-feed.exchange.coinbase.com",
                "wss://ws-feed-public.sandbox.exchange.coinbase.com",
            ],
        ),
        (FINNHUB, &["wss://ws.finnhub.io"]),
    ] {
        let api = Api::parse(document).unwrap();
        let found: Vec<_> = api.live.iter().map(|it| it.endpoint.to_string()).collect();
        assert_eq!(found, expected, "{}", api.title);
    }
}

#[test]
fn templates_are_the_examples_of_what_a_client_may_send() {
    for (document, expected) in [
        (KRAKEN, &["Ping", "Subscribe · ticker", "Subscribe · five minute candles"][..]),
        (GEMINI, &[]),
        (SLACK, &["Post a message · to a channel", "Post a message · 2"]),
        (COINBASE, &["subscribe · heartbeat", "subscribe · level 2", "unsubscribe"]),
        (FINNHUB, &["follow"]),
    ] {
        let api = Api::parse(document).unwrap();
        let found = templates(&api, "req_001", UnixMillis(0));
        let titles: Vec<_> = found.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, expected, "{}", api.title);
        let first = Draft::first(&api, "req_001", UnixMillis(0));
        assert_eq!(first.text(), found.first().map_or("", |it| &it.text), "{}", api.title);
    }
    let api = Api::parse(KRAKEN).unwrap();
    let ping = &templates(&api, "req_001", UnixMillis(0))[0];
    assert_eq!(ping.text, "{\n  \"event\": \"ping\",\n  \"reqid\": 42\n}");
    let draft = Draft::first(&api, "req_001", UnixMillis(0));
    assert_eq!(draft.to_send("req_002", UnixMillis(1)), r#"{"event":"ping","reqid":42}"#);
}

#[test]
fn what_a_document_does_not_say_is_not_there() {
    for document in [KRAKEN, GEMINI, SLACK, COINBASE, FINNHUB] {
        let api = Api::parse(document).unwrap();
        assert!(!api.has_envelope(), "{}", api.title);
        assert_eq!(experiments(&api).len(), 0, "{}", api.title);
        assert_eq!(Choice::offered(&api), [Choice::Live], "{}", api.title);
        assert_eq!(Tab::offered(&api), [Tab::Raw], "{}", api.title);
        assert_eq!((api.timings.heartbeat, api.timings.idle), (None, None), "{}", api.title);
        assert_eq!((api.limits.message_bytes, api.limits.subscriptions), (None, None));
        // A client has to wait some time or other.
        assert_eq!(api.timings.backoff[0], Millis::seconds(1), "{}", api.title);
    }
}

#[test]
fn a_schema_that_allows_anything_or_stands_elsewhere_is_no_fault() {
    let reference = json!({ "$ref": "https://schemas.example/ping.json" });
    for payload in [json!(true), json!({}), reference] {
        let mut document: Value = serde_json::from_str(KRAKEN).unwrap();
        document["components"]["messages"]["ping"]["payload"] = payload.clone();
        let api = Api::parse(&document.to_string()).unwrap_or_else(|it| panic!("{payload}: {it}"));
        assert_eq!(api.examples.len(), 2, "{payload}");
    }
}

#[test]
fn messages_of_another_api_are_not_held_against_the_pages_envelope() {
    let api = Api::parse(KRAKEN).unwrap();
    let found = |text: &str| checks(text, &api, &Subscribed::default());
    assert_eq!(found(r#"{"event":"ping"}"#), []);
    assert_eq!(found(""), []);
    let warned = found("{event}");
    assert_eq!(warned.len(), 1);
    assert!(warned[0].message.starts_with("line 1, column 2: "), "{warned:?}");
    // As large as it likes.
    assert_eq!(found(&format!("[\"{}\"]", "x".repeat(100_000))), []);
}

#[test]
fn a_key_goes_where_the_document_says() {
    for (document, parameter) in [
        (KRAKEN, None),
        (GEMINI, None),
        (SLACK, Some("ticket")),
        (COINBASE, None),
        (FINNHUB, Some("token")),
    ] {
        let api = Api::parse(document).unwrap();
        assert_eq!(api.key_parameter.as_deref(), parameter, "{}", api.title);
        assert_eq!(api.trusts(&api.live[0].endpoint), parameter.is_some(), "{}", api.title);
    }
}

#[test]
fn what_a_document_says_in_the_playgrounds_words_counts() {
    let mut document: Value = serde_json::from_str(KRAKEN).unwrap();
    document["x-limits"] = json!({ "messageBytes": 10 });
    document["x-timings"] = json!({ "idleMs": 60_000, "backoffMs": [500] });
    document["x-close-codes"] = json!([
        { "code": 4000, "meaning": "Kicked", "action": "Stay away", "reaction": "stop" }
    ]);
    let api = Api::parse(&document.to_string()).unwrap();
    assert_eq!((api.limits.message_bytes, api.limits.subscriptions), (Some(10), None));
    assert_eq!(api.timings.idle, Some(Millis::seconds(60)));
    assert_eq!(api.timings.backoff, [Millis(500)]);
    let found = checks(r#"{"event":"ping"}"#, &api, &Subscribed::default());
    assert!(found[0].message.starts_with("16 bytes; over 10 the server closes"), "{found:?}");
}

#[test]
fn every_broken_document_has_a_readable_error_with_its_path() {
    for (document, expected) in broken() {
        let error = Api::parse(&document).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}, not {expected}");
    }
}
