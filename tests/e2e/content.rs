//! Messages at the edges: what is shown is what was received, and the page stays usable.

use serde_json::json;

use crate::support::aftermath::{is_sound, is_usable};
use crate::support::canary::percent_encoded;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn arrays_nested_deeper_than_a_parser_goes_are_shown() {
    let (page, chaos, _server) = open().await;
    for depth in [127, 128, 100_000] {
        page.call(&chaos.url(&format!("/nest?depth={depth}"))).await;
        page.until_row("malformed", "[[[[").await;
        page.click_row("malformed").await;
        page.until("its detail is open", |view| {
            view.detail.as_ref().is_some_and(|detail| detail.contains('['))
        })
        .await;
        page.leave().await;
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_message_is_shown_as_it_was_received() {
    let (page, chaos, _server) = open().await;
    for text in [
        r#"{"type":"event","request_id":"e1","request_id":"e2","payload":{"b":1e2,"a":1e400}}"#,
        r#"{"type":"event","request_id":"e3","payload":{"z":12345678901234567890123,"a":1.0}}"#,
        r#"{"type":"event","request_id":"e4","payload":{"half":"\ud800"}}"#,
    ] {
        page.call(&chaos.url(&format!("/say?text={}", percent_encoded(text)))).await;
        page.until("it is received", |view| {
            view.rows.iter().any(|row| row.direction == "received")
        })
        .await;
        let row = "return every('row').find((row) => row.dataset.direction === 'received');";
        page.click_that("what was received", row, vec![]).await;
        page.until_true(
            "the detail has it to the letter",
            "const detail = shown('detail-text')?.textContent.replace(/\\s/g, '');
             return detail?.includes(arguments[0]) ?? false;",
            vec![json!(text)],
        )
        .await;
        page.leave().await;
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn half_a_surrogate_pair_leaves_as_a_replacement_character() {
    let (page, chaos, _server) = open().await;
    page.call(&chaos.url("/echo")).await;
    page.until_state("open").await;
    page.compose("raw").await;
    page.enter("envelope", "").await;
    // No key has half of a pair, but other ways to write a text may leave one.
    let script = r#"return document.execCommand("insertText", false, '{"type":"\ud800"}');"#;
    assert!(page.evaluate::<bool>(script, vec![]).await.unwrap());
    page.click("send").await;
    let seen = chaos.until("a message", |seen| seen.messages().count() == 1).await;
    assert_eq!(seen.messages().next(), Some("{\"type\":\"\u{FFFD}\"}"));
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn messages_around_and_far_over_the_limit_are_rows() {
    let (page, chaos, _server) = open().await;
    for (bytes, size) in [
        (65_535, " 63.9 KB"),
        (65_536, " 64 KB"),
        (65_537, " 64 KB"),
        (1_000_000, " 976.5 KB"),
        (16_777_216, " 16 MB"),
    ] {
        page.call(&chaos.url(&format!("/big?bytes={bytes}"))).await;
        let row = page.until_row("malformed", "xxxx").await;
        assert!(row.text.ends_with(size), "{bytes}: {row:?}");
        assert!(row.text.len() < 1000, "{bytes}: {} characters in a row", row.text.len());
        page.leave().await;
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_compressed_bomb_is_a_row() {
    let (page, chaos, _server) = open().await;
    page.call(&chaos.url("/bomb?bytes=10000000")).await;
    let row = page.until_row("malformed", "xxxx").await;
    assert!(row.text.ends_with("9.5 MB"), "{row:?}");
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_flood_of_100000_leaves_the_page_answering() {
    let (page, chaos, _server) = open().await;
    page.call(&chaos.url("/flood?n=100000")).await;
    page.until("the flood is on", |view| view.row("event", "prj_").is_some()).await;
    // A reader gets a word in.
    page.compose("ping").await;
    page.until_true(
        "the flood has ended",
        "return text('log-status').startsWith('100000 ');",
        vec![],
    )
    .await;
    let view = page.until("its last row", |view| view.row("event", "prj_99999").is_some()).await;
    assert!(view.rows.len() < 200, "{} rows are in the document", view.rows.len());
    // The log keeps 100,000 entries; before the flood came those of the attempt and of the opening.
    assert!(view.log_status.as_ref().unwrap().ends_with(" 2 older dropped"), "{view:#?}");
    is_usable(&page, &chaos).await;
}

async fn open() -> (Page, Chaos, Server) {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    (page, Chaos::start().await, server)
}
