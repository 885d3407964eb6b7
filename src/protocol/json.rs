//! JSON as text: tokens, syntax errors, layout, and edits that leave every other byte as it was.
//!
//! A parsed value forgets what a tester must show: the order of keys, the second of two equal keys,
//! `1e400`, `"\ud800"`. So nothing here builds a value. Every function is iterative: a million
//! brackets cost memory in proportion, never the stack.

use core::fmt;
use core::iter;
use core::ops::Range;
use std::borrow::Cow;

/// Splits any text into tokens; put together they are the text again.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Returns the next token that is not white space, with what is wrong with it.
    fn significant(&mut self) -> Option<(Token<'a>, Option<SyntaxFault>)> {
        loop {
            let (token, fault) = self.step()?;
            if token.kind != Kind::Space {
                return Some((token, fault));
            }
        }
    }

    /// Returns the bytes of the value that begins with `first`, the token that was read last.
    fn value_from(&mut self, first: &Token<'_>) -> Range<usize> {
        let opens = |token: &Token<'_>| token.is(b'{') || token.is(b'[');
        let mut depth = usize::from(opens(first));
        let mut end = first.end();
        while depth > 0 {
            let Some(token) = self.next() else {
                break;
            };
            if opens(&token) {
                depth += 1;
            } else if token.is(b'}') || token.is(b']') {
                depth -= 1;
            }
            end = token.end();
        }
        first.start..end
    }

    fn step(&mut self) -> Option<(Token<'a>, Option<SyntaxFault>)> {
        let rest = &self.text[self.at..];
        let Lexeme { kind, len, fault } = Lexeme::first(rest)?;
        let token = Token { kind, start: self.at, text: &rest[..len] };
        self.at = token.end();
        Some((token, fault))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().map(|(token, _)| token)
    }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// The byte at which it begins.
    pub start: usize,
    /// The piece itself; never empty.
    pub text: &'a str,
}

impl Token<'_> {
    /// Returns the byte after its last one.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is(&self, punctuation: u8) -> bool {
        self.kind == Kind::Punctuation && self.text.as_bytes() == [punctuation]
    }

    fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Literal | Kind::Number | Kind::String)
    }
}

/// What a token is. A token is judged by itself: only [`check`] sees whether it stands in its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Something that stands nowhere in JSON.
    Error,
    /// A string with a colon after it.
    Key,
    /// `true`, `false` or `null`.
    Literal,
    /// A number.
    Number,
    /// One of `{ } [ ] , :`.
    Punctuation,
    /// White space.
    Space,
    /// A string.
    String,
}

/// Checks that the text is one JSON value.
///
/// # Errors
///
/// Says where the first fault is, what is expected there and how to mend it.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    let mut rest = tokens(text);
    let mut open = Vec::new();
    let mut expected = Expected::Value;
    // Where the last token ended: what is missing is missing there.
    let mut end = 0;
    while let Some((token, fault)) = rest.significant() {
        expected = match (expected, token.kind, token.text.as_bytes()[0]) {
            (Expected::Value | Expected::ValueOrClose, Kind::Punctuation, b'{') => {
                open.push(b'}');
                Expected::KeyOrClose
            }
            (Expected::Value | Expected::ValueOrClose, Kind::Punctuation, b'[') => {
                open.push(b']');
                Expected::ValueOrClose
            }
            (Expected::Value | Expected::ValueOrClose, Kind::Key, _) => Expected::after(&open),
            (Expected::Value | Expected::ValueOrClose, ..) if token.is_scalar() => {
                Expected::after(&open)
            }
            (Expected::Key | Expected::KeyOrClose, Kind::Key | Kind::String, _) => Expected::Colon,
            (Expected::Colon, Kind::Punctuation, b':')
            | (Expected::CommaOrBracket, Kind::Punctuation, b',') => Expected::Value,
            (Expected::CommaOrBrace, Kind::Punctuation, b',') => Expected::Key,
            (Expected::KeyOrClose | Expected::CommaOrBrace, Kind::Punctuation, b'}')
            | (Expected::ValueOrClose | Expected::CommaOrBracket, Kind::Punctuation, b']') => {
                open.pop();
                Expected::after(&open)
            }
            _ => {
                let here = if expected.is_after_token() { end } else { token.start };
                return Err(match fault {
                    Some(fault) if expected.admits(&token) => {
                        SyntaxError::new(text, token.start + fault.at, fault.message)
                    }
                    _ => SyntaxError::new(text, here, expected.message()),
                });
            }
        };
        end = token.end();
    }
    match expected {
        Expected::End => Ok(()),
        missing => Err(SyntaxError::new(text, end, missing.message())),
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
/// A container of one scalar stays on its line. The result ends after `limit` bytes. A text that is
/// not JSON keeps its layout.
pub fn pretty(text: &str, limit: usize) -> Pretty {
    if check(text).is_err() {
        return Pretty::clip(text.to_owned(), limit);
    }
    let mut out = String::new();
    let mut depth = 0;
    let mut rest = tokens(text);
    while let Some((token, _)) = rest.significant() {
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
        if out.len() > limit {
            break;
        }
    }
    Pretty::clip(out, limit)
}

/// A text laid out by [`pretty`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pretty {
    /// The text.
    pub text: String,
    /// Whether it was longer than the limit, and is cut there.
    pub is_cut: bool,
}

impl Pretty {
    fn clip(mut text: String, limit: usize) -> Self {
        let is_cut = text.len() > limit;
        text.truncate(clip(&text, limit).len());
        Self { text, is_cut }
    }
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
    if !inner.contains(['\\', '"']) {
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

/// What is wrong with a token by itself.
#[derive(Clone, Copy)]
struct SyntaxFault {
    /// The byte of the token.
    at: usize,
    message: &'static str,
}

/// The first piece of a text.
struct Lexeme {
    kind: Kind,
    len: usize,
    fault: Option<SyntaxFault>,
}

impl Lexeme {
    fn first(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        Some(match bytes.first()? {
            b' ' | b'\t' | b'\n' | b'\r' => Self::fine(Kind::Space, run(bytes, is_space)),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => Self::fine(Kind::Punctuation, 1),
            b'"' => Self::string(bytes),
            _ => Self::word(bytes),
        })
    }

    fn string(bytes: &[u8]) -> Self {
        let mut fault = None;
        let mut at = 1;
        loop {
            let message = match bytes[at..] {
                // Ending at the line keeps what follows readable while a string is being typed.
                [] | [b'\n', ..] => {
                    fault =
                        Some(SyntaxFault { at: 0, message: "this string needs a closing quote" });
                    break;
                }
                [b'"', ..] => {
                    at += 1;
                    break;
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => {
                    at += 2;
                    continue;
                }
                [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(u8::is_ascii_hexdigit) => {
                    at += 6;
                    continue;
                }
                [b'\\', b'u', ..] => r"expected four hexadecimal digits after \u",
                [b'\\', ..] => r#"expected one of " \ / b f n r t u after this backslash"#,
                [0..0x20, ..] => r"a control character must be written as an escape, such as \t",
                _ => {
                    at += 1;
                    continue;
                }
            };
            fault = fault.or(Some(SyntaxFault { at, message }));
            at += 1;
        }
        let kind = match fault {
            Some(_) => Kind::Error,
            None if bytes[at + run(&bytes[at..], is_space)..].starts_with(b":") => Kind::Key,
            None => Kind::String,
        };
        Self { kind, len: at, fault }
    }

    fn word(bytes: &[u8]) -> Self {
        let len = run(bytes, |byte| !is_space(byte) && !b"{}[],:\"".contains(&byte));
        let message = match &bytes[..len] {
            b"true" | b"false" | b"null" => return Self::fine(Kind::Literal, len),
            number if is_number(number) => return Self::fine(Kind::Number, len),
            [b'+' | b'-' | b'.' | b'0'..=b'9', ..] => "expected a number like -1, 0.5 or 2e10",
            [b'/', b'/' | b'*', ..] => "JSON has no comments; remove this one",
            _ => "expected true, false, null or a number; text stands in double quotes",
        };
        Self { kind: Kind::Error, len, fault: Some(SyntaxFault { at: 0, message }) }
    }

    const fn fine(kind: Kind, len: usize) -> Self {
        Self { kind, len, fault: None }
    }
}

fn is_number(word: &[u8]) -> bool {
    let digits = |bytes: &[u8]| run(bytes, |byte| byte.is_ascii_digit());
    let rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = if rest.starts_with(b"0") { 1 } else { digits(rest) };
    let mut rest = &rest[whole..];
    let mut is_complete = whole > 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        is_complete &= len > 0;
        rest = &fraction[len..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let sign = run(&exponent[..exponent.len().min(1)], |byte| b"+-".contains(&byte));
        let len = digits(&exponent[sign..]);
        is_complete &= len > 0;
        rest = &exponent[sign + len..];
    }
    is_complete && rest.is_empty()
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
