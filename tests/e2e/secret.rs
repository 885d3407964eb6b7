//! The key: it goes to the server it is for, and nowhere else.
//!
//! Chromium itself prints the whole URL of a connection that fails. No page can prevent that, so
//! those lines are told apart by their source; `console-api` is what a page writes.

use serde_json::Value;

use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, servers};

/// A key with characters that URLs, JSON and HTML each write in their own way.
const KEY: &str = "canary+\"key&/é";
/// The same: percent-encoded, in JSON, and in base64.
const SHAPES: [&str; 4] =
    [KEY, "canary%2B%22key%26%2F%C3%A9", r#"canary+\"key&/é"#, "Y2FuYXJ5KyJrZXkmL8Op"];

#[tokio::test]
async fn the_key_is_nowhere_after_a_server_said_it_back() {
    let chaos = Chaos::start().await;
    let said: Vec<_> = SHAPES.iter().map(|shape| format!("text={}", encoded(shape))).collect();
    let page = open("said-back", &chaos.url(&format!("/say?{}", said.join("&")))).await;
    page.connect_live(KEY).await;
    page.until("all of it is in the log", |view| {
        view.rows.iter().filter(|row| row.kind == "malformed").count() == SHAPES.len()
    })
    .await;
    is_nowhere(&page).await;
    for number in 0..SHAPES.len() {
        let script =
            "every('row').filter((row) => row.dataset.kind === 'malformed')[arguments[0]].click();";
        let _: Option<()> = page.evaluate(script, vec![number.into()]).await.unwrap();
        page.until("its detail is open", |view| {
            view.detail.as_ref().is_some_and(|detail| detail.contains("•••"))
        })
        .await;
        is_nowhere(&page).await;
    }
    assert!(chaos.seen().requests[0].contains(&format!("token={}", SHAPES[1])));
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_close_whose_reason_repeats_it() {
    let chaos = Chaos::start().await;
    let reason = format!("/close?code=4001&reason=no:{}", encoded(KEY));
    let page = open("close-reason", &chaos.url(&reason)).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    page.click("primary").await;
    let notice = page.until_closed(4001).await;
    assert!(notice.text.contains("no:•••"), "{notice:#?}");
    is_nowhere(&page).await;
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_handshake_that_failed() {
    let chaos = Chaos::start().await;
    let page = open("failed-handshake", &chaos.url("/http401")).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    page.click("primary").await;
    let view = page.until_state("waiting").await;
    assert!(!view.notice.as_ref().unwrap().text.contains("401"), "{view:#?}");
    is_nowhere(&page).await;
    // What is found above would be found here: the browser's own line has the key.
    let console = page.browser.console().await;
    assert!(console.iter().any(|line| line.message.contains(SHAPES[1])), "{console:#?}");
}

#[tokio::test]
async fn the_key_is_kept_for_the_tab_only_when_asked() {
    let chaos = Chaos::start().await;
    let page = open("kept", &chaos.url("/ack")).await;
    page.connect_live(KEY).await;
    is_nowhere(&page).await;
    page.click("keep-key").await;
    page.until_true(
        "it is in the storage of the tab",
        "return Object.values(sessionStorage).includes(arguments[0]) && localStorage.length === 0;",
        vec![KEY.into()],
    )
    .await;
    page.click("keep-key").await;
    page.until_true("it is forgotten", "return sessionStorage.length === 0;", vec![]).await;
    is_nowhere(&page).await;
}

/// Asserts that the key is in no text, attribute, field, storage, address or console line of ours.
/// The one field that it was typed into has it as its value.
async fn is_nowhere(page: &Page) {
    let places: Vec<String> = page.evaluate(EVERYWHERE, vec![]).await.unwrap();
    // The search reaches into the shadow root.
    assert!(places.iter().any(|place| place.contains("none dropped")), "{places:#?}");
    let console = page.browser.console().await;
    let ours = console.iter().filter(|line| line.source.as_deref() == Some("console-api"));
    let places = places.into_iter().chain(ours.map(|line| line.message.clone()));
    for place in places {
        for shape in SHAPES {
            assert!(!place.contains(shape), "{shape} is in: {place}");
        }
    }
}

/// Gathers everything that a page could leave a key in.
const EVERYWHERE: &str = r#"
    const places = [location.href, document.referrer, document.title, document.cookie];
    for (const storage of [localStorage, sessionStorage]) {
      places.push(JSON.stringify({ ...storage }));
    }
    places.push(JSON.stringify(history.state));
    const visit = (node) => {
      places.push(node.textContent ?? "");
      for (const element of node.querySelectorAll("*")) {
        for (const { value } of element.attributes) places.push(value);
        const isKey = element.matches('[data-testid="key"]');
        if (typeof element.value === "string" && !isKey) places.push(element.value);
        if (element.shadowRoot) visit(element.shadowRoot);
      }
    };
    visit(document);
    return places;
"#;

fn encoded(text: &str) -> String {
    let digit = |bits: u8| char::from_digit(bits.into(), 16).unwrap();
    text.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Opens a page whose API description names this live server.
async fn open(name: &str, live: &str) -> Page {
    let folder = page_with(name, |description: &mut Value| {
        description["servers"] = servers(&[live.to_owned()], &[]);
    });
    Page::open(&Site::serve(&folder).await.url("")).await
}
