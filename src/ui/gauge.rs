//! The gauges: heartbeat, idle timeout, subscriptions, round trip.

use std::sync::Arc;

use crate::protocol::Millis;
use crate::session::Phase;
use crate::words::format::{countdown, duration};

use super::model::Model;
use super::view::{Element, Text, aria, div, dynamic, p, section, span, text, words};

/// Returns the line of gauges. There are only those that mean something: an echo has no heartbeat and no
/// limit, and nothing has a round trip before the first.
pub(super) fn gauges(model: Model) -> Element {
    let api = model.api();
    let timings = api.timings.clone();
    let limit = api.limits.subscriptions;
    let heartbeat = move || {
        let left = model.read(|view| view.session.next_ping())? - model.now();
        Some(if model.read(|view| view.session.is_ping_missed(model.now())) {
            GaugeValue { words: "ping missed".to_owned(), percent: 0, is_warning: true }
        } else {
            GaugeValue::new(
                format!("ping in {} s", left.seconds_ceil()),
                share(left, timings.heartbeat.unwrap_or_default()),
            )
        })
    };
    let idle = move || {
        let left = model.read(|view| view.session.idle_deadline())? - model.now();
        let is_warning = model.read(|view| view.session.is_nearly_idle(model.now()));
        Some(GaugeValue {
            is_warning,
            ..GaugeValue::new(countdown(left), share(left, timings.idle.unwrap_or_default()))
        })
    };
    let subscribed = move || {
        let is_open = model.phase.with(Phase::is_open);
        let (count, is_understood) =
            model.read(|view| (view.session.subscription_count(), view.session.is_understood()));
        let words = match limit {
            Some(limit) => format!("{count} / {limit}"),
            None => count.to_string(),
        };
        (is_understood && (is_open || count > 0 && !model.is_idle()))
            .then(|| GaugeValue::new(words, percent(count as u64, limit.unwrap_or(0) as u64)))
    };
    let round_trip = move || {
        if model.is_idle() { None } else { model.read(|view| view.session.round_trip()) }
    };
    let trip = move || {
        let (median, _) = round_trip()?;
        Some(GaugeValue::new(duration(median), share(median, SLOW)))
    };
    let more = move || {
        round_trip().map(|(_, high)| format!(" p50 · {} p95", duration(high))).unwrap_or_default()
    };
    section()
        .class("vp-gauges")
        .label("Gauges")
        .child(gauge("gauge-heartbeat", "Heartbeat", "", heartbeat, words("")))
        .child(gauge("gauge-idle", "Idle timeout", "idle", idle, words(" left")))
        .child(gauge(
            "gauge-subscriptions",
            "Subscriptions",
            "subscriptions",
            subscribed,
            words(""),
        ))
        .child(gauge("gauge-round-trip", "Ack round trip", "ack", trip, text(more)))
        .child(dynamic(move || model.simulation.get().map(|it| (it.time)())))
}

/// Returns a gauge. It has the name `short` in a line and another one where there is room; `more` is what
/// it adds there.
fn gauge(
    id: &'static str,
    name: &'static str,
    short: &'static str,
    read: impl Fn() -> Option<GaugeValue> + Send + Sync + 'static,
    more: Text,
) -> Element {
    let read: Arc<dyn Fn() -> Option<GaugeValue> + Send + Sync> = Arc::new(read);
    let [hidden, warning, words, width] = core::array::from_fn(|_| Arc::clone(&read));
    let width = move || format!("{}%", width().map_or(0, |it| it.percent));
    let value = p()
        .class("vp-gauge__value")
        .child(text(move || words().map(|it| it.words).unwrap_or_default()))
        .child(span().class("vp-gauge__more").child(more));
    let fill = div().class("vp-gauge__fill").style("width", text(width));
    div()
        .class("vp-gauge")
        .test_id(id)
        .attr("data-warn", aria(move || warning().is_some_and(|it| it.is_warning)))
        .prop("hidden", move || hidden().is_none())
        .child(p().class("vp-gauge__label").child(name))
        .child(p().class("vp-gauge__short").child(short))
        .child(value)
        .child(div().class("vp-gauge__track").child(fill))
}

/// What a gauge shows.
struct GaugeValue {
    words: String,
    /// How full the bar is.
    percent: u64,
    /// Whether the reader should look.
    is_warning: bool,
}

impl GaugeValue {
    fn new(words: String, percent: u64) -> Self {
        Self { words, percent, is_warning: false }
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
