//! Every close of the reference page's table: what it means, what the client does, what the reader
//! is told.

use serde_json::json;

use crate::support::aftermath::{is_sound, works};
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::{Notice, Page, View};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, page_with};

#[tokio::test]
async fn close_4001_asks_for_a_key_and_does_not_reconnect() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("live").await;
    page.enter("key", "expired-since-yesterday").await;
    page.click("primary").await;
    let notice = page.until_closed(4001).await;
    says(&notice, "Authentication failed", "Verify your API key is valid and not expired");
    stays_closed(&page, &notice).await;
    page.enter("key", "another-canary").await;
    page.connect().await;
    works(&page).await;
}

#[tokio::test]
async fn close_4002_waits_for_room_below_the_limit() {
    let server = Server::start("--event-interval 0 --rate-messages 1000");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    for number in 1..=50 {
        subscribe(&page, number).await;
    }
    page.until("50 subscriptions are active", |view| {
        view.gauges["subscriptions"].contains("50 / 50")
            && view.subscriptions.iter().all(|chip| chip.state == "active")
    })
    .await;
    subscribe(&page, 51).await;
    let view = page.until("the 51st is refused", |view| view.refusal.is_some()).await;
    assert!(view.refusal.as_ref().unwrap().contains("50 subscriptions are the limit"), "{view:#?}");
    page.click("send-anyway").await;
    let notice = page.until_closed(4002).await;
    says(&notice, "Subscription limit reached", "Unsubscribe from unused channels (max 50)");
    stays_closed(&page, &notice).await;
    // What the server refused is not asked for again: the next connection stays.
    page.connect().await;
    page.until_row("note", "50 subscriptions with the same filters").await;
    page.until_state("open").await;
    works(&page).await;
}

#[tokio::test]
async fn close_4002_reconnects_when_there_is_room() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/close?code=4002")).await;
    page.until_closed(4002).await;
    page.until_row("note", "attempt 1 in 1 s").await;
    chaos.until("the second connection", |seen| seen.handshakes == 2).await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn close_4008_counts_sixty_seconds_down() {
    let server = Server::start("--rate-messages 2");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.compose("ping").await;
    for _ in 0..3 {
        page.click("send").await;
    }
    let notice = page.until_closed(4008).await;
    says(&notice, "Rate limited", "Wait 60 seconds before reconnecting");
    let view = page.until_state("waiting").await;
    let seconds = view.notice.as_ref().and_then(Notice::seconds);
    assert!(seconds.is_some_and(|seconds| (40..=60).contains(&seconds)), "{view:#?}");
    // The reader may be in a hurry: the button is there, and it works.
    page.click("reconnect-now").await;
    page.until_state("open").await;
    works(&page).await;
}

#[tokio::test]
async fn close_4009_follows_a_message_over_the_limit() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.send_raw(&message_of(65_536)).await;
    page.until_row("ack", "published").await;
    page.send_raw(&message_of(65_537)).await;
    let view = page.until("it is refused", |view| view.refusal.is_some()).await;
    assert_eq!(view.meter.as_deref(), Some("65,537 of 65,536 bytes"));
    page.click("send-anyway").await;
    let notice = page.until_closed(4009).await;
    says(&notice, "Message too large", "Reduce message size to under 64 KB");
    stays_closed(&page, &notice).await;
    works(&page).await;
}

#[tokio::test]
async fn close_1008_follows_a_malformed_message() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.send_raw("this is no JSON").await;
    let notice = page.until_closed(1008).await;
    says(&notice, "Policy violation", "Check message format and size");
    stays_closed(&page, &notice).await;
    works(&page).await;
}

#[tokio::test]
async fn close_1008_follows_a_publish_in_the_wrong_direction() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.compose("publish").await;
    page.enter("channel", "project.created").await;
    page.until("the composer advises against it", |view| {
        view.checks.iter().any(|check| check.level == "error" && check.text.contains("channel"))
    })
    .await;
    page.click("send").await;
    page.until_closed(1008).await;
    works(&page).await;
}

#[tokio::test]
async fn close_1001_reconnects_with_backoff_until_the_reader_stops_it() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/close?code=1001")).await;
    let notice = page.until_closed(1001).await;
    says(&notice, "Server going away", "Reconnect with exponential backoff");
    let view = page
        .until("a second attempt is due", |view| view.row("note", "attempt 2 in 2 s").is_some())
        .await;
    assert!(view.row("note", "attempt 1 in 1 s").is_some(), "{view:#?}");
    page.click("stop").await;
    let view = page.until_state("idle").await;
    assert_eq!(view.primary.as_deref(), Some("Connect"));
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn an_idle_connection_is_ended_by_the_server_and_comes_back() {
    let server = Server::start("--idle 300 --heartbeat 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.until_row("close", "idle timeout").await;
    page.until_state("open").await;
    works(&page).await;
}

#[tokio::test]
async fn a_dropped_connection_is_1006_and_reconnects() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    // Long enough to read the notice.
    let folder = page_with("dropped", |description| {
        description["x-timings"]["backoffMs"] = json!([600_000]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/echo", proxy.port())).await;
    page.until_state("open").await;
    proxy.drop_all();
    let notice = page.until_closed(1006).await;
    says(&notice, "Abnormal close (no close frame)", "Reconnect with exponential backoff");
    page.until_row("close", "unclean").await;
    page.click("reconnect-now").await;
    page.until_state("open").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_normal_close_needs_no_action() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/close?code=1000")).await;
    let notice = page.until_closed(1000).await;
    says(&notice, "Normal closure", "No action required");
    stays_closed(&page, &notice).await;
    chaos.until("no second connection", |seen| seen.open == 0 && seen.handshakes == 1).await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_reason_is_shown_as_text_and_never_as_markup() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/close?code=4100&reason=%3Cimg%20src=x%20onerror=alert(1)%3E%E2%80%AE"))
        .await;
    let notice = page.until_closed(4100).await;
    assert!(notice.text.contains("<img src=x onerror=alert(1)>U+202E"), "{notice:#?}");
    let images: usize =
        page.evaluate("return root.querySelectorAll('img').length;", vec![]).await.unwrap();
    assert_eq!(images, 0);
    is_sound(&page, &chaos).await;
}

/// Asserts meaning and action as the reference page words them.
fn says(notice: &Notice, meaning: &str, action: &str) {
    assert!(notice.title.as_ref().is_some_and(|title| title.contains(meaning)), "{notice:#?}");
    assert!(notice.action.as_ref().is_some_and(|words| words.contains(action)), "{notice:#?}");
}

/// Asserts that nothing is going to happen by itself.
async fn stays_closed(page: &Page, notice: &Notice) -> View {
    assert_eq!(notice.countdown, None, "{notice:#?}");
    let view = page.until_state("idle").await;
    assert_eq!(view.primary.as_deref(), Some("Connect"), "{view:#?}");
    assert!(view.row("note", "attempt 1 in").is_none(), "{view:#?}");
    view
}

/// Asks for the updates of a project, through the form.
async fn subscribe(page: &Page, number: usize) {
    page.enter("filter-project_id", &format!("prj_{number}")).await;
    page.click("send").await;
}

/// Returns a publish of exactly this many bytes; its filling takes three bytes a character.
fn message_of(bytes: usize) -> String {
    let message = |filling: &str| {
        format!(
            r#"{{"type":"publish","request_id":"own","payload":{{"channel":"presence","data":{{"user_id":"{filling}"}}}}}}"#
        )
    };
    let room = bytes - message("").len();
    message(&["€".repeat(room / 3), "x".repeat(room % 3)].concat())
}
