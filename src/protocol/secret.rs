//! The API key: opened by the URL builder and by nothing else.

use core::ops::Range;

use super::coding::{hex_value, percent_encode, to_base64};

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
    /// What must not be shown, however its characters are written: the key, and its base64.
    hidden: Vec<String>,
    /// For every byte, which of those may begin with it, a bit each. Most bytes begin none, which is
    /// what keeps the search cheap.
    beginnings: Box<[u8; 256]>,
}

impl Secret {
    /// Wraps a key as typed, without surrounding white space. Returns nothing for an empty one.
    pub fn new(typed: &str) -> Option<Self> {
        let value = typed.trim();
        if value.is_empty() {
            return None;
        }
        let mut hidden = Vec::new();
        if value.len() >= SHORTEST_REDACTED {
            hidden.push(value.to_owned());
        }
        // Base64 of the key at each of the three offsets it may have in a longer text.
        for text in (0..3).filter_map(|offset| base64_core(value.as_bytes(), offset)) {
            let url_safe = text.replace('+', "-").replace('/', "_");
            hidden.extend((url_safe != text).then_some(url_safe));
            hidden.push(text);
        }
        let mut beginnings = Box::new([0; 256]);
        for (index, text) in hidden.iter().enumerate() {
            let escapes = if text.starts_with(' ') { &b"\\%+"[..] } else { b"\\%" };
            for byte in text.bytes().take(1).chain(escapes.iter().copied()) {
                beginnings[usize::from(byte)] |= 1 << index;
            }
        }
        Some(Self { value: value.to_owned(), hidden, beginnings })
    }

    /// Returns `text` with every occurrence of the key replaced by [`REDACTED`], each of its characters
    /// plain, percent-encoded or JSON-escaped, and with its base64 replaced likewise.
    ///
    /// A key of fewer than four bytes is left alone: it would eat unrelated text, and who sees it gone
    /// could guess it all the same.
    pub fn redact(&self, text: String) -> String {
        let mut redacted = String::new();
        let mut kept = 0;
        for found in self.places(text.as_bytes()) {
            // An occurrence begins and ends with whole characters.
            redacted.push_str(text.get(kept..found.start).unwrap_or_default());
            redacted.push_str(REDACTED);
            kept = found.end;
        }
        if kept == 0 {
            return text;
        }
        redacted.push_str(text.get(kept..).unwrap_or_default());
        redacted
    }

    /// Overwrites every occurrence of the key in bytes that need not be text.
    pub fn redact_bytes(&self, bytes: &mut [u8]) {
        for found in self.places(bytes) {
            bytes[found].fill(b'*');
        }
    }

    /// Returns the key, percent-encoded for a query.
    pub(super) fn expose_encoded(&self) -> String {
        percent_encode(&self.value)
    }

    /// Returns where the key stands, in order and without overlap; at each place the longest writing.
    fn places(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut ends = Ends::default();
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let beginning = self.beginnings[usize::from(*byte)];
            if beginning == 0 {
                at += 1;
                continue;
            }
            let hidden = self.hidden.iter().enumerate();
            let begun = hidden.filter(|(index, _)| beginning >> index & 1 == 1);
            match begun.filter_map(|(_, hidden)| ends.longest(text, at, hidden)).max() {
                Some(end) => {
                    places.push(at..end);
                    at = end;
                }
                None => at += 1,
            }
        }
        places
    }
}

/// Where what was read so far may end. A writing has more than one reading: `%25` is a percent sign,
/// or one before a `25`. So all of them are followed, each from its own place.
#[derive(Default)]
struct Ends {
    now: Vec<usize>,
    next: Vec<usize>,
}

impl Ends {
    /// Returns the end of the longest writing of `hidden` that begins at a place.
    fn longest(&mut self, text: &[u8], at: usize, hidden: &str) -> Option<usize> {
        self.now.clear();
        self.now.push(at);
        for character in hidden.chars() {
            self.next.clear();
            for at in self.now.drain(..) {
                for end in writings(text, at, character) {
                    if !self.next.contains(&end) {
                        self.next.push(end);
                    }
                }
            }
            core::mem::swap(&mut self.now, &mut self.next);
            if self.now.is_empty() {
                return None;
            }
        }
        self.now.iter().copied().max()
    }
}

/// Returns where each writing of a character ends that begins at a place: plain, percent-encoded,
/// JSON-escaped. The last two need a sign at their beginning, so most places are seen through at once.
fn writings(text: &[u8], at: usize, character: char) -> impl Iterator<Item = usize> {
    let first = text.get(at).copied().unwrap_or_default();
    let mut buffer = [0; 4];
    let plain = character.encode_utf8(&mut buffer).as_bytes();
    let plain_end = text.get(at..).is_some_and(|rest| rest.starts_with(plain));
    let plain_end = plain_end.then_some(at + plain.len());
    let signed_end = match first {
        b'+' if character == ' ' => Some(at + 1),
        b'%' => percent_end(text, at, plain),
        b'\\' => escape_end(text, at + 1, character),
        _ => None,
    };
    plain_end.into_iter().chain(signed_end)
}

fn percent_end(text: &[u8], at: usize, plain: &[u8]) -> Option<usize> {
    plain.iter().try_fold(at, |at, byte| {
        let is_byte =
            text.get(at) == Some(&b'%') && hex_value(text, at + 1, 2) == Some(u16::from(*byte));
        is_byte.then_some(at + 3)
    })
}

/// Returns where an escape of the character ends whose backslash stands before this place.
fn escape_end(text: &[u8], at: usize, character: char) -> Option<usize> {
    let letter = match character {
        '"' | '\\' | '/' => character,
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => 'u',
    };
    let found = char::from(*text.get(at)?);
    if found == letter && letter != 'u' {
        return Some(at + 1);
    }
    // Two for a character that UTF-16 writes as a pair; each behind a backslash.
    character.encode_utf16(&mut [0; 2]).iter().try_fold(at - 1, |at, unit| {
        let is_unit = text.get(at..)?.starts_with(br"\u") && hex_value(text, at + 2, 4)? == *unit;
        is_unit.then_some(at + 6)
    })
}

/// What stands where the key stood.
pub const REDACTED: &str = "•••";

const SHORTEST_REDACTED: usize = 4;

/// Returns the base64 characters that depend on `bytes` alone when they start `offset` bytes into
/// a group of three, whatever stands before and after them.
fn base64_core(bytes: &[u8], offset: usize) -> Option<String> {
    let padded = [&[0, 0][..offset], bytes].concat();
    let (first, last) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
    let text = to_base64(&padded).get(first..last)?.to_owned();
    (text.len() >= SHORTEST_REDACTED * 2).then_some(text)
}

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
    fn no_short_escape_of_json_shows_a_key() {
        for (character, escape) in [
            ('"', r#"\""#),
            ('\\', r"\\"),
            ('/', r"\/"),
            ('\u{8}', r"\b"),
            ('\u{c}', r"\f"),
            ('\n', r"\n"),
            ('\r', r"\r"),
            ('\t', r"\t"),
        ] {
            let key = Secret::new(&format!("can{character}ary")).unwrap();
            assert_eq!(key.redact(format!("<can{escape}ary>")), "<•••>", "{escape}");
        }
    }

    #[test]
    fn a_plus_that_stands_for_a_space_is_a_part_of_the_key() {
        let key = Secret::new("can ary key").unwrap();
        assert_eq!(key.redact("say can+ary+key+42".to_owned()), "say •••+42");
        assert_eq!(key.redact("say can+ary+ke+".to_owned()), "say can+ary+ke+");
    }

    #[test]
    fn a_key_of_four_bytes_is_hidden_and_a_shorter_one_left_alone() {
        let said = |key: &str| Secret::new(key).unwrap().redact("say four!".to_owned());
        assert_eq!([said("four"), said("fou")], ["say •••!", "say four!"]);
    }

    #[test]
    fn base64_is_hidden_from_eight_characters_of_it_on() {
        let said = |key: &str| Secret::new(key).unwrap().redact("say Y2FuYXJ5!".to_owned());
        assert_eq!([said("canary"), said("canar")], ["say •••!", "say Y2FuYXJ5!"]);
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
}
