//! The rows of the log as plain elements: made once, and written anew for another entry when theirs is out
//! of sight. Under a flood every view has other entries, and what stands at the same place again is not
//! touched.
//!
//! Nothing in a row changes by itself but whether it is expanded, so the framework's view of it would only
//! cost.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::view::plain::{append, make, set, write};
use crate::api::Api;
use crate::driver;
use crate::entry::{Entry, FrameDirection, Outcome, Seq};
use crate::log::{Needle, Row};
use crate::words::Summary;
use crate::words::format::clock;

/// The rows that are in the document, in the order of their numbers.
#[derive(Default)]
pub(super) struct Rows {
    lines: Vec<Line>,
    selected: Option<Seq>,
    needle: Needle,
    /// Whether what is shown was written for another search.
    is_stale: bool,
}

impl Rows {
    /// Brings the children of `parent` to these rows of the log.
    pub(super) fn show(&mut self, parent: &HtmlElement, rows: Vec<&Row>, api: &Api) {
        let is_stale = core::mem::take(&mut self.is_stale);
        let minutes_east = driver::utc_offset_minutes();
        let stays = |line: &Line| rows.binary_search_by_key(&line.seq, |row| row.entry.seq).is_ok();
        // Where none stays, each is written anew where it stands.
        let is_moving = self.lines.iter().any(stays);
        let mut free: Vec<_> = self.lines.extract_if(.., |it| is_moving && !stays(it)).collect();
        let count = rows.len();
        for (at, Row { entry, version }) in rows.into_iter().enumerate() {
            let found = self.lines.get(at);
            if found.is_none_or(|line| is_moving && line.seq != entry.seq) {
                let Some(line) = free.pop().or_else(|| Line::new(parent)) else {
                    return;
                };
                let before = found.map(|line| line.element.clone().into());
                // A row that is in the document can have another one before it.
                let _ = parent.insert_before(&line.element, before.as_ref());
                self.lines.insert(at, line);
            }
            let line = &mut self.lines[at];
            if is_stale || (line.seq, line.version) != (entry.seq, *version) {
                line.version = *version;
                line.write(entry, api, minutes_east, &self.needle);
            }
            line.expand(self.selected == Some(entry.seq));
        }
        for gone in self.lines.drain(count..).chain(free) {
            gone.element.remove();
        }
    }

    /// Marks the row whose detail is shown.
    pub(super) fn select(&mut self, selected: Option<Seq>) {
        self.selected = selected;
        for line in &mut self.lines {
            line.expand(selected == Some(line.seq));
        }
    }

    /// Has every place of a text marked when the rows are shown next.
    pub(super) fn search(&mut self, needle: Needle) {
        self.needle = needle;
        self.is_stale = true;
    }
}

/// Returns the number of the entry whose row an event came from.
pub(super) fn seq_of(target: Option<web_sys::EventTarget>) -> Option<Seq> {
    let row = target?.dyn_into::<Element>().ok()?.closest(".vp-row").ok()??;
    row.get_attribute(SEQ)?.parse().ok().map(Seq)
}

/// A row of the document, and what it shows.
struct Line {
    seq: Seq,
    version: u32,
    element: Element,
    names: [&'static str; NAMES.len()],
    cells: [Cell; CELLS.len()],
    is_expanded: bool,
}

/// A part of a row.
struct Cell {
    element: Element,
    text: String,
    /// What holds the text, if there is some and nothing in it is marked.
    plain: Option<Node>,
}

impl Line {
    /// Returns a row of the document that `near` is in. It stands nowhere and shows no entry.
    fn new(near: &Element) -> Option<Self> {
        let element = make(near, "button", "vp-row")?;
        set(&element, "data-testid", "row");
        // The arrow keys walk from row to row, the tab key leaves the list.
        set(&element, "tabindex", "-1");
        set(&element, EXPANDED, "false");
        for name in NAMES {
            set(&element, name, "");
        }
        let time = append(&element, "span", "vp-row__time")?;
        let mut cells = Vec::new();
        for class in CELLS {
            // Where there is little room the style sheet leaves the hour out.
            let parent = if cells.len() < CELLS_OF_TIME { &time } else { &element };
            let element = append(parent, "span", class)?;
            cells.push(Cell { element, text: String::new(), plain: None });
        }
        let cells = cells.try_into().ok()?;
        let names = [""; NAMES.len()];
        Some(Self { seq: Seq(u64::MAX), version: 0, element, names, cells, is_expanded: false })
    }

    /// Shows an entry.
    fn write(&mut self, entry: &Entry, api: &Api, minutes_east: i32, needle: &Needle) {
        let summary = Summary::of(entry, api);
        if self.seq != entry.seq {
            self.seq = entry.seq;
            set(&self.element, SEQ, &entry.seq.0.to_string());
        }
        let names = [
            entry.kind().name(),
            entry.direction().map_or("none", FrameDirection::name),
            entry.outcome().map_or("", Outcome::name),
            summary.tone.name(),
            if entry.draws_line() { "true" } else { "false" },
        ];
        for ((name, before), now) in NAMES.into_iter().zip(&mut self.names).zip(names) {
            if *before != now {
                *before = now;
                set(&self.element, name, now);
            }
        }
        let time = clock(entry.at.wall, minutes_east);
        let (hour, minute) = time.split_at_checked(HOUR).unwrap_or_default();
        let mut mark = [0; 4];
        let mark = &*summary.mark.encode_utf8(&mut mark);
        let nothing = Needle::default();
        let texts = [
            (hour, &nothing),
            (minute, &nothing),
            (mark, &nothing),
            (&summary.label, needle),
            (&summary.detail, needle),
            (&summary.trailing, needle),
        ];
        for (cell, (text, needle)) in self.cells.iter_mut().zip(texts) {
            cell.write(text, needle);
        }
    }

    fn expand(&mut self, is_expanded: bool) {
        if self.is_expanded != is_expanded {
            self.is_expanded = is_expanded;
            set(&self.element, EXPANDED, if is_expanded { "true" } else { "false" });
        }
    }
}

impl Cell {
    /// Shows a text, where what was searched for is marked.
    fn write(&mut self, text: &str, needle: &Needle) {
        let is_marked = !needle.is_empty() && needle.occurs_in(text);
        match &self.plain {
            Some(_) if !is_marked && self.text == text => return,
            None if text.is_empty() && self.text.is_empty() => return,
            // To the browser a text that changes is less than one that goes and another that comes.
            Some(node) if !is_marked => node.set_node_value(Some(text)),
            _ if is_marked => {
                self.plain = None;
                self.element.set_text_content(None);
                write(&self.element, text, needle);
            }
            _ => {
                self.element.set_text_content(Some(text));
                self.plain = self.element.first_child();
            }
        }
        text.clone_into(&mut self.text);
    }
}

const SEQ: &str = "data-seq";
const EXPANDED: &str = "aria-expanded";

/// What style sheets know of a row.
const NAMES: [&str; 5] = ["data-kind", "data-direction", "data-outcome", "data-tone", "data-line"];

/// The parts of a row: hour and minute, which are its time, and those behind it.
const CELLS: [&str; 6] = [
    "vp-row__hour",
    "vp-row__minute",
    "vp-row__arrow",
    "vp-row__label",
    "vp-row__text",
    "vp-row__trail",
];
const CELLS_OF_TIME: usize = 2;

/// The characters of the hour in a time of day, with its colon.
const HOUR: usize = 3;
