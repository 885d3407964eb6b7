//! The tokens of JSON: any text, split into pieces that are judged each by itself.

use core::ops::Range;

/// Splits any text into tokens; put together they are the text again.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Tokens<'a> {
    /// Returns the next token that is not white space, with what is wrong with it.
    pub(super) fn significant(&mut self) -> Option<(Token<'a>, Option<SyntaxFault>)> {
        loop {
            let (token, fault) = self.step()?;
            if token.kind != Kind::Space {
                return Some((token, fault));
            }
        }
    }

    /// Returns the bytes of the value that begins with `first`, the token that was read last.
    pub(super) fn value_from(&mut self, first: &Token<'_>) -> Range<usize> {
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

    pub(super) fn is(&self, punctuation: u8) -> bool {
        self.kind == Kind::Punctuation && self.text.as_bytes() == [punctuation]
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Literal | Kind::Number | Kind::String)
    }
}

/// What a token is. A token is judged by itself: only [`check`](super::json::check) sees whether it stands in its place.
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

/// What is wrong with a token by itself.
#[derive(Clone, Copy)]
pub(super) struct SyntaxFault {
    /// The byte of the token.
    pub(super) at: usize,
    pub(super) message: &'static str,
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
