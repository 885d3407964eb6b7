//! A session, a simulated server, their clock, and an experiment or the guided path, wired as the page
//! wires them: whatever an entry brings about happens at the time of that entry, before anything later.

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Entry, Note, Outcome, Reading, Seq};
use veriops_playground::experiment::{Action, Before, Experiment, Guide, Observed, Run};
use veriops_playground::protocol::{Incident, Instant, Millis, Now, TimeScale, UnixMillis};
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
    api: Arc<Api>,
    clock: Clock,
    /// The machine's time.
    pub(crate) real: Now,
    link: Option<(ConnectionId, Link)>,
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
            api: Arc::clone(api),
            clock,
            real,
            link: None,
        }
    }

    /// Gives the client another idea of the API than the server has.
    pub(crate) fn client_of(&mut self, api: &Arc<Api>) {
        self.session = Session::new(Arc::clone(api));
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.read(self.real)
    }

    pub(crate) fn scale(&self) -> TimeScale {
        self.clock.scale()
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.catch_up();
        self.handle(Input::Command(command), self.now());
    }

    pub(crate) fn stage(&mut self, incident: Incident) {
        self.catch_up();
        self.carry_out(Action::Stage(incident), self.now());
        self.drain(self.now());
    }

    pub(crate) fn set_scale(&mut self, scale: TimeScale) {
        self.catch_up();
        self.carry_out(Action::Scale(scale), self.now());
        self.drain(self.now());
    }

    /// Starts an experiment. One that is under way is put back, and what it would have put back is what
    /// this one will.
    pub(crate) fn start(&mut self, experiment: Experiment) {
        self.catch_up();
        let standing: Vec<_> = self.conditions.standing().cloned().collect();
        let mut before = Before::of(&self.session, self.scale(), standing);
        if let Some(run) = self.run.as_mut().filter(|run| !run.is_over()) {
            before = run.before().clone();
            run.put_back();
            self.act(self.now());
            self.drain(self.now());
        }
        self.run = Some(Run::new(&self.api, experiment, before));
        self.act(self.now());
        self.drain(self.now());
    }

    /// Puts back what the experiment changed, and waits until that is done.
    pub(crate) fn put_back(&mut self) {
        self.catch_up();
        self.run.as_mut().unwrap().put_back();
        self.act(self.now());
        self.drain(self.now());
        while !self.run.as_ref().unwrap().is_over() {
            assert!(self.step(), "nothing is left to wait for");
        }
        self.wait(Millis(1_000));
    }

    /// Starts the guided path.
    pub(crate) fn guide(&mut self) {
        let standing = self.conditions.standing().cloned().collect();
        let before = Before::of(&self.session, self.scale(), standing);
        self.guide = Some(Guide::new(Arc::clone(&self.api), &before));
    }

    /// Does the current step of the guided path.
    pub(crate) fn show_me(&mut self) {
        self.catch_up();
        let now = self.now();
        self.guide.as_mut().unwrap().show_me(now);
        self.act(now);
        self.drain(now);
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
            let timer = self.session.poll_timeout().filter(|due| *due <= now.at);
            let watch = self.watch().filter(|due| *due <= now.at);
            let until = timer.into_iter().chain(watch).min().map_or(now, |due| now.when(due));
            let arrived = self.link.as_mut().and_then(|(connection, link)| {
                link.poll(until).map(|(at, event)| (*connection, at, event))
            });
            if let Some((connection, at, event)) = arrived {
                self.handle(Input::Socket { connection, event: heard(event) }, at);
            } else if timer.is_some_and(|due| due <= until.at) {
                self.handle(Input::Timeout, until);
            } else if watch.is_some() {
                self.observe(Observed::Timeout, until);
                self.drain(until);
            } else {
                return;
            }
        }
    }

    fn handle(&mut self, input: Input, at: Now) {
        self.session.handle(input, at);
        self.drain(at);
    }

    fn drain(&mut self, at: Now) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Abandon { .. } => self.link = None,
                Output::Close { connection } => {
                    if let Some(link) = self.live(connection) {
                        link.close(at);
                    }
                }
                Output::Log(entry) => {
                    self.log.push(entry.clone());
                    self.observe(Observed::Entry(&entry), at);
                }
                Output::Open { connection, link } => self.open(connection, &link, at),
                Output::Refused(_) => {}
                Output::Send { connection, text } => {
                    if let Some(link) = self.live(connection) {
                        link.send(text, at);
                    }
                }
                Output::Settle(seq, outcome) => {
                    self.settle(seq, outcome);
                    self.observe(Observed::Settled(seq, outcome), at);
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
        self.act(at);
    }

    fn act(&mut self, at: Now) {
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
                self.session.handle(Input::Command(Command::Restore(false)), at);
            }
            Action::Command(command) => self.session.handle(Input::Command(command), at),
            Action::Scale(_) | Action::Stage(_) if !is_simulated => {}
            Action::Scale(scale) => {
                self.clock.set_scale(scale, at, self.real);
                self.session.handle(Input::Noted(Note::Scaled(scale)), at);
            }
            Action::Stage(incident) => {
                self.conditions.apply(&incident);
                let staged = match &mut self.link {
                    Some((_, link)) => link.stage(&incident, at),
                    None => incident,
                };
                self.session.handle(Input::Noted(Note::Staged(staged)), at);
            }
        }
    }

    fn open(&mut self, connection: ConnectionId, route: &Route, at: Now) {
        if matches!(route, Route::Socket { .. }) {
            self.sockets += 1;
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
