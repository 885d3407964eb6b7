//! Those who watch the log and ask for something: an experiment and the guided path.

use std::sync::Arc;

use crate::experiment::{Action, Before, Experiment, Guide, Observed, Run};
use crate::protocol::{Instant, Now};
use crate::session::{Command, Input, Target};

use super::clock::now;
use super::{Driver, Shared};

/// The experiment that runs, and the guided path.
#[derive(Default)]
pub(super) struct Observers {
    run: Option<Run>,
    /// Whether the reader has left the run, which may have something to put back.
    is_ending: bool,
    guide: Option<Guide>,
}

impl Driver {
    /// Runs an experiment, in the place of any other.
    pub fn run(&self, experiment: Experiment) {
        self.act(|shared, _| {
            let api = Arc::clone(&shared.api);
            let before = shared.before();
            match shared.observers.run.as_mut().filter(|run| !run.is_over()) {
                Some(run) => run.go_on_with(&api, experiment, before),
                None => shared.observers.run = Some(Run::new(&api, experiment, before)),
            }
            shared.observers.is_ending = false;
        });
    }

    /// Leaves the experiment, whether it has ended or not, and puts back what was there before.
    pub fn end_run(&self) {
        self.act(|shared, _| {
            if let Some(run) = &mut shared.observers.run {
                run.put_back();
                shared.observers.is_ending = true;
            }
        });
    }

    /// Begins the guided path.
    pub fn begin_guide(&self) {
        self.act(|shared, _| {
            let guide = Guide::new(Arc::clone(&shared.api), &shared.before());
            shared.observers.guide = Some(guide);
        });
    }

    /// Does something to the guided path, if it is under way, and what it asks for then.
    pub fn guide(&self, act: impl FnOnce(&mut Guide, Now)) {
        self.act(|shared, real| {
            let at = shared.clock.read(real);
            if let Some(guide) = &mut shared.observers.guide {
                act(guide, at);
            }
        });
    }

    /// Leaves the guided path.
    pub fn end_guide(&self) {
        self.act(|shared, _| shared.observers.guide = None);
    }
}

impl Observers {
    /// Returns the experiment that the reader looks at.
    pub(super) fn run(&self) -> Option<&Run> {
        self.run.as_ref().filter(|_| !self.is_ending)
    }

    pub(super) fn guide(&self) -> Option<&Guide> {
        self.guide.as_ref()
    }

    pub(super) fn handle(&mut self, what: Observed<'_>, at: Now) {
        if let Some(run) = &mut self.run {
            run.handle(what, at);
        }
        if let Some(guide) = &mut self.guide {
            guide.handle(what, at);
        }
    }

    /// Returns when they want to be asked again.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let run = self.run.as_ref().and_then(Run::poll_timeout);
        let guide = self.guide.as_ref().and_then(Guide::poll_timeout);
        run.into_iter().chain(guide).min()
    }

    fn poll(&mut self) -> Option<Action> {
        let asked = self.run.as_mut().and_then(Run::poll);
        let asked = asked.or_else(|| self.guide.as_mut().and_then(Guide::poll));
        if self.is_ending {
            self.run.take_if(|run| run.is_over());
        }
        asked
    }
}

impl Shared {
    /// Does what the observers ask for, at the time of what they saw: before anything else happens.
    pub(super) fn obey(&mut self, at: Now, driver: &Driver) {
        while let Some(action) = self.observers.poll() {
            match action {
                Action::Command(command) => {
                    // The composer tells of the reader's own messages.
                    let refusal = self.refusal.take();
                    self.command(command, at, driver);
                    self.refusal = refusal;
                }
                Action::Scale(scale) => self.set_scale(scale, at, now(), driver),
                Action::Stage(incident) => self.stage(&incident, at, driver),
            }
        }
    }

    /// Tells the session what somebody asks for.
    pub(super) fn command(&mut self, command: Command, at: Now, driver: &Driver) {
        if matches!(&command, Command::Connect(target) if *target != Target::Simulator) {
            self.follow(at, driver);
        }
        self.feed(Input::Buffered(self.buffered()), at, driver);
        self.feed(Input::Command(command), at, driver);
    }

    fn before(&self) -> Before {
        let standing = self.conditions.standing().cloned().collect();
        Before::of(&self.session, self.clock.scale(), standing)
    }
}
