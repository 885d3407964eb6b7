//! The element on a page that is not its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::home::Home;
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
    page.browser.enter_frame(0).await;
    page.until_ready().await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.until_row("event", "project.updated").await;
}

#[tokio::test]
async fn an_element_far_below_loads_the_program_when_it_comes_near() {
    let server = Server::start("");
    let body = format!(
        r#"<link rel="icon" href="data:,"><div style="height: 5000px">Far above.</div><veriops-playground>Without a program.
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
    let fetched = "return performance.getEntriesByType('resource')
        .map(({ name }) => new URL(name).pathname);";
    let before: Vec<String> = page.evaluate(fetched, vec![]).await.unwrap();
    assert_eq!(before, ["/playground.js"]);
    let scroll = "document.querySelector('veriops-playground').scrollIntoView();";
    page.evaluate::<Value>(scroll, vec![]).await.unwrap();
    page.until_ready().await;
    let after: Vec<String> = page.evaluate(fetched, vec![]).await.unwrap();
    let is_program = |path: &&String| path.ends_with("_bg.wasm");
    assert_eq!(after.iter().filter(is_program).count(), 1, "{after:#?}");
}

#[test]
fn the_loader_is_at_most_three_kilobytes_of_gzip() {
    let script = fs::read(environment::dist().join("playground.js")).unwrap();
    let mut small = GzEncoder::new(Vec::new(), Compression::best());
    small.write_all(&script).unwrap();
    let size = small.finish().unwrap().len();
    println!("the loader: {size} bytes of gzip");
    // A KB is 1,024 bytes, as in the page's own "64 KB".
    assert!(size <= 3 * 1024, "{size} bytes");
}

#[tokio::test]
async fn a_framed_page_tells_how_tall_it_has_to_be_and_nothing_else() {
    let home = Home::framed("frame-height").await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&home.url(home.with)).await;
    let listen = "window.heard = [];
        addEventListener('message', ({ data }) => heard.push(data));";
    page.browser.evaluate::<Value>(listen, vec![]).await.unwrap();
    page.browser.enter_frame(0).await;
    page.until_ready().await;
    let whole = "const { scrollHeight } = document.documentElement;
        return scrollHeight === innerHeight && innerHeight > 400;";
    page.until_true("the frame is as tall as its page", whole, vec![]).await;
    let before: u32 = page.evaluate("return innerHeight;", vec![]).await.unwrap();
    page.choose("live").await;
    page.enter("endpoint", &home.chaos.url("/close?code=4008")).await;
    page.click("primary").await;
    page.until_closed(4008).await;
    page.until_true("it is still as tall", whole, vec![]).await;
    let taller = format!("return innerHeight > {before};");
    page.until_true("a notice has made it taller", &taller, vec![]).await;
    page.leave().await;
    page.browser.leave_frame().await;
    let heard = "return heard.map((it) => JSON.stringify({ ...it, height: typeof it.height }));";
    let heard: BTreeSet<String> = page.browser.evaluate(heard, vec![]).await.unwrap();
    let only = r#"{"type":"vp-height","version":1,"height":"number"}"#;
    assert_eq!(heard, BTreeSet::from([only.to_owned()]));
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
