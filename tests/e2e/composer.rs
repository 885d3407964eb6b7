//! The composer: what a message starts from, and how form and envelope follow each other.

use serde_json::{Value, json};

use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::key::{BACKSPACE, CONTROL, DOWN, END, HOME, RELEASE, UP};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn every_template_brings_its_own_message_and_that_is_sent() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    let api: Value = serde_json::from_str(&server.get("/veriops.asyncapi.json")).unwrap();
    let online = api["components"]["schemas"]["presence"]["examples"][0].clone();
    let one_project = json!({ "project_id": "prj_abc123" });
    for (title, kind, payload) in [
        ("publish presence", "publish", json!({ "channel": "presence", "data": online })),
        ("subscribe presence", "subscribe", json!({ "channel": "presence" })),
        ("ping", "ping", Value::Null),
        (
            "unsubscribe task.completed",
            "unsubscribe",
            json!({ "channel": "task.completed", "filters": one_project }),
        ),
        (
            "subscribe project.updated",
            "subscribe",
            json!({ "channel": "project.updated", "filters": one_project }),
        ),
        ("pong", "pong", Value::Null),
    ] {
        page.pick("start-from", title).await;
        let is_it = |message: &str| {
            let message: Value = serde_json::from_str(message).unwrap_or_default();
            message["type"] == kind && message["payload"] == payload
        };
        page.until(&format!("{title} is in the editor"), |view| {
            view.envelope.as_deref().is_some_and(is_it)
        })
        .await;
        let before = chaos.seen().messages().count();
        page.click("send").await;
        let seen = chaos.until(title, |seen| seen.messages().count() > before).await;
        assert!(seen.messages().nth(before).is_some_and(is_it), "{title}: {seen:#?}");
    }
    let titles: Vec<String> = page
        .evaluate("return [...shown('start-from').options].map((it) => it.value);", vec![])
        .await
        .unwrap();
    let is_offered = |title: &str| titles.iter().any(|it| it == title);
    for channel in ["project.updated", "project.created", "task.completed", "presence"] {
        for kind in ["subscribe", "unsubscribe"] {
            assert!(is_offered(&format!("{kind} {channel}")), "{kind} {channel}: {titles:#?}");
        }
    }
    assert!(!is_offered("publish project.updated"), "{titles:#?}");
}

#[tokio::test]
async fn keys_choose_the_message_type_and_its_form_follows() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.press("message-type", DOWN).await;
    for (keys, kind, fields) in [
        ("", "unsubscribe", ["channel", "filter-project_id"].as_slice()),
        (DOWN, "publish", &["channel", "data"]),
        (END, "raw", &[]),
        (UP, "pong", &[]),
        (UP, "ping", &[]),
        (HOME, "subscribe", &["channel", "filter-project_id"]),
    ] {
        page.browser.keys(keys).await.unwrap();
        page.until_true(
            &format!("{kind} is chosen, with its fields"),
            "const chosen = shown('message-type');
             const fields = ['channel', 'filter-project_id', 'data'].filter((id) => shown(id));
             return root.activeElement === chosen && chosen.value === arguments[0]
               && JSON.stringify(fields) === JSON.stringify(arguments[1]);",
            vec![kind.into(), json!(fields)],
        )
        .await;
    }
}

#[tokio::test]
async fn the_form_waits_while_the_envelope_is_no_json() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let envelope = page.view().await.unwrap().envelope.unwrap();
    page.press("envelope", &[CONTROL, END, RELEASE, "x"].concat()).await;
    page.until_true(
        "the form cannot be used, and says why",
        "return shown('channel').matches(':disabled')
           && words(root.querySelector('.vp-composer')).includes('once the envelope is JSON');",
        vec![],
    )
    .await;
    let view = page.until("the fault is named", |view| !view.checks.is_empty()).await;
    // It is about the whole text, so no path stands before it.
    assert!(view.checks.iter().all(|check| !check.text.starts_with(':')), "{view:#?}");
    assert_eq!(view.envelope, Some(envelope + "x"));
    page.browser.keys(BACKSPACE).await.unwrap();
    page.until_true(
        "the form can be used again",
        "return shown('channel').matches(':enabled') && every('check').length === 0;",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn a_type_that_is_written_into_the_envelope_brings_its_form() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.enter(
        "envelope",
        r#"{"type":"publish","request_id":"a","payload":{"channel":"no.such"}}"#,
    )
    .await;
    page.until_true(
        "the form of a publish has the channel, although the description does not",
        "return shown('message-type').value === 'publish' && shown('channel').value === 'no.such'
           && shown('data').value === '';",
        vec![],
    )
    .await;
    page.pick("channel", "presence").await;
    page.until("the channel stands in the envelope, which keeps its layout", |view| {
        view.envelope.as_deref()
            == Some(r#"{"type":"publish","request_id":"a","payload":{"channel":"presence"}}"#)
    })
    .await;
    page.enter("envelope", r#"{"type":"ack","request_id":"a"}"#).await;
    page.until("a type of the server's is remarked on", |view| !view.checks.is_empty()).await;
    page.until_true("and has no form", "return shown('message-type').value === 'publish';", vec![])
        .await;
}

#[tokio::test]
async fn a_long_text_is_counted_in_bytes_and_refused_over_the_limit() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.compose("raw").await;
    page.paste("envelope", &"é".repeat(32_769)).await;
    page.until("its bytes are counted", |view| {
        view.meter.as_deref() == Some("65,538 of 65,536 bytes")
    })
    .await;
    page.until_true("which is too many", "return shown('meter').dataset.over === 'true';", vec![])
        .await;
    page.click("send").await;
    page.until("it is refused", |view| view.refusal.is_some()).await;
    // An edit answers the refusal.
    page.press("envelope", BACKSPACE).await;
    let view = page.until("the refusal is gone", |view| view.refusal.is_none()).await;
    assert_eq!(view.meter.as_deref(), Some("65,536 of 65,536 bytes"));
}

#[tokio::test]
async fn a_button_that_says_so_connects_and_then_sends() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("live").await;
    page.enter("endpoint", "http://127.0.0.1").await;
    let is_off = "return shown('send').disabled && text('send') === 'Connect and send';";
    page.until_true("a wrong address connects to nothing", is_off, vec![]).await;
    page.enter("endpoint", &chaos.url("/ack?delay-open=300")).await;
    page.click("send").await;
    page.until_row("ack", "req_001").await;
    assert_eq!(chaos.seen().messages().count(), 1);
    page.until_true("it sends from now on", "return text('send') === 'Send';", vec![]).await;
    page.leave().await;
    // Whoever stops waiting does not want it sent later.
    page.enter("endpoint", &chaos.url("/hang")).await;
    page.click("send").await;
    page.until_true("it waits", "return text('send') === 'Sends once open';", vec![]).await;
    page.leave().await;
    page.enter("endpoint", &chaos.url("/ack")).await;
    page.connect().await;
    page.compose("ping").await;
    page.click("send").await;
    page.until_row("ack", "req_002").await;
    assert_eq!(chaos.seen().messages().count(), 2);
}

#[tokio::test]
async fn the_envelope_stays_open_or_away_as_the_reader_left_it() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 900).await;
    until_json(&page, false).await;
    page.click("json").await;
    until_json(&page, true).await;
    page.click("panel-experiments").await;
    page.until_true("the composer is away", "return !shown('send');", vec![]).await;
    page.click("panel-compose").await;
    page.connect().await;
    page.click("send").await;
    page.until_row("echo", "req_001").await;
    until_json(&page, true).await;
    page.click("json").await;
    until_json(&page, false).await;
    // A message without a form is nothing but its JSON.
    page.compose("raw").await;
    until_json(&page, true).await;
    page.compose("ping").await;
    until_json(&page, false).await;
    page.browser.resize_view(1_320, 900).await;
    let both = "return !!shown('envelope') && !!shown('channel') && !shown('json');";
    page.compose("subscribe").await;
    page.until_true("with room both stand together", both, vec![]).await;
}

#[tokio::test]
async fn what_is_wrong_with_an_envelope_is_said_while_it_is_away() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 900).await;
    page.compose("publish").await;
    page.pick("channel", "task.completed").await;
    let says = "return every('check').some((it) => it.checkVisibility()
        && words(it).includes('task.completed'));";
    page.until_true("a wrong direction is named", says, vec![]).await;
    until_json(&page, false).await;
}

/// Waits until the envelope is shown, or away.
async fn until_json(page: &Page, is_open: bool) {
    let script = "return !!shown('envelope') === arguments[0]
        && shown('json').getAttribute('aria-expanded') === String(arguments[0]);";
    page.until_true(&format!("the envelope is shown: {is_open}"), script, vec![is_open.into()])
        .await;
}
