//! What is measured: a page that is connected to a flood server, with the probe in it.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::flood::Flood;
use crate::support::browser::Browser;
use crate::support::page::{PATIENCE, Page};
use crate::support::server::Server;
use crate::support::site::{self, Site};

/// A page in a browser of its own, and the server that floods it.
pub struct Subject {
    /// The page.
    pub page: Page,
    /// The server.
    pub flood: Flood,
}

impl Subject {
    /// Opens a bare page that only counts, or parses too.
    pub async fn bare(parses: bool) -> Self {
        let flood = Flood::start().await;
        let site = Site::serve(&site::document("bench", include_str!("bare.html"))).await;
        let page = Page::new(probed().await);
        let query = format!("?url={}{}", flood.url(), if parses { "&parse" } else { "" });
        page.browser.go(&site.url(&query)).await;
        Self { page, flood }
    }

    /// Opens the playground, connects it and subscribes to what is sent.
    pub async fn playground() -> Self {
        let flood = Flood::start().await;
        let page = playground(&Server::start("")).await;
        page.call(&flood.url()).await;
        page.until_state("open").await;
        page.subscribe("project.updated", &[]).await;
        // What came before the flood is not counted with it.
        page.click("clear").await;
        Self { page, flood }
    }

    /// Sends this many more messages, as fast as they are taken, and waits for them.
    pub async fn receive(&self, count: u64) -> Run {
        self.run(&format!("probe.expect({count});")).await;
        self.flood.send_until(self.flood.sent() + count);
        self.finish().await
    }

    /// Sends messages at this rate for so many seconds, and waits for them.
    pub async fn receive_at_rate(&self, per_second: u32, seconds: u32) -> Run {
        let count = u64::from(per_second * seconds);
        self.run(&format!("probe.expect({count});")).await;
        self.flood.send_at_rate(per_second, self.flood.sent() + count);
        self.finish().await
    }

    /// Returns the value of an expression.
    pub async fn read<T: DeserializeOwned>(&self, expression: &str) -> T {
        read(&self.page, expression).await
    }

    /// Runs a script.
    pub async fn run(&self, script: &str) {
        let _undefined: Value = self.page.browser.evaluate(script, vec![]).await.unwrap();
    }

    /// Waits until the value of an expression meets the condition, and returns it.
    pub async fn until<T>(&self, expression: &str, is_met: impl Fn(&T) -> bool) -> T
    where
        T: DeserializeOwned,
    {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let value = self.read(expression).await;
            if is_met(&value) {
                return value;
            }
            assert!(Instant::now() < deadline, "waited in vain for {expression}");
            sleep(PULSE).await;
        }
    }

    /// Waits until what is expected has come, or nothing comes any more.
    async fn finish(&self) -> Run {
        let mut last = (0, Instant::now());
        loop {
            let run: Run =
                self.read("{ ...probe.run, gap: probe.gap, received: probe.received() }").await;
            if run.received != last.0 {
                last = (run.received, Instant::now());
            }
            if run.end.is_some() || last.1.elapsed() > PATIENCE {
                return run;
            }
            sleep(PULSE).await;
        }
    }
}

/// What the probe saw of messages that came.
#[derive(Deserialize)]
pub struct Run {
    start: Option<Moment>,
    end: Option<Moment>,
    received: u64,
    /// The longest gap between two turns of the event loop, in milliseconds.
    pub gap: f64,
}

#[derive(Deserialize)]
struct Moment {
    at: f64,
    count: f64,
}

impl Run {
    /// Returns the messages per second; none if not all of them came.
    pub fn rate(&self) -> Option<f64> {
        let (start, end) = (self.start.as_ref()?, self.end.as_ref()?);
        Some((end.count - start.count) * 1000.0 / (end.at - start.at))
    }
}

/// Opens the playground of a server, with the probe.
pub async fn playground(server: &Server) -> Page {
    let page = Page::new(probed().await);
    page.go(&server.page()).await;
    page
}

/// Returns the value of an expression in a page.
pub async fn read<T: DeserializeOwned>(page: &Page, expression: &str) -> T {
    page.browser.evaluate(&format!("return ({expression});"), vec![]).await.unwrap()
}

/// Starts a browser whose documents have the probe from their first moment.
async fn probed() -> Browser {
    let browser = Browser::start().await;
    let source = json!({ "source": include_str!("probe.js") });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source).await;
    browser
}

/// The time between two looks; each costs the page a little.
const PULSE: Duration = Duration::from_millis(200);
