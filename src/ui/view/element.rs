//! Elements, built call by call.

use std::borrow::Cow;

use leptos::ev::EventDescriptor;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::framework::{self, Attribute, Text, flag};

/// An element of the page, with its attributes and what is in it.
pub(crate) struct Element(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<Attribute>,
    children: Vec<AnyView>,
}

impl Element {
    /// Returns an empty element. `tag` is its name in upper case, as the document says it: with any
    /// other the framework takes it for a different element and replaces it.
    fn new(tag: &'static str) -> Self {
        Self(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
    }

    /// Sets the classes that the element always has.
    pub(crate) fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Gives the element the class while `is_on`.
    pub(crate) fn class_if(
        self,
        name: &'static str,
        is_on: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.with(framework::class_if(name, flag(is_on)))
    }

    /// Sets an attribute.
    pub(crate) fn attr(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into())
    }

    /// Sets the name by which assistive technology knows the element.
    pub(crate) fn label(self, words: impl Into<Value>) -> Self {
        self.attr("aria-label", words)
    }

    /// Sets the name by which tests know the element.
    pub(crate) fn test_id(self, id: impl Into<Value>) -> Self {
        self.attr("data-testid", id)
    }

    /// Sets a property, such as `disabled`, to what the condition says.
    pub(crate) fn prop(
        self,
        name: &'static str,
        is_on: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.with(framework::flag_property(name, flag(is_on)))
    }

    /// Sets what a field holds.
    pub(crate) fn value(self, value: Text) -> Self {
        self.with(framework::text_property("value", value))
    }

    /// Sets a property of the element's style, through the object model, which a strict content
    /// security policy allows.
    pub(crate) fn style(self, name: &'static str, value: Text) -> Self {
        self.with(framework::style_property(name, value))
    }

    /// Tells `place` which element this is.
    pub(crate) fn node_ref(self, place: NodeRef<Div>) -> Self {
        self.with(framework::known_as(place))
    }

    /// Does `act` at every such event in the element.
    #[expect(clippy::needless_pass_by_value, reason = "an event is its name, and a word in a call")]
    pub(crate) fn on<E: EventDescriptor>(
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
    pub(crate) fn child(self, content: impl Content) -> Self {
        self.push(content.view())
    }

    /// Puts all of `content` behind what is already in the element.
    pub(crate) fn children<C: Content>(self, content: impl IntoIterator<Item = C>) -> Self {
        content.into_iter().fold(self, Self::child)
    }

    fn set(self, name: &'static str, value: Value) -> Self {
        match value {
            Value::Fixed(value) => self.with(framework::fixed(name, value)),
            Value::Read(value) => self.with(framework::read(name, value)),
        }
    }

    fn listen(self, name: Cow<'static, str>, act: Box<dyn FnMut(Event)>) -> Self {
        self.with(framework::listener(name, act))
    }

    fn with(mut self, attribute: Attribute) -> Self {
        self.0.attributes.push(attribute);
        self
    }

    fn push(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }
}

/// What can be in an element.
pub(crate) trait Content {
    /// Returns it in the form that the framework mounts.
    fn view(self) -> AnyView;
}

impl Content for Element {
    fn view(self) -> AnyView {
        let Parts { tag, attributes, children } = *self.0;
        framework::element(tag, attributes, children)
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
pub(crate) fn dynamic<C: Content>(build: impl Fn() -> C + Send + 'static) -> AnyView {
    framework::rebuilt(move || build().view())
}

/// What an attribute says.
pub(crate) enum Value {
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
            pub(crate) fn $name() -> Element {
                Element::new($tag)
            }
        )*
    };
}

elements! {
    button "BUTTON"
    code "CODE"
    datalist "DATALIST"
    details "DETAILS"
    div "DIV"
    fieldset "FIELDSET"
    h2 "H2"
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
