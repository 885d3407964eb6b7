//! The end of a connection, ours or the server's, and what follows from it: the table "WebSocket close
//! codes".

use crate::api::Fault;
use crate::entry::{Body, EndCause, Ended, NextStep, Note};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Millis, Now};

use super::{OpenFailure, Output, Phase, Session, Timer};

impl Session {
    /// Takes note that the connection has ended.
    pub(super) fn closed(&mut self, code: CloseCode, reason: String, clean: bool, now: Now) {
        let reason = self.redact(reason);
        match self.phase {
            Phase::Connecting { .. } => self.open_failed(OpenFailure::Unreachable, now),
            Phase::Closing { .. } => {
                self.log(Body::Closed { code, reason, clean, ours: true }, now);
                self.lose_connection();
                self.after_own_close(EndCause::Asked, now);
            }
            Phase::Open { .. } => {
                self.reset_backoff_if_stable(now);
                self.log(Body::Closed { code, reason: reason.clone(), clean, ours: false }, now);
                self.refuse(code);
                self.lose_connection();
                self.react(code, EndCause::Closed { code, reason, clean }, now);
            }
            Phase::Idle { .. } | Phase::Waiting { .. } => {}
        }
    }

    /// Starts the backoff over after a connection that worked. Opening is not enough, and neither is
    /// text: a server that accepts and closes must not be hammered.
    pub(super) fn reset_backoff_if_stable(&mut self, now: Now) {
        if let Phase::Open { since, has_spoken: true, .. } = self.phase
            && now.at - since >= self.config.stable_after
        {
            self.backoff.reset();
        }
    }

    /// Marks the subscriptions that the code is about as refused, as far as that can be known. All
    /// others are lost with the connection and come back with the next one.
    fn refuse(&mut self, code: CloseCode) {
        let limits = &self.api.limits;
        match self.api.close(code).and_then(|row| row.fault) {
            Some(Fault::MessageSize) => {
                if let Some(limit) = limits.message_bytes {
                    self.subscriptions.refuse_larger_than(limit);
                }
            }
            Some(Fault::Policy) => {
                if let Some(request) = self.requests.accused() {
                    self.subscriptions.refuse(request);
                }
            }
            Some(Fault::SubscriptionLimit) => {
                if let Some(limit) = limits.subscriptions {
                    self.subscriptions.refuse_over(limit);
                }
            }
            Some(Fault::Authentication | Fault::RateLimit) | None => {}
        }
    }

    /// Does what the column "Client action" says.
    fn react(&mut self, code: CloseCode, cause: EndCause, now: Now) {
        let next = match self.api.reaction(code) {
            Reaction::AskForKey => NextStep::AskForKey,
            Reaction::Backoff => return self.wait(None, cause, now),
            Reaction::BackoffBelowLimit if !self.is_full() => return self.wait(None, cause, now),
            Reaction::BackoffBelowLimit | Reaction::Stop => NextStep::Rest,
            Reaction::Wait(delay) => return self.wait(Some(delay), cause, now),
        };
        self.rest(Some(Ended { cause, next }));
    }

    /// Schedules the next attempt: after `asked` if the server asked for that wait, else by the row
    /// "Reconnect strategy".
    pub(super) fn wait(&mut self, asked: Option<Millis>, cause: EndCause, now: Now) {
        let backoff = self.backoff.advance();
        let delay = asked.unwrap_or(backoff);
        let attempt = self.backoff.attempt();
        let until = now.at + delay;
        self.timers.set(Timer::Retry, until);
        let next = if asked.is_some() { NextStep::Wait } else { NextStep::Retry };
        self.phase = Phase::Waiting { until, delay, attempt, ended: Ended { cause, next } };
        let is_backoff = next == NextStep::Retry;
        self.log(Body::Note(Note::Reconnecting { attempt, delay, is_backoff }), now);
    }

    /// Closes the open connection and waits for the server to confirm.
    pub(super) fn close(&mut self, now: Now) {
        self.phase = Phase::Closing { since: now.at };
        self.timers.clear();
        self.timers.set(Timer::Close, now.at + self.config.close_patience);
        self.outputs.push_back(Output::Close { connection: self.connection });
    }

    /// Leaves the open connection as if the network had broken, and goes on as after that: the row
    /// 1006 of the close-code table.
    pub(super) fn break_off(&mut self, now: Now) {
        if self.phase.is_open() {
            self.leave(Note::Broken, EndCause::Broken, now);
        }
    }

    /// Leaves the open connection without a word to the server, and tries again.
    pub(super) fn leave(&mut self, note: Note, cause: EndCause, now: Now) {
        self.outputs.push_back(Output::Abandon { connection: self.connection });
        self.log(Body::Note(note), now);
        self.reset_backoff_if_stable(now);
        self.lose_connection();
        self.wait(None, cause, now);
    }

    /// Stops waiting for a close that the server does not confirm.
    pub(super) fn detach(&mut self, now: Now) {
        if matches!(self.phase, Phase::Closing { .. }) {
            self.outputs.push_back(Output::Abandon { connection: self.connection });
            self.log(Body::Note(Note::Unconfirmed), now);
            self.lose_connection();
            self.after_own_close(EndCause::Unconfirmed, now);
        }
    }

    fn after_own_close(&mut self, cause: EndCause, now: Now) {
        match self.next_target.take() {
            Some(target) => self.begin(target, now),
            None => self.rest(Some(Ended::at_rest(cause))),
        }
    }
}
