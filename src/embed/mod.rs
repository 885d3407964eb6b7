//! The way into a page: mounts the playground into the shadow root of its custom element.
//!
//! The element itself is defined by `playground.js`, because only a JavaScript class can extend
//! `HTMLElement`. It calls [`mount`] and [`Mounted::unmount`], and nothing else.

mod style;
mod timings;

use std::sync::Arc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement, ShadowRoot};

use crate::api::Api;
use crate::driver::{self, Driver};
use crate::ui;

/// Prepares the module: a panic is told in the console with its place in the source, closes every
/// socket, and is announced to `playground.js`, which takes over the elements.
pub fn register() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        driver::close_all();
        if let (Some(window), Ok(event)) = (web_sys::window(), Event::new(CRASH)) {
            // A listener that throws changes nothing here.
            let _ = window.dispatch_event(&event);
        }
    }));
}

/// A playground in a page.
#[wasm_bindgen]
pub struct Mounted {
    driver: Driver,
    view: Option<ui::MountedView>,
}

/// Mounts a playground into `root`. `description` is the text of the API description that was read
/// from `url`; `timings` overrides the client's own waits, in milliseconds.
///
/// # Errors
///
/// Fails if the description is broken; names the path at fault.
#[wasm_bindgen]
pub fn mount(
    root: &ShadowRoot,
    description: &str,
    url: &str,
    timings: &str,
) -> Result<Mounted, JsError> {
    let api = Api::parse(description)
        .map_err(|error| JsError::new(&format!("{url} is no API description: {error}")))?;
    style::adopt(root)?;
    let document =
        root.owner_document().ok_or_else(|| JsError::new("the element has no document"))?;
    let container: HtmlElement = document
        .create_element("div")
        .map_err(|_| JsError::new("the page does not allow new elements"))?
        .unchecked_into();
    container.set_class_name("vp-root");
    root.append_child(&container)
        .map_err(|_| JsError::new("the page does not allow new elements"))?;
    let (driver, view) = ui::mount(container, Arc::new(api), timings::config(timings));
    Ok(Mounted { driver, view: Some(view) })
}

#[wasm_bindgen]
impl Mounted {
    /// Crashes the program, to see what a reader is told then.
    ///
    /// # Panics
    ///
    /// Always.
    pub fn crash(&self) {
        panic!("crashed on request");
    }

    /// Closes the connection, stops every timer and removes the view.
    pub fn unmount(mut self) {
        self.driver.shut_down();
        drop(self.view.take());
    }
}

/// The event on `window` that announces a crash.
const CRASH: &str = "veriops-playground:crash";
