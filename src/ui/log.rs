//! The log: a window of rows over the ring, and the totals.

use leptos::html::Div;
use leptos::prelude::*;

use crate::log::format::bytes;
use crate::log::{Pane, Tail};

use super::detail::Detail;
use super::erased::{dynamic, flag, on, text, words};
use super::model::Model;
use super::pane::{lay_out, measure, on_resize};
use super::rows::{Rows, seq_of};
use super::widget::{SMALL, button};
use super::words::counted;

#[component]
pub(super) fn Log(model: Model) -> impl IntoView {
    let clear = move |_| {
        model.selected.set(None);
        model.driver().clear_log();
    };
    view! {
        <section
            class="vp-log"
            class:vp-log--detailed=flag(move || model.selected.get().is_some())
            aria-label="Log"
        >
            <div class="vp-log__bar">
                <h2 class="vp-log__title">
                    {"Log"}
                </h2>
                {button(SMALL, "clear", words("Clear"), clear)}
            </div>
            <Stage model />
            <Detail model />
            <Foot model />
        </section>
    }
}

/// The state of the scrolling box.
#[derive(Default)]
struct Scroll {
    pane: Pane,
    tail: Tail,
    rows: Rows,
    /// How many entries were dropped when the box was last laid out.
    dropped: u64,
}

/// The scrolling box. Only the rows in sight, and a few around them, are in the document.
#[component]
fn Stage(model: Model) -> impl IntoView {
    let list = NodeRef::<Div>::new();
    let scroll = StoredValue::new_local(Scroll::default());
    let unseen = RwSignal::new(0);

    // Shows what belongs into the box where the tail, or the reader, wants it.
    let refresh = move |view: &crate::driver::View<'_>| {
        let Some(list) = list.get() else {
            return;
        };
        let api = model.api();
        let count = view.log.len();
        let counters = view.log.counters();
        let mut now_unseen = 0;
        scroll.update_value(|Scroll { pane, tail, rows, dropped }| {
            let gone = counters.dropped.saturating_sub(*dropped);
            *dropped = counters.dropped;
            pane.scroll_top = tail.place(pane, count, usize::try_from(gone).unwrap_or(usize::MAX));
            let window = pane.window(count, MARGIN);
            if let Some(parent) = lay_out(&list, count * pane.row, window.above) {
                rows.show(&parent, view.log, window.rows, &api);
            }
            list.set_scroll_top(i32::try_from(pane.scroll_top).unwrap_or(i32::MAX));
            now_unseen = tail.unseen(counters.entries);
        });
        if unseen.get_untracked() != now_unseen {
            unseen.set(now_unseen);
        }
    };
    Effect::new(move |_| {
        let selected = model.selected.get();
        scroll.update_value(|scroll| scroll.rows.mark(selected));
        model.read(refresh);
    });
    on_resize(list, move |list| {
        scroll.update_value(|scroll| scroll.pane = measure(list));
        model.driver().read(refresh);
    });
    let scrolled = move |_| {
        if let Some(list) = list.get_untracked() {
            model.driver().read(|view| {
                scroll.update_value(|scroll| {
                    scroll.pane = measure(&list);
                    let entries = view.log.counters().entries;
                    scroll.tail.scrolled(&scroll.pane, view.log.len(), entries);
                });
                refresh(view);
            });
        }
    };
    let follow = move |_| {
        scroll.update_value(|scroll| scroll.tail.follow());
        model.driver().read(refresh);
    };
    let toggle = move |event: web_sys::MouseEvent| {
        if let Some(seq) = seq_of(event.target()) {
            let is_shown = model.selected.get_untracked() == Some(seq);
            model.selected.set((!is_shown).then_some(seq));
        }
    };
    let more = move || {
        let unseen = unseen.get();
        (unseen != 0)
            .then(|| button(NEW, "follow", text(move || format!("{unseen} new ↓")), follow))
    };
    let empty = move || {
        let hint = "Nothing yet. Connect, and every frame and every close stands here.";
        let is_empty = model.read(|view| view.log.is_empty());
        is_empty.then(|| view! { <p class="vp-log__empty">{hint}</p> })
    };
    view! {
        <div class="vp-log__stage">
            <div
                class="vp-log__list"
                node_ref=list
                role="log"
                aria-live="off"
                aria-label="Frames"
                tabindex="0"
                data-testid="log"
                on:scroll=on(scrolled)
                on:click=on(toggle)
            >
                <div>
                    <div class={ROWS}></div>
                </div>
            </div>
            {dynamic(empty)}
            {dynamic(more)}
        </div>
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
    view! {
        <div class="vp-log__foot">
            <span data-testid="log-status">{text(totals)}</span>
            <span>{"VeriOps WebSocket playground"}</span>
        </div>
    }
}

/// The button over the last rows.
const NEW: &str = "vp-log__new vp-button vp-button--small vp-button--primary";

/// Rows kept ready on either side of those in sight.
const MARGIN: usize = 8;

/// The class of the element that holds the rows. Named here, because an element in a view must have
/// something that is not a literal (see the room's introduction).
const ROWS: &str = "vp-log__window";
