//! The faults, by path.
//!
//! | path | what happens |
//! |---|---|
//! | `/hang` | the handshake is never answered |
//! | `/http401` `/http403` `/http429` `/http500` `/redirect` | it is answered with that status |
//! | `/badaccept` `/badext` `/badproto` | wrong accept key, an extension or subprotocol nobody offered |
//! | `/rst` `/fin` | TCP ends before the answer |
//! | `/open-rst` `/open-fin` | TCP ends after it; `?after=MS` waits first |
//! | `/close?code=N&reason=…` | close frame right after opening; `&times=2` sends it again after the client's |
//! | `/close-empty` `/close-1byte` `/close-badutf8` | malformed or empty close frames |
//! | `/ignoreclose` | the client's close frame is not answered |
//! | `/silent` | messages are read and never answered |
//! | `/noread` | messages are not even read |
//! | `/say?text=…&text=…` | these texts, each a message |
//! | `/empty` `/nul` `/bom` `/bin` | empty messages, NUL, byte order mark, binary |
//! | `/nest?depth=N` | arrays in arrays, that many |
//! | `/frag` | one message in three frames with a ping inside |
//! | `/masked` `/rsv` `/badutf8` `/badlength` | frames that RFC 6455 forbids |
//! | `/big?bytes=N` `/bomb?bytes=N` | one message of that size; big ones `&times=N`, bombs compressed |
//! | `/flood?n=N` | that many messages |
//! | `/echo?banner=…` | every message back; first the banner, if there is one |
//! | `/ack?delay=MS&times=N&id=…` | each request acked; late, several times or for another id |
//!
//! `delay-open=MS` on any path delays the handshake, and `every=MS` each message that comes unasked. What
//! is not said above behaves as it should.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Ledger;
use super::frame::{Frame, Opcode};
use super::handshake::{Request, accept_key, refuse, upgrade};

/// Serves one connection as its path says, until one side ends it.
pub async fn misbehave(
    mut stream: TcpStream,
    request: &Request,
    ledger: &Ledger,
) -> io::Result<()> {
    sleep(Duration::from_millis(request.number("delay-open", 0))).await;
    let accept = accept_key(request.header("sec-websocket-key"));
    match request.path.as_str() {
        HUNG => return drain(&mut stream).await,
        "/http401" => return refuse(&mut stream, "401 Unauthorized", "").await,
        "/http403" => return refuse(&mut stream, "403 Forbidden", "").await,
        "/http429" => return refuse(&mut stream, "429 Too Many Requests", "").await,
        "/http500" => return refuse(&mut stream, "500 Internal Server Error", "").await,
        "/redirect" => return refuse(&mut stream, "302 Found", "Location: /echo\r\n").await,
        "/rst" => return stream.set_zero_linger(),
        "/fin" => return Ok(()),
        "/badaccept" => {
            let other = accept_key("another client's key");
            upgrade(&mut stream, &other, "").await?;
            return drain(&mut stream).await;
        }
        "/badext" => {
            upgrade(&mut stream, &accept, "Sec-WebSocket-Extensions: never-offered\r\n").await?;
            return drain(&mut stream).await;
        }
        "/badproto" => {
            upgrade(&mut stream, &accept, "Sec-WebSocket-Protocol: never-offered\r\n").await?;
            return drain(&mut stream).await;
        }
        "/bomb" => upgrade(&mut stream, &accept, DEFLATE).await?,
        _ => upgrade(&mut stream, &accept, "").await?,
    }
    let mut conversation = 0;
    ledger.send_modify(|seen| {
        conversation = seen.handshakes;
        seen.handshakes += 1;
        seen.conversations.push(Vec::new());
    });
    sleep(Duration::from_millis(request.number("after", 0))).await;
    let opening = match request.path.as_str() {
        "/open-rst" => return stream.set_zero_linger(),
        "/open-fin" => return Ok(()),
        "/noread" => std::future::pending().await,
        path => opening(path, request),
    };
    let every = request.number("every", 0);
    for frame in opening {
        // Even the shortest sleep would slow a flood down.
        if every > 0 {
            sleep(Duration::from_millis(every)).await;
        }
        stream.write_all(&frame.encode()).await?;
        if frame.is_message() {
            ledger.send_modify(|seen| seen.sent += 1);
        }
    }
    if request.path == "/badlength" {
        // A length of 2^63: the highest bit must be 0.
        stream.write_all(&[0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]).await?;
    }
    converse(&mut stream, request, ledger, conversation).await
}

/// Lists what the server sends unasked right after the handshake.
fn opening(path: &str, request: &Request) -> Vec<Frame> {
    let bytes = request.number("bytes", 0);
    match path {
        "/close" => {
            let code = request.number("code", 1000);
            vec![Frame::close(code, request.parameter("reason").unwrap_or_default().as_bytes())]
        }
        "/close-empty" => vec![Frame::new(Opcode::Close, [])],
        "/close-1byte" => vec![Frame::new(Opcode::Close, [3])],
        "/close-badutf8" => vec![Frame::close(1000, b"\xFF\xFE")],
        "/say" => request.parameters("text").map(Frame::text).collect(),
        "/empty" => vec![Frame::text(""), Frame::new(Opcode::Binary, [])],
        "/nul" => vec![Frame::text("before\0after")],
        "/bom" => vec![Frame::text("\u{FEFF}marked")],
        "/bin" => vec![Frame::new(Opcode::Binary, [0, 1, 0xFE, 0xFF])],
        "/frag" => vec![
            Frame { last: false, ..Frame::text("one, ") },
            Frame::new(Opcode::Ping, "inside"),
            Frame { last: false, ..Frame::new(Opcode::Continuation, "two, ") },
            Frame::new(Opcode::Continuation, "three"),
        ],
        "/masked" => vec![Frame { masked: true, ..Frame::text("masked") }],
        "/rsv" => vec![Frame { reserved: 2, ..Frame::text("reserved") }],
        "/badutf8" => vec![Frame::new(Opcode::Text, b"\xC3\x28")],
        "/big" => vec![Frame::text("x".repeat(bytes)); request.number("times", 1)],
        "/bomb" => vec![Frame::deflated(&vec![b'x'; bytes])],
        "/flood" => (0..request.number("n", 0)).map(|n| Frame::text(event(n))).collect(),
        "/echo" => request.parameters("banner").map(Frame::text).collect(),
        "/nest" => {
            let depth = request.number("depth", 0);
            vec![Frame::text(["[".repeat(depth), "]".repeat(depth)].concat())]
        }
        _ => Vec::new(),
    }
}

/// Reads and answers until the connection ends.
async fn converse(
    stream: &mut TcpStream,
    request: &Request,
    ledger: &Ledger,
    conversation: usize,
) -> io::Result<()> {
    let path = request.path.as_str();
    while let Some(frame) = Frame::read(stream).await? {
        match frame.opcode {
            Opcode::Close => {
                let code = frame.close_code().unwrap_or(1005);
                ledger.send_modify(|seen| seen.closes.push(code));
                if path == "/ignoreclose" {
                    continue;
                }
                let already_sent = usize::from(path.starts_with("/close"));
                for _ in already_sent..request.number("times", 1) {
                    stream.write_all(&frame_again(&frame)).await?;
                }
                return Ok(());
            }
            Opcode::Ping => {
                let pong = Frame::new(Opcode::Pong, frame.payload);
                stream.write_all(&pong.encode()).await?;
            }
            Opcode::Pong | Opcode::Continuation => {}
            Opcode::Text | Opcode::Binary => {
                let text = String::from_utf8_lossy(&frame.payload).into_owned();
                ledger.send_modify(|seen| seen.conversations[conversation].push(text.clone()));
                let answers = match path {
                    "/echo" => vec![Frame { masked: false, ..frame }],
                    "/ack" => acknowledgements(request, &text),
                    _ => Vec::new(),
                };
                if !answers.is_empty() {
                    sleep(Duration::from_millis(request.number("delay", 0))).await;
                }
                for answer in answers {
                    stream.write_all(&answer.encode()).await?;
                    ledger.send_modify(|seen| seen.sent += 1);
                }
            }
        }
    }
    Ok(())
}

/// Returns a client's frame as a server would send it.
fn frame_again(frame: &Frame) -> Vec<u8> {
    Frame { masked: false, ..frame.clone() }.encode()
}

/// Returns the acks to a request; none to anything else.
fn acknowledgements(request: &Request, text: &str) -> Vec<Frame> {
    let Ok(envelope) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let id = request.parameter("id").map_or(envelope["request_id"].clone(), Value::from);
    let status = match envelope["type"].as_str() {
        Some("subscribe") => "subscribed",
        Some("unsubscribe") => "unsubscribed",
        _ => "published",
    };
    let channel = &envelope["payload"]["channel"];
    let ack = json!({
        "type": "ack", "request_id": id, "payload": { "status": status, "channel": channel },
    });
    vec![Frame::text(ack.to_string()); request.number("times", 1)]
}

fn event(number: usize) -> String {
    let data = json!({ "project_id": format!("prj_{number}"), "status": "active" });
    json!({
        "type": "event",
        "request_id": format!("evt_{number}"),
        "payload": { "channel": "project.updated", "event_type": "project.updated", "data": data },
    })
    .to_string()
}

/// Reads until the client leaves.
async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// The path of a handshake that is never answered.
pub const HUNG: &str = "/hang";

const DEFLATE: &str = "Sec-WebSocket-Extensions: permessage-deflate; \
    server_no_context_takeover; client_no_context_takeover\r\n";
