//! Endpoints: `ws` and `wss` URLs, checked before a browser sees them.

use core::fmt;

use super::coding::{percent_decode, percent_encode};
use super::secret::{REDACTED, Secret};

/// A WebSocket URL without a key.
///
/// A key in the typed URL is not kept: [`Endpoint::parse`] hands it out separately, so that the
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
    /// Parses a URL as typed. Returns the endpoint and the key that stood in the query parameter
    /// `key_parameter`; of several the last.
    ///
    /// # Errors
    ///
    /// Says which part of the URL is at fault, and what would be right. It never quotes the URL.
    pub fn parse(
        typed: &str,
        key_parameter: Option<&str>,
    ) -> Result<(Self, Option<Secret>), EndpointError> {
        let (address, keys) = split_keys(typed.trim(), key_parameter);
        let key = keys.iter().rev().find_map(|key| Secret::new(key));
        Self::parse_keyless(&address).map(|endpoint| (endpoint, key))
    }

    fn parse_keyless(address: &str) -> Result<Self, EndpointError> {
        if address.is_empty() {
            return Err(EndpointError::Empty);
        }
        if address
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || r#"\<>^`{|}""#.contains(c))
        {
            return Err(EndpointError::Character);
        }
        let (scheme, rest) = address.split_once("://").ok_or(EndpointError::Scheme)?;
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
        let query = query.split('&').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self { secure, host: host.to_ascii_lowercase(), port, path: path.to_owned(), query })
    }

    /// Returns the URL to connect to, with the key percent-encoded into its parameter: the row
    /// "Authentication" of the page's connection details.
    ///
    /// This is the one place where a key is opened. The result must reach the browser's WebSocket
    /// constructor and nothing else.
    pub fn url_with(&self, key: Option<&QueryKey>) -> String {
        match key {
            Some(QueryKey { parameter, key }) => self.url(Some((parameter, &key.expose_encoded()))),
            None => self.url(None),
        }
    }

    /// Returns the URL as it may be shown when a key goes with it: `…?token=•••`.
    pub fn shown_with(&self, key: &QueryKey) -> String {
        self.url(Some((&key.parameter, REDACTED)))
    }

    /// Returns host and port as they stand in the URL, such as `api.veriops.example`.
    pub fn host(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
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

    fn url(&self, pair: Option<(&str, &str)>) -> String {
        let mut url = format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.host());
        if self.path != "/" || !self.query.is_empty() || pair.is_some() {
            url.push_str(&self.path);
        }
        let pair = pair.map(|(name, value)| format!("{}={value}", percent_encode(name)));
        for (index, part) in self.query.iter().chain(&pair).enumerate() {
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

/// A key, and the name of the query parameter that carries it.
#[derive(Clone, Eq, PartialEq)]
pub struct QueryKey {
    /// The parameter's name.
    pub parameter: String,
    /// The key.
    pub key: Secret,
}

/// Takes the keys out of an address as typed, which need not be a right one yet. Returns the rest of
/// the address, and the keys as they were typed before their percent-encoding.
///
/// A key is what follows the name of `key_parameter`, in whatever case and percent-encoding, up to the
/// next `&`: behind a `?`, but also behind a `&`, `#` or `;` in its place, where a server would not look
/// for it and a reader all the same means it. What stands for a key that was taken out before,
/// [`REDACTED`], is taken out of any parameter and is no key.
pub fn split_keys(typed: &str, key_parameter: Option<&str>) -> (String, Vec<String>) {
    let mut address = String::with_capacity(typed.len());
    let mut keys = Vec::new();
    // What joins the next part to those before it.
    let mut joint = None;
    for part in typed.split('&') {
        let mut kept = Some(part);
        let mut next_joint = '&';
        while let Some((at, value)) = kept.and_then(|kept| find_key(kept, key_parameter)) {
            if !value.is_empty() && value != REDACTED {
                keys.push(percent_decode(value));
            }
            next_joint = part[..at].chars().next_back().unwrap_or(next_joint);
            // The character before it goes too; all of those that may stand there have one byte.
            kept = at.checked_sub(1).map(|end| &part[..end]);
        }
        if let Some(kept) = kept {
            address.extend(joint);
            address.push_str(kept);
            joint = Some(if address.contains('?') { '&' } else { next_joint });
        }
    }
    (address, keys)
}

/// Finds the first key in a part of an address: where the name of its parameter begins, and its value.
fn find_key<'a>(part: &'a str, key_parameter: Option<&str>) -> Option<(usize, &'a str)> {
    let begins = part.match_indices(BEFORE_NAME).map(|(at, _)| at + 1);
    core::iter::once(0).chain(begins).find_map(|at| {
        let rest = &part[at..];
        let end = rest.find(BEFORE_NAME).unwrap_or(rest.len());
        let (name, value) = match rest[..end].find('=') {
            Some(equals) => (&rest[..equals], &rest[equals + 1..]),
            None if end == rest.len() => (rest, ""),
            None => return None,
        };
        let is_key =
            key_parameter.is_some_and(|key| percent_decode(name).eq_ignore_ascii_case(key));
        (is_key || value == REDACTED && !name.contains('/')).then_some((at, value))
    })
}

/// What may stand before a parameter's name, beside the `&` that separates them.
const BEFORE_NAME: [char; 3] = ['?', '#', ';'];

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
        Endpoint::parse(typed, Some("token")).unwrap().0
    }

    #[test]
    fn only_the_names_and_addresses_of_this_machine_are_local() {
        for (host, is_local) in [
            ("localhost", true),
            ("api.localhost", true),
            ("[::1]", true),
            ("127.0.0.1", true),
            ("127.255.3.4", true),
            ("notlocalhost", false),
            ("localhost.example", false),
            ("[::2]", false),
            ("128.0.0.1", false),
            ("127.0.1", false),
            ("127.0.0.0.1", false),
            ("127.0.0.256", false),
            ("127.0.0.example", false),
            ("127.example", false),
        ] {
            let endpoint = endpoint(&format!("ws://{host}:8080/"));
            assert_eq!(endpoint.is_local(), is_local, "{host}");
            assert_eq!(endpoint.is_mixed_content(true), !is_local, "{host}");
        }
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
            ("wss://[12]/", EndpointError::Host),
            ("wss://[z::1]/", EndpointError::Host),
            ("wss://.host/", EndpointError::Host),
            ("wss://ho!st/", EndpointError::Host),
            ("wss://host:0/", EndpointError::Port),
            ("wss://host:65536/", EndpointError::Port),
            ("wss://host:+80/", EndpointError::Port),
            ("wss://host:/", EndpointError::Port),
            ("wss://me:secret@host/", EndpointError::UserInfo),
            ("wss://host/#part", EndpointError::Fragment),
            ("wss://ho st/", EndpointError::Character),
        ] {
            assert_eq!(Endpoint::parse(typed, None).err(), Some(fault), "{typed}");
        }
    }

    #[test]
    fn a_character_that_must_be_percent_encoded_is_a_fault_wherever_it_stands() {
        for character in "\\<>^`{|}\"\u{7f}\u{1}\u{2003}".chars() {
            for typed in
                [format!("wss://h{character}/"), format!("wss://h/{character}?v={character}")]
            {
                assert_eq!(
                    Endpoint::parse(&typed, None).err(),
                    Some(EndpointError::Character),
                    "{typed}"
                );
            }
        }
    }

    #[test]
    fn the_key_goes_percent_encoded_into_the_token_parameter() {
        let key = QueryKey { parameter: "token".into(), key: Secret::new("a+b&c#d").unwrap() };
        let url = endpoint("wss://host/realtime?v=1").url_with(Some(&key));
        assert_eq!(url, "wss://host/realtime?v=1&token=a%2Bb%26c%23d");
    }

    #[test]
    fn a_token_typed_into_the_address_is_taken_out_of_it() {
        let (endpoint, key) =
            Endpoint::parse("wss://host/x?token=a%2Bb&v=1", Some("token")).unwrap();
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
