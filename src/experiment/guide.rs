//! The guided path: connect, subscribe, see an event, break it, watch it recover.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::sample::{sample, topic};
use super::{Action, Before, Observed, Step, StepState};
use crate::api::{Api, Direction, Server};
use crate::entry::{Body, Entry, Note, Reading, Refusal, Timing};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Envelope, Incident, Instant, MessageType, Millis, Now, Topic};
use crate::session::{Command, Route, Target};
use crate::words::guide as words;

/// The first minute in five steps. Each ticks itself off when it really happened, whoever did it, and
/// in whatever order makes sense.
pub struct Guide {
    api: Arc<Api>,
    /// The step under way; their number when all are behind.
    current: usize,
    done: [bool; STEPS],
    pending: VecDeque<Action>,
    nudge: Option<String>,
    /// What the connection leads to, or the attempt at one.
    place: Place,
    is_open: bool,
    recovery: Recovery,
    /// Whether the current step is to be done as soon as a connection is open.
    is_wanted: bool,
    /// Requests about subscriptions that have no ack yet.
    asked: Vec<(MessageType, String, Topic)>,
    topics: Vec<Topic>,
    /// When a missing event is worth a word.
    due: Option<Instant>,
    sent: usize,
}

/// What becomes of a connection that broke.
#[derive(Clone, Copy, PartialEq)]
enum Recovery {
    /// None broke, or it is back.
    Nothing,
    /// The reader stopped the attempts.
    Stopped,
    /// It is tried again, or what was subscribed is coming back.
    UnderWay,
}

/// What a connection leads to.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Nowhere,
    Echo,
    Live,
    Simulator,
}

impl Guide {
    /// Returns the path from its beginning. A connection that is open already, and what is subscribed
    /// there, counts.
    pub fn new(api: Arc<Api>, before: &Before) -> Self {
        let mut guide = Self {
            api,
            current: CONNECT,
            done: [false; STEPS],
            pending: VecDeque::new(),
            nudge: None,
            place: Place::Nowhere,
            is_open: false,
            recovery: Recovery::Nothing,
            is_wanted: false,
            asked: Vec::new(),
            topics: before.topics.clone(),
            due: None,
            sent: 0,
        };
        if let Some(endpoint) = &before.open {
            guide.opens(endpoint);
            if !guide.topics.is_empty() && guide.place != Place::Echo {
                guide.tick(SUBSCRIBE);
            }
        }
        guide
    }

    /// Feeds in what happened. Drain [`Guide::poll`] afterwards.
    pub fn handle(&mut self, what: Observed<'_>, now: Now) {
        match what {
            Observed::Entry(entry) => self.see(entry, now),
            // What became of a request is told by the entry of its answer.
            Observed::Settled(..) => {}
            Observed::Timeout => {
                if self.due.take_if(|due| *due <= now.at).is_some()
                    && let Some(topic) = self.topics.last().filter(|_| self.current == EVENT)
                {
                    self.nudge = Some(words::no_event(topic));
                }
            }
        }
    }

    /// Takes out the next thing to do.
    #[must_use]
    pub fn poll(&mut self) -> Option<Action> {
        self.pending.pop_front()
    }

    /// Returns when [`Observed::Timeout`] is due, in the time of the session.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.due
    }

    /// Returns the steps, in their order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        words::STEPS.iter().enumerate().map(|(index, words)| {
            let state = if self.done[index] {
                StepState::Done
            } else if index == self.current {
                StepState::Current
            } else if index < self.current {
                StepState::Skipped
            } else {
                StepState::Waiting
            };
            let is_live = index == BREAK && self.place == Place::Live;
            let words = if is_live { words::BREAK_LIVE } else { words };
            Step { words: Cow::Borrowed(words), state, until: None }
        })
    }

    /// Returns the place of the step under way, from 0; the number of steps when all are behind.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Does the current step, with what it needs. Drain [`Guide::poll`] afterwards.
    pub fn show_me(&mut self, now: Now) {
        self.nudge = None;
        if self.is_open && self.place != Place::Echo {
            self.act(now);
        } else if self.current == RECOVER && self.recovery == Recovery::UnderWay {
            self.command(Command::ReconnectNow);
        } else if self.current < STEPS {
            self.is_wanted = self.current != CONNECT;
            self.command(Command::Connect(Target::Simulator));
        }
    }

    /// Passes the current step over.
    pub fn skip(&mut self) {
        if self.current < STEPS {
            self.current += 1;
            self.settle();
        }
    }

    /// Goes back to the step before, as if it had not been done.
    pub fn back(&mut self) {
        self.current = self.current.saturating_sub(1);
        self.done[self.current] = false;
        self.nudge = None;
        self.due = None;
    }

    /// Says kindly what keeps the current step from happening, if the reader took a wrong turn.
    pub fn nudge(&self) -> Option<String> {
        self.nudge.clone()
    }

    /// Returns whether every step is done or passed over.
    pub fn is_done(&self) -> bool {
        self.current == STEPS
    }

    fn see(&mut self, entry: &Entry, now: Now) {
        match &entry.body {
            Body::Opened { endpoint, .. } => {
                self.opens(endpoint);
                // What was subscribed comes back first; the session says when it has.
                if self.is_recovering() && self.topics.is_empty() && self.place != Place::Echo {
                    self.recovers();
                }
                if core::mem::take(&mut self.is_wanted) {
                    self.act(now);
                }
            }
            Body::Closed { code, ours, .. } => self.ends(*code, *ours),
            Body::Message { reading, text, .. } => self.read(reading, text, now),
            Body::Note(note) => self.heed(note),
            Body::Binary { .. } | Body::Heartbeat { .. } => {}
        }
    }

    fn read(&mut self, reading: &Reading, text: &str, now: Now) {
        match reading {
            Reading::Request { kind, request_id, .. } => match kind {
                MessageType::Subscribe | MessageType::Unsubscribe => {
                    let topic = Envelope::decode(text).ok().and_then(|it| it.topic().ok());
                    self.asked.truncate(ASKED_KEPT);
                    let asked = topic.map(|topic| (*kind, request_id.clone(), topic));
                    self.asked.splice(..0, asked);
                }
                _ if self.current == SUBSCRIBE && self.is_open => {
                    self.nudge = Some(words::not_a_subscribe(*kind));
                }
                _ => {}
            },
            Reading::Answer { request_id, timing: Timing::InTime, .. } => {
                let place = self.asked.iter().position(|(_, id, _)| id == request_id);
                if let Some(place) = place {
                    let (kind, _, topic) = self.asked.remove(place);
                    self.confirmed(kind, topic, now);
                }
            }
            Reading::Echo { .. } => self.hint(words::ECHO),
            Reading::Event { .. } => self.tick(EVENT),
            _ => {}
        }
    }

    fn confirmed(&mut self, kind: MessageType, topic: Topic, now: Now) {
        if kind == MessageType::Subscribe {
            if !self.topics.contains(&topic) {
                self.topics.push(topic);
            }
            self.due = Some(now.at + EVENT_PATIENCE);
            self.tick(SUBSCRIBE);
        } else {
            let is_ended =
                |it: &Topic| *it == topic || (!topic.is_filtered() && it.channel == topic.channel);
            self.topics.retain(|it| !is_ended(it));
            if self.topics.is_empty() && (SUBSCRIBE..=BREAK).contains(&self.current) {
                self.hint(words::UNSUBSCRIBED);
            }
        }
    }

    fn heed(&mut self, note: &Note) {
        match note {
            Note::Broken | Note::NoSignOfLife => self.is_open = false,
            Note::Connecting { endpoint, .. } => {
                let place = self.place_of(endpoint);
                if place != self.place && self.place != Place::Nowhere {
                    // Another server knows nothing of what was subscribed here.
                    self.topics.clear();
                    self.recovery = Recovery::Nothing;
                }
                self.place = place;
                self.is_open = false;
                if self.recovery == Recovery::Stopped {
                    self.recovery = Recovery::UnderWay;
                }
            }
            Note::NotSent { refusal: Refusal::NotOpen } => self.hint(words::NOT_CONNECTED),
            Note::OpenFailed { .. } if !self.is_recovering() => self.hint(words::NOT_OPENED),
            Note::Reconnecting { .. } if self.has_broken() => {
                self.recovery = Recovery::UnderWay;
                if self.topics.is_empty() && self.current <= SUBSCRIBE {
                    self.hint(words::TOO_EARLY);
                } else {
                    self.tick(BREAK);
                }
            }
            Note::Restored { .. } if self.is_recovering() => self.recovers(),
            Note::Stopped => {
                self.recovery = Recovery::Stopped;
                self.hint(words::STOPPED);
            }
            _ => {}
        }
    }

    /// Returns whether a wait for the next attempt means that a connection broke which had been open.
    fn has_broken(&self) -> bool {
        self.place != Place::Echo && self.done[CONNECT] && !self.is_recovering()
    }

    fn is_recovering(&self) -> bool {
        self.recovery != Recovery::Nothing
    }

    fn opens(&mut self, endpoint: &str) {
        self.place = self.place_of(endpoint);
        self.is_open = true;
        if self.place == Place::Echo {
            self.hint(words::ECHO);
        } else {
            self.tick(CONNECT);
        }
    }

    fn ends(&mut self, code: CloseCode, is_ours: bool) {
        let was_open = core::mem::replace(&mut self.is_open, false);
        if is_ours {
            let is_late = self.current >= BREAK;
            self.hint(if is_late { words::NOTHING_RECOVERS } else { words::DISCONNECTED });
        } else if was_open {
            match self.api.reaction(code) {
                Reaction::AskForKey => self.hint(words::KEY_REFUSED),
                Reaction::Stop => self.nudge = Some(words::closed(code)),
                Reaction::Backoff | Reaction::BackoffBelowLimit | Reaction::Wait(_) => {}
            }
        }
    }

    fn recovers(&mut self) {
        self.recovery = Recovery::Nothing;
        if self.done[BREAK] || self.current == RECOVER {
            self.tick(RECOVER);
        }
    }

    /// Does the current step on the open connection.
    fn act(&mut self, now: Now) {
        let is_live = self.place == Place::Live;
        match self.current {
            SUBSCRIBE => {
                if let Some(topic) = sample(&self.api, true) {
                    self.subscribe(&topic, now);
                }
            }
            EVENT if !is_live && !self.topics.is_empty() => {
                self.pending.push_back(Action::Stage(Incident::Burst { events: 1 }));
            }
            // Nobody can make something happen there; but the more is subscribed, the sooner it does.
            EVENT => {
                let channels = self.api.channels.iter();
                let sends = channels.filter(|it| it.direction != Direction::ClientToServer);
                let topics: Vec<_> = sends.map(|channel| topic(channel, false)).collect();
                for topic in topics.iter().take(self.api.limits.subscriptions.unwrap_or(usize::MAX))
                {
                    self.subscribe(topic, now);
                }
            }
            BREAK | RECOVER if is_live => self.command(Command::Break),
            BREAK | RECOVER => self.pending.push_back(Action::Stage(Incident::Drop)),
            _ => {}
        }
    }

    fn subscribe(&mut self, topic: &Topic, now: Now) {
        self.sent += 1;
        let number = [now.at.0.to_string(), self.sent.to_string()].join("_");
        let envelope = Envelope::new(MessageType::Subscribe, ["guide_", &*number].concat());
        let text = envelope.sent_at(now.wall.to_string()).about(topic).encode();
        self.command(Command::Send { text, force: false });
    }

    fn command(&mut self, command: Command) {
        self.pending.push_back(Action::Command(command));
    }

    fn tick(&mut self, step: usize) {
        self.done[step] = true;
        self.settle();
    }

    /// Goes on to the next step that has not been done.
    fn settle(&mut self) {
        while self.done.get(self.current).is_some_and(|done| *done) {
            self.current += 1;
        }
        self.nudge = None;
        if self.current != EVENT {
            self.due = None;
        }
    }

    fn hint(&mut self, words: &str) {
        self.nudge = Some(words.to_owned());
    }

    fn place_of(&self, endpoint: &str) -> Place {
        let is_echo = |it: &Server| it.endpoint.to_string() == endpoint;
        if endpoint == Route::Simulator.shown() {
            Place::Simulator
        } else if self.api.echo.iter().any(is_echo) {
            Place::Echo
        } else {
            Place::Live
        }
    }
}

const CONNECT: usize = 0;
const SUBSCRIBE: usize = 1;
const EVENT: usize = 2;
const BREAK: usize = 3;
const RECOVER: usize = 4;
const STEPS: usize = 5;

/// How long a subscriber may wait for the first event before that is worth a word.
const EVENT_PATIENCE: Millis = Millis::seconds(15);

/// More requests than a reader has under way.
const ASKED_KEPT: usize = 64;
