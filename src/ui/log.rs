//! The log: a window of rows over the ring, and the totals.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

use crate::driver;
use crate::log::format::{bytes, clock};
use crate::log::{Body, Direction, Entry, Outcome, Pane, Reading, Seq, Summary, Tail};

use super::detail::Detail;
use super::model::Model;
use super::pane::{measure, on_resize};
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
            class:vp-log--detailed=move || model.selected.get().is_some()
            aria-labelledby="vp-log"
        >
            <div class="vp-log__bar">
                <h2 class="vp-log__title" id="vp-log">
                    "Log"
                </h2>
                <button
                    type="button"
                    class="vp-button vp-button--small"
                    data-testid="clear"
                    on:click=clear
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

/// How much there is to scroll through, and what came and went.
#[derive(Clone, Copy, PartialEq)]
struct Extent {
    rows: usize,
    entries: u64,
    dropped: u64,
}

/// The scrolling box. Only the rows in sight, and a few around them, are in the document.
#[component]
fn Stage(model: Model) -> impl IntoView {
    let list = NodeRef::<Div>::new();
    let tail = RwSignal::new(Tail::default());
    let pane = RwSignal::new(Pane { scroll_top: 0, height: 0, row: 1 });
    let extent = model.memo(|view| {
        let counters = view.log.counters();
        Extent { rows: view.log.len(), entries: counters.entries, dropped: counters.dropped }
    });
    let window = Memo::new(move |_| pane.get().window(extent.get().rows, MARGIN));
    let keys = Memo::new(move |_| {
        let rows = window.with(|window| window.rows.clone());
        model.read(|view| {
            view.log.range(rows).map(|row| (row.entry.seq, row.version)).collect::<Vec<_>>()
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
    on_resize(list, move |list| {
        pane.set(measure(list));
        place(0);
    });
    let scrolled = move |_| {
        if let Some(list) = list.get_untracked() {
            let extent = extent.get_untracked();
            pane.set(measure(&list));
            let pane = pane.get_untracked();
            tail.update(|tail| tail.scrolled(&pane, extent.rows, extent.entries));
        }
    };
    let follow = move |_| {
        tail.update(Tail::follow);
        place(0);
    };
    let unseen = Memo::new(move |_| tail.with(|tail| tail.unseen(extent.get().entries)));
    let height = move || format!("{}px", extent.get().rows * pane.with(|pane| pane.row));
    let shift = move || format!("translateY({}px)", window.with(|window| window.above));
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
                on:scroll=scrolled
            >
                <div style:height=height>
                    <div class="vp-log__window" style:transform=shift>
                        <For each=move || keys.get() key=|key| *key let:key>
                            <LogRow model seq=key.0 />
                        </For>
                    </div>
                </div>
            </div>
            <Show when=move || extent.get().rows == 0>
                <p class="vp-log__empty">
                    "Nothing yet. Connect, and every frame and every close stands here."
                </p>
            </Show>
            <Show when=move || unseen.get() != 0>
                <button
                    type="button"
                    class="vp-log__new vp-button vp-button--small vp-button--primary"
                    data-testid="follow"
                    on:click=follow
                >
                    {move || format!("{} new ↓", unseen.get())}
                </button>
            </Show>
        </div>
    }
}

/// A row. Its text never changes: a request that is answered becomes another version of its row.
#[component]
fn LogRow(model: Model, seq: Seq) -> impl IntoView {
    let api = model.api();
    let row = model.driver().read(|view| {
        let entry = &view.log.get(seq)?.entry;
        let (kind, direction, outcome) = marks(entry);
        let time = clock(entry.at.wall, driver::utc_offset_minutes());
        Some((Summary::of(entry, &api), kind, direction, outcome, time))
    });
    let is_selected = move || model.selected.get() == Some(seq);
    let toggle = move |_| {
        model.selected.update(|selected| {
            *selected = if *selected == Some(seq) { None } else { Some(seq) };
        });
    };
    row.map(|(summary, kind, direction, outcome, time)| {
        view! {
            <button
                type="button"
                class="vp-row"
                data-testid="row"
                data-kind=kind
                data-direction=direction
                data-outcome=outcome
                data-tone=summary.tone.name()
                aria-expanded=move || is_selected().to_string()
                on:click=toggle
            >
                <span class="vp-row__time">{time}</span>
                <span class="vp-row__arrow">{summary.mark.to_string()}</span>
                <span class="vp-row__label">{summary.label}</span>
                <span class="vp-row__text">{summary.detail}</span>
                <span class="vp-row__trail">{summary.trailing}</span>
            </button>
        }
    })
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
    let counters = model.memo(|view| *view.log.counters());
    let totals = move || {
        let counters = counters.get();
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
            <span data-testid="log-status">{totals}</span>
            <span>"VeriOps WebSocket playground"</span>
        </div>
    }
}

/// Rows kept ready on either side of those in sight.
const MARGIN: usize = 8;
