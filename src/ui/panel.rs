//! The panels that take turns: *Compose* and *Experiments*.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::composer::composer;
use super::model::{COMPOSE, EXPERIMENTS, Model};
use super::state::effect;
use super::subscription::subscriptions;
use super::view::{Content as _, Element, aria, button, div, dynamic, section};
use super::widget::tab_index;

pub(super) fn panels(model: Model) -> Element {
    let group = NodeRef::<Div>::new();
    let walk = move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            // Of two, each is the other's neighbour on both sides.
            "ArrowLeft" | "ArrowRight" => 1 - model.panel.get_untracked(),
            "Home" => COMPOSE,
            "End" => EXPERIMENTS,
            _ => return,
        };
        event.prevent_default();
        model.panel.set(to);
        super::focus_child(group, to);
    };
    let tab = |own: usize,
               id: &'static str,
               tab: &'static str,
               panel: &'static str,
               words: &'static str| {
        let is_chosen = move || model.panel.get() == own;
        button()
            .class("vp-tab")
            .attr("role", "tab")
            .attr("id", tab)
            .test_id(id)
            .attr("aria-controls", panel)
            .attr("aria-selected", aria(is_chosen))
            .attr("tabindex", tab_index(is_chosen))
            .on(ev::click, move |_| model.panel.set(own))
            .child(words)
    };
    let panel = |own: usize, tab: &'static str, panel: &'static str, content: AnyView| {
        div()
            .class("vp-panel")
            .attr("role", "tabpanel")
            .attr("id", panel)
            .attr("aria-labelledby", tab)
            .prop("hidden", move || model.panel.get() != own)
            .child(content)
    };
    let tabs = div()
        .class("vp-tabs")
        .attr("role", "tablist")
        .label("Panels")
        .node_ref(group)
        // All but the first speak the page's envelope.
        .prop("hidden", move || !model.api().has_envelope())
        .on(ev::keydown, walk)
        .child(tab(COMPOSE, "panel-compose", COMPOSE_TAB, COMPOSE_PANEL, "Compose"))
        .child(tab(
            EXPERIMENTS,
            "panel-experiments",
            EXPERIMENTS_TAB,
            EXPERIMENTS_PANEL,
            "Experiments",
        ));
    let compose = vec![composer(model), subscriptions(model)].view();
    let is_wanted = move || model.panel.get() == EXPERIMENTS;
    effect(move || {
        if is_wanted() {
            model.with_simulator(|| {});
        }
    });
    // Made when it is first looked at.
    let experiments = dynamic(move || {
        let simulation = model.simulation.get().filter(|_| is_wanted())?;
        Some((simulation.experiments)())
    });
    section()
        .class("vp-panels")
        .label("Panels")
        .child(tabs)
        .child(panel(COMPOSE, COMPOSE_TAB, COMPOSE_PANEL, compose))
        .child(panel(EXPERIMENTS, EXPERIMENTS_TAB, EXPERIMENTS_PANEL, experiments))
}

/// What tabs and panels know each other by.
const COMPOSE_TAB: &str = "vp-tab-compose";
const COMPOSE_PANEL: &str = "vp-panel-compose";
const EXPERIMENTS_TAB: &str = "vp-tab-experiments";
const EXPERIMENTS_PANEL: &str = "vp-panel-experiments";
