//! The network is away, or not to be reached from here.

use serde_json::json;

use crate::support::aftermath::{is_sound, is_usable};
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::page::{Notice, Page};
use crate::support::site::{Site, impatient_page, page_with};

#[tokio::test]
async fn a_network_that_is_away_is_waited_for_and_taken_at_once() {
    let chaos = Chaos::start().await;
    let folder = impatient_page("offline", |description| {
        description["x-timings"]["backoffMs"] = json!([600_000]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    // Only sockets that were opened under an emulated network obey it.
    offline(&page.browser, false).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    offline(&page.browser, true).await;
    // An open socket goes silent without a word; only the probe finds out.
    page.until_row("note", "no sign of life").await;
    page.until("the countdown waits", |view| {
        let countdown = view.notice.as_ref().and_then(|notice| notice.countdown.as_deref());
        countdown == Some("waiting for the network")
    })
    .await;
    offline(&page.browser, false).await;
    page.until("it is back, long before the countdown", |view| {
        let subscription = view.subscription("project.updated");
        view.is("open") && subscription.is_some_and(|it| it.state == "active")
    })
    .await;
    let seen = chaos.until("one socket", |seen| seen.open == 1).await;
    assert_eq!(seen.subscriptions("project.updated", "prj_kept"), [1, 1], "{seen:#?}");
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn an_attempt_by_hand_is_made_without_a_network_too() {
    let chaos = Chaos::start().await;
    let folder = impatient_page("by-hand", |_| ());
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    // What comes when the reader touches the page is there by then.
    page.unfold("keep-alive").await;
    offline(&page.browser, true).await;
    page.call(&chaos.url("/ack")).await;
    page.until_row("note", "no connection").await;
    page.leave().await;
    offline(&page.browser, false).await;
    page.click("primary").await;
    page.until_state("open").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_local_address_that_the_browser_keeps_from_a_public_page_has_its_causes_listed() {
    let chaos = Chaos::start().await;
    let folder = page_with("local-network", |description| {
        description["x-timings"]["backoffMs"] = json!([1]);
    });
    let site = Site::serve(&folder).await;
    let port = site.url("").trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let public = format!("--ip-address-space-overrides=127.0.0.1:{port}=public");
    let page = Page::open_in(Browser::start_chromium(&[&public]).await, &site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    let view = page
        .until("the page gives up", |view| {
            view.is("idle") && view.row("note", "after 5 attempts").is_some()
        })
        .await;
    let says = |notice: &Notice| notice.text.contains("Browsers do not tell");
    assert!(view.notice.as_ref().is_some_and(says), "{view:#?}");
    assert_eq!(chaos.seen().handshakes, 0);
    let origin = site.url("");
    let granted = json!({
        "origin": origin.trim_end_matches('/'),
        "permission": { "name": "loopback-network" }, "setting": "granted",
    });
    page.browser.devtools("Browser.setPermission", granted).await;
    page.click("primary").await;
    page.until_state("open").await;
    is_sound(&page, &chaos).await;
}

async fn offline(browser: &Browser, is_offline: bool) {
    browser.devtools("Network.enable", json!({})).await;
    let conditions = json!({
        "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    browser.devtools("Network.emulateNetworkConditions", conditions).await;
}
