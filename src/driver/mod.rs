//! The run loop in a browser: the one place that opens sockets, reads clocks and sets timers.
//!
//! Every event — a command, a frame, a timer — is one `step`: take what has arrived before, feed the
//! session, drain its outputs, arm the next timer, ask for a frame. Messages that come together are one
//! step, too, each at the time of its own arrival. Protocol work is done when `step` returns; only the
//! view waits for the frame. No line here decides anything about the protocol.

mod clock;
mod frame;
mod listener;
mod page;
mod socket;
mod task;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use gloo_timers::callback::Timeout;

use crate::api::Api;
use crate::archive::{Replay, Speed};
use crate::entry::{Entry, Refusal};
use crate::log::{Capacity, Ring};
use crate::protocol::{Instant, Now};
use crate::session::{
    Behaviour, Command, Config, ConnectionId, Input, Output, Phase, Route, Session, SocketEvent,
    Target,
};
use crate::simulator::{self, LinkEvent, Network, Settings};

use self::frame::Frames;
use self::listener::Listeners;
use self::socket::Socket;

pub use self::clock::{now, utc_offset_minutes};
pub use self::socket::close_all;
pub use self::task::spawn;

/// A playground's session, log and connection. Clones share them.
#[derive(Clone)]
pub struct Driver {
    shared: Rc<RefCell<Shared>>,
}

impl Driver {
    /// Returns an idle driver that calls `on_frame` at most once per animation frame, after
    /// something changed.
    pub fn new(api: Arc<Api>, config: Config, on_frame: impl Fn() + 'static) -> Self {
        let shared = Shared {
            session: Session::with_config(Arc::clone(&api), config),
            log: Ring::new(KEPT),
            replay: None,
            refusal: None,
            api,
            reached: Now::default(),
            link: None,
            timer: None,
            frames: Frames::new(on_frame),
            listeners: None,
        };
        let driver = Self { shared: Rc::new(RefCell::new(shared)) };
        let (page, policy) = (driver.downgrade(), driver.downgrade());
        driver.shared.borrow_mut().listeners = Some(page::listen(
            move |event| page.step(Input::Page(event)),
            move |address| policy.blocked(&address),
        ));
        for event in page::state() {
            driver.step(Input::Page(event));
        }
        driver
    }

    /// Carries out what the reader asks for.
    pub fn command(&self, command: Command) {
        let buffered = {
            let mut shared = self.shared.borrow_mut();
            shared.refusal = None;
            shared.frames.hurry();
            shared.buffered()
        };
        self.step(Input::Buffered(buffered));
        self.step(Input::Command(command));
    }

    /// Reads session and log.
    pub fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        let shared = self.shared.borrow();
        let replay = shared.replay.as_ref();
        read(&View {
            session: &shared.session,
            log: replay.map_or(&shared.log, Replay::ring),
            replay,
            refusal: shared.refusal.as_ref(),
        })
    }

    /// Hides every entry so far and draws a line. They stay counted. A replay has the entries of its
    /// file and no others, so no line.
    pub fn clear_log(&self) {
        let rows = {
            let mut shared = self.shared.borrow_mut();
            shared.frames.request(now());
            if let Some(replay) = &mut shared.replay {
                return replay.clear();
            }
            if shared.log.is_empty() {
                return;
            }
            shared.log.clear();
            shared.log.counters().cleared
        };
        self.step(Input::Cleared { rows });
    }

    /// Shows a saved log in the place of the session's, from its beginning and as fast as it went.
    /// The session and its log go on unseen.
    pub fn replay(&self, entries: Vec<Entry>) {
        self.shared.borrow_mut().replay = Some(Replay::new(entries, KEPT));
        self.replay_at(Speed::Real);
    }

    /// Sets the speed of the replay.
    pub fn replay_at(&self, speed: Speed) {
        let mut shared = self.shared.borrow_mut();
        let now = now();
        if let Some(replay) = &mut shared.replay {
            replay.play(speed, now.at);
            replay.handle_timeout(now.at);
        }
        shared.arm(self, now);
        shared.frames.request(now);
    }

    /// Shows the session's own log again.
    pub fn end_replay(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.replay = None;
        shared.frames.request(now());
    }

    /// Forgets why the last message was not sent.
    pub fn dismiss_refusal(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.refusal = None;
        shared.frames.request(now());
    }

    /// Closes whatever is open and stops every timer. Nothing happens afterwards.
    pub fn shut_down(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.frames.stop();
        shared.timer = None;
        shared.listeners = None;
        // Dropping a link closes it.
        shared.link = None;
    }

    fn step(&self, input: Input) {
        self.steps([input]);
    }

    /// Takes what has arrived.
    fn wake(&self) {
        self.steps([]);
    }

    fn steps(&self, inputs: impl IntoIterator<Item = Input>) {
        let mut shared = self.shared.borrow_mut();
        let now = now();
        shared.catch_up(now, self);
        for input in inputs {
            shared.handle(input, now, self);
        }
        shared.arm(self, now);
        shared.frames.request(now);
    }

    /// Does what is due, and lets the view count on.
    fn tick(&self) {
        // The timer has fired, whatever it waited for.
        {
            let mut shared = self.shared.borrow_mut();
            shared.timer = None;
            if let Some(replay) = &mut shared.replay {
                replay.handle_timeout(now().at);
            }
        }
        self.step(Input::Timeout);
    }

    fn downgrade(&self) -> WeakDriver {
        WeakDriver { shared: Rc::downgrade(&self.shared) }
    }
}

/// What can be read of a driver.
pub struct View<'a> {
    /// The session.
    pub session: &'a Session,
    /// The log that is shown.
    pub log: &'a Ring,
    /// The replay that it is of, if it is not the session's own.
    pub replay: Option<&'a Replay>,
    /// Why the last message was not sent, until the next command.
    pub refusal: Option<&'a Refusal>,
}

impl View<'_> {
    /// Returns the time on the clock of the log that is shown.
    pub fn clock(&self, now: Instant) -> Instant {
        self.replay.map_or(now, |replay| replay.clock(now))
    }
}

/// A handle for callbacks: it keeps nothing alive.
#[derive(Clone)]
struct WeakDriver {
    shared: Weak<RefCell<Shared>>,
}

impl WeakDriver {
    fn step(&self, input: Input) {
        if let Some(shared) = self.shared.upgrade() {
            Driver { shared }.step(input);
        }
    }

    fn wake(&self) {
        if let Some(shared) = self.shared.upgrade() {
            Driver { shared }.wake();
        }
    }

    fn tick(&self) {
        if let Some(shared) = self.shared.upgrade() {
            Driver { shared }.tick();
        }
    }

    /// Takes note that the page's security policy blocked an address. It is compared and dropped: it
    /// may hold the key.
    fn blocked(&self, address: &str) {
        let connection = self.shared.upgrade().and_then(|shared| {
            let shared = shared.borrow();
            match shared.link.as_ref()? {
                ActiveLink { connection, carrier: Carrier::Socket(socket) } => {
                    let is_ours = !address.is_empty() && socket.address().starts_with(address);
                    is_ours.then_some(*connection)
                }
                _ => None,
            }
        });
        if let Some(connection) = connection {
            self.step(Input::Socket { connection, event: SocketEvent::Blocked });
        }
    }
}

struct Shared {
    session: Session,
    log: Ring,
    replay: Option<Replay>,
    refusal: Option<Refusal>,
    api: Arc<Api>,
    /// The time of the latest thing that happened: nothing is put before it.
    reached: Now,
    link: Option<ActiveLink>,
    timer: Option<Alarm>,
    frames: Frames,
    listeners: Option<Listeners>,
}

/// The one timer, and what it waits for.
struct Alarm {
    deadline: Instant,
    _timeout: Timeout,
}

/// The connection that is live. There is at most one.
struct ActiveLink {
    connection: ConnectionId,
    carrier: Carrier,
}

enum Carrier {
    Simulated(Box<simulator::Link>),
    Socket(Socket),
}

impl Shared {
    /// Handles everything that happened up to now, in the order in which it happened, each at its own
    /// time.
    fn catch_up(&mut self, now: Now, driver: &Driver) {
        while let Some((input, at)) = self.next(now) {
            self.handle(input, at, driver);
        }
    }

    /// Takes the next thing that happened up to now.
    fn next(&mut self, now: Now) -> Option<(Input, Now)> {
        // What is simulated has a time of its own, and the session's timers are of it.
        let is_simulated = matches!(self.session.target(), Some(Target::Simulator(_)));
        let due = self.session.poll_timeout().filter(|due| is_simulated && *due <= now.at);
        let until = due.map_or(now, |due| now.when(due));
        let arrived = self.link.as_mut().and_then(|ActiveLink { connection, carrier }| {
            let (at, event) = match carrier {
                Carrier::Simulated(link) => {
                    let (at, event) = link.poll(until)?;
                    (at, arrived(event))
                }
                Carrier::Socket(socket) => {
                    let (at, event) = socket.poll()?;
                    (now.when(at), event)
                }
            };
            Some((Input::Socket { connection: *connection, event }, at))
        });
        arrived.or_else(|| due.map(|_| (Input::Timeout, until)))
    }

    fn handle(&mut self, input: Input, at: Now, driver: &Driver) {
        let at = self.reached.later(at);
        self.reached = at;
        self.session.handle(input, at);
        while let Some(output) = self.session.poll() {
            if let Some(input) = self.act(output, at, driver) {
                self.session.handle(input, at);
            }
        }
    }

    /// Does what the session asks for. Returns what happened at once, if anything did.
    fn act(&mut self, output: Output, at: Now, driver: &Driver) -> Option<Input> {
        match output {
            Output::Abandon { connection } => {
                // Dropping a link closes it, and nothing of it is heard any more.
                self.link.take_if(|link| link.connection == connection);
            }
            Output::Close { connection } => {
                if let Some(link) = self.live(connection) {
                    match &mut link.carrier {
                        Carrier::Simulated(link) => link.close(at),
                        Carrier::Socket(socket) => socket.close(),
                    }
                }
            }
            Output::Log(entry) => self.log.push(entry),
            Output::Open { connection, link } => return self.open(connection, link, at, driver),
            Output::Refused(refusal) => self.refusal = Some(refusal),
            Output::Send { connection, text } => {
                if let Some(link) = self.live(connection) {
                    match &mut link.carrier {
                        Carrier::Simulated(link) => link.send(text, at),
                        Carrier::Socket(socket) => socket.send(&text),
                    }
                }
            }
            Output::Settle(seq, outcome) => self.log.settle(seq, outcome),
        }
        None
    }

    fn open(
        &mut self,
        connection: ConnectionId,
        link: Route,
        at: Now,
        driver: &Driver,
    ) -> Option<Input> {
        // The old link first: one hung handshake blocks every later socket to the same address.
        self.link = None;
        let carrier = match link {
            Route::Simulator(behaviour) => {
                let (api, seed) = (Arc::clone(&self.api), connection.0 ^ at.wall.0);
                let settings = settings(&api, behaviour);
                let link = simulator::Link::open(api, settings, Network::default(), seed, at);
                Carrier::Simulated(Box::new(link))
            }
            Route::Socket { endpoint, key } => {
                let weak = driver.downgrade();
                match Socket::open(&endpoint.url_with(key.as_ref()), move || weak.wake()) {
                    Ok(socket) => Carrier::Socket(socket),
                    Err(name) => {
                        let event = SocketEvent::Refused { name };
                        return Some(Input::Socket { connection, event });
                    }
                }
            }
        };
        self.link = Some(ActiveLink { connection, carrier });
        None
    }

    /// Returns the bytes that wait in the browser's send buffer.
    fn buffered(&self) -> usize {
        match &self.link {
            Some(ActiveLink { carrier: Carrier::Socket(socket), .. }) => socket.buffered(),
            _ => 0,
        }
    }

    fn live(&mut self, connection: ConnectionId) -> Option<&mut ActiveLink> {
        self.link.as_mut().filter(|link| link.connection == connection)
    }

    /// Returns when what counts in the view is looked at again: at every half second.
    fn next_count(now: Now) -> Instant {
        Instant((now.at.0 / HALF_A_SECOND + 1) * HALF_A_SECOND)
    }

    /// Sets the one timer to the next deadline.
    fn arm(&mut self, driver: &Driver, now: Now) {
        let simulated = match &self.link {
            Some(ActiveLink { carrier: Carrier::Simulated(link), .. }) => link.poll_timeout(),
            _ => None,
        };
        let is_idle = matches!(self.session.phase(), Phase::Idle { .. });
        let next_count = (!is_idle).then(|| Self::next_count(now));
        let replayed = self.replay.as_ref().and_then(Replay::poll_timeout);
        let deadlines = [self.session.poll_timeout(), simulated, replayed, next_count];
        let deadline = deadlines.into_iter().flatten().min();
        if deadline == self.timer.as_ref().map(|timer| timer.deadline) {
            return;
        }
        self.timer = deadline.map(|deadline| {
            let wait = u32::try_from((deadline - now.at).0).unwrap_or(LONGEST_WAIT);
            let weak = driver.downgrade();
            let timeout = Timeout::new(wait.min(LONGEST_WAIT), move || weak.tick());
            Alarm { deadline, _timeout: timeout }
        });
    }
}

/// Returns the settings of a server that behaves like this.
fn settings(api: &Api, behaviour: Behaviour) -> Settings {
    match behaviour {
        Behaviour::Documented => Settings::of(api),
        Behaviour::RefusesKeys => Settings::refusing(api),
        Behaviour::Silent => Settings::silent(api),
    }
}

/// Tells what came from the simulator as a socket would.
fn arrived(event: LinkEvent) -> SocketEvent {
    match event {
        LinkEvent::Closed { code, reason, clean } => SocketEvent::Closed { code, reason, clean },
        LinkEvent::Opened => {
            SocketEvent::Opened { extensions: String::new(), protocol: String::new() }
        }
        LinkEvent::Text(text) => SocketEvent::Text(text),
    }
}

/// Milliseconds between two looks at what counts.
const HALF_A_SECOND: u64 = 500;

/// Browsers hold a delay in 31 bits; a timer that comes early is harmless.
const LONGEST_WAIT: u32 = 1 << 30;

/// What the log keeps.
const KEPT: Capacity = Capacity { entries: 100_000, bytes: 64 << 20 };
