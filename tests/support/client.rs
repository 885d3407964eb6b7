//! A session on a test bench. Every output is checked against the rules that hold whatever
//! happens, and kept.

use std::collections::VecDeque;
use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::{
    Body, EndCause, Entry, FrameDirection, NextStep, Note, OpenFailure, Outcome, Reading, Refusal,
    Seq,
};
use veriops_playground::protocol::{
    CloseCode, Endpoint, Envelope, Instant, MessageType, Millis, Now, Secret, Topic, UnixMillis,
};
use veriops_playground::session::{
    Command, Config, ConnectionId, Input, Output, Phase, Route, Session, SocketEvent, Subscription,
    Target,
};
use veriops_playground::words::notice::Notice;

/// A session, its time, and everything it ever said.
pub(crate) struct Client {
    pub(crate) session: Session,
    pub(crate) now: Now,
    /// The log, with what became of the requests.
    pub(crate) log: Vec<Entry>,
    /// Why messages were not sent.
    pub(crate) refusals: Vec<Refusal>,
    acts: VecDeque<Act>,
    latest: ConnectionId,
    socket: Socket,
}

/// Something that the socket is told to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Act {
    Abandon,
    Close,
    /// Open a connection to this URL, key and all.
    Open(String),
    Send(String),
}

/// What the latest connection allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Socket {
    Closing,
    Connecting,
    Gone,
    Open,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::of(Api::veriops())
    }

    /// Returns a client that takes silence for a broken connection.
    pub(crate) fn watched() -> Self {
        Self::watched_of(Api::veriops())
    }

    /// Returns a client of another API that takes silence for a broken connection.
    pub(crate) fn watched_of(api: Arc<Api>) -> Self {
        Self::with_config(api, Config::default())
    }

    pub(crate) fn of(api: Arc<Api>) -> Self {
        Self::with_config(api, unwatched())
    }

    fn with_config(api: Arc<Api>, config: Config) -> Self {
        // The moment of the page's example envelope.
        let now = Now { at: Instant(1_000), wall: UnixMillis(1_773_930_600_000) };
        Self {
            session: Session::with_config(api, config),
            now,
            log: Vec::new(),
            refusals: Vec::new(),
            acts: VecDeque::new(),
            latest: ConnectionId(0),
            socket: Socket::Gone,
        }
    }

    /// Returns a client whose connection to the live API is open.
    pub(crate) fn live() -> Self {
        Self::open(live())
    }

    /// Returns a client whose connection to the first echo server is open.
    pub(crate) fn echo() -> Self {
        Self::open(echo())
    }

    /// Returns a client whose connection to `target` is open.
    pub(crate) fn open(target: Target) -> Self {
        let mut client = Self::new();
        client.connect(target);
        client.opens();
        client.acts.clear();
        client
    }

    pub(crate) fn connect(&mut self, target: Target) {
        self.command(Command::Connect(target));
    }

    pub(crate) fn disconnect(&mut self) {
        self.command(Command::Disconnect);
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.command(Command::Send { text: text.to_owned(), force: false });
    }

    /// Sends although a limit of the API speaks against it.
    pub(crate) fn force(&mut self, text: &str) {
        self.command(Command::Send { text: text.to_owned(), force: true });
    }

    /// Sends a request of this type without payload under the next id, and returns the id.
    pub(crate) fn ask(&mut self, kind: MessageType) -> String {
        let id = self.session.next_request_id();
        self.send(&Envelope::new(kind, id.as_str()).encode());
        id
    }

    /// Subscribes under the next id, and returns the id.
    pub(crate) fn subscribe(&mut self, topic: &Topic) -> String {
        let id = self.session.next_request_id();
        self.send(&Envelope::new(MessageType::Subscribe, id.as_str()).about(topic).encode());
        id
    }

    /// Subscribes and has it acknowledged.
    pub(crate) fn subscribed(&mut self, topic: &Topic) {
        let id = self.subscribe(topic);
        self.receives_ack(&id);
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.handle(Input::Command(command));
    }

    /// The connection opens.
    pub(crate) fn opens(&mut self) {
        self.hears(SocketEvent::Opened { extensions: String::new(), protocol: String::new() });
    }

    /// The connection cannot be made.
    pub(crate) fn fails(&mut self) {
        self.closes(CloseCode::ABNORMAL.0);
    }

    /// The connection ends with this code.
    pub(crate) fn closes(&mut self, code: u16) {
        self.closes_with(code, "");
    }

    pub(crate) fn closes_with(&mut self, code: u16, reason: &str) {
        let clean = code != CloseCode::ABNORMAL.0;
        self.hears(SocketEvent::Closed { code: CloseCode(code), reason: reason.into(), clean });
    }

    pub(crate) fn receives(&mut self, text: &str) {
        self.hears(SocketEvent::Text(text.to_owned()));
    }

    pub(crate) fn receives_ack(&mut self, id: &str) {
        self.receives(&Envelope::new(MessageType::Ack, id).encode());
    }

    pub(crate) fn receives_event(&mut self, channel: &str, project: &str) {
        self.receives(&format!(
            r#"{{"type":"event","request_id":"req_ev","payload":{{"event_type":"{channel}","data":{{"project_id":"{project}"}}}}}}"#
        ));
    }

    /// The latest connection says something.
    pub(crate) fn hears(&mut self, event: SocketEvent) {
        self.hears_from(self.latest, event);
    }

    /// A connection says something; maybe one that is long gone.
    pub(crate) fn hears_from(&mut self, connection: ConnectionId, event: SocketEvent) {
        if connection == self.latest {
            self.socket = match (&event, self.socket) {
                (SocketEvent::Opened { .. }, Socket::Connecting) => Socket::Open,
                (SocketEvent::Blocked | SocketEvent::Refused { .. }, Socket::Connecting)
                | (SocketEvent::Closed { .. }, _) => Socket::Gone,
                (_, socket) => socket,
            };
        }
        self.handle(Input::Socket { connection, event });
    }

    /// Lets time pass with every timeout on time.
    pub(crate) fn wait(&mut self, span: Millis) {
        let end = self.now.at + span;
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= end) {
            self.sleep(due - self.now.at);
            self.timeout();
        }
        self.sleep(end - self.now.at);
    }

    /// Lets time pass without telling the session.
    pub(crate) fn sleep(&mut self, span: Millis) {
        self.now.at = self.now.at + span;
        self.now.wall.0 += span.0;
    }

    pub(crate) fn timeout(&mut self) {
        self.handle(Input::Timeout);
        let next = self.session.poll_timeout();
        assert!(next.is_none_or(|due| due > self.now.at), "a timeout lies in the past");
    }

    /// Takes what the socket was told to do.
    pub(crate) fn acts(&mut self) -> Vec<Act> {
        self.acts.drain(..).collect()
    }

    /// Takes the frames that were to be sent, and forgets the other acts.
    pub(crate) fn sent(&mut self) -> Vec<String> {
        let text = |act| if let Act::Send(text) = act { Some(text) } else { None };
        self.acts().into_iter().filter_map(text).collect()
    }

    /// Takes the URLs that were to be opened, and forgets the other acts.
    pub(crate) fn opened(&mut self) -> Vec<String> {
        let url = |act| if let Act::Open(url) = act { Some(url) } else { None };
        self.acts().into_iter().filter_map(url).collect()
    }

    /// Returns the number of the latest connection.
    pub(crate) fn latest(&self) -> ConnectionId {
        self.latest
    }

    /// Returns whether there is a socket: connecting, open or closing.
    pub(crate) fn has_socket(&self) -> bool {
        self.socket != Socket::Gone
    }

    /// Returns what the session says of a subscription.
    pub(crate) fn subscription(&self, topic: &Topic) -> Option<&Subscription> {
        self.session.subscriptions().iter().find(|it| it.topic == *topic)
    }

    /// Returns the states of all subscriptions, by name.
    pub(crate) fn states(&self) -> Vec<&'static str> {
        self.session.subscriptions().iter().map(|it| it.state.name()).collect()
    }

    /// Returns the delay before the next attempt.
    pub(crate) fn delay(&self) -> Option<Millis> {
        match self.session.phase() {
            Phase::Waiting { delay, .. } => Some(*delay),
            _ => None,
        }
    }

    /// Returns why the session is at rest.
    pub(crate) fn rest(&self) -> Option<&EndCause> {
        match self.session.phase() {
            Phase::Idle { ended } => ended.as_ref().map(|ended| &ended.cause),
            _ => None,
        }
    }

    /// Returns what follows from the end of the last connection.
    pub(crate) fn next(&self) -> Option<NextStep> {
        self.session.phase().ended().map(|ended| ended.next)
    }

    /// Returns what the notice says, title and action.
    pub(crate) fn notice(&self) -> Option<String> {
        let kept = self.session.subscription_count();
        let notice = Notice::of(self.session.phase().ended()?, &Api::veriops(), kept)?;
        Some(format!("{} {}", notice.title, notice.action))
    }

    pub(crate) fn notes(&self) -> Vec<&Note> {
        self.log.iter().filter_map(note).collect()
    }

    /// Returns the causes of connections that did not open.
    pub(crate) fn failures(&self) -> Vec<&OpenFailure> {
        self.notes().into_iter().filter_map(failure).collect()
    }

    /// Returns the latest entry.
    pub(crate) fn last(&self) -> &Body {
        &self.log.last().expect("something happened").body
    }

    /// Returns what the session made of the latest frame.
    pub(crate) fn reading(&self) -> &Reading {
        self.log.iter().rev().find_map(reading).expect("a frame was sent or received")
    }

    /// Returns what became of the latest request of this id.
    pub(crate) fn outcome(&self, id: &str) -> Outcome {
        let outcome = |entry| match reading(entry)? {
            Reading::Request { request_id, outcome, .. } if request_id == id => Some(*outcome),
            _ => None,
        };
        self.log.iter().rev().find_map(outcome).expect("a request of this id was sent")
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.session.handle(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut sent = Vec::new();
        let logged_before = self.log.len();
        while let Some(output) = self.session.poll() {
            match output {
                Output::Abandon { connection } => {
                    assert_eq!(connection, self.latest, "abandons what is not its own");
                    assert!(self.has_socket(), "abandons nothing");
                    self.socket = Socket::Gone;
                    self.acts.push_back(Act::Abandon);
                }
                Output::Close { connection } => {
                    assert_eq!((connection, self.socket), (self.latest, Socket::Open));
                    self.socket = Socket::Closing;
                    self.acts.push_back(Act::Close);
                }
                Output::Log(entry) => self.keep(entry),
                Output::Open { connection, link } => {
                    assert!(!self.has_socket(), "two sockets");
                    assert!(connection > self.latest, "{connection:?} is not new");
                    (self.latest, self.socket) = (connection, Socket::Connecting);
                    self.acts.push_back(Act::Open(match &link {
                        Route::Simulator => link.shown(),
                        Route::Socket { endpoint, key } => endpoint.url_with(key.as_ref()),
                    }));
                }
                Output::Refused(refusal) => self.refusals.push(refusal),
                Output::Send { connection, text } => {
                    assert_eq!((connection, self.socket), (self.latest, Socket::Open));
                    sent.push(key().redact(text.clone()));
                    self.acts.push_back(Act::Send(text));
                }
                Output::Settle(seq, outcome) => self.settle(seq, outcome),
            }
        }
        let logged = self.log[logged_before..].iter().filter_map(sent_text);
        assert_eq!(logged.collect::<Vec<_>>(), sent, "what is sent is logged, once and in order");
    }

    fn keep(&mut self, entry: Entry) {
        assert_eq!(entry.seq, Seq(self.log.len() as u64), "entries are numbered one by one");
        assert_eq!(entry.at, self.now);
        let shown = format!("{entry:?}");
        assert!(!shown.contains(KEY), "the key is in the log: {shown}");
        self.log.push(entry);
    }

    fn settle(&mut self, seq: Seq, settled: Outcome) {
        let index = usize::try_from(seq.0).unwrap();
        match &mut self.log[index].body {
            Body::Message {
                direction: FrameDirection::Sent,
                reading: Reading::Request { outcome, .. },
                ..
            } => {
                assert!(may_become(*outcome, settled), "{outcome:?} becomes {settled:?}");
                *outcome = settled;
            }
            // A frame that is no envelope has no answer, but an echo.
            Body::Message {
                direction: FrameDirection::Sent,
                reading: Reading::Malformed(_),
                ..
            } => {
                assert!(matches!(settled, Outcome::Echoed { .. }), "{settled:?}");
            }
            other => panic!("{other:?} becomes {settled:?}"),
        }
    }
}

/// The key that must never be seen.
pub(crate) const KEY: &str = "canary+key/42=";

pub(crate) fn key() -> Secret {
    Secret::new(KEY).unwrap()
}

pub(crate) fn endpoint(url: &str) -> Endpoint {
    Endpoint::parse(url, None).unwrap().0
}

/// The live API, with a key.
pub(crate) fn live() -> Target {
    Target::Live { endpoint: Api::veriops().live[0].endpoint.clone(), key: Some(key()) }
}

/// The description's echo servers.
pub(crate) fn echo() -> Target {
    let candidates = Api::veriops().echo.iter().map(|server| server.endpoint.clone()).collect();
    Target::Echo { candidates }
}

/// The simulator inside the page, as documented.
pub(crate) fn simulator() -> Target {
    Target::Simulator
}

/// The topic of one project's updates.
pub(crate) fn project(id: &str) -> Topic {
    Topic::with_filters_json("project.updated", &format!(r#"{{"project_id":"{id}"}}"#))
}

pub(crate) fn presence() -> Topic {
    Topic::channel("presence")
}

fn note(entry: &Entry) -> Option<&Note> {
    if let Body::Note(note) = &entry.body { Some(note) } else { None }
}

fn failure(note: &Note) -> Option<&OpenFailure> {
    if let Note::OpenFailed { failure, .. } = note { Some(failure) } else { None }
}

fn reading(entry: &Entry) -> Option<&Reading> {
    if let Body::Message { reading, .. } = &entry.body { Some(reading) } else { None }
}

fn sent_text(entry: &Entry) -> Option<String> {
    match &entry.body {
        Body::Message { direction: FrameDirection::Sent, text, .. } => Some(text.clone()),
        Body::Heartbeat { pong, .. } => pong.clone(),
        _ => None,
    }
}

/// Returns whether a request's outcome may change like this.
fn may_become(before: Outcome, after: Outcome) -> bool {
    match before {
        Outcome::Answered { .. } | Outcome::Echoed { .. } | Outcome::Late { .. } => false,
        Outcome::Lost => matches!(after, Outcome::Echoed { .. } | Outcome::Late { .. }),
        Outcome::Pending => {
            !matches!(after, Outcome::Late { .. } | Outcome::Pending | Outcome::Unasked)
        }
        Outcome::Unanswered => {
            matches!(after, Outcome::Echoed { .. } | Outcome::Late { .. } | Outcome::Lost)
        }
        Outcome::Unasked => matches!(after, Outcome::Echoed { .. }),
    }
}

/// Returns the session's own waits without the watchdog of silence: on this bench the server speaks
/// only when a test makes it.
fn unwatched() -> Config {
    Config { silence: Some(Millis(u64::MAX)), ..Config::default() }
}
