//! Experiments, as a reader tries them: every row of the description is clicked, watched and put back.

use std::time::Instant;

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::archive::import;
use veriops_playground::entry::Entry;
use veriops_playground::experiment::{Experiment, experiments};

use crate::row::claim::Row;
use crate::row::log::Log;
use crate::support::key::ENTER;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn every_row_of_the_page_happens_at_a_click_and_is_put_back() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let api = Api::parse(&server.get("/veriops.asyncapi.json")).unwrap();
    page.evaluate::<Value>(COUNTING_SOCKETS, vec![]).await.unwrap();
    page.click("panel-experiments").await;
    let mut seen = 0;
    for (experiment, row) in experiments(&api).iter().zip(Row::all(&api)) {
        let start = Instant::now();
        is_listed(&page, experiment).await;
        page.click(&format!("try-{}", experiment.id)).await;
        until_shown(&page, &experiment.id).await;
        let entries = log(&page).await;
        let own = &entries[seen..];
        row.check(&api, Log(own), own.last().unwrap().at.at);
        page.click("experiment-back").await;
        until_put_back(&page, &experiment.id).await;
        seen = log(&page).await.len();
        println!("{}: {:.1} s", experiment.id, start.elapsed().as_secs_f32());
    }
    assert!(seen > 0, "there are experiments");
    let untried = "return [...root.querySelectorAll('[data-testid^=\"try-\"]')]
        .filter((button) => !button.textContent.includes('✓')).length;";
    assert_eq!(page.evaluate::<usize>(untried, vec![]).await.unwrap(), 0);
    let sockets = "return window.sockets;";
    assert_eq!(page.evaluate::<usize>(sockets, vec![]).await.unwrap(), 0);
    page.choose("echo").await;
    page.connect().await;
    assert_eq!(page.evaluate::<usize>(sockets, vec![]).await.unwrap(), 1, "one would be counted");
}

const COUNTING_SOCKETS: &str = "window.sockets = 0;
    window.WebSocket = class extends WebSocket {
      constructor(...address) {
        super(...address);
        window.sockets += 1;
      }
    };";

#[tokio::test]
async fn the_first_event_is_three_clicks_away_and_4008_two_more() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.click("target-simulator").await;
    page.click("primary").await;
    page.until_state("open").await;
    page.click("send").await;
    page.until_row("event", "").await;
    page.click("panel-experiments").await;
    page.click("try-close-4008").await;
    let counts = "return shown('status').dataset.state === 'waiting' && !!shown('countdown')
        && every('row').some((row) => row.innerText.includes('close 4008'));";
    page.until_true("4008 counts down in the log's sight", counts, vec![]).await;
}

#[tokio::test]
async fn the_log_is_in_sight_while_an_experiment_runs() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    for width in [688, 1320] {
        page.browser.resize_view(width, 900).await;
        page.click("panel-experiments").await;
        page.click("try-close-1001").await;
        let both = "const inSight = (element) => {
              const { top, bottom } = element.getBoundingClientRect();
              return top >= 0 && bottom <= innerHeight;
            };
            const card = shown('experiment-card');
            const row = every('row').at(-1);
            return !!card && !!row && inSight(row)
              && inSight(card.querySelector('[data-testid=\"experiment-step\"]'));";
        page.until_true(&format!("card and log are in sight at {width} px"), both, vec![]).await;
        until_shown(&page, "close-1001").await;
    }
}

#[tokio::test]
async fn an_experiment_is_followed_though_the_reader_had_stopped_at_a_row() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("presence", &[]).await;
    page.until_row("event", "presence").await;
    page.click_row("open").await;
    page.until_true("it stays", "return shown('pause').ariaPressed === 'true';", vec![]).await;
    page.click("panel-experiments").await;
    page.click("try-close-4008").await;
    page.until_state("waiting").await;
    let follows = "return shown('pause').ariaPressed === 'false' && !shown('follow');";
    page.until_true("it follows", follows, vec![]).await;
    page.until_row("close", "4008").await;
}

#[tokio::test]
async fn a_card_says_what_to_look_at_and_ticks_its_steps_off() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.click("panel-experiments").await;
    page.click("try-close-4008").await;
    let looks = "return text('experiment-card')?.includes('60 seconds, not the usual 1');";
    page.until_true("the sentence of the file stands in the card", looks, vec![]).await;
    let counts = "const current = every('experiment-step')
          .find((step) => step.dataset.state === 'current');
        return /the client waits 60 s — 0:\\d\\d left/.test(words(current) ?? '');";
    page.until_true("the step under way counts down", counts, vec![]).await;
    until_shown(&page, "close-4008").await;
    let done = "return every('experiment-step').every((step) => step.dataset.state === 'done')
        && text('experiment-verdict').startsWith('Shown');";
    page.until_true("every step is done", done, vec![]).await;
}

#[tokio::test]
async fn what_did_not_happen_says_why() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.click("panel-experiments").await;
    page.click("try-close-4008").await;
    page.until_state("waiting").await;
    page.click("stop").await;
    let reason = "return shown('experiment-close-4008').dataset.state === 'not-shown'
        && /^Not shown. “.+”: .+/.test(text('experiment-verdict'));";
    page.until_true("the card names the step that did not come", reason, vec![]).await;
    page.click("experiment-again").await;
    until_shown(&page, "close-4008").await;
}

#[tokio::test]
async fn a_ready_experiment_runs_at_its_own_button_and_by_keyboard() {
    let server = Server::start("");
    let page = Page::new(crate::support::browser::Browser::start().await);
    page.browser.go(&format!("{}#try=close-1001", server.page())).await;
    page.until_ready().await;
    let ready = "return text('experiment-again') === 'Run it'
        && shown('experiment-card').dataset.state === 'ready'
        && every('experiment-step').every((step) => step.dataset.state === 'waiting');";
    page.until_true("it is ready", ready, vec![]).await;
    assert!(page.view().await.unwrap().rows.is_empty());
    page.press("experiment-again", ENTER).await;
    until_shown(&page, "close-1001").await;
    let again = "return text('experiment-again') === 'Again'
        && root.activeElement === shown('experiment-again');";
    page.until_true("the same button, which has the keyboard, runs it again", again, vec![]).await;
    page.press("experiment-back", ENTER).await;
    page.until_true("it is ready again", ready, vec![]).await;
    let kept = "return root.activeElement === shown('experiment-again')
        && shown('try-close-1001').textContent === 'Try ✓';";
    page.until_true("the keyboard is at the button that is left", kept, vec![]).await;
    let leave = "window.isLeft = true; location.reload();";
    page.evaluate::<Value>(leave, vec![]).await.unwrap();
    page.until_true("the old document is gone", "return !window.isLeft;", vec![]).await;
    let remembered = "return shown('try-close-1001')?.textContent === 'Try ✓';";
    page.until_true("the tab remembers", remembered, vec![]).await;
}

#[tokio::test]
async fn a_link_to_an_experiment_has_nothing_of_the_pages_query() {
    let server = Server::start("");
    let page = Page::open(&format!("{}?token=of-another-page", server.page())).await;
    page.click("panel-experiments").await;
    page.click("try-close-1001").await;
    page.click("experiment-link").await;
    let address = format!("{}#try=close-1001", server.page());
    let copied = "return navigator.clipboard.readText().then((text) => text === arguments[0]);";
    page.until_true("the address is in the clipboard", copied, vec![json!(address)]).await;
}

#[tokio::test]
async fn a_live_connection_makes_room_for_an_experiment() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect_live(crate::support::canary::KEY).await;
    page.click("panel-experiments").await;
    page.click("try-close-1001").await;
    until_shown(&page, "close-1001").await;
    page.until("the simulator is what is connected to", |view| {
        view.target.as_deref() == Some("simulator") && view.is("open")
    })
    .await;
}

#[tokio::test]
async fn experiments_work_without_the_file_of_sentences_and_say_so() {
    for (name, broken, why) in [
        ("no-sentences", None, "it cannot be read"),
        ("broken-sentences", Some(r#"{"close-1001": 7}"#), "close-1001"),
    ] {
        let folder = crate::support::site::page_with(name, |_| {});
        let file = folder.join("veriops.experiments.json");
        match broken {
            None => std::fs::remove_file(file).unwrap(),
            Some(text) => std::fs::write(file, text).unwrap(),
        }
        let site = crate::support::site::Site::serve(&folder).await;
        let page = Page::open(&site.url("")).await;
        page.click("panel-experiments").await;
        let told = "const said = text('replay') ?? '';
            return said.includes('veriops.experiments.json: ') && said.includes(arguments[0]);";
        page.until_true("it is told", told, vec![json!(why)]).await;
        page.click("replay-dismiss").await;
        page.click("try-close-1001").await;
        let claim =
            "return text('experiment-card')?.includes('Reconnect with exponential backoff');";
        page.until_true("the card says what the row says", claim, vec![]).await;
        until_shown(&page, "close-1001").await;
    }
}

/// Asserts that the experiment's row says what the description says.
async fn is_listed(page: &Page, experiment: &Experiment) {
    let script = "const row = shown(`experiment-${arguments[0]}`);
        return !!row && arguments[1].every((text) => words(row).includes(text));";
    let texts = [&experiment.title, &experiment.claim].map(|text| normal(text));
    page.until_true(&experiment.id, script, vec![json!(experiment.id), json!(texts)]).await;
}

fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Waits until an experiment is shown; one that ends otherwise says why.
async fn until_shown(page: &Page, id: &str) {
    let state = "const row = shown(`experiment-${arguments[0]}`);
        const { state } = row?.dataset ?? {};
        if (state === 'not-shown') throw new Error(text('experiment-verdict'));
        return state === 'shown';";
    page.until_true(&format!("{id} is shown"), state, vec![json!(id)]).await;
}

/// Waits until what an experiment changed is as it was before: nothing was connected.
async fn until_put_back(page: &Page, id: &str) {
    let script = "return shown(`experiment-${arguments[0]}`).dataset.state === 'ready'
        && shown('status').dataset.state === 'idle' && !shown('time-badge')?.textContent
        && every('subscription').length === 0
        && !root.querySelector('[data-testid^=\"incident-undo-\"]')
        && !every('stop-answering')[0].checked && !every('keep-alive')[0].checked;";
    page.until_true(&format!("{id} is put back"), script, vec![json!(id)]).await;
}

/// Saves the log as a reader does, and reads it.
async fn log(page: &Page) -> Vec<Entry> {
    // The file is caught on its way to the disk, because a journey saves dozens.
    let save = "const whole = new Promise((done) => {
          const { createObjectURL } = URL;
          HTMLAnchorElement.prototype.click = () => {};
          URL.createObjectURL = (blob) => {
            URL.createObjectURL = createObjectURL;
            blob.text().then(done);
            return createObjectURL(blob);
          };
        });
        every('save-ndjson')[0].click();
        delete HTMLAnchorElement.prototype.click;
        return whole;";
    let text: String = page.evaluate(save, vec![]).await.unwrap();
    import(&text, None).unwrap()
}
