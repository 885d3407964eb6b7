//! What can be done to the simulator and its time, and to nothing else.

use std::sync::Arc;

use crate::api::Api;
use crate::entry::Note;
use crate::protocol::{Incident, Instant, Millis, Now, TimeScale};
use crate::session::{Input, Target};
use crate::simulator::{Conditions, Link, LinkEvent, Network, Settings};

use super::clock::now;
use super::observer::Observers;
use super::{ActiveLink, Carrier, Driver, Shared};

/// Opens a simulated connection: of this API, under these conditions, with this seed.
pub(super) type Dial = fn(Arc<Api>, Conditions, u64, Now) -> Box<dyn SimulatedLink>;

/// A simulated connection. The driver knows no more of it: the simulator comes later than the rest of
/// the program. See [`Link`] for what each of these does.
pub(super) trait SimulatedLink {
    fn close(&mut self, now: Now);
    fn conditions(&self) -> &Conditions;
    fn next_arrival(&mut self, until: Now) -> Option<Instant>;
    fn poll(&mut self, until: Now) -> Option<(Now, LinkEvent)>;
    fn poll_timeout(&self) -> Option<Instant>;
    fn send(&mut self, text: String, now: Now);
    fn stage(&mut self, incident: &Incident, now: Now) -> Incident;
}

impl SimulatedLink for Link {
    fn close(&mut self, now: Now) {
        self.close(now);
    }

    fn conditions(&self) -> &Conditions {
        self.conditions()
    }

    fn next_arrival(&mut self, until: Now) -> Option<Instant> {
        self.next_arrival(until)
    }

    fn poll(&mut self, until: Now) -> Option<(Now, LinkEvent)> {
        self.poll(until)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.poll_timeout()
    }

    fn send(&mut self, text: String, now: Now) {
        self.send(text, now);
    }

    fn stage(&mut self, incident: &Incident, now: Now) -> Incident {
        self.stage(incident, now)
    }
}

fn dial(api: Arc<Api>, conditions: Conditions, seed: u64, at: Now) -> Box<dyn SimulatedLink> {
    let (settings, network) = (Settings::of(&api), Network::default());
    Box::new(Link::open(api, settings, network, conditions, seed, at))
}

impl Driver {
    /// Makes the simulator and its observers known. Before, nothing connects to it.
    pub fn install_simulator(&self) {
        let mut shared = self.shared.borrow_mut();
        shared.dial = Some(dial);
        shared.observer = Some(Box::new(Observers::default()));
    }

    /// Lets something go wrong on the simulated connection, or undoes it. What stands stands for
    /// connections to come as well; what happens once needs an open one. Another target knows no
    /// incidents.
    pub fn stage(&self, incident: &Incident) {
        self.act(|shared, real| shared.stage(incident, shared.clock.read(real), self));
    }

    /// Lets the simulated time pass at another speed. On another target it passes as it does.
    pub fn set_scale(&self, scale: TimeScale) {
        self.act(|shared, real| shared.set_scale(scale, shared.clock.read(real), real, self));
    }

    /// Leaps to the next thing that the log tells of, an hour at most.
    pub fn jump(&self) {
        self.act(|shared, real| shared.jump(real, self));
    }

    /// Does something to what has happened up to now, and what it leads to.
    pub(super) fn act(&self, act: impl FnOnce(&mut Shared, Now)) {
        let mut shared = self.shared.borrow_mut();
        let real = now();
        shared.catch_up(real, self);
        act(&mut shared, real);
        let at = shared.clock.read(real);
        shared.obey(at, self);
        shared.catch_up(real, self);
        shared.arm(self, real);
        shared.show_now(real);
    }
}

impl Shared {
    pub(super) fn is_simulated(&self) -> bool {
        self.session.target() == Some(&Target::Simulator)
    }

    pub(super) fn stage(&mut self, incident: &Incident, at: Now, driver: &Driver) {
        let is_open = self.session.phase().is_open();
        if !self.is_simulated() || !(is_open || incident.undone().is_some()) {
            return;
        }
        let staged = match &mut self.link {
            Some(ActiveLink { carrier: Carrier::Simulated(link), .. }) => link.stage(incident, at),
            _ => incident.clone(),
        };
        self.conditions.apply(&staged);
        self.feed(Input::Noted(Note::Staged(staged)), at, driver);
    }

    pub(super) fn set_scale(&mut self, scale: TimeScale, at: Now, real: Now, driver: &Driver) {
        if self.is_simulated() && scale != self.clock.scale() {
            self.clock.set_scale(scale, at, real);
            self.feed(Input::Noted(Note::Scaled(scale)), at, driver);
        }
    }

    /// Goes by the machine's clock from here on, and says so if that is another speed.
    pub(super) fn follow(&mut self, at: Now, driver: &Driver) {
        let real = now();
        self.set_scale(TimeScale::Real, at, real, driver);
        self.clock.follow(real);
    }

    fn jump(&mut self, real: Now, driver: &Driver) {
        let start = self.clock.read(real);
        let timers = [self.session.poll_timeout(), self.observed()];
        let timer = timers.into_iter().flatten().min();
        if !self.is_simulated() || timer.is_none() && self.simulated().is_none() {
            return;
        }
        let end = start.at + LONGEST_JUMP;
        let until = timer.map_or(end, |due| due.min(end));
        let arrival = match &mut self.link {
            Some(ActiveLink { carrier: Carrier::Simulated(link), .. }) => {
                link.next_arrival(start.when(until))
            }
            _ => None,
        };
        let target = arrival.unwrap_or(until);
        self.clock.advance_to(target, real);
        let note = Note::Jumped { span: target - start.at };
        self.feed(Input::Noted(note), start.when(target), driver);
    }
}

/// Where nothing happens, a reader comes this far and may leap again.
const LONGEST_JUMP: Millis = Millis::seconds(3_600);
