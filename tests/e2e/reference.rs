//! The reference page, and its tables in the pages of others.

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, documentation, page_with, zensical};

#[tokio::test]
async fn the_reference_page_fits_every_width_and_obeys_its_own_policy() {
    let server = Server::start("");
    let page = open(&server).await;
    let near = "document.querySelector('veriops-playground').scrollIntoView();";
    page.evaluate::<Value>(near, vec![]).await.unwrap();
    page.until_ready().await;
    let links = "return document.querySelectorAll('td > a[href^=\"#try=\"]').length;";
    let rows: usize = page
        .evaluate("return document.querySelectorAll('tbody tr').length;", vec![])
        .await
        .unwrap();
    assert_eq!(page.evaluate::<usize>(links, vec![]).await.unwrap(), rows);
    for width in [320, 420, 720, 1320] {
        page.browser.resize_view(width, 900).await;
        let wide: Vec<String> = page.evaluate(TOO_WIDE, vec![]).await.unwrap();
        assert!(wide.is_empty(), "{width} px: {wide:#?}");
    }
    let column = "return root.host.getBoundingClientRect().width;";
    assert!((page.evaluate::<f64>(column, vec![]).await.unwrap() - 688.0).abs() < 1.0);
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn a_row_of_the_reference_page_runs_its_experiment_and_opens_no_socket() {
    let server = Server::start("");
    let page = open(&server).await;
    let count = "window.sockets = 0;
        globalThis.WebSocket = class extends WebSocket {
          constructor(...address) {
            super(...address);
            window.sockets += 1;
          }
        };";
    page.evaluate::<Value>(count, vec![]).await.unwrap();
    let link = "return document.querySelector('td > a[href=\"#try=close-4008\"]');";
    page.click_that("try it", link, vec![]).await;
    let shown = "return shown('experiment-close-4008')?.dataset.state === 'shown';";
    page.until_true("4008 was shown", shown, vec![]).await;
    assert_eq!(page.evaluate::<usize>("return window.sockets;", vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn the_tables_that_the_command_prints_read_the_same_wherever_they_are_pasted() {
    // What Markdown, HTML and both readers of Markdown might take for their own.
    let odd = r"A|b *c* _d_e_ `f` [g](h) <i>j</i> &amp; ~~k~~ \| \l 1. #m";
    let folder = page_with("odd-words", |description| {
        description["x-close-codes"][0]["meaning"] = json!(odd);
        description["x-settings"][0]["value"] = json!(odd);
    });
    let server = Server::of(folder, "");
    let description = server.get("/veriops.asyncapi.json");
    let page = open(&server).await;
    let expected: Vec<Vec<Vec<String>>> = page.evaluate(TABLES, vec![]).await.unwrap();
    assert_eq!(expected.len(), 5);
    assert!(expected.iter().flatten().flatten().any(|cell| cell == odd), "{expected:#?}");
    for folder in [documentation("tables", &description), zensical("tables-too", &description)] {
        let site = Site::serve(&folder).await;
        page.browser.go(&site.url("reference/")).await;
        let tables: Vec<Vec<Vec<String>>> = page.evaluate(TABLES, vec![]).await.unwrap();
        assert_eq!(tables, expected, "{}", folder.display());
    }
}

/// Opens the reference page. Its playground is far below, and waits.
async fn open(server: &Server) -> Page {
    let page = Page::new(Browser::start().await);
    page.browser.go(&format!("{}docs/", server.page())).await;
    page
}

/// Lists what sticks out of the page, and the page if it scrolls sideways.
const TOO_WIDE: &str = r"
    const page = document.documentElement;
    const wide = page.scrollWidth > page.clientWidth
      ? [`the page scrolls: ${page.scrollWidth} of ${page.clientWidth}`] : [];
    for (const element of document.querySelectorAll('main *')) {
      const { left, right } = element.getBoundingClientRect();
      if (element.closest('pre') !== element.parentElement
          && (left < -1 || right > page.clientWidth + 1)) {
        wide.push(`${element.tagName} ${element.textContent}: ${left} to ${right}`);
      }
    }
    return wide;
";

/// Reads every table of a page: the cells' words, and where a cell's link leads.
const TABLES: &str = r"
    return [...document.querySelectorAll('table')].map((table) => [...table.rows].map((row) =>
      [...row.cells].map((cell) => cell.textContent.trim()
        + (cell.querySelector('a')?.hash ?? ''))));
";
