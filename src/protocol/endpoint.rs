//! Endpoints: `ws` and `wss` URLs, checked before a browser sees them.

use core::fmt;

use super::coding::percent_decode;
use super::secret::{REDACTED, Secret};

/// A WebSocket URL without a key.
///
/// A `token` in the typed URL is not kept: [`Endpoint::parse`] hands it out separately, so that the
/// endpoint can be shown, logged and shared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    secure: bool,
    host: String,
    port: Option<u16>,
    path: String,
    query: Vec<String>,
}

impl Endpoint {
    /// Parses a URL as typed. Returns the endpoint and the key that stood in its `token` parameter.
    ///
    /// # Errors
    ///
    /// Says which part of the URL is at fault, and what would be right.
    pub fn parse(typed: &str) -> Result<(Self, Option<Secret>), EndpointError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(EndpointError::Empty);
        }
        if typed.chars().any(|c| c.is_whitespace() || c.is_control() || r#"\<>^`{|}""#.contains(c))
        {
            return Err(EndpointError::Character);
        }
        let (scheme, rest) = typed.split_once("://").ok_or(EndpointError::Scheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "wss" => true,
            "ws" => false,
            _ => return Err(EndpointError::Scheme),
        };
        if rest.contains('#') {
            return Err(EndpointError::Fragment);
        }
        let (authority, path_and_query) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if authority.contains('@') {
            return Err(EndpointError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        check_host(host)?;
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut key = None;
        let query = query
            .split('&')
            .filter(|part| !part.is_empty())
            .filter(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                let is_token = percent_decode(name) == TOKEN;
                if is_token {
                    key = Secret::new(&percent_decode(value)).or_else(|| key.take());
                }
                !is_token
            })
            .map(str::to_owned)
            .collect();
        let path = if path.is_empty() { "/" } else { path };
        let endpoint =
            Self { secure, host: host.to_ascii_lowercase(), port, path: path.to_owned(), query };
        Ok((endpoint, key))
    }

    /// Returns the URL to connect to, with the key percent-encoded into the `token` parameter.
    ///
    /// This is the one place where a key is opened. The result must reach the browser's WebSocket
    /// constructor and nothing else.
    pub fn url_with(&self, key: Option<&Secret>) -> String {
        match key {
            Some(key) => self.url(Some(&key.expose_encoded())),
            None => self.url(None),
        }
    }

    /// Returns the URL as it may be shown when a key goes with it: `…?token=•••`.
    pub fn shown_with_key(&self) -> String {
        self.url(Some(REDACTED))
    }

    /// Returns host and port as they stand in the URL, such as `api.veriops.example`.
    pub fn host(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// Returns whether the connection is encrypted (`wss`).
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Returns whether the host is this machine.
    ///
    /// Browsers count it as trustworthy, so an https page may open `ws://localhost`.
    pub fn is_local(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || self.host.strip_prefix("127.").is_some_and(|rest| {
                rest.split('.').count() == 3
                    && rest.split('.').all(|part| part.parse::<u8>().is_ok())
            })
    }

    /// Returns whether a browser would block this endpoint on an https page: the row "Connection
    /// error in browser" of the page's common issues.
    pub fn is_mixed_content(&self, page_is_https: bool) -> bool {
        page_is_https && !self.secure && !self.is_local()
    }

    /// Returns whether `other` is the same server: scheme, host, port and path.
    pub fn is_same_server(&self, other: &Self) -> bool {
        self.secure == other.secure
            && self.host == other.host
            && self.effective_port() == other.effective_port()
            && self.path == other.path
    }

    fn effective_port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    fn url(&self, token: Option<&str>) -> String {
        let mut url = format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.host());
        if self.path != "/" || !self.query.is_empty() || token.is_some() {
            url.push_str(&self.path);
        }
        let token = token.map(|token| format!("{TOKEN}={token}"));
        let parts = self.query.iter().chain(token.as_ref());
        for (index, part) in parts.enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(part);
        }
        url
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url(None))
    }
}

/// What is wrong with a typed endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndpointError {
    /// A character that no URL may hold unencoded.
    Character,
    /// Nothing was typed.
    Empty,
    /// A `#fragment`, which a WebSocket URL may not have.
    Fragment,
    /// No host, or one that is no host name.
    Host,
    /// A port that is no number from 1 to 65,535.
    Port,
    /// No scheme, or one other than `ws` and `wss`.
    Scheme,
    /// A user name or password before the host.
    UserInfo,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Character => {
                "the address has a space or another character that must be percent-encoded"
            }
            Self::Empty => "enter an address that starts with wss:// or ws://",
            Self::Fragment => "a WebSocket address has no fragment; remove the # and what follows",
            Self::Host => "the address needs a host name after ://",
            Self::Port => "the port must be a number from 1 to 65535",
            Self::Scheme => "the address must start with wss:// or ws://",
            Self::UserInfo => "a browser sends no user name or password; remove the part before @",
        })
    }
}

impl core::error::Error for EndpointError {}

const TOKEN: &str = "token";

fn split_port(authority: &str) -> Result<(&str, Option<u16>), EndpointError> {
    let after_host = authority.rfind(']').map_or(0, |at| at + 1);
    let tail = authority.get(after_host..).unwrap_or_default();
    let Some(colon) = tail.find(':') else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_host + colon);
    // `parse` would take a sign as well.
    let digits = port.get(1..).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.map(str::parse::<u16>) {
        Some(Ok(port)) if port > 0 => Ok((host, Some(port))),
        _ => Err(EndpointError::Port),
    }
}

fn check_host(host: &str) -> Result<(), EndpointError> {
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = match inner {
        Some(address) => {
            address.contains(':')
                && address.chars().all(|c| c.is_ascii_hexdigit() || ":.".contains(c))
        }
        None => {
            !host.is_empty()
                && !host.starts_with('.')
                && !host.contains("..")
                && host.chars().all(|c| c.is_alphanumeric() || "-._~%".contains(c))
        }
    };
    if is_host { Ok(()) } else { Err(EndpointError::Host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(typed: &str) -> Endpoint {
        Endpoint::parse(typed).unwrap().0
    }

    #[test]
    fn valid_addresses_survive_as_typed() {
        for url in [
            "wss://api.veriops.example/realtime",
            "ws://127.0.0.1:8080/echo",
            "ws://[::1]:9/a?b=c&d",
            "wss://echo.websocket.org",
        ] {
            assert_eq!(endpoint(url).to_string(), url);
        }
        assert_eq!(endpoint(" WSS://Example.ORG/ ").to_string(), "wss://example.org");
    }

    #[test]
    fn invalid_addresses_name_their_fault() {
        for (typed, fault) in [
            ("", EndpointError::Empty),
            ("api.veriops.example", EndpointError::Scheme),
            ("https://api.veriops.example", EndpointError::Scheme),
            ("wss://", EndpointError::Host),
            ("wss:///realtime", EndpointError::Host),
            ("wss://a..b", EndpointError::Host),
            ("wss://[zz]/", EndpointError::Host),
            ("wss://host:0/", EndpointError::Port),
            ("wss://host:65536/", EndpointError::Port),
            ("wss://host:+80/", EndpointError::Port),
            ("wss://host:/", EndpointError::Port),
            ("wss://me:secret@host/", EndpointError::UserInfo),
            ("wss://host/#part", EndpointError::Fragment),
            ("wss://ho st/", EndpointError::Character),
        ] {
            assert_eq!(Endpoint::parse(typed).err(), Some(fault), "{typed}");
        }
    }

    #[test]
    fn the_key_goes_percent_encoded_into_the_token_parameter() {
        let key = Secret::new("a+b&c#d").unwrap();
        let url = endpoint("wss://host/realtime?v=1").url_with(Some(&key));
        assert_eq!(url, "wss://host/realtime?v=1&token=a%2Bb%26c%23d");
    }

    #[test]
    fn a_token_typed_into_the_address_is_taken_out_of_it() {
        let (endpoint, key) = Endpoint::parse("wss://host/x?token=a%2Bb&v=1").unwrap();
        assert_eq!(endpoint.to_string(), "wss://host/x?v=1");
        assert!(key == Secret::new("a+b"));
    }

    #[test]
    fn only_foreign_plain_endpoints_are_mixed_content() {
        assert!(endpoint("ws://example.org").is_mixed_content(true));
        for (url, page_is_https) in [
            ("ws://example.org", false),
            ("wss://example.org", true),
            ("ws://127.0.0.1:1", true),
            ("ws://localhost", true),
        ] {
            assert!(!endpoint(url).is_mixed_content(page_is_https), "{url}");
        }
    }
}
