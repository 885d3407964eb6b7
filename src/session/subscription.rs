//! Subscriptions: what the reader wants, and what the server has confirmed of it.

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
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SubscriptionState {
    /// Acknowledged.
    Active,
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
}

impl SubscriptionState {
    /// Returns the state's name, for style sheets and tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Lost => "lost",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Restoring => "restoring",
        }
    }
}

/// All subscriptions of a session, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
    /// How many subscriptions the restore under way sent again.
    restoring: usize,
}

impl Subscriptions {
    pub(super) fn all(&self) -> &[Subscription] {
        &self.all
    }

    /// Returns the topics that count against the limit: all but the refused.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Topic> {
        let counts = |it: &&Subscription| it.state != SubscriptionState::Refused;
        self.all.iter().filter(counts).map(|it| &it.topic)
    }

    /// Returns how many count against the limit.
    pub(super) fn count(&self) -> usize {
        self.counted().count()
    }

    /// Returns whether one more subscribe of `topic` would add to the count.
    pub(super) fn would_add(&self, topic: &Topic) -> bool {
        !self.counted().any(|counted| counted == topic)
    }

    /// Notes that a subscribe was sent.
    pub(super) fn ask(&mut self, topic: &Topic, state: SubscriptionState) {
        match self.find(topic) {
            Some(known) if known.state == SubscriptionState::Active => {}
            Some(known) => known.state = state,
            None => {
                self.all.push(Subscription {
                    topic: topic.clone(),
                    state,
                    events: 0,
                    last_event: None,
                });
            }
        }
    }

    /// Notes that a subscribe was acknowledged. An unsubscribe sent after it stands.
    pub(super) fn confirm(&mut self, topic: &Topic) {
        if let Some(known) = self.find(topic)
            && known.state != SubscriptionState::Ending
        {
            known.state = SubscriptionState::Active;
        }
    }

    /// Returns, once, how many subscriptions a restore brought back, when it is complete.
    pub(super) fn take_restored(&mut self) -> Option<usize> {
        let is_complete = self.restoring > 0
            && !self.all.iter().any(|it| it.state == SubscriptionState::Restoring);
        is_complete.then(|| core::mem::take(&mut self.restoring))
    }

    /// Notes that an unsubscribe was sent: without filters it ends all of the channel.
    pub(super) fn end(&mut self, topic: &Topic) {
        for it in self.all.iter_mut().filter(|it| is_ended_by(it, topic)) {
            it.state = SubscriptionState::Ending;
        }
    }

    /// Notes that an unsubscribe was acknowledged.
    pub(super) fn remove(&mut self, topic: &Topic) {
        self.all.retain(|it| !(is_ended_by(it, topic) && it.state == SubscriptionState::Ending));
    }

    /// Forgets one subscription.
    pub(super) fn forget(&mut self, topic: &Topic) {
        self.all.retain(|it| it.topic != *topic);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes that the server closed the connection over what was pending.
    pub(super) fn refuse_pending(&mut self) {
        for it in &mut self.all {
            if it.state == SubscriptionState::Pending {
                it.state = SubscriptionState::Refused;
            }
        }
    }

    /// Notes that the connection ended.
    pub(super) fn lose(&mut self) {
        self.restoring = 0;
        self.all.retain(|it| it.state != SubscriptionState::Ending);
        for it in &mut self.all {
            if it.state != SubscriptionState::Refused {
                it.state = SubscriptionState::Lost;
            }
        }
    }

    /// Returns the topics to send again, marked as restoring.
    pub(super) fn restore(&mut self) -> Vec<Topic> {
        let lost = self.all.iter_mut().filter(|it| it.state == SubscriptionState::Lost);
        let topics: Vec<Topic> = lost
            .map(|it| {
                it.state = SubscriptionState::Restoring;
                it.topic.clone()
            })
            .collect();
        self.restoring = topics.len();
        topics
    }

    /// Counts an event of `channel` whose data is this JSON text.
    pub(super) fn count_event(&mut self, channel: &str, data: Option<&str>, now: Now) {
        for it in &mut self.all {
            let is_refused = it.state == SubscriptionState::Refused;
            if !is_refused && it.topic.matches(channel, data) {
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
