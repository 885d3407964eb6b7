//! The replay of a saved log: where it is, how fast it goes, and the way back.

use leptos::prelude::*;

use crate::archive::Speed;
use crate::words::file as words;

use super::model::Model;
use super::state::Derived;
use super::view::{Element, Text, div, dynamic, span, text, words as fixed};
use super::widget::{SMALL, button, picker};

pub(super) fn player(model: Model) -> AnyView {
    let error = model.failure;
    let is_opening = Derived::new(move || model.opening.with(|it| it.percent.is_some()));
    dynamic(move || {
        if is_opening.get() {
            let cancel = move |_| model.stop_opening();
            let told = move || {
                model.opening.with(|it| words::opening(&it.name, it.percent.unwrap_or_default()))
            };
            return Some(bar(text(told), button(SMALL, "open-cancel", fixed("Cancel"), cancel)));
        }
        let refused = error.get();
        if !refused.is_empty() {
            let dismiss = move |_| error.set(String::new());
            return Some(bar(
                text(move || refused.clone()),
                button(SMALL, "replay-dismiss", fixed("Dismiss"), dismiss),
            ));
        }
        let is_replayed = !model.replayed.with(String::is_empty);
        let progress = model.progress.get().filter(|_| is_replayed)?;
        Some(progress())
    })
}

/// Returns what says how far the replay is, and at which speed it goes. It comes with the files.
pub(super) fn progress(model: Model) -> Element {
    let name = model.replayed.get_untracked();
    let told = move || {
        model.read(|view| {
            let (shown, all) = view.replay.map_or((0, 0), |it| (it.position(), it.len()));
            words::replayed(&name, shown, all, view.log.counters().dropped)
        })
    };
    let others = Speed::ALL.into_iter().filter(|speed| *speed != Speed::Real);
    let others = others.map(|speed| speed.name().to_owned()).collect();
    let choose = move |name: String| {
        model.driver().replay_at(Speed::from_name(&name).unwrap_or(Speed::Real));
    };
    let back = fixed("Back to the session");
    let end = button(SMALL, "replay-end", back, move |_| model.end_replay());
    let speed = picker("replay-speed", Speed::Real.name(), others, choose);
    bar(text(told), end).child(speed)
}

fn bar(told: Text, control: AnyView) -> Element {
    div()
        .class("vp-replay")
        .test_id("replay")
        .attr("role", "status")
        .child(span().child(told))
        .child(control)
}
