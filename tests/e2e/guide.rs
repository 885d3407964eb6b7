//! The guided path: the first minute, by mouse, by keyboard, and with wrong turns.

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::key::{ENTER, TAB};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn show_me_leads_to_the_end_and_the_path_is_gone_for_good() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for (place, words) in
        ["Show me", "Show me", "Show me", "Drop the connection"].into_iter().enumerate()
    {
        until_step(&page, place + 1, "current").await;
        until_words(&page, "guide-show", words).await;
        page.click("guide-show").await;
        until_step(&page, place + 1, "done").await;
    }
    until_step(&page, 5, "done").await;
    let view = page.until_state("open").await;
    assert!(view.row("close", "1006").is_some() || view.row("close", "").is_some(), "{view:#?}");
    until_words(&page, "guide-show", "See the experiments").await;
    page.click("guide-show").await;
    until_gone(&page).await;
    let opened = "return shown('panel-experiments').getAttribute('aria-selected') === 'true';";
    page.until_true("the experiments are next", opened, vec![]).await;
    stays_away(&page).await;
}

#[tokio::test]
async fn the_path_is_gone_after_a_reload_once_it_is_done() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for _ in 0..5 {
        page.click("guide-skip").await;
    }
    until_words(&page, "guide-show", "See the experiments").await;
    stays_away(&page).await;
}

#[tokio::test]
async fn the_keyboard_alone_leads_to_the_end() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    tab_to(&page, "guide-show").await;
    for place in 1..=4 {
        until_step(&page, place, "current").await;
        page.browser.keys(ENTER).await.unwrap();
        until_step(&page, place, "done").await;
    }
    until_step(&page, 5, "done").await;
    until_words(&page, "guide-show", "See the experiments").await;
    let kept = "return root.activeElement === shown('guide-show');";
    page.until_true("the keyboard has stayed at the button", kept, vec![]).await;
    tab_to(&page, "guide-dismiss").await;
    page.browser.keys(ENTER).await.unwrap();
    until_gone(&page).await;
}

#[tokio::test]
async fn doing_a_step_oneself_ticks_it_and_a_wrong_turn_is_named() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    // The echo sandbox, chosen at first, knows no channels.
    page.choose("simulator").await;
    page.connect().await;
    until_step(&page, 1, "done").await;
    page.compose("ping").await;
    page.click("send").await;
    until_nudge(&page, "Events come after a subscribe").await;
    page.subscribe("presence", &[]).await;
    until_step(&page, 2, "done").await;
    until_step(&page, 3, "done").await;
    until_nudge(&page, "").await;
    page.click("primary").await;
    until_nudge(&page, "You disconnected").await;
    page.click("primary").await;
    page.until_state("open").await;
    page.click("guide-show").await;
    until_step(&page, 5, "done").await;
}

#[tokio::test]
async fn back_and_skip_walk_along_the_path() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.click("guide-skip").await;
    until_step(&page, 1, "skipped").await;
    until_step(&page, 2, "current").await;
    page.click("guide-back").await;
    until_step(&page, 1, "current").await;
}

#[tokio::test]
async fn a_dismissed_path_does_not_come_back_in_this_tab() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.click("guide-dismiss").await;
    until_gone(&page).await;
    stays_away(&page).await;
    let other = Page::open_in(Browser::start().await, &server.page()).await;
    until_step(&other, 1, "current").await;
}

#[tokio::test]
async fn on_a_live_connection_breaking_it_closes_the_socket_from_this_side() {
    let server = Server::start("--event-interval 200");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.click("guide-show").await;
    until_step(&page, 3, "done").await;
    until_words(&page, "guide-show", "Close the socket").await;
    page.click("guide-show").await;
    until_step(&page, 5, "done").await;
    let view = page.until_state("open").await;
    assert_eq!(view.target.as_deref(), Some("live"));
}

pub async fn until_step(page: &Page, number: usize, state: &str) {
    let script = "return shown(`guide-step-${arguments[0]}`)?.dataset.state === arguments[1];";
    let what = format!("step {number} is {state}");
    page.until_true(&what, script, vec![json!(number), json!(state)]).await;
}

async fn until_words(page: &Page, id: &str, said: &str) {
    let script = "return text(arguments[0]) === arguments[1];";
    page.until_true(&format!("{id} says {said:?}"), script, vec![json!(id), json!(said)]).await;
}

/// Waits for a nudge with these words; without words, until there is none.
async fn until_nudge(page: &Page, said: &str) {
    let script = "const said = every('guide-nudge')[0].textContent;
        return arguments[0] ? said.includes(arguments[0]) : said === '';";
    page.until_true(&format!("the nudge says {said:?}"), script, vec![json!(said)]).await;
}

async fn until_gone(page: &Page) {
    page.until_true("there is no path", "return every('guide').length === 0;", vec![]).await;
}

async fn stays_away(page: &Page) {
    let leave = "window.isLeft = true; location.reload();";
    page.browser.evaluate::<Value>(leave, vec![]).await.unwrap();
    page.until_true("the old document is gone", "return !window.isLeft;", vec![]).await;
    page.until_ready().await;
    until_gone(page).await;
}

/// Presses Tab until the element of this test id has the keyboard.
async fn tab_to(page: &Page, id: &str) {
    for _ in 0..60 {
        let there = "return root.activeElement?.dataset.testid === arguments[0];";
        if page.evaluate(there, vec![json!(id)]).await.unwrap() {
            return;
        }
        page.browser.keys(TAB).await.unwrap();
    }
    panic!("Tab does not lead to {id}");
}
