//! The page's shape: it fits, it is small, and it obeys its own security policy.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn the_page_fits_every_width_in_every_state() {
    let server = Server::start("--event-interval 100 --rate-messages 5");
    let page = Page::open(&server.page()).await;
    fits(&page, "idle").await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_with_a_rather_long_name_000001")])
        .await;
    page.until_row("event", "project.updated").await;
    page.click_row("event").await;
    fits(&page, "open").await;
    page.compose("ping").await;
    for _ in 0..5 {
        page.click("send").await;
    }
    page.until_closed(4008).await;
    fits(&page, "closed").await;
}

#[tokio::test]
async fn the_envelope_is_not_covered_when_a_message_stands_below_it() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1320, 860).await;
    page.until_true("it is uncovered at first", UNCOVERED, vec![]).await;
    page.send_by_keys().await;
    page.until("a refusal stands below it", |view| view.refusal.is_some()).await;
    page.until_true("it is uncovered", UNCOVERED, vec![]).await;
    page.call(&chaos.url("/close?code=4321")).await;
    page.until_closed(4321).await;
    page.until_true("nor does the notice cover it", UNCOVERED, vec![]).await;
    page.send_by_keys().await;
    page.until("both are there", |view| view.refusal.is_some()).await;
    page.until_true("nor do both", UNCOVERED, vec![]).await;
}

/// Whether the editor of the envelope and the remarks on it are neither cut off nor covered. The text may
/// scroll in its editor.
const UNCOVERED: &str = r"
    const box = (element) => element.getBoundingClientRect();
    const clips = (element) => getComputedStyle(element).overflowY !== 'visible';
    const isWhole = (element, within) => !within
      || (!clips(within) || (box(element).top >= box(within).top - 1
          && box(element).bottom <= box(within).bottom + 1))
        && isWhole(element, within.parentElement);
    const send = shown('send').parentElement;
    const parts = [shown('envelope').parentElement, shown('checks'), send];
    return innerHeight === 860 && box(parts[0]).height > 60
      && parts.every((part) => isWhole(part, part.parentElement))
      && parts.slice(0, 2).every((part) => box(part).bottom <= box(send).top + 1);
";

#[tokio::test]
async fn the_first_load_is_at_most_190_kilobytes_of_brotli() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let loaded: Vec<String> = page
        .evaluate(
            "return [...performance.getEntriesByType('navigation'),
                     ...performance.getEntriesByType('resource')]
               .map(({ name }) => new URL(name).pathname);",
            vec![],
        )
        .await
        .unwrap();
    let sizes: BTreeMap<String, u64> = loaded.into_iter().map(brotli).collect();
    println!("the first load: {sizes:#?}");
    assert!(sizes.keys().any(|path| path.contains("_bg.wasm")), "{sizes:#?}");
    let whole: u64 = sizes.values().sum();
    // A KB is 1,024 bytes, as in the page's own "64 KB".
    assert!(whole <= 190 * 1024, "{whole} bytes: {sizes:#?}");
}

#[tokio::test]
async fn nothing_is_blocked_by_the_pages_own_policy() {
    let server = Server::start("--event-interval 200");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.until_row("event", "project.updated").await;
    page.click_row("event").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    page.click("primary").await;
    page.until_state("idle").await;
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}

/// Returns the size of a file as a server sends it to a browser.
fn brotli(path: String) -> (String, u64) {
    let name = if path == "/" { "index.html" } else { &path[1..] };
    let file = environment::dist().join(format!("{name}.br"));
    let size = std::fs::metadata(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        .len();
    (path, size)
}

/// Asserts that nothing is wider than the page, from a phone to a full screen.
async fn fits(page: &Page, state: &str) {
    for width in [320, 760, 1320] {
        page.browser.resize(width, 900).await;
        let wide: Vec<Value> = page.evaluate(TOO_WIDE, vec![]).await.unwrap();
        assert!(wide.is_empty(), "{state} at {width} px: {wide:#?}");
    }
}

/// Lists the elements that stick out of the page, and the page if it scrolls sideways.
const TOO_WIDE: &str = r"
    const page = document.documentElement;
    const wide = page.scrollWidth > page.clientWidth
      ? [`the page scrolls: ${page.scrollWidth} of ${page.clientWidth}`] : [];
    const scrolls = (element) => element && element !== root.host
      && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
    for (const element of root.querySelectorAll('*')) {
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 0 && element.checkVisibility() && (left < -1 || right > page.clientWidth + 1)
          && !scrolls(element.parentElement)) {
        wide.push(`${element.tagName}.${element.className}: ${left} to ${right}`);
      }
    }
    return wide;
";
