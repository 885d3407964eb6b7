//! HTTP requests that block, to processes of this machine.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, as text.
    pub body: String,
}

/// Sends a request to a port of 127.0.0.1. The body is JSON; it may be empty.
///
/// # Errors
///
/// When nobody answers there within [`PATIENCE`], or not in HTTP.
pub fn request(method: &str, port: u16, path: &str, body: &str) -> io::Result<Answer> {
    exchange(method, port, path, body)
        .map_err(|error| io::Error::new(error.kind(), format!("{method} {path}: {error}")))
}

fn exchange(method: &str, port: u16, path: &str, body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head)? > 0 {}
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no answer in HTTP: {head:?}")))?;
    let length = head
        .to_ascii_lowercase()
        .split_once("content-length:")
        .and_then(|(_, rest)| rest.lines().next()?.trim().parse().ok());
    let mut body = Vec::new();
    // Without a length the body ends with the connection.
    stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut body)?;
    Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

/// How long an answer may keep the asker waiting between two pieces.
const PATIENCE: Duration = Duration::from_secs(90);
