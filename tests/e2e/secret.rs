//! The key: it goes to the server it is for, and nowhere else. Every other journey that uses a key ends
//! with the same search.

use serde::Deserialize;
use serde_json::Value;

use crate::support::browser::Line;
use crate::support::canary::{KEY, percent_encoded, shapes};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::key::{ENTER, TAB};
use crate::support::page::Page;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn the_key_is_nowhere_after_a_server_said_it_back() {
    let chaos = Chaos::start().await;
    let said: Vec<_> =
        shapes(KEY).iter().map(|shape| format!("text={}", every_byte(shape))).collect();
    let (page, _site) = open("said-back", &chaos.url(&format!("/say?{}", said.join("&")))).await;
    page.connect_live(KEY).await;
    page.until("all of it is in the log", |view| {
        view.rows.iter().filter(|row| row.kind == "malformed").count() == shapes(KEY).len()
    })
    .await;
    page.hides_the_key();
    for number in 0..shapes(KEY).len() {
        let row = "return every('row')
            .filter((row) => row.dataset.kind === 'malformed')[arguments[0]];";
        page.click_that("what the server said", row, vec![number.into()]).await;
        page.until("its detail is open", |view| {
            view.detail.as_ref().is_some_and(|detail| detail.contains("•••"))
        })
        .await;
        page.hides_the_key();
    }
    assert!(chaos.seen().requests[0].contains(&format!("token={}", percent_encoded(KEY))));
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_close_whose_reason_repeats_it() {
    let chaos = Chaos::start().await;
    let reason = format!("/close?code=4001&reason=no:{}", every_byte(KEY));
    let (page, _site) = open("close-reason", &chaos.url(&reason)).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    page.click("primary").await;
    let notice = page.until_closed(4001).await;
    assert!(notice.text.contains("no:•••"), "{notice:#?}");
    page.hides_the_key();
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_handshake_that_failed() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("failed-handshake", &chaos.url("/http401")).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    page.click("primary").await;
    let view = page.until_state("waiting").await;
    assert!(!view.notice.as_ref().unwrap().text.contains("401"), "{view:#?}");
    page.hides_the_key();
    // Chromium's own line has the key; what is searched is another one.
    let console = page.browser.console();
    let is_leak = |line: &Line| !line.is_of_page && line.message.contains(&percent_encoded(KEY));
    assert!(environment::is_firefox() || console.iter().any(is_leak), "{console:#?}");
}

#[tokio::test]
async fn a_key_that_is_somewhere_is_found() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("found", &chaos.url("/ack")).await;
    page.choose("live").await;
    page.enter("key", KEY).await;
    for (hide, clean) in [
        ("localStorage.place = key;", "localStorage.clear();"),
        ("sessionStorage.setItem(key, '');", "sessionStorage.clear();"),
        ("root.append(key);", "root.lastChild.remove();"),
        ("root.host.append(key);", "root.host.lastChild.remove();"),
        ("root.host.title = btoa(utf8);", "root.host.removeAttribute('title');"),
        ("location.hash = encodeURIComponent(key);", "location.hash = '';"),
        ("shown('endpoint').value = key;", "shown('endpoint').value = '';"),
        (
            "return navigator.clipboard.writeText(key);",
            "return navigator.clipboard.writeText('nothing');",
        ),
    ] {
        run(&page, hide, "").await;
        assert!(page.finds_the_key(), "{hide}");
        run(&page, clean, "").await;
        page.hides_the_key();
    }
    // These stay: each has its own page.
    for hide in [
        "console.log('it is', key);",
        "const link = document.createElement('a');
         link.href = URL.createObjectURL(new Blob([JSON.stringify({ key })]));
         link.download = 'log.json';
         link.click();",
    ] {
        let (page, _site) = open("found-later", &chaos.url("/ack")).await;
        page.choose("live").await;
        page.enter("key", KEY).await;
        page.hides_the_key();
        // A driver's script has a console of its own in Firefox; one of the document has the page's.
        let script = "const script = document.createElement('script');
            script.textContent = `{ const key = ${JSON.stringify(key)}; ${arguments[1]} }`;
            document.head.append(script);
            script.remove();";
        run(&page, script, hide).await;
        page.until_the_key_is_found().await;
        page.enter("key", "").await;
        page.forget_the_key();
    }
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_message_that_repeats_it_was_copied() {
    let chaos = Chaos::start().await;
    let said = format!("/say?text=you+said:{}", every_byte(KEY));
    let (page, _site) = open("copied", &chaos.url(&said)).await;
    page.connect_live(KEY).await;
    page.until_row("malformed", "•••").await;
    page.click_row("malformed").await;
    page.click("copy").await;
    page.until_true(
        "it is copied",
        "return navigator.clipboard.readText().then((text) => text.includes('•••'));",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn the_key_is_nowhere_after_a_report_on_what_repeated_it_was_copied() {
    let chaos = Chaos::start().await;
    let said: Vec<_> =
        shapes(KEY).iter().map(|shape| format!("text={}", every_byte(shape))).collect();
    let (page, _site) = open("reported", &chaos.url(&format!("/say?{}", said.join("&")))).await;
    page.connect_live(KEY).await;
    page.until("all of it is in the log", |view| {
        view.rows.iter().filter(|row| row.kind == "malformed").count() == shapes(KEY).len()
    })
    .await;
    page.click("copy-report").await;
    page.until_true(
        "it is copied",
        "return navigator.clipboard.readText()
           .then((text) => text.split('•••').length > 2 * arguments[0]);",
        vec![shapes(KEY).len().into()],
    )
    .await;
    page.hides_the_key();
}

#[tokio::test]
async fn a_key_typed_with_its_address_is_in_the_key_field_and_was_never_anywhere_else() {
    let chaos = Chaos::start().await;
    for (name, leave) in [("typed-tab", TAB), ("typed-enter", ENTER)] {
        let (page, _site) = open(name, &chaos.url("/ack")).await;
        page.choose("live").await;
        let (address, key) = (chaos.url("/ack"), "SuperSecret42");
        page.overwrite("endpoint", &format!("{address}?token=")).await;
        let mut typed = String::new();
        for letter in key.chars() {
            typed.push(letter);
            page.browser.keys(&letter.to_string()).await.unwrap();
            let shown = shown(&page).await;
            assert_eq!(shown.address, format!("{address}?token={typed}"), "{shown:#?}");
            assert_eq!(shown.key, "", "{shown:#?}");
            // Fewer letters are in many a word.
            let is_there = |place: &&String| typed.len() > 2 && place.contains(&typed);
            assert_eq!(shown.places.iter().find(is_there), None, "after {typed}");
        }
        page.browser.keys(leave).await.unwrap();
        page.until_true(
            "the key has moved",
            "return shown('endpoint').value === arguments[0] && shown('key').value === arguments[1]
               && shown('key').type === 'password';",
            vec![address.into(), key.into()],
        )
        .await;
        page.hides_the_key();
        if leave == TAB {
            page.click("primary").await;
        }
        page.until_state("open").await;
        page.subscribe("project.updated", &[]).await;
        for button in ["save-ndjson", "save-har"] {
            let before = page.browser.downloads();
            page.click("files").await;
            page.click(button).await;
            page.browser.until_downloaded(&before).await;
        }
        page.hides_the_key();
        page.leave().await;
    }
    // The key went to the server, whole, and to no path.
    assert_eq!(chaos.seen().requests, ["GET /ack?token=SuperSecret42 HTTP/1.1"; 2]);
}

#[tokio::test]
async fn a_key_pasted_with_its_address_moves_at_once() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("pasted", &chaos.url("/ack")).await;
    page.choose("live").await;
    page.paste("endpoint", &chaos.url("/ack?token=canary%2Bkey")).await;
    page.until_true(
        "the key field has it",
        "return shown('endpoint').value === arguments[0] && shown('key').value === 'canary+key';",
        vec![chaos.url("/ack").into()],
    )
    .await;
    // The reader's own clipboard has it, of course.
    page.evaluate::<Value>("return navigator.clipboard.writeText('nothing');", vec![])
        .await
        .unwrap();
    page.hides_the_key();
    page.connect().await;
    assert_eq!(chaos.seen().requests, ["GET /ack?token=canary%2Bkey HTTP/1.1"]);
}

#[tokio::test]
async fn the_key_is_kept_for_the_tab_only_when_asked() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("kept", &chaos.url("/ack")).await;
    page.connect_live(KEY).await;
    page.hides_the_key();
    page.click("keep-key").await;
    page.until_true(
        "it is in the storage of the tab",
        "return Object.values(sessionStorage).includes(arguments[0]) && localStorage.length === 0;",
        vec![KEY.into()],
    )
    .await;
    page.click("keep-key").await;
    page.until_true("it is forgotten", "return sessionStorage.length === 0;", vec![]).await;
    page.hides_the_key();
}

/// Runs a script that knows the key, and gets one more argument.
async fn run(page: &Page, script: &str, argument: &str) {
    let prelude = "const key = arguments[0];
        const utf8 = unescape(encodeURIComponent(key));";
    let arguments = vec![KEY.into(), argument.into()];
    let _: Value = page.evaluate(&format!("{prelude}\n{script}"), arguments).await.unwrap();
}

/// Percent-encodes every byte, so that the address of a server that says the key has it in no shape.
fn every_byte(text: &str) -> String {
    let encoded = text.bytes().map(|byte| format!("%{byte:02x}"));
    encoded.collect()
}

/// What the page has of a key while it is typed into the address.
#[derive(Debug, Deserialize)]
struct Shown {
    address: String,
    key: String,
    /// Every text and attribute of the page, every other field, and the address of the page.
    places: Vec<String>,
}

async fn shown(page: &Page) -> Shown {
    let script = "
        const [address, key] = [shown('endpoint'), shown('key')];
        const elements = [...root.querySelectorAll('*')];
        const attributes = elements.flatMap((element) => [...element.attributes].map((it) => it.value));
        const values = elements.filter((it) => it !== address && it !== key).map((it) => it.value);
        const stored = [localStorage, sessionStorage].flatMap((it) => Object.entries(it)).flat();
        const places = [root.textContent, location.href, ...attributes, ...values, ...stored];
        return {
          address: address.value, key: key.value,
          places: places.filter((place) => typeof place === 'string'),
        };";
    page.evaluate(script, vec![]).await.unwrap()
}

/// Opens a page whose API description names this live server.
async fn open(name: &str, live: &str) -> (Page, Site) {
    let folder = page_with(name, |description: &mut Value| {
        description["servers"] = servers(&[live.to_owned()], &[]);
    });
    let site = Site::serve(&folder).await;
    (Page::open(&site.url("")).await, site)
}
