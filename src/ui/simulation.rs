//! What comes with the simulator, later than the rest of the page, and how the rest reaches it.

use std::rc::Rc;

use leptos::prelude::*;

use crate::driver::View;
use crate::experiment::{Step, StepState};
use crate::session::Target;
use crate::words::guide as words;

use super::view::Element;

/// The way to what has come.
#[derive(Clone)]
pub(super) struct Simulation {
    pub(super) experiments: Rc<dyn Fn() -> Element>,
    pub(super) time: Rc<dyn Fn() -> AnyView>,
    /// Returns where the reader is on the guided path.
    pub(super) progress: fn(&View<'_>) -> Option<Progress>,
    /// Takes a turn on the guided path.
    pub(super) turn: Rc<dyn Fn(Turn)>,
}

/// What a reader can do on the guided path.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    Back,
    Leave,
    ShowMe,
    Skip,
}

/// Where the reader is on the guided path.
#[derive(Clone, PartialEq)]
pub(super) struct Progress {
    pub(super) steps: Vec<Step<'static>>,
    pub(super) current: usize,
    pub(super) nudge: String,
    pub(super) is_live: bool,
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

    pub(super) fn is_done(&self) -> bool {
        self.current == self.steps.len()
    }
}
