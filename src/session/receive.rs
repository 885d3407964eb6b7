//! Receiving: what a text frame means, whom it answers, what it changes.

use crate::entry::{Body, FrameDirection, Note, Outcome, Reading, Seq, Timing};
use crate::protocol::{Envelope, EnvelopeError, MessageType, Now};

use super::request::RequestState;
use super::{Output, Phase, Session};

impl Session {
    /// Reads a frame, answers a ping, and logs what it was.
    pub(super) fn receive(&mut self, text: String, now: Now) {
        let first = match &mut self.phase {
            Phase::Open { messages, .. } => {
                *messages += 1;
                *messages == 1
            }
            _ => false,
        };
        let size = text.len();
        let limit = self.api.limits.message_bytes;
        let decoded = Envelope::decode(&text);
        let reading = match &decoded {
            _ if self.is_echo() => self.read_echo(&text, decoded.as_ref(), first, now),
            // Not ours to act on, and no reason to end the session.
            _ if size > limit => Reading::Malformed(EnvelopeError::TooLarge { size, limit }),
            Err(error) => Reading::Malformed(error.clone()),
            Ok(envelope) => {
                let Some(reading) = self.read(envelope, now) else {
                    let request_id = envelope.request_id.clone().into_owned();
                    return self.answer_ping(request_id, text, now);
                };
                reading
            }
        };
        let settled = settlement(&reading, self.next_seq);
        let body = Body::Message { direction: FrameDirection::Received, text, size, reading };
        self.log(body, now);
        if let Some((request, outcome)) = settled {
            self.outputs.push_back(Output::Settle(request, outcome));
        }
        self.note_restored(now);
    }

    /// Reads an envelope of a server that speaks the API. Returns nothing for its ping.
    fn read(&mut self, envelope: &Envelope<'_>, now: Now) -> Option<Reading> {
        let id = &*envelope.request_id;
        Some(match envelope.kind {
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
            MessageType::Ping => return None,
            kind => Reading::Plain { kind, request_id: id.to_owned() },
        })
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
                MessageType::Subscribe => self.subscriptions.confirm(topic),
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
    fn read_echo(
        &mut self,
        text: &str,
        decoded: Result<&Envelope<'_>, &EnvelopeError>,
        first: bool,
        now: Now,
    ) -> Reading {
        match decoded {
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
                    None if first || !text.trim_start().starts_with('{') => Reading::Banner,
                    None => Reading::Malformed(error.clone()),
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
        Reading::Echo {
            request_id: Some(id.to_owned()),
            request: request.map(|it| it.seq),
            round_trip,
        }
    }

    /// Says so once every subscription of a restore is confirmed.
    fn note_restored(&mut self, now: Now) {
        if let Some(subscriptions) = self.subscriptions.take_restored() {
            self.log(Body::Note(Note::Restored { subscriptions }), now);
        }
    }

    /// Answers the server's ping at once, with its own request id.
    fn answer_ping(&mut self, request_id: String, text: String, now: Now) {
        self.last_ping = Some(now.at);
        let is_answered = self.habits.answers_pings && self.phase.is_open();
        let pong =
            is_answered.then(|| Envelope::new(MessageType::Pong, request_id.as_str()).encode());
        if let Some(pong) = pong.clone() {
            self.transmit_untracked(pong, now);
        }
        self.log(Body::Heartbeat { request_id, ping: text, pong }, now);
    }
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
