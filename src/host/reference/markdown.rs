//! The tables in Markdown, ready to be pasted into a page of documentation.

use veriops_playground::api::Api;

use super::{Cell, Piece, Row, Table, tables};

/// Returns the tables, each under its heading, with a link in every row that runs its experiment.
///
/// They read the same in Python-Markdown, which MkDocs and Zensical use, and in GitHub's flavour. What only
/// an extension takes for its own, such as `:smile:`, is not escaped.
pub(in crate::host) fn markdown(api: &Api) -> String {
    tables(api).iter().map(table).collect::<Vec<_>>().join("\n")
}

fn table(table: &Table) -> String {
    let heads = table.columns.iter().copied().chain(["Try"]).map(str::to_owned);
    let mut lines = vec![
        format!("## {}", table.group.title()),
        String::new(),
        line(heads),
        line(vec!["---".to_owned(); table.columns.len() + 1]),
    ];
    lines.extend(table.rows.iter().map(row));
    lines.push(String::new());
    lines.join("\n")
}

fn row(row: &Row) -> String {
    let link = format!("[try it](#try={})", row.experiment);
    line(row.cells.iter().map(cell).chain([link]))
}

fn line(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<_> = cells.into_iter().collect();
    format!("| {} |", cells.join(" | "))
}

fn cell(cell: &Cell) -> String {
    cell.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        // Between backticks nothing can be escaped, and in a table a pipe must be.
        Piece::Code(text) if !text.contains(['`', '|', '\\']) => format!("`{text}`"),
        Piece::Code(text) | Piece::Words(text) => escaped(text),
    }
}

/// Escapes what Markdown would read as its own. A line has no breaks.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' => escaped.extend(['\\', character]),
            // Python-Markdown takes a backslash before these for a backslash.
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '~' => escaped.push_str("&#126;"),
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_where_markdown_would_read_them_as_its_own() {
        for (text, markdown) in [
            ("a|b `c` *d* _e_ [f](g)", r"a\|b \`c\` \*d\* \_e\_ \[f\](g)"),
            (r"C:\temp", r"C:\\temp"),
            ("<b>&amp; ~~x~~", "&lt;b&gt;&amp;amp; &#126;&#126;x&#126;&#126;"),
            ("two\nlines", "two lines"),
            ("Wait 60 seconds (max 50)", "Wait 60 seconds (max 50)"),
        ] {
            assert_eq!(escaped(text), markdown);
        }
    }

    #[test]
    fn a_name_that_would_end_its_own_backticks_is_written_as_words() {
        assert_eq!(piece(&Piece::Code("project.updated".to_owned())), "`project.updated`");
        assert_eq!(piece(&Piece::Code("a|`b".to_owned())), r"a\|\`b");
    }
}
