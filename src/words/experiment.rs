//! What the steps of an experiment say, and why one was not shown.

use super::format::{bytes, duration, visible};
use super::message::filters;
use crate::protocol::{CloseCode, Millis, Topic};

/// A file did not come.
pub const NOT_READ: &str = "it cannot be read";

/// Says that what to look at in experiments is not known, and what is to be done about it.
pub fn no_sentences(address: &str, why: &str) -> String {
    let parts = ["What to look at in experiments is not told: ", address, ": ", why];
    [&*parts.concat(), ". They run without it; mend or add the file."].concat()
}

/// Everything that the row claims was seen.
pub const SHOWN: &str = "Shown: everything this row claims has happened.";

/// Says why an experiment was not shown.
pub fn verdict(reason: &str) -> String {
    ["Not shown. ", reason].concat()
}

/// Says that there is no experiment of this id, which may come from a link.
pub fn unknown(id: &str) -> String {
    ["There is no experiment “", &*visible(id, ID_CHARACTERS), "”. Choose one below."].concat()
}

/// More than any id has.
const ID_CHARACTERS: usize = 60;

/// Says that a topic is subscribed to: `subscribes to presence`.
pub fn subscribes(topic: &Topic) -> String {
    about("subscribes to ", topic)
}

/// Says that this many events of a topic come.
pub fn events(count: usize, topic: &Topic) -> String {
    match count {
        1 => about("an event comes: ", topic),
        _ => [&*count.to_string(), &*about(" events come: ", topic)].concat(),
    }
}

/// Says that events come which the filters of `topic` would keep away.
pub fn unfiltered(topic: &Topic) -> String {
    ["without a filter: an event comes that is not of ", &*filters(topic)].concat()
}

/// Says that this many subscriptions are confirmed.
pub fn confirmed(count: usize) -> String {
    match count {
        1 => "1 subscription is confirmed".to_owned(),
        _ => [&*count.to_string(), " subscriptions are confirmed"].concat(),
    }
}

/// Says that this many messages are sent: `101 messages in 10 seconds`.
pub fn messages(count: usize, window: Millis) -> String {
    [&*count.to_string(), " messages in ", &*seconds(window), " seconds"].concat()
}

/// Says that a close arrives: `close 4008 arrives`.
pub fn closes(code: CloseCode) -> String {
    ["close ", &*code.to_string(), " arrives"].concat()
}

/// Says that nothing is sent and nothing comes until the server closes.
pub fn idles(span: Millis, code: CloseCode) -> String {
    [&*seconds(span), " s without a message: ", &*closes(code)].concat()
}

/// Says that the client waits: `the client waits 60 s`.
pub fn waits(span: Millis) -> String {
    ["the client waits ", &*seconds(span), " s"].concat()
}

/// Says that the client reconnects: `reconnects, restores 2 subscriptions with their filters`.
pub fn reconnects(restored: usize, is_filtered: bool) -> String {
    let what = match (restored, is_filtered) {
        (0, _) => return "reconnects".to_owned(),
        (1, false) => "1 subscription".to_owned(),
        (1, true) => "1 subscription with its filter".to_owned(),
        (_, false) => [&*restored.to_string(), " subscriptions"].concat(),
        (_, true) => [&*restored.to_string(), " subscriptions with their filters"].concat(),
    };
    ["reconnects, restores ", &*what].concat()
}

/// Says that the server's ping comes, and whether it is answered.
pub fn heartbeat(after: Millis, is_answered: bool) -> String {
    let answer = if is_answered { "answered by a pong" } else { "left without a pong" };
    ["after ", &*seconds(after), " s a ping, ", answer].concat()
}

/// Says that the server's next ping comes and is answered.
pub fn next_heartbeat(after: Millis) -> String {
    [&*seconds(after), " s later the next one, answered as well"].concat()
}

/// Says that the connection breaks after an unanswered ping.
pub fn drops(after: Millis, code: CloseCode) -> String {
    [&*seconds(after), " s later the connection drops: ", &*code.to_string()].concat()
}

/// Says that a message of the greatest size passes.
pub fn passes(size: usize) -> String {
    ["a message of ", &*bytes(size as u64), " passes"].concat()
}

/// Says that a subscription of this number is one too many.
pub fn one_too_many(number: usize, code: CloseCode) -> String {
    ["subscription ", &*number.to_string(), ": ", &*closes(code)].concat()
}

/// Says that nothing happens for a while.
pub fn for_a_while(what: &str, span: Millis) -> String {
    [what, " for ", &*seconds(span), " s"].concat()
}

/// The reader ended the experiment before it had shown anything.
pub const STOPPED: &str = "you stopped it";

/// The reader connected to something else meanwhile.
pub const LEFT: &str = "you connected elsewhere; experiments run in the simulator";

/// The connection of before stood in the way.
pub const NOT_ENTERED: &str =
    "the connection that was open before did not close; disconnect and try again";

/// Says why an experiment was not shown: the step, and what came instead.
pub fn not_shown(step: &str, why: &str) -> String {
    ["“", step, "”: ", why].concat()
}

/// Says that a step did not come in the time it may take.
pub fn overdue(span: Millis) -> String {
    ["it did not happen within ", &*seconds(span), " s"].concat()
}

/// Says which close came instead.
pub fn closed_instead(code: CloseCode) -> String {
    ["the connection was closed with ", &*code.to_string(), " instead"].concat()
}

/// Says after which time something came, where another was claimed.
pub fn came_after(span: Millis) -> String {
    ["it came after ", &*duration(span), " instead"].concat()
}

fn about(what: &str, topic: &Topic) -> String {
    let filters = filters(topic);
    let with = if topic.is_filtered() { " with " } else { "" };
    [what, &*topic.channel, with, &*filters].concat()
}

fn seconds(span: Millis) -> String {
    span.seconds_ceil().to_string()
}
