//! What comes with the simulator, later than the rest of the page: its parts of the view, and whoever
//! watches the log.
//!
//! Nothing but [`install`] names them, and only the chunk of the simulator calls it: so they are in that
//! chunk, and the rest of the page reaches them through [`Simulation`].

use leptos::prelude::*;

use crate::driver::{self, View};
use crate::words::file::{NOT_CONNECTED, NOT_LOADED};

use super::chunk;
use super::experiment::experiments;
use super::guide::{Progress, Turn, is_wanted};
use super::model::Model;
use super::time::time;
use super::view::Element;

/// The way to what has come.
#[derive(Clone, Copy)]
pub(super) struct Simulation {
    pub(super) experiments: fn(Model) -> Element,
    pub(super) time: fn(Model) -> AnyView,
    /// Returns where the reader is on the guided path.
    pub(super) progress: fn(&View<'_>) -> Option<Progress>,
    /// Takes a turn on the guided path.
    pub(super) turn: fn(Model, Turn),
}

/// Puts the simulator, its views and its observers in their places. The guided path begins with it.
pub(super) fn install(model: Model) {
    if model.simulation.with_untracked(Option::is_some) {
        return;
    }
    let driver = model.driver();
    driver.install_simulator();
    if is_wanted() {
        driver.begin_guide();
    }
    let (progress, turn) = (Progress::read, Turn::take);
    model.simulation.set(Some(Simulation { experiments, time, progress, turn }));
}

/// Acts as soon as the simulator is there; says so if it does not come.
pub(super) fn with_simulator(model: Model, act: impl FnOnce() + 'static) {
    if model.simulation.with_untracked(Option::is_some) {
        return act();
    }
    driver::spawn(async move {
        match chunk::simulator(model).await {
            Ok(()) => act(),
            Err(_) => model.failure.set(format!("{NOT_CONNECTED}: {NOT_LOADED}.")),
        }
    });
}
