//! Closures of one type.
//!
//! The framework compiles its rendering code anew for every closure in a view. Behind these functions
//! it meets one type each, which halves what the view weighs.

use std::sync::{Arc, Mutex};

use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// Text that is read again when what it reads changes; also for attributes.
pub(super) type Text = SharedReactiveFunction<String>;

/// A condition that is read again when what it reads changes.
pub(super) type Flag = SharedReactiveFunction<bool>;

/// Returns text that is read again when what it reads changes.
pub(super) fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Arc::new(Mutex::new(read))
}

/// Returns text that stays as it is, where text that may change is wanted.
pub(super) fn words(words: &'static str) -> Text {
    text(move || words.to_owned())
}

/// Returns a condition that is read again when what it reads changes.
pub(super) fn flag(is_on: impl Fn() -> bool + Send + 'static) -> Flag {
    Arc::new(Mutex::new(is_on))
}

/// Returns a condition as an attribute's `true` or `false`.
pub(super) fn aria(is_on: impl Fn() -> bool + Send + 'static) -> Text {
    text(move || is_on().to_string())
}
