//! What every fault must leave behind: one socket or none, a log that misses nothing, subscriptions
//! that were restored once, and a page that can be used.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chaos::{Chaos, Seen};
use super::environment;
use super::page::Page;

/// Asserts all of it, after a fault of the only server that the page has talked to. The page ends up
/// with the simulator, disconnected.
pub async fn is_sound(page: &Page, chaos: &Chaos) {
    is_complete(page, chaos).await;
    is_usable(page, chaos).await;
    is_left(chaos).await;
}

/// Asserts that the server has no socket. Firefox keeps the TCP connection of a handshake that the page
/// gave up until the server ends it, which hinders no other.
pub async fn is_left(chaos: &Chaos) {
    chaos.until("no socket", |seen| seen.open == kept(seen)).await;
}

/// Asserts that the server has one socket or none, that no connection was asked twice for the same
/// subscription, and that the page works.
pub async fn is_usable(page: &Page, chaos: &Chaos) {
    let seen = chaos.until("one socket, or none", |seen| seen.open <= 1 + kept(seen)).await;
    asks_once(&seen);
    works(page).await;
}

/// Asserts that the page works: it connects, to the simulator, and has a subscription acknowledged.
pub async fn works(page: &Page) {
    page.leave().await;
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("project.created", &[]).await;
    page.leave().await;
}

/// Asserts that the log counts every message that the server sent or received, and that nothing is
/// dropped from it.
async fn is_complete(page: &Page, chaos: &Chaos) {
    page.until("the log has every message", |view| {
        let seen = chaos.seen();
        let exchanged = seen.sent + seen.messages().count();
        view.log_status.as_ref().is_some_and(|status| {
            status.starts_with(&format!("{exchanged} message")) && status.ends_with("none dropped")
        })
    })
    .await;
}

fn kept(seen: &Seen) -> usize {
    if environment::is_firefox() { seen.hung } else { 0 }
}

fn asks_once(seen: &Seen) {
    for messages in &seen.conversations {
        let mut asked = BTreeMap::new();
        let envelopes = messages.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
        for envelope in envelopes.filter(|envelope| envelope["type"] == "subscribe") {
            *asked.entry(envelope["payload"].to_string()).or_insert(0) += 1;
        }
        assert!(asked.values().all(|times| *times == 1), "{messages:#?}");
    }
}
