//! The simulator's time: it stands still, passes faster, or leaps to the next event.

use serde_json::Value;

use crate::support::canary::KEY;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn time_stands_still_passes_faster_and_leaps_to_the_next_event() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    absent(&page).await;
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("presence", &[]).await;
    page.until_row("event", "presence").await;

    page.click("time-paused").await;
    let paused = "return text('time-badge') === 'time stands still'
        && shown('time-paused').ariaPressed === 'true' && shown('time-1').ariaPressed === 'false';";
    page.until_true("it says so", paused, vec![]).await;
    // A ping, sent at no time, is not answered either; nothing else moves while frames go by.
    page.compose("ping").await;
    page.click("send").await;
    page.until_row("ping", "").await;
    let before = moves(&page).await;
    let frames = "let left = 90;
        return new Promise((done) => {
          const next = () => (left -= 1) ? requestAnimationFrame(next) : done(null);
          next();
        });";
    page.evaluate::<Value>(frames, vec![]).await.unwrap();
    assert_eq!(moves(&page).await, before);

    page.click("time-next").await;
    page.until_row("pong", "").await;
    page.until_row("note", "to the next event").await;
    let after = moves(&page).await;
    assert_ne!(after, before);
    let still = "return shown('time-paused').ariaPressed === 'true';";
    page.until_true("and time stands still again", still, vec![]).await;

    page.click("time-60").await;
    let fast = "return text('time-badge') === '60× faster';";
    page.until_true("it says so too", fast, vec![]).await;
    // The server's ping comes every 30 seconds: here, twice a second.
    let beats = "return every('row').filter((row) => row.dataset.kind === 'heartbeat').length > 2;";
    page.until_true("minutes pass in seconds", beats, vec![]).await;
    page.click("time-10").await;
    page.click("time-1").await;
    let usual = "return every('time-badge')[0].textContent === '';";
    page.until_true("time passes as on the clock", usual, vec![]).await;

    page.choose("live").await;
    page.enter("key", KEY).await;
    page.connect().await;
    absent(&page).await;
}

#[tokio::test]
async fn a_reader_can_leave_while_time_stands_still() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.connect().await;
    page.click("time-paused").await;
    page.click("primary").await;
    page.until_state("idle").await;
    page.until_row("note", "time passes as on the clock").await;
    page.connect().await;
}

/// What would show that time passes: the log, the gauges, the status.
async fn moves(page: &Page) -> (Vec<String>, Value) {
    let view = page.view().await.unwrap();
    let rows = view.rows.into_iter().map(|row| row.text).collect();
    (rows, serde_json::json!([view.gauges, view.status, view.log_status]))
}

async fn absent(page: &Page) {
    page.until_true("only the simulator has it", "return !shown('time');", vec![]).await;
}
