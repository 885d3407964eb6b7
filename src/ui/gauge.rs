//! The gauges: heartbeat, idle timeout, subscriptions, round trip.

use std::sync::Arc;

use leptos::prelude::*;

use crate::log::format::{countdown, duration};
use crate::protocol::Millis;
use crate::session::Command;

use super::erased::{aria, flag, on, text};
use super::model::Model;

#[component]
pub(super) fn Gauges(model: Model) -> impl IntoView {
    let api = model.api();
    let timings = api.timings.clone();
    let limit = api.limits.subscriptions;
    let without_server = move || {
        let is_echo = model.read(|view| view.session.is_echo() && view.session.phase().is_open());
        Reading::empty(if is_echo { "not with an echo" } else { "—" })
    };
    let heartbeat = move || match model.read(|view| view.session.next_ping()) {
        None => without_server(),
        Some(_) if model.read(|view| view.session.is_ping_missed(model.now())) => {
            Reading::new("ping missed".to_owned(), 0).warning(true)
        }
        Some(due) => {
            let left = due - model.now();
            Reading::new(
                format!("ping in {} s", left.seconds_ceil()),
                share(left, timings.heartbeat),
            )
        }
    };
    let idle = move || match model.read(|view| view.session.idle_deadline()) {
        None => without_server(),
        Some(deadline) => {
            let left = deadline - model.now();
            let is_near = model.read(|view| view.session.is_nearly_idle(model.now()));
            Reading::new(format!("{} left", countdown(left)), share(left, timings.idle))
                .warning(is_near)
        }
    };
    let subscribed = move || {
        let count = model.read(|view| view.session.subscription_count());
        Reading::new(format!("{count} / {limit}"), percent(count as u64, limit as u64))
    };
    let round_trip = move || model.read(|view| view.session.round_trip());
    let trip = move || match round_trip() {
        None => Reading::empty("—"),
        Some((median, _)) => Reading::new(format!("{} p50", duration(median)), share(median, SLOW)),
    };
    let more = move || {
        round_trip().map(|(_, high)| format!(" · {} p95", duration(high))).unwrap_or_default()
    };
    let none = text(String::new);
    let answer = switch(
        "stop-answering",
        "Stop answering",
        move || !model.read(|view| view.session.answers_pings()),
        move |on| model.command(Command::AnswerPings(!on)),
    );
    let keep = switch(
        "keep-alive",
        "Keep alive",
        move || model.read(|view| view.session.keeps_alive()),
        move |on| model.command(Command::KeepAlive(on)),
    );
    view! {
        <section class="vp-gauges" aria-label="Gauges">
            {gauge("gauge-heartbeat", "Heartbeat", Arc::new(heartbeat), none, Some(answer))}
            {gauge("gauge-idle", "Idle timeout", Arc::new(idle), none, Some(keep))}
            {gauge("gauge-subscriptions", "Subscriptions", Arc::new(subscribed), none, None)}
            {gauge("gauge-round-trip", "Ack round trip", Arc::new(trip), text(more), None)}
        </section>
    }
}

/// Returns a check box that says how the playground behaves.
fn switch(
    id: &'static str,
    label: &'static str,
    is_on: impl Fn() -> bool + Send + Sync + 'static,
    turn: impl Fn(bool) + 'static,
) -> AnyView {
    view! {
        <label class="vp-gauge__switch">
            <input
                type="checkbox"
                data-testid=id
                prop:checked=flag(is_on)
                on:change=on(move |event| turn(event_target_checked(&event)))
            />
            {label}
        </label>
    }
    .into_any()
}

/// Returns a gauge; `more` is what it adds where there is room.
fn gauge(
    id: &'static str,
    label: &'static str,
    read: Arc<dyn Fn() -> Reading + Send + Sync>,
    more: Signal<String>,
    switch: Option<AnyView>,
) -> AnyView {
    let [warning, empty, words, width] = core::array::from_fn(|_| Arc::clone(&read));
    let width = move || format!("{}%", width().percent.unwrap_or_default());
    view! {
        <div
            class="vp-gauge"
            data-testid=id
            data-warn=aria(move || warning().is_warning)
        >
            <div class="vp-gauge__head">
                <p class="vp-gauge__label">{label}</p>
                {switch}
            </div>
            <p
                class="vp-gauge__value"
                class:vp-gauge__value--empty=flag(move || empty().percent.is_none())
            >
                {text(move || words().words)}
                <span class="vp-gauge__more">{more}</span>
            </p>
            <div class="vp-gauge__track">
                <div class="vp-gauge__fill" style:width=width></div>
            </div>
        </div>
    }
    .into_any()
}

/// What a gauge shows.
struct Reading {
    words: String,
    /// How full the bar is; none where there is nothing to measure.
    percent: Option<u64>,
    /// Whether the reader should look.
    is_warning: bool,
}

impl Reading {
    fn new(words: String, percent: u64) -> Self {
        Self { words, percent: Some(percent), is_warning: false }
    }

    fn warning(self, is_warning: bool) -> Self {
        Self { is_warning, ..self }
    }

    fn empty(words: &str) -> Self {
        Self { words: words.to_owned(), percent: None, is_warning: false }
    }
}

fn share(part: Millis, whole: Millis) -> u64 {
    percent(part.0, whole.0)
}

fn percent(part: u64, whole: u64) -> u64 {
    (part.saturating_mul(100) / whole.max(1)).min(100)
}

/// A round trip that fills the bar.
const SLOW: Millis = Millis(500);
