//! A page in Markdown, checked against the API description table by table, cell by cell.

use std::fmt;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use veriops_playground::api::Api;

use super::{Table, tables};

/// What a check found.
#[derive(Debug, Eq, PartialEq)]
pub(in crate::host) struct Check {
    /// How many rows of the description were looked for.
    pub(in crate::host) rows: usize,
    /// In the order of the tables.
    pub(in crate::host) differences: Vec<Difference>,
}

/// Something on the page that is not as the description says.
#[derive(Debug, Eq, PartialEq)]
pub(in crate::host) struct Difference {
    /// The line of the page, from 1; none if what is missed stands nowhere.
    pub(in crate::host) line: Option<usize>,
    what: String,
}

/// Compares the page's tables with the description's: the heads of their columns, and every cell.
///
/// Only the text counts, not how it is set. Other tables, columns further to the right and the order of
/// rows are the page's own.
pub(in crate::host) fn check(api: &Api, page: &str) -> Check {
    let mut found = read(page);
    let mut rows = 0;
    let mut differences = Vec::new();
    for table in tables(api) {
        let wanted = texts(&table);
        rows += wanted.len();
        // Each table of the page is taken by the one that it is most like.
        let nearest = (0..found.len()).max_by_key(|at| likeness(&found[*at], &table, &wanted));
        match nearest.filter(|at| likeness(&found[*at], &table, &wanted) > 0) {
            Some(at) => compare(&found.remove(at), &table, wanted, &mut differences),
            None => differences.push(Difference {
                line: None,
                what: format!(
                    "there is no table {}; its columns are {}",
                    table.group.title(),
                    table.columns.join(", ")
                ),
            }),
        }
    }
    Check { rows, differences }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "{line}: ")?;
        }
        formatter.write_str(&self.what)
    }
}

/// A line of a table on the page.
#[derive(Default)]
struct Line {
    number: usize,
    cells: Vec<String>,
}

/// A table of the page; its first line is its head.
type Found = Vec<Line>;

/// Returns the rows of a table as a reader sees them.
fn texts(table: &Table) -> Vec<Vec<String>> {
    let text = |cell: &super::Cell| plain(&cell.iter().map(super::Piece::text).collect::<String>());
    table.rows.iter().map(|row| row.cells.iter().map(text).collect()).collect()
}

/// Counts the heads and first cells that a table of the page has in common with the wanted one.
fn likeness(found: &Found, table: &Table, wanted: &[Vec<String>]) -> usize {
    let heads = found[0].cells.iter().zip(table.columns).filter(|(head, column)| head == column);
    let names = found[1..].iter().filter(|line| wanted.iter().any(|row| is_named(line, row)));
    heads.count() + names.count()
}

fn compare(found: &Found, table: &Table, mut wanted: Vec<Vec<String>>, into: &mut Vec<Difference>) {
    let mut differ = |line: Option<usize>, what: String| {
        let what = format!("{}: {what}", table.group.title());
        into.push(Difference { line, what });
    };
    let (head, body) = (&found[0], &found[1..]);
    for (at, column) in table.columns.iter().enumerate() {
        let cell = cell(head, at);
        if cell != *column {
            let what = format!("column {} is called \"{cell}\" here, not \"{column}\"", at + 1);
            differ(Some(head.number), what);
        }
    }
    let mut unnamed = Vec::new();
    let mut pairs = Vec::new();
    for line in body {
        match wanted.iter().position(|row| is_named(line, row)) {
            Some(at) => pairs.push((line, wanted.remove(at))),
            None => unnamed.push(line),
        }
    }
    // A row under another name is known by the rest of it.
    for line in unnamed {
        let is_same = |row: &Vec<String>| (1..row.len()).all(|at| cell(line, at) == row[at]);
        if let Some(at) = wanted.iter().position(is_same) {
            pairs.push((line, wanted.remove(at)));
        } else {
            let what = format!("the description has no row \"{}\"", cell(line, 0));
            differ(Some(line.number), what);
        }
    }
    for (line, row) in pairs {
        for (at, (column, text)) in table.columns.iter().zip(&row).enumerate() {
            let cell = cell(line, at);
            if cell != text {
                let what = format!(
                    "{}, {column}: the page says \"{cell}\", the description \"{text}\"",
                    row[0]
                );
                differ(Some(line.number), what);
            }
        }
    }
    for row in wanted {
        let what = format!("the row \"{}\" is missing; it reads {}", row[0], row.join(" | "));
        differ(Some(head.number), what);
    }
}

fn is_named(line: &Line, row: &[String]) -> bool {
    cell(line, 0) == row[0]
}

fn cell(line: &Line, at: usize) -> &str {
    line.cells.get(at).map_or("", String::as_str)
}

/// Reads the tables of a page in Markdown.
fn read(page: &str) -> Vec<Found> {
    let mut tables: Vec<Found> = Vec::new();
    let mut text: Option<String> = None;
    for (event, place) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                let number = page[..place.start].matches('\n').count() + 1;
                if let Some(table) = tables.last_mut() {
                    table.push(Line { number, cells: Vec::new() });
                }
            }
            Event::Start(Tag::TableCell) => text = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                let line = tables.last_mut().and_then(|table| table.last_mut());
                if let (Some(line), Some(text)) = (line, text.take()) {
                    line.cells.push(plain(&text));
                }
            }
            Event::Text(piece) | Event::Code(piece) => {
                if let Some(text) = &mut text {
                    text.push_str(&piece);
                }
            }
            _ => {}
        }
    }
    tables
}

/// Returns a text with single spaces between its words.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
