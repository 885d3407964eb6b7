//! What stays in memory.

use serde_json::{Value, json};

use super::super::leak::{come_and_go, open};
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn elements_that_came_and_went_leave_no_node_and_no_listener() {
    let chaos = Chaos::start().await;
    let site = open("nodes", &chaos).await;
    let page = Page::open(&site.url("")).await;
    page.evaluate::<Value>("root.host.remove();", vec![]).await.unwrap();
    come_and_go(&page, 10).await;
    let before = metrics(&page.browser).await;
    come_and_go(&page, 100).await;
    let after = metrics(&page.browser).await;
    for (name, slack) in [("Nodes", 20.0), ("JSEventListeners", 5.0), ("JSHeapUsedSize", 1e6)] {
        let (before, after) = (number(&before, name), number(&after, name));
        assert!(after <= before + slack, "{name}: {before} before, {after} after");
    }
}

#[tokio::test]
async fn fifty_messages_of_a_megabyte_do_not_stay_in_memory() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let before = metrics(&page.browser).await;
    page.call(&chaos.url("/big?bytes=1000000&times=50")).await;
    page.until_true("all are counted", "return text('log-status').startsWith('50 ');", vec![])
        .await;
    let after = metrics(&page.browser).await;
    let (before, after) = (number(&before, "JSHeapUsedSize"), number(&after, "JSHeapUsedSize"));
    assert!(after <= before + 10e6, "{before} before, {after} after");
}

async fn metrics(browser: &Browser) -> Value {
    browser.devtools("Performance.enable", json!({})).await;
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    browser.devtools("Performance.getMetrics", json!({})).await
}

fn number(metrics: &Value, name: &str) -> f64 {
    let all = metrics["metrics"].as_array().unwrap();
    let one = all.iter().find(|metric| metric["name"] == name);
    one.and_then(|metric| metric["value"].as_f64()).unwrap()
}
