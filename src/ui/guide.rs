//! The guided path: the first minute in five steps.

use leptos::ev;
use leptos::prelude::*;

use crate::experiment::StepState;
use crate::words::guide as words;

use super::model::{EXPERIMENTS, Model};
use super::simulation::{Progress, Turn};
use super::state::{Derived, State, effect};
use super::storage::{self, GUIDE};
use super::view::{Element, button, div, dynamic, li, p, section, span, text, ul};
use super::widget::{LINK, PRIMARY, button as worded};

/// Returns what stands above the panels until the reader is through, or wants no more of it.
pub(super) fn guide(model: Model) -> AnyView {
    let is_there = State::new(model.api().has_envelope() && storage::is_guided());
    dynamic(move || is_there.get().then(|| path(model, is_there)))
}

fn path(model: Model, is_there: State<bool>) -> Element {
    let progress = Derived::new(move || {
        let simulation = model.simulation.get();
        simulation.and_then(|it| model.read(it.progress)).unwrap_or_default()
    });
    let leave = move || {
        storage::keep(GUIDE, Some("done"));
        if model.simulation.with_untracked(Option::is_some) {
            model.turn(Turn::Leave);
        }
        is_there.set(false);
    };
    effect(move || {
        if progress.with(Progress::is_done) {
            storage::keep(GUIDE, Some("done"));
        }
    });
    let act = move |_| {
        if progress.with(Progress::is_done) {
            leave();
            model.panel.set(EXPERIMENTS);
        } else {
            model.end_replay();
            model.turn(Turn::ShowMe);
        }
    };
    let said = text(move || {
        progress.with(|progress| match progress.steps.get(progress.current) {
            Some(step) => step.words.clone().into_owned(),
            // It does not come back on this page's next visit either.
            None => words::DONE.to_owned(),
        })
    });
    let label = text(move || {
        progress.with(|progress| words::act(progress.current, progress.is_live)).to_owned()
    });
    let count = text(move || {
        progress
            .with(|it| format!("{} of {}", (it.current + 1).min(it.steps.len()), it.steps.len()))
    });
    let back = button()
        .class(LINK)
        .test_id("guide-back")
        .prop("disabled", move || progress.with(|it| it.current == 0))
        .on(ev::click, move |_| model.turn(Turn::Back))
        .child("Back");
    let skip = button()
        .class(LINK)
        .test_id("guide-skip")
        .prop("disabled", move || progress.with(Progress::is_done))
        .on(ev::click, move |_| model.turn(Turn::Skip))
        .child("Skip");
    let dismiss = button()
        .class("vp-guide__dismiss")
        .test_id("guide-dismiss")
        .label("Leave the guided path")
        .on(ev::click, move |_| leave())
        .child("✕");
    let head =
        div().class("vp-guide__head").child(p().class("vp-guide__title").child("New here?")).child(
            ul().class("vp-guide__steps")
                .children((0..words::SHORT.len()).map(|place| step(progress, place))),
        );
    let line = div()
        .class("vp-guide__line")
        .child(span().class("vp-guide__count").child(count))
        .child(span().class("vp-guide__words").attr("role", "status").child(said))
        .child(worded(PRIMARY, "guide-show", label, act))
        .child(back)
        .child(skip);
    let nudge = p()
        .class("vp-guide__nudge")
        .test_id("guide-nudge")
        .attr("role", "status")
        .child(text(move || progress.with(|it| it.nudge.clone())));
    section()
        .class("vp-guide")
        .label("Guided path")
        .test_id("guide")
        .child(head)
        .child(line)
        .child(nudge)
        .child(dismiss)
}

/// Returns the chip of the step at this place.
fn step(progress: Derived<Progress>, place: usize) -> Element {
    let state = move || progress.with(|it| it.steps.get(place).map(|step| step.state));
    let sign = text(move || match state() {
        Some(StepState::Done) => "✓".to_owned(),
        _ => (place + 1).to_string(),
    });
    li().class("vp-guide__step")
        .test_id(format!("guide-step-{}", place + 1))
        .attr("data-state", text(move || state().map_or("", StepState::name).to_owned()))
        .child(span().child(sign))
        .child(span().class("vp-guide__name").child(format!(" {}", words::SHORT[place])))
}
