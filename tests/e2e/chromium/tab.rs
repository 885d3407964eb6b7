//! A page that nobody sees, in a browser that puts such pages to sleep.

use serde_json::json;

use crate::support::aftermath::is_usable;
use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page};

#[tokio::test]
async fn a_hidden_page_answers_pings() {
    let server = Server::start("--heartbeat 1000");
    let browser = Browser::start_sleepy_chromium().await;
    let page = Page::open_in(browser, &server.page()).await;
    page.connect_live(KEY).await;
    page.browser.hide().await;
    is_hidden(&page, true).await;
    // Unanswered for two intervals, the server would have dropped it.
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    page.browser.show().await;
    is_hidden(&page, false).await;
    let view = page
        .until("the pings are in the log", |view| {
            view.rows.iter().filter(|row| row.kind == "heartbeat").count() >= 4
        })
        .await;
    assert!(view.is("open") && view.row("close", "").is_none(), "{view:#?}");
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
    page.browser.hide().await;
    is_hidden(&page, true).await;
    proxy.drop_all();
    chaos.until("the socket is gone", |seen| seen.open == 0).await;
    // Thirty times the wait before an attempt, at the pace of a hidden page.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(chaos.seen().handshakes, 1);
    page.browser.show().await;
    page.until("it is back", |view| {
        let subscription = view.subscription("project.updated");
        view.is("open") && subscription.is_some_and(|it| it.state == "active")
    })
    .await;
    let seen = chaos.seen();
    assert_eq!(seen.subscriptions("project.updated", "prj_kept"), [1, 1], "{seen:#?}");
    is_usable(&page, &chaos).await;
}

async fn is_hidden(page: &Page, is_hidden: bool) {
    let script = "return (document.visibilityState === 'hidden') === arguments[0];";
    page.until_true(&format!("hidden: {is_hidden}"), script, vec![json!(is_hidden)]).await;
}
