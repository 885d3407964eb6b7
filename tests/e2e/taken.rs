//! The client of a browser to take along: every behaviour, under a policy that admits its own script and style and
//! nothing else.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::browser::{Browser, PATIENCE, PULSE};
use crate::support::taken::filling::Client;
use crate::support::taken::{Line, Subject, assert_complete};

mod browser {
    use super::Document;
    use crate::support::taken::{behaviours, tests};
    behaviours!(tests Browser Document, behaviour);
}

#[test]
fn every_behaviour_is_a_test_in_the_browser() {
    assert_complete(&["browser"], "taken::");
}

/// The client as an open document. There is one button, and a field for the key.
pub struct Document {
    browser: Arc<Browser>,
    _server: JoinSet<()>,
}

/// What a reader sees.
#[derive(Deserialize)]
struct View {
    button: String,
    log: String,
    is_styled: bool,
}

impl Subject for Document {
    type Place = Arc<Browser>;

    async fn place() -> Arc<Browser> {
        Arc::new(Browser::start().await)
    }

    async fn start(browser: &Arc<Browser>, client: &Client, key: Option<&str>) -> Self {
        let (server, url) = serve(&client.folder.join("browser.html"), &client.endpoint).await;
        let browser = Arc::clone(browser);
        browser.go(&url).await;
        let document = Self { browser, _server: server };
        assert!(document.view().await.is_styled, "its style is admitted");
        if let Some(key) = key {
            document.click("key").await;
            document.browser.keys(key).await.unwrap();
        }
        document.click("connect").await;
        document
    }

    async fn said(&mut self) -> Vec<Line> {
        let log = self.view().await.log;
        // It has one place for everything.
        log.lines().map(|line| Line { is_output: true, text: line.to_owned() }).collect()
    }

    async fn interrupt(&mut self) {
        self.click("connect").await;
    }

    async fn ended(&mut self) -> Option<i32> {
        let view = self.view().await;
        let last = view.log.lines().last().unwrap_or_default();
        let is_over = last.starts_with("closed ") || last.starts_with("enter ");
        let is_good = last == "closed 1000" || last.starts_with("closed 1000 ");
        (view.button == "Connect" && is_over).then_some(i32::from(!is_good))
    }

    async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
        one.await;
        other.await;
    }
}

impl Document {
    async fn view(&self) -> View {
        let script = "return {
            button: document.querySelector('#connect').textContent,
            log: document.querySelector('#log').textContent,
            is_styled: getComputedStyle(document.body).display === 'flex',
        };";
        self.browser.evaluate(script, vec![]).await.unwrap()
    }

    async fn click(&self, id: &str) {
        let script = format!("return document.getElementById('{id}');");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.browser.element(&script, vec![]).await.unwrap();
            match element.click().await {
                Ok(()) => return,
                Err(error) => assert!(Instant::now() < deadline, "click on {id}: {error}"),
            }
            sleep(PULSE).await;
        }
    }
}

/// Serves a document under a strict policy that lets it connect to one server. Returns its URL.
async fn serve(file: &Path, endpoint: &str) -> (JoinSet<()>, String) {
    let html = std::fs::read_to_string(file).unwrap();
    let hash = |tag: &str| {
        let text = html.split_once(&format!("<{tag}")).unwrap().1.split_once('>').unwrap().1;
        let text = text.split_once(&format!("</{tag}>")).unwrap().0;
        BASE64_STANDARD.encode(Sha256::digest(text))
    };
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src {}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash("script"),
        hash("style"),
        endpoint.strip_suffix("/realtime").unwrap(),
    );
    let answer = async move || ([(CONTENT_SECURITY_POLICY, policy)], Html(html));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut server = JoinSet::new();
    let router = Router::new().route("/", get(answer));
    server.spawn(async { axum::serve(listener, router).await.unwrap() });
    (server, url)
}
