//! What happens to the page: seen or hidden, online or offline, suspended and resumed.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    AddEventListenerOptions, EventTarget, SecurityPolicyViolationEvent, VisibilityState,
};

use crate::session::PageEvent;

/// Listeners on window and document; dropping them removes them.
pub(super) struct Listeners {
    all: Vec<Listener>,
}

struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listeners {
    /// Reports what happens to the page, and the addresses that its security policy blocks.
    pub(super) fn new(
        report: impl Fn(PageEvent) + Clone + 'static,
        blocked: impl Fn(String) + 'static,
    ) -> Self {
        let mut listeners = Self { all: Vec::new() };
        let Some(window) = web_sys::window() else {
            return listeners;
        };
        let Some(document) = window.document() else {
            return listeners;
        };
        for (name, event) in [("online", PageEvent::Online), ("offline", PageEvent::Offline)] {
            let report = report.clone();
            listeners.add(&window, name, move |_| report(event));
        }
        // Coming back from the back/forward cache; a first `pageshow` is none.
        let resumed = report.clone();
        listeners.add(&window, "pageshow", move |event| {
            let event: web_sys::PageTransitionEvent = event.unchecked_into();
            if event.persisted() {
                resumed(PageEvent::Resumed);
            }
        });
        let hidden = report.clone();
        listeners.add(&window, "pagehide", move |event| {
            let event: web_sys::PageTransitionEvent = event.unchecked_into();
            if event.persisted() {
                hidden(PageEvent::Suspended);
            }
        });
        for (name, event) in [("freeze", PageEvent::Suspended), ("resume", PageEvent::Resumed)] {
            let report = report.clone();
            listeners.add(&document, name, move |_| report(event));
        }
        let page = document.clone();
        listeners.add(&document, "visibilitychange", move |_| {
            report(match page.visibility_state() {
                VisibilityState::Hidden => PageEvent::Hidden,
                _ => PageEvent::Visible,
            });
        });
        listeners.add(&document, "securitypolicyviolation", move |event| {
            let event: SecurityPolicyViolationEvent = event.unchecked_into();
            if event.effective_directive() == "connect-src" {
                blocked(event.blocked_uri());
            }
        });
        listeners
    }

    fn add(
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

/// Returns what is true of the page from the start.
pub(super) fn state() -> Vec<PageEvent> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let is_hidden = window
        .document()
        .is_some_and(|document| document.visibility_state() == VisibilityState::Hidden);
    let is_offline = !window.navigator().on_line();
    let hidden = is_hidden.then_some(PageEvent::Hidden);
    let offline = is_offline.then_some(PageEvent::Offline);
    hidden.into_iter().chain(offline).collect()
}
