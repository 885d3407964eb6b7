//! The keyboard alone: every step has a place that can be seen, and what goes away hands it on.

use serde::Deserialize;

use crate::log::two_answered_requests;
use crate::support::key::{
    CONTROL, END, ENTER, ESCAPE, HOME, LEFT, RELEASE, RIGHT, SHIFT, TAB, UP,
};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn from_the_loaded_page_to_a_filtered_event_and_an_export_by_keys_alone() {
    let server = Server::start("");
    for (width, height) in [(688, 600), (1_320, 900)] {
        let page = Page::open(&server.page()).await;
        page.browser.resize_view(width, height).await;
        walk(&page, TAB, "target-echo").await;
        press(&page, LEFT).await;
        until_at(&page, "target-simulator").await;
        walk(&page, TAB, "primary").await;
        press(&page, ENTER).await;
        page.until_state("open").await;
        walk(&page, TAB, "message-type").await;
        press(&page, END).await;
        press(&page, HOME).await;
        until_value(&page, "message-type", "subscribe").await;
        walk(&page, TAB, "channel").await;
        press(&page, END).await;
        until_value(&page, "channel", "presence").await;
        press(&page, HOME).await;
        until_value(&page, "channel", "project.updated").await;
        walk(&page, TAB, "filter-project_id").await;
        press(&page, &[CONTROL, "a", RELEASE, "prj_9"].concat()).await;
        until_value(&page, "filter-project_id", "prj_9").await;
        walk(&page, TAB, "send").await;
        press(&page, " ").await;
        page.until_row("ack", "subscribed").await;
        page.until_row("event", "prj_9").await;

        walk(&page, TAB, "log").await;
        press(&page, END).await;
        while expanded(&page).await.kind != "event" {
            press(&page, UP).await;
        }
        page.until("its detail is open", |view| {
            view.detail.as_ref().is_some_and(|detail| detail.contains("prj_9"))
        })
        .await;
        let event = expanded(&page).await.number;
        press(&page, ESCAPE).await;
        page.until("the detail is closed", |view| view.detail.is_none()).await;
        until_at(&page, "log").await;
        press(&page, UP).await;
        assert_eq!(expanded(&page).await.number, event - 1, "the walk goes on where it was");
        press(&page, ESCAPE).await;

        walk(&page, &back(), "show-events").await;
        press(&page, " ").await;
        page.until("events alone are listed", |view| {
            !view.rows.is_empty() && view.rows.iter().all(|row| row.kind == "event")
        })
        .await;
        walk(&page, TAB, "files").await;
        press(&page, ENTER).await;
        walk(&page, TAB, "save-ndjson").await;
        let before = page.browser.downloads();
        page.browser.keys(ENTER).await.unwrap();
        assert!(page.browser.until_downloaded(&before).await.contains("prj_9"));
        // Without a ring in Firefox, whose own panel of downloads takes it from the page.
        page.until_true("the keyboard is back at the menu", AT, vec!["files".into()]).await;
    }
}

#[tokio::test]
async fn every_stop_of_the_untouched_page_can_be_seen() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 500).await;
    walk(&page, TAB, "target-echo").await;
    let mut stops = Vec::new();
    let stop = "return root.activeElement && (root.activeElement.dataset.testid ?? '?');";
    while let Some(stop) = page.evaluate::<Option<String>>(stop, vec![]).await.unwrap() {
        page.until_true(&format!("{stop} is seen"), SEEN, vec![]).await;
        stops.push(stop);
        page.browser.keys(TAB).await.unwrap();
    }
    let expected = [
        "target-echo",
        "endpoint",
        "primary",
        "settings",
        "guide-show",
        "guide-skip",
        "guide-dismiss",
        "panel-compose",
        "message-type",
        "channel",
        "filter-project_id",
        "send",
        "json",
        "files",
    ];
    assert_eq!(stops, expected);
}

#[tokio::test]
async fn what_goes_away_hands_the_keyboard_on() {
    let (_server, page) = two_answered_requests().await;
    page.browser.resize_view(688, 900).await;
    page.press("log", END).await;
    walk(&page, TAB, "detail-close").await;
    press(&page, ENTER).await;
    until_at(&page, "log").await;
    walk(&page, &back(), "files").await;
    press(&page, ENTER).await;
    walk(&page, TAB, "show-kind").await;
    press(&page, ESCAPE).await;
    until_at(&page, "files").await;
    walk(&page, &back(), "unsubscribe").await;
    press(&page, ENTER).await;
    page.until("one subscription is left", |view| view.subscriptions.len() == 1).await;
    until_at(&page, "unsubscribe").await;
    press(&page, ENTER).await;
    page.until("none is left", |view| view.subscriptions.is_empty()).await;
    press(&page, "").await;
    walk(&page, &back(), "guide-dismiss").await;
    press(&page, ENTER).await;
    until_at(&page, "primary").await;
    // A button that is disabled for a moment would lose it as well.
    press(&page, ENTER).await;
    page.until_state("idle").await;
    until_at(&page, "primary").await;
    walk(&page, &back(), "endpoint").await;
    press(&page, ENTER).await;
    page.until_state("open").await;
    until_at(&page, "primary").await;
}

#[tokio::test]
async fn the_panels_take_turns_by_mouse_and_by_keys() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let chosen =
        "const tabs = ['panel-compose', 'panel-experiments', 'panel-code'].map((id) => shown(id));
        const panels = tabs.map((it) => root.getElementById(it.getAttribute('aria-controls')));
        return tabs.every((tab, at) => {
          const isChosen = tab.dataset.testid === arguments[0];
          return tab.getAttribute('aria-selected') === String(isChosen)
            && tab.tabIndex === (isChosen ? 0 : -1)
            && panels[at].checkVisibility() === isChosen
            && panels[at].getAttribute('aria-labelledby') === tab.id;
        });";
    let until = async |id: &str| {
        page.until_true(&format!("{id} is chosen"), chosen, vec![id.into()]).await;
    };
    until("panel-compose").await;
    page.click("panel-experiments").await;
    until("panel-experiments").await;
    for (key, id) in [
        (RIGHT, "panel-code"),
        (RIGHT, "panel-compose"),
        (LEFT, "panel-code"),
        (LEFT, "panel-experiments"),
        (HOME, "panel-compose"),
        (END, "panel-code"),
    ] {
        page.browser.keys(key).await.unwrap();
        until(id).await;
        let has_keys = "return root.activeElement === shown(arguments[0]);";
        page.until_true("it has the keyboard", has_keys, vec![id.into()]).await;
    }
}

#[tokio::test]
async fn a_menu_folds_at_escape_and_when_the_reader_goes_elsewhere() {
    let (_server, page) = two_answered_requests().await;
    for (menu, inside) in [("files", "show-kind"), ("settings", "keep-alive")] {
        let is_open = "return !!shown(arguments[0]) === arguments[1];";
        let until = async |open: bool| {
            page.until_true(
                &format!("{menu} is open: {open}"),
                is_open,
                vec![inside.into(), open.into()],
            )
            .await;
        };
        page.click(menu).await;
        until(true).await;
        page.browser.keys(ESCAPE).await.unwrap();
        until(false).await;
        page.click(menu).await;
        page.browser.keys(TAB).await.unwrap();
        until(true).await;
        page.press("envelope", "").await;
        until(false).await;
    }
}

/// Presses keys, after which what has the keyboard can be seen.
async fn press(page: &Page, keys: &str) {
    let before = "return root.activeElement?.dataset.testid ?? '';";
    let before: String = page.evaluate(before, vec![]).await.unwrap();
    page.browser.keys(keys).await.unwrap();
    let what = format!("what has the keyboard after {before:?} and {keys:?} is seen");
    page.until_true(&what, SEEN, vec![]).await;
}

/// Presses a key until the keyboard is at the element of this test id. Every stop on the way can be seen.
async fn walk(page: &Page, key: &str, id: &str) {
    for _ in 0..60 {
        if page.evaluate(AT, vec![id.into()]).await.unwrap() {
            return;
        }
        press(page, key).await;
    }
    panic!("no way leads to {id}");
}

/// Waits until the element of this test id has the keyboard.
async fn until_at(page: &Page, id: &str) {
    page.until_true(&format!("the keyboard is at {id}"), AT, vec![id.into()]).await;
    page.until_true("it is seen", SEEN, vec![]).await;
}

async fn until_value(page: &Page, id: &str, value: &str) {
    let script = "return shown(arguments[0]).value === arguments[1];";
    page.until_true(&format!("{id} is {value}"), script, vec![id.into(), value.into()]).await;
}

/// The key that leads back.
fn back() -> String {
    [SHIFT, TAB, RELEASE].concat()
}

/// Waits for the row whose detail is shown.
async fn expanded(page: &Page) -> Expanded {
    let row = "const row = every('row').find((it) => it.getAttribute('aria-expanded') === 'true');";
    page.until_true("a row is expanded", &format!("{row} return !!row;"), vec![]).await;
    let script =
        format!("{row} return {{ kind: row.dataset.kind, number: Number(row.dataset.seq) }};");
    page.evaluate(&script, vec![]).await.unwrap()
}

#[derive(Deserialize)]
struct Expanded {
    kind: String,
    number: u64,
}

/// Whether the element of a test id has the keyboard.
const AT: &str = "return root.activeElement?.dataset.testid === arguments[0];";

/// Returns true if what has the keyboard is in sight and marked, and otherwise what is wrong.
const SEEN: &str = r"
    const it = root.activeElement;
    if (!it) return `${document.activeElement?.tagName} has the keyboard`;
    const name = it.dataset.testid ?? it.className;
    const { left, right, top, bottom, width, height } = it.getBoundingClientRect();
    if (width < 1 || height < 1) return `${name} is not shown`;
    // Of a large box a part does; Firefox scrolls no further.
    const [upper, lower] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    if (left < -1 || right > innerWidth + 1 || lower - upper < Math.min(height - 1, 100)) {
      return `${name} is out of sight`;
    }
    const hit = root.elementFromPoint((left + right) / 2, (upper + lower) / 2);
    if (!hit || !(it.contains(hit) || hit.closest('label')?.contains(it))) {
      return `${name} is covered by ${hit?.className}`;
    }
    const isRing = ({ outlineStyle, outlineWidth }) =>
      outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    const around = [it, it.parentElement, it.parentElement.parentElement];
    return around.some((it) => isRing(getComputedStyle(it)) || isRing(getComputedStyle(it, '::after')))
      || `${name} has no ring around it`;
";
