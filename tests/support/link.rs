//! A session wired to a simulated server by a network with latency, loss and refusals, under
//! virtual time.

use std::collections::{BTreeMap, VecDeque};

use veriops_playground::api::Api;
use veriops_playground::protocol::{CloseCode, Envelope, Instant, MessageType, Millis, Now, Topic};
use veriops_playground::session::{ConnectionId, SocketEvent, Target};
use veriops_playground::simulator::{Published, ServerInput, ServerOutput, Settings, Simulator};

use crate::client::{Act, Client, live};

/// Both ends of a connection, and the time between them.
pub(crate) struct Pair {
    pub(crate) client: Client,
    pub(crate) network: Network,
    /// The server of connections to come.
    pub(crate) settings: Settings,
    link: Option<Link>,
}

/// How the network is today.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    /// How long everything takes, each way.
    pub(crate) latency: Millis,
    /// What becomes of handshakes to come.
    pub(crate) handshake: Handshake,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Handshake {
    Accept,
    Hang,
    Refuse,
}

/// One connection: its server, and what is on its way.
struct Link {
    connection: ConnectionId,
    server: Simulator,
    upstream: VecDeque<(Instant, Upstream)>,
    downstream: VecDeque<(Instant, SocketEvent)>,
    is_over: bool,
    /// How often the server confirmed each topic that it still has.
    topics: BTreeMap<Topic, u32>,
}

enum Upstream {
    Close,
    Open,
    Text(String),
}

impl Pair {
    /// Returns a pair without anything that the server does by itself.
    pub(crate) fn quiet() -> Self {
        Self::with(Settings {
            event_interval: None,
            heartbeat: None,
            idle: None,
            ..Settings::of(&Api::veriops())
        })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let network = Network { latency: Millis(20), handshake: Handshake::Accept };
        Self { client: Client::new(), network, settings, link: None }
    }

    /// Connects to the live API and waits until the connection is open.
    pub(crate) fn connect(&mut self) {
        self.connect_to(live());
    }

    pub(crate) fn connect_to(&mut self, target: Target) {
        self.client.connect(target);
        self.drive();
    }

    pub(crate) fn subscribe(&mut self, topic: &Topic) {
        self.client.subscribe(topic);
        self.drive();
    }

    /// Cuts the line: what is on its way is lost, and both ends notice at once.
    pub(crate) fn cut(&mut self) {
        self.carry_acts();
        if let Some(link) = self.link.take() {
            let event = SocketEvent::Closed {
                code: CloseCode::ABNORMAL,
                reason: String::new(),
                clean: false,
            };
            self.client.hears_from(link.connection, event);
            self.carry_acts();
        }
    }

    /// The server goes away and says so.
    pub(crate) fn shut_down(&mut self) {
        self.carry_acts();
        if let Some(link) = &mut self.link {
            link.server.handle(ServerInput::Shutdown, self.client.now);
            link.drain(self.client.now.at + self.network.latency, self.client.now);
        }
        self.drive();
    }

    /// Something happens on a channel.
    pub(crate) fn publish(&mut self, channel: &str, data: &str) {
        self.carry_acts();
        let published = Published { channel: channel.into(), data: data.into() };
        if let Some(link) = &mut self.link {
            link.server.handle(ServerInput::Deliver(&published), self.client.now);
            link.drain(self.client.now.at + self.network.latency, self.client.now);
        }
        self.drive();
    }

    /// Runs until nothing is on its way.
    pub(crate) fn drive(&mut self) {
        self.carry_acts();
        while self.link.as_ref().is_some_and(Link::is_busy) && self.step(Instant::NEVER) {}
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, span: Millis) {
        self.carry_acts();
        let end = self.client.now.at + span;
        while self.step(end) {}
        self.client.sleep(end - self.client.now.at);
    }

    /// Goes to the next thing that is due, no later than `end`. Returns whether there was one.
    pub(crate) fn step(&mut self, end: Instant) -> bool {
        let link = self.link.as_ref().and_then(Link::next);
        let Some(due) = self.client.session.poll_timeout().into_iter().chain(link).min() else {
            return false;
        };
        if due > end {
            return false;
        }
        self.client.sleep(due - self.client.now.at);
        if self.client.session.poll_timeout().is_some_and(|due| due <= self.client.now.at) {
            self.client.timeout();
        }
        self.carry_acts();
        self.carry_frames();
        self.carry_acts();
        true
    }

    /// Returns the topics that the server has, and how often it confirmed each.
    pub(crate) fn topics(&self) -> BTreeMap<Topic, u32> {
        self.link.as_ref().map(|link| link.topics.clone()).unwrap_or_default()
    }

    /// Does what the session told its socket to do.
    fn carry_acts(&mut self) {
        let arrival = self.client.now.at + self.network.latency;
        for act in self.client.acts() {
            match act {
                Act::Abandon => self.link = None,
                Act::Open(_) => self.link = Some(self.open(arrival)),
                Act::Close => self.link_mut().upstream.push_back((arrival, Upstream::Close)),
                Act::Send(text) => {
                    self.link_mut().upstream.push_back((arrival, Upstream::Text(text)));
                }
            }
        }
    }

    fn open(&self, arrival: Instant) -> Link {
        let connection = self.client.latest();
        let server = Simulator::new(Api::veriops(), self.settings.clone(), connection.0);
        let mut link = Link {
            connection,
            server,
            upstream: VecDeque::new(),
            downstream: VecDeque::new(),
            is_over: false,
            topics: BTreeMap::new(),
        };
        match self.network.handshake {
            Handshake::Accept => link.upstream.push_back((arrival, Upstream::Open)),
            Handshake::Hang => {}
            Handshake::Refuse => link.end(CloseCode::ABNORMAL, String::new(), false, arrival),
        }
        link
    }

    /// Lets everything arrive whose time has come.
    fn carry_frames(&mut self) {
        let Some(link) = &mut self.link else { return };
        let now = self.client.now;
        let arrival = now.at + self.network.latency;
        while let Some((_, frame)) = link.upstream.pop_front_if(|(due, _)| *due <= now.at) {
            link.take(frame, arrival, now);
            link.drain(arrival, now);
        }
        if link.server.poll_timeout().is_some_and(|due| due <= now.at) {
            link.server.handle(ServerInput::Timeout, now);
            link.drain(arrival, now);
        }
        let connection = link.connection;
        if let Some((_, event)) = link.downstream.pop_front_if(|(due, _)| *due <= now.at) {
            if matches!(event, SocketEvent::Closed { .. }) {
                self.link = None;
            }
            self.client.hears_from(connection, event);
        }
    }

    fn link_mut(&mut self) -> &mut Link {
        self.link.as_mut().expect("the client checks that there is a connection")
    }
}

impl Link {
    fn is_busy(&self) -> bool {
        !(self.upstream.is_empty() && self.downstream.is_empty())
    }

    fn next(&self) -> Option<Instant> {
        let upstream = self.upstream.front().map(|(due, _)| *due);
        let downstream = self.downstream.front().map(|(due, _)| *due);
        upstream.into_iter().chain(downstream).chain(self.server.poll_timeout()).min()
    }

    fn take(&mut self, frame: Upstream, arrival: Instant, now: Now) {
        match frame {
            Upstream::Close => {
                self.server.handle(ServerInput::Closed, now);
                self.end(CloseCode::NORMAL, String::new(), true, arrival);
            }
            Upstream::Open => {
                let opened =
                    SocketEvent::Opened { extensions: String::new(), protocol: String::new() };
                self.downstream.push_back((arrival, opened));
                self.server.handle(ServerInput::Opened { token: Some("key") }, now);
            }
            Upstream::Text(text) => self.server.handle(ServerInput::Text(&text), now),
        }
    }

    fn drain(&mut self, arrival: Instant, now: Now) {
        while let Some(output) = self.server.poll() {
            match output {
                ServerOutput::Broadcast(published) => {
                    self.server.handle(ServerInput::Deliver(&published), now)
                }
                ServerOutput::Close { code, reason } => self.end(code, reason, true, arrival),
                ServerOutput::Drop => self.end(CloseCode::ABNORMAL, String::new(), false, arrival),
                ServerOutput::Send(text) => {
                    self.note(&text);
                    if !self.is_over {
                        self.downstream.push_back((arrival, SocketEvent::Text(text)));
                    }
                }
            }
        }
    }

    /// Keeps account of the topics that the server confirms.
    fn note(&mut self, text: &str) {
        let message = Envelope::decode(text).unwrap();
        if message.kind != MessageType::Ack {
            return;
        }
        let topic = message.topic().unwrap();
        match message.ack_status().as_deref() {
            Some("subscribed") => *self.topics.entry(topic).or_default() += 1,
            Some("unsubscribed") if topic.is_filtered() => {
                self.topics.remove(&topic);
            }
            Some("unsubscribed") => self.topics.retain(|it, _| it.channel != topic.channel),
            _ => {}
        }
    }

    fn end(&mut self, code: CloseCode, reason: String, clean: bool, arrival: Instant) {
        if !core::mem::replace(&mut self.is_over, true) {
            self.downstream.push_back((arrival, SocketEvent::Closed { code, reason, clean }));
        }
    }
}
