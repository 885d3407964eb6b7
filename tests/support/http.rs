//! HTTP requests that block, to processes of this machine.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The lines before the body.
    pub head: String,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    /// Returns the value of a header, whose name is in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Asks a port of 127.0.0.1 for a path, with these lines of headers.
///
/// # Errors
///
/// When nobody answers there within [`PATIENCE`], or not in HTTP.
pub fn get(port: u16, path: &str, headers: &str) -> io::Result<Answer> {
    exchange("GET", port, path, headers, "")
        .map_err(|error| io::Error::new(error.kind(), format!("GET {path}: {error}")))
}

/// Sends a request to a port of 127.0.0.1. The body is JSON; it may be empty.
///
/// # Errors
///
/// When nobody answers there within [`PATIENCE`], or not in HTTP.
pub fn request(method: &str, port: u16, path: &str, body: &str) -> io::Result<Answer> {
    exchange(method, port, path, "Content-Type: application/json\r\n", body)
        .map_err(|error| io::Error::new(error.kind(), format!("{method} {path}: {error}")))
}

fn exchange(method: &str, port: u16, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         {headers}Content-Length: {}\r\n\r\n{body}",
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
    let mut bytes = Vec::new();
    // Without a length the body ends with the connection.
    stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        bytes = unchunked(&bytes).ok_or_else(|| io::Error::other("the body breaks off"))?;
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Answer { status, head, bytes, body })
}

/// Puts a body together whose pieces have their lengths before them.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let length = usize::from_str_radix(str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(bytes);
        }
        bytes.extend(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 4 + length..)?;
    }
}

/// How long an answer may keep the asker waiting between two pieces.
const PATIENCE: Duration = Duration::from_secs(90);
