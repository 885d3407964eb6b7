//! Ends of a connection at the edges of the protocol.

use crate::support::aftermath::{is_sound, is_usable};
use crate::support::canary::{KEY, percent_encoded};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::{Page, View};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page, page_with, servers};

#[tokio::test]
async fn a_close_frame_is_shown_as_the_browser_understood_it() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let chaos = Chaos::start().await;
    // Firefox reads no code from one byte, and nothing after a close frame.
    let (byte, twice) = if environment::is_firefox() {
        ((1005, "clean"), (4001, "clean"))
    } else {
        ((1006, "unclean"), (1006, "unclean"))
    };
    for (path, (code, row)) in [
        ("/close-empty", (1005, "clean")),
        ("/close-1byte?after=200", byte),
        ("/close-badutf8?after=200", (1006, "unclean")),
        ("/close?after=200&code=4001&reason=first&times=2", twice),
    ] {
        page.call(&chaos.url(path)).await;
        page.until_closed(code).await;
        page.until_row("close", row).await;
        page.leave().await;
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_reason_of_123_bytes_is_shown_whole_and_one_of_124_breaks_the_connection() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let chaos = Chaos::start().await;
    let longest = "é".repeat(61);
    let reason = percent_encoded(&format!("{longest}!"));
    page.call(&chaos.url(&format!("/close?code=4321&reason={reason}"))).await;
    page.until_closed(4321).await;
    page.until_row("close", &longest).await;
    let reason = percent_encoded(&"é".repeat(62));
    // A frame that comes with the handshake makes Firefox fail the handshake.
    page.call(&chaos.url(&format!("/close?after=200&code=4321&reason={reason}"))).await;
    page.until_closed(1006).await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_reason_with_control_characters_shows_them() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let chaos = Chaos::start().await;
    let reason = percent_encoded("a\u{1B}[31m b\u{202E}c\u{200B}");
    page.call(&chaos.url(&format!("/close?code=4321&reason={reason}"))).await;
    page.until_row("close", "a␛[31m bU+202EcU+200B").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn nothing_is_sent_while_closing() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ignoreclose")).await;
    page.until_state("open").await;
    page.click("primary").await;
    page.until_state("closing").await;
    page.send_by_keys().await;
    page.until_row("note", "no connection is open").await;
    page.until_state("idle").await;
    assert_eq!(chaos.seen().messages().count(), 0);
    // The browser itself waits for the server a while longer.
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_connection_that_tcp_ends_is_tried_again_once() {
    for (path, name) in [("/open-fin?after=200", "ended-fin"), ("/open-rst?after=200", "ended-rst")]
    {
        let chaos = Chaos::start().await;
        let folder = page_with(name, |description| {
            description["x-timings"]["backoffMs"] = serde_json::json!([200, 600_000]);
        });
        let site = Site::serve(&folder).await;
        let page = Page::open(&site.url("")).await;
        page.call(&chaos.url(path)).await;
        page.until_closed(1006).await;
        page.until_row("note", "attempt 2 in 600 s").await;
        assert_eq!(chaos.seen().handshakes, 2, "{path}");
        is_sound(&page, &chaos).await;
    }
}

#[tokio::test]
async fn a_connection_that_comes_back_asks_once_for_every_subscription() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let folder = impatient_page("asks-once", |description| {
        description["x-timings"]["backoffMs"] = serde_json::json!([200]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/ack", proxy.port())).await;
    page.until_state("open").await;
    page.subscribe("project.updated", &[("project_id", "prj_kept")]).await;
    page.subscribe("project.created", &[]).await;
    for connection in 2..=5 {
        proxy.drop_all();
        page.until("it is back", |view| connection == chaos.seen().handshakes && restored(view))
            .await;
    }
    let seen = chaos.seen();
    assert_eq!(seen.subscriptions("project.updated", "prj_kept"), [1; 5], "{seen:#?}");
    assert_eq!(seen.subscriptions("project.created", ""), [1; 5], "{seen:#?}");
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_new_key_after_4001_replaces_the_old_one() {
    let chaos = Chaos::start().await;
    let folder = page_with("new-key", |description| {
        description["servers"] = servers(&[chaos.url("/close?code=4001")], &[]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.choose("live").await;
    for key in [KEY, "another-canary"] {
        page.enter("key", key).await;
        page.click("primary").await;
        page.until_closed(4001).await;
        page.until_state("idle").await;
        let line = chaos.seen().requests.last().cloned().unwrap();
        assert!(line.contains(&format!("token={}", percent_encoded(key))), "{line}");
    }
    assert_eq!(chaos.seen().handshakes, 2);
    page.until_true(
        "the old key is in no field",
        "return !every('key').some((field) => field.value === arguments[0]);",
        vec![KEY.into()],
    )
    .await;
    is_usable(&page, &chaos).await;
}

fn restored(view: &View) -> bool {
    view.subscriptions.len() == 2
        && view.subscriptions.iter().all(|subscription| subscription.state == "active")
}
