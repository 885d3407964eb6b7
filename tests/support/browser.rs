//! A headless browser of one's own, behind a driver of one's own.

// Each program uses a part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, ChromeCapabilities, FirefoxCapabilities, LoggingPrefsLogLevel};

use tokio::time::{Instant, sleep};

use super::environment;
use super::http;
use super::key::{self, Stroke};
use super::server::Process;

/// A browser with one window: Chromium, or Firefox where `VERIOPS_BROWSER` says so. It ends, with its
/// driver, when it is dropped, by a panic too.
pub struct Browser {
    driver: WebDriver,
    engine: Engine,
    console: Mutex<Vec<Line>>,
    port: u16,
    process: Process,
    profile: PathBuf,
}

/// A line of the console.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whether a page wrote it; the others are the browser's own.
    pub is_of_page: bool,
    /// Its words.
    pub message: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Engine {
    Chromium,
    Firefox,
}

impl Browser {
    /// Starts a browser with a fresh profile, which trusts any certificate.
    pub async fn start() -> Self {
        if environment::is_firefox() {
            let profile = profile();
            let mut command = Command::new(environment::geckodriver());
            command.args(["--port=0", "--websocket-port=0"]);
            let capabilities = firefox(&downloads(&profile));
            Self::launch(Engine::Firefox, command, profile, capabilities).await
        } else {
            Self::start_chromium(&[]).await
        }
    }

    /// Starts a browser that keeps no page for the way back.
    pub async fn start_forgetful() -> Self {
        if environment::is_firefox() {
            return Self::start().await;
        }
        Self::start_chromium(&["--disable-features=BackForwardCache"]).await
    }

    /// Starts a Chromium with more switches.
    pub async fn start_chromium(switches: &[&str]) -> Self {
        Self::launch_chromium(chromium(switches)).await
    }

    /// Starts a Chromium that puts hidden pages to sleep as it does for a reader; a driver keeps them
    /// awake.
    pub async fn start_sleepy_chromium() -> Self {
        let mut capabilities = chromium(&[]);
        for switch in KEEPING_AWAKE {
            capabilities.add_exclude_switch(switch).unwrap();
        }
        Self::launch_chromium(capabilities).await
    }

    /// Goes to a URL and waits until the document is loaded.
    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Goes back to the document before this one.
    pub async fn back(&self) {
        self.driver.back().await.unwrap();
    }

    /// Goes on to the document that [`Browser::back`] came from.
    pub async fn forward(&self) {
        self.driver.forward().await.unwrap();
    }

    /// Hides the page: its window is minimised until [`Browser::show`].
    pub async fn hide(&self) {
        self.driver.minimize_window().await.unwrap();
    }

    /// Shows the page again.
    pub async fn show(&self) {
        self.driver.set_window_rect(0, 0, WIDTH, HEIGHT).await.unwrap();
    }

    /// Looks into a frame of the document, by its place, instead of the document itself.
    pub async fn enter_frame(&self, place: u16) {
        self.driver.enter_frame(place).await.unwrap();
    }

    /// Looks at the document itself.
    pub async fn leave_frame(&self) {
        self.driver.enter_default_frame().await.unwrap();
    }

    /// Gives the page this many CSS pixels. Firefox makes no window narrower than 450.
    pub async fn resize(&self, width: u32, height: u32) {
        if self.engine == Engine::Firefox {
            return self.driver.set_window_rect(0, 0, width, height).await.unwrap();
        }
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Gives the page this many CSS pixels in either browser: the window gets what it has around them.
    pub async fn resize_view(&self, width: u32, height: u32) {
        let around = "return [outerWidth - innerWidth, outerHeight - innerHeight];";
        let [x, y] = match self.engine {
            Engine::Chromium => [0, 0],
            Engine::Firefox => self.evaluate::<[u32; 2]>(around, vec![]).await.unwrap(),
        };
        self.resize(width + x, height + y).await;
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

    /// Runs the body of a JavaScript function and blocks until it, or what it promises, returns. It
    /// needs no runtime, so it can be called where a test ends.
    pub fn evaluate_blocking(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        let mut answer = self.ask("POST", "execute/sync", &body);
        answer["value"].take()
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

    /// Presses keys, one after the other, wherever the keyboard is. [`key`] names those without a
    /// character.
    ///
    /// # Errors
    ///
    /// Says why the driver pressed none.
    pub async fn keys(&self, keys: &str) -> WebDriverResult<()> {
        let mut actions = self.driver.action_chain_with_delay(None, Some(Duration::ZERO));
        for stroke in key::strokes(keys) {
            actions = match stroke {
                Stroke::Down(key) => actions.key_down(key),
                Stroke::Up(key) => actions.key_up(key),
            };
        }
        actions.perform().await
    }

    /// Chooses the option at this place of a select element.
    ///
    /// # Errors
    ///
    /// Says what stood in the way.
    pub async fn choose(&self, field: &WebElement, place: usize) -> WebDriverResult<()> {
        match self.engine {
            // A click on the option would be its driver's work, with events that no reader causes.
            Engine::Chromium => {
                field.focus().await?;
                self.keys(&[key::ALT, key::DOWN].concat()).await?;
                self.keys(&[key::HOME, &key::DOWN.repeat(place), key::ENTER].concat()).await
            }
            // Without a screen it has no list to open; its driver's click causes what a reader's does.
            Engine::Firefox => {
                let option = "return arguments[0].options[arguments[1]];";
                self.element(option, vec![field.to_json()?, place.into()]).await?.click().await
            }
        }
    }

    /// Sends a command of the protocol of Chrome's developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{command} needs Chromium");
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// Returns every console line since the start. Of Firefox these are the pages' lines alone.
    pub fn console(&self) -> Vec<Line> {
        let mut console = self.console.lock().unwrap();
        match self.engine {
            Engine::Chromium => {
                let mut answer = self.ask("POST", "se/log", &json!({ "type": "browser" }));
                let fresh = answer["value"].as_array_mut().unwrap().drain(..).map(|line| Line {
                    is_of_page: line["source"] == "console-api",
                    message: line["message"].as_str().unwrap_or_default().to_owned(),
                });
                console.extend(fresh);
            }
            // Its driver has no command for the console.
            Engine::Firefox => {
                let lines = self.process.said().into_iter();
                *console = lines
                    .filter(|line| line.starts_with("console.") && !line.contains(EXPERIMENTS))
                    .map(|line| Line { is_of_page: true, message: decoded(&line) })
                    .collect();
            }
        }
        console.clone()
    }

    /// Returns the texts of the files that were downloaded.
    pub fn downloads(&self) -> Vec<String> {
        let files = std::fs::read_dir(downloads(&self.profile)).unwrap();
        // One that is under way is renamed when it is complete, also while this reads.
        let files = files.filter_map(|file| std::fs::read(file.unwrap().path()).ok());
        files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    /// Waits until there is a file more than `before`, all of it, and returns its text.
    ///
    /// # Panics
    ///
    /// After [`PATIENCE`].
    pub async fn until_downloaded(&self, before: &[String]) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut now = self.downloads();
            for known in before {
                now.retain(|text| text != known);
            }
            match now.pop() {
                Some(text) if !text.is_empty() => return text,
                _ if Instant::now() > deadline => {
                    panic!("waited in vain for a download after {} of them", before.len())
                }
                _ => sleep(PULSE).await,
            }
        }
    }

    /// Returns the number of the process that started the browser's processes.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Returns a picture of the window.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.driver.screenshot_as_png().await.unwrap()
    }

    /// Prints the page, and returns the text on the paper without any spaces.
    pub fn printed(&self) -> String {
        let answer = self.ask("POST", "print", &json!({ "background": true }));
        let paper = BASE64_STANDARD.decode(answer["value"].as_str().unwrap()).unwrap();
        let file = environment::scratch_file("paper.pdf");
        std::fs::write(&file, paper).unwrap();
        let read = "import pypdf, sys
for page in pypdf.PdfReader(sys.argv[1]).pages: print(page.extract_text())";
        let mut python = Command::new(environment::python());
        let output = python.args(["-c", read]).arg(file).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
    }

    async fn launch_chromium(mut capabilities: ChromeCapabilities) -> Self {
        let profile = profile();
        let preferences = json!({ "download.default_directory": downloads(&profile) });
        capabilities.add_experimental_option("prefs", preferences).unwrap();
        let mut command = Command::new(environment::chromedriver());
        command.arg("--port=0");
        let browser = Self::launch(Engine::Chromium, command, profile, capabilities).await;
        // What is not granted is denied from here on.
        let clipboard = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        let clipboard = json!({ "permissions": clipboard });
        browser.devtools("Browser.grantPermissions", clipboard).await;
        browser
    }

    async fn launch(
        engine: Engine,
        mut command: Command,
        profile: PathBuf,
        capabilities: impl Into<Capabilities>,
    ) -> Self {
        command.env("TMPDIR", &profile);
        command.env("MOZ_HEADLESS_WIDTH", WIDTH.to_string());
        command.env("MOZ_HEADLESS_HEIGHT", HEIGHT.to_string());
        let ready = match engine {
            Engine::Chromium => "successfully on port ",
            Engine::Firefox => "Listening on 127.0.0.1:",
        };
        let (process, port) = Process::start(command, ready);
        let port = port.trim_end_matches('.').parse().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::new(&url, capabilities).await.unwrap();
        let console = Mutex::default();
        Self { driver, engine, console, port, process, profile }
    }

    /// Sends the driver a command of this session. thirtyfour's own way asks over a connection of the
    /// runtime, which is blocked where a test ends.
    fn ask(&self, method: &str, command: &str, body: &Value) -> Value {
        let path = format!("/session/{}/{command}", self.driver.session_id());
        let answer = http::request(method, self.port, &path, &body.to_string()).unwrap();
        serde_json::from_str(&answer.body).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let session = format!("/session/{}", self.driver.session_id());
        if self.driver.clone().leak().is_ok() {
            let _ended = http::request("DELETE", self.port, &session, "");
        }
        self.process.end("KILL");
        let _removed = std::fs::remove_dir_all(&self.profile);
    }
}

fn chromium(switches: &[&str]) -> ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    if let Some(binary) = environment::chromium() {
        capabilities.set_binary(&binary).unwrap();
    }
    for switch in SWITCHES.iter().chain(switches) {
        capabilities.add_arg(switch).unwrap();
    }
    capabilities.add_arg(&format!("--window-size={WIDTH},{HEIGHT}")).unwrap();
    capabilities.accept_insecure_certs(true).unwrap();
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
    capabilities
}

/// Decodes what Firefox prints as `\xE9`.
fn decoded(line: &str) -> String {
    let mut parts = line.split(r"\x");
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) => decoded.extend([&char::from(code).to_string(), &part[2..]]),
            None => decoded.extend([r"\x", part]),
        }
    }
    decoded
}

fn firefox(downloads: &Path) -> FirefoxCapabilities {
    let mut capabilities = DesiredCapabilities::firefox();
    if let Some(binary) = environment::firefox() {
        capabilities.set_firefox_binary(&binary).unwrap();
    }
    capabilities.set_headless().unwrap();
    capabilities.accept_insecure_certs(true).unwrap();
    let mut preferences = FirefoxPreferences::new();
    for (name, value) in PREFERENCES {
        preferences.set(name, value).unwrap();
    }
    preferences.set("browser.download.dir", downloads).unwrap();
    preferences.set("browser.download.folderList", CHOSEN_BY_US).unwrap();
    capabilities.set_preferences(preferences).unwrap();
    capabilities
}

/// Makes a folder for the profile. A long path would not do: Chromium keeps a socket in it.
fn profile() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let profile = std::env::temp_dir().join(format!("veriops-{}-{number}", std::process::id()));
    std::fs::create_dir_all(downloads(&profile)).unwrap();
    profile
}

fn downloads(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

/// How long a reader waits for something that is bound to happen.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The time between two looks.
pub const PULSE: Duration = Duration::from_millis(50);

/// The window in CSS pixels.
const WIDTH: u32 = 1320;
const HEIGHT: u32 = 900;

/// Quiet and alone: no request that the page did not make, and no name leaves this machine.
const SWITCHES: [&str; 10] = [
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
];

/// What chromedriver adds so that hidden pages stay awake.
const KEEPING_AWAKE: [&str; 3] = [
    "disable-background-timer-throttling",
    "disable-backgrounding-occluded-windows",
    "disable-renderer-backgrounding",
];

/// The same for Firefox; and the consoles of pages, but not its own, go to the standard output.
const PREFERENCES: [(&str, bool); 5] = [
    ("devtools.console.stdout.content", true),
    ("devtools.console.stdout.chrome", false),
    ("dom.events.testing.asyncClipboard", true),
    ("messaging-system.rsexperimentloader.enabled", false),
    ("network.dns.disabled", true),
];

/// What loads Firefox's experiments complains that there is no network, whatever the preferences say.
const EXPERIMENTS: &str = "RSLoader";

/// The kind of folder that Firefox downloads into: the one that the preferences name.
const CHOSEN_BY_US: u32 = 2;
