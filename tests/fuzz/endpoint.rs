//! Addresses as typed.

use veriops_playground::protocol::{Endpoint, QueryKey, Secret};

/// Reads the input as an address: what is accepted means the same when it is shown and read again,
/// and shows no key.
pub fn check(input: &[u8]) {
    let typed = String::from_utf8_lossy(input);
    let (endpoint, key) = match Endpoint::parse(&typed, Some(PARAMETER)) {
        Ok(parsed) => parsed,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let shown = endpoint.to_string();
    assert!(reads_as(&shown, &endpoint, None), "{shown}");
    let query = shown.split_once('?').map_or("", |(_, query)| query);
    let mut names =
        query.split('&').map(|part| part.split_once('=').map_or(part, |(name, _)| name));
    assert!(!names.any(|name| decoded(name) == PARAMETER.as_bytes()), "{shown}");
    for key in key.into_iter().chain(Secret::new("key&#%+/= é")) {
        let sent = QueryKey { parameter: PARAMETER.to_owned(), key };
        assert!(reads_as(&endpoint.url_with(Some(&sent)), &endpoint, Some(&sent.key)), "{shown}");
        assert!(reads_as(&endpoint.shown_with(&sent), &endpoint, None), "{shown}");
    }
    assert!(endpoint.is_same_server(&endpoint));
    assert!(!(endpoint.is_mixed_content(true) && shown.starts_with("wss://")));
    assert!(!endpoint.is_mixed_content(false));
}

fn reads_as(url: &str, endpoint: &Endpoint, key: Option<&Secret>) -> bool {
    Endpoint::parse(url, Some(PARAMETER))
        .is_ok_and(|(read, found)| read == *endpoint && found.as_ref() == key)
}

/// Decodes the percent-encoding of a name by itself: the endpoint's own decoder is on trial.
fn decoded(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let encoded = digit(0).zip(digit(1)).filter(|_| *byte == b'%');
        let value = encoded.and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
        bytes.push(value.unwrap_or(*byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    bytes
}

const PARAMETER: &str = "token";
