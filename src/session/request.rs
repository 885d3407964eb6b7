//! Requests in flight and the answers to them: the page's "request/response correlation".

use std::collections::{HashMap, VecDeque};

use crate::entry::Seq;
use crate::protocol::{Instant, MessageType, Topic};

/// The requests of a session, by id.
#[derive(Debug, Default)]
pub(super) struct Requests {
    by_id: HashMap<String, Request>,
    /// The ids in the order of sending; the oldest are forgotten first.
    order: VecDeque<String>,
    /// Deadlines of pending requests in the order of sending, which is the order of time.
    deadlines: VecDeque<(Instant, Seq, String)>,
    /// Of this connection: the latest request, the latest frame that was no envelope, the latest
    /// request that was answered.
    latest: Option<Seq>,
    latest_malformed: Option<Seq>,
    latest_answered: Option<Seq>,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) kind: MessageType,
    pub(super) seq: Seq,
    pub(super) sent: Instant,
    pub(super) topic: Option<Topic>,
    pub(super) state: RequestState,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RequestState {
    Answered,
    Lost,
    Overdue,
    Pending,
    /// Sent to an echo server, which answers nothing.
    Unasked,
}

impl Requests {
    /// Adds a request. Returns the entries of pending ones that can have no answer of their own any
    /// more: one with the same id, and the oldest where there are too many.
    pub(super) fn add(&mut self, id: &str, request: Request, deadline: Instant) -> Vec<Seq> {
        if request.state == RequestState::Pending {
            self.deadlines.push_back((deadline, request.seq, id.to_owned()));
        }
        self.latest = Some(request.seq);
        let replaced = self.by_id.insert(id.to_owned(), request);
        if replaced.is_none() {
            self.order.push_back(id.to_owned());
        }
        let is_full = self.order.len() > REMEMBERED;
        let oldest = if is_full { self.order.pop_front() } else { None };
        let forgotten = oldest.and_then(|id| self.by_id.remove(&id));
        self.stop_waiting();
        let is_pending = |request: &Request| request.state == RequestState::Pending;
        let gone = replaced.into_iter().chain(forgotten);
        gone.filter(is_pending).map(|request| request.seq).collect()
    }

    /// Notes that a frame was sent that is no envelope.
    pub(super) fn note_malformed(&mut self, seq: Seq) {
        self.latest_malformed = Some(seq);
    }

    /// Returns the request that a server answers with a close over its rules, as far as that can be
    /// known: the latest one, if it has no answer. A server takes messages in their order, so a frame
    /// that was no envelope and was not followed by an answer goes first.
    pub(super) fn accused(&self) -> Option<Seq> {
        let is_open = self.latest > self.latest_answered;
        let is_malformed = self.latest_malformed > self.latest_answered;
        self.latest.filter(|_| is_open && !is_malformed)
    }

    /// Returns the request of this id.
    pub(super) fn find(&self, id: &str) -> Option<&Request> {
        self.by_id.get(id)
    }

    /// Returns whether a request of this id and type has no answer yet.
    pub(super) fn awaits(&self, id: &str, kind: MessageType) -> bool {
        self.find(id).is_some_and(|it| it.kind == kind && it.state != RequestState::Answered)
    }

    /// Forgets every request: their ids mean nothing to another server.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Marks the request of this id as answered. Returns it as it was before.
    pub(super) fn answer(&mut self, id: &str) -> Option<Request> {
        let request = self.by_id.get_mut(id)?;
        let before = request.clone();
        request.state = RequestState::Answered;
        self.latest_answered = self.latest_answered.max(Some(request.seq));
        self.stop_waiting();
        Some(before)
    }

    /// Sees to it that the first deadline is one that somebody waits for.
    fn stop_waiting(&mut self) {
        let by_id = &self.by_id;
        let is_over = |(_, seq, id): &mut (Instant, Seq, String)| {
            // A later request may have taken the id.
            let request = by_id.get(id).filter(|request| request.seq == *seq);
            request.is_none_or(|request| request.state != RequestState::Pending)
        };
        while self.deadlines.pop_front_if(is_over).is_some() {}
    }

    /// Returns when the next pending request is overdue.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.front().map(|(deadline, ..)| *deadline)
    }

    /// Marks pending requests whose time is over as overdue. Returns their entries.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Seq> {
        let mut expired = Vec::new();
        while let Some((_, seq, id)) = self.deadlines.pop_front_if(|(due, ..)| *due <= now) {
            if let Some(request) = self.by_id.get_mut(&id)
                // A later request may have taken the id.
                && request.seq == seq
                && request.state == RequestState::Pending
            {
                request.state = RequestState::Overdue;
                expired.push(seq);
            }
        }
        expired
    }

    /// Marks everything without an answer as lost. Returns the entries.
    pub(super) fn lose(&mut self) -> Vec<Seq> {
        self.deadlines.clear();
        self.latest = None;
        self.latest_malformed = None;
        self.latest_answered = None;
        let mut lost = Vec::new();
        for id in &self.order {
            if let Some(request) = self.by_id.get_mut(id)
                && matches!(request.state, RequestState::Overdue | RequestState::Pending)
            {
                request.state = RequestState::Lost;
                lost.push(request.seq);
            }
        }
        lost
    }
}

/// How many requests are remembered, to tell a duplicate answer from an unknown one.
const REMEMBERED: usize = 2_000;
