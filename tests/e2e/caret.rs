//! Text in the editor is the reader's: whatever the page does meanwhile, text and caret stay.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::aftermath::is_sound;
use crate::support::chaos::{Chaos, Seen};
use crate::support::key::{CONTROL, DOWN, END, ENTER, HOME, RELEASE};
use crate::support::page::{Page, View};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::site::{Site, impatient_page, page_with};

#[tokio::test]
async fn a_keep_alive_leaves_the_text_and_the_caret_in_the_editor() {
    let chaos = Chaos::start().await;
    let folder = page_with("caret-keep-alive", |description| {
        description["x-timings"]["idleMs"] = json!(4000);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.click("keep-alive").await;
    let editor = edit(&page).await;
    let pings = own_pings(&page.view().await.unwrap());
    page.until("two keep-alives were sent", |view| own_pings(view) > pings + 1).await;
    stays(&page, &editor).await;
    page.click("keep-alive").await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn a_restored_subscription_leaves_the_text_and_the_caret_in_the_editor() {
    let chaos = Chaos::start().await;
    let proxy = Proxy::before(chaos.port()).await;
    let folder = impatient_page("caret-restore", |description| {
        description["x-timings"]["backoffMs"] = json!([200]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.call(&format!("ws://127.0.0.1:{}/ack", proxy.port())).await;
    page.until_state("open").await;
    page.subscribe("project.created", &[]).await;
    let editor = edit(&page).await;
    proxy.drop_all();
    page.until("the subscription is restored", |view| {
        let restored = view.subscription("project.created");
        chaos.seen().handshakes == 2 && restored.is_some_and(|it| it.state == "active")
    })
    .await;
    stays(&page, &editor).await;
    is_sound(&page, &chaos).await;
}

#[tokio::test]
async fn sending_from_the_editor_leaves_the_caret_where_it_is() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.compose("ping").await;
    let editor = edit(&page).await;
    for count in 1..=2 {
        page.browser.keys(&[CONTROL, ENTER].concat()).await.unwrap();
        page.until("it is sent", |view| own_pings(view) == count).await;
        assert_eq!(Editor::of(&page).await.caret, editor.caret);
    }
    let seen = chaos.seen();
    assert_eq!(ids(&seen), ["req_001", "req_002"], "{seen:#?}");
    is_sound(&page, &chaos).await;
}

/// What the editor has.
#[derive(Debug, Deserialize, Eq, PartialEq)]
struct Editor {
    text: String,
    /// The characters before the caret, and before the end of what is selected.
    caret: [usize; 2],
}

impl Editor {
    async fn of(page: &Page) -> Self {
        let script = "const { value, selectionStart, selectionEnd } = shown('envelope');
            return { text: value, caret: [selectionStart, selectionEnd] };";
        page.evaluate(script, vec![]).await.unwrap()
    }
}

/// Writes a space into the middle of the envelope, and returns what the editor has then.
async fn edit(page: &Page) -> Editor {
    page.click("envelope").await;
    let before = Editor::of(page).await.text.len();
    let keys = [CONTROL, HOME, RELEASE, DOWN, END, " "].concat();
    page.browser.keys(&keys).await.unwrap();
    let editor = Editor::of(page).await;
    let [caret, end] = editor.caret;
    assert!(caret == end && 0 < caret && caret < before, "{editor:?}");
    assert_eq!(editor.text.len(), before + 1, "{editor:?}");
    editor
}

/// Asserts that the editor has what it had, and that the next letter goes where the caret was.
async fn stays(page: &Page, before: &Editor) {
    assert_eq!(&Editor::of(page).await, before);
    page.browser.keys(" ").await.unwrap();
    let [caret, _] = before.caret;
    let mut text = before.text.clone();
    text.insert(caret, ' ');
    assert_eq!(Editor::of(page).await, Editor { text, caret: [caret + 1; 2] });
}

fn own_pings(view: &View) -> usize {
    view.rows.iter().filter(|row| row.kind == "ping" && row.direction == "sent").count()
}

fn ids(seen: &Seen) -> Vec<String> {
    let envelopes = seen.messages().map(|text| serde_json::from_str::<Value>(text).unwrap());
    envelopes.map(|it| it["request_id"].as_str().unwrap().to_owned()).collect()
}
