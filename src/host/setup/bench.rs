//! What the tests need: two browsers with their drivers, a Python with the packages of an independent
//! WebSocket implementation and of two documentation sites, what runs and checks the clients, and two
//! web servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::super::{process, read, root};
use super::{apt, cached, fingerprint, found_or_apt, from_crates_io, locked, runtime, web};

/// The programs that tests call.
pub(in crate::host) struct TestTools(Vec<(&'static str, PathBuf)>);

impl TestTools {
    /// Returns the environment variables that tell tests where the programs are.
    pub(in crate::host) fn variables(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.0.iter().map(|(name, path)| (*name, path.as_path()))
    }
}

/// Finds or installs what the tests need.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(in crate::host) fn test_tools() -> anyhow::Result<TestTools> {
    let _lock = locked()?;
    let chromium = found_or_apt(&["chromium", "chromium-browser", "google-chrome"], "chromium")?;
    Ok(TestTools(vec![
        ("VERIOPS_CHROMIUM", chromium),
        ("VERIOPS_CHROMEDRIVER", found_or_apt(&["chromedriver"], "chromium-driver")?),
        ("VERIOPS_FIREFOX", found_or_apt(&["firefox-esr", "firefox"], "firefox-esr")?),
        ("VERIOPS_GECKODRIVER", geckodriver()?),
        ("VERIOPS_PYTHON", python()?),
        ("VERIOPS_NODE", runtime::node()?),
        ("VERIOPS_NODE_MODULES", runtime::node_modules()?),
        ("VERIOPS_WEBSOCAT", runtime::websocat()?),
        ("VERIOPS_JQ", found_or_apt(&["jq"], "jq")?),
        ("VERIOPS_SHELLCHECK", found_or_apt(&["shellcheck"], "shellcheck")?),
        ("VERIOPS_NGINX", web::nginx()?),
        ("VERIOPS_CADDY", web::caddy()?),
    ]))
}

fn geckodriver() -> anyhow::Result<PathBuf> {
    let fits = |version: &str| version == GECKODRIVER;
    let folder =
        from_crates_io("geckodriver", "geckodriver", GECKODRIVER, fits, &["--locked"], "0")?;
    match folder {
        Some(folder) => Ok(folder.join("geckodriver")),
        None => process::find(&["geckodriver"]).context("geckodriver is gone from PATH"),
    }
}

/// Debian has no package of it.
const GECKODRIVER: &str = "0.37.1";

/// Returns the Python of a virtual environment that holds the packages of
/// `tests/support/requirements.txt`.
fn python() -> anyhow::Result<PathBuf> {
    let wanted = root().join("tests/support/requirements.txt");
    let packages = read(&wanted)?;
    // Another checkout may want other packages at the same time.
    let home = cached(&format!("python-{}", fingerprint(&packages)))?;
    let installed = home.join("requirements.txt");
    let python = home.join("bin/python");
    // Copied last, so it is there and equal only after a complete installation.
    if read(&installed).is_ok_and(|text| text == packages)
        && process::output(&python, &["--version"]).is_some()
    {
        return Ok(python);
    }
    let system = found_or_apt(&["python3"], "python3")?;
    if process::output(&system, &["-c", "import ensurepip, venv"]).is_none() {
        apt(&["python3-venv"])?;
    }
    process::announce(&format!("installing Python packages into {}", home.display()));
    process::run(Command::new(system).args(["-m", "venv", "--clear"]).arg(&home))?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"])
            .arg("--requirement")
            .arg(&wanted),
    )?;
    fs::copy(&wanted, &installed)?;
    Ok(python)
}
