//! Exports: the visible entries as NDJSON, to have the same log again, and as HAR, for the developer
//! tools of a browser.

use core::fmt::Write;

use super::record;
use crate::entry::{Body, Entry, FrameDirection, Note, OpenFailure};
use crate::log::Ring;
use crate::protocol::coding::to_base64;
use crate::protocol::json::quote;
use crate::protocol::{CloseCode, Endpoint, Millis, Secret, UnixMillis};

/// Writes the visible entries as NDJSON: a line that says what this is, then one object an entry, with
/// everything that [`import`](super::import::import) needs to give the same entries again.
///
/// `exported` is when. The `keys` are taken out of every text. `sink` takes the file in pieces.
pub fn ndjson(ring: &Ring, exported: UnixMillis, keys: &[Secret], sink: &mut dyn FnMut(&str)) {
    let head = format!(r#"{{"format":"{FORMAT}","version":{VERSION},"exported":"{exported}"}}"#);
    let mut file = File { pending: head + "\n", sink };
    for row in ring.range(0..usize::MAX) {
        file.put(&record::write(redacted(&row.entry, keys)));
        file.put("\n");
    }
    file.finish();
}

/// Writes the visible entries as an HTTP archive, HAR 1.2: one entry a connection, its frames in
/// `_webSocketMessages` as Chromium's developer tools write them.
///
/// Frames whose connection is not known, because its opening is no longer kept, belong to one entry
/// as well. The `keys` are taken out of every text. `sink` takes the file in pieces.
pub fn har(ring: &Ring, keys: &[Secret], sink: &mut dyn FnMut(&str)) {
    let file = File { pending: har_head(), sink };
    let mut archive = HarWriter { file, connection: None, is_first: true };
    if let Some(opening) = ring.opening() {
        archive.add(redacted(opening, keys));
    }
    for row in ring.range(0..usize::MAX) {
        archive.add(redacted(&row.entry, keys));
    }
    archive.end_connection();
    archive.file.put("\n]}}\n");
    archive.file.finish();
}

/// What the first line of a file calls its format.
pub(super) const FORMAT: &str = "veriops-playground-log";

/// The version of the format that is written, and the only one that is read.
pub(super) const VERSION: &str = "1";

/// Returns an entry without the keys.
pub(super) fn redacted(entry: &Entry, keys: &[Secret]) -> Entry {
    let mut entry = entry.clone();
    for key in keys {
        entry.body.redact(key);
    }
    entry
}

/// Gathers what is written into pieces of a fair size.
struct File<'a> {
    pending: String,
    sink: &'a mut dyn FnMut(&str),
}

impl File<'_> {
    fn put(&mut self, text: &str) {
        self.pending.push_str(text);
        if self.pending.len() >= PIECE_BYTES {
            self.finish();
        }
    }

    fn finish(&mut self) {
        (self.sink)(&self.pending);
        self.pending.clear();
    }
}

const PIECE_BYTES: usize = 64 << 10;

/// An HTTP archive in the making.
struct HarWriter<'a> {
    file: File<'a>,
    connection: Option<HarConnection>,
    /// Whether the next element of the present array is its first.
    is_first: bool,
}

/// The connection whose frames are being written.
struct HarConnection {
    /// When the handshake was over.
    since: UnixMillis,
    /// How long the handshake took.
    handshake: Millis,
    /// The headers of the server's answer, as JSON; none if it never opened.
    headers: Option<String>,
    /// When something happened last.
    last: UnixMillis,
    /// More members of the archive's entry, as JSON.
    more: String,
}

impl HarWriter<'_> {
    fn add(&mut self, entry: Entry) {
        let wall = entry.at.wall;
        if let Some(connection) = &mut self.connection {
            connection.last = wall;
        }
        let is_end = entry.ends_connection();
        match entry.body {
            Body::Binary { bytes } => {
                let data = quote(&to_base64(&bytes));
                self.frame(FrameDirection::Received, BINARY, &data, wall);
            }
            Body::Closed { code: CloseCode(code), reason, clean, ours } => {
                let reason = quote(&reason);
                self.note(format!(
                    r#","_webSocketClose":{{"code":{code},"reason":{reason},"clean":{clean},"ours":{ours}}}"#
                ));
            }
            Body::Heartbeat { ping, pong, .. } => {
                self.frame(FrameDirection::Received, TEXT, &quote(&ping), wall);
                if let Some(pong) = pong {
                    self.frame(FrameDirection::Sent, TEXT, &quote(&pong), wall);
                }
            }
            Body::Message { direction, text, .. } => {
                self.frame(direction, TEXT, &quote(&text), wall);
            }
            Body::Note(Note::Connecting { endpoint, .. }) => self.begin(&endpoint, wall),
            Body::Note(Note::OpenFailed { failure, .. }) => {
                let error = match failure {
                    OpenFailure::Blocked => "blocked".to_owned(),
                    OpenFailure::Refused { name } => name,
                    OpenFailure::TimedOut { .. } => "timed out".to_owned(),
                    OpenFailure::Unreachable => "unreachable".to_owned(),
                };
                self.note(format!(r#","_error":{}"#, quote(&error)));
            }
            Body::Note(_) => {}
            Body::Opened { endpoint, extensions, protocol, after } => {
                if self.connection.as_ref().is_none_or(|connection| connection.headers.is_some()) {
                    self.begin(&endpoint, UnixMillis(wall.0.saturating_sub(after.0)));
                }
                let headers = headers(&extensions, &protocol);
                if let Some(connection) = &mut self.connection {
                    connection.headers = Some(headers);
                    connection.handshake = after;
                    (connection.since, connection.last) = (wall, wall);
                }
            }
        }
        if is_end {
            self.end_connection();
        }
    }

    /// Begins the entry of a connection, up to its frames.
    fn begin(&mut self, endpoint: &str, started: UnixMillis) {
        self.end_connection();
        self.separate();
        let url = url(endpoint);
        let (query, url) = (query(&url), quote(&url));
        self.file.put(&format!(
            r#"{{"startedDateTime":"{started}","_resourceType":"websocket","request":{{"method":"GET","url":{url},"httpVersion":"HTTP/1.1","cookies":[],"headers":[],"queryString":[{query}],"headersSize":-1,"bodySize":0}},"_webSocketMessages":["#
        ));
        self.is_first = true;
        self.connection = Some(HarConnection {
            since: started,
            handshake: Millis(0),
            headers: None,
            last: started,
            more: String::new(),
        });
    }

    fn frame(&mut self, direction: FrameDirection, opcode: u8, data: &str, wall: UnixMillis) {
        if self.connection.is_none() {
            self.begin("", wall);
        }
        // A frame passed, so the connection was open.
        if let Some(connection) = &mut self.connection {
            connection.headers.get_or_insert_default();
        }
        self.separate();
        let kind = match direction {
            FrameDirection::Received => "receive",
            FrameDirection::Sent => "send",
        };
        let (seconds, milli) = (wall.0 / 1_000, wall.0 % 1_000);
        self.file.put(&format!(
            r#"{{"type":"{kind}","time":{seconds}.{milli:03},"opcode":{opcode},"data":{data}}}"#
        ));
    }

    /// Adds members to the entry of the present connection.
    fn note(&mut self, members: String) {
        if let Some(connection) = &mut self.connection {
            connection.more = members;
        }
    }

    /// Ends the entry of the present connection, if there is one.
    fn end_connection(&mut self) {
        let Some(HarConnection { since, handshake, headers, last, more }) = self.connection.take()
        else {
            return;
        };
        let (status, words) =
            if headers.is_some() { (101, "Switching Protocols") } else { (0, "") };
        let headers = headers.unwrap_or_default();
        let wait = handshake.0;
        let receive = last.0.saturating_sub(since.0);
        let time = wait + receive;
        self.file.put(&format!(
            r#"
],"response":{{"status":{status},"statusText":"{words}","httpVersion":"HTTP/1.1","cookies":[],"headers":[{headers}],"content":{{"size":0,"mimeType":"x-unknown"}},"redirectURL":"","headersSize":-1,"bodySize":-1}},"cache":{{}},"timings":{{"send":0,"wait":{wait},"receive":{receive}}},"time":{time}{more}}}"#
        ));
        self.is_first = false;
    }

    fn separate(&mut self) {
        self.file.put(if self.is_first { "\n" } else { ",\n" });
        self.is_first = false;
    }
}

/// The opcodes of RFC 6455 for frames with data.
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;

fn har_head() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"VeriOps WebSocket playground","version":"{version}"}},"pages":[],"entries":["#
    )
}

/// Returns an endpoint as a URL without the key. One that is no URL, such as the simulator's, becomes
/// a host that cannot exist.
fn url(endpoint: &str) -> String {
    match (Endpoint::parse(endpoint, None), endpoint) {
        (Ok((endpoint, _key)), _) => endpoint.to_string(),
        (Err(_), "") => "wss://unknown.invalid".to_owned(),
        (Err(_), name) => format!("wss://{}.invalid", name.replace(' ', "-")),
    }
}

/// Returns the parameters of a URL as the archive lists them.
fn query(url: &str) -> String {
    let mut list = String::new();
    for part in url.split_once('?').map_or("", |(_, query)| query).split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        list_pair(&mut list, name, value);
    }
    list
}

fn headers(extensions: &str, protocol: &str) -> String {
    let mut list = String::new();
    for (name, value) in
        [("Sec-WebSocket-Extensions", extensions), ("Sec-WebSocket-Protocol", protocol)]
    {
        list_pair(&mut list, if value.is_empty() { "" } else { name }, value);
    }
    list
}

/// Appends a name and its value to a list; without a name, nothing.
fn list_pair(list: &mut String, name: &str, value: &str) {
    if !name.is_empty() {
        let separator = if list.is_empty() { "" } else { "," };
        let (name, value) = (quote(name), quote(value));
        // Writing to a string cannot fail.
        let _ = write!(list, r#"{separator}{{"name":{name},"value":{value}}}"#);
    }
}
