//! A browser WebSocket, told as [`SocketEvent`]s.
//!
//! Messages that come in quick succession are handed on together: a page that works at once for every
//! message of a busy server has no time left to take the next one from the browser.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::mem;
use core::pin::Pin;

use futures::future::{AbortHandle, Either, abortable, select};
use futures::{FutureExt, Sink, StreamExt};
use gloo_net::websocket::events::CloseEvent;
use gloo_net::websocket::futures::WebSocket as Stream;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{VisibilityState, WebSocket};

use crate::protocol::CloseCode;
use crate::session::SocketEvent;

/// An open socket, or one that is opening. Dropping it closes it.
///
/// The raw handle is kept beside gloo's stream: gloo's own `close` consumes the stream and with it the
/// real close code.
pub(super) struct Socket {
    raw: WebSocket,
    task: AbortHandle,
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
        if OVER.get() {
            return Err("crashed".to_owned());
        }
        let raw = WebSocket::new(url).map_err(|error| error_name(&error))?;
        let stream = Stream::try_from(raw.clone()).map_err(|error| error.name)?;
        OPEN.with_borrow_mut(|open| open.push(raw.clone()));
        let (task, handle) = abortable(listen(raw.clone(), stream, report));
        // Boxed, because the framework spawns boxed futures as well: one type, compiled once.
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task.map(|_| ()));
        spawn_local(task);
        Ok(Self { raw, task: handle })
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
        self.task.abort();
        self.close();
        OPEN.with_borrow_mut(|open| open.retain(|raw| *raw != self.raw));
    }
}

/// Closes every socket of the page's playgrounds and opens no more. For the end of a program that
/// crashed: nothing else of it can be relied on.
pub fn close_all() {
    OVER.set(true);
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
    static OVER: Cell<bool> = const { Cell::new(false) };
    static OPEN: RefCell<Vec<WebSocket>> = const { RefCell::new(Vec::new()) };
}

async fn listen(raw: WebSocket, mut stream: Stream, report: impl Fn(Vec<SocketEvent>)) {
    // Resolves when the handshake is over, whichever way it went.
    let _ = poll_fn(|context| Pin::new(&mut stream).poll_ready(context)).await;
    if raw.ready_state() == WebSocket::OPEN {
        let (extensions, protocol) = (raw.extensions(), raw.protocol());
        report(vec![SocketEvent::Opened { extensions, protocol }]);
    }
    while let Some(first) = stream.next().await {
        let mut events = Vec::new();
        let mut next = Some(first);
        while let Some(said) = next {
            match said {
                Ok(Message::Text(text)) => events.push(SocketEvent::Text(text)),
                Ok(Message::Bytes(bytes)) => events.push(SocketEvent::Binary(bytes)),
                Err(WebSocketError::ConnectionClose(close)) => {
                    events.push(closed(close));
                    return report(events);
                }
                // An error alone decides nothing: the close that follows does.
                Err(_) => {
                    report(mem::take(&mut events));
                    if let Some(close) = close_after_error(&raw, &mut stream).await {
                        return report(vec![close]);
                    }
                }
            }
            let is_full = events.len() >= MOST_AT_ONCE;
            next = if is_full { None } else { stream.next().now_or_never().flatten() };
        }
        report(events);
        // The timers of a hidden page come late, and a ping must be answered there, too.
        if !is_hidden() {
            TimeoutFuture::new(PAUSE).await;
        }
    }
}

/// Waits for what follows an error. A socket that the page's security policy blocked gives an error and
/// never a close, so one is made up after a while.
async fn close_after_error(raw: &WebSocket, stream: &mut Stream) -> Option<SocketEvent> {
    if raw.ready_state() != WebSocket::CLOSED {
        return None;
    }
    match select(stream.next(), TimeoutFuture::new(CLOSE_AFTER_ERROR)).await {
        Either::Left((Some(Err(WebSocketError::ConnectionClose(close))), _)) => Some(closed(close)),
        Either::Left(_) | Either::Right(_) => {
            let (code, reason) = (CloseCode::ABNORMAL, String::new());
            Some(SocketEvent::Closed { code, reason, clean: false })
        }
    }
}

fn closed(close: CloseEvent) -> SocketEvent {
    let CloseEvent { code, reason, was_clean } = close;
    SocketEvent::Closed { code: CloseCode(code), reason, clean: was_clean }
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

/// Milliseconds for which messages are gathered after one was handed on. Nobody sees a message that
/// much earlier.
const PAUSE: u32 = 4;

/// Messages that are handed on together at most: what they lead to must not keep a click waiting. Under a
/// flood a pause lasts much longer than it should, and whatever came in it must fit, or more and more
/// waits here.
const MOST_AT_ONCE: usize = 4_096;
