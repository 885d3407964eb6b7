//! JSON as text: tokens, syntax errors, layout, and edits that leave every other byte as it was.
//!
//! A parsed value forgets what a tester must show: the order of keys, the second of two equal keys,
//! `1e400`, `"\ud800"`. So nothing here builds a value. Every function is iterative: a million
//! brackets cost memory in proportion, never the stack.

use core::fmt;
use core::iter;
use core::ops::Range;
use std::borrow::Cow;

pub use super::token::{Kind, Token, Tokens, tokens};

/// Checks that the text is one JSON value.
///
/// # Errors
///
/// Says where the first fault is, what is expected there and how to mend it.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    let mut checker = Checker::default();
    while checker.next(text, true)?.is_some() {}
    Ok(())
}

/// A [`check`] token by token, of a text that may still grow.
#[derive(Clone, Debug)]
pub struct Checker {
    at: usize,
    /// The brackets that are still to be closed, as the bytes that close them.
    open: Vec<u8>,
    expected: Expected,
    /// Where the last token ended: what is missing is missing there.
    end: usize,
}

impl Checker {
    /// Returns the next token that is not white space. Of a text that is not `whole` the last token
    /// may go on, so it is left for later.
    ///
    /// # Errors
    ///
    /// As [`check`].
    pub fn next<'a>(
        &mut self,
        text: &'a str,
        whole: bool,
    ) -> Result<Option<Token<'a>>, SyntaxError> {
        let mut rest = Tokens { text, at: self.at };
        let Some((token, fault)) = rest.significant() else {
            let is_over = !whole || self.expected == Expected::End;
            return if is_over { Ok(None) } else { Err(self.expected.missing(text, self.end)) };
        };
        if !whole && token.end() == text.len() {
            return Ok(None);
        }
        let expected = self.expected;
        self.expected = match (expected, token.kind, token.text.as_bytes()[0]) {
            (Expected::Value | Expected::ValueOrClose, Kind::Punctuation, b'{') => {
                self.open.push(b'}');
                Expected::KeyOrClose
            }
            (Expected::Value | Expected::ValueOrClose, Kind::Punctuation, b'[') => {
                self.open.push(b']');
                Expected::ValueOrClose
            }
            (Expected::Value | Expected::ValueOrClose, Kind::Key, _) => Expected::after(&self.open),
            (Expected::Value | Expected::ValueOrClose, ..) if token.is_scalar() => {
                Expected::after(&self.open)
            }
            (Expected::Key | Expected::KeyOrClose, Kind::Key | Kind::String, _) => Expected::Colon,
            (Expected::Colon, Kind::Punctuation, b':')
            | (Expected::CommaOrBracket, Kind::Punctuation, b',') => Expected::Value,
            (Expected::CommaOrBrace, Kind::Punctuation, b',') => Expected::Key,
            (Expected::KeyOrClose | Expected::CommaOrBrace, Kind::Punctuation, b'}')
            | (Expected::ValueOrClose | Expected::CommaOrBracket, Kind::Punctuation, b']') => {
                self.open.pop();
                Expected::after(&self.open)
            }
            _ => {
                let here = if expected.is_after_token() { self.end } else { token.start };
                return Err(match fault {
                    Some(fault) if expected.admits(&token) => {
                        SyntaxError::new(text, token.start + fault.at, fault.message)
                    }
                    _ => expected.missing(text, here),
                });
            }
        };
        (self.at, self.end) = (rest.at, token.end());
        Ok(Some(token))
    }

    /// Returns the brackets that are still to be closed, as the bytes that close them.
    pub fn open(&self) -> &[u8] {
        &self.open
    }

    /// Returns whether the last token was the key of a member.
    pub fn is_at_key(&self) -> bool {
        self.expected == Expected::Colon
    }

    /// Returns the byte up to which the text was read.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl Default for Checker {
    fn default() -> Self {
        Self { at: 0, open: Vec::new(), expected: Expected::Value, end: 0 }
    }
}

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SyntaxError {
    /// The byte of the text, from 0.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong there and what would mend it.
    pub message: &'static str,
}

impl SyntaxError {
    fn new(text: &str, offset: usize, message: &'static str) -> Self {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl core::error::Error for SyntaxError {}

/// Removes the white space between tokens; everything else stays byte for byte.
///
/// # Errors
///
/// As [`check`].
pub fn compact(text: &str) -> Result<String, SyntaxError> {
    check(text)?;
    Ok(tokens(text).filter(|token| token.kind != Kind::Space).map(|token| token.text).collect())
}

/// Lays the text out over lines, two spaces a level; only white space between tokens changes.
///
/// A container of one scalar stays on its line. The result ends after `limit` bytes, and no more of
/// the text than it takes is looked at. A text that is not JSON, as far as that, keeps its layout.
pub fn pretty(text: &str, limit: usize) -> Pretty {
    // Of a text that is mostly white space this is all that is laid out.
    let reach = limit.saturating_mul(4);
    let mut checker = Checker::default();
    while checker.at <= reach {
        match checker.next(text, true) {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(_) => {
                let kept = clip(text, limit);
                return Pretty { is_cut: kept.len() < text.len(), text: kept.to_owned() };
            }
        }
    }
    let mut out = String::new();
    let mut is_cut = false;
    let mut depth = 0;
    let mut rest = tokens(text);
    while let Some((token, _)) = rest.significant() {
        // Beyond this the brackets were not counted.
        is_cut = out.len() > limit || token.start >= checker.at;
        if is_cut {
            break;
        }
        match token.text {
            "{" | "[" => {
                if let Some((line, after)) = flat(&token, rest.clone()) {
                    out.push_str(&line);
                    rest = after;
                } else {
                    depth += 1;
                    out.push_str(token.text);
                    break_line(&mut out, depth);
                }
            }
            "}" | "]" => {
                depth -= 1;
                break_line(&mut out, depth);
                out.push_str(token.text);
            }
            "," => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            scalar => out.push_str(scalar),
        }
    }
    is_cut |= out.len() > limit;
    out.truncate(clip(&out, limit).len());
    Pretty { text: out, is_cut }
}

/// A text laid out by [`pretty`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pretty {
    /// The text.
    pub text: String,
    /// Whether it was longer than the limit, and is cut there.
    pub is_cut: bool,
}

/// Returns the first `limit` bytes of a text, less what would cut a character in two.
pub fn clip(text: &str, limit: usize) -> &str {
    // Zero is a boundary of every text.
    let end = (0..=limit.min(text.len())).rfind(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// Returns the members of the object at the start of `json`; none if there is no object.
///
/// A text that breaks off in the middle yields what is there: the last value ends with the text.
pub fn members(json: &str) -> Members<'_> {
    let mut rest = tokens(json);
    let is_object = rest.significant().is_some_and(|(token, _)| token.is(b'{'));
    Members { rest, is_object }
}

/// The members of an object, in the text's order, duplicates included.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    rest: Tokens<'a>,
    is_object: bool,
}

impl<'a> Members<'a> {
    /// Returns the member called `name`: the last one, as `JSON.parse` would.
    pub fn named(self, name: &str) -> Option<Member<'a>> {
        self.filter(|member| member.is(name)).last()
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.is_object {
            return None;
        }
        let mut key = self.rest.significant()?.0;
        if key.is(b',') {
            key = self.rest.significant()?.0;
        }
        if key.kind != Kind::Key {
            self.is_object = false;
            return None;
        }
        let _colon = self.rest.significant()?;
        let first = self.rest.significant()?.0;
        let value = self.rest.value_from(&first);
        Some(Member { key: key.text, start: key.start, value, text: self.rest.text })
    }
}

/// Returns the items of the array at the start of `json` as they stand in the text; none if there is
/// no array.
pub fn items(json: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut rest = tokens(json);
    if !rest.significant().is_some_and(|(token, _)| token.is(b'[')) {
        return items;
    }
    while let Some((token, _)) = rest.significant() {
        if token.is(b']') {
            break;
        }
        if !token.is(b',') {
            items.push(&json[rest.value_from(&token)]);
        }
    }
    items
}

/// A member of an object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member<'a> {
    /// The key as it stands in the text, with its quotes.
    pub key: &'a str,
    /// The byte at which the key begins.
    pub start: usize,
    /// The bytes of the value.
    pub value: Range<usize>,
    text: &'a str,
}

impl<'a> Member<'a> {
    /// Returns the value as it stands in the text.
    pub fn json(&self) -> &'a str {
        &self.text[self.value.clone()]
    }

    /// Returns whether its key stands for this name.
    pub fn is(&self, name: &str) -> bool {
        let inner = self.key.trim_matches('"');
        inner == name || inner.contains('\\') && decode(self.key).is_some_and(|key| key == name)
    }
}

/// Returns the text that a JSON string stands for; none if `json` is no string, or one with half a
/// surrogate pair.
pub fn decode(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    // Byte for byte, because every name and every string of a message comes here.
    if !inner.bytes().any(|byte| matches!(byte, b'\\' | b'"')) {
        return Some(Cow::Borrowed(inner));
    }
    let mut text = String::new();
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (character, len) = unescape(escape)?;
        text.push(character);
        rest = escape.get(len..)?;
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// Returns the character that an escape stands for, and the bytes it takes after its backslash.
fn unescape(escape: &str) -> Option<(char, usize)> {
    let character = match escape.bytes().next()? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = |at| u16::from_str_radix(escape.get(at..at + 4)?, 16).ok();
            let (high, low) = (unit(1)?, escape.get(5..7).filter(|next| *next == r"\u"));
            let is_half = (0xd800..0xe000).contains(&high);
            let units = [high, if is_half { low.and_then(|_| unit(7))? } else { 0 }];
            let character = char::decode_utf16(units).next()?.ok()?;
            return Some((character, if is_half { 11 } else { 5 }));
        }
        _ => return None,
    };
    Some((character, 1))
}

/// Returns the bytes of the value at a path of object keys; of equal keys the last one counts.
pub fn locate(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let mut at = start..start + text.trim().len();
    for name in path {
        let value = members(&text[at.clone()]).named(name)?.value;
        at = at.start + value.start..at.start + value.end;
    }
    Some(at)
}

/// Sets the value at a path of object keys to `json`, in the layout of its siblings; objects that
/// are missing on the way are made.
///
/// Returns nothing if the text is not JSON, or something other than an object is in the way.
pub fn set(text: &str, path: &[&str], json: &str) -> Option<String> {
    check(text).ok()?;
    for depth in (0..=path.len()).rev() {
        let Some(found) = locate(text, &path[..depth]) else {
            continue;
        };
        let Some((name, below)) = path[depth..].split_first() else {
            return Some(splice(text, found, json));
        };
        let json = below
            .iter()
            .rev()
            .fold(json.to_owned(), |json, name| format!("{{{}:{json}}}", quote(name)));
        return insert(text, found, name, &json);
    }
    None
}

/// Removes the members at a path of object keys, duplicates included.
///
/// Returns nothing if the text is not JSON. What is not there is already removed.
pub fn remove(text: &str, path: &[&str]) -> Option<String> {
    check(text).ok()?;
    let mut text = text.to_owned();
    let Some((name, parent)) = path.split_last() else {
        return Some(text);
    };
    while let Some(object) = locate(&text, parent) {
        let all = members(&text[object.clone()]);
        let Some(index) = all.clone().position(|member| member.is(name)) else {
            break;
        };
        let mut around = all.skip(index.saturating_sub(1));
        let before = if index == 0 { None } else { around.next() };
        let (found, after) = (around.next(), around.next());
        let cut = match (before, found, after) {
            (_, Some(found), Some(after)) => found.start..after.start,
            (Some(before), Some(found), None) => before.value.end..found.value.end,
            _ => 1..object.len() - 1,
        };
        text = splice(&text, object.start + cut.start..object.start + cut.end, "");
    }
    Some(text)
}

/// Returns `text` as a JSON string, with its quotes.
pub fn quote(text: &str) -> String {
    // A string always serialises.
    serde_json::to_string(text).unwrap_or_default()
}

fn insert(text: &str, object: Range<usize>, name: &str, json: &str) -> Option<String> {
    let inside = &text[object.clone()];
    if !inside.starts_with('{') {
        return None;
    }
    let Some(last) = members(inside).last() else {
        return Some(splice(text, object, &format!("{{{}:{json}}}", quote(name))));
    };
    let before = &inside[..last.start];
    let gap = &before[before.trim_end().len()..];
    let colon = &inside[last.start + last.key.len()..last.value.start];
    let at = object.start + last.value.end;
    Some(splice(text, at..at, &format!(",{gap}{}{colon}{json}", quote(name))))
}

fn splice(text: &str, at: Range<usize>, with: &str) -> String {
    [&text[..at.start], with, &text[at.end..]].concat()
}

/// Returns a container that stays on its line, and the tokens after it: an empty one, or one scalar.
fn flat<'a>(opening: &Token<'_>, mut rest: Tokens<'a>) -> Option<(String, Tokens<'a>)> {
    let mut next = || rest.significant().map(|(token, _)| token);
    let first = next()?;
    let line = match opening.text {
        "{" if first.is(b'}') => "{}".to_owned(),
        "[" if first.is(b']') => "[]".to_owned(),
        "{" => {
            let (_colon, value) = (next()?, next()?);
            if !value.is_scalar() || !next()?.is(b'}') {
                return None;
            }
            format!("{{ {}: {} }}", first.text, value.text)
        }
        _ if first.is_scalar() && next()?.is(b']') => format!("[{}]", first.text),
        _ => return None,
    };
    Some((line, rest))
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(iter::repeat_n("  ", depth));
}

/// What [`check`] waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expected {
    Colon,
    CommaOrBrace,
    CommaOrBracket,
    End,
    Key,
    KeyOrClose,
    Value,
    ValueOrClose,
}

impl Expected {
    /// Returns what may follow a value, given the brackets that are still to be closed.
    fn after(open: &[u8]) -> Self {
        match open.last() {
            None => Self::End,
            Some(b'}') => Self::CommaOrBrace,
            Some(_) => Self::CommaOrBracket,
        }
    }

    /// Returns whether what is missing belongs right after the token before.
    fn is_after_token(self) -> bool {
        matches!(self, Self::Colon | Self::CommaOrBrace | Self::CommaOrBracket)
    }

    /// Returns whether a faulty token would be welcome if it had no fault.
    fn admits(self, token: &Token<'_>) -> bool {
        match self {
            Self::Value | Self::ValueOrClose => true,
            Self::Key | Self::KeyOrClose => token.text.starts_with('"'),
            _ => false,
        }
    }

    fn missing(self, text: &str, at: usize) -> SyntaxError {
        SyntaxError::new(text, at, self.message())
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Colon => "expected a colon after this key",
            Self::CommaOrBrace => "expected a comma or } after this value",
            Self::CommaOrBracket => "expected a comma or ] after this value",
            Self::End => "expected the end of the text; remove what follows the value",
            Self::Key => "expected a key in double quotes; if none follows, remove the comma",
            Self::KeyOrClose => "expected a key in double quotes or }",
            Self::Value => "expected a value, such as text in double quotes, a number, { or [",
            Self::ValueOrClose => "expected a value or ]",
        }
    }
}
