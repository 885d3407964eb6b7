//! One view update per animation frame, and never so many that nothing else gets done.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::protocol::{Instant, Millis, Now};

use super::clock::now;

/// Calls a function at most once per frame, however often it is asked to.
///
/// A call that took long is followed by a long rest: under a flood the view changes less often, and the
/// messages keep coming. A hidden page gets no frames; there a timer stands in, so that the title and
/// the counters go on.
pub(super) struct Frames {
    pending: Rc<RefCell<Option<Pending>>>,
    /// The next call comes no earlier.
    earliest: Rc<Cell<Instant>>,
    callback: Rc<Closure<dyn FnMut()>>,
}

/// A call that was asked for.
enum Pending {
    Frame { handle: i32, _fallback: Timeout },
    Rest { _end: Timeout },
}

impl Frames {
    pub(super) fn new(on_frame: impl Fn() + 'static) -> Self {
        let pending: Rc<RefCell<Option<Pending>>> = Rc::default();
        let earliest: Rc<Cell<Instant>> = Rc::default();
        let (own, next) = (Rc::clone(&pending), Rc::clone(&earliest));
        let callback = Closure::new(move || {
            if let Some(asked) = own.take() {
                asked.cancel();
                let start = now().at;
                on_frame();
                let end = now().at;
                next.set(end + Millis((end - start).0 * REST));
            }
        });
        Self { pending, earliest, callback: Rc::new(callback) }
    }

    pub(super) fn request(&self, now: Now) {
        if self.pending.borrow().is_some() {
            return;
        }
        let rest = self.earliest.get() - now.at;
        let asked = if rest < Millis(FRAME) {
            at_next_frame(&self.callback)
        } else {
            let (pending, callback) = (Rc::downgrade(&self.pending), Rc::downgrade(&self.callback));
            let end = Timeout::new(u32::try_from(rest.0).unwrap_or(LONGEST_FRAME), move || {
                if let (Some(pending), Some(callback)) = (pending.upgrade(), callback.upgrade()) {
                    *pending.borrow_mut() = at_next_frame(&callback);
                }
            });
            Some(Pending::Rest { _end: end })
        };
        *self.pending.borrow_mut() = asked;
    }

    /// Ends the rest: a reader who did something sees at once what came of it.
    pub(super) fn hurry(&self) {
        self.earliest.set(Instant(0));
        self.pending.borrow_mut().take_if(|asked| matches!(asked, Pending::Rest { .. }));
    }

    /// Drops a frame that was asked for.
    pub(super) fn stop(&self) {
        if let Some(asked) = self.pending.take() {
            asked.cancel();
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Pending {
    fn cancel(self) {
        if let (Self::Frame { handle, .. }, Some(window)) = (self, web_sys::window()) {
            // A frame that has come needs no cancelling.
            let _ = window.cancel_animation_frame(handle);
        }
    }
}

fn at_next_frame(callback: &Rc<Closure<dyn FnMut()>>) -> Option<Pending> {
    let function: &js_sys::Function = (**callback).as_ref().unchecked_ref();
    let handle = web_sys::window()?.request_animation_frame(function).unwrap_or_default();
    let fallback = Rc::clone(callback);
    let fallback = Timeout::new(LONGEST_FRAME, move || {
        let function: &js_sys::Function = (*fallback).as_ref().unchecked_ref();
        // The callback does not throw.
        let _ = function.call0(&wasm_bindgen::JsValue::NULL);
    });
    Some(Pending::Frame { handle, _fallback: fallback })
}

/// The view rests this many times as long as it took.
const REST: u64 = 8;

/// Milliseconds between two frames of most screens: a shorter rest ends before the next one anyway.
const FRAME: u64 = 16;

/// Milliseconds after which a frame is late because the page is hidden.
const LONGEST_FRAME: u32 = 300;
