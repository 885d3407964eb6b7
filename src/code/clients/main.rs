//! Receives events over a WebSocket: subscribes, answers pings, and comes back after an end.
//!
//! VERIOPS_API_KEY in the environment is the API key.

use std::env;
use std::io;
use std::ops::RangeFrom;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use futures_util::{SinkExt, StreamExt};
use humantime::format_rfc3339_millis;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

// Settings: what to connect to, and what the API asks of its clients.
const ENDPOINT: &str = "wss://api.veriops.example/realtime";
const SUBSCRIPTIONS: &[(&str, &str)] = &[("project.updated", r#"{"project_id":"prj_abc123"}"#)];
const KEY_PARAMETER: &str = "token"; // "" where the API takes no key
const ACK_MS: u64 = 10_000;
const SILENCE_MS: u64 = 75_000;
const STABLE_MS: u64 = 10_000;
const BACKOFF_MS: &[u64] = &[1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const RETRY_CODES: &[u16] = &[1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015];
const WAIT_MS: &[(u16, u64)] = &[(4008, 60_000)];
const ADVICE: &[(u16, &str)] = &[
    (1000, "Normal closure. No action required."),
    (
        1001,
        "Server going away. Reconnect with exponential backoff.",
    ),
    (
        1006,
        "Abnormal close (no close frame). Reconnect with exponential backoff.",
    ),
    (1008, "Policy violation. Check message format and size."),
    (
        4001,
        "Authentication failed. Verify your API key is valid and not expired.",
    ),
    (
        4002,
        "Subscription limit reached. Unsubscribe from unused channels (max 50).",
    ),
    (4008, "Rate limited. Wait 60 seconds before reconnecting."),
    (
        4009,
        "Message too large. Reduce message size to under 64 KB.",
    ),
];
// End of settings.

/// Handles an event. Put your own code here.
fn on_event(channel: &str, data: &Value) {
    println!("event {channel} {data}");
}

/// Handles news about the connection and its subscriptions.
fn on_state(text: &str) {
    eprintln!("{text}");
}

/// Handles a message that is none of the API's.
fn on_unknown(text: &str) {
    let start: String = text.chars().take(200).collect();
    eprintln!("not understood: {start}");
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A message to the server.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Outgoing<'a> {
    Subscribe {
        request_id: &'a str,
        sent_at: String,
        payload: Topic<'a>,
    },
    Pong {
        request_id: &'a str,
        sent_at: String,
    },
}

/// What a subscription is about; its filters are JSON text that is sent as it stands.
#[derive(Serialize)]
struct Topic<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<&'a RawValue>,
}

/// A message from the server.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Incoming {
    Event { payload: Event },
    Ping { request_id: String },
    Ack { request_id: String },
    Pong,
}

#[derive(Deserialize)]
struct Event {
    event_type: String,
    data: Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut query = String::new();
    if !KEY_PARAMETER.is_empty() {
        let key = env::var("VERIOPS_API_KEY").unwrap_or_default();
        if key.is_empty() {
            on_state("set VERIOPS_API_KEY to your API key");
            return ExitCode::FAILURE;
        }
        let mark = if ENDPOINT.contains('?') { '&' } else { '?' };
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        query = format!("{mark}{}={}", encoded(KEY_PARAMETER), encoded(&key));
    }
    let mut open = None;
    select! {
        code = run(&query, &mut open) => return code,
        () = stopped() => {}
    }
    if let Some(socket) = open {
        close(socket).await;
    }
    ExitCode::SUCCESS
}

/// Connects again and again until an end that is final; `open` holds what is connected.
async fn run(query: &str, open: &mut Option<Socket>) -> ExitCode {
    let mut ids = 1..;
    let mut failures = 0;
    loop {
        on_state(&format!("connecting to {ENDPOINT}"));
        let (ended, wait) = match connect(query).await {
            Ok(socket) => {
                on_state("open");
                let mut connection = Connection::new(open.insert(socket));
                let (code, reason) = connection.receive(&mut ids).await;
                if connection.is_stable() {
                    failures = 0;
                }
                // Where the connection broke or fell silent, nobody would answer a close.
                match open.take() {
                    Some(socket) if code != 1006 => close(socket).await,
                    _ => {}
                }
                let mut ended = format!("closed {code}");
                if !reason.is_empty() {
                    ended += &format!(" ({reason})");
                }
                let wait = find(WAIT_MS, code);
                if wait.is_none() && !RETRY_CODES.contains(&code) {
                    if let Some(advice) = find(ADVICE, code) {
                        ended += &format!(": {advice}");
                    }
                    on_state(&ended);
                    return ExitCode::from(u8::from(code != 1000));
                }
                (ended, wait)
            }
            Err(Error::Http(response)) if response.status().is_client_error() => {
                on_state(&format!("refused: HTTP {}", response.status().as_u16()));
                return ExitCode::FAILURE;
            }
            Err(error) => (format!("no connection ({error})"), None),
        };
        let delay = Duration::from_millis(wait.unwrap_or_else(|| {
            failures += 1;
            BACKOFF_MS[failures.min(BACKOFF_MS.len()) - 1]
        }));
        on_state(&format!(
            "{ended}: next attempt in {} s",
            delay.as_secs_f64()
        ));
        sleep(delay).await;
    }
}

/// Returns what a table says about a close code.
fn find<T: Copy>(table: &[(u16, T)], code: u16) -> Option<T> {
    table.iter().find(|row| row.0 == code).map(|row| row.1)
}

async fn connect(query: &str) -> Result<Socket, Error> {
    let attempt = connect_async(format!("{ENDPOINT}{query}"));
    let (socket, _) = timeout(Duration::from_secs(10), attempt)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(socket)
}

/// Closes with 1000 and waits for the server's close, for three seconds at most.
async fn close(mut socket: Socket) {
    let frame = CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    };
    let closing = async {
        // After the server's close this sends the answer to it instead.
        let _ = socket.close(Some(frame)).await;
        while let Some(Ok(_)) = socket.next().await {}
    };
    let _ = timeout(Duration::from_secs(3), closing).await;
}

/// Waits for Ctrl+C or SIGTERM.
#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be handled");
    select! {
        _ = ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
async fn stopped() {
    let _ = ctrl_c().await;
}

/// An open connection: what was asked over it, and when it was heard.
struct Connection<'a> {
    socket: &'a mut Socket,
    opened: Instant,
    heard: Option<Instant>,
    pending: Vec<(String, &'static str)>,
}

impl<'a> Connection<'a> {
    fn new(socket: &'a mut Socket) -> Self {
        Self {
            socket,
            opened: Instant::now(),
            heard: None,
            pending: Vec::new(),
        }
    }

    /// Tells whether it went well for long enough that the delays may start over.
    fn is_stable(&self) -> bool {
        self.heard.is_some() && self.opened.elapsed() >= Duration::from_millis(STABLE_MS)
    }

    /// Subscribes to everything, handles messages until the connection ends, and returns the close
    /// code and the reason.
    async fn receive(&mut self, ids: &mut RangeFrom<u64>) -> (u16, String) {
        for ((channel, filters), id) in SUBSCRIPTIONS.iter().zip(ids) {
            self.subscribe(channel, filters, format!("req_{id}")).await;
        }
        let mut acks_are_due = true;
        loop {
            let acks_due = self.opened + Duration::from_millis(ACK_MS);
            let silent = self.heard.unwrap_or(self.opened) + Duration::from_millis(SILENCE_MS);
            select! {
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.handle(&text).await,
                    Some(Ok(Message::Binary(bytes))) => {
                        self.heard = Some(Instant::now());
                        on_unknown(&format!("{} bytes of binary", bytes.len()));
                    }
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return (frame.code.into(), frame.reason.to_string());
                    }
                    Some(Ok(Message::Close(None))) => return (1005, String::new()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return (1006, String::new()),
                },
                () = sleep_until(acks_due), if acks_are_due => {
                    acks_are_due = false;
                    self.report_missing_acks();
                }
                () = sleep_until(silent) => {
                    on_state(&format!("silent for {} s", SILENCE_MS as f64 / 1000.0));
                    return (1006, String::new());
                }
            }
        }
    }

    async fn subscribe(&mut self, channel: &'static str, filters: &str, request_id: String) {
        let topic = Topic {
            channel,
            filters: serde_json::from_str(filters).ok(),
        };
        let request = Outgoing::Subscribe {
            request_id: &request_id,
            sent_at: now(),
            payload: topic,
        };
        self.send(&request).await;
        self.pending.push((request_id, channel));
    }

    fn report_missing_acks(&self) {
        for (request_id, channel) in &self.pending {
            let seconds = ACK_MS as f64 / 1000.0;
            on_state(&format!(
                "no answer within {seconds} s to subscribe {channel} ({request_id})"
            ));
        }
    }

    async fn handle(&mut self, text: &str) {
        self.heard = Some(Instant::now());
        match serde_json::from_str(text) {
            Ok(Incoming::Event { payload }) => on_event(&payload.event_type, &payload.data),
            Ok(Incoming::Ping { request_id }) => {
                let pong = Outgoing::Pong {
                    request_id: &request_id,
                    sent_at: now(),
                };
                self.send(&pong).await;
            }
            Ok(Incoming::Ack { request_id }) => {
                if let Some(at) = self.pending.iter().position(|asked| asked.0 == request_id) {
                    on_state(&format!("subscribed to {}", self.pending.remove(at).1));
                }
            }
            Ok(Incoming::Pong) => {}
            Err(_) => on_unknown(text),
        }
    }

    async fn send(&mut self, message: &Outgoing<'_>) {
        let text = serde_json::to_string(message).expect("text and JSON make JSON");
        // What cannot be sent needs no words: what comes next tells that the connection is over.
        let _ = self.socket.send(text.into()).await;
    }
}

/// Returns the time in UTC, as in 2026-03-19T14:30:00.000Z.
fn now() -> String {
    format_rfc3339_millis(SystemTime::now()).to_string()
}
