//! What the guided path says.

use super::message::filters;
use crate::protocol::{CloseCode, MessageType, Topic};

/// The steps, in their order.
pub const STEPS: [&str; 5] =
    ["Connect", "Subscribe to a channel", "See an event", BREAK, "Watch it recover"];

/// The steps in a word or two, where there is little room.
pub const SHORT: [&str; 5] = ["Connect", "Subscribe", "See an event", "Break it", "Recover"];

/// The path is at its end.
pub const DONE: &str =
    "That was the first minute. Every row of the reference page can be tried as well.";

/// Returns the words of the button that does a step, by its place from 0.
pub fn act(step: usize, is_live: bool) -> &'static str {
    match (step, is_live) {
        (3, false) => "Drop the connection",
        (3, true) => "Close the socket",
        (5.., _) => "See the experiments",
        _ => "Show me",
    }
}

/// What the step "break it" says where the server is real.
pub const BREAK_LIVE: &str = "Break it: this side closes the socket";

const BREAK: &str = "Break it: the simulated network drops the connection";

/// An echo server was chosen.
pub const ECHO: &str =
    "An echo server only sends back what it gets. Choose the simulator: it answers.";

/// A connection did not open.
pub const NOT_OPENED: &str =
    "That address did not open. The simulator always does, without network or key.";

/// A message was sent where nothing is connected.
pub const NOT_CONNECTED: &str = "Nothing is connected, so nothing was sent. Connect first.";

/// The reader disconnected before there was something to recover.
pub const DISCONNECTED: &str = "You disconnected. Connect again to go on.";

/// The reader disconnected in the place of breaking it.
pub const NOTHING_RECOVERS: &str =
    "You disconnected: nothing recovers from that. Connect again and break it instead.";

/// The reader stopped the attempts.
pub const STOPPED: &str =
    "You stopped the attempts. Connect again, and the subscriptions come back.";

/// The connection broke before anything was subscribed.
pub const TOO_EARLY: &str =
    "Nothing is subscribed yet, so there is nothing to recover. Subscribe first, then break it.";

/// The reader ended the only subscription.
pub const UNSUBSCRIBED: &str = "You unsubscribed: without a subscription no event comes.";

/// The key was refused.
pub const KEY_REFUSED: &str = "The server does not accept the key. The simulator needs none.";

/// Says that another message than a subscribe was sent.
pub fn not_a_subscribe(kind: MessageType) -> String {
    ["That was a ", kind.name(), ". Events come after a subscribe."].concat()
}

/// Says that no event came so far.
pub fn no_event(topic: &Topic) -> String {
    if !topic.is_filtered() {
        return ["Nothing has happened on ", &*topic.channel, " yet. Try another channel."]
            .concat();
    }
    let filters = filters(topic);
    let parts = ["You subscribed to ", &*topic.channel, ", but no event fits ", &*filters];
    [&*parts.concat(), " so far. Subscribe without the filter."].concat()
}

/// Says that the server closed for good.
pub fn closed(code: CloseCode) -> String {
    [
        "The server closed with ",
        &*code.to_string(),
        ", and the client does not try again. Connect again to go on.",
    ]
    .concat()
}
