//! The way into a page: mounts the playground into the shadow root of its custom element.
//!
//! The element itself is defined by `playground.js`, because only a JavaScript class can extend
//! `HTMLElement`. It calls [`mount`], [`Mounted::follow`], [`Mounted::unmount`] and [`abandon`], and nothing else.

mod timings;

use std::fmt::Display;
use std::sync::Arc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

use crate::api::Api;
use crate::driver;
use crate::ui::{self, Place, Playground};

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
/// `description` is the API description in UTF-8 as it was read from `url`; `timings` overrides the
/// client's own waits, in milliseconds; `announce` takes the name of an event for the page, and the members
/// of its detail as JSON.
///
/// # Errors
///
/// Fails if the description is broken, and names the path at fault; or if the browser cannot show it.
#[wasm_bindgen]
pub fn mount(
    element: &HtmlElement,
    description: &[u8],
    url: &str,
    timings: &str,
    announce: Function,
) -> Result<Mounted, JsError> {
    let broken = |why: &dyn Display| JsError::new(&format!("{url} is no API description: {why}"));
    let text = str::from_utf8(description).map_err(|error| broken(&error))?;
    // Some editors mark a file as UTF-8 in front of its text.
    let api = Api::parse(text.trim_start_matches('\u{feff}')).map_err(|error| broken(&error))?;
    let container = container(element).ok_or_else(refused)?;
    let root = root(element).ok_or_else(refused)?;
    ui::style(&root).map_err(|_| unsupported())?;
    root.replace_children_with_node_1(&container);
    let place = Place { element: element.clone(), root, container, announce };
    let playground =
        Playground::mount(place, Arc::new(api), url.to_owned(), timings::config(timings));
    Ok(Mounted { playground })
}

#[wasm_bindgen]
impl Mounted {
    /// Does what is asked for. A link with `#try=` shows an experiment, which `runs` if the reader asked for
    /// that, and one with `#setup?` presets what it says. Without a link, what the element's attributes say is
    /// preset, and this text of its template. Nothing connects by it.
    pub fn follow(&self, asked: String, runs: bool) {
        self.playground.follow(asked, runs);
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

fn unsupported() -> JsError {
    JsError::new("this browser has no constructed style sheets; a current one does")
}

fn refused() -> JsError {
    JsError::new("the page does not allow new elements")
}
