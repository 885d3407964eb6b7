//! A session, a simulated server, their clock, and an experiment or the guided path, wired as the page
//! wires them: whatever an entry brings about happens at the time of that entry, before anything later.

use std::collections::VecDeque;
use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Entry, Note, Outcome, Reading, Seq};
use veriops_playground::experiment::{Action, Before, Experiment, Guide, Observed, Run};
use veriops_playground::protocol::{
    CloseCode, Incident, Instant, Millis, Now, TimeScale, UnixMillis,
};
use veriops_playground::session::{
    Command, ConnectionId, Input, Output, Route, Session, SocketEvent, Target,
};
use veriops_playground::simulator::{Clock, Conditions, Link, LinkEvent, Network, Settings};

/// A page without a browser.
pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) log: Vec<Entry>,
    pub(crate) run: Option<Run>,
    pub(crate) guide: Option<Guide>,
    pub(crate) conditions: Conditions,
    /// The server of connections to come.
    pub(crate) settings: Settings,
    /// What the client cannot do, however often it is told to.
    pub(crate) is_forgetful: bool,
    /// How many connections went elsewhere than to the simulator.
    pub(crate) sockets: usize,
    /// What an experiment or the guided path asked for.
    pub(crate) actions: Vec<Action>,
    /// The API as the experiments have it described.
    pub(crate) described: Arc<Api>,
    /// The API of the server.
    api: Arc<Api>,
    clock: Clock,
    /// The machine's time.
    pub(crate) real: Now,
    link: Option<(ConnectionId, Link)>,
    /// What an echo server has to say.
    echoes: VecDeque<(ConnectionId, SocketEvent)>,
}

impl Desk {
    pub(crate) fn new(api: &Arc<Api>) -> Self {
        Self::with(api, Settings::of(api))
    }

    pub(crate) fn with(api: &Arc<Api>, settings: Settings) -> Self {
        // The moment of the page's example envelope.
        let real = Now { at: Instant(1_000), wall: UnixMillis(1_773_930_600_000) };
        let mut clock = Clock::default();
        clock.set_scale(TimeScale::Real, real, real);
        Self {
            session: Session::new(Arc::clone(api)),
            log: Vec::new(),
            run: None,
            guide: None,
            conditions: Conditions::default(),
            settings,
            is_forgetful: false,
            sockets: 0,
            actions: Vec::new(),
            described: Arc::clone(api),
            api: Arc::clone(api),
            clock,
            real,
            link: None,
            echoes: VecDeque::new(),
        }
    }

    /// Gives the client another idea of the API than the server has.
    pub(crate) fn client_of(&mut self, api: &Arc<Api>) {
        self.session = Session::new(Arc::clone(api));
    }

    /// Has experiments of another API than the server's.
    pub(crate) fn experiments_of(&mut self, api: &Arc<Api>) {
        self.described = Arc::clone(api);
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.read(self.real)
    }

    pub(crate) fn scale(&self) -> TimeScale {
        self.clock.scale()
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.act(|desk, at| desk.carry_out(Action::Command(command), at));
    }

    pub(crate) fn stage(&mut self, incident: Incident) {
        self.act(|desk, at| desk.carry_out(Action::Stage(incident), at));
    }

    pub(crate) fn set_scale(&mut self, scale: TimeScale) {
        self.act(|desk, at| desk.carry_out(Action::Scale(scale), at));
    }

    /// Starts an experiment, in the place of any other.
    pub(crate) fn start(&mut self, experiment: Experiment) {
        self.act(|desk, _| {
            let before = desk.before();
            match desk.run.as_mut().filter(|run| !run.is_over()) {
                Some(run) => run.go_on_with(&desk.described, experiment, before),
                None => desk.run = Some(Run::new(&desk.described, experiment, before)),
            }
        });
    }

    /// Begins to put back what the experiment changed.
    pub(crate) fn begin_to_put_back(&mut self) {
        self.act(|desk, _| desk.run.as_mut().unwrap().put_back());
    }

    /// Puts back what the experiment changed, and waits until that is done.
    pub(crate) fn put_back(&mut self) {
        self.begin_to_put_back();
        while !self.run.as_ref().unwrap().is_over() {
            assert!(self.step(), "nothing is left to wait for");
        }
    }

    /// Starts the guided path.
    pub(crate) fn begin_guide(&mut self) {
        self.act(|desk, _| desk.guide = Some(Guide::new(Arc::clone(&desk.api), &desk.before())));
    }

    /// Does something to the guided path, and what it asks for then.
    pub(crate) fn guide(&mut self, act: impl FnOnce(&mut Guide, Now)) {
        self.act(|desk, at| act(desk.guide.as_mut().unwrap(), at));
    }

    pub(crate) fn before(&self) -> Before {
        let standing = self.conditions.standing().cloned().collect();
        Before::of(&self.session, self.scale(), standing)
    }

    fn act(&mut self, act: impl FnOnce(&mut Self, Now)) {
        self.catch_up();
        act(self, self.now());
        self.obey(self.now());
        self.catch_up();
    }

    /// Goes on until the experiment has its verdict.
    pub(crate) fn finish(&mut self) {
        while self.run.as_ref().unwrap().verdict().is_none() {
            assert!(self.step(), "a run that waits for nothing never ends");
        }
    }

    /// Lets time pass on the machine.
    pub(crate) fn wait(&mut self, span: Millis) {
        let end = self.real.at + span;
        while self.next_real().is_some_and(|due| due <= end) {
            self.step();
        }
        self.real = self.real.when(end);
        self.catch_up();
    }

    /// Goes on to the next thing that is due. Returns whether there was one.
    pub(crate) fn step(&mut self) -> bool {
        let Some(due) = self.next_real() else { return false };
        self.real = self.real.when(due.max(self.real.at));
        self.catch_up();
        true
    }

    fn next_real(&self) -> Option<Instant> {
        let link = self.link.as_ref().and_then(|(_, link)| link.poll_timeout());
        let due = link.into_iter().chain(self.session.poll_timeout()).chain(self.watch()).min()?;
        self.clock.real(due)
    }

    /// Returns when the experiment or the guided path wants to be asked.
    fn watch(&self) -> Option<Instant> {
        let run = self.run.as_ref().and_then(Run::poll_timeout);
        let guide = self.guide.as_ref().and_then(Guide::poll_timeout);
        run.into_iter().chain(guide).min()
    }

    /// Handles everything that happened up to now, each at its own time. What it brings about may put
    /// the clock back to that time.
    fn catch_up(&mut self) {
        loop {
            let now = self.now();
            if let Some((connection, event)) = self.echoes.pop_front() {
                self.handle(Input::Socket { connection, event }, now);
                continue;
            }
            let timer = self.session.poll_timeout();
            let due = timer.into_iter().chain(self.watch()).min().filter(|due| *due <= now.at);
            let until = due.map_or(now, |due| now.when(due));
            let arrived = self.link.as_mut().and_then(|(connection, link)| {
                let (at, event) = link.poll(until)?;
                self.conditions.clone_from(link.conditions());
                Some((*connection, at, event))
            });
            match (arrived, due) {
                (Some((connection, at, event)), _) => {
                    self.handle(Input::Socket { connection, event: heard(event) }, at);
                }
                (None, Some(due)) if timer.is_some_and(|timer| timer <= due) => {
                    self.handle(Input::Timeout, until);
                }
                (None, Some(_)) => {
                    self.observe(Observed::Timeout, until);
                    self.obey(until);
                }
                (None, None) => return,
            }
        }
    }

    /// Tells the session what happened, and does what follows from it.
    fn handle(&mut self, input: Input, at: Now) {
        self.feed(input, at);
        self.obey(at);
    }

    /// Tells the session what happened, and does what it asks for.
    fn feed(&mut self, input: Input, at: Now) {
        self.session.handle(input, at);
        while let Some(output) = self.session.poll() {
            match output {
                Output::Abandon { .. } => self.link = None,
                Output::Close { connection } if self.session.is_echo() => {
                    let (code, reason) = (CloseCode::NORMAL, String::new());
                    let closed = SocketEvent::Closed { code, reason, clean: true };
                    self.echoes.push_back((connection, closed));
                }
                Output::Send { connection, text } if self.session.is_echo() => {
                    self.echoes.push_back((connection, SocketEvent::Text(text)));
                }
                Output::Close { connection } => {
                    if let Some(link) = self.live(connection) {
                        link.close(at);
                    }
                }
                Output::Log(entry) => {
                    self.observe(Observed::Entry(&entry), at);
                    self.log.push(entry);
                }
                Output::Open { connection, link } => self.open(connection, &link, at),
                Output::Refused(_) => {}
                Output::Send { connection, text } => {
                    if let Some(link) = self.live(connection) {
                        link.send(text, at);
                    }
                }
                Output::Settle(seq, outcome) => {
                    self.observe(Observed::Settled(seq, outcome), at);
                    self.settle(seq, outcome);
                }
            }
        }
    }

    fn observe(&mut self, what: Observed<'_>, at: Now) {
        if let Some(run) = &mut self.run {
            run.handle(what, at);
        }
        if let Some(guide) = &mut self.guide {
            guide.handle(what, at);
        }
    }

    /// Does what experiment and guided path ask for, at the time of what they saw.
    fn obey(&mut self, at: Now) {
        loop {
            let wanted = self.run.as_mut().and_then(Run::poll);
            let wanted = wanted.or_else(|| self.guide.as_mut().and_then(Guide::poll));
            let Some(action) = wanted else { return };
            self.actions.push(action.clone());
            self.carry_out(action, at);
        }
    }

    fn carry_out(&mut self, action: Action, at: Now) {
        let is_simulated = self.session.target() == Some(&Target::Simulator);
        match action {
            Action::Command(Command::Restore(_)) if self.is_forgetful => {
                self.feed(Input::Command(Command::Restore(false)), at);
            }
            Action::Command(command) => self.feed(Input::Command(command), at),
            Action::Scale(_) | Action::Stage(_) if !is_simulated => {}
            Action::Scale(scale) if scale == self.scale() => {}
            Action::Scale(scale) => {
                self.clock.set_scale(scale, at, self.real);
                self.feed(Input::Noted(Note::Scaled(scale)), at);
            }
            Action::Stage(incident)
                if incident.undone().is_none() && !self.session.phase().is_open() => {}
            Action::Stage(incident) => {
                let staged = match &mut self.link {
                    Some((_, link)) => link.stage(&incident, at),
                    None => incident,
                };
                self.conditions.apply(&staged);
                self.feed(Input::Noted(Note::Staged(staged)), at);
            }
        }
    }

    fn open(&mut self, connection: ConnectionId, route: &Route, at: Now) {
        if matches!(route, Route::Socket { .. }) {
            self.sockets += 1;
        }
        if self.session.is_echo() {
            self.link = None;
            let (extensions, protocol) = (String::new(), String::new());
            let opened = SocketEvent::Opened { extensions, protocol };
            return self.echoes.push_back((connection, opened));
        }
        let (api, settings) = (Arc::clone(&self.api), self.settings.clone());
        let (conditions, seed) = (self.conditions.clone(), connection.0 ^ at.wall.0);
        let link = Link::open(api, settings, Network::default(), conditions, seed, at);
        self.link = Some((connection, link));
    }

    fn live(&mut self, connection: ConnectionId) -> Option<&mut Link> {
        self.link.as_mut().filter(|(live, _)| *live == connection).map(|(_, link)| link)
    }

    fn settle(&mut self, seq: Seq, outcome: Outcome) {
        let entry = self.log.iter_mut().rev().find(|entry| entry.seq == seq);
        if let Some(Body::Message { reading: Reading::Request { outcome: old, .. }, .. }) =
            entry.map(|entry| &mut entry.body)
        {
            *old = outcome;
        }
    }
}

fn heard(event: LinkEvent) -> SocketEvent {
    match event {
        LinkEvent::Closed { code, reason, clean } => SocketEvent::Closed { code, reason, clean },
        LinkEvent::Opened { extensions } => {
            SocketEvent::Opened { extensions, protocol: String::new() }
        }
        LinkEvent::Refused { name } => SocketEvent::Refused { name },
        LinkEvent::Text(text) => SocketEvent::Text(text),
    }
}
