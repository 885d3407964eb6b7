//! Subscriptions: what the reader wants, and what the server has confirmed of it.

use crate::entry::Seq;
use crate::protocol::topic::EventFields;
use crate::protocol::{Now, Topic};

/// A subscription as the reader sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Channel and filters.
    pub topic: Topic,
    /// Where it stands.
    pub state: SubscriptionState,
    /// Events received.
    pub events: u64,
    /// When the last one came.
    pub last_event: Option<Now>,
    /// The latest request about it, and the bytes of that.
    asked: Seq,
    asked_bytes: usize,
    /// The first subscribe since it was last ended or lost: acks of earlier ones confirm nothing.
    wanted_since: Seq,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SubscriptionState {
    /// Acknowledged.
    Active,
    /// Unsubscribe had no ack in time; the subscription ends with this connection at the latest.
    EndUnanswered,
    /// Unsubscribe was sent; waiting for its ack.
    Ending,
    /// The connection ended; the next one brings it back.
    Lost,
    /// Subscribe was sent; waiting for its ack.
    Pending,
    /// The server closed the connection over it; it is not brought back.
    Refused,
    /// Sent again after a reconnect; waiting for its ack.
    Restoring,
    /// Subscribe had no ack in time; the next connection asks for it again.
    Unanswered,
}

impl SubscriptionState {
    /// Returns the state's name, for style sheets and tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::EndUnanswered => "end-unanswered",
            Self::Ending => "ending",
            Self::Lost => "lost",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Restoring => "restoring",
            Self::Unanswered => "unanswered",
        }
    }

    /// Returns whether the server has the subscription, or may have it: such ones count against the
    /// row "Max subscriptions per connection" and have events.
    pub const fn may_be_at_server(self) -> bool {
        !matches!(self, Self::Lost | Self::Refused)
    }

    /// Returns whether the reader wants the subscription, and the server has not refused it: it is there,
    /// is asked for, or comes back with the next connection.
    pub const fn is_wanted(self) -> bool {
        !matches!(self, Self::EndUnanswered | Self::Ending | Self::Refused)
    }

    /// Returns whether a subscribe was sent on this connection and the server has not confirmed it.
    const fn is_unconfirmed(self) -> bool {
        matches!(self, Self::Pending | Self::Restoring | Self::Unanswered)
    }
}

/// All subscriptions of a session, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
    /// What has become so far of those that the restore under way sent again.
    restore: RestoreResult,
}

/// What became of the subscriptions that were sent again after a reconnect.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct RestoreResult {
    /// How many the server confirmed.
    pub(super) confirmed: usize,
    /// How many had no ack in time.
    pub(super) unanswered: usize,
}

/// A request about subscriptions that is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Its entry.
    pub(super) seq: Seq,
    /// Its size in UTF-8 bytes.
    pub(super) bytes: usize,
}

impl Subscriptions {
    pub(super) fn all(&self) -> &[Subscription] {
        &self.all
    }

    /// Returns those that count against the limit: all but the refused. A lost one is asked for again
    /// with the next connection.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Subscription> {
        self.all.iter().filter(|it| it.state != SubscriptionState::Refused)
    }

    /// Notes that a subscribe was sent.
    pub(super) fn ask(&mut self, topic: &Topic, state: SubscriptionState, asked: Asked) {
        let Some(known) = self.find(topic) else {
            return self.all.push(Subscription {
                topic: topic.clone(),
                state,
                events: 0,
                last_event: None,
                asked: asked.seq,
                asked_bytes: asked.bytes,
                wanted_since: asked.seq,
            });
        };
        match known.state {
            SubscriptionState::Active => return,
            SubscriptionState::Pending | SubscriptionState::Restoring => {}
            SubscriptionState::Unanswered => known.state = state,
            SubscriptionState::EndUnanswered
            | SubscriptionState::Ending
            | SubscriptionState::Lost
            | SubscriptionState::Refused => {
                known.state = state;
                known.wanted_since = asked.seq;
            }
        }
        known.asked = asked.seq;
        known.asked_bytes = asked.bytes;
    }

    /// Notes that the subscribe of entry `asked` was acknowledged, in time or late. An unsubscribe
    /// sent after it stands.
    pub(super) fn confirm(&mut self, topic: &Topic, asked: Seq) {
        let Some(known) = self.find(topic) else { return };
        if known.state.is_unconfirmed() && asked >= known.wanted_since {
            let was_restoring = known.state == SubscriptionState::Restoring;
            known.state = SubscriptionState::Active;
            self.restore.confirmed += usize::from(was_restoring);
        }
    }

    /// Notes that the request of entry `asked` has no ack and is no longer waited for. One that was
    /// sent after it is.
    pub(super) fn leave_unanswered(&mut self, asked: Seq) {
        for it in self.all.iter_mut().filter(|it| it.asked == asked) {
            match it.state {
                SubscriptionState::Ending => it.state = SubscriptionState::EndUnanswered,
                SubscriptionState::Pending => it.state = SubscriptionState::Unanswered,
                SubscriptionState::Restoring => {
                    it.state = SubscriptionState::Unanswered;
                    self.restore.unanswered += 1;
                }
                _ => {}
            }
        }
    }

    /// Returns, once, what became of a restore, when none of its subscriptions is waited for any more.
    pub(super) fn take_restored(&mut self) -> Option<RestoreResult> {
        let is_under_way = self.all.iter().any(|it| it.state == SubscriptionState::Restoring);
        let result =
            Some(self.restore).filter(|it| !is_under_way && *it != RestoreResult::default());
        if result.is_some() {
            self.restore = RestoreResult::default();
        }
        result
    }

    /// Notes that an unsubscribe was sent: without filters it ends all of the channel. The server has
    /// nothing to end of a refused one.
    pub(super) fn end(&mut self, topic: &Topic, asked: Asked) {
        self.all.retain(|it| !(is_ended_by(it, topic) && it.state == SubscriptionState::Refused));
        for it in self.all.iter_mut().filter(|it| is_ended_by(it, topic)) {
            it.state = SubscriptionState::Ending;
            it.asked = asked.seq;
            it.asked_bytes = asked.bytes;
        }
    }

    /// Notes that an unsubscribe was acknowledged, in time or late. A subscribe sent after it stands.
    pub(super) fn remove(&mut self, topic: &Topic) {
        let is_ending = |it: &Subscription| {
            matches!(it.state, SubscriptionState::Ending | SubscriptionState::EndUnanswered)
        };
        self.all.retain(|it| !(is_ended_by(it, topic) && is_ending(it)));
    }

    /// Forgets one subscription.
    pub(super) fn forget(&mut self, topic: &Topic) {
        self.all.retain(|it| it.topic != *topic);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes that the server closed the connection over the request of entry `asked`. Of a restore
    /// with several requests under way nothing is refused: the server had accepted them before.
    pub(super) fn refuse(&mut self, asked: Seq) {
        let unconfirmed = self.all.iter().filter(|it| it.state.is_unconfirmed()).count();
        for it in self.all.iter_mut().filter(|it| it.asked == asked && it.state.is_unconfirmed()) {
            if it.state != SubscriptionState::Restoring || unconfirmed == 1 {
                it.state = SubscriptionState::Refused;
            }
        }
    }

    /// Notes that the server closed the connection over a message of more than `limit` bytes.
    pub(super) fn refuse_larger_than(&mut self, limit: usize) {
        for it in &mut self.all {
            if it.state.is_unconfirmed() && it.asked_bytes > limit {
                it.state = SubscriptionState::Refused;
            }
        }
    }

    /// Notes that the server closed the connection over too many subscriptions: the latest that it has
    /// not confirmed are refused, as many as are over `limit`, and one at least.
    pub(super) fn refuse_over(&mut self, limit: usize) {
        let over = self.counted().count().saturating_sub(limit).max(1);
        for _ in 0..over {
            let unconfirmed = self.all.iter_mut().filter(|it| it.state.is_unconfirmed());
            if let Some(latest) = unconfirmed.max_by_key(|it| it.asked) {
                latest.state = SubscriptionState::Refused;
            }
        }
    }

    /// Notes that the connection ended.
    pub(super) fn lose(&mut self) {
        self.restore = RestoreResult::default();
        self.all.retain(|it| {
            !matches!(it.state, SubscriptionState::Ending | SubscriptionState::EndUnanswered)
        });
        for it in &mut self.all {
            if it.state != SubscriptionState::Refused {
                it.state = SubscriptionState::Lost;
            }
        }
    }

    /// Returns the topics to ask for again.
    pub(super) fn lost(&self) -> Vec<Topic> {
        let lost = self.all.iter().filter(|it| it.state == SubscriptionState::Lost);
        lost.map(|it| it.topic.clone()).collect()
    }

    /// Counts an event of `channel` whose data is this JSON text.
    pub(super) fn count_event(&mut self, channel: &str, data: Option<&str>, now: Now) {
        let mut fields = None;
        let open = self.all.iter_mut().filter(|it| it.state != SubscriptionState::Refused);
        for it in open.filter(|it| it.topic.channel == channel) {
            let is_its = !it.topic.is_filtered() || {
                it.topic.admits(fields.get_or_insert_with(|| EventFields::of(data)))
            };
            if is_its {
                it.events += 1;
                it.last_event = Some(now);
            }
        }
    }

    fn find(&mut self, topic: &Topic) -> Option<&mut Subscription> {
        self.all.iter_mut().find(|it| it.topic == *topic)
    }
}

fn is_ended_by(it: &Subscription, topic: &Topic) -> bool {
    it.topic == *topic || (!topic.is_filtered() && it.topic.channel == topic.channel)
}
