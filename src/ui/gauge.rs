//! The gauges: heartbeat, idle timeout, subscriptions, round trip.

use leptos::prelude::*;

use crate::log::format::{countdown, duration};
use crate::protocol::Millis;

use super::model::Model;

#[component]
pub(super) fn Gauges(model: Model) -> impl IntoView {
    let api = model.api();
    let timings = api.timings.clone();
    let limit = api.limits.subscriptions;
    let is_echo = model.memo(|view| view.session.is_echo() && view.session.phase().is_open());
    let next_ping = model.memo(|view| view.session.next_ping());
    let idle_deadline = model.memo(|view| view.session.idle_deadline());
    let subscriptions = model.memo(|view| view.session.subscription_count());
    let round_trip = model.memo(|view| view.session.round_trip());

    let without_server =
        move || Reading::empty(if is_echo.get() { "not with an echo" } else { "—" });
    let heartbeat = move || match next_ping.get() {
        None => without_server(),
        Some(due) => {
            let left = due - model.clock.get();
            Reading::new(
                format!("ping in {} s", left.seconds_ceil()),
                share(left, timings.heartbeat),
            )
        }
    };
    let idle = move || match idle_deadline.get() {
        None => without_server(),
        Some(deadline) => {
            let left = deadline - model.clock.get();
            Reading::new(format!("{} left", countdown(left)), share(left, timings.idle))
        }
    };
    let subscribed = move || {
        let count = subscriptions.get();
        Reading::new(format!("{count} / {limit}"), percent(count as u64, limit as u64))
    };
    let trip = move || match round_trip.get() {
        None => Reading::empty("—"),
        Some((median, _)) => Reading::new(format!("{} p50", duration(median)), share(median, SLOW)),
    };
    let more = move || {
        round_trip.get().map(|(_, high)| format!(" · {} p95", duration(high))).unwrap_or_default()
    };
    view! {
        <section class="vp-gauges" aria-label="Gauges">
            <Gauge id="heartbeat" label="Heartbeat" read=heartbeat />
            <Gauge id="idle" label="Idle timeout" read=idle />
            <Gauge id="subscriptions" label="Subscriptions" read=subscribed />
            <Gauge id="round-trip" label="Ack round trip" read=trip more />
        </section>
    }
}

#[component]
fn Gauge(
    id: &'static str,
    label: &'static str,
    /// What the gauge shows.
    read: impl Fn() -> Reading + Send + Sync + 'static,
    /// What it adds where there is room.
    #[prop(optional, into)]
    more: Option<Callback<(), String>>,
) -> impl IntoView {
    let reading = Memo::new(move |_| read());
    let width = move || format!("{}%", reading.read().percent.unwrap_or_default());
    view! {
        <div class="vp-gauge" data-testid=format!("gauge-{id}")>
            <p class="vp-gauge__label">{label}</p>
            <p
                class="vp-gauge__value"
                class:vp-gauge__value--empty=move || reading.read().percent.is_none()
            >
                {move || reading.read().words.clone()}
                <span class="vp-status__more">
                    {move || more.map(|more| more.run(())).unwrap_or_default()}
                </span>
            </p>
            <div class="vp-gauge__track">
                <div class="vp-gauge__fill" style:width=width></div>
            </div>
        </div>
    }
}

/// What a gauge shows.
#[derive(Clone, PartialEq)]
struct Reading {
    words: String,
    /// How full the bar is; none where there is nothing to measure.
    percent: Option<u64>,
}

impl Reading {
    fn new(words: String, percent: u64) -> Self {
        Self { words, percent: Some(percent) }
    }

    fn empty(words: &str) -> Self {
        Self { words: words.to_owned(), percent: None }
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
