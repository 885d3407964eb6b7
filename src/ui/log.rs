//! The log: a window of rows over the ring, and the totals.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

use crate::driver;
use crate::log::format::{bytes, clock};
use crate::log::{Body, Direction, Entry, Outcome, Pane, Reading, Seq, Summary, Tail};

use super::detail::Detail;
use super::erased::{aria, dynamic, flag, on, text};
use super::model::Model;
use super::pane::{lay_out, measure, on_resize};
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
            aria-labelledby="vp-log"
        >
            <div class="vp-log__bar">
                <h2 class="vp-log__title" id="vp-log">
                    {"Log"}
                </h2>
                <button
                    type="button"
                    class="vp-button vp-button--small"
                    data-testid="clear"
                    on:click=on(clear)
                >
                    "Clear"
                </button>
            </div>
            <Stage model />
            <Detail model />
            <Foot model />
        </section>
    }
}

/// The scrolling box. Only the rows in sight, and a few around them, are in the document.
#[component]
fn Stage(model: Model) -> impl IntoView {
    let list = NodeRef::<Div>::new();
    let tail = RwSignal::new(Tail::default());
    let pane = RwSignal::new(Pane { scroll_top: 0, height: 0, row: 1 });
    let keys = RwSignal::new(Vec::new());
    let extent = Memo::new(move |_| {
        model.read(|view| {
            let counters = view.log.counters();
            Extent { rows: view.log.len(), entries: counters.entries, dropped: counters.dropped }
        })
    });

    // Moves the box to where the tail, or the reader, wants it.
    let place = move |dropped: usize| {
        let rows = extent.get_untracked().rows;
        let mut top = 0;
        tail.update_untracked(|tail| top = tail.place(&pane.get_untracked(), rows, dropped));
        pane.update(|pane| pane.scroll_top = top);
        spawn_local(async move {
            // The box must have its new height first.
            tick().await;
            if let Some(list) = list.try_get_untracked().flatten() {
                list.set_scroll_top(i32::try_from(top).unwrap_or(i32::MAX));
            }
        });
    };
    Effect::new(move |before: Option<Extent>| {
        let now = extent.get();
        let dropped = before.map_or(0, |before| now.dropped.saturating_sub(before.dropped));
        place(usize::try_from(dropped).unwrap_or(usize::MAX));
        now
    });
    // A settled request changes a row and no extent, so this looks at every frame.
    Effect::new(move |_| {
        let pane = pane.get();
        let (shown, above, rows) = model.read(|view| {
            let rows = view.log.len();
            let window = pane.window(rows, MARGIN);
            let shown = view.log.range(window.rows).map(|row| (row.entry.seq, row.version));
            (shown.collect::<Vec<_>>(), window.above, rows)
        });
        if let Some(list) = list.get() {
            lay_out(&list, rows * pane.row, above);
        }
        if *keys.read_untracked() != shown {
            keys.set(shown);
        }
    });
    on_resize(list, move |list| {
        pane.set(measure(list));
        place(0);
    });
    let scrolled = move |_| {
        if let Some(list) = list.get_untracked() {
            let extent = extent.get_untracked();
            let now = measure(&list);
            pane.set(now);
            tail.update(|tail| tail.scrolled(&now, extent.rows, extent.entries));
        }
    };
    let follow = move |_| {
        tail.update(Tail::follow);
        place(0);
    };
    let unseen = move || {
        let unseen = tail.with(|tail| tail.unseen(extent.get().entries));
        (unseen != 0).then(|| {
            view! {
                <button
                    type="button"
                    class="vp-log__new vp-button vp-button--small vp-button--primary"
                    data-testid="follow"
                    on:click=on(follow)
                >
                    {format!("{unseen} new ↓")}
                </button>
            }
        })
    };
    let empty = move || {
        let words = "Nothing yet. Connect, and every frame and every close stands here.";
        (extent.get().rows == 0).then(|| view! { <p class="vp-log__empty">{words}</p> })
    };
    view! {
        <div class="vp-log__stage">
            <div
                class="vp-log__list"
                node_ref=list
                role="log"
                aria-live="off"
                aria-labelledby="vp-log"
                tabindex="0"
                data-testid="log"
                on:scroll=on(scrolled)
            >
                <div>
                    <div class="vp-log__window">
                        <For each=move || keys.get() key=|key| *key let:key>
                            {row(model, key.0)}
                        </For>
                    </div>
                </div>
            </div>
            {dynamic(empty)}
            {dynamic(unseen)}
        </div>
    }
}

/// How much there is to scroll through, and what came and went.
#[derive(Clone, Copy, PartialEq)]
struct Extent {
    rows: usize,
    entries: u64,
    dropped: u64,
}

/// A row. Its text never changes: a request that is answered becomes another version of its row.
fn row(model: Model, seq: Seq) -> AnyView {
    let api = model.api();
    let read = model.driver().read(|view| {
        let entry = &view.log.get(seq)?.entry;
        let (kind, direction, outcome) = marks(entry);
        let mut hour = clock(entry.at.wall, driver::utc_offset_minutes());
        // Where there is little room the style sheet leaves the hour out.
        let minute = hour.split_off(HOUR);
        Some((Summary::of(entry, &api), kind, direction, outcome, hour, minute))
    });
    let is_selected = move || model.selected.get() == Some(seq);
    let toggle = move |_| {
        model.selected.update(|selected| {
            *selected = if *selected == Some(seq) { None } else { Some(seq) };
        });
    };
    read.map(|(summary, kind, direction, outcome, hour, minute)| {
        view! {
            <button
                type="button"
                class="vp-row"
                data-testid="row"
                data-kind=kind
                data-direction=direction
                data-outcome=outcome
                data-tone=summary.tone.name()
                aria-expanded=aria(is_selected)
                on:click=on(toggle)
            >
                <span class="vp-row__time">
                    <span class="vp-row__hour">{hour}</span>
                    {minute}
                </span>
                <span class="vp-row__arrow">{summary.mark.to_string()}</span>
                <span class="vp-row__label">{summary.label}</span>
                <span class="vp-row__text">{summary.detail}</span>
                <span class="vp-row__trail">{summary.trailing}</span>
            </button>
        }
    })
    .into_any()
}

/// Returns kind, direction and outcome of an entry, for style sheets and tests.
fn marks(entry: &Entry) -> (&'static str, &'static str, Option<&'static str>) {
    match &entry.body {
        Body::Binary { .. } => ("binary", "received", None),
        Body::Closed { .. } => ("close", "none", None),
        Body::Heartbeat { .. } => ("heartbeat", "received", None),
        Body::Note(_) => ("note", "none", None),
        Body::Opened { .. } => ("open", "none", None),
        Body::Message { direction, reading, .. } => {
            let direction = match direction {
                Direction::Received => "received",
                Direction::Sent => "sent",
            };
            match reading {
                Reading::Answer { kind, .. } | Reading::Plain { kind, .. } => {
                    (kind.name(), direction, None)
                }
                Reading::Banner => ("banner", direction, None),
                Reading::Echo { .. } => ("echo", direction, None),
                Reading::Event { .. } => ("event", direction, None),
                Reading::Malformed(_) => ("malformed", direction, None),
                Reading::Request { kind, outcome, .. } => {
                    let outcome = match outcome {
                        Outcome::Answered { .. } => "answered",
                        Outcome::Echoed { .. } => "echoed",
                        Outcome::Late { .. } => "late",
                        Outcome::Lost => "lost",
                        Outcome::Pending => "pending",
                        Outcome::Unanswered => "unanswered",
                        Outcome::Unasked => "unasked",
                    };
                    (kind.name(), direction, Some(outcome))
                }
            }
        }
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

/// Rows kept ready on either side of those in sight.
const MARGIN: usize = 8;

/// The characters of the hour in a time of day, with its colon.
const HOUR: usize = 3;
