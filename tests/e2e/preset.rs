//! What attributes, a template, a file and a link preset. Nothing connects by it, and there is no key in it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::canary::{KEY, percent_encoded};
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, host, servers};

#[tokio::test]
async fn attributes_preset_target_channel_and_filters() {
    let chaos = Chaos::start().await;
    let attributes = r#"target=live channel=task.completed filters='{"project_id":"prj_attr"}'"#;
    let (page, _site) = open("attributes", &chaos, attributes, "").await;
    until_preset(&page, "live", "task.completed", "prj_attr").await;
    has_not_connected(&page, &chaos).await;
}

#[tokio::test]
async fn attributes_are_followed_when_they_change_and_typed_text_is_left_alone() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("observed", &chaos, "", "").await;
    set(&page, "target", "simulator").await;
    page.until("the target follows", |view| view.target.as_deref() == Some("simulator")).await;
    set(&page, "channel", "presence").await;
    let chosen = "return shown('channel')?.value === 'presence';";
    page.until_true("the channel follows", chosen, vec![]).await;
    set(&page, "channel", "task.completed").await;
    set(&page, "filters", r#"{"project_id":"prj_live"}"#).await;
    until_preset(&page, "simulator", "task.completed", "prj_live").await;
    page.enter("filter-project_id", "prj_typed").await;
    page.choose("live").await;
    set(&page, "theme", "dark").await;
    set(&page, "height", "500px").await;
    let tall = "return root.host.getBoundingClientRect().height === 500;";
    page.until_true("the height follows", tall, vec![]).await;
    until_preset(&page, "live", "task.completed", "prj_typed").await;
    set(&page, "target", "echo").await;
    page.until("the target follows again", |view| view.target.as_deref() == Some("echo")).await;
    has_not_connected(&page, &chaos).await;
}

#[tokio::test]
async fn a_target_that_changes_ends_a_connection_to_another() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("changes-target", &chaos, "", "").await;
    page.connect_live(KEY).await;
    set(&page, "target", "live").await;
    set(&page, "channel", "presence").await;
    page.until_state("open").await;
    set(&page, "target", "simulator").await;
    page.until_state("idle").await;
    chaos.until("the socket is closed", |seen| seen.open == 0).await;
}

#[tokio::test]
async fn an_attribute_goes_before_the_template_and_that_before_the_file() {
    let chaos = Chaos::start().await;
    let file = json!({ "target": "simulator", "endpoint": format!("{}?token={}", chaos.url("/ack"), percent_encoded(KEY)),
        "channel": "presence", "filters": { "project_id": "prj_file" } });
    let template = r#"<template>{ "target": "echo", "channel": "task.completed" }</template>"#;
    let (page, _site) =
        open_with("order", &chaos, "target=live config=preset.json", template, |folder| {
            fs::write(folder.join("preset.json"), file.to_string()).unwrap();
        })
        .await;
    until_preset(&page, "live", "task.completed", "prj_file").await;
    let endpoint = chaos.url("/ack");
    page.until("the address is there, without its key", |view| {
        view.endpoint.as_ref() == Some(&endpoint)
    })
    .await;
    let key = "return every('key')[0].value;";
    assert_eq!(page.evaluate::<String>(key, vec![]).await.unwrap(), "");
    page.hides_the_key();
    has_not_connected(&page, &chaos).await;
}

#[tokio::test]
async fn a_message_of_the_file_is_in_the_composer() {
    let chaos = Chaos::start().await;
    let template = r#"<template>{ "message": { "type": "publish",
        "payload": { "channel": "presence", "data": { "status": "&lt;b>away&lt;/b>" } } } }</template>"#;
    let (page, _site) = open("message", &chaos, "", template).await;
    page.until("the message is there", |view| {
        let envelope = view.envelope.as_deref().unwrap_or_default();
        let envelope: Value = serde_json::from_str(envelope).unwrap_or_default();
        envelope["payload"]["data"]["status"] == "<b>away</b>"
            && envelope["request_id"] == "req_001"
    })
    .await;
    has_not_connected(&page, &chaos).await;
}

#[tokio::test]
async fn wrong_values_are_told_in_the_element_and_stop_nothing() {
    let chaos = Chaos::start().await;
    let attributes = "target=lve channel=no.such filters=project_id=7 theme=blue height=tall \
        config=missing.json";
    let template = r#"<template>{ "chanel": "presence" }</template>"#;
    let (page, _site) = open("wrong", &chaos, attributes, template).await;
    let said = "const said = text('replay') ?? '';
        return arguments[0].every((it) => said.includes(it)) || said;";
    let expected = [
        "config cannot be read: missing.json answered 404",
        "in the template, there is no setting chanel",
        "target must be simulator, echo or live",
        "channel must name a channel of the API description",
        "filters must be a JSON object",
        "theme must be auto, light or dark",
        "height must be fill or a length",
    ];
    page.until_true("all of it is told", said, vec![json!(expected)]).await;
    page.click("replay-dismiss").await;
    works(&page).await;
    let console = page.browser.console();
    assert!(console.iter().all(|line| !line.is_of_page), "{console:#?}");
}

#[tokio::test]
async fn another_description_starts_the_playground_anew_and_a_missing_one_can_be_mended() {
    let chaos = Chaos::start().await;
    let (page, _site) = open_with("anew", &chaos, "", "", |folder| {
        let path = folder.join("in/veriops.asyncapi.json");
        let text = fs::read_to_string(path).unwrap();
        let mut description: Value = serde_json::from_str(&text).unwrap();
        description["info"]["title"] = json!("Another API");
        fs::write(folder.join("other.json"), description.to_string()).unwrap();
    })
    .await;
    page.connect_live(KEY).await;
    set(&page, "api", "other.json").await;
    let titled =
        "return root?.querySelector('[role=region]')?.ariaLabel === 'Another API playground';";
    page.until_true("the other API is there", titled, vec![]).await;
    page.until_state("idle").await;
    chaos.until("the socket is closed", |seen| seen.open == 0).await;
    set(&page, "api", "missing.json").await;
    let said =
        "return !!root.host.querySelector('[role=alert]')?.innerText.includes('answered 404');";
    page.until_true("the reason is told", said, vec![]).await;
    set(&page, "api", "other.json").await;
    page.until_true("the other API is there again", titled, vec![]).await;
    works(&page).await;
}

#[tokio::test]
async fn a_copied_link_presets_what_was_there_and_never_connects() {
    let chaos = Chaos::start().await;
    let (page, site) = open("link", &chaos, "", "").await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    page.enter("endpoint", &chaos.url("/echo")).await;
    page.enter("channel", "task.completed").await;
    page.enter("filter-project_id", "prj_ü&1").await;
    let link = copied(&page).await;
    assert!(link.starts_with(&site.url("#setup?target=live&endpoint=")), "{link}");
    assert!(!link.contains("message="), "{link}");
    page.hides_the_key();

    // In a document of its own.
    page.go(&site.url("?")).await;
    page.go(&link.replace("/#", "/?1#")).await;
    until_preset(&page, "live", "task.completed", "prj_ü&1").await;
    page.until("the address is there", |view| {
        view.endpoint.as_deref() == Some(&chaos.url("/echo"))
    })
    .await;
    has_not_connected(&page, &chaos).await;

    // A whole message, and a link that a reader follows in the page.
    page.compose("publish").await;
    page.enter("data", r#"{"a":"b"}"#).await;
    page.choose("simulator").await;
    let link = copied(&page).await;
    page.compose("ping").await;
    page.choose("echo").await;
    let follow =
        "const link = document.querySelector('h1').appendChild(document.createElement('a'));
        link.href = arguments[0];
        link.textContent = 'this set-up';";
    page.evaluate::<Value>(follow, vec![json!(link)]).await.unwrap();
    page.click_that("the link", "return document.querySelector('h1 a');", vec![]).await;
    page.until("the message is there again", |view| {
        view.target.as_deref() == Some("simulator")
            && view.envelope.as_ref().is_some_and(|it| it.contains(r#""a": "b""#))
    })
    .await;
    has_not_connected(&page, &chaos).await;
}

#[tokio::test]
async fn a_link_with_a_key_or_nonsense_in_it_takes_no_key_and_tells_what_it_does_not_know() {
    let chaos = Chaos::start().await;
    let (page, site) = open("link-wrong", &chaos, "", "").await;
    let endpoint = "ws%3A%2F%2Fevil.example%3Ftoken%3DSuperSecret42";
    page.go(&site.url(&format!("?1#setup?target=live&endpoint={endpoint}&token=abcdef&target=x")))
        .await;
    page.until("the address is there, without its key", |view| {
        view.endpoint.as_deref() == Some("ws://evil.example")
    })
    .await;
    let said = "const said = text('replay') ?? '';
        return said.includes('in the link, there is no setting token')
          && said.includes('in the link, target must be') && !said.includes('abcdef') && !said.includes('Secret');";
    page.until_true("it is told", said, vec![]).await;
    let key = "return shown('key').value;";
    assert_eq!(page.evaluate::<String>(key, vec![]).await.unwrap(), "");
    page.until_true(
        "it is no endpoint of the description",
        "return text('endpoint-hint')?.includes('it is sent no key') ?? false;",
        vec![],
    )
    .await;
    has_not_connected(&page, &chaos).await;
}

/// Copies the link to the set-up, and returns it.
async fn copied(page: &Page) -> String {
    let empty = "return navigator.clipboard.writeText('');";
    page.evaluate::<Value>(empty, vec![]).await.unwrap();
    page.click("setup-link").await;
    let copied = "return navigator.clipboard.readText().then((text) => text.includes('#setup?'));";
    page.until_true("a link is copied", copied, vec![]).await;
    page.evaluate("return navigator.clipboard.readText();", vec![]).await.unwrap()
}

async fn until_preset(page: &Page, target: &str, channel: &str, project: &str) {
    page.until_true(
        &format!("{target}, {channel} and {project} are preset"),
        "const [target, channel, project] = arguments;
         return shown(`target-${target}`)?.getAttribute('aria-checked') === 'true'
           && shown('channel')?.value === channel
           && shown('filter-project_id')?.value === project;",
        vec![json!(target), json!(channel), json!(project)],
    )
    .await;
}

async fn set(page: &Page, name: &str, value: &str) {
    let script = "root.host.setAttribute(arguments[0], arguments[1]);";
    page.evaluate::<Value>(script, vec![json!(name), json!(value)]).await.unwrap();
}

/// Asserts that nothing has connected, and nothing was logged.
async fn has_not_connected(page: &Page, chaos: &Chaos) {
    let view = page.view().await.unwrap();
    assert!(view.is("idle") && view.rows.is_empty(), "{view:#?}");
    assert!(chaos.seen().requests.is_empty(), "{:#?}", chaos.seen());
}

async fn open(name: &str, chaos: &Chaos, attributes: &str, children: &str) -> (Page, Site) {
    open_with(name, chaos, attributes, children, |_| {}).await
}

/// Opens a page with a playground of these attributes and children, whose description names the servers of
/// `chaos`, after `change` has put more into its folder.
async fn open_with(
    name: &str,
    chaos: &Chaos,
    attributes: &str,
    children: &str,
    change: impl FnOnce(&Path),
) -> (Page, Site) {
    let element = format!("<veriops-playground {attributes}>{children}</veriops-playground>");
    let body = format!("<h1>A host</h1>{element}");
    let folder = host(&format!("preset-{name}"), &body, |description| {
        description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
    });
    change(&folder);
    let site = Site::serve(&folder).await;
    (Page::open_in(Browser::start().await, &site.url("")).await, site)
}
