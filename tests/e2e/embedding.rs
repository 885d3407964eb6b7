//! The element on a page that is not its own.

use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, document};

#[tokio::test]
async fn the_page_works_in_a_frame() {
    let server = Server::start("--event-interval 200");
    let frame = format!(r#"<iframe src="{}" width="1000" height="800"></iframe>"#, server.page());
    let site = Site::serve(&document("framed", &frame)).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    page.browser.enter_frame().await;
    page.until_ready().await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.until_row("event", "project.updated").await;
}

#[tokio::test]
async fn an_element_far_below_loads_the_program_when_it_comes_near() {
    let server = Server::start("");
    let body = format!(
        r#"<div style="height: 5000px">Far above.</div><veriops-playground>Without a program.
        </veriops-playground><script type="module" src="{}playground.js"></script>"#,
        server.page()
    );
    let site = Site::serve(&document("far-below", &body)).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    page.until_true(
        "the element is defined and still shows its own text",
        "const element = document.querySelector('veriops-playground:defined');
         return element?.textContent.includes('Without a program') && !element.shadowRoot;",
        vec![],
    )
    .await;
    let programs = "return performance.getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('.wasm')).length;";
    assert_eq!(page.evaluate::<usize>(programs, vec![]).await.unwrap(), 0);
    let scroll = "document.querySelector('veriops-playground').scrollIntoView();";
    page.evaluate::<Value>(scroll, vec![]).await.unwrap();
    page.until_ready().await;
    assert_eq!(page.evaluate::<usize>(programs, vec![]).await.unwrap(), 1);
}

#[tokio::test]
async fn an_element_that_is_removed_takes_its_connection_along() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    let remove = "document.querySelector('veriops-playground').remove();";
    page.evaluate::<Value>(remove, vec![]).await.unwrap();
    let seen = chaos.until("the socket is closed", |seen| seen.open == 0).await;
    assert_eq!(seen.closes, [1000]);
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}
