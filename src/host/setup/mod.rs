//! The tools that the page and its tests need: found, or installed without a question.
//!
//! What cargo, npm and pip install goes into a cache folder of this package; nothing of it is put
//! on the user's PATH. Chromium and what else needs the system's package manager goes through apt.

mod bench;
mod check;
mod fuzz;
mod page;
mod runtime;
mod web;

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::process;

pub(super) use bench::test_tools;
pub(super) use check::check_tools;
pub(super) use fuzz::fuzz_tool;
pub(super) use page::page_tools;
pub(super) use runtime::rapidoc;

/// Finds or installs the tools of the page, of the tests and of the checks before them.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(super) fn every_tool() -> anyhow::Result<()> {
    page_tools()?;
    test_tools()?;
    check_tools()
}

/// Returns a path in the cache folder, `$XDG_CACHE_HOME/veriops-playground` or below `~/.cache`.
fn cached(name: &str) -> anyhow::Result<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))
        .context("there is no folder to install tools into; set HOME or XDG_CACHE_HOME")?;
    Ok(cache.join("veriops-playground").join(name))
}

/// Waits until no other run of this program installs anything. The lock ends with the file.
fn locked() -> anyhow::Result<File> {
    let path = cached("lock")?;
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    let lock = File::create(&path)?;
    if lock.try_lock().is_err() {
        process::announce("waiting for another run that is installing tools");
        lock.lock()?;
    }
    Ok(lock)
}

/// Finds a program on PATH or in the cache, else has cargo install it into the cache.
///
/// Returns the folder it is in, or nothing if it is on PATH.
fn from_crates_io(
    program: &str,
    package: &str,
    version: &str,
    fits: impl Fn(&str) -> bool,
    options: &[&str],
    optimisation: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let is_there = |path: &Path| process::version(path).is_some_and(|found| fits(&found));
    if process::find(&[program]).is_some_and(|path| is_there(&path)) {
        return Ok(None);
    }
    let home = cached(&format!("{program}-{version}"))?;
    let folder = home.join("bin");
    if !is_there(&folder.join(program)) {
        install_from_crates_io(&home, package, version, options, optimisation)?;
    }
    Ok(Some(folder))
}

/// Has cargo install a package into a folder of the cache.
fn install_from_crates_io(
    home: &Path,
    package: &str,
    version: &str,
    options: &[&str],
    optimisation: &str,
) -> anyhow::Result<()> {
    process::announce(&format!(
        "installing {package} {version} into {} (some minutes, once)",
        home.display()
    ));
    fs::create_dir_all(home)?;
    let build = home.join("build");
    let install = process::run(
        process::cargo()
            .args(["install", package, "--version", version, "--root"])
            .arg(home)
            .arg("--target-dir")
            .arg(&build)
            .args(options)
            .current_dir(home)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimisation)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("CARGO_BUILD_TARGET")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS"),
    );
    install.with_context(|| {
        format!("install it by hand: cargo install {package} --version {version}")
    })?;
    fs::remove_dir_all(&build)?;
    Ok(())
}

/// Calls npm for a folder of the cache.
fn npm(home: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    if process::find(&["npm"]).is_none() {
        apt(&["nodejs", "npm"])?;
    }
    fs::create_dir_all(home)?;
    let mut npm = Command::new("npm");
    process::run(npm.args(arguments).args(["--no-audit", "--no-fund", "--prefix"]).arg(home))
}

/// Returns a short name for a text, another one for every other text.
fn fingerprint(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Returns the path of the first of these programs, after installing the package if need be.
fn found_or_apt(programs: &[&str], package: &str) -> anyhow::Result<PathBuf> {
    if let Some(path) = process::find(programs) {
        return Ok(path);
    }
    apt(&[package])?;
    process::find(programs).with_context(|| format!("the package {package} brought no program"))
}

/// Installs Debian packages, as root or with a sudo that asks no password.
fn apt(packages: &[&str]) -> anyhow::Result<()> {
    let packages = packages.join(" ");
    let by_hand = format!("install it by hand: apt-get install {packages}");
    if process::find(&["apt-get"]).is_none() {
        bail!(
            "{packages} missing, and no apt-get to install it; install it with your system's package manager"
        );
    }
    process::announce(&format!("installing {packages} with apt-get"));
    apt_get("update").with_context(|| by_hand.clone())?;
    apt_get(&format!("install -y --no-install-recommends {packages}")).context(by_hand)
}

/// Runs apt-get as root or with a sudo that asks no password.
fn apt_get(arguments: &str) -> anyhow::Result<()> {
    let is_root = process::output("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    let privilege: &[&str] = if is_root { &[] } else { &["sudo", "-n"] };
    let words = privilege
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"])
        .chain(["-o", "DPkg::Lock::Timeout=300"])
        .chain(arguments.split(' '))
        .collect::<Vec<_>>();
    process::run(Command::new(words[0]).args(&words[1..]))
}
