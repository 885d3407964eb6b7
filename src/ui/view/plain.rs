//! Plain elements, made without the framework, for what never changes once it stands.
//!
//! Text from the network goes in as text nodes and nothing else.

use web_sys::{Element, Node};

use crate::log::Needle;

/// Returns a new element of the document that `near` is in.
pub(crate) fn make(near: &Node, tag: &str, class: &str) -> Option<Element> {
    let element = near.owner_document()?.create_element(tag).ok()?;
    set(&element, "class", class);
    Some(element)
}

/// Appends a new element to `parent`.
pub(crate) fn append(parent: &Element, tag: &str, class: &str) -> Option<Element> {
    let element = make(parent, tag, class)?;
    put(parent, &element);
    Some(element)
}

/// Appends a new element with this text, where what was searched for is marked.
pub(crate) fn append_text(parent: &Element, tag: &str, class: &str, text: &str, needle: &Needle) {
    if let Some(element) = append(parent, tag, class) {
        write(&element, text, needle);
    }
}

/// Appends a new element with this text.
pub(crate) fn append_plain(parent: &Element, tag: &str, class: &str, text: &str) {
    append_text(parent, tag, class, text, &Needle::default());
}

/// Appends text, where what was searched for is marked.
pub(crate) fn write(parent: &Element, text: &str, needle: &Needle) {
    let mut written = 0;
    for found in needle.places_in(text) {
        write_plain(parent, &text[written..found.start]);
        if let Some(mark) = append(parent, "mark", "vp-mark") {
            mark.set_text_content(Some(&text[found.clone()]));
        }
        written = found.end;
    }
    write_plain(parent, &text[written..]);
}

/// Writes what an element shows anew. It stands in an element of its own, before whatever the framework
/// keeps there.
pub(crate) fn fill(parent: &Element, write: impl FnOnce(&Element)) {
    let Some(fresh) = make(parent, "span", "vp-filled") else {
        return;
    };
    write(&fresh);
    if let Some(stale) = parent.first_element_child() {
        stale.remove();
    }
    // Its own first child can have another one before it.
    let _ = parent.insert_before(&fresh, parent.first_child().as_ref());
}

/// Sets an attribute.
pub(crate) fn set(element: &Element, name: &str, value: &str) {
    // The names are valid, which is all that can go wrong.
    let _ = element.set_attribute(name, value);
}

pub(crate) fn write_plain(parent: &Element, text: &str) {
    if let Some(document) = parent.owner_document()
        && !text.is_empty()
    {
        put(parent, &document.create_text_node(text));
    }
}

fn put(parent: &Element, child: &Node) {
    // A new node can go anywhere.
    let _ = parent.append_child(child);
}
