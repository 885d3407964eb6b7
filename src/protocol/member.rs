//! The members of an object in one pass without a value, an error or an allocation: the way of every
//! good message.
//!
//! What is wrong with a bad one, and where, [`super::json`] says. A library would do as well: `serde_json`
//! with raw values takes the same time, but adds 9,800 bytes of brotli to the first load, where this adds
//! 1,500.

use std::borrow::Cow;

use super::json;

/// Hands every member of the object that the text is to `take`: its name and its value as it stands, in
/// the text's order, duplicates included.
///
/// Returns whether the text is one JSON object with names that are text, and no deeper than 64 levels.
/// Where it is not, `take` may have had some members.
pub(super) fn members<'a>(text: &'a str, take: &mut dyn FnMut(Cow<'a, str>, &'a str)) -> bool {
    all(text, take).is_some()
}

fn all<'a>(text: &'a str, take: &mut dyn FnMut(Cow<'a, str>, &'a str)) -> Option<()> {
    let bytes = text.as_bytes();
    let mut at = byte(bytes, space(bytes, 0), b'{')?;
    if bytes.get(at) == Some(&b'}') {
        return end(bytes, at + 1);
    }
    loop {
        let name_end = string(bytes, at)?;
        let name = json::decode(&text[at..name_end])?;
        let start = byte(bytes, space(bytes, name_end), b':')?;
        at = value(bytes, start)?;
        take(name, &text[start..at]);
        at = space(bytes, at);
        match bytes.get(at)? {
            b',' => at = space(bytes, at + 1),
            b'}' => return end(bytes, at + 1),
            _ => return None,
        }
    }
}

/// Returns the end of the value that begins at a place.
fn value(bytes: &[u8], mut at: usize) -> Option<usize> {
    // For every bracket that is still to be closed whether it is a brace, the latest lowest.
    let mut braces = 0_u64;
    let mut depth = 0;
    loop {
        match *bytes.get(at)? {
            b'"' => at = string(bytes, at)?,
            opening @ (b'{' | b'[') => {
                at = space(bytes, at + 1);
                let is_brace = opening == b'{';
                if bytes.get(at) == Some(if is_brace { &b'}' } else { &b']' }) {
                    at += 1;
                } else if depth == u64::BITS {
                    return None;
                } else {
                    braces = braces << 1 | u64::from(is_brace);
                    depth += 1;
                    if is_brace {
                        at = key(bytes, at)?;
                    }
                    continue;
                }
            }
            _ => at = word(bytes, at)?,
        }
        // After a value: what closes, until another value is due.
        loop {
            if depth == 0 {
                return Some(at);
            }
            at = space(bytes, at);
            let is_brace = braces & 1 == 1;
            match bytes.get(at)? {
                b',' => {
                    at = space(bytes, at + 1);
                    if is_brace {
                        at = key(bytes, at)?;
                    }
                    break;
                }
                b'}' if is_brace => {}
                b']' if !is_brace => {}
                _ => return None,
            }
            at += 1;
            braces >>= 1;
            depth -= 1;
        }
    }
}

/// Returns where the value begins whose key stands at a place.
fn key(bytes: &[u8], at: usize) -> Option<usize> {
    byte(bytes, space(bytes, string(bytes, at)?), b':')
}

/// Returns the end of the string that must begin at a place.
fn string(bytes: &[u8], mut at: usize) -> Option<usize> {
    if *bytes.get(at)? != b'"' {
        return None;
    }
    at += 1;
    loop {
        // Most of a message goes by here.
        while !matches!(*bytes.get(at)?, b'"' | b'\\' | 0..0x20) {
            at += 1;
        }
        at += match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => match bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// Returns the end of the literal or number at a place.
fn word(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    if let Some(literal) =
        [&b"true"[..], b"false", b"null"].iter().find(|literal| rest.starts_with(literal))
    {
        return Some(start + literal.len());
    }
    let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let mut at = start + usize::from(is(start, b"-"));
    at = if is(at, b"0") { at + 1 } else { digits(bytes, at)? };
    if is(at, b".") {
        at = digits(bytes, at + 1)?;
    }
    if is(at, b"eE") {
        at = digits(bytes, at + 1 + usize::from(is(at + 1, b"+-")))?;
    }
    Some(at)
}

/// Returns the end of the digits at a place, of which there must be one.
fn digits(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    (at > start).then_some(at)
}

/// Returns where the next thing begins after a byte that must stand at a place.
fn byte(bytes: &[u8], at: usize, wanted: u8) -> Option<usize> {
    (*bytes.get(at)? == wanted).then(|| space(bytes, at + 1))
}

fn end(bytes: &[u8], at: usize) -> Option<()> {
    (space(bytes, at) == bytes.len()).then_some(())
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_message_is_read_with_its_members_in_order_and_as_they_stand() {
        let text = "\n{ \"a\" : [ 1 , {\"b\":\"]}\"} ] ,\"\\u0061\":-0.5e+3,\"\\\"\":\"\\ud800\",\"a\":{} }\t";
        let mut found = Vec::new();
        assert!(members(text, &mut |name, json| found.push((name.into_owned(), json))));
        let found: Vec<_> = found.iter().map(|(name, json)| (&**name, *json)).collect();
        let array = "[ 1 , {\"b\":\"]}\"} ]";
        let expected = [("a", array), ("a", "-0.5e+3"), ("\"", "\"\\ud800\""), ("a", "{}")];
        assert_eq!(found, expected);
        assert!(members("{}", &mut |_, _| panic!("there is none")));
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        let values = [
            "",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e",
            "1e+",
            "nul",
            "nulll",
            "truefalse",
            "'a'",
            "\"a",
            "\"\t\"",
            r#""\x""#,
            r#""\u00g0""#,
            r#""\u00""#,
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "{\"a\":1 \"b\":2}",
            "[[]",
            "]",
        ];
        for value in values {
            let text = ["{\"a\":", value, "}"].concat();
            assert!(!members(&text, &mut |_, _| {}), "{text}");
            assert!(json::check(&text).is_err(), "{text}");
        }
        for text in [
            "",
            " ",
            "[]",
            "1",
            "null",
            "\"{}\"",
            "{",
            "{}}",
            "{} {}",
            "{\"a\":1",
            "{,}",
            "{\"a\":1,}",
        ] {
            assert!(!members(text, &mut |_, _| {}), "{text}");
        }
    }

    #[test]
    fn what_is_json_is_left_to_the_other_reader_where_it_is_too_deep_or_has_a_name_that_is_no_text()
    {
        let nested = |levels| ["{\"a\":", &*"[".repeat(levels), &*"]".repeat(levels), "}"].concat();
        for (text, is_read) in [
            (nested(65), true),
            (nested(66), false),
            (r#"{"\ud800":1}"#.to_owned(), false),
            (r#"{"\ud83d\ude00":1}"#.to_owned(), true),
        ] {
            assert_eq!(members(&text, &mut |_, _| {}), is_read, "{text}");
            assert_eq!(json::check(&text), Ok(()), "{text}");
        }
    }
}
