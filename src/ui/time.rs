//! How fast the simulator's time passes.

use leptos::ev;
use leptos::prelude::*;

use crate::protocol::TimeScale;
use crate::words::simulator::badge;

use super::model::Model;
use super::state::Derived;
use super::view::{Element, aria, button, div, dynamic, span, text};

/// Returns the control at the end of the line of gauges. It is there while the simulator is, and as long
/// as its time does not pass as on the clock on the wall.
pub(super) fn time(model: Model) -> AnyView {
    let scale = Derived::new(move || model.read(|view| view.scale));
    let is_there = Derived::new(move || model.is_simulated() || scale.get() != TimeScale::Real);
    dynamic(move || is_there.get().then(|| control(model, scale)))
}

fn control(model: Model, scale: Derived<TimeScale>) -> Element {
    let speed = |own: TimeScale| {
        let (id, label) = match own {
            TimeScale::Paused => ("time-paused", "Time stands still"),
            TimeScale::Real => ("time-1", "1×: time passes as on the clock"),
            TimeScale::Tenfold => ("time-10", "10×: time passes 10 times faster"),
            TimeScale::Sixtyfold => ("time-60", "60×: time passes 60 times faster"),
        };
        let words = if own == TimeScale::Paused { "❚❚".to_owned() } else { own.to_string() };
        choice(id, label, words)
            .attr("aria-pressed", aria(move || scale.get() == own))
            .on(ev::click, move |_| model.driver().set_scale(own))
    };
    let next = choice("time-next", "To the next event", "⇥".to_owned())
        .on(ev::click, move |_| model.driver().jump());
    let badge = span()
        .class("vp-badge")
        .test_id("time-badge")
        .attr("role", "status")
        .child(text(move || badge(scale.get())));
    div()
        .class("vp-time")
        .attr("role", "group")
        .label("Time of the simulator")
        .test_id("time")
        .child(badge)
        .child(div().class("vp-time__speeds").children(TimeScale::ALL.map(speed)).child(next))
}

fn choice(id: &'static str, label: &'static str, words: String) -> Element {
    button().class("vp-time__speed").test_id(id).label(label).attr("title", label).child(words)
}
