//! A page that nobody sees, in a browser that puts such pages to sleep.

use serde_json::{Value, json};

use crate::support::aftermath::is_usable;
use crate::support::browser::Browser;
use crate::support::canary::percent_encoded;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::proxy::Proxy;
use crate::support::site::{Site, impatient_page, page_with};

#[tokio::test]
async fn a_hidden_page_answers_pings() {
    let chaos = Chaos::start().await;
    let site = Site::serve(&page_with("hidden-pings", |_| ())).await;
    let page = Page::open_in(Browser::start_sleepy_chromium().await, &site.url("")).await;
    let ping = |id| percent_encoded(&format!(r#"{{"type":"ping","request_id":"{id}"}}"#));
    let pings = format!("/say?after=5000&text={}&text={}", ping("hb_1"), ping("hb_2"));
    page.call(&chaos.url(&pings)).await;
    page.until_state("open").await;
    page.hide().await;
    let seen = chaos.until("both pongs", |seen| seen.messages().count() == 2).await;
    assert!(seen.messages().all(|text| text.contains(r#""type":"pong""#)), "{seen:#?}");
    let script = "return document.visibilityState;";
    assert_eq!(page.evaluate::<String>(script, vec![]).await.unwrap(), "hidden");
    page.show().await;
    page.until_row("heartbeat", "hb_2 · answered").await;
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_hidden_page_does_not_retry_until_it_is_seen() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let folder = impatient_page("hidden", |description| {
        description["x-timings"]["backoffMs"] = json!([100]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open_in(Browser::start_sleepy_chromium().await, &site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/ack", proxy.port())).await;
    page.until_state("open").await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    page.hide().await;
    proxy.drop_all();
    chaos.until("the socket is gone", |seen| seen.open == 0).await;
    // Timers of a page fire in the order of their deadlines, and the attempt's was due long before.
    let later = "return new Promise((done) => setTimeout(done, 1000));";
    page.evaluate::<Value>(later, vec![]).await.unwrap();
    assert_eq!(chaos.seen().handshakes, 1);
    page.show().await;
    page.until("it is back", |view| {
        let subscription = view.subscription("project.updated");
        view.is("open") && subscription.is_some_and(|it| it.state == "active")
    })
    .await;
    let seen = chaos.seen();
    assert_eq!(seen.subscriptions("project.updated", "prj_kept"), [1, 1], "{seen:#?}");
    is_usable(&page, &chaos).await;
}
