//! What is measured: a page that is connected to a flood server, with the probe in it.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::flood::Flood;
use crate::process::{Cpu, Taken};
use crate::support::browser::Browser;
use crate::support::page::{PATIENCE, Page};
use crate::support::server::Server;
use crate::support::site::{self, Site};

/// What is searched for in a flood. One event of 357 has it in its number.
pub const SEARCHED: &str = "777";

/// A page in a browser of its own, and the server that floods it.
pub struct Subject {
    /// The page.
    pub page: Page,
    /// The server.
    pub flood: Flood,
    /// Where the page comes from, and the parts of it that come later.
    _origin: Origin,
}

/// What serves a page.
enum Origin {
    Bare(#[expect(dead_code, reason = "it ends when it is dropped")] Site),
    Playground(#[expect(dead_code, reason = "it ends when it is dropped")] Server),
}

/// Which page is flooded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The bare page, which only counts.
    Bare,
    /// The same page a second time: what it differs from the first by is the noise of the machine.
    Control,
    /// The playground, with the whole log listed.
    Playground,
    /// The playground while the log is searched and filtered.
    Searching,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bare, Self::Control, Self::Playground, Self::Searching];
}

impl Subject {
    /// Opens a page that is ready to be flooded.
    pub async fn open(kind: Kind) -> Self {
        match kind {
            Kind::Bare | Kind::Control => Self::bare().await,
            Kind::Playground => Self::playground().await,
            Kind::Searching => {
                let subject = Self::playground().await;
                subject.page.click("show-events").await;
                subject.page.press("search", SEARCHED).await;
                subject
            }
        }
    }

    /// Opens a page that only counts.
    async fn bare() -> Self {
        let flood = Flood::start().await;
        let site = Site::serve(&site::document("bench", include_str!("bare.html"))).await;
        let page = Page::new(probed().await);
        page.browser.go(&site.url(&format!("?url={}", flood.url()))).await;
        Self { page, flood, _origin: Origin::Bare(site) }
    }

    /// Opens the playground, connects it and subscribes to what is sent.
    async fn playground() -> Self {
        let flood = Flood::start().await;
        let server = Server::start("");
        let page = playground(&server).await;
        page.call(&flood.url()).await;
        page.until_state("open").await;
        page.subscribe("project.updated", &[]).await;
        // What came before the flood is not counted with it.
        page.click("clear").await;
        Self { page, flood, _origin: Origin::Playground(server) }
    }

    /// Sends this many more messages, as fast as they are taken, and waits for them.
    pub async fn receive(&self, count: u64) -> Run {
        let before = self.expect(count).await;
        self.flood.send_until(self.flood.sent() + count);
        self.finish(before).await
    }

    /// Sends messages at this rate for so many seconds, and waits for them.
    pub async fn receive_at_rate(&self, per_second: u32, seconds: u32) -> Run {
        let count = u64::from(per_second * seconds);
        let before = self.expect(count).await;
        self.flood.send_at_rate(per_second, self.flood.sent() + count);
        self.finish(before).await
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
        until(&self.page, expression, is_met).await
    }

    /// Returns what the browser has taken so far.
    pub fn taken(&self) -> Taken {
        Taken::below(self.page.browser.process())
    }

    async fn expect(&self, count: u64) -> Before {
        self.run(&format!("probe.expect({count});")).await;
        (self.taken(), Instant::now())
    }

    /// Waits until what is expected has come, or nothing comes any more.
    async fn finish(&self, (taken, since): Before) -> Run {
        let mut last = (0, Instant::now());
        loop {
            let seen: Seen =
                self.read("{ ...probe.run, gap: probe.gap, received: probe.received() }").await;
            if seen.received != last.0 {
                last = (seen.received, Instant::now());
            }
            if seen.end.is_some() || last.1.elapsed() > PATIENCE {
                return Run { seen, cpu: self.taken().since(&taken), lasted: since.elapsed() };
            }
            sleep(PULSE).await;
        }
    }
}

/// What the browser had taken when messages were first sent, and when that was.
type Before = (Taken, Instant);

/// What there is to say of messages that came.
pub struct Run {
    seen: Seen,
    /// What the browser took meanwhile.
    pub cpu: Cpu,
    /// From the first message sent to the look that saw the last one.
    pub lasted: Duration,
}

/// What the probe saw.
#[derive(Deserialize)]
struct Seen {
    start: Option<Moment>,
    end: Option<Moment>,
    received: u64,
    gap: f64,
}

#[derive(Deserialize)]
struct Moment {
    at: f64,
    count: f64,
}

impl Run {
    /// Returns the messages per second; none if not all of them came.
    pub fn rate(&self) -> Option<f64> {
        let (start, end) = (self.seen.start.as_ref()?, self.seen.end.as_ref()?);
        Some((end.count - start.count) * 1000.0 / (end.at - start.at))
    }

    /// Returns the longest gap between two turns of the event loop, in milliseconds.
    pub fn gap(&self) -> f64 {
        self.seen.gap
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

/// Waits until the value of an expression in a page meets the condition, and returns it.
pub async fn until<T>(page: &Page, expression: &str, is_met: impl Fn(&T) -> bool) -> T
where
    T: DeserializeOwned,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        let value = read(page, expression).await;
        if is_met(&value) {
            return value;
        }
        assert!(Instant::now() < deadline, "waited in vain for {expression}");
        sleep(PULSE).await;
    }
}

/// Starts a browser whose documents have the probe from their first moment.
pub async fn probed() -> Browser {
    let browser = Browser::start().await;
    let source = json!({ "source": include_str!("probe.js") });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source).await;
    browser
}

/// The time between two looks; each costs the page a little.
const PULSE: Duration = Duration::from_millis(200);
