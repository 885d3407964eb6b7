//! What an experiment does and what it waits for, step by step, with the numbers of the description.

use std::borrow::Cow;

use super::Kind;
use super::expect::{Expect, Unwanted};
use super::sample::{sample, topic, topics};
use super::step::{Act, Habit, Move};
use crate::api::{Api, Channel, Close, Direction, Fault, Rate, SettingKind, When};
use crate::protocol::close::Reaction;
use crate::protocol::json::quote;
use crate::protocol::{CloseCode, Incident, MessageType, Millis, Topic};
use crate::words::experiment as words;

/// Plans an experiment on the simulator; the connection is being tried when it begins.
///
/// # Errors
///
/// Says why there is nothing to show.
pub(super) fn plan(api: &Api, kind: Kind) -> Result<Vec<Move>, String> {
    let mut plan = Plan { api, moves: Vec::new() };
    match kind {
        Kind::Setting(kind) => plan.setting(kind)?,
        Kind::Message(kind) => plan.message(kind)?,
        Kind::Channel(index) => plan.channel(api.channels.get(index)),
        Kind::Close(index) => {
            if let Some(close) = api.closes.get(index) {
                plan.close(close)?;
            }
        }
        Kind::Issue(when) => plan.issue(when)?,
    }
    Ok(plan.moves)
}

struct Plan<'a> {
    api: &'a Api,
    moves: Vec<Move>,
}

impl Plan<'_> {
    fn setting(&mut self, kind: Option<SettingKind>) -> Result<(), String> {
        let timings = &self.api.timings;
        match kind {
            Some(SettingKind::Authentication) if self.api.key_parameter.is_some() => {
                self.opens("the key is accepted: the connection opens");
                self.refuse_keys();
                self.accept_keys();
            }
            Some(SettingKind::Compression) => {
                let extension = if self.api.supports_deflate() { DEFLATE } else { "" };
                let words = match extension {
                    "" => "the connection opens without an extension".to_owned(),
                    name => ["the connection opens with ", name].concat(),
                };
                self.step(words, Expect::Opened { extension });
            }
            Some(SettingKind::Heartbeat) => {
                self.opens(OPENS);
                self.beats(true)?;
                self.beats_again()?;
            }
            Some(SettingKind::Idle) => {
                self.idle()?;
                self.react(CloseCode::GOING_AWAY, 0);
            }
            Some(SettingKind::MessageSize) => {
                self.opens(OPENS);
                let limit = self.api.limits.message_bytes.ok_or(UNSAID)?;
                let whole = Act::Fill { bytes: limit, force: true };
                self.step(words::passes(limit), answered(MessageType::Pong));
                self.act(whole);
                self.step("one byte more: the client does not send it", Expect::NotSent);
                self.act(Act::Fill { bytes: limit + 1, force: false });
                self.oversize("sent all the same: ")?;
            }
            Some(SettingKind::Protocol) => {
                self.opens(OPENS);
                self.pings();
                self.disconnects();
            }
            Some(SettingKind::Reconnect) => {
                self.opens(OPENS);
                self.closes("", CloseCode::ABNORMAL);
                self.stage(Incident::Drop);
                for (index, delay) in timings.backoff.iter().enumerate() {
                    self.waits(*delay, true);
                    if index == 0 {
                        self.stage(Incident::Unreachable(true));
                    }
                }
                // The attempt before this wait is lost already, the one after it is not.
                self.stage(Incident::Unreachable(false));
                self.step("the network is back: reconnects", opened());
            }
            Some(SettingKind::Subscriptions) => {
                self.opens(OPENS);
                self.fill()?;
            }
            Some(SettingKind::Authentication | SettingKind::Endpoint) | None => {
                self.opens("the simulator stands in for it: the connection opens");
                self.pings();
            }
        }
        Ok(())
    }

    fn message(&mut self, kind: MessageType) -> Result<(), String> {
        let topic = || sample(self.api, true).ok_or(NO_CHANNEL);
        match kind {
            MessageType::Pong => {
                self.opens(OPENS);
                self.beats(true)?;
            }
            MessageType::Ping => {
                self.opens(OPENS);
                self.pings();
                self.beats(true)?;
            }
            MessageType::Publish => {
                let channels = &self.api.channels;
                match channels.iter().find(|it| it.direction.allows_client()) {
                    Some(channel) => self.publishes(channel),
                    None => self.forbidden()?,
                }
            }
            MessageType::Subscribe | MessageType::Event => {
                let topic = topic()?;
                self.opens(OPENS);
                self.subscribes(&topic);
                self.events(if kind == MessageType::Event { 2 } else { 1 }, &topic);
            }
            MessageType::Unsubscribe => {
                let topic = topic()?;
                self.opens(OPENS);
                self.subscribes(&topic);
                self.events(1, &topic);
                self.unsubscribes(&topic);
                self.calm("no event comes any more", Unwanted::Event, SEVERAL_EVENTS);
            }
            MessageType::Ack => {
                let topic = topic()?;
                let other = sample(self.api, false).filter(|other| *other != topic);
                let count = 1 + usize::from(other.is_some());
                self.opens(OPENS);
                self.step("requests are sent", Expect::Sent(count));
                self.act(Act::Subscribe(topic));
                if let Some(other) = other {
                    self.act(Act::Subscribe(other));
                }
                let acks = Expect::Answers { kind: MessageType::Ack, count };
                self.step("each ack has the request id of its request", acks);
            }
        }
        Ok(())
    }

    fn channel(&mut self, channel: Option<&Channel>) {
        let Some(channel) = channel else { return };
        if channel.direction == Direction::ClientToServer {
            return self.publishes(channel);
        }
        self.opens(OPENS);
        let (whole, filtered) = (topic(channel, false), topic(channel, true));
        let is_other = |data: &String| !filtered.matches(&channel.name, Some(data));
        let has_other = channel.examples.iter().any(is_other);
        if filtered != whole && has_other {
            self.subscribes(&whole);
            self.step(words::unfiltered(&filtered), Expect::Other(filtered.clone()));
            self.unsubscribes(&whole);
        }
        self.subscribes(&filtered);
        if !channel.examples.is_empty() {
            self.events(if filtered.is_filtered() { 3 } else { 1 }, &filtered);
        }
        if channel.direction == Direction::Bidirectional {
            self.comes_back(channel, &filtered);
        }
    }

    fn close(&mut self, close: &Close) -> Result<(), String> {
        let (api, code) = (self.api, close.code);
        // Of two rows for one fault the server knows the first.
        let is_known = |fault: Fault| api.code_for(fault) == code && is_stated(api, fault);
        let fault = close.fault.filter(|fault| is_known(*fault));
        let is_ours = code == CloseCode::NORMAL && api.reaction(code) == Reaction::Stop;
        self.opens(OPENS);
        if fault == Some(Fault::SubscriptionLimit) {
            self.fill()?;
            self.react(code, api.limits.subscriptions.unwrap_or_default());
            return Ok(());
        }
        if fault == Some(Fault::Authentication) && api.key_parameter.is_some() {
            self.refuse_keys();
            self.react(code, 0);
            return Ok(());
        }
        let sample = sample(self.api, true);
        let count = usize::from(sample.is_some());
        if let Some(topic) = sample {
            self.subscribes(&topic);
        }
        match fault {
            _ if is_ours => {
                self.disconnects();
                self.stays_closed();
                return Ok(());
            }
            Some(Fault::MessageSize) => self.oversize("")?,
            Some(Fault::Policy) => {
                self.closes("no envelope: ", code);
                self.act(Act::Raw(NO_ENVELOPE));
            }
            Some(Fault::RateLimit) => {
                let Rate { messages, window } = api.limits.rate.ok_or(UNSAID)?;
                let messages = messages + 1;
                self.step(words::messages(messages, window), Expect::Sent(messages));
                self.act(Act::Pings(messages));
                self.closes("", code);
            }
            _ if code == CloseCode::ABNORMAL => {
                self.closes("", code);
                self.stage(Incident::Drop);
            }
            _ => {
                let reason = close.meaning.chars().take(REASON_CHARACTERS).collect();
                self.closes("", code);
                self.stage(Incident::Close { code, reason });
            }
        }
        self.react(code, count);
        Ok(())
    }

    fn issue(&mut self, when: Option<When>) -> Result<(), String> {
        match when {
            None => return Err("the description does not say how to notice it".to_owned()),
            Some(When::Idle) => {
                self.idle()?;
                self.react(CloseCode::GOING_AWAY, 0);
                self.back_if_stopped(CloseCode::GOING_AWAY);
                let idle = self.api.timings.idle.ok_or(UNSAID)?;
                self.step("this time a ping is sent before the time is up", Expect::Pinged);
                self.act(Act::Habit(Habit::KeepsAlive, true));
                self.fast(idle);
                self.calm("it stays open", Unwanted::End, Millis(idle.0 / 2));
            }
            Some(When::MissedPing) => {
                self.opens("the connection opens; pings are not answered");
                self.act(Act::Habit(Habit::AnswersPings, false));
                self.beats(false)?;
                let code = CloseCode::ABNORMAL;
                let after = self.heartbeat()?;
                let closed = Expect::Closed { code, is_ours: false, after: Some(after) };
                self.step(words::drops(after, code), closed);
                self.fast(after);
                self.react(code, 0);
                self.back_if_stopped(code);
                self.act(Act::Habit(Habit::AnswersPings, true));
                self.beats(true)?;
                self.beats_again()?;
            }
            Some(When::MixedContent) => {
                self.opens(OPENS);
                self.step("the browser refuses the address", Expect::Refused);
                self.stage(Incident::ForbidAddress(true));
                self.act(Act::Connect);
                self.stays_closed();
                self.opens("with an address that is allowed it opens");
                self.stage(Incident::ForbidAddress(false));
                self.act(Act::Connect);
            }
            Some(When::NotRestored) => self.not_restored()?,
        }
        Ok(())
    }

    fn not_restored(&mut self) -> Result<(), String> {
        let topic = sample(self.api, true).ok_or(NO_CHANNEL)?;
        self.opens(OPENS);
        self.subscribes(&topic);
        self.events(1, &topic);
        self.closes("", CloseCode::ABNORMAL);
        self.act(Act::Habit(Habit::Restores, false));
        self.stage(Incident::Drop);
        self.react(CloseCode::ABNORMAL, 0);
        self.back_if_stopped(CloseCode::ABNORMAL);
        self.calm("nothing is subscribed: no event comes", Unwanted::Event, SEVERAL_EVENTS);
        self.subscribes(&topic);
        self.events(1, &topic);
        Ok(())
    }

    /// The connection opens without a word from the server, until that has had enough.
    fn idle(&mut self) -> Result<(), String> {
        let (code, idle) = (CloseCode::GOING_AWAY, self.api.timings.idle.ok_or(UNSAID)?);
        self.opens("the connection opens; the server says nothing");
        self.stage(Incident::Quiet(true));
        self.act(Act::Habit(Habit::WatchesSilence, false));
        let closed = Expect::Closed { code, is_ours: false, after: Some(idle) };
        self.step(words::idles(idle, code), closed);
        self.fast(idle);
        Ok(())
    }

    /// Has as many subscriptions as are allowed, and asks for one more.
    fn fill(&mut self) -> Result<(), String> {
        let limits = &self.api.limits;
        let limit = limits.subscriptions.ok_or(UNSAID)?;
        let mut topics = topics(self.api, limit + 1).ok_or(TOO_FEW_TOPICS)?;
        let last = topics.pop();
        let Rate { messages, window } = limits.rate.unwrap_or(NO_LIMIT);
        let batch = messages.saturating_sub(1).max(1);
        let mut confirmed = 0;
        for topics in topics.chunks(batch) {
            let count = topics.len();
            confirmed += count;
            let acks = Expect::Answers { kind: MessageType::Ack, count };
            self.step(words::confirmed(confirmed), acks);
            for topic in topics {
                self.act(Act::Subscribe(topic.clone()));
            }
            if count == batch {
                self.calm("waits, to stay below the rate limit", Unwanted::End, window);
            }
        }
        let code = self.api.code_for(Fault::SubscriptionLimit);
        let closed = Expect::Closed { code, is_ours: false, after: None };
        self.step(words::one_too_many(limit + 1, code), closed);
        if let Some(last) = last {
            self.act(Act::Subscribe(last));
        }
        Ok(())
    }

    fn refuse_keys(&mut self) {
        self.opens("connects again; the key is not accepted");
        self.stage(Incident::RefuseKeys(true));
        self.act(Act::Connect);
        self.closes("", self.api.code_for(Fault::Authentication));
    }

    fn accept_keys(&mut self) {
        self.opens("with a key that is accepted it opens again");
        self.stage(Incident::RefuseKeys(false));
        self.act(Act::Connect);
    }

    fn oversize(&mut self, words: &str) -> Result<(), String> {
        let limit = self.api.limits.message_bytes.ok_or(UNSAID)?;
        self.closes(words, self.api.code_for(Fault::MessageSize));
        self.act(Act::Fill { bytes: limit + 1, force: true });
        Ok(())
    }

    fn forbidden(&mut self) -> Result<(), String> {
        let channel = self.api.channels.first().ok_or(NO_CHANNEL)?;
        self.opens(OPENS);
        self.closes("no channel takes messages: ", self.api.code_for(Fault::Policy));
        self.act(publish(channel));
        Ok(())
    }

    /// Publishes, and sees it come back where that is possible.
    fn publishes(&mut self, channel: &Channel) {
        self.opens(OPENS);
        if channel.direction == Direction::ClientToServer {
            self.step(PUBLISHED, answered(MessageType::Ack));
            self.act(publish(channel));
        } else {
            let topic = topic(channel, false);
            self.subscribes(&topic);
            self.comes_back(channel, &topic);
        }
    }

    /// Publishes what comes back as an event; nothing else comes meanwhile.
    fn comes_back(&mut self, channel: &Channel, topic: &Topic) {
        self.step(PUBLISHED, answered(MessageType::Ack));
        self.stage(Incident::Quiet(true));
        self.act(publish(channel));
        let event = Expect::Events { topic: topic.clone(), count: 1 };
        self.step("it comes back as an event", event);
    }

    /// Does what the column "Client action" says.
    fn react(&mut self, code: CloseCode, subscriptions: usize) {
        let limit = self.api.limits.subscriptions.unwrap_or(usize::MAX);
        match self.api.reaction(code) {
            Reaction::AskForKey => {
                self.stays_closed();
                self.accept_keys();
            }
            Reaction::Backoff => self.comes_again(None, subscriptions),
            Reaction::BackoffBelowLimit if subscriptions < limit => {
                self.comes_again(None, subscriptions);
            }
            Reaction::BackoffBelowLimit => {
                self.stays_closed();
                let words = ["one is given up: ", &*words::reconnects(limit - 1, true)].concat();
                self.step(words, Expect::Restored(limit - 1));
                if let Some(first) = topics(self.api, 1).and_then(|mut topics| topics.pop()) {
                    self.act(Act::Unsubscribe(first));
                }
                self.act(Act::Connect);
            }
            Reaction::Stop => self.stays_closed(),
            Reaction::Wait(span) => self.comes_again(Some(span), subscriptions),
        }
    }

    /// Connects by hand after a code after which the client does not.
    fn back_if_stopped(&mut self, code: CloseCode) {
        if matches!(self.api.reaction(code), Reaction::Stop) {
            self.opens("connects by hand");
            self.act(Act::Connect);
        }
    }

    fn comes_again(&mut self, wait: Option<Millis>, subscriptions: usize) {
        let first = self.api.timings.backoff.first().copied().unwrap_or_default();
        self.waits(wait.unwrap_or(first), wait.is_none());
        let is_filtered = sample(self.api, true).is_some_and(|topic| topic.is_filtered());
        let words = words::reconnects(subscriptions, is_filtered);
        self.step(words, Expect::Restored(subscriptions));
    }

    fn waits(&mut self, delay: Millis, is_backoff: bool) {
        self.step(words::waits(delay), Expect::Waits { delay, is_backoff });
        self.fast(delay);
    }

    fn stays_closed(&mut self) {
        let first = self.api.timings.backoff.first().copied().unwrap_or_default();
        self.calm("stays closed", Unwanted::Attempt, Millis::seconds(30).max(first + first));
    }

    fn calm(&mut self, words: &str, without: Unwanted, span: Millis) {
        let words = words::for_a_while(words, span);
        self.step(words, Expect::Calm { without, span });
        self.fast(span);
    }

    fn disconnects(&mut self) {
        let code = CloseCode::NORMAL;
        let closed = Expect::Closed { code, is_ours: true, after: None };
        let words = ["the client disconnects: ", &*words::closes(code)].concat();
        self.step(words, closed);
        self.act(Act::Disconnect);
    }

    fn closes(&mut self, words: &str, code: CloseCode) {
        let words = [words, &*words::closes(code)].concat();
        self.step(words, Expect::Closed { code, is_ours: false, after: None });
    }

    fn opens(&mut self, words: &'static str) {
        self.step(words, opened());
    }

    fn pings(&mut self) {
        self.step("a ping of ours, answered by a pong", answered(MessageType::Pong));
        self.act(Act::Pings(1));
    }

    fn heartbeat(&self) -> Result<Millis, String> {
        self.api.timings.heartbeat.ok_or_else(|| UNSAID.to_owned())
    }

    fn beats(&mut self, is_answered: bool) -> Result<(), String> {
        let after = self.heartbeat()?;
        let words = words::heartbeat(after, is_answered);
        self.step(words, Expect::Heartbeat { is_answered, after });
        self.fast(after);
        Ok(())
    }

    fn beats_again(&mut self) -> Result<(), String> {
        let after = self.heartbeat()?;
        let next = Expect::Heartbeat { is_answered: true, after };
        self.step(words::next_heartbeat(after), next);
        self.fast(after);
        Ok(())
    }

    fn subscribes(&mut self, topic: &Topic) {
        self.step(words::subscribes(topic), answered(MessageType::Ack));
        self.act(Act::Subscribe(topic.clone()));
    }

    fn unsubscribes(&mut self, topic: &Topic) {
        let payload = ["{\"channel\":", &*quote(&topic.channel), "}"].concat();
        self.step("unsubscribes", answered(MessageType::Ack));
        self.act(Act::Send { kind: MessageType::Unsubscribe, payload });
    }

    fn events(&mut self, count: usize, topic: &Topic) {
        let events = Expect::Events { topic: topic.clone(), count };
        self.step(words::events(count, topic), events);
    }

    fn step(&mut self, words: impl Into<Cow<'static, str>>, expect: Expect) {
        let (words, acts) = (words.into(), Vec::new());
        self.moves.push(Move { words, acts, expect, fast: Millis(0) });
    }

    /// Adds something to do at the beginning of the latest step.
    fn act(&mut self, act: Act) {
        if let Some(step) = self.moves.last_mut() {
            step.acts.push(act);
        }
    }

    fn stage(&mut self, incident: Incident) {
        self.act(Act::Stage(incident));
    }

    /// Lets time pass fast in the latest step.
    fn fast(&mut self, span: Millis) {
        if let Some(step) = self.moves.last_mut() {
            step.fast = span;
        }
    }
}

/// Returns whether the description gives the number that the server acts on.
fn is_stated(api: &Api, fault: Fault) -> bool {
    match fault {
        Fault::Authentication | Fault::Policy => true,
        Fault::MessageSize => api.limits.message_bytes.is_some(),
        Fault::RateLimit => api.limits.rate.is_some(),
        Fault::SubscriptionLimit => api.limits.subscriptions.is_some(),
    }
}

fn publish(channel: &Channel) -> Act {
    let data = channel.examples.first().map_or("{}", |data| data);
    let payload = ["{\"channel\":", &*quote(&channel.name), ",\"data\":", data, "}"].concat();
    Act::Send { kind: MessageType::Publish, payload }
}

fn answered(kind: MessageType) -> Expect {
    Expect::Answers { kind, count: 1 }
}

fn opened() -> Expect {
    Expect::Opened { extension: "" }
}

/// As much as a client likes.
const NO_LIMIT: Rate = Rate { messages: usize::MAX, window: Millis(0) };

const UNSAID: &str = "the description gives no number for it";
const OPENS: &str = "the connection opens";
const PUBLISHED: &str = "publishes; the ack comes";
const NO_ENVELOPE: &str = "this is not an envelope";
const DEFLATE: &str = "permessage-deflate";
const NO_CHANNEL: &str = "the API has no channel to subscribe to";
const TOO_FEW_TOPICS: &str =
    "the API has too few channels and filters to have that many different subscriptions";

/// A time in which several events of a channel come.
const SEVERAL_EVENTS: Millis = Millis::seconds(15);

/// A close frame carries 123 bytes of reason, and a character takes four at most.
const REASON_CHARACTERS: usize = 30;
