//! A file of a client with its block of settings filled.

use super::block::block;
use super::{ClientFile, Language, Setup};

/// Returns the text of a file with the reader's settings between the lines that begin and end its block;
/// a file without a block as it stands.
pub fn fill(file: &ClientFile, language: Language, setup: &Setup<'_>) -> String {
    let Some((before, rest)) = cut_after(file.template, BEGIN) else {
        return file.template.to_owned();
    };
    let Some(end) = rest.find(END) else {
        return file.template.to_owned();
    };
    let after = rest[..end].rfind('\n').map_or(0, |at| at + 1);
    let begin = before.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
    let line = &before[begin..];
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut text = before.to_owned();
    for line in block(language, setup, indent).lines() {
        if indent > 0 && !line.is_empty() {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&rest[after..]);
    text
}

/// Cuts a text after the first line with these words.
fn cut_after<'a>(text: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let at = text.find(words)?;
    let end = at + text[at..].find('\n')? + 1;
    Some(text.split_at(end))
}

/// What the line before the block says.
const BEGIN: &str = "Settings:";

/// What the line after the block says.
const END: &str = "End of settings.";
