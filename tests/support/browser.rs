//! A headless Chromium of one's own, behind a chromedriver of one's own.

// Each program uses a part of this.
#![allow(dead_code)]

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{BrowserLogEntry, LoggingPrefsLogLevel};

use super::environment;
use super::http;
use super::server::Process;

/// A browser with one window. It ends, with its driver, when it is dropped, by a panic too.
pub struct Browser {
    driver: WebDriver,
    console: Mutex<Vec<BrowserLogEntry>>,
    port: u16,
    chromedriver: Process,
    profile: PathBuf,
}

impl Browser {
    /// Starts a browser with a fresh profile, which trusts any certificate.
    pub async fn start() -> Self {
        let mut command = Command::new(environment::chromedriver());
        let profile = profile();
        command.arg("--port=0").env("TMPDIR", &profile);
        let (chromedriver, port) = Process::start(command, "successfully on port ");
        let port = port.trim_end_matches('.').parse().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let mut capabilities = DesiredCapabilities::chrome();
        if let Some(binary) = environment::chromium() {
            capabilities.set_binary(&binary).unwrap();
        }
        for switch in SWITCHES {
            capabilities.add_arg(switch).unwrap();
        }
        capabilities.accept_insecure_certs(true).unwrap();
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::new(&url, capabilities).await.unwrap();
        Self { driver, console: Mutex::default(), port, chromedriver, profile }
    }

    /// Goes to a URL and waits until the document is loaded.
    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Looks into the first frame of the document instead of the document itself.
    pub async fn enter_frame(&self) {
        self.driver.enter_frame(0).await.unwrap();
    }

    /// Gives the page this many CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Runs the body of a JavaScript function and returns what it returns.
    ///
    /// # Errors
    ///
    /// Says what the script threw, or how its value differs from the type asked for.
    pub async fn evaluate<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> WebDriverResult<T> {
        self.driver.execute(script, arguments).await?.convert()
    }

    /// Runs the body of a JavaScript function that returns an element.
    ///
    /// # Errors
    ///
    /// Says what the script threw, or that it returned something else.
    pub async fn element(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> WebDriverResult<WebElement> {
        self.driver.execute(script, arguments).await?.element()
    }

    /// Sends a command of the protocol of Chrome's developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// Returns every console line since the start, the browser's own lines included.
    pub async fn console(&self) -> Vec<BrowserLogEntry> {
        let fresh = self.driver.browser_log().await.unwrap();
        let mut console = self.console.lock().unwrap();
        console.extend(fresh);
        console.clone()
    }

    /// Returns the number of the process that started the browser's processes.
    pub fn process(&self) -> u32 {
        self.chromedriver.id()
    }

    /// Returns a picture of the window.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.driver.screenshot_as_png().await.unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // thirtyfour's own way asks over a connection of the runtime that this call blocks.
        let session = format!("/session/{}", self.driver.session_id());
        if self.driver.clone().leak().is_ok() {
            let _ended = http::request("DELETE", self.port, &session);
        }
        self.chromedriver.end("KILL");
        let _removed = std::fs::remove_dir_all(&self.profile);
    }
}

/// Makes a folder for the profile. A long path would not do: Chromium keeps a socket in it.
fn profile() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let profile = std::env::temp_dir().join(format!("veriops-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&profile).unwrap();
    profile
}

/// Quiet and alone: no request that the page did not make, and no name leaves this machine.
const SWITCHES: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--window-size=1320,900",
];
