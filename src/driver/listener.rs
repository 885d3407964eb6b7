//! Listeners to what a browser tells.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{AddEventListenerOptions, EventTarget};

/// Listeners that are removed when they are dropped.
#[derive(Default)]
pub(crate) struct Listeners {
    all: Vec<Listener>,
}

struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listeners {
    /// Adds a listener behind those that the target has.
    pub(crate) fn add(
        &mut self,
        target: &EventTarget,
        name: &'static str,
        act: impl FnMut(web_sys::Event) + 'static,
    ) {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(act);
        let options = AddEventListenerOptions::new();
        options.set_passive(true);
        // A listener that cannot be added leaves its event unheard.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            name,
            callback.as_ref().unchecked_ref(),
            &options,
        );
        self.all.push(Listener { target: target.clone(), name, callback });
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for Listener { target, name, callback } in &self.all {
            let function = callback.as_ref().unchecked_ref();
            // It was added, so it can be removed.
            let _ = target.remove_event_listener_with_callback(name, function);
        }
    }
}
