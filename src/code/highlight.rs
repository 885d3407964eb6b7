//! Colours for code: which parts are comments, words of the language, numbers and texts.
//!
//! It knows the languages of the clients as far as colours need it, and reads each character once. What
//! it does not understand is plain, never an error.

use super::Language;

/// What a part of a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A remark for people.
    Comment,
    /// A word of the language; in a page also the names of elements.
    Keyword,
    /// A number.
    Number,
    /// Anything else.
    Plain,
    /// A text.
    String,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span<'a> {
    /// What it is.
    pub kind: Kind,
    /// The part itself; never empty.
    pub text: &'a str,
}

/// Splits a text into spans; put together they are the text again, and no two of a kind are neighbours.
pub fn highlight(text: &str, language: Language) -> Vec<Span<'_>> {
    let mut painter = Painter { text, at: 0, kinds: Vec::new() };
    match language {
        Language::Browser => painter.page(),
        Language::Node | Language::NodeWs => painter.script(&JAVASCRIPT, text.len()),
        Language::Python => painter.script(&PYTHON, text.len()),
        Language::Rust => painter.script(&RUST, text.len()),
        Language::Websocat | Language::Wscat => painter.script(&SHELL, text.len()),
    }
    painter.spans()
}

/// A text, painted up to a byte.
struct Painter<'a> {
    text: &'a str,
    at: usize,
    /// Each kind with the byte before which it ends.
    kinds: Vec<(Kind, usize)>,
}

impl<'a> Painter<'a> {
    /// Paints a page: its elements, and the scripts in it as such.
    fn page(&mut self) {
        while let Some(open) = self.rest().find('<') {
            self.paint(Kind::Plain, open);
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.paint_through("-->", Kind::Comment);
            } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!".contains(c)) {
                let is_script = has_name(rest, "<script");
                self.tag();
                if is_script {
                    let end = end_of_script(self.rest()).unwrap_or(self.rest().len());
                    self.script(&JAVASCRIPT, self.at + end);
                }
            } else {
                self.paint(Kind::Plain, 1);
            }
        }
        self.paint(Kind::Plain, self.rest().len());
    }

    /// Paints a tag: its name and its end as words, what is between quotes as text.
    fn tag(&mut self) {
        let name = self.rest()[1..].find(|c: char| c.is_whitespace() || c == '>');
        self.paint(Kind::Keyword, name.map_or(self.rest().len(), |len| len + 1));
        while let Some(next) = self.rest().chars().next() {
            match next {
                '>' => return self.paint(Kind::Keyword, 1),
                '"' | '\'' => {
                    let end = self.rest()[1..].find(next);
                    self.paint(Kind::String, end.map_or(self.rest().len(), |len| len + 2));
                }
                _ => self.paint(Kind::Plain, next.len_utf8()),
            }
        }
    }

    /// Paints the text up to a byte as a script.
    fn script(&mut self, grammar: &Grammar, end: usize) {
        let whole = self.text;
        self.text = &whole[..end];
        // What stands before a word or a sign, white space left out.
        let mut before = None;
        while let Some(next) = self.rest().chars().next() {
            let rest = self.rest();
            if let Some(len) = grammar.comment(rest, self.text[..self.at].chars().next_back()) {
                self.paint(Kind::Comment, len);
            } else if let Some(len) = grammar.text(rest, before) {
                self.paint(Kind::String, len);
                before = Some('"');
            } else if next.is_ascii_digit() {
                self.paint(Kind::Number, number(rest));
                before = Some('0');
            } else if is_word(next) {
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let is_keyword = grammar.keywords.contains(&&rest[..len]);
                self.paint(if is_keyword { Kind::Keyword } else { Kind::Plain }, len);
                before = if is_keyword { Some('(') } else { Some('a') };
            } else {
                self.paint(Kind::Plain, next.len_utf8());
                before = if next.is_whitespace() { before } else { Some(next) };
            }
        }
        self.text = whole;
    }

    fn paint_through(&mut self, end: &str, kind: Kind) {
        let len = self.rest().find(end).map_or(self.rest().len(), |at| at + end.len());
        self.paint(kind, len);
    }

    fn paint(&mut self, kind: Kind, len: usize) {
        self.at += len;
        match self.kinds.last_mut() {
            Some((last, end)) if *last == kind => *end = self.at,
            _ if len > 0 => self.kinds.push((kind, self.at)),
            _ => {}
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn spans(self) -> Vec<Span<'a>> {
        let mut start = 0;
        let mut spans = Vec::with_capacity(self.kinds.len());
        for (kind, end) in self.kinds {
            spans.push(Span { kind, text: &self.text[start..end] });
            start = end;
        }
        spans
    }
}

/// What a language's comments, texts and words look like.
struct Grammar {
    comment: Comments,
    texts: Texts,
    keywords: &'static [&'static str],
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Comments {
    /// `#` at the beginning of a word.
    Hash,
    /// `//`, and `/*` to `*/`.
    Slashes,
    /// The same, and one in another.
    NestedSlashes,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Texts {
    JavaScript,
    Python,
    Rust,
    Shell,
}

impl Grammar {
    /// Returns the bytes of the comment with which a text begins, if it does.
    fn comment(&self, text: &str, before: Option<char>) -> Option<usize> {
        let line = || text.find('\n').unwrap_or(text.len());
        match self.comment {
            Comments::Hash => {
                let is_start =
                    before.is_none_or(char::is_whitespace) || self.texts == Texts::Python;
                (text.starts_with('#') && is_start).then(line)
            }
            _ if text.starts_with("//") => Some(line()),
            _ if !text.starts_with("/*") => None,
            Comments::Slashes => Some(text[2..].find("*/").map_or(text.len(), |at| at + 4)),
            Comments::NestedSlashes => Some(nested_comment(text)),
        }
    }

    /// Returns the bytes of the text literal with which a text begins, if it does. A sign `before` it
    /// tells a regular expression from a division.
    fn text(&self, text: &str, before: Option<char>) -> Option<usize> {
        let first = text.chars().next()?;
        match self.texts {
            Texts::JavaScript => match first {
                '"' | '\'' => Some(quoted(text, 1, &text[..1], true)),
                '`' => Some(quoted(text, 1, "`", false)),
                '/' if before.is_none_or(|c| "(,=:[!&|?{};+-*<>~^%".contains(c)) => pattern(text),
                _ => None,
            },
            Texts::Python => {
                let prefix = text.bytes().take(3).position(|byte| b"\"'".contains(&byte))?;
                if !text[..prefix].chars().all(|c| "rRbBfFuU".contains(c)) {
                    return None;
                }
                let quote = &text[prefix..=prefix];
                let triple = quote.repeat(3);
                if text[prefix..].starts_with(&triple) {
                    Some(quoted(text, prefix + 3, &triple, false))
                } else {
                    Some(quoted(text, prefix + 1, quote, true))
                }
            }
            Texts::Rust => rust_text(text),
            Texts::Shell => match first {
                '"' => Some(quoted(text, 1, "\"", false)),
                '\'' => Some(text[1..].find('\'').map_or(text.len(), |at| at + 2)),
                _ => None,
            },
        }
    }
}

/// Returns the bytes of a text up to the quote that closes it, behind `start`; at the end of its line if
/// it is `of_one_line`.
fn quoted(text: &str, start: usize, quote: &str, of_one_line: bool) -> usize {
    let mut at = start;
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with(quote) {
            return at + quote.len();
        }
        if of_one_line && c == '\n' {
            return at;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

/// Returns the bytes of a regular expression; none if its line ends first.
fn pattern(text: &str) -> Option<usize> {
    let len = quoted(text, 1, "/", true);
    text[..len].ends_with('/').then_some(len).filter(|len| *len > 1)
}

/// Returns the bytes of a text or a character of Rust; a lifetime is neither.
fn rust_text(text: &str) -> Option<usize> {
    let plain = text.trim_start_matches(['b', 'c']);
    let prefix = text.len() - plain.len();
    if prefix > 1 {
        return None;
    }
    if plain.starts_with('"') {
        return Some(quoted(text, prefix + 1, "\"", false));
    }
    if let Some(raw) = plain.strip_prefix('r') {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        let inner = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", &raw[..hashes]);
        let start = text.len() - inner.len();
        return Some(inner.find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    let mut inner = plain.strip_prefix('\'')?.chars();
    if inner.next()? == '\\' {
        return Some(quoted(text, prefix + 1, "'", true));
    }
    inner.as_str().starts_with('\'').then(|| text.len() - inner.as_str().len() + 1)
}

/// Returns the bytes of a comment of Rust with those in it.
fn nested_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += c.len_utf8();
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Returns the bytes of the number with which a text begins.
fn number(text: &str) -> usize {
    let part = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
    let whole = part(text);
    match text[whole..].strip_prefix('.') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => whole + 1 + part(rest),
        _ => whole,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Returns whether a tag has this name, in whatever case.
fn has_name(tag: &str, name: &str) -> bool {
    let is_same = tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    is_same && tag[name.len()..].starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/')
}

/// Returns where the tag begins that ends a script.
fn end_of_script(text: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| has_name(&text[*at..], "</script"))
}

const JAVASCRIPT: Grammar = Grammar {
    comment: Comments::Slashes,
    texts: Texts::JavaScript,
    keywords: &[
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "let",
        "new",
        "null",
        "of",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "yield",
    ],
};

const PYTHON: Grammar = Grammar {
    comment: Comments::Hash,
    texts: Texts::Python,
    keywords: &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield",
    ],
};

const RUST: Grammar = Grammar {
    comment: Comments::NestedSlashes,
    texts: Texts::Rust,
    keywords: &[
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum",
        "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut",
        "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true",
        "type", "unsafe", "use", "where", "while",
    ],
};

const SHELL: Grammar = Grammar {
    comment: Comments::Hash,
    texts: Texts::Shell,
    keywords: &[
        "break", "case", "continue", "do", "done", "elif", "else", "esac", "exec", "exit",
        "export", "fi", "for", "function", "if", "in", "local", "read", "readonly", "return",
        "set", "shift", "then", "trap", "until", "wait", "while",
    ],
};
