//! Try links: in the text around the playground a click runs an experiment, in the address of a page one is
//! only ready.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::site::{Site, documentation, host, servers, zensical};

#[tokio::test]
async fn a_link_in_a_page_of_material_for_mkdocs_runs_its_experiment() {
    let chaos = Chaos::start().await;
    let folder = documentation("try-material", &description(&chaos));
    runs_and_comes_back(&folder, &chaos).await;
}

#[tokio::test]
async fn a_link_in_a_page_of_zensical_runs_its_experiment() {
    let chaos = Chaos::start().await;
    let folder = zensical("try-zensical", &description(&chaos));
    runs_and_comes_back(&folder, &chaos).await;
}

#[tokio::test]
async fn a_page_of_material_for_mkdocs_opened_at_a_try_address_runs_nothing() {
    let chaos = Chaos::start().await;
    let folder = documentation("ready-material", &description(&chaos));
    is_ready_and_runs_nothing(&folder, &chaos).await;
}

#[tokio::test]
async fn a_page_of_zensical_opened_at_a_try_address_runs_nothing() {
    let chaos = Chaos::start().await;
    let folder = zensical("ready-zensical", &description(&chaos));
    is_ready_and_runs_nothing(&folder, &chaos).await;
}

#[tokio::test]
async fn a_link_far_from_the_playground_loads_the_program_and_runs_its_experiment() {
    let (page, _site) = open("try-far", &format!("{LINK}{DISTANCE}{ELEMENT}")).await;
    page.until_true(
        "the element waits",
        "return !root && !!customElements.get('veriops-playground');",
        vec![],
    )
    .await;
    follow(&page, "close-4008").await;
    until_experiment(&page, "close-4008", &STARTED).await;
    is_in_sight(&page).await;
}

#[tokio::test]
async fn an_address_that_is_typed_makes_its_experiment_ready() {
    let (page, _site) = open("try-typed", &format!("{LINK}{DISTANCE}{ELEMENT}")).await;
    page.evaluate::<Value>("location.hash = '#try=close-4001';", vec![]).await.unwrap();
    until_experiment(&page, "close-4001", &["ready"]).await;
    is_in_sight(&page).await;
    is_untouched(&page).await;
}

#[tokio::test]
async fn the_way_back_to_an_address_runs_nothing() {
    let (page, _site) = open("try-back", &format!("{LINK}{OTHER_LINK}{ELEMENT}")).await;
    page.until_ready().await;
    follow(&page, "close-4008").await;
    until_experiment(&page, "close-4008", &STARTED).await;
    follow(&page, "close-4001").await;
    until_experiment(&page, "close-4001", &STARTED).await;
    page.browser.back().await;
    until_address(&page, "#try=close-4008").await;
    until_experiment(&page, "close-4008", &["ready"]).await;
}

#[tokio::test]
async fn a_link_to_an_experiment_that_there_is_not_is_told_and_runs_nothing() {
    let (page, _site) =
        open("try-unknown", &format!("<a href='#try=no-such'>try it</a>{ELEMENT}")).await;
    page.until_ready().await;
    follow(&page, "no-such").await;
    let said = "return text('experiment-card')?.includes('no-such') ?? false;";
    page.until_true("the panel names what there is not", said, vec![]).await;
    is_untouched(&page).await;
}

#[tokio::test]
async fn the_first_of_two_playgrounds_takes_a_link() {
    let (page, _site) = open("try-two", &format!("{LINK}{ELEMENT}{ELEMENT}")).await;
    page.until_ready().await;
    follow(&page, "close-4008").await;
    until_experiment(&page, "close-4008", &STARTED).await;
    let second = "const [, second] = document.querySelectorAll('veriops-playground');
        return every('row', second.shadowRoot).length;";
    assert_eq!(page.evaluate::<usize>(second, vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_click_that_opens_a_tab_or_another_page_stays_the_browsers() {
    let other = "<a href='other.html#try=close-4008'>elsewhere</a>";
    let (page, _site) = open("try-modified", &format!("{LINK}{other}{ELEMENT}")).await;
    page.until_ready().await;
    let left = "const clicks = [
          ['#try=close-4008', { ctrlKey: true }], ['#try=close-4008', { metaKey: true }],
          ['#try=close-4008', { shiftKey: true }], ['other.html#try=close-4008', {}],
        ];
        return clicks.map(([href, keys]) => {
          let left;
          addEventListener('click', (event) => {
            left = !event.defaultPrevented;
            event.preventDefault();
          }, { once: true });
          const link = document.querySelector(`a[href=\"${href}\"]`);
          link.dispatchEvent(
            new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, ...keys }));
          return left;
        });";
    assert_eq!(page.evaluate::<Vec<bool>>(left, vec![]).await.unwrap(), [true; 4]);
    is_untouched(&page).await;
}

/// Follows a link of a documentation page, leaves the page and comes back to it.
async fn runs_and_comes_back(folder: &Path, chaos: &Chaos) {
    let site = Site::serve(folder).await;
    site.is_mapped_in(folder);
    let page = Page::open(&site.url("")).await;
    page.evaluate::<Value>("window.isTheSameDocument = true;", vec![]).await.unwrap();
    follow(&page, "close-4008").await;
    until_experiment(&page, "close-4008", &STARTED).await;
    until_address(&page, "#try=close-4008").await;
    is_in_sight(&page).await;

    navigate(&page, "without/").await;
    page.until_true("no playground is left", "return !root;", vec![]).await;
    navigate(&page, "").await;
    page.until_ready().await;
    is_untouched(&page).await;
    follow(&page, "close-4001").await;
    until_experiment(&page, "close-4001", &STARTED).await;
    until_address(&page, "#try=close-4001").await;

    // The history leads to where the address asks for an experiment, and not the reader.
    navigate(&page, "without/").await;
    page.until_true("no playground is left again", "return !root;", vec![]).await;
    page.browser.back().await;
    until_address(&page, "#try=close-4001").await;
    until_experiment(&page, "close-4001", &["ready"]).await;
    is_untouched(&page).await;
    // The address is that of the link already.
    follow(&page, "close-4001").await;
    until_experiment(&page, "close-4001", &STARTED).await;
    assert!(chaos.seen().requests.is_empty(), "{:#?}", chaos.seen());
}

async fn is_ready_and_runs_nothing(folder: &Path, chaos: &Chaos) {
    let site = Site::serve(folder).await;
    let page = Page::open(&site.url("#try=close-4008")).await;
    until_experiment(&page, "close-4008", &["ready"]).await;
    is_in_sight(&page).await;
    is_untouched(&page).await;
    assert!(chaos.seen().requests.is_empty(), "{:#?}", chaos.seen());
}

/// Opens a page of this body, which has a playground in it.
async fn open(name: &str, body: &str) -> (Page, Site) {
    let site = Site::serve(&host(name, body, |_| {})).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    (page, site)
}

const LINK: &str = "<p><a href='#try=close-4008'>4008</a></p>";
const OTHER_LINK: &str = "<p><a href='#try=close-4001'>4001</a></p>";
const DISTANCE: &str = "<div style='height: 5000px'>Far above.</div>";
const ELEMENT: &str = "<veriops-playground>Without a program.</veriops-playground>";

/// The states of an experiment that was started.
const STARTED: [&str; 3] = ["running", "shown", "not-shown"];

/// Returns the description with servers that nothing may connect to.
fn description(chaos: &Chaos) -> String {
    let text = fs::read_to_string(environment::dist().join("veriops.asyncapi.json")).unwrap();
    let mut description: Value = serde_json::from_str(&text).unwrap();
    description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
    description.to_string()
}

/// Clicks a link to an experiment in the text of the page.
async fn follow(page: &Page, experiment: &str) {
    let link = "return document.querySelector(`a[href$=\"#try=${arguments[0]}\"]`);";
    page.click_that(&format!("the link to {experiment}"), link, vec![json!(experiment)]).await;
}

/// Follows a link of the documentation's own navigation, which is instant: the document stays.
async fn navigate(page: &Page, path: &str) {
    let link = "return [...document.querySelectorAll('article a:not(.headerlink), nav a')]
        .find((link) => link.checkVisibility() && !link.hash
          && link.pathname === `/${arguments[0]}`);";
    page.click_that(&format!("the link to /{path}"), link, vec![json!(path)]).await;
    let there = "return location.pathname === `/${arguments[0]}`
          && window.isTheSameDocument === true;";
    page.until_true(&format!("the page is /{path}"), there, vec![json!(path)]).await;
}

/// Waits until the panel shows the experiment of this id in one of these states.
async fn until_experiment(page: &Page, id: &str, states: &[&str]) {
    let script = "const one = shown(`experiment-${arguments[0]}`);
        return !!one && arguments[1].includes(one.dataset.state);";
    let what = format!("the experiment {id} is {}", states.join(" or "));
    page.until_true(&what, script, vec![json!(id), json!(states)]).await;
}

async fn until_address(page: &Page, hash: &str) {
    let script = "return location.hash === arguments[0];";
    page.until_true(&format!("the address ends in {hash}"), script, vec![json!(hash)]).await;
}

/// Waits until the playground begins in the upper half of the window, and nothing covers its first line.
async fn is_in_sight(page: &Page) {
    let script = "const { left, top, width } = root.host.getBoundingClientRect();
        return top < innerHeight / 2
          && document.elementFromPoint(left + width / 2, top + 2) === root.host;";
    page.until_true("the playground is in sight", script, vec![]).await;
}

/// Asserts that nothing has happened in the playground.
async fn is_untouched(page: &Page) {
    let view = page.view().await.unwrap();
    assert!(view.is("idle") && view.rows.is_empty(), "{view:#?}");
}
