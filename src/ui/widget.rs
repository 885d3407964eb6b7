//! Buttons and labels, in the looks they have.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::erased::on;

/// Returns a button with these words. `id` is its name for tests.
pub(super) fn button(
    class: &'static str,
    id: &'static str,
    words: Signal<String>,
    act: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    of(class, id, words, on(act))
}

/// Returns a field under its label.
pub(super) fn labelled(label: Signal<String>, control: AnyView) -> AnyView {
    view! {
        <label class="vp-field">
            <span class="vp-field__label">{label}</span>
            {control}
        </label>
    }
    .into_any()
}

/// Returns a choice of one name; its first option stands for every one, and its value is empty.
pub(super) fn picker(
    id: &'static str,
    every: &'static str,
    names: Vec<String>,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let option = |value: String, label: String| view! { <option value=value>{label}</option> };
    let mut options = vec![option(String::new(), every.to_owned())];
    options.extend(names.into_iter().map(|name| option(name.clone(), name)));
    view! {
        <select
            class="vp-input vp-input--small"
            aria-label=every
            data-testid=id
            on:change=on(move |event| choose(event_target_value(&event)))
        >
            {options}
        </select>
    }
    .into_any()
}

fn of(
    class: &'static str,
    id: &'static str,
    words: Signal<String>,
    act: Box<dyn FnMut(MouseEvent)>,
) -> AnyView {
    view! {
        <button class=class data-testid=id on:click=act>
            {words}
        </button>
    }
    .into_any()
}

/// A button in a sentence.
pub(super) const LINK: &str = "vp-link";
/// The button that a form is for.
pub(super) const PRIMARY: &str = "vp-button vp-button--primary";
/// Every other button.
pub(super) const SMALL: &str = "vp-button vp-button--small";
