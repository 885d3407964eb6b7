//! The local sandbox on real sockets: what the simulator's own tests cannot see.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use futures::SinkExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use veriops_playground::api::Api;
use veriops_playground::protocol::{Envelope, MessageType};
use yawc::{Frame, OpCode, TcpWebSocket, WebSocket};

use support::environment;
use support::server::Server;

// This program uses a part of it.
#[allow(dead_code, unreachable_pub)]
mod support {
    pub mod environment;
    pub mod http;
    pub mod server;
}

#[tokio::test]
async fn a_subscription_is_acked_and_an_event_follows() {
    let server = start("");
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    client.send(SUBSCRIBE).await;
    let ack = client.message(MessageType::Ack).await;
    assert!(ack.contains("req_001"), "{ack}");
    let event = client.message(MessageType::Event).await;
    assert!(event.contains("prj_abc123"), "{event}");
}

#[tokio::test]
async fn a_key_is_percent_decoded_and_judged() {
    let server = start("");
    for query in ["", "?token=", "?token=expired%20key", "?token=%65xpired"] {
        let mut client = Client::open(address(&server), &format!("/realtime{query}")).await;
        assert_eq!(client.close().await, Some(4001), "{query}");
    }
    let mut client = Client::open(address(&server), "/realtime?token=a%20b%26%23%2B").await;
    client.send(SUBSCRIBE).await;
    client.message(MessageType::Ack).await;
}

#[tokio::test]
async fn a_message_of_one_byte_over_the_limit_gets_4009_and_not_a_broken_connection() {
    let server = start("");
    for (bytes, code) in [(65_536, 1008), (65_537, 4009), (1_000_000, 4009)] {
        let mut client = Client::open(address(&server), "/realtime?token=key").await;
        client.send(&"x".repeat(bytes)).await;
        assert_eq!(client.close().await, Some(code), "{bytes} bytes");
    }
}

#[tokio::test]
async fn a_malformed_message_gets_1008() {
    let server = start("");
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    client.send("hello").await;
    assert_eq!(client.close().await, Some(1008));
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    client.0.send(Frame::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.close().await, Some(1008));
}

#[tokio::test]
async fn a_published_message_reaches_every_subscribed_connection() {
    let server = start("--event-interval 0");
    let mut clients = [
        Client::open(address(&server), "/realtime?token=one").await,
        Client::open(address(&server), "/realtime?token=two").await,
    ];
    for client in &mut clients {
        client
            .send(r#"{"type":"subscribe","request_id":"req_1","payload":{"channel":"presence"}}"#)
            .await;
        client.message(MessageType::Ack).await;
    }
    clients[0]
        .send(
            r#"{"type":"publish","request_id":"req_2","payload":{"channel":"presence","data":{"user_id":"usr_here"}}}"#,
        )
        .await;
    for client in &mut clients {
        let event = client.message(MessageType::Event).await;
        assert!(event.contains("usr_here"), "{event}");
    }
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_dropped_without_a_close_frame() {
    let server = start("--heartbeat 50");
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    client.message(MessageType::Ping).await;
    assert_eq!(client.close().await, None);
}

#[tokio::test]
async fn a_pong_that_waited_while_the_server_could_not_run_still_counts() {
    let server = start("--heartbeat 1000");
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    for _ in 0..2 {
        let ping = client.message(MessageType::Ping).await;
        server.suspend();
        client.send(&ping.replace("ping", "pong")).await;
        // The next ping is overdue when the server sees the pong.
        std::thread::sleep(Duration::from_millis(1200));
        server.resume();
    }
}

#[tokio::test]
async fn an_incident_goes_wrong_on_open_connections_and_what_stands_on_later_ones() {
    let server = start("--event-interval 0");
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    client.send(SUBSCRIBE).await;
    client.message(MessageType::Ack).await;
    assert_eq!(happen(&server, r#"{"incident":"burst","events":2}"#), r#"{"connections":1}"#);
    client.message(MessageType::Event).await;
    client.message(MessageType::Event).await;
    happen(&server, r#"{"incident":"lose-ack"}"#);
    for id in ["req_lost", "req_came"] {
        client.send(&SUBSCRIBE.replace("req_001", id)).await;
    }
    let ack = client.message(MessageType::Ack).await;
    assert!(ack.contains("req_came"), "{ack}");
    happen(&server, r#"{"incident":"malformed"}"#);
    assert!(Envelope::decode(client.frame().await.unwrap().as_str()).is_err());
    happen(&server, r#"{"incident":"close","code":4009,"reason":"too large"}"#);
    assert_eq!(client.close().await, Some(4009));

    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    happen(&server, r#"{"incident":"refuse-keys"}"#);
    happen(&server, r#"{"incident":"drop"}"#);
    assert_eq!(client.close().await, None);
    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    assert_eq!(client.close().await, Some(4001));
    happen(&server, r#"{"incident":"refuse-keys","on":false}"#);

    happen(&server, r#"{"incident":"unreachable"}"#);
    let (_, head) = handshake(address(&server), "/realtime?token=key", "").await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    happen(&server, r#"{"incident":"unreachable","on":false}"#);

    let mut client = Client::open(address(&server), "/realtime?token=key").await;
    happen(&server, r#"{"incident":"mute"}"#);
    client.send(SUBSCRIBE).await;
    happen(&server, r#"{"incident":"close","code":1001}"#);
    happen(&server, r#"{"incident":"mute","on":false}"#);
    assert_eq!(client.close().await, None, "nobody heard the code");
}

#[tokio::test]
async fn incidents_in_quick_succession_happen_to_a_connection_in_their_order() {
    let server = start("--event-interval 0");
    for _ in 0..20 {
        let mut client = Client::open(address(&server), "/realtime?token=key").await;
        // All of it is there before the server looks for the first.
        let requests = [
            r#"{"incident":"mute"}"#,
            r#"{"incident":"close","code":1001}"#,
            r#"{"incident":"mute","on":false}"#,
        ];
        let requests = requests.map(|body| {
            let length = body.len();
            format!(
                "POST /sandbox/incidents HTTP/1.1\r\nHost: localhost\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        });
        let mut stream = TcpStream::connect(address(&server)).await.unwrap();
        stream.write_all(requests.concat().as_bytes()).await.unwrap();
        assert_eq!(client.close().await, None, "the code was heard");
    }
}

#[tokio::test]
async fn an_incident_is_taken_only_as_json_which_no_page_of_another_origin_may_send() {
    let server = start("");
    let body = r#"{"incident":"drop"}"#;
    for (kind, body, status) in [
        ("text/plain", body, 415),
        ("application/json", body, 200),
        ("application/json", r#"{"incident":"rain"}"#, 400),
        ("application/json", r#"{"incident":"mute","of":true}"#, 400),
    ] {
        let mut stream = TcpStream::connect(address(&server)).await.unwrap();
        let request = format!(
            "POST /sandbox/incidents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{kind} {body}: {answer}");
        assert!(!answer.contains("access-control"), "{answer}");
    }
}

#[tokio::test]
async fn the_log_of_the_sandbox_has_what_clients_sent_and_not_their_keys() {
    let server = start("");
    let mut client = Client::open(address(&server), "/realtime?token=secret").await;
    client.send(SUBSCRIBE).await;
    client.message(MessageType::Ack).await;
    happen(&server, r#"{"incident":"quiet"}"#);
    client.0.send(Frame::close(yawc::close::CloseCode::Normal, "")).await.unwrap();
    client.close().await;
    // The end is written down after the client has heard of it.
    let log = soon(async {
        loop {
            let log = server.get("/sandbox/log");
            if log.contains("closed") {
                break log;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4, "{log}");
    assert_eq!(lines[0]["opened"], "/realtime");
    assert_eq!(lines[1]["text"], SUBSCRIBE);
    assert_eq!(lines[2]["incident"]["incident"], "quiet");
    assert_eq!(lines[3]["closed"], 1000);
    assert!(lines.windows(2).all(|pair| pair[0]["at"].as_u64() <= pair[1]["at"].as_u64()));
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn sigterm_closes_every_connection_with_1001_and_ends_the_program() {
    let mut server = start("");
    let mut realtime = Client::open(address(&server), "/realtime?token=key").await;
    let mut echo = Client::open(address(&server), "/echo").await;
    server.ask_to_stop();
    assert_eq!((realtime.close().await, echo.close().await), (Some(1001), Some(1001)));
    assert!(server.wait().success());
    assert!(TcpStream::connect(address(&server)).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn the_echo_sends_a_banner_and_then_everything_back() {
    let server = start("");
    let mut client = Client::open(address(&server), "/echo").await;
    assert!(client.frame().await.unwrap().as_str().starts_with("Request served by "));
    let long = "{\"grüße\": 1}".repeat(50_000);
    client.send(&long).await;
    assert_eq!(client.frame().await.unwrap().as_str(), long);
    client.0.send(Frame::binary(vec![0, 255])).await.unwrap();
    let frame = client.frame().await.unwrap();
    assert_eq!((frame.opcode(), &frame.payload()[..]), (OpCode::Binary, &[0, 255][..]));
}

#[tokio::test]
async fn permessage_deflate_is_negotiated_with_a_client_that_offers_it() {
    let server = start("");
    for (offer, accepted) in
        [("Sec-WebSocket-Extensions: permessage-deflate\r\n", true), ("", false)]
    {
        let (_, head) = handshake(address(&server), "/echo", offer).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert_eq!(head.contains("permessage-deflate"), accepted, "{head}");
    }
}

#[tokio::test]
async fn a_close_frame_is_sent_once_and_the_connection_ends_after_the_answer() {
    let server = start("");
    let (mut stream, _) = handshake(address(&server), "/realtime", "").await;
    let mut head = [0; 4];
    soon(stream.read_exact(&mut head)).await.unwrap();
    let [0x88, length, high, low] = head else { panic!("no close frame: {head:?}") };
    assert_eq!(u16::from_be_bytes([high, low]), 4001);
    let mut reason = vec![0; usize::from(length) - 2];
    soon(stream.read_exact(&mut reason)).await.unwrap();
    // The answer: the code, masked with zeros.
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, high, low]).await.unwrap();
    let mut rest = Vec::new();
    soon(stream.read_to_end(&mut rest)).await.unwrap();
    assert!(rest.is_empty(), "more after the close frame: {rest:?}");
}

#[tokio::test]
async fn the_page_offers_this_server_first_and_goes_out_with_a_strict_policy() {
    let server = start("");
    let response = get(address(&server), "/veriops.asyncapi.json").await;
    let api = Api::parse(response.split_once("\r\n\r\n").unwrap().1).unwrap();
    let here = address(&server);
    assert_eq!(api.live[0].endpoint.to_string(), format!("ws://{here}/realtime"));
    assert_eq!(api.echo[0].endpoint.to_string(), format!("ws://{here}/echo"));
    let response = get(address(&server), "/").await;
    for header in ["default-src 'none'", "nosniff", "no-referrer", "allow-origin: *", "no-cache"] {
        assert!(response.contains(header), "no {header} in {response}");
    }
}

#[tokio::test]
async fn a_client_that_shares_no_code_with_us_subscribes_and_floods_itself_out() {
    let server = start("--rate-messages 20");
    let python = env::var_os("VERIOPS_PYTHON").expect(
        "VERIOPS_PYTHON names a Python with the package websockets; run `cargo run -- test`",
    );
    let output = tokio::process::Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/independent/client.py"))
        .arg(format!("ws://{}/realtime?token=key", address(&server)))
        .output();
    let output = timeout(Duration::from_mins(1), output).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

const SUBSCRIBE: &str = r#"{"type":"subscribe","request_id":"req_001","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#;

/// Starts the program on a port of its own. It ends with the test.
fn start(flags: &str) -> Server {
    Server::of(dist(), flags)
}

/// Lets something go wrong, and returns what the server says to it.
fn happen(server: &Server, incident: &str) -> String {
    let path = "/sandbox/incidents";
    let answer = support::http::request("POST", server.port(), path, incident).unwrap();
    assert_eq!(answer.status, 200, "{incident}: {}", answer.body);
    answer.body.trim().to_owned()
}

fn address(server: &Server) -> SocketAddr {
    ([127, 0, 0, 1], server.port()).into()
}

/// A folder that stands in for the built page.
fn dist() -> PathBuf {
    let folder = environment::scratch_file("dist");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html>").unwrap();
    let description = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/veriops.asyncapi.json");
    std::fs::copy(description, folder.join("veriops.asyncapi.json")).unwrap();
    folder
}

struct Client(TcpWebSocket);

impl Client {
    async fn open(address: SocketAddr, path: &str) -> Self {
        let url = format!("ws://{address}{path}").parse().unwrap();
        let options =
            yawc::Options::default().with_limits(1 << 24, 1 << 24).with_balanced_compression();
        Self(soon(WebSocket::connect(url).with_options(options)).await.unwrap())
    }

    async fn send(&mut self, text: &str) {
        soon(self.0.send(Frame::text(text.to_owned()))).await.unwrap();
    }

    /// Returns the next frame, or nothing at the end of the connection.
    async fn frame(&mut self) -> Option<Frame> {
        soon(self.0.next_frame()).await.ok()
    }

    /// Returns the text of the next message of this type.
    async fn message(&mut self, kind: MessageType) -> String {
        loop {
            let frame = self.frame().await.expect("the connection is open");
            assert_eq!(frame.opcode(), OpCode::Text, "{:?}", frame.close_code());
            if Envelope::decode(frame.as_str()).unwrap().kind == kind {
                return frame.as_str().to_owned();
            }
        }
    }

    /// Waits for the end of the connection; returns the close code, or nothing without one.
    async fn close(&mut self) -> Option<u16> {
        loop {
            let frame = self.frame().await?;
            if frame.opcode() == OpCode::Close {
                // Writes the answer out.
                assert!(self.frame().await.is_none(), "nothing follows a close frame");
                return frame.close_code().map(u16::from);
            }
        }
    }
}

/// Opens a WebSocket by hand. Returns the connection and the head of the response.
async fn handshake(address: SocketAddr, path: &str, headers: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(stream.read_u8()).await.unwrap());
    }
    (stream, String::from_utf8(head).unwrap())
}

/// Returns the whole response to a GET request.
async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    soon(stream.read_to_string(&mut response)).await.unwrap();
    response
}

/// Waits, but not for ever.
async fn soon<T>(work: impl IntoFuture<Output = T>) -> T {
    timeout(Duration::from_secs(20), work.into_future()).await.expect("an answer within 20 s")
}
