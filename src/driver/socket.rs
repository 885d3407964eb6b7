//! A browser WebSocket, told as [`SocketEvent`]s.
//!
//! Messages that come in quick succession are handed on together. A page whose every message makes work
//! at once falls behind a busy server for good: the browser then hands the messages over one by one,
//! which costs it more than all that is done with them here.

use core::cell::{Cell, RefCell};
use core::mem;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, VisibilityState, WebSocket};

use crate::protocol::CloseCode;
use crate::session::SocketEvent;

/// An open socket, or one that is opening. Dropping it closes it, and nothing of it is heard any more.
pub(super) struct Socket {
    raw: WebSocket,
    /// Kept for as long as the browser may call them.
    _callbacks: [Closure<dyn FnMut(Event)>; 4],
    /// What has not been handed on goes with the socket.
    _inbox: Rc<Inbox>,
}

impl Socket {
    /// Opens a socket and reports what it says, ending with one [`SocketEvent::Closed`].
    ///
    /// # Errors
    ///
    /// Returns the name of the browser's error if it refuses the address, such as `SecurityError`.
    pub(super) fn open(
        url: &str,
        report: impl Fn(Vec<SocketEvent>) + 'static,
    ) -> Result<Self, String> {
        let raw = WebSocket::new(url).map_err(|error| error_name(&error))?;
        raw.set_binary_type(BinaryType::Arraybuffer);
        let inbox = Rc::new(Inbox {
            report: Box::new(report),
            waiting: RefCell::default(),
            pause: Cell::default(),
            blocked: Cell::default(),
        });
        let callbacks = inbox.listen(&raw);
        OPEN.with_borrow_mut(|open| open.push(raw.clone()));
        Ok(Self { raw, _callbacks: callbacks, _inbox: inbox })
    }

    /// Sends a text frame.
    pub(super) fn send(&self, text: &str) {
        // Fails only while connecting, when the session sends nothing.
        let _ = self.raw.send_with_str(text);
    }

    /// Returns the address as the browser has it.
    pub(super) fn address(&self) -> String {
        self.raw.url()
    }

    /// Returns the bytes that wait in the browser's send buffer.
    pub(super) fn buffered(&self) -> usize {
        self.raw.buffered_amount() as usize
    }

    /// Asks the server to close. The stream goes on until it does.
    pub(super) fn close(&self) {
        // Fails only for a code that a page may not use, and 1000 is not one.
        let _ = self.raw.close_with_code(CloseCode::NORMAL.0);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.set_onopen(None);
        self.raw.set_onmessage(None);
        self.raw.set_onerror(None);
        self.raw.set_onclose(None);
        self.close();
        OPEN.with_borrow_mut(|open| open.retain(|raw| *raw != self.raw));
    }
}

/// Closes every socket of the page's playgrounds. For the end of a program that crashed: nothing else
/// of it can be relied on.
pub fn close_all() {
    OPEN.with(|open| {
        if let Ok(open) = open.try_borrow() {
            for raw in open.iter() {
                // Fails only for a code that a page may not use, and 1000 is not one.
                let _ = raw.close_with_code(CloseCode::NORMAL.0);
            }
        }
    });
}

thread_local! {
    static OPEN: RefCell<Vec<WebSocket>> = const { RefCell::new(Vec::new()) };
}

/// What the socket has said and nobody has heard yet.
struct Inbox {
    report: Box<dyn Fn(Vec<SocketEvent>)>,
    waiting: RefCell<Vec<SocketEvent>>,
    /// Runs while messages are gathered.
    pause: Cell<Option<Timeout>>,
    /// Runs while an error may yet be followed by a close.
    blocked: Cell<Option<Timeout>>,
}

impl Inbox {
    fn listen(self: &Rc<Self>, raw: &WebSocket) -> [Closure<dyn FnMut(Event)>; 4] {
        let (opened, failed) = (raw.clone(), raw.clone());
        let open = self.callback(move |inbox, _| {
            inbox.take(SocketEvent::Opened {
                extensions: opened.extensions(),
                protocol: opened.protocol(),
            });
        });
        let message = self.callback(|inbox, event| {
            if let Some(event) = read(event.unchecked_ref()) {
                inbox.gather(event);
            }
        });
        // An error alone decides nothing: the close that follows does.
        let error = self.callback(move |inbox, _| {
            if failed.ready_state() == WebSocket::CLOSED {
                inbox.expect_close();
            }
        });
        let close = self.callback(|inbox, event| {
            let close: &CloseEvent = event.unchecked_ref();
            inbox.close(CloseCode(close.code()), close.reason(), close.was_clean());
        });
        raw.set_onopen(Some(open.as_ref().unchecked_ref()));
        raw.set_onmessage(Some(message.as_ref().unchecked_ref()));
        raw.set_onerror(Some(error.as_ref().unchecked_ref()));
        raw.set_onclose(Some(close.as_ref().unchecked_ref()));
        [open, message, error, close]
    }

    fn callback(
        self: &Rc<Self>,
        act: impl Fn(&Rc<Self>, &Event) + 'static,
    ) -> Closure<dyn FnMut(Event)> {
        let inbox = Rc::downgrade(self);
        Closure::new(move |event: Event| {
            if let Some(inbox) = Weak::upgrade(&inbox) {
                act(&inbox, &event);
            }
        })
    }

    /// Takes a message: the first after a quiet time is handed on at once, others soon.
    fn gather(self: &Rc<Self>, event: SocketEvent) {
        self.waiting.borrow_mut().push(event);
        let pause = self.pause.take();
        if pause.is_some() && self.waiting.borrow().len() < MOST_WAITING {
            self.pause.set(pause);
        } else {
            self.hand_on();
        }
    }

    /// Takes what ends a pause.
    fn take(self: &Rc<Self>, event: SocketEvent) {
        self.waiting.borrow_mut().push(event);
        self.hand_on();
    }

    /// Reports what waits, and pauses after that. Without anything to report the quiet time begins.
    fn hand_on(self: &Rc<Self>) {
        let events = mem::take(&mut *self.waiting.borrow_mut());
        if events.is_empty() {
            self.pause.set(None);
            return;
        }
        // The timers of a hidden page come late, and a ping must be answered there, too.
        let pause = (!is_hidden()).then(|| {
            let inbox = Rc::downgrade(self);
            Timeout::new(PAUSE, move || {
                if let Some(inbox) = Weak::upgrade(&inbox) {
                    inbox.hand_on();
                }
            })
        });
        self.pause.set(pause);
        (self.report)(events);
    }

    /// Makes up a close if none comes. A socket that the page's security policy blocked gives an error
    /// and never a close.
    fn expect_close(self: &Rc<Self>) {
        let inbox = Rc::downgrade(self);
        self.blocked.set(Some(Timeout::new(CLOSE_AFTER_ERROR, move || {
            if let Some(inbox) = Weak::upgrade(&inbox) {
                inbox.close(CloseCode::ABNORMAL, String::new(), false);
            }
        })));
    }

    fn close(self: &Rc<Self>, code: CloseCode, reason: String, clean: bool) {
        self.blocked.set(None);
        self.take(SocketEvent::Closed { code, reason, clean });
    }
}

/// Reads a message. Of a socket that was told so, binary ones are buffers.
fn read(message: &MessageEvent) -> Option<SocketEvent> {
    match message.data().dyn_into::<JsString>() {
        Ok(text) => Some(SocketEvent::Text(text.into())),
        Err(data) => {
            let buffer = data.dyn_ref::<ArrayBuffer>()?;
            Some(SocketEvent::Binary(Uint8Array::new(buffer).to_vec()))
        }
    }
}

fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

fn error_name(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_default()
}

/// Milliseconds in which a close follows an error, where one follows.
const CLOSE_AFTER_ERROR: u32 = 250;

/// Milliseconds for which messages are gathered. Nobody sees a message that much earlier.
const PAUSE: u32 = 4;

/// Messages that are handed on without waiting for the pause to end.
const MOST_WAITING: usize = 512;
