//! The run loop in a browser: the one place that opens sockets, reads clocks and sets timers.
//!
//! Every event — a command, a frame, a timer — is one `step`: take what has arrived before, feed the
//! session, drain its outputs, arm the next timer, ask for a frame. Messages that come together are one
//! step, too, each at the time of its own arrival. Protocol work is done when `step` returns; only the
//! view waits for the frame. No line here decides anything about the protocol.

mod clock;
mod frame;
mod listener;
mod observer;
mod page;
mod simulation;
mod socket;
mod task;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use gloo_timers::callback::Timeout;

use crate::api::Api;
use crate::archive::{Replay, Speed};
use crate::entry::{Entry, Note, Refusal};
use crate::experiment::Observed;
use crate::log::{Capacity, Ring};
use crate::protocol::{Incident, Instant, Now, TimeScale};
use crate::session::{
    Command, Config, ConnectionId, Input, Output, Phase, Route, Session, SocketEvent,
};
use crate::simulator::{Clock, Conditions, LinkEvent};

use self::frame::Frames;
use self::observer::Observer;
use self::simulation::{Dial, SimulatedLink};
use self::socket::Socket;

pub use self::clock::{now, utc_offset_minutes};
pub(crate) use self::listener::Listeners;
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
            clock: Clock::default(),
            conditions: Conditions::default(),
            dial: None,
            observer: None,
            reached: Now::default(),
            link: None,
            timer: None,
            frames: Frames::new(on_frame),
            told: 0,
            on_news: None,
            phase: "idle",
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
        self.act(|shared, real| {
            shared.refusal = None;
            shared.command(command, shared.clock.read(real), self);
        });
    }

    /// Calls `on_news` at once with what happens from now on. It must ask nothing of the driver.
    pub fn on_news(&self, on_news: impl Fn(News<'_>) + 'static) {
        self.shared.borrow_mut().on_news = Some(Box::new(on_news));
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
            observer: shared.observer.as_deref(),
            scale: shared.clock.scale(),
            standing: shared.conditions.standing().cloned().collect(),
            clock: shared.clock,
        })
    }

    /// Returns the time of the session: the machine's, or that of the simulator.
    pub fn now(&self) -> Now {
        self.shared.borrow().clock.read(now())
    }

    /// Hides every entry so far and draws a line. They stay counted. A replay has the entries of its
    /// file and no others, so no line.
    pub fn clear_log(&self) {
        let rows = {
            let mut shared = self.shared.borrow_mut();
            shared.show_now(now());
            if let Some(replay) = &mut shared.replay {
                return replay.clear();
            }
            if shared.log.is_empty() {
                return;
            }
            shared.log.clear();
            shared.log.counters().cleared
        };
        self.step(Input::Noted(Note::Cleared { rows }));
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
        shared.show_now(now);
    }

    /// Shows the session's own log again.
    pub fn end_replay(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.replay = None;
        shared.show_now(now());
    }

    /// Forgets why the last message was not sent.
    pub fn dismiss_refusal(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.refusal = None;
        shared.show_now(now());
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
        let real = now();
        shared.catch_up(real, self);
        for input in inputs {
            let at = shared.clock.read(real);
            shared.handle(input, at, self);
        }
        shared.arm(self, real);
        shared.show(real);
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
    /// How fast the session's time passes.
    pub scale: TimeScale,
    /// What goes wrong on simulated connections for as long as it stands.
    pub standing: Vec<Incident>,
    clock: Clock,
    observer: Option<&'a dyn Observer>,
}

impl View<'_> {
    /// Returns the time on the clock of the log that is shown. It takes the machine's.
    pub fn clock(&self, real: Now) -> Instant {
        self.replay.map_or_else(|| self.clock.read(real).at, |replay| replay.clock(real.at))
    }
}

/// What has happened to the connection.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// Something was logged.
    Entry(&'a Entry),
    /// The session has another phase.
    Phase(&'a Session),
}

type OnNews = Box<dyn Fn(News<'_>)>;

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
    /// The time of everything that session, link and log are told.
    clock: Clock,
    /// What goes wrong on simulated connections, the next ones included.
    conditions: Conditions,
    /// What opens a simulated connection, once that is there.
    dial: Option<Dial>,
    observer: Option<Box<dyn Observer>>,
    /// The time of the latest thing that happened: nothing is put before it.
    reached: Now,
    link: Option<ActiveLink>,
    timer: Option<Alarm>,
    frames: Frames,
    /// How many entries had come when a view was asked for last.
    told: u64,
    on_news: Option<OnNews>,
    /// The name of the phase that was told last.
    phase: &'static str,
    listeners: Option<Listeners>,
}

/// What is next to be done.
enum Due {
    Input(Input),
    Observers,
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
    Simulated(Box<dyn SimulatedLink>),
    Socket(Socket),
}

impl Shared {
    /// Handles everything that happened up to now, in the order in which it happened, each at its own
    /// time.
    fn catch_up(&mut self, real: Now, driver: &Driver) {
        let mut left = MOST_AT_ONCE;
        while let Some((due, at)) = self.next(real) {
            match due {
                Due::Input(input) => self.handle(input, at, driver),
                Due::Observers => {
                    self.observe(Observed::Timeout, at);
                    self.obey(at, driver);
                }
            }
            left = left.saturating_sub(1);
            if left == 0 && self.clock.scale().factor() > 1 {
                // Time passes no faster than the page can follow: nothing is late for that, and a
                // click need not wait.
                return self.clock.set_scale(self.clock.scale(), self.reached, real);
            }
        }
    }

    /// Takes the next thing that happened up to now.
    fn next(&mut self, real: Now) -> Option<(Due, Now)> {
        let now = self.clock.read(real);
        // What is simulated has a time of its own, and the session's timers are of it.
        let timer = self.session.poll_timeout().filter(|_| self.is_simulated());
        let observers = self.observed();
        let due = timer.into_iter().chain(observers).min().filter(|due| *due <= now.at);
        let until = due.map_or(now, |due| now.when(due));
        let arrived = self.link.as_mut().and_then(|ActiveLink { connection, carrier }| {
            let (at, event) = match carrier {
                Carrier::Simulated(link) => {
                    let next = link.poll(until);
                    // Some end by themselves.
                    self.conditions.clone_from(link.conditions());
                    next.map(|(at, event)| (at, arrived(event)))?
                }
                Carrier::Socket(socket) => {
                    let (at, event) = socket.poll()?;
                    (self.clock.read(real.when(at)), event)
                }
            };
            Some((Due::Input(Input::Socket { connection: *connection, event }), at))
        });
        arrived.or_else(|| {
            let due = due?;
            let is_timer = timer.is_some_and(|timer| timer <= due);
            Some((if is_timer { Due::Input(Input::Timeout) } else { Due::Observers }, until))
        })
    }

    /// Tells the session what happened, and does what follows from it.
    fn handle(&mut self, input: Input, at: Now, driver: &Driver) {
        self.feed(input, at, driver);
        self.obey(self.reached, driver);
    }

    /// Tells the session what happened, and does what it asks for.
    fn feed(&mut self, input: Input, at: Now, driver: &Driver) {
        let at = self.reached.later(at);
        self.reached = at;
        self.session.handle(input, at);
        while let Some(output) = self.session.poll() {
            if let Some(input) = self.act(output, at, driver) {
                self.session.handle(input, at);
            }
        }
        let phase = self.session.phase().name();
        if self.phase != phase {
            self.phase = phase;
            self.frames.hurry();
            self.tell(News::Phase(&self.session));
        }
    }

    /// Has the view brought up to date, in its own time.
    fn show(&mut self, real: Now) {
        let log = self.replay.as_ref().map_or(&self.log, Replay::ring);
        let entries = log.counters().entries;
        self.frames.request(entries.saturating_sub(self.told), real);
        self.told = entries;
    }

    /// Has the view brought up to date with the next frame: the reader did something.
    fn show_now(&mut self, real: Now) {
        self.frames.hurry();
        self.show(real);
    }

    fn tell(&self, news: News<'_>) {
        if let Some(on_news) = &self.on_news {
            on_news(news);
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
            Output::Log(entry) => {
                self.observe(Observed::Entry(&entry), at);
                self.tell(News::Entry(&entry));
                self.log.push(entry);
            }
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
            Output::Settle(seq, outcome) => {
                self.observe(Observed::Settled(seq, outcome), at);
                self.log.settle(seq, outcome);
            }
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
            Route::Simulator => {
                let Some(dial) = self.dial else {
                    let event = SocketEvent::Refused { name: NOT_LOADED.to_owned() };
                    return Some(Input::Socket { connection, event });
                };
                let (api, seed) = (Arc::clone(&self.api), connection.0 ^ at.wall.0);
                Carrier::Simulated(dial(api, self.conditions.clone(), seed, at))
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

    /// Returns when what counts in the view is looked at again: at every half second, and more often while
    /// time passes faster.
    fn next_count(&self, now: Now) -> Instant {
        let step = if self.clock.scale().factor() > 1 { A_TENTH } else { HALF_A_SECOND };
        Instant((now.at.0 / step + 1) * step)
    }

    /// Returns when the simulated connection has something to do.
    fn simulated(&self) -> Option<Instant> {
        match &self.link {
            Some(ActiveLink { carrier: Carrier::Simulated(link), .. }) => link.poll_timeout(),
            _ => None,
        }
    }

    /// Sets the one timer to the next deadline.
    fn arm(&mut self, driver: &Driver, now: Now) {
        let own = [self.session.poll_timeout(), self.observed(), self.simulated()];
        let own = own.into_iter().flatten().min().and_then(|due| self.clock.real(due));
        let is_idle = matches!(self.session.phase(), Phase::Idle { .. });
        let next_count = (!is_idle).then(|| self.next_count(now));
        let replayed = self.replay.as_ref().and_then(Replay::poll_timeout);
        let deadlines = [own, replayed, next_count];
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

/// What stands for a browser's error where there is no simulator yet. Nobody connects to it then.
const NOT_LOADED: &str = "NotLoaded";

/// Tells what came from the simulator as a socket would.
fn arrived(event: LinkEvent) -> SocketEvent {
    match event {
        LinkEvent::Closed { code, reason, clean } => SocketEvent::Closed { code, reason, clean },
        LinkEvent::Opened { extensions } => {
            SocketEvent::Opened { extensions, protocol: String::new() }
        }
        LinkEvent::Refused { name } => SocketEvent::Refused { name },
        LinkEvent::Text(text) => SocketEvent::Text(text),
    }
}

/// Milliseconds between two looks at what counts.
const HALF_A_SECOND: u64 = 500;
const A_TENTH: u64 = 100;

/// What is handled in one turn at most while time passes faster than the clock on the wall.
const MOST_AT_ONCE: u32 = 512;

/// Browsers hold a delay in 31 bits; a timer that comes early is harmless.
const LONGEST_WAIT: u32 = 1 << 30;

/// What the log keeps.
const KEPT: Capacity = Capacity { entries: 100_000, bytes: 64 << 20 };
