//! The playground in a real documentation site: Material for MkDocs, with the line that the README
//! gives.

use serde_json::Value;

use crate::support::canary::KEY;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, documentation};

#[tokio::test]
async fn the_documentation_embeds_it_in_both_palettes() {
    let server = Server::start("--event-interval 200");
    let folder = documentation("palettes", &server.get("/veriops.asyncapi.json"));
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    for palette in ["default", "slate"] {
        page.until_true(
            palette,
            "return document.body.dataset.mdColorScheme === arguments[0];",
            vec![palette.into()],
        )
        .await;
        page.connect_live(KEY).await;
        page.subscribe("project.updated", &[]).await;
        page.until_row("event", "project.updated").await;
        // The theme remembers the palette; the playground starts afresh.
        let toggle = "document.querySelector('.md-header__option label:not([hidden])').click();";
        page.browser.evaluate::<Value>(toggle, vec![]).await.unwrap();
        page.go(&site.url("")).await;
    }
}

#[tokio::test]
async fn the_documentation_keeps_its_own_styles() {
    let server = Server::start("");
    let folder = documentation("styles", &server.get("/veriops.asyncapi.json"));
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    // So tall that neither page has a scroll bar to make room for.
    page.browser.resize(1320, 5_000).await;
    let with = styles(&page).await;
    page.browser.go(&site.url("without/")).await;
    let without = styles(&page).await;
    assert_eq!(with.as_object().unwrap().len(), HOST_ELEMENTS.len());
    for element in HOST_ELEMENTS {
        let (with, without) = (with[element].as_array(), without[element].as_array());
        let changed = with.unwrap().iter().filter(|style| !without.unwrap().contains(style));
        assert_eq!(changed.clone().count(), 0, "{element}: {:?}", changed.collect::<Vec<_>>());
    }
}

/// Elements of the documentation page, on either side of the playground.
const HOST_ELEMENTS: [&str; 9] = [
    "html",
    "body",
    ".md-header",
    ".md-typeset h1",
    ".md-typeset p",
    ".md-typeset code",
    ".md-typeset p a",
    ".md-typeset h2",
    ".md-typeset td",
];

/// Returns every computed style of the host's elements but for those that follow from how tall the
/// page is.
async fn styles(page: &Page) -> Value {
    let script = r"
        const follows = /height|block-size|origin|^(top|bottom|inset)|scroll/;
        const of = (selector) => {
          const style = getComputedStyle(document.querySelector(selector));
          const names = [...style].filter((name) => !follows.test(name));
          return names.map((name) => `${name}: ${style.getPropertyValue(name)}`);
        };
        return Object.fromEntries(arguments.map((selector) => [selector, of(selector)]));";
    let script = script.replace("arguments.map", "[...arguments].map");
    let arguments = HOST_ELEMENTS.iter().map(|element| (*element).into()).collect();
    page.evaluate(&script, arguments).await.unwrap()
}
