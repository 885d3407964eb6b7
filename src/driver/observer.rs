//! Those who watch the log and ask for something: an experiment and the guided path.
//!
//! The driver knows an [`Observer`] and no more of it: [`Observers`] comes with the simulator, later than
//! the rest of the program.

use std::any::Any;
use std::sync::Arc;

use crate::experiment::{Action, Before, Experiment, Guide, Observed, Run};
use crate::protocol::{Instant, Now, TimeScale};
use crate::session::{Command, Input, Target};

use super::clock::now;
use super::{Driver, Shared, View};

/// Somebody who watches the log and asks for something.
pub(super) trait Observer: Any {
    /// Takes note of what was logged, or that its time has come.
    fn handle(&mut self, what: Observed<'_>, at: Now);

    /// Returns the next thing that is asked for.
    fn poll(&mut self) -> Option<Action>;

    /// Returns when it wants to be asked again.
    fn poll_timeout(&self) -> Option<Instant>;
}

/// The experiment that runs, and the guided path.
#[derive(Default)]
pub struct Observers {
    run: Option<Run>,
    /// Whether the reader has left the run, which may have something to put back.
    is_ending: bool,
    guide: Option<Guide>,
}

impl Driver {
    /// Runs an experiment, in the place of any other.
    pub fn run(&self, experiment: Experiment) {
        self.observe(|observers, shared, _| {
            let before = shared.before();
            match observers.run.as_mut().filter(|run| !run.is_over()) {
                Some(run) => run.go_on_with(&shared.api, experiment, before),
                None => observers.run = Some(Run::new(&shared.api, experiment, before)),
            }
            observers.is_ending = false;
        });
    }

    /// Leaves the experiment, whether it has ended or not, and puts back what was there before.
    pub fn end_run(&self) {
        self.observe(|observers, _, _| {
            if let Some(run) = &mut observers.run {
                run.put_back();
                observers.is_ending = true;
            }
        });
    }

    /// Begins the guided path. What has happened so far counts.
    pub fn begin_guide(&self) {
        self.observe(|observers, shared, _| {
            let mut guide = Guide::new(Arc::clone(&shared.api), &Before::default());
            for row in shared.log.range(0..usize::MAX) {
                guide.handle(Observed::Entry(&row.entry), row.entry.at);
            }
            observers.guide = Some(guide);
        });
    }

    /// Does something to the guided path, if it is under way, and what it asks for then.
    pub fn guide(&self, act: impl FnOnce(&mut Guide, Now)) {
        self.observe(|observers, _, at| {
            if let Some(guide) = &mut observers.guide {
                act(guide, at);
            }
        });
    }

    /// Leaves the guided path.
    pub fn end_guide(&self) {
        self.observe(|observers, _, _| observers.guide = None);
    }

    /// Does something to the observers, once they are there, and what they ask for then.
    fn observe(&self, act: impl FnOnce(&mut Observers, &Shared, Now)) {
        self.act(|shared, real| {
            let at = shared.clock.read(real);
            if let Some(mut observer) = shared.observer.take() {
                let any: &mut dyn Any = &mut *observer;
                if let Some(observers) = any.downcast_mut() {
                    act(observers, shared, at);
                }
                shared.observer = Some(observer);
            }
        });
    }
}

impl Observers {
    /// Returns the experiment that the reader looks at.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref().filter(|_| !self.is_ending)
    }

    /// Returns the guided path, while the reader is on it.
    pub fn guide(&self) -> Option<&Guide> {
        self.guide.as_ref()
    }
}

impl Observer for Observers {
    fn handle(&mut self, what: Observed<'_>, at: Now) {
        if let Some(run) = &mut self.run {
            run.handle(what, at);
        }
        if let Some(guide) = &mut self.guide {
            guide.handle(what, at);
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
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

impl View<'_> {
    /// Returns those who watch the log, once they are there.
    pub fn observers(&self) -> Option<&Observers> {
        let any: &dyn Any = self.observer?;
        any.downcast_ref()
    }
}

impl Shared {
    pub(super) fn observe(&mut self, what: Observed<'_>, at: Now) {
        if let Some(observer) = &mut self.observer {
            observer.handle(what, at);
        }
    }

    /// Returns when the observers want to be asked again.
    pub(super) fn observed(&self) -> Option<Instant> {
        self.observer.as_ref()?.poll_timeout()
    }

    /// Does what the observers ask for, at the time of what they saw: before anything else happens.
    pub(super) fn obey(&mut self, at: Now, driver: &Driver) {
        while let Some(action) = self.observer.as_mut().and_then(|it| it.poll()) {
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
        match &command {
            Command::Connect(target) if *target != Target::Simulator => self.follow(at, driver),
            // The end of a connection takes a moment, which must not stand still.
            Command::Disconnect if self.clock.scale() == TimeScale::Paused => {
                self.set_scale(TimeScale::Real, at, now(), driver);
            }
            _ => {}
        }
        self.feed(Input::Buffered(self.buffered()), at, driver);
        self.feed(Input::Command(command), at, driver);
    }

    fn before(&self) -> Before {
        let standing = self.conditions.standing().cloned().collect();
        Before::of(&self.session, self.clock.scale(), standing)
    }
}
