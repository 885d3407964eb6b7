//! One view update per animation frame.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Calls a function at most once per frame, however often it is asked to.
///
/// A hidden page gets no frames; there a timer stands in, so that the title and the counters go on.
pub(super) struct Frames {
    pending: Rc<RefCell<Option<Pending>>>,
    callback: Rc<Closure<dyn FnMut()>>,
}

struct Pending {
    handle: i32,
    _fallback: Timeout,
}

impl Frames {
    pub(super) fn new(on_frame: impl Fn() + 'static) -> Self {
        let pending: Rc<RefCell<Option<Pending>>> = Rc::default();
        let own = Rc::clone(&pending);
        let callback = Closure::new(move || {
            if let Some(Pending { handle, .. }) = own.take() {
                cancel(handle);
                on_frame();
            }
        });
        Self { pending, callback: Rc::new(callback) }
    }

    pub(super) fn request(&self) {
        if self.pending.borrow().is_some() {
            return;
        }
        let Some(window) = web_sys::window() else {
            return;
        };
        let function: &js_sys::Function = (*self.callback).as_ref().unchecked_ref();
        let handle = window.request_animation_frame(function).unwrap_or_default();
        let fallback = Rc::clone(&self.callback);
        let fallback = Timeout::new(LONGEST_FRAME, move || {
            let function: &js_sys::Function = (*fallback).as_ref().unchecked_ref();
            // The callback does not throw.
            let _ = function.call0(&wasm_bindgen::JsValue::NULL);
        });
        *self.pending.borrow_mut() = Some(Pending { handle, _fallback: fallback });
    }

    /// Drops a frame that was asked for.
    pub(super) fn stop(&self) {
        if let Some(Pending { handle, .. }) = self.pending.take() {
            cancel(handle);
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.stop();
    }
}

fn cancel(handle: i32) {
    if let Some(window) = web_sys::window() {
        // A frame that has come needs no cancelling.
        let _ = window.cancel_animation_frame(handle);
    }
}

/// Milliseconds after which a frame is late because the page is hidden.
const LONGEST_FRAME: u32 = 300;
