//! Texts as literals of each language.
//!
//! What cannot be seen, or would turn the direction of a line, is written as an escape: the reader of
//! the code sees what it sends.

use core::fmt::Write as _;

use crate::protocol::coding::percent_encode;

use super::Language;

/// Returns the code points of a text.
pub(super) fn points(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

/// Returns the code points of a JSON string; half a surrogate pair is one as well.
pub(super) fn points_of_json(string: &str) -> Vec<u32> {
    let inner = string.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut chars = inner.unwrap_or(string).chars();
    let mut points = Vec::<u32>::new();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        let point = match escaped {
            None => c.into(),
            Some('b') => 0x8,
            Some('f') => 0xc,
            Some('n') => 0xa,
            Some('r') => 0xd,
            Some('t') => 0x9,
            Some('u') => {
                let digits = chars.as_str().get(..4).unwrap_or_default();
                chars = chars.as_str()[digits.len()..].chars();
                u32::from_str_radix(digits, 16).unwrap_or_default()
            }
            Some(c) => c.into(),
        };
        match points.last_mut() {
            Some(high @ 0xd800..0xdc00) if (0xdc00..0xe000).contains(&point) => {
                *high = 0x1_0000 + ((*high - 0xd800) << 10) + (point - 0xdc00);
            }
            _ => points.push(point),
        }
    }
    points
}

/// Returns a string literal of JavaScript, in a page's own script such that it cannot end the script.
pub(super) fn javascript(points: &[u32], language: Language) -> String {
    let is_html = language == Language::Browser;
    literal(points, |point| match char::from_u32(point) {
        Some('<') if is_html => Some("\\u003c".to_owned()),
        Some(c) if is_visible(c) => None,
        _ if point > 0xffff => Some(format!("\\u{{{point:x}}}")),
        _ => Some(format!("\\u{point:04x}")),
    })
}

/// Returns a string literal of Python.
pub(super) fn python(points: &[u32]) -> String {
    literal(points, |point| match char::from_u32(point) {
        Some(c) if is_visible(c) => None,
        _ if point > 0xffff => Some(format!("\\U{point:08x}")),
        _ => Some(format!("\\u{point:04x}")),
    })
}

/// Returns a literal in the quotes that need fewer escapes, double ones where both need as many: so do
/// prettier and black.
fn literal(points: &[u32], escape: impl Fn(u32) -> Option<String>) -> String {
    let count = |quote: char| points.iter().filter(|point| **point == u32::from(quote)).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut literal = String::from(quote);
    for &point in points {
        match char::from_u32(point) {
            Some('\n') => literal.push_str("\\n"),
            Some('\r') => literal.push_str("\\r"),
            Some('\t') => literal.push_str("\\t"),
            Some(c) if c == quote || c == '\\' => literal.extend(['\\', c]),
            c => match escape(point) {
                Some(escape) => literal.push_str(&escape),
                None => literal.extend(c),
            },
        }
    }
    literal.push(quote);
    literal
}

/// Returns a string literal of Rust: a raw one where that saves escapes.
pub(super) fn rust(text: &str) -> String {
    if text.contains(['"', '\\']) && text.chars().all(is_visible) {
        let mut hashes = String::new();
        while text.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
        return format!("r{hashes}\"{text}\"{hashes}");
    }
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '"' | '\\' => literal.extend(['\\', c]),
            c if is_visible(c) => literal.push(c),
            c => literal.extend(c.escape_unicode()),
        }
    }
    literal.push('"');
    literal
}

/// Returns a word of the shell.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns JSON text in which what cannot be seen is escaped.
pub(super) fn visible_json(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_visible(c) {
            visible.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(visible, "\\u{unit:04x}");
            }
        }
    }
    visible
}

/// Returns an address with path and query as a browser asks for them: in ASCII, and without `.` and `..`.
/// Not every library does that.
pub(super) fn address(endpoint: &str) -> String {
    let host = endpoint.find("://").map_or(0, |at| at + 3);
    let path = endpoint[host..].find(['/', '?']).map_or(endpoint.len(), |at| host + at);
    let (server, asked) = endpoint.split_at(path);
    let (path, query) = match asked.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (asked, None),
    };
    let mut address = format!("{server}{}", encoded(&without_dots(path), false));
    if let Some(query) = query {
        address.push('?');
        address.push_str(&encoded(query, true));
    }
    address
}

/// Returns a path without the segments that stand for itself or for the one above it.
fn without_dots(path: &str) -> String {
    let mut segments = Vec::new();
    // Every address has a path, if only to put a query after it.
    let mut ends_open = path.is_empty();
    for segment in path.split('/').skip(1) {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        ends_open = dots == "." || dots == "..";
        match dots.as_str() {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let end = if ends_open { "/" } else { "" };
    segments.iter().flat_map(|segment| ["/", segment]).chain([end]).collect()
}

/// Percent-encodes what is not ASCII, and in a query the apostrophe.
fn encoded(text: &str, is_query: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() && (c != '\'' || !is_query) {
            encoded.push(c);
        } else {
            encoded.push_str(&percent_encode(c.encode_utf8(&mut [0; 4])));
        }
    }
    encoded
}

/// Returns whether a reader sees a character for what it is.
fn is_visible(c: char) -> bool {
    let is_hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    c == ' ' || !is_hidden && !c.is_control() && !c.is_whitespace()
}
