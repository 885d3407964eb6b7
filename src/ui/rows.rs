//! The rows of the log as plain elements: made once, moved never, removed when out of sight.
//!
//! Nothing in a row changes but whether it is expanded, so the framework's view of it would only cost.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::view::plain::{append, append_plain, append_text, make, set};
use crate::api::Api;
use crate::driver;
use crate::entry::{Entry, FrameDirection, Outcome, Seq};
use crate::log::{Needle, Row};
use crate::words::Summary;
use crate::words::format::clock;

/// The rows that are in the document, in the order of their numbers.
#[derive(Default)]
pub(super) struct Rows {
    shown: Vec<Shown>,
    selected: Option<Seq>,
    needle: Needle,
    /// Whether what is shown was made for another search.
    is_stale: bool,
}

struct Shown {
    seq: Seq,
    version: u32,
    element: Element,
}

impl Rows {
    /// Brings the children of `parent` to these rows of the log.
    pub(super) fn show(&mut self, parent: &HtmlElement, rows: Vec<&Row>, api: &Api) {
        if core::mem::take(&mut self.is_stale) {
            self.remove_from(0);
        }
        let mut at = 0;
        for row in rows {
            let seq = row.entry.seq;
            while self.shown.get(at).is_some_and(|shown| shown.seq < seq) {
                self.shown.remove(at).element.remove();
            }
            match self.shown.get(at) {
                Some(shown) if shown.seq == seq && shown.version == row.version => {}
                found => {
                    let Some(element) = element(parent, &row.entry, api, &self.needle) else {
                        return;
                    };
                    expand(&element, self.selected == Some(seq));
                    let is_replaced = found.is_some_and(|shown| shown.seq == seq);
                    let before = found.map(|shown| shown.element.clone().into());
                    // A row that is in the document can have another one before it.
                    let _ = parent.insert_before(&element, before.as_ref());
                    if is_replaced {
                        self.shown.remove(at).element.remove();
                    }
                    self.shown.insert(at, Shown { seq, version: row.version, element });
                }
            }
            at += 1;
        }
        self.remove_from(at);
    }

    /// Marks the row whose detail is shown.
    pub(super) fn select(&mut self, selected: Option<Seq>) {
        self.selected = selected;
        for shown in &self.shown {
            expand(&shown.element, selected == Some(shown.seq));
        }
    }

    /// Has every place of a text marked when the rows are shown next.
    pub(super) fn search(&mut self, needle: Needle) {
        self.needle = needle;
        self.is_stale = true;
    }

    fn remove_from(&mut self, at: usize) {
        for gone in self.shown.drain(at..) {
            gone.element.remove();
        }
    }
}

/// Returns the number of the entry whose row an event came from.
pub(super) fn seq_of(target: Option<web_sys::EventTarget>) -> Option<Seq> {
    let row = target?.dyn_into::<Element>().ok()?.closest(".vp-row").ok()??;
    row.get_attribute(SEQ)?.parse().ok().map(Seq)
}

fn expand(row: &Element, is_expanded: bool) {
    set(row, "aria-expanded", if is_expanded { "true" } else { "false" });
}

fn element(near: &Element, entry: &Entry, api: &Api, needle: &Needle) -> Option<Element> {
    let summary = Summary::of(entry, api);
    let row = make(near, "button", "vp-row")?;
    for (name, value) in [
        ("data-testid", "row"),
        ("data-kind", entry.kind().name()),
        ("data-direction", entry.direction().map_or("none", FrameDirection::name)),
        ("data-outcome", entry.outcome().map_or("", Outcome::name)),
        ("data-tone", summary.tone.name()),
        ("data-line", if entry.draws_line() { "true" } else { "false" }),
        // The arrow keys walk from row to row, the tab key leaves the list.
        ("tabindex", "-1"),
        (SEQ, &entry.seq.0.to_string()),
    ] {
        set(&row, name, value);
    }
    let time = clock(entry.at.wall, driver::utc_offset_minutes());
    let (hour, minute) = time.split_at_checked(HOUR)?;
    let time = append(&row, "span", "vp-row__time")?;
    // Where there is little room the style sheet leaves the hour out.
    append_plain(&time, "span", "vp-row__hour", hour);
    append_plain(&time, "span", "vp-row__minute", minute);
    append_plain(&row, "span", "vp-row__arrow", &summary.mark.to_string());
    for (class, text) in [
        ("vp-row__label", &summary.label),
        ("vp-row__text", &summary.detail),
        ("vp-row__trail", &summary.trailing),
    ] {
        append_text(&row, "span", class, text, needle);
    }
    Some(row)
}

const SEQ: &str = "data-seq";

/// The characters of the hour in a time of day, with its colon.
const HOUR: usize = 3;
