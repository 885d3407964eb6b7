//! The client as a state machine without IO.
//!
//! A [`Session`] is deterministic: it opens no socket and reads no clock. [`Session::handle`] feeds in
//! what happened, [`Session::poll`] takes out what to do, [`Session::poll_timeout`] says when to come
//! back.
//!
//! **Every `handle` is followed by a full drain of `poll`.** A timeout that comes early, late or twice
//! is harmless: deadlines are compared with the time given, which matters in a hidden tab whose timers
//! are throttled.
//!
//! Each connection has a number, and inputs that carry an older one are ignored. At most one connection
//! is live: [`Output::Open`] comes only after the one before was [closed](SocketEvent::Closed) or
//! [abandoned](Output::Abandon).
//!
//! ```
//! use veriops_playground::api::Api;
//! use veriops_playground::protocol::Now;
//! use veriops_playground::session::{Command, Input, Output, Session, SocketEvent, Target};
//!
//! let mut session = Session::new(Api::veriops());
//! let now = Now::default();
//! session.handle(Input::Command(Command::Connect(Target::Simulator)), now);
//! while let Some(output) = session.poll() {
//!     match output {
//!         Output::Open { connection, .. } => {
//!             let event = SocketEvent::Opened { extensions: String::new(), protocol: String::new() };
//!             session.handle(Input::Socket { connection, event }, now);
//!         }
//!         Output::Log(entry) => println!("{entry:?}"),
//!         _ => {}
//!     }
//! }
//! assert!(session.phase().is_open());
//! ```

mod backoff;
mod close;
mod config;
mod io;
mod liveness;
mod phase;
mod receive;
mod request;
mod round_trip;
mod send;
mod subscription;
mod timer;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::api::Api;
use crate::entry::{Body, EndCause, Ended, Entry, NextStep, Note, OpenFailure, Seq};
use crate::protocol::{Endpoint, Instant, Millis, Now, RequestIds, Secret, Topic};

use self::backoff::Backoff;
use self::liveness::{Habits, PageState};
use self::request::Requests;
use self::round_trip::RoundTrips;
use self::send::SentRaw;
use self::subscription::Subscriptions;
use self::timer::{Timer, Timers};

pub use self::config::Config;
pub use self::io::{Command, ConnectionId, Input, Output, PageEvent, Route, SocketEvent, Target};
pub use self::phase::Phase;
pub use self::subscription::{Subscription, SubscriptionState};

/// A client session: the connections, requests and subscriptions of one playground.
pub struct Session {
    api: Arc<Api>,
    config: Config,
    phase: Phase,
    /// What the reader asked to be connected to.
    target: Option<Target>,
    /// The echo candidate in use, or the next one to try.
    candidate: usize,
    /// Echo candidates tried since the last one that answered.
    candidates_tried: usize,
    /// Whether this target ever opened since the reader asked for it.
    has_opened: bool,
    /// What to connect to once the present connection has closed.
    next_target: Option<Target>,
    connection: ConnectionId,
    next_seq: Seq,
    ids: RequestIds,
    backoff: Backoff,
    requests: Requests,
    /// The latest frames sent to an echo server that are no envelopes.
    sent_raw: VecDeque<SentRaw>,
    subscriptions: Subscriptions,
    round_trips: RoundTrips,
    timers: Timers,
    last_ping: Option<Instant>,
    last_activity: Instant,
    /// When the server last sent something, by both clocks.
    last_heard: Now,
    habits: Habits,
    page: PageState,
    /// The bytes that wait in the browser's send buffer.
    buffered: usize,
    outputs: VecDeque<Output>,
}

impl Session {
    /// Returns an idle session with the waits of [`Config::default`].
    pub fn new(api: Arc<Api>) -> Self {
        Self::with_config(api, Config::default())
    }

    /// Returns an idle session.
    pub fn with_config(api: Arc<Api>, config: Config) -> Self {
        let backoff = Backoff::new(api.timings.backoff.clone());
        Self {
            api,
            config,
            phase: Phase::Idle { ended: None },
            target: None,
            candidate: 0,
            candidates_tried: 0,
            has_opened: false,
            next_target: None,
            connection: ConnectionId(0),
            next_seq: Seq(0),
            ids: RequestIds::default(),
            backoff,
            requests: Requests::default(),
            sent_raw: VecDeque::new(),
            subscriptions: Subscriptions::default(),
            round_trips: RoundTrips::default(),
            timers: Timers::default(),
            last_ping: None,
            last_activity: Instant(0),
            last_heard: Now::default(),
            habits: Habits::default(),
            page: PageState::default(),
            buffered: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Feeds in what happened. Drain [`Session::poll`] afterwards.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.expire_requests(now);
        match input {
            Input::Buffered(bytes) => self.buffered = bytes,
            Input::Command(command) => self.handle_command(command, now),
            Input::Noted(note) => {
                self.log(Body::Note(note), now);
            }
            Input::Page(event) => self.handle_page(event, now),
            Input::Socket { connection, event } if connection == self.connection => {
                self.handle_socket(event, now);
            }
            // A late word of a connection that is no longer ours.
            Input::Socket { .. } => {}
            Input::Timeout => self.handle_timeout(now),
        }
        self.note_restored(now);
    }

    /// Takes out the next thing to do. Changes after every [`Session::handle`].
    #[must_use]
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Returns when [`Input::Timeout`] is due, on the monotonic clock. Changes after every
    /// [`Session::handle`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next().into_iter().chain(self.requests.next_deadline()).min()
    }

    /// Returns the phase of the connection.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Returns what the reader asked to be connected to.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// Returns whether the other side is an echo server, which neither acks nor sends events.
    pub fn is_echo(&self) -> bool {
        matches!(self.target, Some(Target::Echo { .. }))
    }

    /// Returns whether the description says nothing of the messages on this connection: what is sent
    /// and what comes is text.
    fn is_opaque(&self) -> bool {
        !self.is_echo() && !self.api.has_envelope()
    }

    /// Returns whether the other side answers and sends events as the API description says.
    pub fn is_understood(&self) -> bool {
        !self.is_echo() && self.api.has_envelope()
    }

    /// Returns the subscriptions in the order in which they were made.
    pub fn subscriptions(&self) -> &[Subscription] {
        self.subscriptions.all()
    }

    /// Returns the topics that count against the row "Max subscriptions per connection", in the order
    /// in which they were made: those that the server has or may have, and those that the next
    /// connection brings back.
    pub fn counted_topics(&self) -> impl Iterator<Item = &Topic> {
        let brings_back = self.habits.restores;
        let counted = self.subscriptions.counted();
        counted.filter(move |it| brings_back || it.state.may_be_at_server()).map(|it| &it.topic)
    }

    /// Returns how many subscriptions count against the row "Max subscriptions per connection".
    pub fn subscription_count(&self) -> usize {
        self.counted_topics().count()
    }

    /// Returns whether one more subscription would be over the row "Max subscriptions per connection".
    pub fn is_full(&self) -> bool {
        self.api.limits.subscriptions.is_some_and(|limit| self.subscription_count() >= limit)
    }

    /// Returns whether `topic` counts already, so that one more subscribe of it adds nothing.
    fn counts(&self, topic: &Topic) -> bool {
        self.counted_topics().any(|it| it == topic)
    }

    /// Returns the request id that the next message gets.
    pub fn next_request_id(&self) -> String {
        self.ids.preview()
    }

    /// Returns when the server's next ping is due, on a connection whose server sends pings.
    pub fn next_ping(&self) -> Option<Instant> {
        let Phase::Open { since, .. } = self.phase else {
            return None;
        };
        let from = self.last_ping.unwrap_or(since);
        let heartbeat = self.api.timings.heartbeat.filter(|_| self.is_understood());
        heartbeat.map(|heartbeat| from + heartbeat)
    }

    /// Returns when the server closes the connection if no message passes before.
    pub fn idle_deadline(&self) -> Option<Instant> {
        let is_limited = self.phase.is_open() && !self.is_echo();
        let idle = self.api.timings.idle.filter(|_| is_limited);
        idle.map(|idle| self.last_activity + idle)
    }

    /// Returns the median and the 95th percentile of the latest round trips.
    pub fn round_trip(&self) -> Option<(Millis, Millis)> {
        self.round_trips.percentiles()
    }

    fn handle_command(&mut self, command: Command, now: Now) {
        match command {
            Command::AnswerPings(on) => self.habits.answers_pings = on,
            Command::Break => self.break_off(now),
            Command::KeepAlive(on) => self.keep_alive(on, now),
            Command::Connect(target) => self.connect(target, now),
            Command::Disconnect => self.disconnect(now),
            Command::ReconnectNow => {
                if matches!(self.phase, Phase::Waiting { .. }) {
                    self.open(now);
                }
            }
            Command::Restore(on) => self.habits.restores = on,
            Command::Send { text, force } => self.send(text, force, now),
            Command::Unsubscribe(topic) => self.unsubscribe(&topic, now),
            Command::WatchSilence(on) => self.watch_silence(on, now),
        }
    }

    fn handle_socket(&mut self, event: SocketEvent, now: Now) {
        match event {
            SocketEvent::Binary(bytes) if self.phase.can_receive() => {
                self.note_heard(now);
                self.log(Body::Binary { bytes }, now);
            }
            SocketEvent::Closed { code, reason, clean } => self.closed(code, reason, clean, now),
            SocketEvent::Opened { extensions, protocol } => self.opened(extensions, protocol, now),
            SocketEvent::Blocked => self.open_failed(OpenFailure::Blocked, now),
            SocketEvent::Refused { name } => self.open_failed(OpenFailure::refused(name), now),
            SocketEvent::Text(text) if self.phase.can_receive() => {
                self.note_heard(now);
                self.receive(text, now);
            }
            SocketEvent::Binary(_) | SocketEvent::Text(_) => {}
        }
    }

    /// Settles what is overdue: an answer after that is late, however late the timer comes.
    fn expire_requests(&mut self, now: Now) {
        let overdue = self.requests.expire(now.at);
        self.leave_unanswered(overdue);
    }

    fn handle_timeout(&mut self, now: Now) {
        while let Some(timer) = self.timers.expire(now.at) {
            match timer {
                Timer::Close => self.detach(now),
                Timer::Connect => {
                    self.outputs.push_back(Output::Abandon { connection: self.connection });
                    let after = self.connect_patience();
                    self.open_failed(OpenFailure::TimedOut { after }, now);
                }
                Timer::Idle | Timer::Probe | Timer::Silence => self.handle_liveness(timer, now),
                // One that is held back is made when the page is visible and the network there.
                Timer::Retry if self.holds_retry() => {}
                Timer::Retry => self.open(now),
            }
        }
    }

    fn connect(&mut self, target: Target, now: Now) {
        match self.phase {
            Phase::Idle { .. } | Phase::Waiting { .. } => self.begin(target, now),
            Phase::Connecting { .. } => {
                self.cancel(now);
                self.begin(target, now);
            }
            Phase::Open { .. } => {
                self.next_target = Some(target);
                self.close(now);
            }
            Phase::Closing { .. } => self.next_target = Some(target),
        }
    }

    fn disconnect(&mut self, now: Now) {
        match &mut self.phase {
            Phase::Closing { .. } | Phase::Idle { .. } => self.next_target = None,
            Phase::Connecting { .. } => {
                self.cancel(now);
                self.rest(None);
            }
            Phase::Open { .. } => self.close(now),
            Phase::Waiting { ended, .. } => {
                let ended = Ended { next: NextStep::Stopped, ..ended.clone() };
                self.log(Body::Note(Note::Stopped), now);
                self.rest(Some(ended));
            }
        }
    }

    /// Starts over with a target that the reader asked for.
    fn begin(&mut self, target: Target, now: Now) {
        let is_same = self.target.as_ref().is_some_and(|old| old.is_same_server(&target));
        if !is_same {
            self.requests.clear();
            self.subscriptions.clear();
            self.round_trips.clear();
            self.candidate = 0;
        }
        self.target = Some(target);
        self.has_opened = false;
        self.candidates_tried = 0;
        self.backoff.reset();
        self.open(now);
    }

    /// Opens a connection to the target's endpoint, or to the candidate whose turn it is.
    fn open(&mut self, now: Now) {
        let link = match &self.target {
            None => return,
            Some(Target::Echo { candidates }) => {
                let Some(endpoint) = candidates.get(self.candidate % candidates.len().max(1))
                else {
                    self.rest(Some(Ended::at_rest(EndCause::NoEcho)));
                    return;
                };
                Route::Socket { endpoint: endpoint.clone(), key: None }
            }
            Some(Target::Live { endpoint, key }) => {
                let key = self.api.key_for(endpoint, key.as_ref());
                Route::Socket { endpoint: endpoint.clone(), key }
            }
            Some(Target::Simulator) => Route::Simulator,
        };
        self.connection = ConnectionId(self.connection.0 + 1);
        self.phase = Phase::Connecting { since: now.at };
        self.timers.stop(Timer::Retry);
        self.timers.set(Timer::Connect, now.at + self.connect_patience());
        let attempt = self.backoff.attempt();
        self.log(Body::Note(Note::Connecting { endpoint: link.shown(), attempt }), now);
        self.outputs.push_back(Output::Open { connection: self.connection, link });
    }

    fn opened(&mut self, extensions: String, protocol: String, now: Now) {
        let Phase::Connecting { since } = self.phase else {
            return;
        };
        self.timers.stop(Timer::Connect);
        self.has_opened = true;
        self.candidates_tried = 0;
        self.last_ping = None;
        self.buffered = 0;
        let endpoint = self.shown_endpoint();
        self.phase = Phase::Open {
            since: now.at,
            endpoint: endpoint.clone(),
            extensions: self.redact(extensions.clone()),
            has_text: false,
            has_spoken: false,
        };
        self.note_heard(now);
        let after = now.at - since;
        self.log(Body::Opened { endpoint, extensions, protocol, after }, now);
        if !self.is_echo() && self.habits.restores {
            self.restore(now);
        }
    }

    /// Goes on after a connection that never opened.
    fn open_failed(&mut self, failure: OpenFailure, now: Now) {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return;
        }
        self.timers.stop(Timer::Connect);
        let endpoint = self.shown_endpoint();
        self.log(Body::Note(Note::OpenFailed { endpoint, failure: failure.clone() }), now);
        if let Some(Target::Echo { candidates }) = &self.target {
            let count = candidates.len();
            self.candidates_tried += 1;
            self.candidate = (self.candidate + 1) % count.max(1);
            if self.candidates_tried < count {
                return self.open(now);
            }
            self.candidates_tried = 0;
            if !self.has_opened {
                return self.rest(Some(Ended::at_rest(EndCause::NoEcho)));
            }
        } else if matches!(failure, OpenFailure::Blocked | OpenFailure::Refused { .. }) {
            // The browser would refuse the same address again.
            return self.rest(Some(Ended::at_rest(EndCause::OpenFailed(failure))));
        }
        let attempts = self.backoff.attempt() + 1;
        if !self.has_opened && attempts >= self.config.attempts_before_open {
            self.log(Body::Note(Note::GaveUp { attempts }), now);
            return self.rest(Some(Ended::at_rest(EndCause::GaveUp { attempts })));
        }
        self.wait(None, EndCause::OpenFailed(failure), now);
    }

    fn cancel(&mut self, now: Now) {
        self.outputs.push_back(Output::Abandon { connection: self.connection });
        self.log(Body::Note(Note::Cancelled), now);
    }

    /// Comes to rest: nothing is scheduled any more.
    fn rest(&mut self, ended: Option<Ended>) {
        self.timers.clear();
        // Whatever a past connection still says is not for us.
        self.connection = ConnectionId(self.connection.0 + 1);
        self.phase = Phase::Idle { ended };
    }

    fn connect_patience(&self) -> Millis {
        if self.is_echo() { self.config.candidate_patience } else { self.config.connect_patience }
    }

    fn shown_endpoint(&self) -> String {
        match &self.target {
            Some(Target::Echo { candidates }) => {
                candidates.get(self.candidate).map(Endpoint::to_string).unwrap_or_default()
            }
            Some(Target::Live { endpoint, .. }) => endpoint.to_string(),
            Some(Target::Simulator) => io::SIMULATOR.to_owned(),
            None => String::new(),
        }
    }

    /// Returns the key of this target.
    pub fn key(&self) -> Option<&Secret> {
        match &self.target {
            Some(Target::Live { key, .. }) => key.as_ref(),
            _ => None,
        }
    }

    /// Returns `text` without the key of this target.
    fn redact(&self, text: String) -> String {
        match self.key() {
            Some(key) => key.redact(text),
            None => text,
        }
    }

    fn log(&mut self, mut body: Body, now: Now) -> Seq {
        if let Some(key) = self.key() {
            body.redact(key);
        }
        let seq = self.next_seq;
        self.next_seq = Seq(seq.0 + 1);
        self.outputs.push_back(Output::Log(Entry { seq, at: now, body }));
        seq
    }
}
