//! A link into the page's own simulator: no network, but the same events in the same order.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::api::Api;
use crate::protocol::{CloseCode, Millis, Now};
use crate::session::{Connection, SocketEvent};
use crate::simulator::{Input, Output, Settings, Simulator};

/// A connection to a simulator of its own, with a latency each way.
pub(super) struct SimulatedLink {
    simulator: Simulator,
    /// Frames on their way to the server, with the time of arrival.
    upstream: VecDeque<(Millis, Upstream)>,
    /// Events on their way to the page, with the time of arrival.
    downstream: VecDeque<(Millis, SocketEvent)>,
    closed: bool,
}

enum Upstream {
    Close,
    Open,
    Text(String),
}

impl SimulatedLink {
    /// Opens a connection. The number of the connection seeds the simulated world.
    pub(super) fn open(api: Arc<Api>, connection: Connection, now: Now) -> Self {
        let settings = Settings::of(&api);
        let simulator = Simulator::new(api, settings, connection.0 ^ now.wall.0);
        let upstream = VecDeque::from([(now.at + LATENCY, Upstream::Open)]);
        Self { simulator, upstream, downstream: VecDeque::new(), closed: false }
    }

    /// Sends a frame.
    pub(super) fn send(&mut self, text: String, now: Now) {
        self.upstream.push_back((now.at + LATENCY, Upstream::Text(text)));
    }

    /// Asks the server to close.
    pub(super) fn close(&mut self, now: Now) {
        self.upstream.push_back((now.at + LATENCY, Upstream::Close));
    }

    /// Moves frames along and returns the next event that has arrived at the page.
    pub(super) fn poll(&mut self, now: Now) -> Option<SocketEvent> {
        while let Some((_, frame)) = self.upstream.pop_front_if(|(due, _)| *due <= now.at) {
            match frame {
                Upstream::Close => {
                    self.simulator.handle(Input::Closed, now);
                    self.end(CloseCode::NORMAL, String::new(), true, now);
                }
                Upstream::Open => {
                    let event =
                        SocketEvent::Opened { extensions: String::new(), protocol: String::new() };
                    self.downstream.push_back((now.at + LATENCY, event));
                    self.simulator.handle(Input::Opened { token: Some(TOKEN) }, now);
                }
                Upstream::Text(text) => self.simulator.handle(Input::Text(&text), now),
            }
            self.drain(now);
        }
        if self.simulator.poll_timeout().is_some_and(|due| due <= now.at) {
            self.simulator.handle(Input::Timeout, now);
            self.drain(now);
        }
        self.downstream.pop_front_if(|(due, _)| *due <= now.at).map(|(_, event)| event)
    }

    /// Returns when [`SimulatedLink::poll`] has something to do.
    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        let upstream = self.upstream.front().map(|(due, _)| *due);
        let downstream = self.downstream.front().map(|(due, _)| *due);
        upstream.into_iter().chain(downstream).chain(self.simulator.poll_timeout()).min()
    }

    fn drain(&mut self, now: Now) {
        while let Some(output) = self.simulator.poll() {
            match output {
                // This page is the only client of its world.
                Output::Broadcast(published) => {
                    self.simulator.handle(Input::Deliver(&published), now);
                }
                Output::Close { code, reason } => self.end(code, reason, true, now),
                Output::Drop => self.end(CloseCode::ABNORMAL, String::new(), false, now),
                Output::Send(text) if !self.closed => {
                    self.downstream.push_back((now.at + LATENCY, SocketEvent::Text(text)));
                }
                Output::Send(_) => {}
            }
        }
    }

    fn end(&mut self, code: CloseCode, reason: String, clean: bool, now: Now) {
        if !core::mem::replace(&mut self.closed, true) {
            let event = SocketEvent::Closed { code, reason, clean };
            self.downstream.push_back((now.at + LATENCY, event));
        }
    }
}

/// The time a frame takes each way.
const LATENCY: Millis = Millis(12);

/// The simulator is not choosy about keys, but the API wants one.
const TOKEN: &str = "simulator";
