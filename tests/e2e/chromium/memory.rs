//! What stays in memory.

use serde_json::{Value, json};

use super::super::leak::{come_and_go, open};
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn elements_that_came_and_went_leave_no_node_and_no_listener() {
    let chaos = Chaos::start().await;
    let site = open("nodes", &chaos).await;
    let page = Page::open(&site.url("")).await;
    page.evaluate::<Value>("root.host.remove();", vec![]).await.unwrap();
    come_and_go(&page, 10).await;
    let before = metrics(&page.browser).await;
    come_and_go(&page, 100).await;
    let after = metrics(&page.browser).await;
    for (name, slack) in [("Nodes", 20.0), ("JSEventListeners", 5.0), ("JSHeapUsedSize", 1e6)] {
        let (before, after) = (number(&before, name), number(&after, name));
        assert!(after <= before + slack, "{name}: {before} before, {after} after");
    }
}

#[tokio::test]
async fn what_a_full_log_takes_does_not_grow_with_what_comes() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let browser = Browser::start_chromium(&[]).await;
    let source = json!({ "source": WATCH_PROGRAMS });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source).await;
    let page = Page::open_in(browser, &server.page()).await;
    let empty = memory(&page).await;
    // The log keeps 64 MB of messages.
    receive(&page, &chaos, 100, 100).await;
    let full = memory(&page).await;
    receive(&page, &chaos, 300, 400).await;
    let after = memory(&page).await;
    // The log is in the program's memory, which never shrinks, and not in the heap of the scripts.
    assert!(full.program > empty.program + 50e6, "{empty:?}, {full:?}");
    assert!(after.program < full.program + 30e6, "{full:?}, {after:?}");
    assert!(after.heap < empty.heap + 10e6, "{empty:?}, {after:?}");
}

/// Receives so many messages of a megabyte over a connection of their own, and waits until `all` have
/// come.
async fn receive(page: &Page, chaos: &Chaos, count: usize, all: usize) {
    page.call(&chaos.url(&format!("/big?bytes=1000000&times={count}"))).await;
    let script = "return text('log-status').startsWith(arguments[0]);";
    page.until_true("all are counted", script, vec![format!("{all} ").into()]).await;
    page.leave().await;
}

/// What a page takes, in bytes.
#[derive(Debug)]
struct Memory {
    /// The memory of its programs, which holds what they keep and what they kept at most.
    program: f64,
    /// What its scripts keep.
    heap: f64,
}

async fn memory(page: &Page) -> Memory {
    let script = "return programs.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);";
    let program = page.browser.evaluate(script, vec![]).await.unwrap();
    Memory { program, heap: number(&metrics(&page.browser).await, "JSHeapUsedSize") }
}

/// Keeps hold of the memory of every program that a page starts.
const WATCH_PROGRAMS: &str = "
    globalThis.programs = [];
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...parts) => {
        const made = await original.apply(WebAssembly, parts);
        const names = Object.values((made.instance ?? made).exports);
        // What is loaded later shares the memory of the rest.
        programs.push(...names.filter((it) => it instanceof WebAssembly.Memory));
        return made;
      };
    }
";

async fn metrics(browser: &Browser) -> Value {
    browser.devtools("Performance.enable", json!({})).await;
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    browser.devtools("Performance.getMetrics", json!({})).await
}

fn number(metrics: &Value, name: &str) -> f64 {
    let all = metrics["metrics"].as_array().unwrap();
    let one = all.iter().find(|metric| metric["name"] == name);
    one.and_then(|metric| metric["value"].as_f64()).unwrap()
}
