//! The way a reader goes: connect, subscribe, watch, publish, leave.

use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::key::{CONTROL, ENTER};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn a_subscription_is_acknowledged_and_its_events_arrive() {
    let server = Server::start("--event-interval 300");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.created", &[]).await;
    page.until_row("event", "project.created").await;
    page.until("the subscription counts its events", |view| {
        view.subscription("project.created").is_some_and(|chip| chip.text.contains("2 events"))
    })
    .await;
}

#[tokio::test]
async fn a_subscription_tells_the_time_of_its_last_event() {
    let chaos = Chaos::start().await;
    let server = Server::start("--event-interval 300");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.subscribe("project.created", &[]).await;
    let view = page.view().await.unwrap();
    assert!(!has_time(&view.subscriptions[0].text), "{view:#?}");
    page.leave().await;
    page.overwrite("endpoint", &server.endpoint("/realtime")).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.until("its last event's second is on it", |view| {
        let second = view.row("event", "").and_then(|row| row.text.get(..8));
        let chip = view.subscription("project.updated");
        chip.zip(second).is_some_and(|(chip, second)| chip.text.contains(second))
    })
    .await;
}

#[tokio::test]
async fn an_ack_is_paired_with_its_request_and_its_round_trip() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("task.completed", &[]).await;
    let view = page
        .until("the request is answered", |view| {
            view.row("subscribe", "req_001")
                .is_some_and(|row| row.outcome.as_deref() == Some("answered"))
        })
        .await;
    let ack = view.row("ack", "req_001 · subscribed").unwrap();
    assert!(ack.text.ends_with(" ms"), "{ack:?}");
    assert_eq!(ack.direction, "received");
    assert!(view.gauges["round-trip"].contains("ms p50"), "{:?}", view.gauges);
    page.click_row("ack").await;
    page.until("the detail names its request", |view| {
        view.detail.as_ref().is_some_and(|detail| detail.contains(r#""request_id": "req_001""#))
    })
    .await;
    page.click("partner").await;
    page.until("the detail is the request's", |view| {
        view.detail.as_ref().is_some_and(|detail| detail.contains(r#""type": "subscribe""#))
    })
    .await;
}

#[tokio::test]
async fn a_filter_lets_only_its_project_through() {
    let server = Server::start("--event-interval 100");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_of_mine")]).await;
    let view = page
        .until("several events have come", |view| {
            view.rows.iter().filter(|row| row.kind == "event").count() > 4
        })
        .await;
    let events = view.rows.iter().filter(|row| row.kind == "event");
    assert!(events.clone().all(|row| row.text.contains("prj_of_mine")), "{events:#?}");
}

#[tokio::test]
async fn a_publish_on_presence_reaches_another_reader() {
    let server = Server::start("--event-interval 0");
    let reader = Page::open(&server.page()).await;
    reader.connect_live(KEY).await;
    reader.subscribe("presence", &[]).await;
    let writer = Page::open(&server.page()).await;
    writer.connect_live("another key").await;
    writer.compose("publish").await;
    writer.enter("channel", "presence").await;
    writer.enter("data", r#"{"user_id": "usr_canary", "status": "online"}"#).await;
    writer.click("send").await;
    writer.until_row("ack", "published").await;
    reader.until_row("event", "presence · usr_canary · online").await;
}

#[tokio::test]
async fn an_ended_subscription_gets_no_more_events() {
    let server = Server::start("--event-interval 200");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.created", &[]).await;
    page.until_row("event", "project.created").await;
    page.unsubscribe("project.created").await;
    page.until_row("ack", "unsubscribed").await;
    let view = page.until("no subscription is left", |view| view.subscriptions.is_empty()).await;
    assert!(view.gauges["subscriptions"].contains("0 / 50"), "{:?}", view.gauges);
    // A round trip later the server would have sent any event it still had.
    page.compose("ping").await;
    page.click("send").await;
    let view = page.until("the ping is answered", |view| view.row("pong", "").is_some()).await;
    let after = view.rows.iter().skip_while(|row| !row.text.contains("unsubscribed"));
    assert_eq!(after.filter(|row| row.kind == "event").count(), 0, "{:#?}", view.rows);
}

#[tokio::test]
async fn the_servers_pings_are_answered_and_fold_into_one_row_each() {
    let server = Server::start("--heartbeat 300");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    let view = page
        .until("three pings are answered", |view| {
            view.rows.iter().filter(|row| row.kind == "heartbeat").count() > 2
        })
        .await;
    assert!(view.row("heartbeat", "answered").is_some() && view.is("open"), "{view:#?}");
    assert!(view.row("ping", "").is_none() && view.row("pong", "").is_none(), "{view:#?}");
    // A server that waits in vain drops the connection after another interval.
    page.until("as many as end an unanswered connection", |view| {
        view.is("open") && view.rows.iter().filter(|row| row.kind == "heartbeat").count() > 5
    })
    .await;
}

#[tokio::test]
async fn the_status_tells_the_time_open_and_the_compression() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.until_row("open", "permessage-deflate").await;
    page.until("a second has passed", |view| {
        view.status.as_ref().is_some_and(|status| status.contains("Open · 00:01 · deflate"))
    })
    .await;
}

#[tokio::test]
async fn the_simulator_needs_no_network_and_no_key() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    // From here on there is no server to help.
    drop(server);
    page.connect().await;
    page.subscribe("project.updated", &[("project_id", "prj_abc123")]).await;
    page.until_row("ack", "subscribed").await;
    page.until_row("event", "project.updated · prj_abc123").await;
    page.click("primary").await;
    page.until_state("idle").await;
    page.until_row("close", "1000").await;
}

#[tokio::test]
async fn form_and_json_follow_each_other_and_ctrl_enter_sends() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.enter("channel", "task.completed").await;
    page.enter("filter-project_id", "prj_form").await;
    page.until("the form's values stand in the JSON", |view| {
        view.envelope.as_ref().is_some_and(|json| {
            json.contains(r#""channel": "task.completed""#) && json.contains("prj_form")
        })
    })
    .await;
    page.enter(
        "envelope",
        r#"{"type": "publish", "request_id": "req_mine", "payload": {"channel": "presence", "data": {}}}"#,
    )
    .await;
    page.until_true(
        "the form shows what was written into the JSON",
        "return shown('channel')?.value === 'presence' && shown('data')?.value.trim() === '{}';",
        vec![],
    )
    .await;
    page.press("envelope", &[CONTROL, ENTER].concat()).await;
    page.until_row("ack", "req_mine · published").await;
}

#[tokio::test]
async fn nothing_is_sent_while_no_connection_is_open() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.send_by_keys().await;
    let view = page.until("the refusal is explained", |view| view.refusal.is_some()).await;
    assert!(view.refusal.as_ref().unwrap().contains("connect first"), "{view:#?}");
    assert!(view.row("subscribe", "").is_none(), "{view:#?}");
}

/// Returns whether a text has a time of day, such as `09:30:00`.
fn has_time(text: &str) -> bool {
    let is_time =
        |word: &str| word.split(':').filter(|part| part.parse::<f64>().is_ok()).count() > 2;
    text.split_whitespace().any(is_time)
}
