//! Words for what the core says in types.

use crate::log::Refusal;
use crate::protocol::Millis;

/// Returns a countdown as minutes and seconds, such as `0:58`.
pub(super) fn countdown(span: Millis) -> String {
    let seconds = span.seconds_ceil();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Returns how long something has lasted, such as `01:02` or `1:00:03`.
pub(super) fn elapsed(span: Millis) -> String {
    let seconds = span.0 / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// Returns `1 subscription` or `2 subscriptions`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Returns why a message was not sent, and what to do.
pub(super) fn refusal(refusal: &Refusal) -> String {
    use crate::compose::grouped;
    match refusal {
        Refusal::NotOpen => "Not sent: no connection is open. Connect, then send again.".into(),
        Refusal::SubscriptionLimit { limit } => {
            format!("Not sent: you have {limit} subscriptions, as many as a connection may have. Unsubscribe from one first.")
        }
        Refusal::TooLarge { size, limit } => format!(
            "Not sent: {} bytes, the API takes {} at most. Shorten the message.",
            grouped(*size),
            grouped(*limit)
        ),
    }
}

/// What may be behind a connection that never opened. A browser knows no more than this.
pub(super) const OPEN_FAILURE_CAUSES: [&str; 4] = [
    "The address is wrong, or nothing listens there.",
    "A firewall, proxy or browser extension blocks WebSockets.",
    "The server refused the handshake, for example over the key. Browsers do not tell.",
    "The certificate is not valid, or the page may not connect there.",
];
