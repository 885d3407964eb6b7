//! What `cargo run -- test` prepares for the tests and names in the environment.

// Each program uses a part of this.
#![allow(dead_code)]

use std::env;
use std::path::PathBuf;

/// Returns the chromedriver to start.
pub fn chromedriver() -> String {
    env::var("VERIOPS_CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned())
}

/// Returns the Chromium to drive; none leaves the choice to chromedriver.
pub fn chromium() -> Option<String> {
    env::var("VERIOPS_CHROMIUM").ok()
}

/// Returns whether journeys run in Firefox instead of Chromium.
pub fn is_firefox() -> bool {
    env::var("VERIOPS_BROWSER").is_ok_and(|name| name == "firefox")
}

/// Returns the geckodriver to start.
pub fn geckodriver() -> String {
    env::var("VERIOPS_GECKODRIVER").unwrap_or_else(|_| "geckodriver".to_owned())
}

/// Returns the Firefox to drive; none leaves the choice to geckodriver.
pub fn firefox() -> Option<String> {
    env::var("VERIOPS_FIREFOX").ok()
}

/// Returns the folder of the built page.
pub fn dist() -> PathBuf {
    prepared("VERIOPS_DIST").into()
}

/// Returns a Python that has the packages of `tests/support/requirements.txt`.
pub fn python() -> String {
    prepared("VERIOPS_PYTHON")
}

/// Returns the nginx that serves releases.
pub fn nginx() -> String {
    prepared("VERIOPS_NGINX")
}

/// Returns the Caddy that serves releases.
pub fn caddy() -> String {
    prepared("VERIOPS_CADDY")
}

/// Returns a Node that has a WebSocket of its own.
pub fn node() -> String {
    prepared("VERIOPS_NODE")
}

/// Returns the folder of the npm packages that `tests/support/node/package.json` names.
pub fn node_modules() -> PathBuf {
    prepared("VERIOPS_NODE_MODULES").into()
}

/// Returns the npm package `RapiDoc`, which the benchmark measures beside the playground.
pub fn rapidoc() -> PathBuf {
    prepared("VERIOPS_RAPIDOC").into()
}

/// Returns a websocat of version 1.
pub fn websocat() -> PathBuf {
    prepared("VERIOPS_WEBSOCAT").into()
}

/// Returns the jq to call.
pub fn jq() -> PathBuf {
    prepared("VERIOPS_JQ").into()
}

/// Returns the shellcheck to call.
pub fn shellcheck() -> String {
    prepared("VERIOPS_SHELLCHECK")
}

/// Returns a fresh folder for one test, below the target folder.
pub fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns the path of a file for the test that runs, below the target folder.
pub fn scratch_file(suffix: &str) -> PathBuf {
    // The test harness names each thread after its test.
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("test").replace("::", "-");
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{suffix}"))
}

fn prepared(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run `cargo run -- test`"))
}
