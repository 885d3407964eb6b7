//! Elements, built by calls instead of by the view macro.
//!
//! The macro has the framework's rendering compiled anew for every tag, attribute and value that meet
//! in a view. Behind these calls it meets one element, one listener and a handful of attributes, so a
//! line of view costs what it says and no more. And a call writes text and attributes, never `innerHTML`,
//! which a page with Trusted Types forbids and the macro uses for an element of nothing but literals.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use leptos::ev::{Custom, EventDescriptor};
use leptos::html::{Div, custom};
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::{class, event, node_ref, property, style};
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use leptos::tachys::view::iterators::StaticVec;
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::erased::{Text, flag};

/// An element of the page, with its attributes and what is in it.
pub(super) struct Element(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

impl Element {
    /// Returns an empty element. `tag` is its name in upper case, as the document says it: with any
    /// other the framework takes it for a different element and replaces it.
    fn new(tag: &'static str) -> Self {
        Self(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
    }

    /// Sets the classes that the element always has.
    pub(super) fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Gives the element the class while `is_on`.
    pub(super) fn class_if(
        self,
        name: &'static str,
        is_on: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.with(class::class((name, flag(is_on))))
    }

    /// Sets an attribute.
    pub(super) fn attr(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into())
    }

    /// Sets the name by which assistive technology knows the element.
    pub(super) fn label(self, words: impl Into<Value>) -> Self {
        self.attr("aria-label", words)
    }

    /// Sets the name by which tests know the element.
    pub(super) fn test_id(self, id: impl Into<Value>) -> Self {
        self.attr("data-testid", id)
    }

    /// Sets a property, such as `disabled`, to what the condition says.
    pub(super) fn prop(
        self,
        name: &'static str,
        is_on: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.with(property::prop(name, flag(is_on)))
    }

    /// Sets what a field holds.
    pub(super) fn value(self, value: Text) -> Self {
        self.with(property::prop("value", value))
    }

    /// Sets a property of the element's style, through the object model, which a strict content
    /// security policy allows.
    pub(super) fn style(self, name: &'static str, value: Text) -> Self {
        self.with(style::style((name, value)))
    }

    /// Tells `group` which element this is.
    pub(super) fn node_ref(self, group: NodeRef<Div>) -> Self {
        self.with(node_ref::node_ref::<Div, _>(group))
    }

    /// Does `act` at every such event in the element.
    pub(super) fn on<E: EventDescriptor>(
        self,
        event: E,
        mut act: impl FnMut(E::EventType) + 'static,
    ) -> Self
    where
        E::EventType: JsCast,
    {
        self.listen(event.name(), Box::new(move |event| act(event.unchecked_into())))
    }

    /// Puts `content` behind what is already in the element.
    pub(super) fn child(self, content: impl Content) -> Self {
        self.push(content.view())
    }

    /// Puts all of `content` behind what is already in the element.
    pub(super) fn children<C: Content>(self, content: impl IntoIterator<Item = C>) -> Self {
        content.into_iter().fold(self, Self::child)
    }

    fn set(self, name: &'static str, value: Value) -> Self {
        match value {
            Value::Fixed(value) => self.with(custom_attribute(name, value)),
            Value::Read(value) => self.with(custom_attribute(name, value)),
        }
    }

    fn listen(self, name: Cow<'static, str>, act: Box<dyn FnMut(Event)>) -> Self {
        self.with(event::on(Custom::new(name), act))
    }

    fn with(mut self, attribute: impl IntoAnyAttribute) -> Self {
        self.0.attributes.push(attribute.into_any_attr());
        self
    }

    fn push(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }
}

/// What can be in an element.
pub(super) trait Content {
    /// Returns it in the form that the framework mounts.
    fn view(self) -> AnyView;
}

impl Content for Element {
    fn view(self) -> AnyView {
        let Parts { tag, attributes, children } = *self.0;
        custom(tag).add_any_attr(attributes).child(StaticVec::from(children)).into_any()
    }
}

impl Content for AnyView {
    fn view(self) -> AnyView {
        self
    }
}

impl Content for &'static str {
    fn view(self) -> AnyView {
        self.into_any()
    }
}

impl Content for String {
    fn view(self) -> AnyView {
        self.into_any()
    }
}

impl Content for Text {
    fn view(self) -> AnyView {
        self.into_any()
    }
}

impl<C: Content> Content for Option<C> {
    fn view(self) -> AnyView {
        self.map(Content::view).into_any()
    }
}

impl<C: Content> Content for Vec<C> {
    fn view(self) -> AnyView {
        self.into_iter().map(Content::view).collect::<Vec<_>>().into_any()
    }
}

/// Returns a piece of view that is built again when what `build` reads changes.
pub(super) fn dynamic<C: Content>(build: impl Fn() -> C + Send + 'static) -> AnyView {
    let build: SharedReactiveFunction<AnyView> = Arc::new(Mutex::new(move || build().view()));
    build.into_any()
}

/// What an attribute says.
pub(super) enum Value {
    /// Always the same.
    Fixed(Cow<'static, str>),
    /// Read again when what it reads changes.
    Read(Text),
}

impl From<&'static str> for Value {
    fn from(words: &'static str) -> Self {
        Self::Fixed(words.into())
    }
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Fixed(words.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Read(text)
    }
}

macro_rules! elements {
    ($($name:ident $tag:literal)*) => {
        $(
            #[doc = concat!("Returns an empty element `", stringify!($name), "`.")]
            pub(super) fn $name() -> Element {
                Element::new($tag)
            }
        )*
    };
}

elements! {
    button "BUTTON"
    code "CODE"
    details "DETAILS"
    div "DIV"
    fieldset "FIELDSET"
    h2 "H2"
    h3 "H3"
    input "INPUT"
    label "LABEL"
    legend "LEGEND"
    li "LI"
    option "OPTION"
    p "P"
    section "SECTION"
    select "SELECT"
    span "SPAN"
    summary "SUMMARY"
    textarea "TEXTAREA"
    ul "UL"
}
