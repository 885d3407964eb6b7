//! What the tests need: two browsers with their drivers, a Python with the packages of an independent
//! WebSocket implementation and of two documentation sites, and two web servers.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::super::{process, read, root};
use super::{apt, cached, from_crates_io, locked, web};

/// The programs that tests call.
pub(in crate::host) struct TestTools {
    chromium: PathBuf,
    chromedriver: PathBuf,
    firefox: PathBuf,
    geckodriver: PathBuf,
    python: PathBuf,
    nginx: PathBuf,
    caddy: PathBuf,
}

impl TestTools {
    /// Returns the environment variables that tell tests where the programs are.
    pub(in crate::host) fn variables(&self) -> [(&'static str, &Path); 7] {
        [
            ("VERIOPS_CHROMIUM", &self.chromium),
            ("VERIOPS_CHROMEDRIVER", &self.chromedriver),
            ("VERIOPS_FIREFOX", &self.firefox),
            ("VERIOPS_GECKODRIVER", &self.geckodriver),
            ("VERIOPS_PYTHON", &self.python),
            ("VERIOPS_NGINX", &self.nginx),
            ("VERIOPS_CADDY", &self.caddy),
        ]
    }
}

/// Finds or installs what the tests need.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(in crate::host) fn test_tools() -> anyhow::Result<TestTools> {
    let _lock = locked()?;
    Ok(TestTools {
        chromium: found_or_apt(&["chromium", "chromium-browser", "google-chrome"], "chromium")?,
        chromedriver: found_or_apt(&["chromedriver"], "chromium-driver")?,
        firefox: found_or_apt(&["firefox-esr", "firefox"], "firefox-esr")?,
        geckodriver: geckodriver()?,
        python: python()?,
        nginx: web::nginx()?,
        caddy: web::caddy()?,
    })
}

/// Returns the path of the first of these programs, after installing the package if need be.
pub(super) fn found_or_apt(programs: &[&str], package: &str) -> anyhow::Result<PathBuf> {
    if let Some(path) = process::find(programs) {
        return Ok(path);
    }
    apt(&[package])?;
    process::find(programs).with_context(|| format!("the package {package} brought no program"))
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
    let mut hasher = DefaultHasher::new();
    packages.hash(&mut hasher);
    let home = cached(&format!("python-{:016x}", hasher.finish()))?;
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
