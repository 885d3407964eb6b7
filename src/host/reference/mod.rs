//! The reference page's tables, made from the API description, with an experiment for each row.

mod check;
mod html;
mod markdown;

use veriops_playground::api::{Api, Channel, Close, Issue, Message, Setting};
use veriops_playground::experiment::{Experiment, Group, experiments};

pub(super) use check::{Check, check};
pub(super) use html::page;
pub(super) use markdown::markdown;

/// A table of the page.
struct Table {
    group: Group,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

/// A row of a table.
struct Row {
    /// One for each column.
    cells: Vec<Cell>,
    /// The id of its experiment.
    experiment: String,
}

/// What stands in a cell, piece by piece.
type Cell = Vec<Piece>;

#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    /// A name of the protocol.
    Code(String),
    /// Words.
    Words(String),
}

/// Returns the five tables in the page's order; one without rows is left out.
fn tables(api: &Api) -> Vec<Table> {
    let experiments = experiments(api);
    let tables = Group::ALL.map(|group| {
        let of_group = experiments.iter().filter(|experiment| experiment.group == group);
        let ids = of_group.map(|Experiment { id, .. }| id.clone());
        let row = |(cells, experiment)| Row { cells, experiment };
        let rows = cells(api, group).into_iter().zip(ids).map(row).collect();
        Table { group, columns: columns(group), rows }
    });
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

const fn columns(group: Group) -> &'static [&'static str] {
    match group {
        Group::Settings => &["Setting", "Value"],
        Group::Messages => &["Type", "Direction", "Description"],
        Group::Channels => &["Channel", "Direction", "Filters", "Description"],
        Group::Closes => &["Close code", "Meaning", "Client action"],
        Group::Issues => &["Symptom", "Cause", "Resolution"],
    }
}

fn cells(api: &Api, group: Group) -> Vec<Vec<Cell>> {
    match group {
        Group::Settings => {
            let row = |row: &Setting| vec![words(&row.name), words(&row.value)];
            api.settings.iter().map(row).collect()
        }
        Group::Messages => {
            let row = |row: &Message| {
                vec![code(row.kind.name()), words(row.direction.words()), words(&row.description)]
            };
            api.messages.iter().map(row).collect()
        }
        Group::Channels => {
            let row = |row: &Channel| {
                let direction = words(row.direction.words());
                vec![code(&row.name), direction, filters(row), words(&row.description)]
            };
            api.channels.iter().map(row).collect()
        }
        Group::Closes => {
            let row = |row: &Close| {
                vec![words(&row.code.to_string()), words(&row.meaning), words(&row.action)]
            };
            api.closes.iter().map(row).collect()
        }
        Group::Issues => {
            let row =
                |row: &Issue| vec![words(&row.symptom), words(&row.cause), words(&row.resolution)];
            api.issues.iter().map(row).collect()
        }
    }
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Self::Code(text) | Self::Words(text) => text,
        }
    }
}

/// Returns the filters of a channel as the page writes them: `project_id (optional)`, or `--` for none.
fn filters(channel: &Channel) -> Cell {
    if channel.filters.is_empty() {
        return words("--");
    }
    let mut cell = Cell::new();
    for filter in &channel.filters {
        if !cell.is_empty() {
            cell.extend(words(", "));
        }
        cell.extend(code(&filter.name));
        cell.extend(words(if filter.required { " (required)" } else { " (optional)" }));
    }
    cell
}

fn code(text: &str) -> Cell {
    vec![Piece::Code(text.to_owned())]
}

fn words(text: &str) -> Cell {
    vec![Piece::Words(text.to_owned())]
}
