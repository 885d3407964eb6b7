//! The rows of the log as plain elements: made once, moved never, removed when out of sight.
//!
//! Nothing in a row changes but whether it is expanded, so the framework's view of it would only cost.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use crate::api::Api;
use crate::driver;
use crate::log::format::clock;
use crate::log::{Direction, Entry, Outcome, Ring, Seq, Summary};

/// The rows that are in the document, in the order of their numbers.
#[derive(Default)]
pub(super) struct Rows {
    shown: Vec<Shown>,
    expanded: Option<Seq>,
}

struct Shown {
    seq: Seq,
    version: u32,
    element: Element,
}

impl Rows {
    /// Brings the children of `parent` to the rows at these positions of the log.
    pub(super) fn show(
        &mut self,
        parent: &HtmlElement,
        log: &Ring,
        positions: core::ops::Range<usize>,
        api: &Api,
    ) {
        let mut at = 0;
        for row in log.range(positions) {
            let seq = row.entry.seq;
            while self.shown.get(at).is_some_and(|shown| shown.seq < seq) {
                self.shown.remove(at).element.remove();
            }
            match self.shown.get(at) {
                Some(shown) if shown.seq == seq && shown.version == row.version => {}
                found => {
                    let Some(element) = element(&row.entry, api) else {
                        return;
                    };
                    expand(&element, self.expanded == Some(seq));
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
        for gone in self.shown.drain(at..) {
            gone.element.remove();
        }
    }

    /// Marks the row whose detail is shown.
    pub(super) fn mark(&mut self, expanded: Option<Seq>) {
        self.expanded = expanded;
        for shown in &self.shown {
            expand(&shown.element, expanded == Some(shown.seq));
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

fn element(entry: &Entry, api: &Api) -> Option<Element> {
    let document = web_sys::window()?.document()?;
    let summary = Summary::of(entry, api);
    let row = make(&document, "button", "vp-row", "")?;
    for (name, value) in [
        ("data-testid", "row"),
        ("data-kind", entry.kind_name()),
        ("data-direction", entry.direction().map_or("none", Direction::name)),
        ("data-outcome", entry.outcome().map_or("", Outcome::name)),
        ("data-tone", summary.tone.name()),
        (SEQ, &entry.seq.0.to_string()),
    ] {
        set(&row, name, value);
    }
    let time = clock(entry.at.wall, driver::utc_offset_minutes());
    let (hour, minute) = time.split_at_checked(HOUR)?;
    let time = make(&document, "span", "vp-row__time", "")?;
    // Where there is little room the style sheet leaves the hour out.
    append(&time, &make(&document, "span", "vp-row__hour", hour)?);
    append(&time, &make(&document, "span", "vp-row__minute", minute)?);
    append(&row, &time);
    for (class, text) in [
        ("vp-row__arrow", &*summary.mark.to_string()),
        ("vp-row__label", &summary.label),
        ("vp-row__text", &summary.detail),
        ("vp-row__trail", &summary.trailing),
    ] {
        append(&row, &make(&document, "span", class, text)?);
    }
    Some(row)
}

fn make(document: &Document, tag: &str, class: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    set(&element, "class", class);
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    Some(element)
}

fn set(element: &Element, name: &str, value: &str) {
    // The names are valid, which is all that can go wrong.
    let _ = element.set_attribute(name, value);
}

fn append(parent: &Element, child: &Element) {
    // A new element can go anywhere.
    let _ = parent.append_child(child);
}

const SEQ: &str = "data-seq";

/// The characters of the hour in a time of day, with its colon.
const HOUR: usize = 3;
