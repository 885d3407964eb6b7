//! An open connection: its subscriptions, its timers, and what it makes of a message.

use std::collections::VecDeque;
use std::sync::Arc;

use super::rate_limit::RateLimit;
use super::violation::{self, Violation};
use super::world::World;
use super::{Conditions, End, Published, ServerInput, ServerOutput, Settings};
use crate::api::{Api, Channel};
use crate::protocol::json::quote;
use crate::protocol::{
    Envelope, EnvelopeError, Incident, Instant, MessageType, Millis, Now, Topic, json,
};

/// A connection with a client.
#[derive(Debug)]
pub(super) struct Connection {
    /// What is to be done now.
    pub(super) outbox: VecDeque<ServerOutput>,
    /// What is wrong with it.
    pub(super) conditions: Conditions,
    api: Arc<Api>,
    settings: Settings,
    world: World,
    rate: RateLimit,
    topics: Vec<Topic>,
    /// Answers on their way, with the times they are due, earliest first.
    answers: VecDeque<(Instant, ServerOutput)>,
    timers: ServerTimers,
    /// The pings sent so far.
    pings: u64,
    /// The id of the last ping, until it is answered.
    unanswered: Option<String>,
}

impl Connection {
    pub(super) fn new(api: Arc<Api>, settings: Settings, world: World) -> Self {
        let rate = RateLimit::new(settings.rate_messages, settings.rate_window);
        Self {
            outbox: VecDeque::new(),
            conditions: Conditions::default(),
            api,
            settings,
            world,
            rate,
            topics: Vec::new(),
            answers: VecDeque::new(),
            timers: ServerTimers::default(),
            pings: 0,
            unanswered: None,
        }
    }

    /// Lets the client in, if the API takes no key or its key is good: any but one that starts with
    /// `expired`.
    pub(super) fn open(&mut self, token: Option<&str>, now: Now) -> Result<(), End> {
        let refusal = match (&self.api.key_parameter, token) {
            (Some(parameter), None | Some("")) => {
                Violation::TokenMissing { parameter: parameter.clone() }
            }
            (Some(_), Some(_)) if self.conditions.has(&Incident::RefuseKeys(true)) => {
                Violation::TokenRefused
            }
            (Some(_), Some(token)) if token.starts_with("expired") => Violation::TokenExpired,
            (None, _) | (_, Some(_)) => {
                self.await_ping(now);
                self.touch(now);
                return Ok(());
            }
        };
        Err(End::refused(&refusal, &self.api))
    }

    /// Takes what arrived. The error is the end of the connection.
    pub(super) fn handle(&mut self, input: ServerInput<'_>, now: Now) -> Result<(), End> {
        let received = match input {
            ServerInput::Text(text) => self.receive(text, now),
            ServerInput::Binary(bytes) => self.admit(bytes.len(), now).and(Err(Violation::Binary)),
            ServerInput::Deliver(published) => {
                self.deliver(&published.channel, &published.data, now);
                Ok(())
            }
            ServerInput::Incident(incident) => return self.suffer(incident, now),
            ServerInput::Shutdown => return Err(End::going_away("server shutting down")),
            ServerInput::Opened { .. } | ServerInput::Closed | ServerInput::Timeout => Ok(()),
        };
        received.map_err(|refusal| End::refused(&refusal, &self.api))
    }

    /// Does what is due. The error is the end of the connection.
    pub(super) fn fire_timers(&mut self, now: Now) -> Result<(), End> {
        while self.answers.front().is_some_and(|(due, _)| *due <= now.at) {
            let answer = self.answers.pop_front();
            self.outbox.extend(answer.map(|(_, answer)| answer));
            self.touch(now);
        }
        if is_due(self.timers.ping, now) {
            // The page's symptom "Connection drops every 30 seconds".
            if self.unanswered.is_some() {
                return Err(End::Drop);
            }
            self.ping(now);
        }
        for channel in self.timers.due_events(now) {
            self.simulate(&channel, now);
        }
        if is_due(self.timers.idle, now) {
            return Err(End::going_away("idle timeout"));
        }
        Ok(())
    }

    /// Ends the connection: returns what was promised and not done yet.
    pub(super) fn into_rest(self) -> impl Iterator<Item = ServerOutput> {
        self.outbox.into_iter().chain(self.answers.into_iter().map(|(_, answer)| answer))
    }

    /// Returns the earliest time at which something is due.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let answer = self.answers.front().map(|(due, _)| *due);
        answer.into_iter().chain(self.timers.next()).min()
    }

    fn receive(&mut self, text: &str, now: Now) -> Result<(), Violation> {
        self.admit(text.len(), now)?;
        let message = Envelope::decode(text).map_err(Violation::Malformed)?;
        match message.kind {
            MessageType::Subscribe => self.subscribe(&message, now),
            MessageType::Unsubscribe => self.unsubscribe(&message, now),
            MessageType::Publish => self.publish(&message, now),
            MessageType::Ping => {
                self.answer(Envelope::new(MessageType::Pong, message.request_id), now);
                Ok(())
            }
            MessageType::Pong => {
                self.unanswered.take_if(|id| *id == message.request_id);
                Ok(())
            }
            MessageType::Ack | MessageType::Event => Err(Violation::ServerType(message.kind)),
        }
    }

    /// Checks a frame before it is looked into: the row "Max message size", and the rate.
    fn admit(&mut self, size: usize, now: Now) -> Result<(), Violation> {
        self.touch(now);
        if let Some(limit) = self.api.limits.message_bytes
            && size > limit
        {
            return Err(Violation::TooLarge { size, limit });
        }
        if !self.rate.admit(now.at) {
            let Settings { rate_messages: messages, rate_window: window, .. } = self.settings;
            return Err(Violation::TooMany { messages, window });
        }
        Ok(())
    }

    /// Subscribes; the same topic again is confirmed again and counts once.
    fn subscribe(&mut self, message: &Envelope<'_>, now: Now) -> Result<(), Violation> {
        let topic = self.topic(message)?;
        let channel = self.catalogued(&topic.channel)?;
        let filters = topic.filters();
        if let Some(missing) = channel
            .filters
            .iter()
            .find(|filter| filter.required && !filters.iter().any(|(name, _)| *name == filter.name))
        {
            let filter = missing.name.clone();
            return Err(Violation::FilterMissing { channel: topic.channel, filter });
        }
        let is_new = !self.topics.contains(&topic);
        if let Some(limit) = self.api.limits.subscriptions
            && is_new
            && self.topics.len() >= limit
        {
            return Err(Violation::SubscriptionLimit { limit });
        }
        self.acknowledge(message, "subscribed", &topic, now);
        if !self.topics.iter().any(|other| other.channel == topic.channel) {
            self.await_event(&topic.channel, now);
        }
        if is_new {
            self.topics.push(topic);
        }
        Ok(())
    }

    /// Ends the topic; without filters, all topics of the channel.
    fn unsubscribe(&mut self, message: &Envelope<'_>, now: Now) -> Result<(), Violation> {
        let topic = self.topic(message)?;
        if topic.is_filtered() {
            self.topics.retain(|other| *other != topic);
        } else {
            self.topics.retain(|other| other.channel != topic.channel);
        }
        if self.topics.iter().all(|other| other.channel != topic.channel) {
            self.timers.events.retain(|(channel, _)| *channel != topic.channel);
        }
        self.acknowledge(message, "unsubscribed", &topic, now);
        Ok(())
    }

    /// Passes the data on to everybody, if a client may send to the channel.
    fn publish(&mut self, message: &Envelope<'_>, now: Now) -> Result<(), Violation> {
        let topic = Topic::channel(message.topic().map_err(Violation::Malformed)?.channel);
        if !self.catalogued(&topic.channel)?.direction.allows_client() {
            return Err(Violation::NotPublishable { channel: topic.channel });
        }
        let data = published_data(message)?.to_owned();
        self.acknowledge(message, "published", &topic, now);
        let public = ServerOutput::Broadcast(Published { channel: topic.channel, data });
        self.later(public, now.at + self.settings.ack_delay);
        Ok(())
    }

    /// Returns the topic of a message, checked against the catalog.
    fn topic(&self, message: &Envelope<'_>) -> Result<Topic, Violation> {
        let topic = message.topic().map_err(Violation::Malformed)?;
        let channel = self.catalogued(&topic.channel)?;
        for (filter, value) in topic.filters() {
            let filter = filter.clone();
            if channel.filters.iter().all(|offered| offered.name != filter) {
                return Err(Violation::FilterNotOffered { channel: channel.name.clone(), filter });
            }
            if !value.starts_with('"') {
                return Err(Violation::FilterNotText { filter });
            }
        }
        Ok(topic)
    }

    fn catalogued(&self, channel: &str) -> Result<&Channel, Violation> {
        let unknown = || Violation::UnknownChannel { channel: channel.to_owned() };
        self.api.channel(channel).ok_or_else(unknown)
    }

    /// Lets something happen on a subscribed channel.
    fn simulate(&mut self, channel: &str, now: Now) {
        self.let_happen(channel, now);
        if let Some(interval) = self.settings.event_interval {
            let next = after(now, self.world.pause(interval));
            for (_, due) in self.timers.events.iter_mut().filter(|(name, _)| name == channel) {
                *due = next;
            }
        }
    }

    fn let_happen(&mut self, channel: &str, now: Now) {
        let topics: Vec<_> = self.topics.iter().filter(|topic| topic.channel == channel).collect();
        if let Some(data) = self.world.happening(channel, &topics) {
            self.deliver(channel, &data, now);
        }
    }

    /// Sends an event once, however many topics it belongs to.
    fn deliver(&mut self, channel: &str, data: &str, now: Now) {
        if self.topics.iter().any(|topic| topic.matches(channel, Some(data))) {
            let event = self.world.event(channel, data, now);
            self.send(event, now);
        }
    }

    fn ping(&mut self, now: Now) {
        self.pings += 1;
        let id = format!("req_hb_{}", self.pings);
        let ping = Envelope::new(MessageType::Ping, id.as_str()).sent_at(now.wall.to_string());
        self.send(ping.encode(), now);
        self.unanswered = Some(id);
        self.await_ping(now);
    }

    /// Schedules the next ping.
    fn await_ping(&mut self, now: Now) {
        let heartbeat = self.settings.heartbeat.filter(|_| !self.is_quiet());
        self.timers.ping = heartbeat.map(|interval| after(now, interval));
    }

    /// Schedules the first event of a channel.
    fn await_event(&mut self, channel: &str, now: Now) {
        if let Some(interval) = self.settings.event_interval.filter(|_| !self.is_quiet()) {
            let first = after(now, self.world.first_pause(interval));
            self.timers.events.push((channel.to_owned(), first));
        }
    }

    /// Lets something go wrong, or undoes it. The error is the end of the connection.
    fn suffer(&mut self, incident: &Incident, now: Now) -> Result<(), End> {
        self.conditions.apply(incident);
        match incident {
            Incident::Burst { events } => self.burst(*events, now),
            Incident::Close { code, reason } => {
                return Err(End::Close { code: *code, reason: violation::cut(reason.clone()) });
            }
            Incident::Drop => return Err(End::Drop),
            Incident::Malformed => self.send(CUT_OFF.to_owned(), now),
            Incident::Oversize => self.send_oversize(now),
            Incident::Quiet(_) => self.talk_or_not(now),
            // New acks and new connections see to these two; the others are not the server's.
            Incident::DelayAcks(_)
            | Incident::RefuseKeys(_)
            | Incident::ForbidAddress(_)
            | Incident::LoseAck(_)
            | Incident::Mute(_)
            | Incident::Unreachable(_) => {}
        }
        Ok(())
    }

    /// Sends events of the subscribed channels in turn; none if there are none.
    fn burst(&mut self, events: u32, now: Now) {
        let channels = self.channels();
        let turns = channels.iter().cycle().take(events.min(LARGEST_BURST) as usize);
        for channel in turns {
            self.let_happen(channel, now);
        }
    }

    /// Sends an event of one byte more than the row "Max message size".
    fn send_oversize(&mut self, now: Now) {
        let channel = self.api.channels.first().map(|channel| channel.name.clone());
        let mut event = self.world.event(&channel.unwrap_or_default(), r#"{"filler":""}"#, now);
        let size =
            self.api.limits.message_bytes.unwrap_or_default().min(LARGEST_FRAME).saturating_add(1);
        if let Some(end) = event.rfind(r#""}"#) {
            event.insert_str(end, &"x".repeat(size.saturating_sub(event.len())));
        }
        self.send(event, now);
    }

    /// Stops what the server says unasked, or starts it anew. A ping that it waits for no longer
    /// matters.
    fn talk_or_not(&mut self, now: Now) {
        self.unanswered = None;
        self.await_ping(now);
        self.timers.events.clear();
        for channel in self.channels() {
            self.await_event(&channel, now);
        }
    }

    fn is_quiet(&self) -> bool {
        self.conditions.has(&Incident::Quiet(true))
    }

    /// Returns the subscribed channels, each once.
    fn channels(&self) -> Vec<String> {
        let mut channels: Vec<String> = Vec::new();
        for topic in &self.topics {
            if !channels.contains(&topic.channel) {
                channels.push(topic.channel.clone());
            }
        }
        channels
    }

    fn acknowledge(&mut self, request: &Envelope<'_>, status: &str, topic: &Topic, now: Now) {
        let channel = quote(&topic.channel);
        let payload = match topic.filters_json() {
            Some(filters) => {
                format!(r#"{{"status":"{status}","channel":{channel},"filters":{filters}}}"#)
            }
            None => format!(r#"{{"status":"{status}","channel":{channel}}}"#),
        };
        let ack = Envelope::new(MessageType::Ack, request.request_id.as_ref()).payload(payload);
        let ack = ack.sent_at(now.wall.to_string()).encode();
        let delay = self.settings.ack_delay.max(self.conditions.ack_delay());
        self.later(ServerOutput::Send(ack), now.at + delay);
    }

    fn answer(&mut self, answer: Envelope<'_>, now: Now) {
        let answer = answer.sent_at(now.wall.to_string()).encode();
        self.later(ServerOutput::Send(answer), now.at + self.settings.ack_delay);
    }

    /// Does `output` when it is due; [`Connection::fire_timers`] sees to it.
    fn later(&mut self, output: ServerOutput, due: Instant) {
        let place = self.answers.partition_point(|(other, _)| *other <= due);
        self.answers.insert(place, (due, output));
    }

    fn send(&mut self, text: String, now: Now) {
        self.outbox.push_back(ServerOutput::Send(text));
        self.touch(now);
    }

    /// Notes that a message passed, in either direction: the row "Idle timeout".
    fn touch(&mut self, now: Now) {
        self.timers.idle = self.settings.idle.map(|idle| after(now, idle));
    }
}

/// When what is due, on the monotonic clock.
#[derive(Debug, Default)]
struct ServerTimers {
    /// When to ping the client, or to drop it if it has not answered the last ping.
    ping: Option<Instant>,
    /// When to close because no message passed in either direction.
    idle: Option<Instant>,
    /// When to let something happen on each subscribed channel.
    events: Vec<(String, Instant)>,
}

impl ServerTimers {
    fn next(&self) -> Option<Instant> {
        self.events.iter().map(|(_, due)| *due).chain(self.ping).chain(self.idle).min()
    }

    fn due_events(&self, now: Now) -> Vec<String> {
        let due = self.events.iter().filter(|(_, due)| *due <= now.at);
        due.map(|(channel, _)| channel.clone()).collect()
    }
}

/// Returns the time `span` from now, and at least a millisecond: a server with a span of 0 is busy,
/// not stuck.
fn after(now: Now, span: Millis) -> Instant {
    now.at + span.max(Millis(1))
}

fn is_due(timer: Option<Instant>, now: Now) -> bool {
    timer.is_some_and(|due| due <= now.at)
}

/// A frame that something on the way has cut off.
const CUT_OFF: &str = r#"{"type":"event","request_id":"req_ev_"#;

/// What a page takes without a halt.
const LARGEST_BURST: u32 = 10_000;

/// Far beyond what any server lets pass; where the description allows more, nothing is oversize.
const LARGEST_FRAME: usize = 16 << 20;

/// Returns the field `data` of a publish, which must be an object.
fn published_data<'a>(message: &'a Envelope<'_>) -> Result<&'a str, Violation> {
    let payload = message.payload.as_deref().unwrap_or_default();
    let missing = EnvelopeError::Missing { path: "payload.data" };
    let data = json::members(payload).named("data").ok_or(Violation::Malformed(missing))?.json();
    if data.starts_with('{') { Ok(data) } else { Err(Violation::DataNotObject) }
}
