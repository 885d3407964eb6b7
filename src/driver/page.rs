//! What happens to the page: seen or hidden, online or offline, suspended and resumed.

use wasm_bindgen::JsCast;
use web_sys::{SecurityPolicyViolationEvent, VisibilityState};

use super::listener::Listeners;
use crate::session::PageEvent;

/// Reports what happens to the page, and the addresses that its security policy blocks.
pub(super) fn listen(
    report: impl Fn(PageEvent) + Clone + 'static,
    blocked: impl Fn(String) + 'static,
) -> Listeners {
    let mut listeners = Listeners::default();
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
