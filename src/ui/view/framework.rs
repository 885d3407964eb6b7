//! The framework's inside, as far as the builder needs it: no other file names `leptos::tachys`.
//!
//! Whatever a view says goes through here as one type each: a closure as [`Text`] or [`Flag`], an
//! attribute as [`Attribute`], an element as a custom one of a given name. A new version of the
//! framework that moves its inside is met in this file.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use leptos::ev::Custom;
use leptos::html::{Div, custom};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::{class, event, node_ref, property, style};
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::iterators::StaticVec;
use web_sys::{Event, HtmlElement};

/// A view in the document. It leaves when this is dropped.
pub(crate) type MountedView = UnmountHandle<AnyViewState>;

/// Puts the view that `build` returns into `container`.
pub(crate) fn mount(
    container: HtmlElement,
    build: impl FnOnce() -> AnyView + 'static,
) -> MountedView {
    mount_to(container, build)
}

/// Text that is read again when what it reads changes; also for attributes.
pub(crate) type Text = SharedReactiveFunction<String>;

/// A condition that is read again when what it reads changes.
pub(super) type Flag = SharedReactiveFunction<bool>;

/// Returns text that is read again when what it reads changes.
pub(crate) fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Arc::new(Mutex::new(read))
}

/// Returns text that stays as it is, where text that may change is wanted.
pub(crate) fn words(words: &'static str) -> Text {
    text(move || words.to_owned())
}

/// Returns a condition as an attribute's `true` or `false`.
pub(crate) fn aria(is_on: impl Fn() -> bool + Send + 'static) -> Text {
    text(move || is_on().to_string())
}

/// Returns a condition that is read again when what it reads changes.
pub(super) fn flag(is_on: impl Fn() -> bool + Send + 'static) -> Flag {
    Arc::new(Mutex::new(is_on))
}

/// Returns a piece of view that is built again when what `build` reads changes.
pub(super) fn rebuilt(build: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let build: SharedReactiveFunction<AnyView> = Arc::new(Mutex::new(build));
    build.into_any()
}

/// Anything that an element has.
pub(super) type Attribute = AnyAttribute;

/// Returns an attribute that always says the same.
pub(super) fn fixed(name: &'static str, value: Cow<'static, str>) -> Attribute {
    custom_attribute(name, value).into_any_attr()
}

/// Returns an attribute that is read again when what it reads changes.
pub(super) fn read(name: &'static str, value: Text) -> Attribute {
    custom_attribute(name, value).into_any_attr()
}

/// Returns a class that is there while the condition holds.
pub(super) fn class_if(name: &'static str, is_on: Flag) -> Attribute {
    class::class((name, is_on)).into_any_attr()
}

/// Returns a property that says whether the condition holds.
pub(super) fn flag_property(name: &'static str, is_on: Flag) -> Attribute {
    property::prop(name, is_on).into_any_attr()
}

/// Returns a property that says this text.
pub(super) fn text_property(name: &'static str, value: Text) -> Attribute {
    property::prop(name, value).into_any_attr()
}

/// Returns a property of the style.
pub(super) fn style_property(name: &'static str, value: Text) -> Attribute {
    style::style((name, value)).into_any_attr()
}

/// Returns a listener for events of this name.
pub(super) fn listener(name: Cow<'static, str>, act: Box<dyn FnMut(Event)>) -> Attribute {
    event::on(Custom::new(name), act).into_any_attr()
}

/// Returns what tells `place` which element has it.
pub(super) fn known_as(place: NodeRef<Div>) -> Attribute {
    node_ref::node_ref::<Div, _>(place).into_any_attr()
}

/// Returns an element in the form that the framework mounts.
pub(super) fn element(
    tag: &'static str,
    attributes: Vec<Attribute>,
    children: Vec<AnyView>,
) -> AnyView {
    custom(tag).add_any_attr(attributes).child(StaticVec::from(children)).into_any()
}
