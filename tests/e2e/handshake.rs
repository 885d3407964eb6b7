//! Handshakes that fail: a browser tells them apart for nobody, so neither does the page.

use serde_json::json;

use crate::support::aftermath::{is_left, is_sound};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page, page_with, rewrite};

#[tokio::test]
async fn every_failed_handshake_is_explained_in_the_same_words() {
    let folder = page_with("failed-handshakes", |description| {
        description["x-timings"]["backoffMs"] = json!([1]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    let chaos = Chaos::start().await;
    let paths = [
        "/http401",
        "/http403",
        "/http429",
        "/http500",
        "/redirect",
        "/badaccept",
        "/badext",
        "/rst",
        "/fin",
    ];
    // Firefox takes a subprotocol that nobody offered for none.
    let subprotocol = (!environment::is_firefox()).then_some("/badproto");
    let paths = paths.into_iter().chain(subprotocol);
    let without_tls = site.url("").replace("http://", "wss://");
    // A port that browsers connect to for nobody.
    let blocked = "ws://127.0.0.1:6000/".to_owned();
    let urls = paths.map(|path| chaos.url(path)).chain([without_tls, blocked]);
    let mut explanations = Vec::new();
    for url in urls {
        page.call(&url).await;
        let view = page
            .until(&format!("{url} is given up"), |view| {
                view.is("idle") && view.row("note", "after 5 attempts").is_some()
            })
            .await;
        explanations.push(view.notice.unwrap().text);
        page.click("clear").await;
    }
    let text = &explanations[0];
    assert!(explanations.iter().all(|other| other == text), "{explanations:#?}");
    for guess in ["401", "403", "429", "500", "invalid key", "expired"] {
        assert!(!text.contains(guess), "{guess}: {text}");
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_handshake_that_hung_does_not_block_the_next_one_to_the_same_address() {
    let chaos = Chaos::start().await;
    let folder = impatient_page("hung", |_| ());
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/hang")).await;
    page.until_row("note", "no answer in 1 s").await;
    page.leave().await;
    is_left(&chaos).await;
    page.call(&chaos.url("/echo")).await;
    page.until_state("open").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn nothing_is_sent_during_a_handshake() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack?delay-open=1000")).await;
    page.until_state("connecting").await;
    page.send_by_keys().await;
    let view = page.until("the refusal is explained", |view| view.refusal.is_some()).await;
    assert!(view.refusal.as_ref().unwrap().contains("connect first"), "{view:#?}");
    page.until_state("open").await;
    // A queue would have sent it by now.
    page.click("send").await;
    let seen = chaos.until("a message", |seen| seen.messages().count() > 0).await;
    assert_eq!(seen.messages().count(), 1, "{seen:#?}");
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_socket_that_the_pages_security_policy_blocks_is_named_so() {
    let chaos = Chaos::start().await;
    let folder = page_with("blocked", |_| ());
    rewrite(&folder, |html| {
        let policy =
            r#"<meta http-equiv="Content-Security-Policy" content="connect-src 'self'" />"#;
        html.replace("<head>", &format!("<head>{policy}"))
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    let view = page
        .until("the policy is named", |view| {
            let notice = view.notice.as_ref();
            notice.is_some_and(|notice| notice.text.contains("content security policy"))
        })
        .await;
    assert!(view.is("idle"), "{view:#?}");
    assert_eq!(view.notice.unwrap().countdown, None);
    assert!(chaos.seen().requests.is_empty());
    is_sound(&page, &chaos).await;
}
