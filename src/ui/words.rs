//! Words for what the core says in types.

use crate::protocol::Millis;

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

/// What may be behind a connection that never opened. A browser knows no more than this.
pub(super) const OPEN_FAILURE_CAUSES: [&str; 4] = [
    "The address is wrong, or nothing listens there.",
    "A firewall, proxy or browser extension blocks WebSockets.",
    "The server refused the handshake, for example over the key. Browsers do not tell.",
    "The certificate is not valid, or the page may not connect there.",
];
