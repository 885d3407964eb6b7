//! Faults on demand: each happens at its button, stands where it is said to stand, and is undone.

use serde_json::json;

use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn every_fault_happens_at_its_button_and_what_stands_is_undone() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.click("panel-experiments").await;
    is_disabled(&page, "incident-drop", true).await;
    until_reason(&page, "Connect to the simulator first").await;
    page.connect().await;
    until_reason(&page, "").await;
    page.click("panel-compose").await;
    page.subscribe("presence", &[]).await;
    page.click("panel-experiments").await;

    page.click("incident-malformed").await;
    page.until_row("malformed", "").await;
    page.click("incident-burst").await;
    let burst = "return Number(/^[\\d,]+/.exec(text('log-status'))[0].replaceAll(',', '')) > 1000;";
    page.until_true("the events have come", burst, vec![]).await;
    page.click("incident-oversize").await;
    page.until("a message over the limit has come", |view| {
        view.rows.iter().any(|row| row.text.contains("64 KB"))
    })
    .await;

    stands(&page, "delay-acks", "Acks take 2 s").await;
    stands(&page, "quiet", "No pings, no events").await;
    stands(&page, "refuse-keys", "Every key is refused").await;
    stands(&page, "mute", "Nothing passes").await;

    // A lost ack is over with the ack that was lost.
    page.click("incident-lose-ack").await;
    is_pressed(&page, "lose-ack", true).await;
    page.click("panel-compose").await;
    page.compose("subscribe").await;
    page.enter("channel", "project.created").await;
    page.click("send").await;
    page.click("panel-experiments").await;
    is_pressed(&page, "lose-ack", false).await;
    page.click("time-60").await;
    page.until("the request has no answer", |view| {
        view.rows.iter().any(|row| row.outcome.as_deref() == Some("unanswered"))
    })
    .await;
    page.click("time-1").await;

    page.click("incident-close").await;
    page.enter("incident-close-reason", &"é".repeat(62)).await;
    is_disabled(&page, "incident-close-now", true).await;
    page.enter("incident-close-code", "4009").await;
    page.enter("incident-close-reason", "as you wished").await;
    page.click("incident-close-now").await;
    let notice = page.until_closed(4009).await;
    assert!(notice.text.contains("as you wished"), "{notice:#?}");
    is_disabled(&page, "incident-drop", true).await;
    is_disabled(&page, "incident-quiet", false).await;
    until_reason(&page, "No connection is open").await;

    page.connect().await;
    page.click("incident-drop").await;
    page.until_row("close", "1006").await;
}

/// Presses a fault that stands, sees what it does, and undoes it once by its chip and once by its button.
async fn stands(page: &Page, name: &str, chip: &str) {
    for undo in [format!("incident-undo-{name}"), format!("incident-{name}")] {
        page.click(&format!("incident-{name}")).await;
        is_pressed(page, name, true).await;
        let said = "return text(`incident-undo-${arguments[0]}`) === `${arguments[1]} ✕`;";
        page.until_true(&format!("a chip says {chip}"), said, vec![json!(name), json!(chip)]).await;
        page.click(&undo).await;
        is_pressed(page, name, false).await;
        let gone = "return !shown(`incident-undo-${arguments[0]}`);";
        page.until_true(&format!("{name} stands no more"), gone, vec![json!(name)]).await;
    }
}

async fn is_pressed(page: &Page, name: &str, is_on: bool) {
    let script = "return shown(`incident-${arguments[0]}`).ariaPressed === String(arguments[1]);";
    let what = format!("{name} is pressed: {is_on}");
    page.until_true(&what, script, vec![json!(name), json!(is_on)]).await;
}

async fn is_disabled(page: &Page, id: &str, is_on: bool) {
    let script = "return shown(arguments[0])?.disabled === arguments[1];";
    let what = format!("{id} is disabled: {is_on}");
    page.until_true(&what, script, vec![json!(id), json!(is_on)]).await;
}

/// Waits until the panel says why some of it cannot be done; without words, that all of it can.
async fn until_reason(page: &Page, words: &str) {
    let script = "const said = root.getElementById('vp-incidents-reason').textContent;
        return arguments[0] ? said.startsWith(arguments[0]) : said === '';";
    page.until_true(&format!("the reason is {words:?}"), script, vec![json!(words)]).await;
}
