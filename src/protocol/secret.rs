//! The API key: opened by the URL builder and by nothing else.

use core::ops::Range;

/// An API key.
///
/// It has no `Debug`, `Display`, `Serialize` or conversion to `String`: what cannot be printed
/// cannot leak. [`Endpoint::url_with`](super::Endpoint::url_with) puts it on the wire,
/// [`Secret::redact`] takes it out of everything else.
///
/// ```compile_fail
/// let key = veriops_playground::protocol::Secret::new("canary").unwrap();
/// println!("{key:?}");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Secret {
    value: String,
    /// The forms in which a server might send the key back, longest first.
    shapes: Vec<String>,
}

impl Secret {
    /// Wraps a key as typed, without surrounding white space. Returns nothing for an empty one.
    pub fn new(typed: &str) -> Option<Self> {
        let value = typed.trim();
        if value.is_empty() {
            return None;
        }
        let json = json_escape(value);
        // Some servers escape the slash too.
        let slashed = json.replace('/', r"\/");
        let mut shapes = vec![value.to_owned(), percent_encode(value), json, slashed];
        // Base64 of the key at each of the three offsets it may have in a longer text.
        for text in (0..3).filter_map(|offset| base64_core(value.as_bytes(), offset)) {
            shapes.push(text.replace('+', "-").replace('/', "_"));
            shapes.push(text);
        }
        let mut longest_first: Vec<String> = Vec::new();
        for shape in shapes {
            if shape.len() >= SHORTEST_REDACTED && !longest_first.contains(&shape) {
                let at = longest_first.partition_point(|other| other.len() >= shape.len());
                longest_first.insert(at, shape);
            }
        }
        Some(Self { value: value.to_owned(), shapes: longest_first })
    }

    /// Returns `text` with every occurrence of the key replaced by [`REDACTED`]: plain,
    /// percent-encoded, JSON-escaped or base64.
    ///
    /// A key of fewer than four characters is left alone: it would eat unrelated text.
    pub fn redact(&self, mut text: String) -> String {
        for shape in &self.shapes {
            if text.contains(shape.as_str()) {
                text = text.replace(shape.as_str(), REDACTED);
            }
        }
        text
    }

    /// Overwrites every occurrence of the key in bytes that need not be text.
    pub fn redact_bytes(&self, bytes: &mut [u8]) {
        for shape in self.shapes.iter().map(String::as_bytes) {
            for at in 0..bytes.len() {
                if bytes[at..].starts_with(shape) {
                    bytes[at..at + shape.len()].fill(b'*');
                }
            }
        }
    }

    /// Returns the key, percent-encoded for a query.
    pub(super) fn expose_encoded(&self) -> String {
        percent_encode(&self.value)
    }
}

/// What stands where the key stood.
pub const REDACTED: &str = "•••";

const SHORTEST_REDACTED: usize = 4;

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn json_escape(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let inner: Range<usize> = 1..quoted.len().saturating_sub(1);
    quoted.get(inner).unwrap_or_default().to_owned()
}

/// Returns the base64 characters that depend on `bytes` alone when they start `offset` bytes into
/// a group of three, whatever stands before and after them.
fn base64_core(bytes: &[u8], offset: usize) -> Option<String> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let bits = padded.len() * 8;
    let first = (offset * 8).div_ceil(6);
    let last = bits / 6;
    let text: String = (first..last)
        .map(|index| {
            let value = (0..6).fold(0_usize, |value, bit| {
                let at = index * 6 + bit;
                let byte = padded.get(at / 8).copied().unwrap_or_default();
                value << 1 | usize::from(byte >> (7 - at % 8) & 1)
            });
            char::from(BASE64[value])
        })
        .collect();
    (text.len() >= SHORTEST_REDACTED * 2).then_some(text)
}

/// The characters of base64, in the order of their values.
pub(crate) const BASE64: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_the_key_is_redacted() {
        let key = Secret::new(" k\"ey+/canary ").unwrap();
        for (text, redacted) in [
            ("say k\"ey+/canary", "say •••"),
            ("say k%22ey%2B%2Fcanary!", "say •••!"),
            (r#"{"token":"k\"ey+/canary"}"#, r#"{"token":"•••"}"#),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(key.redact(text.to_owned()), redacted);
        }
    }

    #[test]
    fn base64_of_the_key_is_redacted_at_any_offset() {
        let key = Secret::new("canary-key-42").unwrap();
        // The same key behind prefixes of zero, one and two bytes.
        for text in ["Y2FuYXJ5LWtleS00Mg==", "YWNhbmFyeS1rZXktNDI=", "YWJjYW5hcnkta2V5LTQy"] {
            assert!(key.redact(text.to_owned()).contains(REDACTED), "{text}");
        }
    }

    #[test]
    fn a_blank_key_is_no_key() {
        assert!(Secret::new("  ").is_none());
    }

    #[test]
    fn encoding_keeps_only_unreserved_characters() {
        assert_eq!(percent_encode("a+b&c#d é~"), "a%2Bb%26c%23d%20%C3%A9~");
    }
}
