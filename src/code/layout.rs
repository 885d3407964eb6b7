//! Values over lines, as each language's formatter leaves them: prettier and black at 100 columns,
//! rustfmt as it comes.

use core::fmt::Write as _;

/// A value of the settings, not yet laid out.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A literal of text.
    Text(String),
    /// A literal of a number.
    Number(String),
    /// What else stays on a line: a constant, a call with a short argument.
    Word(String),
    /// Values between brackets.
    List(List),
}

/// Values between brackets.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// What is before the first value and after the last.
    pub(super) brackets: (&'static str, &'static str),
    /// The values, in an object each with its key.
    pub(super) items: Vec<(Option<String>, Value)>,
    /// Whether each value has a line even where one line would do for all.
    pub(super) is_open: bool,
}

impl Value {
    /// Returns a list of values without keys.
    pub(super) fn list(
        brackets: (&'static str, &'static str),
        items: impl IntoIterator<Item = Self>,
    ) -> Self {
        let items = items.into_iter().map(|value| (None, value)).collect();
        Self::List(List { brackets, items, is_open: false })
    }

    /// Returns a list of values with keys.
    pub(super) fn object(
        brackets: (&'static str, &'static str),
        items: impl IntoIterator<Item = (String, Self)>,
    ) -> Self {
        let items = items.into_iter().map(|(key, value)| (Some(key), value)).collect();
        Self::List(List { brackets, items, is_open: false })
    }

    /// Returns the value with a line for each of its own.
    pub(super) fn open(mut self) -> Self {
        if let Self::List(list) = &mut self {
            list.is_open = !list.items.is_empty();
        }
        self
    }

    /// Returns the value on one line.
    fn flat(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Word(text) => text.clone(),
            Self::List(list) => {
                let (opening, closing) = list.brackets;
                if list.items.is_empty() {
                    return format!("{}{}", opening.trim_end(), closing.trim_start());
                }
                format!("{opening}{}{closing}", list.content())
            }
        }
    }

    fn width(&self) -> usize {
        self.flat().chars().count()
    }

    fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }
}

impl List {
    /// Returns what is between the brackets, on one line.
    fn content(&self) -> String {
        let item = |(key, value): &(Option<String>, Value)| match key {
            Some(key) => format!("{key}: {}", value.flat()),
            None => value.flat(),
        };
        self.items.iter().map(item).collect::<Vec<_>>().join(", ")
    }

    fn is_numbers(&self) -> bool {
        self.items.iter().all(|(key, value)| key.is_none() && matches!(value, Value::Number(_)))
    }
}

/// Whose formatter is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// prettier; its lines end this much sooner inside a page.
    JavaScript { indent: usize },
    /// black.
    Python,
    /// rustfmt.
    Rust,
}

impl Style {
    /// Returns the lines of a definition: what is before the value, such as `const A =`, and what
    /// follows it.
    pub(super) fn define(self, before: &str, value: &Value, after: &str) -> String {
        let flat = value.flat();
        let after_width = after.trim_end().len();
        let fits = before.len() + 1 + value.width() + after_width <= self.columns();
        let moved = || format!("{before}\n{}{flat}{after}", " ".repeat(self.step()));
        let fits_moved = self.step() + value.width() + after_width <= self.columns();
        let laid = || {
            let laid = self.value(value, 0, before.len() + 1, after_width);
            format!("{before} {laid}{after}")
        };
        match (self, value) {
            (Self::JavaScript { .. }, Value::Text(_)) if !fits => moved(),
            (Self::Python, Value::Text(_)) if !fits && fits_moved => {
                format!("{before} (\n    {flat}\n){after}")
            }
            (Self::Rust, Value::Text(_)) if !fits && fits_moved => moved(),
            (Self::Rust, Value::List(list)) => match &list.items[..] {
                // The brackets of an only value go with those around it.
                [(_, Value::List(only))] if !is_short(only) => {
                    let (opening, closing) = list.brackets;
                    format!("{before} {opening}{}{closing}{after}", self.broken(only, 0))
                }
                [(_, Value::List(_))] if fits => format!("{before} {flat}{after}"),
                [(_, Value::List(_))] => moved(),
                _ if is_short(list) && !fits => moved(),
                _ => laid(),
            },
            _ => laid(),
        }
    }

    /// Returns a value that begins in a column of a line of this indent, with so many characters after
    /// it.
    fn value(self, value: &Value, indent: usize, column: usize, after: usize) -> String {
        match value {
            Value::List(list)
                if self.must_break(value) || column + value.width() + after > self.columns() =>
            {
                self.broken(list, indent)
            }
            _ => value.flat(),
        }
    }

    /// Returns a list over several lines.
    fn broken(self, list: &List, indent: usize) -> String {
        let (opening, closing) = (list.brackets.0.trim_end(), list.brackets.1.trim_start());
        let inner = indent + self.step();
        let mut text = format!("{opening}\n");
        if self != Self::Python && list.is_numbers() && list.items.len() > 1 {
            self.flow(list, inner, &mut text);
        } else {
            for (key, value) in &list.items {
                let head = key.as_ref().map_or(String::new(), |key| format!("{key}: "));
                let column = inner + head.chars().count();
                let line = if self.moves(value, inner, column) {
                    let deeper = inner + self.step();
                    let moved = self.value(value, deeper, deeper, 1);
                    format!("{}\n{}{moved}", head.trim_end(), " ".repeat(deeper))
                } else {
                    format!("{head}{}", self.value(value, inner, column, 1))
                };
                // black asks for no comma after the only argument of a call.
                let is_call = opening.len() > 1 && self == Self::Python;
                let comma = if is_call { "" } else { "," };
                let _ = writeln!(text, "{}{line}{comma}", " ".repeat(inner));
            }
        }
        text.push_str(&" ".repeat(indent));
        text.push_str(closing);
        text
    }

    /// Returns whether prettier moves a value to a line of its own, because it would not even begin in
    /// this column behind its key.
    fn moves(self, value: &Value, indent: usize, column: usize) -> bool {
        let Self::JavaScript { .. } = self else { return false };
        let width = match value {
            Value::Text(_) if column - indent < SHORTEST_KEY + ": ".len() => return false,
            Value::Number(number) if !number.starts_with('-') => return false,
            Value::Word(word) if word != "null" => return false,
            Value::List(list) if !list.items.is_empty() => list.brackets.0.trim_end().len(),
            _ => value.width() + 1,
        };
        column > indent && column + width > self.columns()
    }

    /// Writes numbers, as many to a line as fit.
    fn flow(self, list: &List, indent: usize, text: &mut String) {
        let mut line = String::new();
        for (_, number) in &list.items {
            let number = format!("{},", number.flat());
            if !line.is_empty() && indent + line.len() + 1 + number.len() > self.columns() {
                let _ = writeln!(text, "{}{line}", " ".repeat(indent));
                line.clear();
            }
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(&number);
        }
        let _ = writeln!(text, "{}{line}", " ".repeat(indent));
    }

    /// Returns whether the formatter breaks a value that would fit.
    fn must_break(self, value: &Value) -> bool {
        let Some(list) = value.as_list() else { return false };
        let any_within = || list.items.iter().any(|(_, value)| self.must_break(value));
        list.is_open
            || match self {
                Self::JavaScript { .. } => is_table(list) || any_within(),
                Self::Python => any_within(),
                Self::Rust => !is_short(list),
            }
    }

    fn columns(self) -> usize {
        match self {
            Self::JavaScript { indent } => COLUMNS.saturating_sub(indent),
            Self::Python | Self::Rust => COLUMNS,
        }
    }

    fn step(self) -> usize {
        match self {
            Self::JavaScript { .. } => 2,
            Self::Python | Self::Rust => 4,
        }
    }
}

/// Returns whether prettier gives each value a line: more than one, all lists of one kind with more than
/// one value each.
fn is_table(list: &List) -> bool {
    let rows: Vec<_> = list.items.iter().map_while(|(_, value)| value.as_list()).collect();
    let is_array = list.brackets.0 == "[";
    is_array
        && rows.len() > 1
        && rows.len() == list.items.len()
        && rows.iter().all(|row| row.items.len() > 1 && row.brackets == rows[0].brackets)
}

/// Returns whether rustfmt takes a list for short enough for one line.
fn is_short(list: &List) -> bool {
    list.content().chars().count() <= SHORT
}

/// Where lines end.
const COLUMNS: usize = 100;

/// The characters of a list that rustfmt keeps on one line.
const SHORT: usize = 60;

/// The characters of a key from which prettier moves a long text to a line of its own.
const SHORTEST_KEY: usize = 5;
