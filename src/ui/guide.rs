//! The guided path: the first minute in five steps.

use leptos::ev;
use leptos::prelude::*;

use crate::driver::View;
use crate::experiment::{Guide, Step, StepState};
use crate::session::Target;
use crate::words::guide as words;

use super::model::{EXPERIMENTS, Model};
use super::simulation::with_simulator;
use super::state::{Derived, State, effect};
use super::storage::{self, GUIDE};
use super::view::{Element, button, div, dynamic, li, p, section, span, text, ul};
use super::widget::{LINK, PRIMARY, button as worded};

/// Returns what stands above the panels until the reader is through, or wants no more of it.
pub(super) fn guide(model: Model) -> AnyView {
    let is_there = State::new(is_wanted());
    dynamic(move || is_there.get().then(|| path(model, is_there)))
}

/// Returns whether the reader is not through and has not left the path.
pub(super) fn is_wanted() -> bool {
    storage::kept(GUIDE).is_none()
}

/// What a reader can do on the path.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    Back,
    Leave,
    ShowMe,
    Skip,
}

impl Turn {
    /// Takes the turn.
    pub(super) fn take(model: Model, turn: Self) {
        let driver = model.driver();
        match turn {
            Self::Back => driver.guide(|guide, _| guide.back()),
            Self::Leave => driver.end_guide(),
            Self::ShowMe => driver.guide(Guide::show_me),
            Self::Skip => driver.guide(|guide, _| guide.skip()),
        }
    }

    /// Takes the turn once there is a path.
    fn ask(self, model: Model) {
        with_simulator(model, move || {
            if let Some(simulation) = model.simulation.get_untracked() {
                (simulation.turn)(model, self);
            }
        });
    }
}

/// Where the reader is on the path.
#[derive(Clone, PartialEq)]
pub(super) struct Progress {
    steps: Vec<Step<'static>>,
    current: usize,
    nudge: String,
    is_live: bool,
}

impl Default for Progress {
    /// Returns the beginning.
    fn default() -> Self {
        let step = |(place, words): (usize, &&'static str)| Step {
            words: (*words).into(),
            state: if place == 0 { StepState::Current } else { StepState::Waiting },
            until: None,
        };
        let steps = words::STEPS.iter().enumerate().map(step).collect();
        Self { steps, current: 0, nudge: String::new(), is_live: false }
    }
}

impl Progress {
    pub(super) fn read(view: &View<'_>) -> Option<Self> {
        let observers = view.observers()?;
        let guide = observers.guide()?;
        let owned = |step: Step<'_>| Step { words: step.words.into_owned().into(), ..step };
        // An experiment takes wrong turns on purpose.
        let nudge = guide.nudge().filter(|_| observers.run().is_none());
        Some(Self {
            steps: guide.steps().map(owned).collect(),
            current: guide.current(),
            nudge: nudge.unwrap_or_default(),
            is_live: matches!(view.session.target(), Some(Target::Live { .. })),
        })
    }

    fn is_done(&self) -> bool {
        self.current == self.steps.len()
    }
}

fn path(model: Model, is_there: State<bool>) -> Element {
    let progress = Derived::new(move || {
        let simulation = model.simulation.get();
        simulation.and_then(|it| model.read(it.progress)).unwrap_or_default()
    });
    let leave = move || {
        storage::keep(GUIDE, Some("done"));
        if model.simulation.with_untracked(Option::is_some) {
            Turn::Leave.ask(model);
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
            Turn::ShowMe.ask(model);
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
        .on(ev::click, move |_| Turn::Back.ask(model))
        .child("Back");
    let skip = button()
        .class(LINK)
        .test_id("guide-skip")
        .prop("disabled", move || progress.with(Progress::is_done))
        .on(ev::click, move |_| Turn::Skip.ask(model))
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
