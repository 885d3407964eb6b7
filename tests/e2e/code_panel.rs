//! The panel of code: it says what the session does, follows it, and gives its files away as they stand.

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::Topic;

use crate::fit::{column, is_sound};
use crate::guide::until_step;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::key::{END, HOME, LEFT, RIGHT, TAB};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn another_subscription_is_another_line_of_the_code() {
    let (server, page) = simulated().await;
    let [updated, presence] = [
        Topic::with_filters_json("project.updated", r#"{"project_id":"prj_abc123"}"#),
        Topic::channel("presence"),
    ];
    open(&page, Language::Python).await;
    until_code(&page, &client(&server, Language::Python, "", &[])).await;
    until_remarked(&page, "Nothing is subscribed to yet").await;
    let steps = [vec![updated.clone()], vec![updated, presence.clone()], vec![presence]];
    for (place, topics) in steps.iter().enumerate() {
        page.click("panel-compose").await;
        match place {
            0 => page.subscribe("project.updated", &[("project_id", "prj_abc123")]).await,
            1 => page.subscribe("presence", &[]).await,
            _ => page.unsubscribe("project.updated").await,
        }
        page.click("panel-code").await;
        until_code(&page, &client(&server, Language::Python, "", topics)).await;
    }
    // Nothing is said that there is no need to say.
    until_remarked(&page, "The simulator has no address").await;
    assert!(!remarks(&page).await.contains("subscribed"));
}

#[tokio::test]
async fn the_guided_path_goes_on_beside_the_code_which_follows_it() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    open(&page, Language::Node).await;
    until_remarked(&page, "An echo server does not speak the API").await;
    for step in [1, 2] {
        page.click("guide-show").await;
        until_step(&page, step, "done").await;
    }
    page.until("it has subscribed", |view| !view.subscriptions.is_empty()).await;
    let channel = page.view().await.unwrap().subscriptions[0].channel.clone();
    page.until_true(
        "the code subscribes as well",
        "return !text('code-remarks').includes('subscribed')
           && shown('code-text').textContent.includes(arguments[0]);",
        vec![channel.into()],
    )
    .await;
}

#[tokio::test]
async fn the_code_connects_to_where_the_session_does() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_320, 900).await;
    page.choose("live").await;
    open(&page, Language::Rust).await;
    let own = server.endpoint("/realtime");
    until_code(&page, &client(&server, Language::Rust, &own, &[])).await;
    page.enter("endpoint", "wss:/").await;
    until_remarked(&page, "The address cannot be used yet").await;
    until_code(&page, &client(&server, Language::Rust, "", &[])).await;
    page.enter("endpoint", &chaos.url("/ack")).await;
    let there = client(&server, Language::Rust, &chaos.url("/ack"), &[]);
    until_code(&page, &there).await;
    assert!(!remarks(&page).await.contains("address"));
    page.connect().await;
    until_code(&page, &there).await;
    page.leave().await;
    page.enter("endpoint", &own).await;
    until_code(&page, &client(&server, Language::Rust, &own, &[])).await;
}

#[tokio::test]
async fn a_key_in_its_field_or_in_the_address_is_never_in_the_code() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_320, 900).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    open(&page, Language::Python).await;
    let own = server.endpoint("/realtime");
    let expected = client(&server, Language::Python, &own, &[]);
    until_code(&page, &expected).await;
    page.hides_the_key();
    page.overwrite("endpoint", &format!("{own}?token=")).await;
    let mut typed = String::new();
    for letter in "SuperSecret42".chars() {
        typed.push(letter);
        page.browser.keys(&letter.to_string()).await.unwrap();
        let holds = "return shown('endpoint').value.endsWith(arguments[0]);";
        page.until_true("it is typed", holds, vec![typed.clone().into()]).await;
        assert_eq!(code(&page).await, expected, "after {typed}");
    }
    page.browser.keys(TAB).await.unwrap();
    let moved = "return shown('key').value === arguments[0];";
    page.until_true("the key has moved", moved, vec![typed.into()]).await;
    assert_eq!(code(&page).await, expected);
    page.hides_the_key();
    page.connect().await;
    for language in Language::ALL {
        choose(&page, language).await;
        page.hides_the_key();
    }
}

#[tokio::test]
async fn languages_are_chosen_by_keys_and_kept_for_the_tab() {
    let (server, page) = simulated().await;
    open(&page, Language::Browser).await;
    for (key, language) in [
        (RIGHT, Language::Node),
        (LEFT, Language::Browser),
        (LEFT, Language::Wscat),
        (RIGHT, Language::Browser),
        (END, Language::Wscat),
        (HOME, Language::Browser),
        (RIGHT, Language::Node),
    ] {
        page.browser.keys(key).await.unwrap();
        until_chosen(&page, language).await;
        let has_keys = "return root.activeElement === shown(arguments[0]);";
        page.until_true("it has the keyboard", has_keys, vec![tab(language).into()]).await;
        until_code(&page, &client(&server, language, "", &[])).await;
    }
    // From the tab to the code, and not to six other tabs.
    let next = ["code-copy", "code-download", "code-text"];
    for id in next {
        page.browser.keys(TAB).await.unwrap();
        let has_keys = "return root.activeElement === shown(arguments[0]);";
        page.until_true(id, has_keys, vec![id.into()]).await;
    }
    page.go(&server.page()).await;
    page.click("panel-code").await;
    until_chosen(&page, Language::Node).await;
}

#[tokio::test]
async fn what_is_copied_and_downloaded_is_the_file() {
    let (server, page) = simulated().await;
    page.click("panel-code").await;
    for language in Language::ALL {
        choose(&page, language).await;
        let files = language.files();
        assert!(files.len() <= 2, "there are buttons for two");
        for (file, id) in files.iter().zip(["code", "code-second"]) {
            let expected = filled(&server, language, file, "", &[]);
            page.click(&format!("{id}-copy")).await;
            until_copied(&page, &expected).await;
            says(&page, "Copied").await;
            let before = page.browser.downloads();
            page.click(&format!("{id}-download")).await;
            assert_eq!(page.browser.until_downloaded(&before).await, expected);
            says(&page, "Downloaded").await;
        }
        let lines = [("code-install", language.install()), ("code-run", Some(language.run()))];
        for (id, line) in lines {
            let Some(line) = line else {
                page.until_true(id, "return !shown(arguments[0]);", vec![id.into()]).await;
                continue;
            };
            page.until_true(
                line,
                "return text(arguments[0]) === arguments[1];",
                vec![id.into(), line.into()],
            )
            .await;
            page.click(&format!("{id}-copy")).await;
            until_copied(&page, line).await;
        }
        page.until_true(
            "its limits are listed",
            "return JSON.stringify([...shown('code-limits')?.children ?? []].map(words))
               === JSON.stringify(arguments[0]);",
            vec![json!(language.limits())],
        )
        .await;
    }
}

#[tokio::test]
async fn a_subscription_that_the_server_refused_is_not_in_the_code() {
    let (server, page) = simulated().await;
    page.send_raw(&subscribe(HOSTILE)).await;
    page.until_closed(1008).await;
    page.until("it is refused", |view| {
        view.subscription(HOSTILE).is_some_and(|it| it.state == "refused")
    })
    .await;
    open(&page, Language::Python).await;
    until_code(&page, &client(&server, Language::Python, "", &[])).await;
}

#[tokio::test]
async fn a_hostile_channel_stays_text_in_every_language() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.send_raw(&subscribe(HOSTILE)).await;
    page.until("it is subscribed to", |view| view.subscription(HOSTILE).is_some()).await;
    page.click("panel-code").await;
    for language in Language::ALL {
        choose(&page, language).await;
        let topics = [Topic::channel(HOSTILE)];
        until_code(&page, &client(&server, language, &chaos.url("/ack"), &topics)).await;
        let broken =
            "return root.querySelectorAll('img, script').length + Number('broken' in window);";
        assert_eq!(page.evaluate::<usize>(broken, vec![]).await.unwrap(), 0, "{language:?}");
    }
}

#[tokio::test]
async fn colours_of_code_can_be_read_in_both_schemes() {
    let (_server, page) = simulated().await;
    open(&page, Language::Python).await;
    for theme in ["light", "dark"] {
        let seen: Value = page.evaluate(CONTRASTS, vec![theme.into()]).await.unwrap();
        let seen = seen.as_object().unwrap();
        assert_eq!(seen.len(), 5, "comments, words, numbers, texts and the rest: {seen:#?}");
        for (class, contrast) in seen {
            assert!(contrast.as_f64().unwrap() >= 4.5, "{theme}: {class}: {contrast}");
        }
    }
}

/// Returns the contrast of each colour of the code to its ground, as WCAG 2.2 defines it.
const CONTRASTS: &str = "root.host.setAttribute('theme', arguments[0]);
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (colour) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const area = shown('code-text');
    const ground = luminance(getComputedStyle(area).backgroundColor);
    const contrasts = {};
    for (const part of [area, ...area.querySelectorAll('span[class]')]) {
      if (part.className === 'vp-filled') continue;
      const [high, low] = [luminance(getComputedStyle(part).color), ground].sort((a, b) => b - a);
      contrasts[part.className] = (high + 0.05) / (low + 0.05);
    }
    return contrasts;";

#[tokio::test]
async fn nothing_is_cut_covered_or_overlaid_beside_code() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_360, 900).await;
    page.click("panel-code").await;
    page.until_true("the code is there", "return !!shown('code-text');", vec![]).await;
    is_sound(&page, "code beside an echo server").await;
    column(&page, 1_320, 0).await;
    page.choose("simulator").await;
    page.connect().await;
    // One with two files, and one with limits.
    for language in [Language::Rust, Language::Wscat] {
        column(&page, 1_320, 0).await;
        choose(&page, language).await;
        page.click("code-copy").await;
        page.click("code-run-copy").await;
        is_sound(&page, language.title()).await;
    }
    for width in [688, 1_320] {
        column(&page, width, 0).await;
        let is_bounded = "const { height } = shown('code-text').getBoundingClientRect();
            return height > 100 && height <= 400;";
        page.until_true("the code is no longer than it must be", is_bounded, vec![]).await;
    }
}

/// A channel that would be a part of the page where it is no text.
const HOSTILE: &str = r#"</script><img src=x onerror="window.broken = true">${`'\"#;

/// Returns the envelope that subscribes to a channel, which no field offers.
fn subscribe(channel: &str) -> String {
    json!({
        "type": "subscribe", "request_id": "req_1", "sent_at": "2026-01-01T00:00:00Z",
        "payload": { "channel": channel },
    })
    .to_string()
}

/// Opens a page whose target is the simulator, connected.
async fn simulated() -> (Server, Page) {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.connect().await;
    (server, page)
}

/// Opens the panel and chooses a language.
async fn open(page: &Page, language: Language) {
    page.click("panel-code").await;
    choose(page, language).await;
}

async fn choose(page: &Page, language: Language) {
    page.click(&tab(language)).await;
    until_chosen(page, language).await;
}

fn tab(language: Language) -> String {
    format!("code-{}", language.name())
}

/// Waits until this language's tab alone is chosen, and its panel is there.
async fn until_chosen(page: &Page, language: Language) {
    let script = "const own = shown(arguments[0]);
        const tabs = own ? [...own.parentElement.children] : [];
        const panel = root.getElementById(own?.getAttribute('aria-controls'));
        return tabs.every((it) => it.getAttribute('aria-selected') === String(it === own)
            && it.tabIndex === (it === own ? 0 : -1))
          && tabs.length === arguments[1] && panel?.checkVisibility()
          && panel.getAttribute('aria-labelledby') === own.id;";
    let arguments = vec![tab(language).into(), Language::ALL.len().into()];
    page.until_true(&format!("{language:?} is chosen"), script, arguments).await;
}

/// Returns the client's own file as the page is to show it.
fn client(server: &Server, language: Language, endpoint: &str, topics: &[Topic]) -> String {
    filled(server, language, &language.files()[0], endpoint, topics)
}

fn filled(
    server: &Server,
    language: Language,
    file: &veriops_playground::code::ClientFile,
    endpoint: &str,
    topics: &[Topic],
) -> String {
    let api = Api::parse(&server.get("/veriops.asyncapi.json")).unwrap();
    fill(file, language, &Setup { api: &api, endpoint, topics, patience: Patience::of(&api) })
}

async fn code(page: &Page) -> String {
    page.evaluate("return shown('code-text').textContent;", vec![]).await.unwrap()
}

async fn until_code(page: &Page, expected: &str) {
    let script = "return shown('code-text')?.textContent === arguments[0];";
    let beginning: String = expected.chars().take(600).collect();
    page.until_true(&format!("the code is {beginning}"), script, vec![expected.into()]).await;
}

async fn remarks(page: &Page) -> String {
    page.evaluate("return text('code-remarks') ?? '';", vec![]).await.unwrap()
}

async fn until_remarked(page: &Page, words: &str) {
    let script = "return text('code-remarks')?.includes(arguments[0]) ?? false;";
    page.until_true(words, script, vec![words.into()]).await;
}

async fn until_copied(page: &Page, expected: &str) {
    let script = "return navigator.clipboard.readText().then((text) => text === arguments[0]);";
    page.until_true("it is in the clipboard", script, vec![expected.into()]).await;
}

/// Waits until the reader is told what became of a file.
async fn says(page: &Page, words: &str) {
    let script = "return [...root.querySelectorAll('.vp-client [role=status]')]
        .some((it) => words(it) === arguments[0]);";
    page.until_true(words, script, vec![words.into()]).await;
}
