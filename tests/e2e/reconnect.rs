//! Connections come back, and with them every subscription.

use serde_json::json;

use crate::support::aftermath::{is_sound, works};
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::{Page, View};
use crate::support::server::Server;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn a_restarted_server_gets_every_subscription_back_with_its_filter() {
    let mut server = Server::start("--event-interval 200");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    page.subscribe("project.created", &[]).await;
    server.stop();
    page.until_row("close", "close 1001").await;
    let view = page.until_state("waiting").await;
    assert!(view.subscriptions.iter().all(|chip| chip.state == "lost"), "{view:#?}");
    server.restart();
    let view = page.until("both subscriptions are active again", both_are_active).await;
    assert!(view.subscription("project.updated").unwrap().text.contains("prj_kept"), "{view:#?}");
    page.until_row("note", "2 subscriptions with the same filters").await;
    page.until_row("event", "project.updated · prj_kept").await;
    // A fresh connection, but the same session: ids go on.
    page.click("clear").await;
    page.compose("ping").await;
    page.click("send").await;
    page.until_row("pong", "req_005").await;
    works(&page).await;
}

#[tokio::test]
async fn a_killed_server_is_1006_and_is_found_again() {
    let mut server = Server::start("--event-interval 200");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    page.subscribe("project.created", &[]).await;
    server.kill();
    page.until_row("close", "close 1006").await;
    server.restart();
    page.until("both subscriptions are active again", both_are_active).await;
    let view = page.until("the notice is gone", |view| view.notice.is_none()).await;
    assert!(view.is("open"), "{view:#?}");
    works(&page).await;
}

#[tokio::test]
async fn a_server_that_accepts_and_closes_is_not_hammered() {
    let chaos = Chaos::start().await;
    let folder = page_with("hammer", |description| {
        description["servers"] = servers(&[chaos.url("/open-fin?after=200")], &[]);
        description["x-timings"]["backoffMs"] = json!([1, 2, 4, 600_000]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.choose("live").await;
    page.click("primary").await;
    let view = page
        .until("the delays have grown to the last one", |view| {
            view.row("note", "attempt 4 in 600 s").is_some()
        })
        .await;
    assert!(view.is("waiting"), "{view:#?}");
    assert_eq!(chaos.seen().handshakes, 4);
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn requests_in_flight_are_lost_with_the_connection() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/silent")).await;
    page.until_state("open").await;
    page.click("send").await;
    page.until("the request is pending", |view| outcome(view) == Some("pending")).await;
    page.click("primary").await;
    page.until("the request is lost", |view| outcome(view) == Some("lost")).await;
    is_sound(&page, &chaos).await;
}

fn outcome(view: &View) -> Option<&str> {
    view.row("subscribe", "req_001")?.outcome.as_deref()
}

fn both_are_active(view: &View) -> bool {
    view.is("open")
        && view.subscriptions.len() == 2
        && view.subscriptions.iter().all(|chip| chip.state == "active")
}
