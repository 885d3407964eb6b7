//! Addresses: what is wrong with them is said before a browser sees them, or honestly after it.

use serde_json::json;

use crate::support::aftermath::{is_left, is_sound, works};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::key::ENTER;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{SecureSite, Site, page_with};

#[tokio::test]
async fn a_wrong_address_is_explained_beside_the_field() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("live").await;
    for (typed, help) in [
        ("", "wss:// or ws://"),
        ("api.veriops.example", "must start with wss:// or ws://"),
        ("https://api.veriops.example", "must start with wss:// or ws://"),
        ("wss://", "host name"),
        ("wss://host:99999/", "port"),
        ("wss://me:secret@host/", "before @"),
        ("wss://host/#part", "fragment"),
    ] {
        page.enter("endpoint", typed).await;
        page.until(&format!("{typed:?} is explained"), |view| {
            view.endpoint_error.as_ref().is_some_and(|error| error.contains(help))
        })
        .await;
        page.press("endpoint", ENTER).await;
        let view = page.view().await.unwrap();
        assert!(view.is("idle") && view.rows.is_empty(), "{typed:?}: {view:#?}");
    }
    page.enter("endpoint", &server.endpoint("/echo")).await;
    page.until("a right address has no error", |view| view.endpoint_error.is_none()).await;
    page.connect().await;
}

#[tokio::test]
async fn mixed_content_is_explained_before_connecting() {
    let site = SecureSite::serve(&environment::dist());
    let page = Page::open(&site.url()).await;
    page.choose("live").await;
    page.enter("endpoint", "ws://api.veriops.example/realtime").await;
    let view = page
        .until("mixed content is explained", |view| {
            view.endpoint_error.as_ref().is_some_and(|error| error.contains("mixed content"))
        })
        .await;
    assert!(view.endpoint_error.as_ref().unwrap().contains("wss://"), "{view:#?}");
    // To this machine a browser connects all the same.
    let chaos = Chaos::start().await;
    page.enter("endpoint", &chaos.url("/ack")).await;
    page.connect().await;
}

#[tokio::test]
async fn a_refused_port_is_tried_five_times_and_its_causes_are_listed() {
    let folder = page_with("refused-port", |description| {
        description["x-timings"]["backoffMs"] = json!([1, 2]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    // The port was free a moment ago, and its server is gone.
    let gone = Chaos::start().await.url("/realtime");
    page.call(&gone).await;
    let view = page
        .until("the page gives up", |view| {
            view.is("idle")
                && view.notice.as_ref().is_some_and(|notice| notice.text.contains("5 attempts"))
        })
        .await;
    let notice = view.notice.unwrap();
    for cause in ["The address is wrong", "firewall", "certificate", "Browsers do not tell"] {
        assert!(notice.text.contains(cause), "{cause}: {notice:#?}");
    }
    assert!(notice.offers("start-simulator"), "{notice:#?}");
    works(&page).await;
}

#[tokio::test]
async fn a_handshake_without_an_answer_can_be_cancelled_and_is_no_error() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/hang")).await;
    let view = page.until_state("connecting").await;
    assert_eq!(view.primary.as_deref(), Some("Cancel"));
    page.click("primary").await;
    let view = page.until_state("idle").await;
    assert!(view.notice.is_none(), "{view:#?}");
    is_left(&chaos).await;
    // A hung handshake would block the next one to the same address.
    page.enter("endpoint", &chaos.url("/echo")).await;
    page.connect().await;
    assert_eq!(chaos.seen().requests.len(), 2);
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_handshake_without_an_answer_is_given_up_after_ten_seconds() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/hang")).await;
    page.until_row("note", "no answer in 10 s").await;
    let view = page.until_state("waiting").await;
    assert!(view.notice.as_ref().unwrap().text.contains("No answer in 10 s"), "{view:#?}");
    page.click("stop").await;
    is_sound(&page, &chaos).await;
}
