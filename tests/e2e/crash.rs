//! A program that panics is told from outside it.

use serde_json::Value;

use crate::support::aftermath::is_usable;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn a_crash_is_told_and_closes_the_connection() {
    let chaos = Chaos::start().await;
    let folder = page_with("crash", |description| {
        description["servers"] = servers(&[chaos.url("/ack")], &[]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.connect_live(KEY).await;
    let crash = "root.host.dispatchEvent(new CustomEvent('veriops-playground:panic'));";
    page.evaluate::<Value>(crash, vec![]).await.unwrap();
    page.until_true(
        "the crash is told",
        "const box = shown('crash');
         return box?.getAttribute('role') === 'alert' && box.innerText.includes('Reload the page');",
        vec![],
    )
    .await;
    chaos.until("the socket is closed", |seen| seen.open == 0).await;
    page.until_true("the key is gone", "return every('key').length === 0;", vec![]).await;
    // Nothing of the program is left to reconnect, and reloading starts afresh.
    page.browser.evaluate::<Value>("location.reload();", vec![]).await.unwrap();
    page.until_ready().await;
    assert_eq!(chaos.seen().handshakes, 1);
    page.connect_live(KEY).await;
    is_usable(&page, &chaos).await;
}
