//! The panels that take turns: *Compose*, *Experiments* and *Code*.

use leptos::prelude::*;

use super::composer::composer;
use super::model::{CODE, COMPOSE, EXPERIMENTS, Later, Model};
use super::state::effect;
use super::subscription::subscriptions;
use super::view::{Content as _, Element, dynamic, section};
use super::widget::{tab_panel, tabs};

pub(super) fn panels(model: Model) -> Element {
    let compose = vec![composer(model), subscriptions(model)].view();
    let is_wanted = move |own: usize| model.panel.get() == own;
    effect(move || {
        if is_wanted(EXPERIMENTS) {
            model.with_simulator(|| {});
        } else if is_wanted(CODE) {
            model.fetch(Later::Code);
        }
    });
    // Made when they are looked at.
    let experiments = dynamic(move || {
        let simulation = model.simulation.get().filter(|_| is_wanted(EXPERIMENTS))?;
        Some((simulation.experiments)())
    });
    let code = dynamic(move || {
        let code = model.code.get().filter(|_| is_wanted(CODE))?;
        Some(code())
    });
    let panel = |own: usize, content: AnyView| {
        tab_panel(PANELS[own].0)
            .class("vp-panel")
            .prop("hidden", move || !is_wanted(own))
            .child(content)
    };
    // All but the first speak the page's envelope.
    let tabs = tabs("panel-", "Panels", &PANELS, model.panel)
        .prop("hidden", move || !model.api().has_envelope());
    section()
        .class("vp-panels")
        .label("Panels")
        .child(tabs)
        .child(panel(COMPOSE, compose))
        .child(panel(EXPERIMENTS, experiments))
        .child(panel(CODE, code))
}

/// The names of the panels, and what their tabs say.
const PANELS: [(&str, &str); 3] =
    [("compose", "Compose"), ("experiments", "Experiments"), ("code", "Code")];
