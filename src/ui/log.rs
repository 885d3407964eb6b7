//! The log: its bar, the list, the detail of an entry, and the totals.

use leptos::prelude::*;

use crate::driver;
use crate::log::format::bytes;
use crate::log::rate::BARS;

use super::bar::Bar;
use super::detail::Detail;
use super::erased::{flag, text};
use super::list::{Board, List};
use super::model::Model;
use super::replay::Player;
use super::words::counted;

#[component]
pub(super) fn Log(model: Model) -> impl IntoView {
    let board = Board::new(model);
    view! {
        <section
            class="vp-log"
            class:vp-log--detailed=flag(move || model.selected.get().is_some())
            aria-label="Log"
        >
            <Bar board />
            <Player model />
            <List board />
            <Detail model />
            <Foot model />
        </section>
    }
}

#[component]
fn Foot(model: Model) -> impl IntoView {
    let totals = move || {
        let counters = model.read(|view| *view.log.counters());
        let messages = usize::try_from(counters.received + counters.sent).unwrap_or(usize::MAX);
        let dropped = match counters.dropped {
            0 => "none dropped".to_owned(),
            dropped => format!("{dropped} older dropped"),
        };
        format!(
            "{} · {} in · {} out · {dropped}",
            counted(messages, "message"),
            bytes(counters.bytes_in),
            bytes(counters.bytes_out),
        )
    };
    let bars = move || model.read(|view| view.log.rate().bars(view.clock(driver::now().at)));
    let rate = move || format!("{} a second", bars()[BARS - 1]);
    view! {
        <div class="vp-log__foot">
            <span data-testid="log-status">{text(totals)}</span>
            <span class="vp-rate">
                <span data-testid="rate">{text(rate)}</span>
                <span
                    class="vp-rate__bars"
                    aria-hidden="true"
                    style:clip-path=text(move || outline(&bars()))
                ></span>
            </span>
        </div>
    }
}

/// Returns the outline of bars that stand side by side, as a shape to cut an element to.
fn outline(bars: &[u32]) -> String {
    let highest = bars.iter().copied().max().unwrap_or_default().max(1);
    let mut shape = "polygon(0 100%".to_owned();
    for (at, bar) in bars.iter().enumerate() {
        let top = 100 - 100 * bar / highest;
        for edge in [at, at + 1] {
            shape.push_str(&format!(",{}% {top}%", edge * 100 / bars.len()));
        }
    }
    shape + ",100% 100%)"
}
