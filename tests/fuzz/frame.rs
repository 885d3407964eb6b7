//! Frames: what a session makes of anything that an open connection may say.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Reading};
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, Envelope, MessageType, Millis};
use veriops_playground::session::{Phase, SocketEvent};

use super::client::{Client, key, presence};

/// Reads the first byte as what arrives, the others as what it says: `t` a text, `b` a binary
/// frame, `c` a close with its code; a capital means on an echo server.
pub fn check(input: &[u8]) {
    let Some((kind, said)) = input.split_first() else {
        return;
    };
    let is_echo = kind.is_ascii_uppercase();
    let mut client = if is_echo { Client::echo() } else { Client::live() };
    client.subscribe(&presence());
    client.ask(MessageType::Ping);
    client.send(RAW);
    client.acts();
    let before = client.log.len();
    match kind.to_ascii_lowercase() {
        b'b' => {
            client.hears(SocketEvent::Binary(said.to_vec()));
            assert!(matches!(client.last(), Body::Binary { bytes } if bytes.len() == said.len()));
        }
        b'c' => {
            let (code, reason) = said.split_at(said.len().min(2));
            return close(&mut client, code, &text_of(reason, is_echo));
        }
        _ => text(&mut client, &text_of(said, is_echo)),
    }
    assert_eq!(client.log.len(), before + 1, "a frame is one entry");
    assert!(client.session.phase().is_open(), "no frame ends a session");
}

fn text(client: &mut Client, text: &str) {
    let expected = if client.session.is_echo() { of_echo(text) } else { of_server(text) };
    client.receives(text);
    let kept = match client.last() {
        Body::Message { text: kept, size, reading, .. } => {
            assert_eq!(*size, text.len());
            assert_eq!(name(reading), expected, "{reading:?}");
            kept
        }
        Body::Heartbeat { ping, .. } => {
            assert_eq!(expected, "heartbeat");
            ping
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(*kept, key().redact(text.to_owned()), "the text is kept as it came");
    let pong = Envelope::decode(text)
        .ok()
        .filter(|_| expected == "heartbeat")
        .map(|ping| Envelope::new(MessageType::Pong, ping.request_id).encode());
    assert_eq!(client.sent(), Vec::from_iter(pong), "only a ping is answered");
}

/// Says what a text is to a client that sent a subscribe, a ping and a text that is no envelope.
fn of_server(text: &str) -> &'static str {
    let Ok(envelope) = Envelope::decode(text) else {
        return "malformed";
    };
    match (envelope.kind, &*envelope.request_id) {
        (MessageType::Ack | MessageType::Pong, _) => "answer",
        (MessageType::Event, _) if envelope.event().is_ok() => "event",
        (MessageType::Event, _) => "malformed",
        (MessageType::Subscribe, "req_001") | (MessageType::Ping, "req_002") => "echo",
        (MessageType::Ping, _) => "heartbeat",
        _ => "plain",
    }
}

fn of_echo(text: &str) -> &'static str {
    match Envelope::decode(text) {
        Ok(envelope) if matches!(&*envelope.request_id, "req_001" | "req_002") => "echo",
        Ok(_) => "plain",
        Err(_) if text == RAW => "echo",
        // The first text is a greeting whatever it says.
        Err(_) => "banner",
    }
}

fn name(reading: &Reading) -> &'static str {
    match reading {
        Reading::Answer { .. } => "answer",
        Reading::Opaque => "opaque",
        Reading::Banner => "banner",
        Reading::Echo { .. } => "echo",
        Reading::Event { .. } => "event",
        Reading::Malformed(_) => "malformed",
        Reading::Plain { .. } => "plain",
        Reading::Request { .. } => "request",
    }
}

fn close(client: &mut Client, code: &[u8], reason: &str) {
    let code = code.iter().fold(0, |code, byte| code << 8 | u16::from(*byte));
    client.closes_with(code, reason);
    let api = Api::veriops();
    let delay = match api.reaction(CloseCode(code)) {
        Reaction::AskForKey | Reaction::Stop => None,
        Reaction::Backoff | Reaction::BackoffBelowLimit => Some(api.timings.backoff[0]),
        Reaction::Wait(delay) => Some(delay),
    };
    assert_eq!(client.delay(), delay, "the table's action follows");
    let kept = client.log.iter().find_map(|entry| match &entry.body {
        Body::Closed { code: kept, reason, .. } => Some((kept.0, reason.clone())),
        _ => None,
    });
    assert_eq!(kept, Some((code, key().redact(reason.to_owned()))));
    assert_eq!(client.session.poll_timeout(), delay.map(|delay| client.now.at + delay));
    client.wait(delay.unwrap_or(Millis(0)));
    assert_eq!(matches!(client.session.phase(), Phase::Connecting { .. }), delay.is_some());
}

/// Reads bytes as text; without the key on an echo server, which never had it.
fn text_of(bytes: &[u8], is_echo: bool) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if is_echo { key().redact(text) } else { text }
}

const RAW: &str = "hello";
