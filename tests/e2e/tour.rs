//! One tour through every kind of site that the playground lives in: what a reader does there, and what must
//! be as it was when they are done.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::home::Home;
use crate::support::key::{BACKSPACE, CONTROL, ESCAPE, RELEASE};
use crate::support::page::Page;
use crate::support::web::Software;

#[tokio::test]
async fn a_reader_uses_it_in_material_for_mkdocs() {
    tour(Home::material("tour-material").await).await;
}

#[tokio::test]
async fn a_reader_uses_it_in_zensical() {
    tour(Home::zensical("tour-zensical").await).await;
}

#[tokio::test]
async fn a_reader_uses_it_in_pages_as_docusaurus_has_them() {
    tour(Home::docusaurus("tour-docusaurus").await).await;
}

#[tokio::test]
async fn a_reader_uses_it_in_plain_pages() {
    tour(Home::plain("tour-plain").await).await;
}

#[tokio::test]
async fn a_reader_uses_it_in_a_frame_of_another_origin() {
    tour(Home::framed("tour-framed").await).await;
}

#[tokio::test]
async fn a_reader_uses_the_newest_release_behind_nginx() {
    tour(Home::released("tour-nginx", Software::Nginx, true).await).await;
}

#[tokio::test]
async fn a_reader_uses_this_very_release_behind_caddy() {
    tour(Home::released("tour-caddy", Software::Caddy, false).await).await;
}

/// Does everything that a reader does in a site, and asserts that neither its policy nor its styles mind, and
/// that no connection is left.
async fn tour(home: Home) {
    // A page that Chromium keeps for the way back keeps its socket as well: see `chromium::suspension`. Here a
    // page that is left is over.
    let page = Page::new(Browser::start_forgetful().await);
    keeps_its_styles(&page, &home).await;

    page.browser.go(&home.url(home.with)).await;
    page.browser.evaluate::<Value>("window.isTheSameDocument = true;", vec![]).await.unwrap();
    arrive(&page, &home).await;
    follows_the_palette(&page, &home).await;
    connect(&page, &home).await;
    follows_the_palette(&page, &home).await;
    prints_its_log(&page, &home).await;
    types_in_every_field(&page, &home).await;

    follow(&page, &home, home.without).await;
    is_left(&page, &home).await;
    follow(&page, &home, home.with).await;
    arrive(&page, &home).await;
    connect(&page, &home).await;
    follow(&page, &home, home.without).await;
    is_left(&page, &home).await;
    page.browser.back().await;
    arrive(&page, &home).await;
    connect(&page, &home).await;
    page.browser.forward().await;
    is_left(&page, &home).await;

    follow(&page, &home, home.two).await;
    arrive(&page, &home).await;
    two_are_independent(&page, &home).await;
    follow(&page, &home, home.without).await;
    is_left(&page, &home).await;
    is_unblocked(&page, &home).await;
}

/// Waits until the first playground of the page can be used; in a frame, looks into that.
async fn arrive(page: &Page, home: &Home) {
    if home.is_framed {
        page.browser.leave_frame().await;
        page.until_true("there is a frame", "return frames.length > 0;", vec![]).await;
        page.browser.enter_frame(0).await;
    }
    page.until_ready().await;
}

/// Connects to the live target, and has a subscription acknowledged; after whatever was under way.
async fn connect(page: &Page, home: &Home) {
    page.leave().await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    home.chaos.until("one socket", |seen| seen.open == 1).await;
}

/// Follows a link of the site.
async fn follow(page: &Page, home: &Home, path: &str) {
    page.browser.leave_frame().await;
    let link = "return [...document.querySelectorAll('article a:not(.headerlink), nav a')]
        .find((link) => link.checkVisibility() && !link.hash
          && link.pathname === `/${arguments[0]}`);";
    page.click_that(&format!("the link to /{path}"), link, vec![json!(path)]).await;
    let there = "return location.pathname === `/${arguments[0]}`
          && (window.isTheSameDocument ?? false) === arguments[1];";
    let arguments = vec![json!(path), json!(home.is_instant)];
    page.until_true(&format!("the page is /{path}"), there, arguments).await;
}

/// Waits until the page without a playground is there, and no socket is.
async fn is_left(page: &Page, home: &Home) {
    page.browser.leave_frame().await;
    page.until_true(
        "the page has no playground",
        "return location.pathname === `/${arguments[0]}` && !root && frames.length === 0;",
        vec![json!(home.without)],
    )
    .await;
    home.chaos.until("no socket", |seen| seen.open == 0).await;
}

/// Asserts that the other palette of the site is that of the playground, and changes it back.
async fn follows_the_palette(page: &Page, home: &Home) {
    for is_dark in [false, true] {
        until_palette(page, is_dark).await;
        page.browser.leave_frame().await;
        let toggle = format!("return document.querySelector('{}');", home.palette);
        page.click_that("the other palette", &toggle, vec![]).await;
        if home.is_framed {
            page.browser.enter_frame(0).await;
        }
    }
    until_palette(page, false).await;
}

/// Waits until everything in sight that has words is light on dark, or dark on light.
async fn until_palette(page: &Page, is_dark: bool) {
    let script = r"
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
        const seen = ['status', 'message-type', 'channel', 'json', 'log', 'search', 'gauge-idle'];
        return seen.map((id) => shown(id)).filter((element) => element).every((element) => {
          const behind = ground(element);
          if (!behind) throw new Error(`${element.dataset.testid} has no ground of the playground's own`);
          const difference = light(bytes(getComputedStyle(element).color)) - light(behind);
          return arguments[0] ? difference > 0.4 : difference < -0.4;
        });";
    let what = format!("the palette is {}", if is_dark { "dark" } else { "light" });
    page.until_true(&what, &script.replace("arguments[0]", &is_dark.to_string()), vec![]).await;
}

/// Asserts that a printed page has every entry of the log, and all of what is shown of one.
async fn prints_its_log(page: &Page, home: &Home) {
    page.leave().await;
    page.call(&home.chaos.url(&format!("/flood?n={PRINTED}"))).await;
    let last = format!("prj_{}", PRINTED - 1);
    page.until_row("event", &last).await;
    page.click_row("event").await;
    page.until("the detail is there", |view| view.detail.is_some()).await;
    page.leave().await;
    // A frame is printed as tall as it is.
    if home.is_framed {
        return;
    }
    let printed = page.browser.printed();
    for number in 0..PRINTED {
        let entry = format!("prj_{number}");
        assert!(printed.contains(&entry), "{entry} is not in {printed}");
    }
    assert!(printed.contains(r#""request_id":"evt_59""#), "the detail is not in {printed}");
    let left = "return root.querySelector('.vp-log__list').clientHeight < 700;";
    page.until_true("the list is as tall as before", left, vec![]).await;
}

/// More entries than a window has room for.
const PRINTED: usize = 60;

/// A field for text.
#[derive(Deserialize)]
struct Field {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Types what the sites have shortcuts for into every field of the playground, key by key: the field has it,
/// and the site does nothing.
async fn types_in_every_field(page: &Page, home: &Home) {
    page.choose("live").await;
    let mut done = Vec::new();
    for kind in ["subscribe", "publish", "raw"] {
        page.compose(kind).await;
        if kind == "subscribe" {
            page.enter("channel", "project.updated").await;
        }
        let fields: Vec<Field> = page.evaluate(FIELDS, vec![]).await.unwrap();
        for field in fields.into_iter().filter(|it| it.kind != "number") {
            if !done.contains(&field.id) {
                types(page, home, &field.id).await;
                done.push(field.id);
            }
        }
    }
    done.sort();
    let expected = ["data", "endpoint", "envelope", "filter-project_id", "key", "search"];
    assert!(expected.iter().all(|it| done.iter().any(|id| id == it)), "{done:?}");
    has_a_search(page, home).await;
}

async fn types(page: &Page, home: &Home, id: &str) {
    // The key is looked for everywhere else, so it is another text.
    let text = if id == "key" { LETTERS.chars().rev().collect() } else { LETTERS.to_owned() };
    page.click(id).await;
    let keys = [CONTROL, "a", RELEASE, BACKSPACE, &text].concat();
    page.browser.keys(&keys).await.unwrap();
    let typed = "const field = shown(arguments[0]);
        return field.value === arguments[1] && root.activeElement === field || field.value;";
    let what = format!("{id} has what was typed");
    page.until_true(&what, typed, vec![json!(id), json!(text)]).await;
    assert!(!is_searching(page, home).await, "a key in {id} opened the site's search");
}

/// Asserts that the site has a search that a key opens.
async fn has_a_search(page: &Page, home: &Home) {
    page.browser.leave_frame().await;
    let focus = "document.activeElement?.blur();
        document.body.tabIndex = -1;
        document.body.focus();";
    page.browser.evaluate::<Value>(focus, vec![]).await.unwrap();
    page.browser.keys("/").await.unwrap();
    let is_open = format!("return {};", home.search);
    page.until_true("a key opens the search", &is_open, vec![]).await;
    page.browser.keys(ESCAPE).await.unwrap();
    let close = "document.getElementById('search')?.close?.();";
    page.browser.evaluate::<Value>(close, vec![]).await.unwrap();
    page.until_true("it is closed", &format!("return !({});", home.search), vec![]).await;
}

async fn is_searching(page: &Page, home: &Home) -> bool {
    page.browser.leave_frame().await;
    let is_open = format!("return {};", home.search);
    let is_open = page.browser.evaluate(&is_open, vec![]).await.unwrap();
    if home.is_framed {
        page.browser.enter_frame(0).await;
    }
    is_open
}

/// Every letter, and what else sites take for a shortcut.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz/,.?";

/// The fields in sight that take text.
const FIELDS: &str = "
    const others = ['checkbox', 'radio', 'range', 'file'];
    return [...root.querySelectorAll('input, textarea')]
      .filter((it) => it.checkVisibility() && !it.readOnly && !it.disabled && !others.includes(it.type))
      .map((it) => ({ id: it.dataset.testid ?? '', type: it.type }));
";

/// Asserts that of two playgrounds on a page each has a connection of its own, and both one program.
async fn two_are_independent(page: &Page, home: &Home) {
    let programs = "return performance.getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('_bg.wasm')).length;";
    connect(page, home).await;
    if home.is_framed {
        page.browser.leave_frame().await;
        page.browser.enter_frame(1).await;
    } else {
        // One that is moved stays as it is; the first is the one that tests look at.
        let swap = "const [first, second] = document.querySelectorAll('veriops-playground');
            first.before(second);";
        page.evaluate::<Value>(swap, vec![]).await.unwrap();
        let fetched = page.evaluate::<usize>(programs, vec![]).await.unwrap();
        assert!(fetched <= 1, "{fetched} programs");
    }
    let view = page.until_ready().await;
    assert!(view.is("idle") && view.rows.is_empty(), "{view:#?}");
    page.connect_live(KEY).await;
    home.chaos.until("two sockets", |seen| seen.open == 2).await;
}

/// Asserts that the playground changes no computed style of the site's own elements.
async fn keeps_its_styles(page: &Page, home: &Home) {
    // So tall that neither page has a scroll bar to make room for.
    page.browser.resize(1320, 5_000).await;
    page.browser.go(&home.url(home.with)).await;
    arrive(page, home).await;
    let with = styles(page, home).await;
    page.browser.go(&home.url(home.without)).await;
    let without = styles(page, home).await;
    for (with, without) in with.iter().zip(&without) {
        let changed = with.iter().filter(|style| !without.contains(style)).collect::<Vec<_>>();
        assert!(changed.is_empty(), "{changed:#?}");
    }
    page.browser.resize(1320, 900).await;
}

/// Returns every computed style of the site's elements but for those that follow from how tall the page is.
async fn styles(page: &Page, home: &Home) -> Vec<Vec<String>> {
    page.browser.leave_frame().await;
    let script = r"
        const follows = /height|block-size|origin|^(top|bottom|inset)|scroll/;
        return arguments[0].map((selector) => {
          const style = getComputedStyle(document.querySelector(selector));
          const names = [...style].filter((name) => !follows.test(name));
          return names.map((name) => `${selector} ${name}: ${style.getPropertyValue(name)}`);
        });";
    page.browser.evaluate(script, vec![json!(home.elements)]).await.unwrap()
}

/// Asserts that no policy was violated, and nobody complained in the console.
async fn is_unblocked(page: &Page, home: &Home) {
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
    // What is reported last is a violation on purpose.
    let violate = "new Image().src = 'http://127.0.0.1:9/on-purpose.png';";
    page.browser.evaluate::<Value>(violate, vec![]).await.unwrap();
    let reports = home.reports.until("on-purpose").await;
    assert_eq!(reports.len(), 1, "{reports:#?}");
}
