//! A session wired to a simulated server by a network with latency, loss and refusals, under
//! virtual time.

use std::collections::BTreeMap;

use veriops_playground::api::Api;
use veriops_playground::protocol::{
    CloseCode, Envelope, Incident, Instant, MessageType, Millis, Now, Topic,
};
use veriops_playground::session::{ConnectionId, SocketEvent, Target};
use veriops_playground::simulator::{
    Conditions, Link, LinkEvent, Published, ServerInput, Settings,
};

pub(crate) use veriops_playground::simulator::{Handshake, Network};

use crate::client::{Act, Client, live};

/// Both ends of a connection, and the time between them.
pub(crate) struct Pair {
    pub(crate) client: Client,
    pub(crate) network: Network,
    /// The server of connections to come.
    pub(crate) settings: Settings,
    /// What goes wrong, on connections to come as well.
    pub(crate) conditions: Conditions,
    line: Option<Line>,
}

/// One connection.
struct Line {
    connection: ConnectionId,
    link: Link,
    /// How often the client was told of each topic that the server still has.
    topics: BTreeMap<Topic, u32>,
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
        Self {
            client: Client::new(),
            network,
            settings,
            conditions: Conditions::default(),
            line: None,
        }
    }

    /// Returns a pair whose client takes silence for a broken connection.
    pub(crate) fn watched(settings: Settings) -> Self {
        Self { client: Client::watched(), ..Self::with(settings) }
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
        if let Some(line) = self.line.take() {
            let event = SocketEvent::Closed {
                code: CloseCode::ABNORMAL,
                reason: String::new(),
                clean: false,
            };
            self.client.hears_from(line.connection, event);
            self.carry_acts();
        }
    }

    /// The server goes away and says so.
    pub(crate) fn shut_down(&mut self) {
        self.happen(ServerInput::Shutdown);
    }

    /// Something goes wrong, or is undone.
    pub(crate) fn stage(&mut self, incident: &Incident) {
        self.carry_acts();
        self.conditions.apply(incident);
        if let Some(line) = &mut self.line {
            line.link.stage(incident, self.client.now);
        }
    }

    /// Something happens on a channel.
    pub(crate) fn publish(&mut self, channel: &str, data: &str) {
        let published = Published { channel: channel.into(), data: data.into() };
        self.happen(ServerInput::Deliver(&published));
    }

    /// Runs until nothing is on its way.
    pub(crate) fn drive(&mut self) {
        self.carry_acts();
        while self.line.as_ref().is_some_and(|line| line.link.is_busy())
            && self.step(Instant::NEVER)
        {}
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, span: Millis) {
        self.carry_acts();
        let end = self.client.now.at + span;
        while self.step(end) {}
        self.client.sleep(end - self.client.now.at);
    }

    /// Lets time pass on the clock, and then what happened in it, as a page does that was asleep.
    pub(crate) fn oversleep(&mut self, span: Millis) {
        self.carry_acts();
        self.client.sleep(span);
        self.catch_up(self.client.now);
        self.client.timeout();
        self.carry_acts();
    }

    /// Lets everything happen that was due up to `woken`, each at its own time, as the run loop does it.
    pub(crate) fn catch_up(&mut self, woken: Now) {
        self.carry_acts();
        loop {
            let timer = self.client.session.poll_timeout().filter(|due| *due <= woken.at);
            let until = timer.map_or(woken, |due| woken.when(due));
            match self.poll(until) {
                Some((now, event)) => {
                    self.client.now = now;
                    self.arrive(event);
                }
                None if timer.is_some() => {
                    self.client.now = until;
                    self.client.timeout();
                }
                None => break,
            }
            self.carry_acts();
        }
        self.client.now = woken;
    }

    /// Returns when the next thing happens that the log tells of, no later than `end`; nothing if there is
    /// nothing at all to wait for.
    pub(crate) fn next_row(&mut self, end: Instant) -> Option<Instant> {
        self.carry_acts();
        let timer = self.client.session.poll_timeout();
        timer.or_else(|| self.line.as_ref()?.link.poll_timeout())?;
        let until = timer.map_or(end, |due| due.min(end));
        let now = self.client.now.when(until);
        let arrival = self.line.as_mut().and_then(|line| line.link.next_arrival(now));
        Some(arrival.unwrap_or(until))
    }

    /// Goes to the next thing that is due, no later than `end`. Returns whether there was one.
    pub(crate) fn step(&mut self, end: Instant) -> bool {
        let link = self.line.as_ref().and_then(|line| line.link.poll_timeout());
        let Some(due) = self.client.session.poll_timeout().into_iter().chain(link).min() else {
            return false;
        };
        if due > end {
            return false;
        }
        self.client.sleep(due - self.client.now.at);
        let now = self.client.now;
        while let Some((at, event)) = self.poll(now) {
            assert_eq!(at, now, "a punctual client hears everything when it arrives");
            self.arrive(event);
            self.carry_acts();
        }
        if self.client.session.poll_timeout().is_some_and(|due| due <= now.at) {
            self.client.timeout();
            self.carry_acts();
        }
        true
    }

    /// Returns the topics that the server has, and how often it confirmed each.
    pub(crate) fn topics(&self) -> BTreeMap<Topic, u32> {
        self.line.as_ref().map(|line| line.topics.clone()).unwrap_or_default()
    }

    fn happen(&mut self, input: ServerInput<'_>) {
        self.carry_acts();
        if let Some(line) = &mut self.line {
            line.link.happen(input, self.client.now);
        }
        self.drive();
    }

    /// Returns what arrives next, and takes over what stands: some incidents end by themselves.
    fn poll(&mut self, until: Now) -> Option<(Now, LinkEvent)> {
        let link = &mut self.line.as_mut()?.link;
        let arrived = link.poll(until);
        self.conditions.clone_from(link.conditions());
        arrived
    }

    fn arrive(&mut self, event: LinkEvent) {
        let line = self.line.as_mut().expect("it came over a line");
        let connection = line.connection;
        let event = match event {
            LinkEvent::Closed { code, reason, clean } => {
                self.line = None;
                SocketEvent::Closed { code, reason, clean }
            }
            LinkEvent::Opened { extensions } => {
                SocketEvent::Opened { extensions, protocol: String::new() }
            }
            LinkEvent::Refused { name } => {
                self.line = None;
                SocketEvent::Refused { name }
            }
            LinkEvent::Text(text) => {
                line.note(&text);
                SocketEvent::Text(text)
            }
        };
        self.client.hears_from(connection, event);
    }

    /// Does what the session told its socket to do.
    fn carry_acts(&mut self) {
        let now = self.client.now;
        if let Some(line) = &mut self.line {
            line.link.set_latency(self.network.latency);
        }
        for act in self.client.acts() {
            match act {
                Act::Abandon => self.line = None,
                Act::Open(_) => self.line = Some(self.open()),
                Act::Close => self.line_mut().link.close(now),
                Act::Send(text) => self.line_mut().link.send(text, now),
            }
        }
    }

    fn open(&self) -> Line {
        let connection = self.client.latest();
        let settings = self.settings.clone();
        let (seed, now) = (connection.0, self.client.now);
        let link =
            Link::open(Api::veriops(), settings, self.network, self.conditions.clone(), seed, now);
        Line { connection, link, topics: BTreeMap::new() }
    }

    fn line_mut(&mut self) -> &mut Line {
        self.line.as_mut().expect("the client checks that there is a connection")
    }
}

impl Line {
    /// Keeps account of the topics that the server confirms.
    fn note(&mut self, text: &str) {
        let Ok(message) = Envelope::decode(text) else { return };
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
}
