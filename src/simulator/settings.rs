//! How the simulated server behaves where a test or a reader may want it otherwise.

use crate::api::{Api, Rate};
use crate::protocol::Millis;

/// The knobs of a simulated server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// The row "Heartbeat interval"; none: the server sends no pings.
    pub heartbeat: Option<Millis>,
    /// The row "Idle timeout"; none: a silent connection stays open.
    pub idle: Option<Millis>,
    /// The mean time between two simulated events of a subscribed channel; none: no events but those
    /// that clients publish.
    pub event_interval: Option<Millis>,
    /// How long an answer takes.
    pub ack_delay: Millis,
    /// Messages that a client may send within [`Settings::rate_window`].
    pub rate_messages: usize,
    /// The sliding window of the rate limit.
    pub rate_window: Millis,
}

impl Settings {
    /// Returns the settings that the API description asks for, with answers without delay.
    pub fn of(api: &Api) -> Self {
        let rate = api.limits.rate.unwrap_or(Rate { messages: usize::MAX, window: Millis(0) });
        Self {
            heartbeat: api.timings.heartbeat,
            idle: api.timings.idle,
            event_interval: Some(EVENT_INTERVAL),
            ack_delay: Millis(0),
            rate_messages: rate.messages,
            rate_window: rate.window,
        }
    }
}

/// Often enough that a reader sees events come, seldom enough to read each.
const EVENT_INTERVAL: Millis = Millis::seconds(4);
