//! Pages that stand still: frozen, or left and come back to.

use serde_json::{Value, json};

use crate::support::aftermath::is_usable;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, document, impatient_page};

#[tokio::test]
async fn a_page_that_was_frozen_has_one_socket_and_its_log() {
    let (page, chaos, _site) = open("frozen").await;
    // Only a page that nobody sees is frozen.
    page.hide().await;
    freeze(&page, "frozen").await;
    freeze(&page, "active").await;
    page.show().await;
    comes_back(&page, &chaos).await;
}

#[tokio::test]
async fn a_page_from_the_back_forward_cache_has_one_socket_and_its_log() {
    let (page, chaos, _site) = open("cached").await;
    let other = Site::serve(&document("elsewhere", "Elsewhere.")).await;
    page.browser.evaluate::<Value>("globalThis.isCached = true;", vec![]).await.unwrap();
    page.browser.go(&other.url("")).await;
    page.browser.back().await;
    page.until_true("it is the same document", "return globalThis.isCached === true;", vec![])
        .await;
    comes_back(&page, &chaos).await;
}

async fn open(name: &str) -> (Page, Chaos, Site) {
    let chaos = Chaos::start().await;
    let folder = impatient_page(name, |description| {
        description["x-timings"]["backoffMs"] = json!([300]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    (page, chaos, site)
}

async fn comes_back(page: &Page, chaos: &Chaos) {
    let view = page
        .until("the subscription is active", |view| {
            let subscription = view.subscription("project.updated");
            let is_active = subscription.is_some_and(|it| it.state == "active");
            view.is("open") && is_active && view.row("note", "suspended").is_some()
        })
        .await;
    // What was in the log before is still there.
    let place =
        |kind, text| view.rows.iter().position(|row| row.kind == kind && row.text.contains(text));
    let (before, since) = (place("subscribe", "prj_kept"), place("note", "suspended"));
    assert!(before.is_some() && before < since, "{view:#?}");
    let seen = chaos.until("one socket", |seen| seen.open == 1).await;
    let asked = seen.subscriptions("project.updated", "prj_kept");
    assert!(asked.iter().all(|times| *times == 1), "{seen:#?}");
    assert!(asked.len() <= 2, "{seen:#?}");
    is_usable(page, chaos).await;
}

async fn freeze(page: &Page, state: &str) {
    page.browser.devtools("Page.setWebLifecycleState", json!({ "state": state })).await;
}
