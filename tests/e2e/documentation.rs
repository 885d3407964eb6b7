//! The playground in a real documentation site: Material for MkDocs, with the line that the README
//! gives.

use serde_json::{Value, json};

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
    for (palette, other) in [("default", "slate"), ("slate", "default")] {
        is_in(&page, palette, &ALWAYS).await;
        page.connect_live(KEY).await;
        page.subscribe("project.updated", &[]).await;
        page.until_row("event", "project.updated").await;
        let toggle = "return document.querySelector('.md-header__option label:not([hidden])');";
        page.click_that("the other palette", toggle, vec![]).await;
        is_in(&page, other, &ALWAYS).await;
        is_in(&page, other, &["log", "search", "gauge-idle"]).await;
        // The theme remembers the palette; the playground starts afresh.
        page.go(&site.url("")).await;
    }
}

/// What is in sight with and without a connection.
const ALWAYS: [&str; 4] = ["status", "message-type", "channel", "json"];

/// Waits until the documentation has this palette, and these of the playground its colours: dark on light, or
/// light on dark.
pub async fn is_in(page: &Page, palette: &str, ids: &[&str]) {
    let script = r"
        const [palette, ids] = arguments;
        if (document.body.dataset.mdColorScheme !== palette) return false;
        const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
        // The used colour as bytes, whatever its notation: red, green, blue, and how much it covers.
        const bytes = (colour) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const light = ([red, green, blue]) => (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
        const ground = (element) => {
          const colour = element && bytes(getComputedStyle(element).backgroundColor);
          return !colour || colour[3] === 255 ? colour : ground(element.parentElement);
        };
        return ids.every((id) => {
          const behind = ground(shown(id));
          if (!behind) throw new Error(`${id} has no ground of the playground's own`);
          const difference = light(bytes(getComputedStyle(shown(id)).color)) - light(behind);
          return palette === 'slate' ? difference > 0.4 : difference < -0.4;
        });";
    let what = format!("the playground has the palette {palette}");
    page.until_true(&what, script, vec![palette.into(), json!(ids)]).await;
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
