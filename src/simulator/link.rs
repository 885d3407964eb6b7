//! The link to a simulated server: no network, but what a network does to frames.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Conditions, ServerInput, ServerOutput, Settings, Simulator};
use crate::api::Api;
use crate::protocol::{CloseCode, Incident, Instant, Millis, Now};

/// A connection to a simulator of its own.
///
/// The link has no clock. Everything on it has a time at which it is due, and [`Link::poll`] goes from
/// one such time to the next: however late it is called, each thing happens at its own time, and what
/// the client does about it can still be in time. So a page whose timers are throttled, and a
/// simulation that runs faster than the clock on the wall, see the same as one that is always punctual.
///
/// Frames arrive in the order in which they were sent, whatever the latency does in between.
#[derive(Debug)]
pub struct Link {
    simulator: Simulator,
    conditions: Conditions,
    /// The extensions that the handshake negotiates.
    extensions: &'static str,
    latency: Millis,
    /// Frames on their way to the server, with the times of arrival.
    upstream: VecDeque<(Instant, Upstream)>,
    /// Events on their way to the client, with the times of arrival.
    downstream: VecDeque<(Instant, LinkEvent)>,
    /// How far the link has come: nothing happens earlier any more.
    reached: Instant,
    is_over: bool,
}

/// How a network treats what passes through it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    /// The time a frame takes, each way.
    pub latency: Millis,
    /// What becomes of the handshake.
    pub handshake: Handshake,
}

/// What becomes of a handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handshake {
    /// The connection opens.
    Accept,
    /// No answer ever comes.
    Hang,
    /// There is nobody to connect to.
    Refuse,
}

impl Default for Network {
    /// Returns a network that is near and does what it should.
    fn default() -> Self {
        Self { latency: Millis(12), handshake: Handshake::Accept }
    }
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
    Opened {
        /// The negotiated extensions, as a browser reports them.
        extensions: String,
    },
    /// The browser refuses the address. Nothing follows.
    Refused {
        /// The browser's name for the error.
        name: String,
    },
    /// A text frame.
    Text(String),
}

#[derive(Debug)]
enum Upstream {
    Close,
    Open,
    Text(String),
}

/// Who is next.
#[derive(Clone, Copy)]
enum Turn {
    Server,
    Client,
    Timer,
}

impl Link {
    /// Opens a connection under `conditions`; `seed` seeds the simulated world.
    pub fn open(
        api: Arc<Api>,
        settings: Settings,
        network: Network,
        conditions: Conditions,
        seed: u64,
        now: Now,
    ) -> Self {
        let extensions = if api.supports_deflate() { DEFLATE } else { "" };
        let mut link = Self {
            simulator: Simulator::new(api, settings, seed),
            conditions,
            extensions,
            latency: network.latency,
            upstream: VecDeque::new(),
            downstream: VecDeque::new(),
            reached: now.at,
            is_over: false,
        };
        if link.conditions.has(&Incident::ForbidAddress(true)) {
            // A browser says so at once, and sends nothing.
            let refused = LinkEvent::Refused { name: INSECURE.to_owned() };
            link.downstream.push_back((now.at, refused));
            link.is_over = true;
            return link;
        }
        for incident in link.conditions.standing() {
            link.simulator.handle(ServerInput::Incident(incident), now);
        }
        let is_unreachable = link.conditions.has(&Incident::Unreachable(true));
        match network.handshake {
            _ if is_unreachable => link.end(CloseCode::ABNORMAL, String::new(), false),
            Handshake::Accept => link.push_up(Upstream::Open, now.at),
            Handshake::Hang => {}
            Handshake::Refuse => link.end(CloseCode::ABNORMAL, String::new(), false),
        }
        link
    }

    /// Changes the time that frames to come take, each way.
    pub fn set_latency(&mut self, latency: Millis) {
        self.latency = latency;
    }

    /// Sends a frame. What [`Link::poll`] returned is answered at the time that came with it, and whatever
    /// is due before `now` must have been taken.
    pub fn send(&mut self, text: String, now: Now) {
        self.push_up(Upstream::Text(text), now.at);
    }

    /// Asks the server to close.
    pub fn close(&mut self, now: Now) {
        self.push_up(Upstream::Close, now.at);
    }

    /// Lets something happen at the server that no frame of the client brought about. Everything that
    /// is due before `now` must have been taken by [`Link::poll`].
    pub fn happen(&mut self, input: ServerInput<'_>, now: Now) {
        self.reached = self.reached.max(now.at);
        self.serve(input, now);
    }

    /// Lets something go wrong, or undoes it. As with [`Link::happen`], everything that is due before
    /// must have been taken. What stands goes on standing on this connection; [`Link::conditions`] says
    /// what does.
    ///
    /// Returns the incident as it came to be: a burst has as many events as were sent, which is none
    /// where no channel is subscribed.
    pub fn stage(&mut self, incident: &Incident, now: Now) -> Incident {
        self.reached = self.reached.max(now.at);
        self.conditions.apply(incident);
        let sent = self.serve(ServerInput::Incident(incident), now);
        match incident {
            Incident::Burst { .. } => Incident::Burst { events: sent },
            other => other.clone(),
        }
    }

    /// Returns what is wrong with the connection.
    pub fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// Goes from due time to due time, no further than `until`, up to the next event that arrives at
    /// the client. Returns it with the time of its arrival. **Poll until nothing is left**, and handle
    /// each event before polling again.
    pub fn poll(&mut self, until: Now) -> Option<(Now, LinkEvent)> {
        let now = until.when(self.next_arrival(until)?);
        self.reached = now.at;
        self.downstream.pop_front().map(|(_, event)| (now, event))
    }

    /// Lets happen what the client learns nothing of, no further than `until`, and returns when the next
    /// event arrives at the client, if it does by then. That is the one that [`Link::poll`] returns next.
    pub fn next_arrival(&mut self, until: Now) -> Option<Instant> {
        loop {
            let (due, turn) = self.next().filter(|(due, _)| *due <= until.at)?;
            let due = self.reached.max(due);
            if matches!(turn, Turn::Client) && !self.swallows_next() {
                return Some(due);
            }
            self.reached = due;
            let now = until.when(due);
            match turn {
                Turn::Server => self.deliver(now),
                Turn::Client => {
                    self.downstream.pop_front();
                }
                Turn::Timer => {
                    self.serve(ServerInput::Timeout, now);
                }
            }
        }
    }

    /// Returns when [`Link::poll`] has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.next().map(|(due, _)| due)
    }

    /// Returns whether something is on its way.
    pub fn is_busy(&self) -> bool {
        !(self.upstream.is_empty() && self.downstream.is_empty())
    }

    /// Returns who is next, and when. What arrives at the same time as a timer comes before it.
    fn next(&self) -> Option<(Instant, Turn)> {
        let server = self.upstream.front().map(|(due, _)| (*due, Turn::Server));
        let client = self.downstream.front().map(|(due, _)| (*due, Turn::Client));
        let timer = self.simulator.poll_timeout().map(|due| (due, Turn::Timer));
        [server, client, timer].into_iter().flatten().min_by_key(|(due, _)| *due)
    }

    /// Hands the server the frame that has arrived.
    fn deliver(&mut self, now: Now) {
        match self.upstream.pop_front() {
            None => {}
            Some(_) if self.conditions.is_mute() => {}
            Some((_, Upstream::Close)) => {
                self.serve(ServerInput::Closed, now);
                self.end(CloseCode::NORMAL, String::new(), true);
            }
            Some((_, Upstream::Open)) => {
                self.push_down(LinkEvent::Opened { extensions: self.extensions.to_owned() });
                self.serve(ServerInput::Opened { token: Some(TOKEN) }, now);
            }
            Some((_, Upstream::Text(text))) => {
                self.serve(ServerInput::Text(&text), now);
            }
        }
    }

    /// Lets the server work, and returns how many frames it sent.
    fn serve(&mut self, input: ServerInput<'_>, now: Now) -> u32 {
        let mut sent = 0;
        self.simulator.handle(input, now);
        while let Some(output) = self.simulator.poll() {
            match output {
                // This client is the only one in its world.
                ServerOutput::Broadcast(published) => {
                    self.simulator.handle(ServerInput::Deliver(&published), now);
                }
                ServerOutput::Close { code, reason } => self.end(code, reason, true),
                ServerOutput::Drop => self.end(CloseCode::ABNORMAL, String::new(), false),
                ServerOutput::Send(text) => {
                    sent += 1;
                    self.push_down(LinkEvent::Text(text));
                }
            }
        }
        sent
    }

    /// Returns whether the next event gets lost on its last step to the client.
    fn swallows_next(&mut self) -> bool {
        match self.downstream.front() {
            // The page's own browser says it.
            None | Some((_, LinkEvent::Refused { .. })) => false,
            Some((_, LinkEvent::Text(text))) => self.conditions.swallow(text),
            Some(_) => self.conditions.is_mute(),
        }
    }

    fn end(&mut self, code: CloseCode, reason: String, clean: bool) {
        self.push_down(LinkEvent::Closed { code, reason, clean });
        self.is_over = true;
    }

    fn push_up(&mut self, frame: Upstream, sent: Instant) {
        let before = self.upstream.back().map_or(self.reached, |(due, _)| *due);
        self.upstream.push_back(((sent + self.latency).max(before), frame));
    }

    fn push_down(&mut self, event: LinkEvent) {
        if !self.is_over {
            let before = self.downstream.back().map_or(self.reached, |(due, _)| *due);
            self.downstream.push_back(((self.reached + self.latency).max(before), event));
        }
    }
}

/// What browsers and servers agree on, as browsers report it.
const DEFLATE: &str = "permessage-deflate";

/// The name under which browsers refuse an address without encryption to a page that has one.
const INSECURE: &str = "SecurityError";

/// The simulator is not choosy about keys, but the API wants one.
const TOKEN: &str = "simulator";
