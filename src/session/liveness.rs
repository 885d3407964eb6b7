//! Signs of life: the server's silence, the idle timer, and the page's own comings and goings.

use crate::entry::{Body, EndCause, NextStep, Note, Outcome};
use crate::protocol::{Envelope, Instant, MessageType, Millis, Now};

use super::io::PageEvent;
use super::{Output, Phase, Session, SubscriptionState, Target, Timer};

/// What the reader lets the client do by itself.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Habits {
    pub(super) answers_pings: bool,
    pub(super) keeps_alive: bool,
    pub(super) restores: bool,
    pub(super) watches_silence: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { answers_pings: true, keeps_alive: false, restores: true, watches_silence: true }
    }
}

/// What is known of the page.
#[derive(Default)]
pub(super) struct PageState {
    is_hidden: bool,
    is_offline: bool,
    /// Since when it is suspended.
    suspended: Option<Now>,
}

impl Session {
    /// Returns whether the server's ping is overdue: the row "Heartbeat interval" and some grace.
    pub fn is_ping_missed(&self, now: Instant) -> bool {
        self.next_ping().is_some_and(|due| now >= due + self.config.ping_grace)
    }

    /// Returns whether the server will soon close the connection for want of messages.
    pub fn is_nearly_idle(&self, now: Instant) -> bool {
        self.idle_deadline().is_some_and(|deadline| now + self.idle_warning() >= deadline)
    }

    /// Returns whether the server's pings are answered.
    pub fn answers_pings(&self) -> bool {
        self.habits.answers_pings
    }

    /// Returns whether a ping of ours keeps the connection from idling.
    pub fn keeps_alive(&self) -> bool {
        self.habits.keeps_alive
    }

    /// Returns whether lost subscriptions are asked for again when a connection is back.
    pub fn restores(&self) -> bool {
        self.habits.restores
    }

    /// Returns whether a server that is silent for too long is asked for a sign of life.
    pub fn watches_silence(&self) -> bool {
        self.habits.watches_silence
    }

    /// Returns whether the next attempt waits for the network to come back.
    pub fn waits_for_network(&self) -> bool {
        self.page.is_offline && self.needs_network() && matches!(self.phase, Phase::Waiting { .. })
    }

    /// Takes note of a message in either direction.
    pub(super) fn note_activity(&mut self, now: Now) {
        self.last_activity = now.at;
        self.watch_idle(now);
    }

    /// Takes note of a message from the server, which proves that it is there.
    pub(super) fn note_heard(&mut self, now: Now) {
        self.note_activity(now);
        self.last_heard = now;
        self.expect_sign_of_life(now);
    }

    /// Turns the watch over the server's silence on or off. It counts from the last message on.
    pub(super) fn watch_silence(&mut self, on: bool, now: Now) {
        if core::mem::replace(&mut self.habits.watches_silence, on) != on {
            self.timers.stop(Timer::Silence);
            self.expect_sign_of_life(now);
        }
    }

    fn expect_sign_of_life(&mut self, now: Now) {
        self.timers.stop(Timer::Probe);
        let is_watched = self.silence() != Millis::MAX && !self.may_be_silent();
        if self.phase.is_open() && is_watched {
            let due = self.last_heard.at + self.silence();
            self.timers.set(Timer::Silence, now.at.max(due));
        }
    }

    /// Turns the keep-alive on or off.
    pub(super) fn keep_alive(&mut self, on: bool, now: Now) {
        self.habits.keeps_alive = on;
        self.watch_idle(now);
    }

    /// Does what a timer of this file was for.
    pub(super) fn handle_liveness(&mut self, timer: Timer, now: Now) {
        match timer {
            Timer::Idle if self.phase.is_open() => self.ping(now),
            Timer::Probe => self.give_up_on_silence(now),
            Timer::Silence => self.probe(now),
            _ => {}
        }
    }

    /// Takes note of what happens to the page.
    pub(super) fn handle_page(&mut self, event: PageEvent, now: Now) {
        match event {
            PageEvent::Hidden => self.page.is_hidden = true,
            PageEvent::Offline => self.page.is_offline = true,
            PageEvent::Online => {
                self.page.is_offline = false;
                self.retry_if_held(now, true);
            }
            PageEvent::Resumed => {
                if let Some(since) = self.page.suspended.take() {
                    // The monotonic clock may have stood still as well.
                    let span = Millis(now.wall.0.saturating_sub(since.wall.0));
                    self.log(Body::Note(Note::Suspended { span }), now);
                }
                self.doubt(now);
            }
            PageEvent::Suspended => self.page.suspended = Some(now),
            PageEvent::Visible => {
                self.page.is_hidden = false;
                self.retry_if_held(now, false);
                self.doubt(now);
            }
        }
    }

    /// Returns whether an attempt that is due must wait: nobody looks, or there is no network.
    pub(super) fn holds_retry(&self) -> bool {
        self.needs_network() && (self.page.is_offline || self.page.is_hidden)
    }

    fn needs_network(&self) -> bool {
        self.target != Some(Target::Simulator)
    }

    /// Makes the attempt that was held back. `early` makes one that is not due yet, unless the server
    /// asked for the wait.
    fn retry_if_held(&mut self, now: Now, early: bool) {
        if let Phase::Waiting { until, ended, .. } = &self.phase
            && !self.holds_retry()
            && (*until <= now.at || (early && ended.next != NextStep::Wait))
        {
            self.open(now);
        }
    }

    /// Asks for a sign of life at once if the server was silent for too long by either clock: timers
    /// of a page that slept come late.
    fn doubt(&mut self, now: Now) {
        let by_wall = Millis(now.wall.0.saturating_sub(self.last_heard.wall.0));
        let silent = (now.at - self.last_heard.at).max(by_wall);
        let is_probing = self.timers.is_set(Timer::Probe);
        let is_doubtful = !self.may_be_silent() && !is_probing && silent >= self.silence();
        if self.phase.is_open() && is_doubtful {
            self.probe(now);
        }
    }

    /// Returns whether the server's silence means nothing.
    fn may_be_silent(&self) -> bool {
        !self.is_understood() || !self.habits.watches_silence
    }

    fn probe(&mut self, now: Now) {
        if !self.phase.is_open() {
            return;
        }
        self.timers.stop(Timer::Silence);
        self.timers.set(Timer::Probe, now.at + self.config.probe_patience);
        self.log(Body::Note(Note::Silent { after: now.at - self.last_heard.at }), now);
        self.ping(now);
    }

    fn give_up_on_silence(&mut self, now: Now) {
        if self.phase.is_open() {
            self.leave(Note::NoSignOfLife, EndCause::Silent, now);
        }
    }

    fn ping(&mut self, now: Now) {
        let id = self.ids.fresh();
        let ping = Envelope::new(MessageType::Ping, id).sent_at(now.wall.to_string());
        self.transmit(ping.encode(), SubscriptionState::Pending, now);
    }

    fn watch_idle(&mut self, now: Now) {
        // Another API would not understand our ping.
        let keeps_alive = self.habits.keeps_alive && self.is_understood();
        match self.idle_deadline().filter(|_| keeps_alive) {
            Some(deadline) => {
                self.timers.set(Timer::Idle, now.at.max(deadline - self.idle_warning()));
            }
            None => self.timers.stop(Timer::Idle),
        }
    }

    /// Returns how long a connection may be silent before it is doubted: half a heartbeat more than
    /// the server's pings take, if nothing else was configured. Of a server that sends none, silence
    /// means nothing.
    fn silence(&self) -> Millis {
        let by_heartbeat = self.api.timings.heartbeat.map(|it| it + Millis(it.0 / 2));
        self.config.silence.or(by_heartbeat).unwrap_or(Millis::MAX)
    }

    fn idle_warning(&self) -> Millis {
        let share = self.api.timings.idle.map_or(Millis(0), |idle| Millis(idle.0 / 4));
        self.config.idle_warning.min(share)
    }

    /// Settles what a connection leaves behind: requests without an answer, subscriptions.
    pub(super) fn lose_connection(&mut self) {
        self.timers.clear();
        self.sent_raw.clear();
        for seq in self.requests.lose() {
            self.outputs.push_back(Output::Settle(seq, Outcome::Lost));
        }
        self.subscriptions.lose();
    }
}
