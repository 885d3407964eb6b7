//! The way into a page: mounts the playground into the shadow root of its custom element.
//!
//! The element itself is defined by `playground.js`, because only a JavaScript class can extend
//! `HTMLElement`. It calls [`mount`], [`Mounted::experiment`], [`Mounted::unmount`] and [`abandon`], and
//! nothing else.

mod style;
mod timings;

use std::sync::Arc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

use crate::api::Api;
use crate::driver;
use crate::ui::Playground;

/// Prepares the module: a panic is told in the console with its place in the source, and announced to
/// `playground.js`, which takes over the elements.
pub fn register() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        if let (Some(window), Ok(event)) = (web_sys::window(), Event::new(CRASH)) {
            // A listener that throws changes nothing here.
            let _ = window.dispatch_event(&event);
        }
    }));
}

/// A playground in a page.
#[wasm_bindgen]
pub struct Mounted {
    playground: Playground,
}

/// Mounts a playground into the shadow root of `element`, which gets one if it has none: not before there
/// is something to put into it, because the element's own children are not seen beside it.
/// `description` is the text of the API description that was read from `url`; `timings` overrides the
/// client's own waits, in milliseconds.
///
/// # Errors
///
/// Fails if the description is broken, and names the path at fault; or if the browser cannot show it.
#[wasm_bindgen]
pub fn mount(
    element: &HtmlElement,
    description: &str,
    url: &str,
    timings: &str,
) -> Result<Mounted, JsError> {
    let api = Api::parse(description)
        .map_err(|error| JsError::new(&format!("{url} is no API description: {error}")))?;
    let sheet = style::sheet()?;
    let container = container(element).ok_or_else(refused)?;
    let root = root(element).ok_or_else(refused)?;
    style::adopt(&root, &sheet)?;
    root.replace_children_with_node_1(&container);
    let playground =
        Playground::mount(container, Arc::new(api), url.to_owned(), timings::config(timings));
    Ok(Mounted { playground })
}

#[wasm_bindgen]
impl Mounted {
    /// Shows the experiment of this id. It `runs`, in the simulator, if the reader asked for that.
    pub fn experiment(&self, id: &str, runs: bool) {
        if runs {
            self.playground.run(id);
        } else {
            self.playground.ready(id);
        }
    }

    /// Closes the connection, stops every timer and removes the view.
    pub fn unmount(self) {
        self.playground.unmount();
    }
}

/// Closes every connection of the page's playgrounds, and opens no more. Nothing else can be asked of a
/// program that crashed.
#[wasm_bindgen]
pub fn abandon() {
    driver::close_all();
}

/// The event on `window` that announces a panic.
const CRASH: &str = "veriops-playground:crash";

fn container(element: &HtmlElement) -> Option<HtmlElement> {
    let container: HtmlElement =
        element.owner_document()?.create_element("div").ok()?.unchecked_into();
    container.set_class_name("vp-root");
    Some(container)
}

fn root(element: &HtmlElement) -> Option<ShadowRoot> {
    let attach = || element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok();
    element.shadow_root().or_else(attach)
}

fn refused() -> JsError {
    JsError::new("the page does not allow new elements")
}
