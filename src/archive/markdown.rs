//! Markdown that reads as it is meant, whatever text is in it.
//!
//! Text from elsewhere stands in code, where nothing is a link, a mention, the number of an issue, a
//! picture, a formula or markup. The rules are those of GitHub, which go beyond those of `CommonMark`: tables,
//! and what it makes of `@name`, `#12`, `:name:` and `$x$` in any other text.

use crate::words::format::visible;

/// Returns the first `limit` characters of a text as code in a line; nothing for an empty text.
pub(super) fn code(text: &str, limit: usize) -> String {
    span(&visible(text, limit))
}

/// Returns the first `limit` characters of a text as code in a cell of a table.
///
/// There a pipe ends the cell unless a backslash stands before it, in code too. A backslash that is the
/// text's own would take its place, so that such a pipe stands between two pieces of code.
pub(super) fn cell(text: &str, limit: usize) -> String {
    let text = visible(text, limit);
    let mut cell = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(r"\|") {
        let (piece, after) = rest.split_at(at + 1);
        cell.push_str(&span(piece).replace('|', r"\|"));
        cell.push_str("&#124;");
        rest = &after[1..];
    }
    cell + &span(rest).replace('|', r"\|")
}

/// Returns the first `limit` characters of a sentence, with every word in code that could be more than a
/// word.
pub(super) fn prose(text: &str, limit: usize) -> String {
    let text = visible(text, limit);
    let words =
        text.split(' ').map(|word| if is_plain(word) { word.to_owned() } else { span(word) });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a text as a block of code, line by line as it is. `language` says how to colour it.
pub(super) fn block(language: &str, text: &str) -> String {
    let mut shown = String::new();
    for line in text.split_inclusive(['\n', '\t']) {
        let body = line.trim_end_matches(['\n', '\t']);
        shown.push_str(&visible(body, usize::MAX));
        shown.push_str(&line[body.len()..]);
    }
    let fence = "`".repeat(3.max(longest_run(&shown) + 1));
    format!("{fence}{language}\n{shown}\n{fence}\n")
}

/// Returns a text without line breaks as code; nothing for an empty text.
fn span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text) + 1);
    // One space is taken off where both ends have one, unless there is nothing else.
    let is_stripped =
        text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let space = if is_stripped || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    [&*fence, space, text, space, &*fence].concat()
}

/// Returns how many backticks stand side by side where most do.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// Returns whether nothing but a word can be seen in this: letters, or digits that begin no list, with
/// the marks that stand around a word.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches(['(', '“', '‘', '"']);
    let core = core.trim_end_matches([',', ';', ':', '.', '!', '?', ')', '”', '’', '"', '…']);
    let is_number = core.chars().all(|it| it.is_ascii_digit());
    let begins_list = is_number && word.ends_with(['.', ')']);
    let is_word = core
        .split(['-', '’', '\''])
        .all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    word.is_empty() || matches!(word, "·" | "—" | "–" | "…") || is_word || is_number && !begins_list
}
