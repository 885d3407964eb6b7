//! What builds the page: the wasm target, trunk, wasm-bindgen, wasm-split, wasm-opt and esbuild.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::super::{process, read, root};
use super::{cached, from_crates_io, install_from_crates_io, locked, npm};

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
    let folders = [trunk()?, wasm_bindgen()?, wasm_split()?, wasm_opt()?, esbuild()?];
    Ok(PageTools { folders: folders.into_iter().flatten().collect() })
}

const TARGET: &str = "wasm32-unknown-unknown";

/// The trunk that is installed. Its later patches are accepted.
const TRUNK: (&str, u32) = ("0.21", 14);

/// The binaryen release whose wasm-opt is installed, and the oldest accepted one.
const BINARYEN: (u32, u32) = (132, 132);

/// The esbuild that is installed. Its other patches are accepted.
const ESBUILD: (&str, u32) = ("0.28", 2);

/// The wasm-split that is installed; it reads what the crate `wasm_split_helpers` marks.
const WASM_SPLIT: &str = "0.2.4";

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

/// Its program does not tell its version, so only the one of the cache is taken.
fn wasm_split() -> anyhow::Result<Option<PathBuf>> {
    let home = cached(&format!("wasm-split-cli-{WASM_SPLIT}"))?;
    let folder = home.join("bin");
    if !folder.join("wasm-split-cli").is_file() {
        let options = ["--locked", "--features", "build-binary"];
        install_from_crates_io(&home, "wasm_split_cli_support", WASM_SPLIT, &options, "0")?;
    }
    Ok(Some(folder))
}

fn wasm_opt() -> anyhow::Result<Option<PathBuf>> {
    let (release, oldest) = BINARYEN;
    let fits = |version: &str| version.parse().is_ok_and(|found: u32| found >= oldest);
    from_npm("wasm-opt", "binaryen", &release.to_string(), fits, "binaryen/bin")
}

fn esbuild() -> anyhow::Result<Option<PathBuf>> {
    let (minor, patch) = ESBUILD;
    let fits = |version: &str| version.rsplit_once('.').is_some_and(|(found, _)| found == minor);
    from_npm("esbuild", "esbuild", &format!("{minor}.{patch}"), fits, ".bin")
}

/// Finds a program on PATH or in the cache, else has npm install its package into the cache. `bin` is
/// where the package has it, below `node_modules`.
///
/// Returns the folder it is in, or nothing if it is on PATH.
fn from_npm(
    program: &str,
    package: &str,
    version: &str,
    fits: impl Fn(&str) -> bool,
    bin: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let is_there = |path: &Path| process::version(path).is_some_and(|found| fits(&found));
    if process::find(&[program]).is_some_and(|path| is_there(&path)) {
        return Ok(None);
    }
    let home = cached(&format!("{package}-{version}"))?;
    let folder = home.join("node_modules").join(bin);
    if is_there(&folder.join(program)) {
        return Ok(Some(folder));
    }
    process::announce(&format!("installing {package} {version} into {}", home.display()));
    npm(&home, &["install", &format!("{package}@{version}")])
        .with_context(|| format!("put {program} {version} on PATH"))?;
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
