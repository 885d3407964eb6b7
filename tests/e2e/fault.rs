//! Frames and connections as they should not be: each is a row with the reason, and the session
//! goes on.

use crate::support::aftermath::{is_sound, is_usable};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn frames_that_are_no_envelope_are_rows_with_the_reason() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for (path, kind, text) in [
        ("/say?text=hello", "malformed", "hello"),
        ("/say?text=42", "malformed", "42"),
        ("/say?text=[]", "malformed", "[]"),
        ("/say?text={}", "malformed", "type"),
        (r#"/say?text={"type":"nonsense","request_id":"x"}"#, "malformed", "nonsense"),
        (r#"/say?text={"type":"event","request_id":7}"#, "malformed", "request_id"),
        ("/empty", "malformed", "0 B"),
        ("/nul", "malformed", "before␀after"),
        ("/bom", "malformed", "U+FEFFmarked"),
        ("/bin", "binary", "00 01 fe ff"),
        ("/frag", "malformed", "one, two, three"),
    ] {
        let path = path.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
        page.call(&chaos.url(&path)).await;
        let row = page.until_row(kind, text).await;
        assert_eq!(row.direction, "received", "{path}");
        page.until_state("open").await;
        page.click("clear").await;
        page.click("primary").await;
        page.until_state("idle").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_a_row_and_the_session_goes_on() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/big?bytes=5000000")).await;
    let row = page.until_row("malformed", "xxxx").await;
    assert!(row.text.ends_with("4.7 MB"), "{row:?}");
    page.until_state("open").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn frames_that_the_protocol_forbids_end_the_connection_with_1006() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for path in ["/rsv", "/badutf8", "/badlength", "/open-rst"] {
        // A frame that comes with the handshake makes Firefox fail the handshake.
        page.call(&chaos.url(&format!("{path}?after=200"))).await;
        page.until_closed(1006).await;
        page.leave().await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_masked_message_of_a_server_ends_the_connection_except_in_firefox_which_reads_it() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/masked")).await;
    if environment::is_firefox() {
        page.until_row("malformed", "masked").await;
    } else {
        page.until_closed(1006).await;
    }
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_server_that_ignores_our_close_is_left_all_the_same() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ignoreclose")).await;
    page.until_state("open").await;
    page.click("primary").await;
    page.until_row("note", "did not confirm the close").await;
    let view = page.until_state("idle").await;
    assert_eq!(view.primary.as_deref(), Some("Connect"));
    // The browser itself waits for the server a while longer.
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn acks_that_nobody_asked_for_are_marked() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack?times=2")).await;
    page.until_state("open").await;
    page.compose("publish").await;
    page.click("send").await;
    page.until_row("ack", "duplicate").await;
    page.click("primary").await;
    page.until_state("idle").await;
    page.call(&chaos.url("/ack?id=req_999")).await;
    page.until_state("open").await;
    page.click("send").await;
    page.until_row("ack", "no request has this id").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn every_close_code_of_the_wire_is_shown_as_the_browser_reports_it() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    // No server may send these codes. Firefox passes them on.
    let forbidden = |code| if environment::is_firefox() { code } else { 1006 };
    for (sent, shown) in [
        (0, 0),
        (999, 999),
        (1000, 1000),
        (1001, 1001),
        (1002, 1002),
        (1003, 1003),
        (1004, 1004),
        (1005, forbidden(1005)),
        (1006, forbidden(1006)),
        (1007, 1007),
        (1008, 1008),
        (1011, 1011),
        (1015, forbidden(1015)),
        (1016, 1016),
        (2999, 2999),
        (3000, 3000),
        (4999, 4999),
        (5000, 5000),
    ] {
        page.call(&chaos.url(&format!("/close?code={sent}&reason=because"))).await;
        page.until_closed(shown).await;
        page.until_row("close", &format!("close {shown}")).await;
        page.leave().await;
        page.click("clear").await;
    }
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_flood_is_counted_to_the_last_message() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/flood?n=10000")).await;
    let view = page
        .until("all of it is counted", |view| {
            view.log_status.as_ref().is_some_and(|status| status.starts_with("10000 messages"))
        })
        .await;
    assert!(view.rows.len() < 200, "{} rows are in the document", view.rows.len());
    page.until_row("event", "prj_9999").await;
    is_sound(&page, &chaos).await;
}
