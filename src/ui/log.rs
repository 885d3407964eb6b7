//! The log: its bar, the list, the detail of an entry, and the totals.

use std::fmt::Write as _;

use leptos::prelude::AnyView;

use crate::driver;
use crate::log::rate::BARS;
use crate::words::format::{bytes, counted};

use super::bar::bar;
use super::list::{LogView, list};
use super::model::{Later, Model};
use super::replay::player;
use super::state::effect;
use super::view::{Element, div, dynamic, section, span, text};

pub(super) fn log(model: Model) -> Element {
    let log_view = LogView::new(model);
    section()
        .class("vp-log")
        .attr("part", "log")
        .class_if("vp-log--detailed", move || model.selected.get().is_some())
        .class_if("vp-log--empty", move || log_view.is_empty.get())
        .label("Log")
        .child(bar(&log_view))
        .child(player(model))
        .child(list(&log_view))
        .child(detail(model))
        .child(foot(model))
}

/// Returns the place of an entry's detail, which comes with the first entry that is looked at.
fn detail(model: Model) -> AnyView {
    effect(move || {
        if model.selected.with(Option::is_some) && model.detail.with_untracked(Option::is_none) {
            model.fetch(Later::Detail);
        }
    });
    dynamic(move || model.detail.get().map(|detail| detail()))
}

fn foot(model: Model) -> Element {
    let totals = move || {
        let counters = model.read(|view| *view.log.counters());
        let dropped = match counters.dropped {
            0 => "none dropped".to_owned(),
            dropped => format!("{dropped} older dropped"),
        };
        format!(
            "{} · {} in · {} out · {dropped}",
            counted(counters.received + counters.sent, "message"),
            bytes(counters.bytes_in),
            bytes(counters.bytes_out),
        )
    };
    let bars = move || model.read(|view| view.log.rate().bars(view.clock(driver::now())));
    let rate = move || format!("{} a second", bars()[BARS - 1]);
    let bars = span()
        .class("vp-rate__bars")
        .attr("aria-hidden", "true")
        .style("clip-path", text(move || outline(&bars())));
    let rate = span()
        .class("vp-rate")
        .attr("title", "Messages in each second of the last minute")
        .child(span().test_id("rate").child(text(rate)))
        .child(bars);
    div().class("vp-log__foot").child(span().test_id("log-status").child(text(totals))).child(rate)
}

/// Returns the outline of bars that stand side by side, as a shape to cut an element to.
fn outline(bars: &[u32]) -> String {
    let highest = bars.iter().copied().max().unwrap_or_default().max(1);
    let mut shape = "polygon(0 100%".to_owned();
    for (at, bar) in bars.iter().enumerate() {
        let top = 100 - 100 * bar / highest;
        for edge in [at, at + 1] {
            // Writing to a string cannot fail.
            let _ = write!(shape, ",{}% {top}%", edge * 100 / bars.len());
        }
    }
    shape + ",100% 100%)"
}
