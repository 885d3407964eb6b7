//! Buttons and labels, in the looks they have.

use super::state::State;
use super::view::{
    self, Content as _, Element, Text, aria, details, div, label, option, select, span, summary,
    text,
};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    Element as Node, EventTarget, FocusEvent, HtmlSelectElement, KeyboardEvent, MouseEvent,
};

/// Returns a button with these words. `id` is its name for tests.
pub(super) fn button(
    class: &'static str,
    id: &'static str,
    words: Text,
    act: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    view::button().class(class).test_id(id).on(ev::click, act).child(words).view()
}

/// Returns a field under its label.
pub(super) fn labelled(words: Text, control: Element) -> Element {
    field("vp-field", words, control)
}

/// Returns a field with its label, in a look of its own.
pub(super) fn field(class: &'static str, words: Text, control: Element) -> Element {
    let words = span().class("vp-field__label").child(words);
    label().class(class).child(words).child(control)
}

/// Returns a choice of one name; its first option stands for every one, and its value is empty.
pub(super) fn picker(
    id: &'static str,
    every: &'static str,
    names: Vec<String>,
    choose: impl Fn(String) + 'static,
) -> Element {
    let choice = |value: String, words: String| option().attr("value", value).child(words);
    select()
        .class("vp-input vp-input--small")
        .label(every)
        .test_id(id)
        .on(ev::change, move |event| choose(event_target_value(&event)))
        .child(choice(String::new(), every.to_owned()))
        .children(names.into_iter().map(|name| choice(name.clone(), name)))
}

/// Returns a choice that does something at once, and shows its `title` again.
pub(super) fn menu(
    id: &'static str,
    title: &'static str,
    names: Vec<String>,
    choose: impl Fn(String) + 'static,
) -> Element {
    picker(id, title, names, choose).on(ev::change, |event| {
        let control = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
        if let Some(control) = control {
            control.set_value("");
        }
    })
}

/// Returns a menu *⋯* without its [`unfolded`] content. It folds when the keyboard or the pointer goes
/// elsewhere, and at Escape.
pub(super) fn unfolding(id: &'static str, name: &'static str) -> Element {
    let fold = |menu: Option<EventTarget>| {
        if let Some(menu) = menu.and_then(|it| it.dyn_into::<Node>().ok()) {
            // An element that lacks the attribute is folded already.
            let _ = menu.remove_attribute("open");
        }
    };
    let left = move |event: FocusEvent| {
        let menu = event.current_target();
        let to = event.related_target().and_then(|it| it.dyn_into::<Node>().ok());
        let own = menu.as_ref().and_then(|it| it.dyn_ref::<Node>());
        if own.is_some_and(|own| !own.contains(to.as_deref())) {
            fold(menu);
        }
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            fold(event.current_target());
        }
    };
    details()
        .class("vp-menu")
        .on(ev::focusout, left)
        .on(ev::keydown, keys)
        .child(summary().class(SMALL).test_id(id).label(name).attr("title", name).child("⋯"))
}

/// Returns the empty content of a menu, which is laid over what follows.
pub(super) fn unfolded(class: &'static str) -> Element {
    // What is no control must not take the keyboard out of the menu. On the menu itself this would take it
    // out of the way of the tab key, in Chromium with all that is in it.
    div().class(class).attr("tabindex", "-1")
}

/// Returns tabs in a row, of which one is chosen: a click, the arrows, Home and End choose another. `all`
/// are their names, which their panels have too, and what they say. Tests know each by the group's
/// `prefix` and its name.
pub(super) fn tabs(
    prefix: &'static str,
    title: &'static str,
    all: &[(&'static str, &'static str)],
    chosen: State<usize>,
) -> Element {
    let group = NodeRef::<Div>::new();
    let count = all.len();
    let walk = move |event: KeyboardEvent| {
        if let Some(to) = walked(&event, chosen.get_untracked(), count, false) {
            chosen.set(to);
            super::focus_child(group, to);
        }
    };
    let tab = |(own, &(name, words)): (usize, &(&'static str, &'static str))| {
        let is_chosen = move || chosen.get() == own;
        view::button()
            .class("vp-tab")
            .attr("role", "tab")
            .attr("id", [TAB, name].concat())
            .test_id([prefix, name].concat())
            .attr("aria-controls", [PANEL, name].concat())
            .attr("aria-selected", aria(is_chosen))
            .attr("tabindex", tab_index(is_chosen))
            .on(ev::click, move |_| chosen.set(own))
            .child(words)
    };
    div()
        .class("vp-tabs")
        .attr("role", "tablist")
        .label(title)
        .node_ref(group)
        .on(ev::keydown, walk)
        .children(all.iter().enumerate().map(tab))
}

/// Returns the place that a key leads to, from place `own` in a group of so many that has a single tab stop:
/// arrows, Home and End choose another. Arrows up and down are left to the page, which they scroll, unless
/// the group stands on end, as radio buttons do wherever they stand.
pub(super) fn walked(
    event: &KeyboardEvent,
    own: usize,
    count: usize,
    is_on_end: bool,
) -> Option<usize> {
    let to = match event.key().as_str() {
        "ArrowLeft" => own + count - 1,
        "ArrowRight" => own + 1,
        "ArrowUp" if is_on_end => own + count - 1,
        "ArrowDown" if is_on_end => own + 1,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    event.prevent_default();
    Some(to % count)
}

/// Returns the empty panel of the tab of this name.
pub(super) fn tab_panel(name: &'static str) -> Element {
    div()
        .attr("role", "tabpanel")
        .attr("id", [PANEL, name].concat())
        .attr("aria-labelledby", [TAB, name].concat())
}

/// What the ids of tabs and of their panels begin with.
const TAB: &str = "vp-tab-";
const PANEL: &str = "vp-panel-";

/// Returns the attribute `tabindex` of one in a group that has a single tab stop.
pub(super) fn tab_index(is_chosen: impl Fn() -> bool + Send + 'static) -> Text {
    text(move || if is_chosen() { "0" } else { "-1" }.to_owned())
}

/// A button in a sentence.
pub(super) const LINK: &str = "vp-link";
/// The one obvious button of what it stands in.
pub(super) const PRIMARY: &str = "vp-button vp-button--primary";
/// Every other button.
pub(super) const SMALL: &str = "vp-button vp-button--small";
