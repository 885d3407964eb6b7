//! The chaos server and the proxy do what their tables say, seen by a raw client. The browser
//! tests rest on them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

mod support {
    pub mod chaos;
    pub mod proxy;
}

use std::time::Duration;

use serde_json::{Value, json};
use support::chaos::Chaos;
use support::chaos::frame::{Frame, Opcode};
use support::chaos::handshake::accept_key;
use support::proxy::Proxy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

#[test]
fn the_accept_key_is_the_one_of_rfc_6455() {
    assert_eq!(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

#[tokio::test]
async fn a_refused_handshake_answers_with_its_status() {
    let chaos = Chaos::start().await;
    for (path, status) in [
        ("/http401", "401"),
        ("/http403", "403"),
        ("/http429", "429"),
        ("/http500", "500"),
        ("/redirect", "302"),
    ] {
        let (head, _) = knock(chaos.port(), path).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {head}");
    }
    assert_eq!(chaos.until("all of them leave", |seen| seen.open == 0).await.handshakes, 0);
}

#[tokio::test]
async fn a_wrong_handshake_is_wrong_in_one_place() {
    let chaos = Chaos::start().await;
    let right = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    for (path, is_accept_right, oddity) in [
        ("/badaccept", false, "Sec-WebSocket-Accept: "),
        ("/badext", true, "Sec-WebSocket-Extensions: never-offered\r\n"),
        ("/badproto", true, "Sec-WebSocket-Protocol: never-offered\r\n"),
        ("/echo", true, "HTTP/1.1 101 "),
    ] {
        let (head, _) = knock(chaos.port(), path).await;
        assert!(head.contains(oddity), "{path}: {head}");
        assert_eq!(head.contains(right), is_accept_right, "{path}: {head}");
    }
}

#[tokio::test]
async fn a_handshake_that_hangs_lasts_until_the_client_leaves() {
    let chaos = Chaos::start().await;
    let mut stream = TcpStream::connect(("127.0.0.1", chaos.port())).await.unwrap();
    stream.write_all(&request("/hang")).await.unwrap();
    let seen = chaos.until("the request", |seen| !seen.requests.is_empty()).await;
    assert_eq!((seen.open, seen.handshakes), (1, 0));
    drop(stream);
    chaos.until("the end", |seen| seen.open == 0).await;
}

#[tokio::test]
async fn tcp_ends_before_or_after_the_handshake_with_reset_or_end() {
    let chaos = Chaos::start().await;
    for (path, opens, is_reset) in [
        ("/rst", false, true),
        ("/fin", false, false),
        ("/open-rst", true, true),
        ("/open-fin", true, false),
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", chaos.port())).await.unwrap();
        stream.write_all(&request(path)).await.unwrap();
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer).await;
        assert_eq!(end.is_err(), is_reset, "{path}: {end:?}");
        // A reset may overtake the answer before it.
        assert!(answer.starts_with(b"HTTP/1.1 101") == opens || is_reset, "{path}");
    }
    assert_eq!(chaos.until("all ends", |seen| seen.open == 0).await.handshakes, 2);
}

#[tokio::test]
async fn each_path_sends_its_frames() {
    let chaos = Chaos::start().await;
    let part = |opcode, last, text: &str| Frame { last, ..Frame::new(opcode, text) };
    for (path, frames) in [
        ("/close?code=4001&reason=no%20key", vec![Frame::close(4001, b"no key")]),
        ("/close-empty", vec![Frame::new(Opcode::Close, [])]),
        ("/close-1byte", vec![Frame::new(Opcode::Close, [3])]),
        ("/close-badutf8", vec![Frame::close(1000, b"\xFF\xFE")]),
        ("/say?text=a%20b&text=%C3%A9", vec![Frame::text("a b"), Frame::text("é")]),
        ("/empty", vec![Frame::text(""), Frame::new(Opcode::Binary, [])]),
        ("/nul", vec![Frame::text("before\0after")]),
        ("/bom", vec![Frame::text("\u{FEFF}marked")]),
        ("/bin", vec![Frame::new(Opcode::Binary, [0, 1, 0xFE, 0xFF])]),
        (
            "/frag",
            vec![
                part(Opcode::Text, false, "one, "),
                part(Opcode::Ping, true, "inside"),
                part(Opcode::Continuation, false, "two, "),
                part(Opcode::Continuation, true, "three"),
            ],
        ),
        ("/masked", vec![Frame { masked: true, ..Frame::text("masked") }]),
        ("/rsv", vec![Frame { reserved: 2, ..Frame::text("reserved") }]),
        ("/badutf8", vec![Frame::new(Opcode::Text, b"\xC3\x28")]),
        ("/big?bytes=70000", vec![Frame::text("x".repeat(70_000))]),
        ("/echo?banner=hello", vec![Frame::text("hello")]),
    ] {
        let (_, mut stream) = knock(chaos.port(), path).await;
        for expected in frames {
            assert_eq!(next(&mut stream).await, Some(expected), "{path}");
        }
    }
}

#[tokio::test]
async fn a_length_beyond_the_limit_of_the_protocol_is_announced() {
    let chaos = Chaos::start().await;
    let (_, mut stream) = knock(chaos.port(), "/badlength").await;
    let mut bytes = [0; 10];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(bytes, [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_bomb_is_small_on_the_wire_and_inflates_to_its_size() {
    let chaos = Chaos::start().await;
    let (head, mut stream) = knock(chaos.port(), "/bomb?bytes=1000000").await;
    assert!(head.contains("permessage-deflate; server_no_context_takeover"), "{head}");
    let bomb = next(&mut stream).await.unwrap();
    assert_eq!(bomb.reserved, 4);
    assert!(bomb.payload.len() < 2_000, "{} bytes", bomb.payload.len());
    let stream = [bomb.payload, vec![0, 0, 0xFF, 0xFF]].concat();
    let mut text = String::new();
    // What follows the sync marker is the next message: the stream has no end of its own.
    let _unfinished = std::io::Read::read_to_string(
        &mut flate2::read::DeflateDecoder::new(stream.as_slice()),
        &mut text,
    );
    assert_eq!(text, "x".repeat(1_000_000));
}

#[tokio::test]
async fn a_flood_is_as_long_as_asked_for() {
    let chaos = Chaos::start().await;
    let (_, mut stream) = knock(chaos.port(), "/flood?n=1000").await;
    for number in 0..1000 {
        let envelope = json(&next(&mut stream).await.unwrap());
        assert_eq!(envelope["payload"]["data"]["project_id"], format!("prj_{number}"));
    }
}

#[tokio::test]
async fn echo_sends_back_what_it_gets_and_says_goodbye() {
    let chaos = Chaos::start().await;
    let (_, mut stream) = knock(chaos.port(), "/echo").await;
    say(&mut stream, Frame::text("é")).await;
    assert_eq!(next(&mut stream).await, Some(Frame::text("é")));
    say(&mut stream, Frame::new(Opcode::Ping, "are you there")).await;
    assert_eq!(next(&mut stream).await, Some(Frame::new(Opcode::Pong, "are you there")));
    say(&mut stream, Frame::close(3000, b"bye")).await;
    assert_eq!(next(&mut stream).await, Some(Frame::close(3000, b"bye")));
    assert_eq!(next(&mut stream).await, None);
    let seen = chaos.until("the end", |seen| seen.open == 0).await;
    assert_eq!(seen.requests, ["GET /echo HTTP/1.1"]);
    assert!(seen.messages().eq(["é"]));
    assert_eq!(seen.closes, [3000]);
}

#[tokio::test]
async fn a_close_is_answered_once_twice_or_never() {
    let chaos = Chaos::start().await;
    let bye = || Frame::close(4001, b"");
    for (path, answers) in [
        ("/silent", vec![bye()]),
        ("/close?code=4001", vec![bye()]),
        ("/close?code=4001&times=2", vec![bye(), bye()]),
    ] {
        let (_, mut stream) = knock(chaos.port(), path).await;
        say(&mut stream, bye()).await;
        for answer in answers {
            assert_eq!(next(&mut stream).await, Some(answer), "{path}");
        }
        assert_eq!(next(&mut stream).await, None, "{path}");
    }
    let (_, mut stream) = knock(chaos.port(), "/ignoreclose").await;
    say(&mut stream, bye()).await;
    chaos.until("four closes", |seen| seen.closes.len() == 4).await;
    assert!(timeout(BRIEFLY, next(&mut stream)).await.is_err(), "the close was answered");
}

#[tokio::test]
async fn a_server_that_does_not_read_lets_the_client_fill_its_buffers() {
    let chaos = Chaos::start().await;
    let (_, mut stream) = knock(chaos.port(), "/noread").await;
    let chunk = vec![0; 1 << 20];
    let filled = timeout(Duration::from_millis(500), async {
        for _ in 0..64 {
            stream.write_all(&chunk).await.unwrap();
        }
    });
    assert!(filled.await.is_err(), "64 MB were read");
}

#[tokio::test]
async fn an_ack_can_be_repeated_or_belong_to_nobody() {
    let chaos = Chaos::start().await;
    let subscribe = json!({
        "type": "subscribe", "request_id": "req_001", "payload": { "channel": "presence" },
    });
    for (path, ids) in [
        ("/ack", vec!["req_001"]),
        ("/ack?times=2", vec!["req_001", "req_001"]),
        ("/ack?id=req_999", vec!["req_999"]),
        ("/ack?delay=1", vec!["req_001"]),
    ] {
        let (_, mut stream) = knock(chaos.port(), path).await;
        say(&mut stream, Frame::text(subscribe.to_string())).await;
        for id in ids {
            let expected = json!({
                "type": "ack", "request_id": id,
                "payload": { "status": "subscribed", "channel": "presence" },
            });
            assert_eq!(json(&next(&mut stream).await.unwrap()), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_proxy_passes_bytes_until_it_drops_its_connections() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let (_, mut stream) = knock(proxy.port(), "/echo").await;
    say(&mut stream, Frame::text("through")).await;
    assert_eq!(next(&mut stream).await, Some(Frame::text("through")));
    proxy.drop_all();
    assert!(stream.read_u8().await.is_err_and(|error| error.kind() == RESET));
    chaos.until("the end", |seen| seen.open == 0).await;
    let (head, _stream) = knock(proxy.port(), "/echo").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
}

#[tokio::test]
async fn a_stalled_proxy_holds_bytes_back_and_loses_none() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let (_, mut stream) = knock(proxy.port(), "/echo").await;
    proxy.stall();
    say(&mut stream, Frame::text("held back")).await;
    assert!(timeout(BRIEFLY, next(&mut stream)).await.is_err(), "the proxy did not stall");
    proxy.resume();
    assert_eq!(next(&mut stream).await, Some(Frame::text("held back")));
}

/// How long a silence must last to count as one.
const BRIEFLY: Duration = Duration::from_millis(100);

const RESET: std::io::ErrorKind = std::io::ErrorKind::ConnectionReset;

/// Asks for an upgrade; returns the head of the answer.
async fn knock(port: u16, path: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(&request(path)).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    (String::from_utf8(head).unwrap(), stream)
}

fn request(path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    .into_bytes()
}

async fn say(stream: &mut TcpStream, frame: Frame) {
    stream.write_all(&Frame { masked: true, ..frame }.encode()).await.unwrap();
}

/// Reads a frame; none when the server has left.
async fn next(stream: &mut TcpStream) -> Option<Frame> {
    Frame::read(stream).await.unwrap()
}

fn json(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.payload).unwrap()
}
