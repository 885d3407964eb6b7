//! The button, in the looks it has.

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
