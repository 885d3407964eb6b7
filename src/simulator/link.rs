//! The link to a simulated server: no network, but what a network does to frames.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{ServerInput, ServerOutput, Settings, Simulator};
use crate::api::Api;
use crate::protocol::{CloseCode, Instant, Millis, Now};

/// A connection to a simulator of its own, with a latency each way.
#[derive(Debug)]
pub struct Link {
    simulator: Simulator,
    /// Frames on their way to the server, with the time of arrival.
    upstream: VecDeque<(Instant, Upstream)>,
    /// Events on their way to the page, with the time of arrival.
    downstream: VecDeque<(Instant, LinkEvent)>,
    closed: bool,
}

/// What arrives at the client.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    /// The connection ended. Nothing follows.
    Closed {
        /// The close code.
        code: CloseCode,
        /// The reason as sent.
        reason: String,
        /// Whether a close frame was exchanged.
        clean: bool,
    },
    /// The connection is open.
    Opened,
    /// A text frame.
    Text(String),
}

#[derive(Debug)]
enum Upstream {
    Close,
    Open,
    Text(String),
}

impl Link {
    /// Opens a connection; `seed` seeds the simulated world.
    pub fn open(api: Arc<Api>, seed: u64, now: Now) -> Self {
        let settings = Settings::of(&api);
        let simulator = Simulator::new(api, settings, seed);
        let upstream = VecDeque::from([(now.at + LATENCY, Upstream::Open)]);
        Self { simulator, upstream, downstream: VecDeque::new(), closed: false }
    }

    /// Sends a frame.
    pub fn send(&mut self, text: String, now: Now) {
        self.upstream.push_back((now.at + LATENCY, Upstream::Text(text)));
    }

    /// Asks the server to close.
    pub fn close(&mut self, now: Now) {
        self.upstream.push_back((now.at + LATENCY, Upstream::Close));
    }

    /// Moves frames along and returns the next event that has arrived at the page.
    pub fn poll(&mut self, now: Now) -> Option<LinkEvent> {
        while let Some((_, frame)) = self.upstream.pop_front_if(|(due, _)| *due <= now.at) {
            match frame {
                Upstream::Close => {
                    self.simulator.handle(ServerInput::Closed, now);
                    self.end(CloseCode::NORMAL, String::new(), true, now);
                }
                Upstream::Open => {
                    let event = LinkEvent::Opened;
                    self.downstream.push_back((now.at + LATENCY, event));
                    self.simulator.handle(ServerInput::Opened { token: Some(TOKEN) }, now);
                }
                Upstream::Text(text) => self.simulator.handle(ServerInput::Text(&text), now),
            }
            self.drain(now);
        }
        if self.simulator.poll_timeout().is_some_and(|due| due <= now.at) {
            self.simulator.handle(ServerInput::Timeout, now);
            self.drain(now);
        }
        self.downstream.pop_front_if(|(due, _)| *due <= now.at).map(|(_, event)| event)
    }

    /// Returns when [`Link::poll`] has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let upstream = self.upstream.front().map(|(due, _)| *due);
        let downstream = self.downstream.front().map(|(due, _)| *due);
        upstream.into_iter().chain(downstream).chain(self.simulator.poll_timeout()).min()
    }

    fn drain(&mut self, now: Now) {
        while let Some(output) = self.simulator.poll() {
            match output {
                // This page is the only client of its world.
                ServerOutput::Broadcast(published) => {
                    self.simulator.handle(ServerInput::Deliver(&published), now);
                }
                ServerOutput::Close { code, reason } => self.end(code, reason, true, now),
                ServerOutput::Drop => self.end(CloseCode::ABNORMAL, String::new(), false, now),
                ServerOutput::Send(text) if !self.closed => {
                    self.downstream.push_back((now.at + LATENCY, LinkEvent::Text(text)));
                }
                ServerOutput::Send(_) => {}
            }
        }
    }

    fn end(&mut self, code: CloseCode, reason: String, clean: bool, now: Now) {
        if !core::mem::replace(&mut self.closed, true) {
            let event = LinkEvent::Closed { code, reason, clean };
            self.downstream.push_back((now.at + LATENCY, event));
        }
    }
}

/// The time a frame takes each way.
const LATENCY: Millis = Millis(12);

/// The simulator is not choosy about keys, but the API wants one.
const TOKEN: &str = "simulator";
