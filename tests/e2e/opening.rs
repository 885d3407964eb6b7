//! Opening large files: a reader sees how far it is, can leave at any time, and is told what is wrong.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, document};

#[tokio::test]
async fn an_element_that_is_removed_while_it_reads_a_file_leaves_the_others_working() {
    let server = Server::start("");
    let (_site, page) = two_playgrounds(&server, "removed-while-reading").await;
    choose(&page, &long_log("removed-while-reading.ndjson", 100)).await;
    let remove = "document.querySelector('veriops-playground').remove();";
    page.browser.evaluate::<Value>(remove, vec![]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
    works(&page).await;
}

/// Returns a page with two playgrounds that run, in one program. The first is the one that is used.
async fn two_playgrounds(server: &Server, name: &str) -> (Site, Page) {
    let body = format!(
        r#"<veriops-playground></veriops-playground><veriops-playground></veriops-playground>
        <script type="module" src="{}playground.js"></script>"#,
        server.page()
    );
    let site = Site::serve(&document(name, &body)).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    page.until_true(
        "both run",
        "const both = [...document.querySelectorAll('veriops-playground')];
         both[1].scrollIntoView();
         return both.every((it) => shown('primary', it.shadowRoot));",
        vec![],
    )
    .await;
    (site, page)
}

/// Chooses a file in the playground's own field for files.
async fn choose(page: &Page, file: &std::path::Path) {
    let field = "return document.querySelector('veriops-playground')
        .shadowRoot.querySelector('[data-testid=open]');";
    let field = page.browser.element(field, vec![]).await.unwrap();
    field.send_keys(file.to_str().unwrap()).await.unwrap();
}

/// Makes a saved log of about this many megabytes.
fn long_log(name: &str, megabytes: usize) -> PathBuf {
    let mut text = concat!(
        r#"{"format":"veriops-playground-log","version":1,"exported":"2026-03-19T14:31:40.000Z"}"#,
        "\n"
    )
    .to_owned();
    let mut seq = 0;
    while text.len() < megabytes << 20 {
        let filler = "x".repeat(800);
        text += &format!(
            r#"{{"seq":{seq},"at_ms":{seq},"time":"2026-03-19T14:30:00.000Z","entry":"message","direction":"received","reading":"banner","size":800,"text":"{filler}"}}"#
        );
        text.push('\n');
        seq += 1;
    }
    let path = environment::scratch_file(name);
    fs::write(&path, text).unwrap();
    path
}
