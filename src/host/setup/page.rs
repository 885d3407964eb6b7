//! What builds the page: the wasm target, trunk, wasm-bindgen and wasm-opt.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::super::{process, read, root};
use super::{apt, cached, from_crates_io, locked};

/// The tools that build the page.
pub(in crate::host) struct PageTools {
    /// The folders of the tools that are not on the user's PATH.
    folders: Vec<PathBuf>,
}

impl PageTools {
    /// Returns the PATH to call trunk with: it looks the other tools up there.
    pub(in crate::host) fn path(&self) -> anyhow::Result<OsString> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(env::split_paths(&path));
        Ok(env::join_paths(folders)?)
    }
}

/// Finds or installs what builds the page.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(in crate::host) fn page_tools() -> anyhow::Result<PageTools> {
    let _lock = locked()?;
    wasm_target()?;
    let folders = [trunk()?, wasm_bindgen()?, wasm_opt()?];
    Ok(PageTools { folders: folders.into_iter().flatten().collect() })
}

const TARGET: &str = "wasm32-unknown-unknown";

/// The trunk that is installed. Its later patches are accepted.
const TRUNK: (&str, u32) = ("0.21", 14);

/// The binaryen release whose wasm-opt is installed, and the oldest accepted one.
const BINARYEN: (u32, u32) = (132, 132);

fn wasm_target() -> anyhow::Result<()> {
    let folder = process::output("rustc", &["--print", "target-libdir", "--target", TARGET]);
    if folder.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    if process::find(&["rustup"]).is_none() {
        bail!(
            "the Rust target {TARGET} is missing, and no rustup to add it; install Rust with \
             rustup, or your system's package of the standard library for {TARGET}"
        );
    }
    process::announce(&format!("adding the Rust target {TARGET}"));
    process::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root()))
}

fn trunk() -> anyhow::Result<Option<PathBuf>> {
    let (minor, oldest_patch) = TRUNK;
    let fits = |version: &str| {
        let patch = version.strip_prefix(minor).and_then(|rest| rest.strip_prefix('.'));
        patch.and_then(|patch| patch.parse().ok()).is_some_and(|patch: u32| patch >= oldest_patch)
    };
    // Nobody waits for trunk's own speed: unoptimised it builds in a third of the time.
    let options = ["--locked", "--no-default-features", "--features", "rustls"];
    from_crates_io("trunk", "trunk", &format!("{minor}.{oldest_patch}"), fits, &options, "0")
}

fn wasm_bindgen() -> anyhow::Result<Option<PathBuf>> {
    // Both halves of wasm-bindgen speak an undocumented format to each other: only the very
    // version of the library will do.
    let version = locked_version(&read(&root().join("Cargo.lock"))?, "wasm-bindgen")?;
    let fits = |found: &str| found == version;
    from_crates_io("wasm-bindgen", "wasm-bindgen-cli", &version, fits, &[], "1")
}

fn wasm_opt() -> anyhow::Result<Option<PathBuf>> {
    let (release, oldest) = BINARYEN;
    let is_there = |path: &Path| {
        let version = process::version(path);
        version.and_then(|text| text.parse().ok()).is_some_and(|found: u32| found >= oldest)
    };
    if process::find(&["wasm-opt"]).is_some_and(|path| is_there(&path)) {
        return Ok(None);
    }
    let home = cached(&format!("binaryen-{release}"))?;
    let folder = home.join("node_modules/binaryen/bin");
    if is_there(&folder.join("wasm-opt")) {
        return Ok(Some(folder));
    }
    if process::find(&["npm"]).is_none() {
        apt(&["nodejs", "npm"])?;
    }
    process::announce(&format!("installing binaryen {release} into {}", home.display()));
    fs::create_dir_all(&home)?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&home);
    process::run(install.arg(format!("binaryen@{release}"))).with_context(|| {
        format!("put a wasm-opt of release {oldest} or later of binaryen on PATH")
    })?;
    Ok(Some(folder))
}

/// Returns the version of a package in the text of a `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> anyhow::Result<String> {
    let mut lines = lock.lines();
    lines
        .find(|line| *line == format!("name = \"{package}\""))
        .and_then(|_| lines.next()?.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock names no version of {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_package_itself() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert!(locked_version(lock, "trunk").is_err());
    }
}
