//! Where a subscription stands, and what came of it.

use super::format::{counted, second};
use crate::protocol::UnixMillis;
use crate::session::SubscriptionState;

/// Says where a subscription stands; of one that the server confirmed, how many events came and when
/// the last did: `3 events · last 12:30:01`.
///
/// The time is that of a zone this many minutes east of UTC.
pub fn about(
    state: SubscriptionState,
    events: u64,
    last: Option<UnixMillis>,
    minutes_east: i32,
) -> String {
    let waits = match state {
        SubscriptionState::Active => {
            let events = counted(events, "event");
            return match last {
                Some(last) => format!("{events} · last {}", second(last, minutes_east)),
                None => events,
            };
        }
        SubscriptionState::EndUnanswered => "unsubscribe without an ack; ends with this connection",
        SubscriptionState::Ending => "unsubscribing…",
        SubscriptionState::Lost => "restored with the next connection",
        SubscriptionState::Pending => "waiting for ack…",
        SubscriptionState::Refused => "refused",
        SubscriptionState::Restoring => "restoring…",
        SubscriptionState::Unanswered => "no ack; asked for again with the next connection",
    };
    waits.to_owned()
}
