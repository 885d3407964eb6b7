//! The echo sandbox: what comes back is our own, and no server may answer at all.

use serde_json::Value;

use crate::support::aftermath::{is_left, is_sound, is_usable};
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn the_echo_sandbox_is_the_default_and_needs_no_key() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let view = page.view().await.unwrap();
    assert_eq!(view.target.as_deref(), Some("echo"));
    assert_eq!(view.endpoint, Some(server.endpoint("/echo")));
    assert_eq!(view.primary.as_deref(), Some("Connect"));
    page.connect().await;
    let banner = page.until_row("banner", "Request served by").await;
    assert_eq!(banner.direction, "received");
}

#[tokio::test]
async fn an_echo_is_labelled_and_never_taken_for_an_ack_or_a_ping() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.connect().await;
    page.click("send").await;
    page.until_row("echo", "echo of req_001").await;
    page.compose("ping").await;
    page.click("send").await;
    page.until_row("echo", "echo of req_002").await;
    page.compose("subscribe").await;
    page.click("send").await;
    let view = page.until("the third echo", |view| view.row("echo", "req_003").is_some()).await;
    assert!(view.row("ack", "").is_none(), "{view:#?}");
    assert!(view.row("pong", "").is_none(), "{view:#?}");
    assert_eq!(view.rows.iter().filter(|row| row.direction == "sent").count(), 3, "{view:#?}");
    let outcome = view.row("subscribe", "req_003").unwrap().outcome.as_deref();
    assert_eq!(outcome, Some("echoed"));
}

#[tokio::test]
async fn the_next_echo_server_answers_when_the_first_does_not() {
    let chaos = Chaos::start().await;
    let other = Chaos::start().await;
    let (page, _site) =
        open("next-echo", &[], &[chaos.url("/hang"), other.url("/echo?banner=hello")]).await;
    let view = page.connect().await;
    assert!(view.row("open", &other.url("/echo")).is_some(), "{view:#?}");
    page.until_row("banner", "hello").await;
    is_left(&chaos).await;
    is_sound(&page, &other).await;
}

#[tokio::test]
async fn all_echo_candidates_dead_offers_the_simulator() {
    let chaos = Chaos::start().await;
    let dead = [chaos.url("/http500"), chaos.url("/fin"), chaos.url("/badaccept")];
    let (page, _site) = open("dead-echo", &[], &dead).await;
    page.click("primary").await;
    let view = page
        .until("the simulator is offered", |view| {
            view.notice.as_ref().is_some_and(|notice| notice.offers("start-simulator"))
        })
        .await;
    assert!(view.is("idle"), "{view:#?}");
    assert_eq!(chaos.seen().requests.len(), 3);
    page.click("start-simulator").await;
    let view = page.until_state("open").await;
    assert_eq!(view.target.as_deref(), Some("simulator"));
    assert!(view.notice.is_none(), "{view:#?}");
    page.subscribe("project.updated", &[]).await;
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn no_key_goes_to_an_echo_server() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("keyless-echo", &[chaos.url("/ack")], &[chaos.url("/echo")]).await;
    page.connect_live("canary-key").await;
    page.choose("echo").await;
    page.until_state("idle").await;
    page.connect().await;
    let requests = chaos.seen().requests;
    assert_eq!(requests, ["GET /ack?token=canary-key HTTP/1.1", "GET /echo HTTP/1.1"]);
}

#[tokio::test]
async fn a_key_is_percent_encoded_and_goes_only_to_the_servers_of_the_description() {
    let chaos = Chaos::start().await;
    let stranger = Chaos::start().await;
    let (page, _site) = open("trusted", &[chaos.url("/ack")], &[chaos.url("/echo")]).await;
    page.connect_live("a+b&c#d").await;
    assert_eq!(chaos.seen().requests, ["GET /ack?token=a%2Bb%26c%23d HTTP/1.1"]);
    page.click("primary").await;
    page.until_state("idle").await;
    page.call(&stranger.url("/ack")).await;
    page.until_state("open").await;
    assert_eq!(stranger.seen().requests, ["GET /ack HTTP/1.1"]);
}

/// Opens a page whose API description names these servers.
async fn open(name: &str, live: &[String], echo: &[String]) -> (Page, Site) {
    let folder = page_with(name, |description: &mut Value| {
        description["servers"] = servers(live, echo);
    });
    let site = Site::serve(&folder).await;
    (Page::open(&site.url("")).await, site)
}
