//! Signs of life: pings, the idle timer, silence, answers that do not come, and a network that does not
//! keep up.

use serde_json::json;

use crate::support::aftermath::{is_sound, is_usable, works};
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::key::{CONTROL, ENTER};
use crate::support::page::{Page, View};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page, page_with};

#[tokio::test]
async fn a_server_drops_a_client_that_stopped_answering() {
    let server = Server::start("--heartbeat 300");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.until_row("heartbeat", "").await;
    page.click("stop-answering").await;
    page.until("the server drops the connection", |view| {
        view.rows.iter().any(|row| row.kind == "close")
    })
    .await;
    page.click("stop-answering").await;
    page.until_state("open").await;
    page.click("clear").await;
    page.until("pings are answered again", |view| {
        view.is("open") && view.rows.iter().filter(|row| row.kind == "heartbeat").count() > 3
    })
    .await;
    works(&page).await;
}

#[tokio::test]
async fn a_ping_that_does_not_come_is_flagged() {
    let chaos = Chaos::start().await;
    let folder = page_with("missed-ping", |description| {
        description["x-timings"]["heartbeatMs"] = json!(500);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    page.until("the ping is missed", |view| view.gauges["heartbeat"].contains("ping missed")).await;
    warns(&page, "gauge-heartbeat").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn an_idle_connection_warns_and_is_kept_alive_when_asked() {
    let chaos = Chaos::start().await;
    let folder = page_with("idle", |description| {
        description["x-timings"]["idleMs"] = json!(4000);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    warns(&page, "gauge-idle").await;
    assert_eq!(chaos.seen().messages().count(), 0);
    page.click("keep-alive").await;
    let seen = chaos.until("two pings", |seen| seen.messages().count() >= 2).await;
    assert!(seen.messages().all(|text| text.contains(r#""type":"ping""#)), "{seen:#?}");
    page.click("keep-alive").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_network_that_went_silent_is_left_and_found_again() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let folder = impatient_page("silent", |description| {
        description["x-timings"]["backoffMs"] = json!([500]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/ack", proxy.port())).await;
    page.until_state("open").await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    // A silent server that answers is no dead one.
    page.until_row("note", "nothing came for").await;
    page.until_row("ack", "").await;
    assert_eq!(chaos.seen().handshakes, 1);
    proxy.stall();
    page.until_row("note", "no sign of life").await;
    proxy.resume();
    page.until("the subscription is back", |view| view.is("open") && is_active(view)).await;
    let seen = chaos.until("one socket", |seen| seen.open == 1).await;
    let asked = seen.subscriptions("project.updated", "prj_kept");
    assert!(asked.iter().all(|times| *times <= 1), "{seen:#?}");
    assert_eq!(asked.last(), Some(&1), "{seen:#?}");
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_request_without_an_answer_is_marked_and_a_late_answer_too() {
    let chaos = Chaos::start().await;
    let folder = impatient_page("unanswered", |_| ());
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    for (path, outcome) in [("/silent", "unanswered"), ("/ack?delay=1500", "late")] {
        page.call(&chaos.url(path)).await;
        page.until_state("open").await;
        page.compose("publish").await;
        page.click("send").await;
        page.until(&format!("the request is {outcome}"), |view| {
            view.row("publish", "").and_then(|row| row.outcome.as_deref()) == Some(outcome)
        })
        .await;
        page.leave().await;
        page.click("clear").await;
    }
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_network_that_does_not_keep_up_is_not_given_more_than_it_takes() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/noread")).await;
    page.until_state("open").await;
    page.compose("raw").await;
    page.enter("envelope", &"x".repeat(65_000)).await;
    // As fast as keys go, until the buffers of the network are full: some machines have large ones.
    let hurry = [CONTROL, &ENTER.repeat(200)].concat();
    for _ in 0..20 {
        page.press("envelope", &hurry).await;
        if page.view().await.is_ok_and(|view| is_held_back(&view)) {
            break;
        }
    }
    page.until("a message is refused", is_held_back).await;
    is_usable(&page, &chaos).await;
}

fn is_held_back(view: &View) -> bool {
    let refusal = view.refusal.as_ref();
    refusal.is_some_and(|refusal| refusal.contains("the network does not keep up"))
}

async fn warns(page: &Page, gauge: &str) {
    let script = "return shown(arguments[0]).dataset.warn === 'true';";
    page.until_true(&format!("{gauge} warns"), script, vec![json!(gauge)]).await;
}

fn is_active(view: &View) -> bool {
    view.subscriptions.len() == 1
        && view.subscriptions.iter().all(|subscription| subscription.state == "active")
}
