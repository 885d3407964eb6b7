//! The API description is where the page has its facts from, also those that only a reader looks at.

use serde_json::{Value, json};

use crate::support::canary::{KEY, percent_encoded};
use crate::support::chaos::Chaos;
use crate::support::key::TAB;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn the_key_goes_out_under_the_name_that_the_description_gives_it() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("key-name", &chaos).await;
    page.connect_live(KEY).await;
    let key = percent_encoded(KEY);
    assert_eq!(chaos.seen().requests, [format!("GET /ack?access_key={key} HTTP/1.1")]);
    page.until_true(
        "the field says so",
        "const label = words(shown('key').closest('label'));
         return label.includes('access_key') && !label.includes('token');",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn a_key_in_the_address_is_known_by_the_name_that_the_description_gives_it() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("key-name-typed", &chaos).await;
    page.choose("live").await;
    page.overwrite("endpoint", &chaos.url("/ack?access_key=SuperSecret42")).await;
    page.browser.keys(TAB).await.unwrap();
    page.until_true(
        "the key has moved",
        "return shown('endpoint').value === arguments[0]
           && shown('key').value === 'SuperSecret42';",
        vec![chaos.url("/ack").into()],
    )
    .await;
    page.hides_the_key();
    page.connect().await;
    assert_eq!(chaos.seen().requests, ["GET /ack?access_key=SuperSecret42 HTTP/1.1"]);
}

#[tokio::test]
async fn title_settings_and_issues_of_the_description_can_be_read_in_the_page() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("words", &chaos).await;
    page.unfold("keep-alive").await;
    for words in [
        "An API of a test",
        "Tea break",
        "4 o'clock, every day",
        "Nothing but dots arrive",
        "The dots are the message",
        "Read between them",
    ] {
        let script = "return root.textContent.includes(arguments[0]);";
        page.until_true(&format!("{words:?} stands in the page"), script, vec![words.into()]).await;
    }
}

/// Opens a page whose description differs from the shipped one in everything that is looked at here.
async fn open(name: &str, chaos: &Chaos) -> (Page, Site) {
    let folder = page_with(name, |description: &mut Value| {
        description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
        description["components"]["securitySchemes"]["token"]["name"] = json!("access_key");
        description["info"]["title"] = json!("An API of a test");
        description["x-settings"] =
            json!([{ "name": "Tea break", "value": "4 o'clock, every day" }]);
        description["x-issues"] = json!([{
            "symptom": "Nothing but dots arrive",
            "cause": "The dots are the message",
            "resolution": "Read between them",
        }]);
    });
    let site = Site::serve(&folder).await;
    (Page::open(&site.url("")).await, site)
}
