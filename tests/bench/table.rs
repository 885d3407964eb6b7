//! The table: figures, their medians, and the bars beside them.

use std::fmt;

/// What was measured of one thing, run by run.
pub struct Line {
    /// What it is.
    pub what: String,
    /// Its unit, if it has one.
    pub unit: &'static str,
    /// The figures of the runs; none if there was nothing to measure.
    pub figures: Vec<f64>,
    /// What they should reach.
    pub bar: Option<Bar>,
}

/// What a figure should reach.
#[derive(Clone, Copy)]
pub enum Bar {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Below(f64),
    /// From the first to the second.
    Within(f64, f64),
}

impl Bar {
    fn is_met_by(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bar) => figure >= bar,
            Self::AtMost(bar) => figure <= bar,
            Self::Below(bar) => figure < bar,
            Self::Within(least, most) => (least..=most).contains(&figure),
        }
    }
}

/// The figures of all runs, in the order in which they were first seen.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// Adds a figure of one run.
    pub fn add(&mut self, what: &str, unit: &'static str, figure: f64, bar: Option<Bar>) {
        self.line(what, unit, bar).figures.push(figure);
    }

    /// Returns the highest figure of any run.
    pub fn most(&self, what: &str) -> Option<f64> {
        let line = self.lines.iter().find(|line| line.what == what)?;
        line.figures.iter().copied().max_by(f64::total_cmp)
    }

    fn line(&mut self, what: &str, unit: &'static str, bar: Option<Bar>) -> &mut Line {
        let index = self.lines.iter().position(|line| line.what == what).unwrap_or_else(|| {
            self.lines.push(Line { what: what.to_owned(), unit, figures: Vec::new(), bar });
            self.lines.len() - 1
        });
        &mut self.lines[index]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
        let heads = ["median", "range", "bar"];
        writeln!(formatter, "{:width$}  {:>14}  {:>19}  {:>11}", "", heads[0], heads[1], heads[2])?;
        for line in &self.lines {
            if let Some(median) = median(&line.figures) {
                write!(formatter, "{:width$}", line.what)?;
                line.write(formatter, median)?;
            }
        }
        Ok(())
    }
}

impl Line {
    fn write(&self, formatter: &mut fmt::Formatter<'_>, median: f64) -> fmt::Result {
        let least = self.figures.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let range = format!("{} – {}", number(least), number(most));
        let median_text = format!("{} {:<5}", number(median), self.unit);
        write!(formatter, "  {median_text:>14}  {range:>19}")?;
        match self.bar {
            Some(bar) => {
                let verdict = if bar.is_met_by(median) { "ok" } else { "MISSED" };
                writeln!(formatter, "  {:>11}  {verdict}", bar.to_string())
            }
            None => writeln!(formatter),
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bar) => write!(formatter, "≥ {}", number(*bar)),
            Self::AtMost(bar) => write!(formatter, "≤ {}", number(*bar)),
            Self::Below(bar) => write!(formatter, "< {}", number(*bar)),
            Self::Within(least, most) => {
                write!(formatter, "{} – {}", number(*least), number(*most))
            }
        }
    }
}

/// Returns the median of the figures, if there are any.
fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { f64::midpoint(sorted[middle - 1], upper) })
}

/// Writes a number with as many digits as a reader compares: whole above 100, with a comma for
/// every thousand.
fn number(figure: f64) -> String {
    if figure.fract() != 0.0 && figure.abs() < 10.0 {
        return format!("{figure:.2}");
    }
    if figure.fract() != 0.0 && figure.abs() < 100.0 {
        return format!("{figure:.1}");
    }
    let digits = format!("{:.0}", figure.abs());
    let mut text = String::from(if figure < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
