//! Opening large files: a reader sees how far it is, can leave at any time, and is told what is wrong.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, document};

#[tokio::test]
async fn an_element_that_is_removed_while_it_reads_a_file_leaves_the_others_working() {
    let server = Server::start("");
    let (_site, page) = two_playgrounds(&server, "removed-while-reading").await;
    choose(&page, &long_log("removed.ndjson", 100)).await;
    page.until_true(
        "it is removed in the middle",
        "const is_opening = text('replay')?.startsWith('Opening ') ?? false;
         if (is_opening) document.querySelector('veriops-playground').remove();
         return is_opening;",
        vec![],
    )
    .await;
    // What was under way would be heard of while this goes on.
    works(&page).await;
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn a_large_file_is_opened_with_its_progress_and_can_be_stopped() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let log = long_log("large.ndjson", 100);
    choose(&page, &log).await;
    page.until_true(
        "its progress is said, and it is stopped",
        r"const is_opening = /^Opening \S+large.ndjson · \d+ %/.test(text('replay') ?? '');
         if (is_opening) shown('open-cancel').click();
         return is_opening;",
        vec![],
    )
    .await;
    page.until_true("nothing is opened", "return !shown('replay');", vec![]).await;
    choose(&page, &log).await;
    page.until_true("it is replayed", "return !!shown('replay-speed');", vec![]).await;
    page.enter("replay-speed", "At once").await;
    page.until_true(
        "what the log does not keep is said",
        "return text('replay').includes('are no longer kept');",
        vec![],
    )
    .await;
    page.click("replay-end").await;
    works(&page).await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_with_what_would_help() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let path = environment::scratch_file("huge.ndjson");
    fs::File::create(&path).unwrap().set_len(212 << 20).unwrap();
    choose(&page, &path).await;
    until_refused(&page, "it has 212 MB, and up to 128 MB can be opened").await;
    fs::remove_file(&path).unwrap();
    page.click("replay-dismiss").await;
    works(&page).await;
}

#[tokio::test]
async fn a_file_that_is_gone_before_it_was_read_is_refused_with_what_would_help() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let path = long_log("gone.ndjson", 100);
    choose(&page, &path).await;
    page.until_true(
        "it is being read",
        "return text('replay')?.startsWith('Opening') ?? false;",
        vec![],
    )
    .await;
    fs::write(&path, "").unwrap();
    fs::remove_file(&path).unwrap();
    until_refused(&page, "the browser cannot read it any more").await;
    works(&page).await;
}

#[tokio::test]
async fn a_frame_of_a_megabyte_is_shown_slice_by_slice() {
    let server = Server::start("");
    let chaos = Chaos::start().await;
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/big?bytes=1048576")).await;
    page.until_row("malformed", "").await;
    page.click_row("malformed").await;
    for tab in ["detail-raw", "detail-hex"] {
        page.click(tab).await;
        until_part(&page, "Showing 64 KB of 1 MB").await;
        page.click("detail-more").await;
        until_part(&page, "Showing 128 KB of 1 MB").await;
        let xs = "return shown('detail-text').textContent.length;";
        let length: usize = page.evaluate(xs, vec![]).await.unwrap();
        assert!((128 << 10..1 << 20).contains(&length), "{tab}: {length}");
    }
}

async fn until_part(page: &Page, words: &str) {
    let script = "return text('detail-part') === arguments[0];";
    page.until_true(words, script, vec![words.into()]).await;
}

async fn until_refused(page: &Page, words: &str) {
    let script = "const said = text('replay') ?? '';
                  return said.startsWith('Not opened') && said.includes(arguments[0]);";
    page.until_true(words, script, vec![words.into()]).await;
}

/// Returns a page with two playgrounds that run, in one program. The first is the one that is used.
async fn two_playgrounds(server: &Server, name: &str) -> (Site, Page) {
    let body = format!(
        r#"<link rel="icon" href="data:,"><veriops-playground></veriops-playground><veriops-playground></veriops-playground>
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
async fn choose(page: &Page, file: &Path) {
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
        writeln!(
            text,
            r#"{{"seq":{seq},"at_ms":{seq},"time":"2026-03-19T14:30:00.000Z","entry":"message","direction":"received","reading":"banner","size":800,"text":"{filler}"}}"#
        )
        .unwrap();
        seq += 1;
    }
    let path = environment::scratch_file(name);
    fs::write(&path, text).unwrap();
    path
}
