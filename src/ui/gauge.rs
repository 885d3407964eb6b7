//! The gauges: heartbeat, idle timeout, subscriptions, round trip.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::event_target_checked;

use crate::protocol::Millis;
use crate::session::Command;
use crate::words::format::{countdown, duration};

use super::model::Model;
use super::time::time;
use super::view::{Element, Text, aria, div, input, label, p, section, span, text, words};

pub(super) fn gauges(model: Model) -> Element {
    let api = model.api();
    let timings = api.timings.clone();
    let limit = api.limits.subscriptions;
    let without_server = move || {
        let is_echo = model.read(|view| view.session.is_echo() && view.session.phase().is_open());
        GaugeValue::empty(if is_echo { "not with an echo" } else { "—" })
    };
    let heartbeat = move || match model.read(|view| view.session.next_ping()) {
        None => without_server(),
        Some(_) if model.read(|view| view.session.is_ping_missed(model.now())) => {
            GaugeValue::new("ping missed".to_owned(), 0).warning(true)
        }
        Some(due) => {
            let left = due - model.now();
            GaugeValue::new(
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
            GaugeValue::new(format!("{} left", countdown(left)), share(left, timings.idle))
                .warning(is_near)
        }
    };
    let subscribed = move || {
        let count = model.read(|view| view.session.subscription_count());
        GaugeValue::new(format!("{count} / {limit}"), percent(count as u64, limit as u64))
    };
    let round_trip = move || model.read(|view| view.session.round_trip());
    let trip = move || match round_trip() {
        None => GaugeValue::empty("—"),
        Some((median, _)) => {
            GaugeValue::new(format!("{} p50", duration(median)), share(median, SLOW))
        }
    };
    let more = move || {
        round_trip().map(|(_, high)| format!(" · {} p95", duration(high))).unwrap_or_default()
    };
    let none = || words("");
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
    section()
        .class("vp-gauges")
        .label("Gauges")
        .child(gauge("gauge-heartbeat", "Heartbeat", heartbeat, none(), Some(answer)))
        .child(gauge("gauge-idle", "Idle timeout", idle, none(), Some(keep)))
        .child(gauge("gauge-subscriptions", "Subscriptions", subscribed, none(), None))
        .child(gauge("gauge-round-trip", "Ack round trip", trip, text(more), None))
        .child(time(model))
}

/// Returns a check box that says how the playground behaves.
fn switch(
    id: &'static str,
    words: &'static str,
    is_on: impl Fn() -> bool + Send + 'static,
    turn: impl Fn(bool) + 'static,
) -> Element {
    let control = input()
        .attr("type", "checkbox")
        .test_id(id)
        .prop("checked", is_on)
        .on(ev::change, move |event| turn(event_target_checked(&event)));
    label().class("vp-gauge__switch").child(control).child(words)
}

/// Returns a gauge; `more` is what it adds where there is room.
fn gauge(
    id: &'static str,
    name: &'static str,
    read: impl Fn() -> GaugeValue + Send + Sync + 'static,
    more: Text,
    switch: Option<Element>,
) -> Element {
    let read: Arc<dyn Fn() -> GaugeValue + Send + Sync> = Arc::new(read);
    let [warning, empty, words, width] = core::array::from_fn(|_| Arc::clone(&read));
    let width = move || format!("{}%", width().percent.unwrap_or_default());
    let head = div()
        .class("vp-gauge__head")
        .child(p().class("vp-gauge__label").child(name))
        .children(switch);
    let value = p()
        .class("vp-gauge__value")
        .class_if("vp-gauge__value--empty", move || empty().percent.is_none())
        .child(text(move || words().words))
        .child(span().class("vp-gauge__more").child(more));
    let fill = div().class("vp-gauge__fill").style("width", text(width));
    div()
        .class("vp-gauge")
        .test_id(id)
        .attr("data-warn", aria(move || warning().is_warning))
        .child(head)
        .child(value)
        .child(div().class("vp-gauge__track").child(fill))
}

/// What a gauge shows.
struct GaugeValue {
    words: String,
    /// How full the bar is; none where there is nothing to measure.
    percent: Option<u64>,
    /// Whether the reader should look.
    is_warning: bool,
}

impl GaugeValue {
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
