//! A browser WebSocket, told as [`SocketEvent`]s.
//!
//! Messages that come in quick succession are handed on together: a page that works at once for every
//! message of a busy server has no time left to take the next one from the browser. Each keeps the time
//! at which the browser handed it over.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use std::collections::VecDeque;
use std::rc::Rc;

use futures::future::{AbortHandle, Either, abortable, select};
use futures::{FutureExt, Sink, StreamExt};
use gloo_net::websocket::events::CloseEvent;
use gloo_net::websocket::futures::WebSocket as Stream;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use web_sys::{VisibilityState, WebSocket};

use super::clock::{moment, now};
use super::listener::Listeners;
use super::task::spawn;
use crate::protocol::{CloseCode, Instant};
use crate::session::SocketEvent;

/// An open socket, or one that is opening. Dropping it closes it.
///
/// The raw handle is kept beside gloo's stream: gloo's own `close` consumes the stream and with it the
/// real close code.
pub(super) struct Socket {
    raw: WebSocket,
    incoming: Rc<RefCell<Incoming>>,
    task: AbortHandle,
    _listeners: Listeners,
}

impl Socket {
    /// Opens a socket. `wake` is called when there is something for [`Socket::poll`].
    ///
    /// # Errors
    ///
    /// Returns the name of the browser's error if it refuses the address, such as `SecurityError`.
    pub(super) fn open(url: &str, wake: impl Fn() + 'static) -> Result<Self, String> {
        if OVER.get() {
            return Err("crashed".to_owned());
        }
        let raw = WebSocket::new(url).map_err(|error| error_name(&error))?;
        let times = Rc::new(Times::default());
        // Before gloo's own listeners: when gloo has a message, its time is known.
        let listeners = times.listen(&raw);
        let stream = Stream::try_from(raw.clone()).map_err(|error| error.name)?;
        OPEN.with_borrow_mut(|open| open.push(raw.clone()));
        let incoming = Rc::new(RefCell::new(Incoming::new(raw.clone(), stream, times)));
        let (task, handle) = abortable(listen(Rc::clone(&incoming), wake));
        spawn(task.map(|_| ()));
        Ok(Self { raw, incoming, task: handle, _listeners: listeners })
    }

    /// Returns the next thing that the socket said, and when the browser handed it over. The last one is
    /// [`SocketEvent::Closed`].
    pub(super) fn poll(&self) -> Option<(Instant, SocketEvent)> {
        self.incoming.borrow_mut().take()
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

/// The times of what gloo's stream has not given out yet, in its order.
///
/// `event.timeStamp` is when the browser's event began: no later than any listener, and on the clock of
/// `performance.now()`. Both Chromium and Firefox begin it on the page's one thread, so it cannot tell
/// how long a message waited while a script held that thread.
#[derive(Default)]
struct Times {
    opened: Cell<Option<Instant>>,
    said: RefCell<VecDeque<Instant>>,
}

impl Times {
    fn listen(self: &Rc<Self>, raw: &WebSocket) -> Listeners {
        let mut listeners = Listeners::default();
        let times = Rc::clone(self);
        listeners.add(raw, "open", move |event| times.opened.set(Some(moment(&event))));
        // Each of these is one item of gloo's stream.
        for name in ["message", "error", "close"] {
            let times = Rc::clone(self);
            listeners
                .add(raw, name, move |event| times.said.borrow_mut().push_back(moment(&event)));
        }
        listeners
    }
}

/// What comes in over a socket.
struct Incoming {
    raw: WebSocket,
    stream: Stream,
    times: Rc<Times>,
    /// What was taken from the stream and not handed on yet.
    ahead: VecDeque<(Instant, SocketEvent)>,
    /// How many may be handed on before the next pause.
    left: usize,
    /// Whether there was an error that ended the connection, and no close yet.
    is_failed: bool,
    is_over: bool,
    /// Wakes the task, if it waits for the stream.
    waker: Waker,
}

impl Incoming {
    fn new(raw: WebSocket, stream: Stream, times: Rc<Times>) -> Self {
        Self {
            raw,
            stream,
            times,
            ahead: VecDeque::new(),
            left: MOST_AT_ONCE,
            is_failed: false,
            is_over: false,
            waker: Waker::noop().clone(),
        }
    }

    /// Resolves when the handshake is over, whichever way it went.
    fn poll_opened(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // An error is no answer yet: the close that follows is.
        let _ = ready!(Pin::new(&mut self.stream).poll_ready(context));
        if self.raw.ready_state() == WebSocket::OPEN {
            let (extensions, protocol) = (self.raw.extensions(), self.raw.protocol());
            let opened = self.times.opened.get().unwrap_or_else(|| now().at);
            self.ahead.push_back((opened, SocketEvent::Opened { extensions, protocol }));
        }
        Poll::Ready(())
    }

    /// Resolves when there is something to take, or when an error has ended the connection.
    fn poll_arrival(&mut self, context: &Context<'_>) -> Poll<()> {
        self.waker.clone_from(context.waker());
        self.pull()
    }

    /// Returns the next thing that was said, if its turn has come.
    fn take(&mut self) -> Option<(Instant, SocketEvent)> {
        if self.left == 0 || self.pull().is_pending() {
            return None;
        }
        self.left -= 1;
        self.ahead.pop_front()
    }

    /// Sees to it that there is something ahead, if the stream has anything.
    fn pull(&mut self) -> Poll<()> {
        while self.ahead.is_empty() && !self.is_over {
            let said = ready!(self.stream.poll_next_unpin(&mut Context::from_waker(&self.waker)));
            let at = self.times.said.borrow_mut().pop_front().unwrap_or_else(|| now().at);
            let event = match said {
                Some(Ok(Message::Text(text))) => SocketEvent::Text(text),
                Some(Ok(Message::Bytes(bytes))) => SocketEvent::Binary(bytes),
                Some(Err(WebSocketError::ConnectionClose(close))) => closed(close),
                // An error alone decides nothing: the close that follows does.
                Some(Err(_)) if self.raw.ready_state() != WebSocket::CLOSED => continue,
                Some(Err(_)) => {
                    self.is_failed = true;
                    return Poll::Ready(());
                }
                None => lost(),
            };
            self.is_over = matches!(event, SocketEvent::Closed { .. });
            self.ahead.push_back((at, event));
        }
        Poll::Ready(())
    }

    /// Waits no longer for a close.
    fn give_up(&mut self) {
        self.is_over = true;
        self.ahead.push_back((now().at, lost()));
    }
}

async fn listen(incoming: Rc<RefCell<Incoming>>, wake: impl Fn()) {
    poll_fn(|context| incoming.borrow_mut().poll_opened(context)).await;
    loop {
        let is_failed = incoming.borrow().is_failed;
        let arrival = poll_fn(|context| incoming.borrow_mut().poll_arrival(context));
        if !is_failed {
            arrival.await;
        } else if let Either::Right(_) =
            select(arrival, TimeoutFuture::new(CLOSE_AFTER_ERROR)).await
        {
            // A socket that the page's security policy blocked gives an error and never a close.
            incoming.borrow_mut().give_up();
        }
        {
            let mut incoming = incoming.borrow_mut();
            incoming.waker.clone_from(Waker::noop());
            incoming.left = MOST_AT_ONCE;
        }
        wake();
        let Incoming { is_over, is_failed, .. } = *incoming.borrow();
        if is_over {
            return;
        }
        // The timers of a hidden page come late, and a ping must be answered there, too.
        if !is_failed && !is_hidden() {
            TimeoutFuture::new(PAUSE).await;
        }
    }
}

fn closed(close: CloseEvent) -> SocketEvent {
    let CloseEvent { code, reason, was_clean } = close;
    SocketEvent::Closed { code: CloseCode(code), reason, clean: was_clean }
}

/// Returns the end of a connection that ends without a word.
fn lost() -> SocketEvent {
    SocketEvent::Closed { code: CloseCode::ABNORMAL, reason: String::new(), clean: false }
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
