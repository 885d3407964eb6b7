//! The HTTP part of a WebSocket connection.

use std::collections::HashMap;
use std::io;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request to upgrade.
#[derive(Debug)]
pub struct Request {
    /// The first line.
    pub line: String,
    /// The path, without the query.
    pub path: String,
    query: Vec<(String, String)>,
    headers: HashMap<String, String>,
}

impl Request {
    /// Reads a request head; none if the client leaves before its end.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if stream.read(&mut byte).await? == 0 {
                return Ok(None);
            }
            head.extend(byte);
        }
        Ok(Some(Self::parse(&String::from_utf8_lossy(&head))))
    }

    /// Returns the first parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters(name).next()
    }

    /// Returns every parameter of this name.
    pub fn parameters(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns a parameter as a number.
    pub fn number<N: FromStr>(&self, name: &str, default: N) -> N {
        self.parameter(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }

    /// Returns a header; its name in lower case.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn parse(head: &str) -> Self {
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default().to_owned();
        let target = line.split(' ').nth(1).unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query
            .split('&')
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_owned(), percent_decode(value)))
            .collect();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self { path: path.to_owned(), query, headers, line }
    }
}

/// Answers with a status other than 101, and these header lines.
pub async fn refuse(stream: &mut TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await
}

/// Answers with 101, this accept key and these header lines.
pub async fn upgrade(stream: &mut TcpStream, accept: &str, headers: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await
}

/// Returns the accept key that belongs to a client's key (RFC 6455, 4.2.2).
pub fn accept_key(key: &str) -> String {
    const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    BASE64_STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let pair = [byte, rest.clone().next().unwrap_or(0), rest.clone().nth(1).unwrap_or(0)];
        let decoded = std::str::from_utf8(&pair[1..])
            .ok()
            .filter(|_| byte == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if decoded.is_some() {
            rest.nth(1);
        }
        bytes.push(decoded.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
