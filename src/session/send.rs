//! Sending: what is refused, what is tracked, what is restored.

use crate::entry::{Body, FrameDirection, Note, Outcome, Reading, Refusal, Seq};
use crate::protocol::{Envelope, Instant, MessageType, Now, Topic};

use super::request::{Request, RequestState};
use super::subscription::Asked;
use super::{Output, Phase, Session, Subscription, SubscriptionState};

impl Session {
    /// Sends the reader's frame, or says why not.
    pub(super) fn send(&mut self, text: String, force: bool, now: Now) {
        match self.refusal(&text) {
            Some(refusal) if !(force && refusal.can_be_forced()) => {
                self.log(Body::Note(Note::NotSent { refusal: refusal.clone() }), now);
                self.outputs.push_back(Output::Refused(refusal));
            }
            _ => self.transmit(text, SubscriptionState::Pending, now),
        }
    }

    /// Ends a subscription on the server, or forgets it where there is none to tell.
    pub(super) fn unsubscribe(&mut self, topic: &Topic, now: Now) {
        let may_have = |it: &Subscription| it.topic == *topic && it.state.may_be_at_server();
        if !(self.phase.is_open() && self.subscriptions().iter().any(may_have)) {
            return self.subscriptions.forget(topic);
        }
        let id = self.ids.fresh();
        let envelope = Envelope::new(MessageType::Unsubscribe, id).sent_at(now.wall.to_string());
        self.transmit(envelope.about(topic).encode(), SubscriptionState::Pending, now);
    }

    /// Sends every lost subscription again, with its filters, under a new request id.
    pub(super) fn restore(&mut self, now: Now) {
        let topics = self.subscriptions.lost();
        if topics.is_empty() {
            return;
        }
        self.log(Body::Note(Note::Restoring { subscriptions: topics.len() }), now);
        for topic in topics {
            let id = self.ids.fresh();
            let envelope = Envelope::new(MessageType::Subscribe, id).sent_at(now.wall.to_string());
            self.transmit(envelope.about(&topic).encode(), SubscriptionState::Restoring, now);
        }
    }

    /// Sends a frame that the session writes itself and does not track, such as a pong.
    pub(super) fn transmit_untracked(&mut self, text: String, now: Now) {
        self.note_activity(now);
        self.outputs.push_back(Output::Send { connection: self.connection, text });
    }

    fn refusal(&self, text: &str) -> Option<Refusal> {
        if !self.phase.is_open() {
            return Some(Refusal::NotOpen);
        }
        let limit = self.config.send_buffer;
        if self.buffered > limit {
            return Some(Refusal::Backlog { waiting: self.buffered, limit });
        }
        let limits = &self.api.limits;
        if self.is_echo() {
            return None;
        }
        if let Some(limit) = limits.message_bytes
            && text.len() > limit
        {
            return Some(Refusal::TooLarge { size: text.len(), limit });
        }
        let envelope = Envelope::decode(text).ok()?;
        let is_one_too_many = envelope.kind == MessageType::Subscribe
            && self.is_full()
            && !self.counts(&envelope.topic().ok()?);
        let limit = limits.subscriptions.filter(|_| is_one_too_many)?;
        Some(Refusal::SubscriptionLimit { limit })
    }

    pub(super) fn transmit(&mut self, text: String, subscribing: SubscriptionState, now: Now) {
        debug_assert!(matches!(self.phase, Phase::Open { .. }));
        let (reading, request) = self.read_sent(&text, now);
        let size = text.len();
        let is_malformed = matches!(reading, Reading::Malformed(_));
        let body =
            Body::Message { direction: FrameDirection::Sent, text: text.clone(), size, reading };
        let seq = self.log(body, now);
        if is_malformed {
            self.requests.note_malformed(seq);
        }
        match request {
            Some((id, request)) => {
                self.track(
                    &id,
                    Request { seq, ..request },
                    Asked { seq, bytes: size },
                    subscribing,
                    now,
                );
            }
            None if self.is_echo() => {
                self.sent_raw.push_back(SentRaw { text: text.clone(), seq, sent: now.at });
                if self.sent_raw.len() > SENT_RAW_KEPT {
                    self.sent_raw.pop_front();
                }
            }
            None => {}
        }
        self.transmit_untracked(text, now);
    }

    fn track(
        &mut self,
        id: &str,
        request: Request,
        asked: Asked,
        subscribing: SubscriptionState,
        now: Now,
    ) {
        if let (Some(topic), false) = (&request.topic, self.is_echo()) {
            match request.kind {
                MessageType::Subscribe => self.subscriptions.ask(topic, subscribing, asked),
                MessageType::Unsubscribe => self.subscriptions.end(topic, asked),
                _ => {}
            }
        }
        let deadline = now.at + self.config.answer_patience;
        let unanswered = self.requests.add(id, request, deadline);
        self.leave_unanswered(unanswered);
    }

    /// Settles requests that are no longer waited for, and the subscriptions that waited with them.
    pub(super) fn leave_unanswered(&mut self, requests: Vec<Seq>) {
        for seq in requests {
            self.outputs.push_back(Output::Settle(seq, Outcome::Unanswered));
            self.subscriptions.leave_unanswered(seq);
        }
    }

    /// Reads a frame that is about to be sent. Returns the request in it, if it is one.
    fn read_sent(&mut self, text: &str, now: Now) -> (Reading, Option<(String, Request)>) {
        if self.is_opaque() {
            return (Reading::Opaque, None);
        }
        let envelope = match Envelope::decode(text) {
            Ok(envelope) => envelope,
            Err(error) => return (Reading::Malformed(error), None),
        };
        let kind = envelope.kind;
        let request_id = envelope.request_id.clone().into_owned();
        self.ids.take(&request_id);
        if !kind.expects_answer() && !self.is_echo() {
            return (Reading::Plain { kind, request_id }, None);
        }
        let (outcome, state) = if self.is_echo() {
            (Outcome::Unasked, RequestState::Unasked)
        } else {
            (Outcome::Pending, RequestState::Pending)
        };
        let topic = envelope.topic().ok();
        let request = Request { kind, seq: Seq(0), sent: now.at, topic, state };
        (
            Reading::Request { kind, request_id: request_id.clone(), outcome },
            Some((request_id, request)),
        )
    }
}

/// A frame without a request id: an echo of it is known by its text.
pub(super) struct SentRaw {
    pub(super) text: String,
    pub(super) seq: Seq,
    pub(super) sent: Instant,
}

const SENT_RAW_KEPT: usize = 16;
