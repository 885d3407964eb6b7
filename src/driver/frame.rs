//! One view update per animation frame, and never so many that nothing else gets done.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::log::Pace;
use crate::protocol::{Millis, Now};

use super::clock::{self, now};

/// Calls a function at most once per frame, however often it is asked to, and no more often than [`Pace`]
/// allows.
///
/// A hidden page gets no frames; there a timer stands in, so that the title and the counters go on.
pub(super) struct Frames {
    shared: Rc<Shared>,
}

struct Shared {
    pending: RefCell<Option<Pending>>,
    pace: Cell<Pace>,
    callback: Closure<dyn FnMut()>,
}

/// A call that was asked for.
enum Pending {
    Frame { handle: i32, _fallback: Timeout },
    Rest { _end: Timeout },
}

impl Frames {
    pub(super) fn new(on_frame: impl Fn() + 'static) -> Self {
        let shared = Rc::new_cyclic(|weak: &Weak<Shared>| {
            let weak = Weak::clone(weak);
            let callback = Closure::new(move || {
                if let Some(shared) = weak.upgrade()
                    && let Some(asked) = shared.pending.take()
                {
                    asked.cancel();
                    let start = now().at;
                    on_frame();
                    let end = now().at;
                    shared.change(|pace| pace.shown(start, end));
                }
            });
            Shared { pending: RefCell::default(), pace: Cell::default(), callback }
        });
        Self { shared }
    }

    /// Asks for a call, because `count` entries have come or something else changed.
    pub(super) fn request(&self, count: u64, now: Now) {
        self.shared.change(|pace| pace.came(count, now.at));
        if self.shared.pending.borrow().is_none() {
            self.shared.ask(now);
        }
    }

    /// Ends the rest: a reader who did something sees at once what came of it.
    pub(super) fn hurry(&self) {
        self.shared.change(Pace::hurry);
        self.shared.pending.borrow_mut().take_if(|asked| matches!(asked, Pending::Rest { .. }));
    }

    /// Drops a frame that was asked for.
    pub(super) fn stop(&self) {
        if let Some(asked) = self.shared.pending.take() {
            asked.cancel();
        }
    }
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Pace)) {
        let mut pace = self.pace.get();
        change(&mut pace);
        self.pace.set(pace);
    }

    /// Asks for the next frame, or asks again after a rest.
    fn ask(self: &Rc<Self>, now: Now) {
        let wait = self.pace.get().wait(now.at);
        let asked = if wait < Millis(SHORTEST) {
            self.at_next_frame()
        } else {
            let weak = Rc::downgrade(self);
            let end = Timeout::new(u32::try_from(wait.0).unwrap_or(LONGEST_FRAME), move || {
                if let Some(shared) = weak.upgrade() {
                    shared.ask(clock::now());
                }
            });
            Some(Pending::Rest { _end: end })
        };
        *self.pending.borrow_mut() = asked;
    }

    fn at_next_frame(self: &Rc<Self>) -> Option<Pending> {
        let function: &js_sys::Function = self.callback.as_ref().unchecked_ref();
        let handle = web_sys::window()?.request_animation_frame(function).unwrap_or_default();
        let weak = Rc::downgrade(self);
        let fallback = Timeout::new(LONGEST_FRAME, move || {
            if let Some(shared) = weak.upgrade() {
                let function: &js_sys::Function = shared.callback.as_ref().unchecked_ref();
                // The callback does not throw.
                let _ = function.call0(&wasm_bindgen::JsValue::NULL);
            }
        });
        Some(Pending::Frame { handle, _fallback: fallback })
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

/// Milliseconds of the shortest rest: a shorter one ends before the next frame anyway.
const SHORTEST: u64 = 16;

/// Milliseconds after which a frame is late because the page is hidden.
const LONGEST_FRAME: u32 = 300;
