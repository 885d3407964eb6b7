//! Closures of one type.
//!
//! The framework compiles its rendering code anew for every closure in a view. Behind these functions
//! it meets one type each, which halves what the view weighs.

use leptos::prelude::*;

/// A piece of view that is built again when what it reads changes.
pub(super) type Dynamic = Box<dyn FnMut() -> AnyView + Send>;

/// Returns a piece of view that is built again when what `build` reads changes.
pub(super) fn dynamic<V: IntoAny>(build: impl Fn() -> V + Send + 'static) -> Dynamic {
    Box::new(move || build().into_any())
}

/// Returns text that is read again when what it reads changes; also for attributes.
pub(super) fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(read)
}

/// Returns text that stays as it is, where text that may change is wanted.
pub(super) fn words(words: &'static str) -> Signal<String> {
    text(move || words.to_owned())
}

/// Returns a condition that is read again when what it reads changes.
pub(super) fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// Returns a condition as an attribute's `true` or `false`.
pub(super) fn aria(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<String> {
    text(move || read().to_string())
}

/// Returns what an event does.
pub(super) fn on<E: 'static>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}
