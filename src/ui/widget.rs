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
