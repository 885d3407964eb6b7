//! Receiving: what a text frame means, whom it answers, what it changes.

use crate::entry::{Body, FrameDirection, Note, Outcome, Reading, Seq, Timing};
use crate::protocol::{Envelope, EnvelopeError, MessageType, Now};

use super::request::RequestState;
use super::subscription::RestoreResult;
use super::{Output, Phase, Session};

impl Session {
    /// Reads a frame, answers a ping, and logs what it was.
    pub(super) fn receive(&mut self, text: String, now: Now) {
        let is_first = match &mut self.phase {
            Phase::Open { has_text, .. } => !core::mem::replace(has_text, true),
            _ => false,
        };
        let size = text.len();
        let limit = self.api.limits.message_bytes.filter(|limit| size > *limit);
        let reading = if self.is_echo() {
            self.read_echo(&text, is_first, now)
        } else if self.is_opaque() {
            Reading::Opaque
        } else if let Some(limit) = limit {
            // Not ours to act on, nor worth the reading, and no reason to end the session.
            Reading::Malformed(EnvelopeError::TooLarge { size, limit })
        } else {
            match Envelope::decode(&text) {
                Err(error) => Reading::Malformed(error),
                Ok(envelope) => {
                    let reading = self.read(&envelope, now);
                    if is_ping(&reading) && self.phase.is_open() {
                        self.note_spoken(&reading);
                        let request_id = envelope.request_id.into_owned();
                        return self.answer_ping(request_id, text, now);
                    }
                    reading
                }
            }
        };
        self.note_spoken(&reading);
        let settled = settlement(&reading, self.next_seq);
        let body = Body::Message { direction: FrameDirection::Received, text, size, reading };
        self.log(body, now);
        if let Some((request, outcome)) = settled {
            self.outputs.push_back(Output::Settle(request, outcome));
        }
    }

    /// Takes note of a frame that shows what the server is: one of the API's envelopes, or an echo of
    /// an echo server. Text alone shows nothing; whatever answers at an address can send it.
    fn note_spoken(&mut self, reading: &Reading) {
        let shows = match reading {
            Reading::Answer { .. }
            | Reading::Event { .. }
            | Reading::Opaque
            | Reading::Plain { .. } => !self.is_echo(),
            Reading::Echo { .. } => self.is_echo(),
            Reading::Banner | Reading::Malformed(_) | Reading::Request { .. } => false,
        };
        if let Phase::Open { has_spoken, .. } = &mut self.phase {
            *has_spoken |= shows;
        }
    }

    /// Reads an envelope of a server that speaks the API.
    fn read(&mut self, envelope: &Envelope<'_>, now: Now) -> Reading {
        let id = &*envelope.request_id;
        match envelope.kind {
            MessageType::Ack | MessageType::Pong => self.read_answer(envelope, now),
            MessageType::Event => match envelope.event() {
                Ok(event) => {
                    self.subscriptions.count_event(&event.event_type, event.data, now);
                    Reading::Event { channel: event.event_type.clone().into_owned() }
                }
                Err(error) => Reading::Malformed(error),
            },
            // Our own frame: whoever listens there is an echo, and an echoed ping is not answered.
            kind if self.requests.awaits(id, kind) => self.read_own(id, now),
            kind => Reading::Plain { kind, request_id: id.to_owned() },
        }
    }

    fn read_answer(&mut self, envelope: &Envelope<'_>, now: Now) -> Reading {
        let kind = envelope.kind;
        let request_id = envelope.request_id.clone().into_owned();
        // A pong answers a ping and nothing else; an ack is accepted for every request.
        let is_answer = self
            .requests
            .find(&request_id)
            .is_some_and(|it| kind == MessageType::Ack || it.kind == MessageType::Ping);
        let before = is_answer.then(|| self.requests.answer(&request_id)).flatten();
        let Some(request) = before else {
            let timing = Timing::Unknown;
            return Reading::Answer { kind, request_id, request: None, round_trip: None, timing };
        };
        let timing = match request.state {
            RequestState::Answered => Timing::Duplicate,
            RequestState::Lost | RequestState::Overdue => Timing::Late,
            RequestState::Pending | RequestState::Unasked => Timing::InTime,
        };
        let round_trip = now.at - request.sent;
        if timing == Timing::InTime {
            self.round_trips.push(round_trip);
        }
        let is_of_this_connection =
            matches!(request.state, RequestState::Overdue | RequestState::Pending);
        if let (Some(topic), true) = (&request.topic, is_of_this_connection) {
            match request.kind {
                MessageType::Subscribe => self.subscriptions.confirm(topic, request.seq),
                MessageType::Unsubscribe => self.subscriptions.remove(topic),
                _ => {}
            }
        }
        Reading::Answer {
            kind,
            request_id,
            request: Some(request.seq),
            round_trip: Some(round_trip),
            timing,
        }
    }

    /// Reads a frame of an echo server.
    fn read_echo(&mut self, text: &str, is_first: bool, now: Now) -> Reading {
        match Envelope::decode(text) {
            Ok(envelope) if self.requests.find(&envelope.request_id).is_some() => {
                self.read_own(&envelope.request_id, now)
            }
            Ok(envelope) => Reading::Plain {
                kind: envelope.kind,
                request_id: envelope.request_id.clone().into_owned(),
            },
            Err(error) => {
                let own = self.sent_raw.iter().position(|raw| raw.text == text);
                match own.and_then(|index| self.sent_raw.remove(index)) {
                    Some(raw) => Reading::Echo {
                        request_id: None,
                        request: Some(raw.seq),
                        round_trip: Some(now.at - raw.sent),
                    },
                    // Public echo servers greet, and say good-bye, in plain text.
                    None if is_first || !text.trim_start().starts_with('{') => Reading::Banner,
                    None => Reading::Malformed(error),
                }
            }
        }
    }

    /// Reads a frame of ours that came back. Only the first time says how long that took.
    fn read_own(&mut self, id: &str, now: Now) -> Reading {
        let request = self.requests.answer(id).filter(|it| it.state != RequestState::Answered);
        let round_trip = request.as_ref().map(|it| now.at - it.sent);
        if let Some(round_trip) = round_trip {
            self.round_trips.push(round_trip);
        }
        if let Some(request) = &request {
            self.subscriptions.leave_unanswered(request.seq);
        }
        Reading::Echo {
            request_id: Some(id.to_owned()),
            request: request.map(|it| it.seq),
            round_trip,
        }
    }

    /// Says what became of a restore once nothing of it is waited for.
    pub(super) fn note_restored(&mut self, now: Now) {
        if let Some(RestoreResult { confirmed, unanswered }) = self.subscriptions.take_restored() {
            self.log(Body::Note(Note::Restored { subscriptions: confirmed, unanswered }), now);
        }
    }

    /// Answers the server's ping at once, with its own request id: the row "Heartbeat interval".
    fn answer_ping(&mut self, request_id: String, text: String, now: Now) {
        self.last_ping = Some(now.at);
        let pong = || Envelope::new(MessageType::Pong, request_id.as_str()).encode();
        let pong = self.habits.answers_pings.then(pong);
        if let Some(pong) = pong.clone() {
            self.transmit_untracked(pong, now);
        }
        self.log(Body::Heartbeat { request_id, ping: text, pong }, now);
    }
}

fn is_ping(reading: &Reading) -> bool {
    matches!(reading, Reading::Plain { kind: MessageType::Ping, .. })
}

/// Returns the request that the reading of entry `by` settles, and its outcome.
fn settlement(reading: &Reading, by: Seq) -> Option<(Seq, Outcome)> {
    match *reading {
        Reading::Answer { request, round_trip, timing, .. } => {
            let round_trip = round_trip?;
            let outcome = match timing {
                Timing::InTime => Outcome::Answered { by, round_trip },
                Timing::Late => Outcome::Late { by, round_trip },
                Timing::Duplicate | Timing::Unknown => return None,
            };
            Some((request?, outcome))
        }
        Reading::Echo { request, round_trip, .. } => {
            Some((request?, Outcome::Echoed { by, round_trip: round_trip? }))
        }
        _ => None,
    }
}
