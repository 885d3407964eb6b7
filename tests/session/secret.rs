//! The key never reaches the log, whoever says it and however it is written.
//!
//! The bench checks the same of every entry in every other test.

use veriops_playground::entry::Body;
use veriops_playground::protocol::secret::REDACTED;
use veriops_playground::session::{Phase, SocketEvent};

use crate::client::{Client, KEY, echo, live};

/// The key as a server might send it back.
const SHAPES: [&str; 6] = [
    "canary+key/42=",
    r"canary+key\/42=",
    "canary%2Bkey%2F42%3D",
    "Y2FuYXJ5K2tleS80Mj0=",
    "Z2FuYXJ5K2tleS80Mj0A-Y2FuYXJ5K2tleS80Mj0",
    "YTpjYW5hcnkra2V5LzQyPQ==",
];

/// What no row may show: the key, or the heart of it in base64.
const TRACES: [&str; 5] =
    ["canary+key/42", "canary%2Bkey%2F42", "Y2FuYXJ5K2tleS80Mj", "jYW5hcnkra2V5LzQyP", "canary"];

fn shows_no_key(client: &Client) {
    for entry in &client.log {
        let shown = format!("{:?}", entry.body);
        for trace in TRACES {
            assert!(!shown.contains(trace), "{trace} in {shown}");
        }
    }
}

#[test]
fn the_address_is_shown_with_the_key_crossed_out() {
    let mut client = Client::new();
    client.connect(live());
    let shown = format!("{:?}", client.last());
    assert!(shown.contains(&format!("?token={REDACTED}")), "{shown}");
    client.opens();
    let Phase::Open { endpoint, .. } = client.session.phase() else { panic!("not open") };
    assert_eq!(endpoint, "wss://api.veriops.example/realtime");
    shows_no_key(&client);
}

#[test]
fn a_frame_that_says_the_key_is_shown_without_it() {
    for shape in SHAPES {
        let mut client = Client::live();
        for text in [
            shape.to_owned(),
            format!(r#"{{"type":"ack","request_id":"{shape}"}}"#),
            format!(r#"{{"type":"ping","request_id":"{shape}"}}"#),
            format!(r#"{{"type":"{shape}","request_id":"a"}}"#),
            format!(r#"{{"type":"publish","request_id":"{shape}"}}"#),
            format!(r#"{{"type":"event","request_id":"a","payload":{{"event_type":"{shape}"}}}}"#),
        ] {
            client.receives(&text);
            assert!(format!("{:?}", client.last()).contains(REDACTED), "{text}");
        }
        shows_no_key(&client);
    }
}

#[test]
fn a_pong_carries_the_id_it_must_and_is_shown_without_the_key() {
    let mut client = Client::live();
    client.receives(&format!(r#"{{"type":"ping","request_id":"{KEY}"}}"#));
    assert_eq!(client.sent(), [format!(r#"{{"type":"pong","request_id":"{KEY}"}}"#)]);
    shows_no_key(&client);
}

#[test]
fn what_the_reader_sends_is_sent_as_it_is_and_shown_without_the_key() {
    let mut client = Client::live();
    let text = format!(r#"{{"type":"ping","request_id":"{KEY}"}}"#);
    client.send(&text);
    assert_eq!(client.sent(), [text.as_str()]);
    client.receives(&text.replace("ping", "pong"));
    client.disconnect();
    shows_no_key(&client);
}

#[test]
fn sizes_are_those_of_the_frame_and_not_of_what_is_shown() {
    let mut client = Client::live();
    client.receives(KEY);
    let Body::Message { size, .. } = client.last() else { panic!("no row") };
    assert_eq!(*size, KEY.len());
}

#[test]
fn a_close_reason_that_says_the_key_is_shown_without_it() {
    let mut client = Client::live();
    client.closes_with(4001, &format!("bad token {KEY}"));
    assert!(!format!("{:?}", client.session.phase()).contains("canary"));
    shows_no_key(&client);
}

#[test]
fn an_extension_that_says_the_key_is_shown_without_it() {
    let mut client = Client::new();
    client.connect(live());
    let (extensions, protocol) = (format!("x-{KEY}"), KEY.to_owned());
    client.hears(SocketEvent::Opened { extensions, protocol });
    shows_no_key(&client);
    assert!(!format!("{:?}", client.session.phase()).contains("canary"));
}

#[test]
fn a_binary_frame_that_says_the_key_is_shown_without_it() {
    let mut client = Client::live();
    let bytes = [&[0, 255], KEY.as_bytes(), &[7]].concat();
    client.hears(SocketEvent::Binary(bytes));
    let shown = [&[0, 255], &b"**************"[..], &[7]].concat();
    assert_eq!(client.last(), &Body::Binary { bytes: shown });
}

#[test]
fn the_key_stays_unseen_on_its_way_to_another_target() {
    let mut client = Client::live();
    client.connect(echo());
    client.receives(KEY);
    client.closes_with(1000, KEY);
    shows_no_key(&client);
}
