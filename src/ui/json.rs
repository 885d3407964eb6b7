//! JSON in colours, as plain elements.

use web_sys::Element;

use super::view::plain::{append, append_text, set, write};
use crate::log::Needle;
use crate::protocol::json::{Kind, tokens};

/// Writes a text with a colour for each kind of token. What is longer than a reader looks at stays
/// plain.
pub(super) fn write_coloured(parent: &Element, text: &str, needle: &Needle) {
    if text.len() > LONGEST_COLOURED {
        return write(parent, text, needle);
    }
    for token in tokens(text) {
        let class = match token.kind {
            Kind::Error => "vp-json--error",
            Kind::Key => "vp-json--key",
            Kind::Literal => "vp-json--literal",
            Kind::Number => "vp-json--number",
            Kind::String => "vp-json--string",
            Kind::Punctuation | Kind::Space => {
                write(parent, token.text, needle);
                continue;
            }
        };
        append_text(parent, "span", class, token.text, needle);
    }
}

/// Writes a text that was laid out, a line each; what stands between brackets can be folded away.
pub(super) fn write_folding(parent: &Element, text: &str, needle: &Needle) {
    let mut folds = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with(['}', ']']) {
            folds.pop();
        }
        let inside = folds.last().unwrap_or(parent);
        if line.ends_with(['{', '[']) {
            let Some(fold) = append(inside, "details", "vp-fold") else {
                return;
            };
            set(&fold, "open", "");
            write_line(&fold, "summary", line, needle);
            folds.push(fold);
        } else {
            write_line(inside, "div", line, needle);
        }
    }
}

fn write_line(parent: &Element, tag: &str, line: &str, needle: &Needle) {
    if let Some(element) = append(parent, tag, "vp-fold__line") {
        write_coloured(&element, line, needle);
    }
}

const LONGEST_COLOURED: usize = 20_000;
