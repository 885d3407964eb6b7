//! The notice says what is so: what the client is about to do, and how the connection ended.

use serde_json::json;

use crate::support::aftermath::is_sound;
use crate::support::chaos::Chaos;
use crate::support::page::{Page, View};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page, page_with};

#[tokio::test]
async fn after_stop_nothing_claims_that_it_is_tried_again() {
    let chaos = Chaos::start().await;
    let folder = page_with("stopped", |description| {
        description["x-timings"]["backoffMs"] = json!([600_000]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    for path in ["/http401", "/close?code=1011", "/close?code=1001", "/open-fin?after=200"] {
        page.call(&chaos.url(path)).await;
        page.until_state("waiting").await;
        page.click("stop").await;
        claims_nothing(&page.until_state("idle").await, path);
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn after_stop_nothing_claims_that_a_silent_connection_is_replaced() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let folder = impatient_page("stopped-silent", |description| {
        description["x-timings"]["backoffMs"] = json!([600_000]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/ack", proxy.port())).await;
    page.until_state("open").await;
    proxy.stall();
    page.until_row("note", "no sign of life").await;
    page.until_state("waiting").await;
    page.click("stop").await;
    claims_nothing(&page.until_state("idle").await, "a silent server");
}

#[tokio::test]
async fn the_notice_tells_whether_the_close_was_clean() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for (path, code, how) in [
        ("/close?code=1000", 1000, "clean"),
        ("/close?code=4321", 4321, "clean"),
        ("/open-fin?after=200", 1006, "unclean"),
    ] {
        page.call(&chaos.url(path)).await;
        let text = page.until_closed(code).await.text.to_lowercase();
        let words: Vec<_> = text.split(|letter: char| !letter.is_alphabetic()).collect();
        let said: Vec<_> = words.iter().filter(|word| word.ends_with("clean")).collect();
        assert_eq!(said, [&how], "{path}: {text}");
        page.leave().await;
    }
    is_sound(&page, &chaos).await;
}

/// Asserts that nothing to be read promises another attempt.
fn claims_nothing(view: &View, after: &str) {
    let Some(notice) = &view.notice else { return };
    assert_eq!(notice.countdown, None, "{after}: {notice:#?}");
    let text = notice.text.to_lowercase();
    for claim in ["trying again", "connecting anew", "reconnecting", "will be restored"] {
        assert!(!text.contains(claim), "{after}: {notice:#?}");
    }
}
