//! What runs the clients that the code room writes, and what checks them: Node with some packages, and
//! websocat.

use std::env::consts;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::super::{process, read, root};
use super::{apt, cached, fingerprint, from_crates_io, locked, npm};

/// Finds a Node that has a WebSocket of its own, or has npm install one.
pub(super) fn node() -> anyhow::Result<PathBuf> {
    if let Some(node) = process::find(&["node"]).filter(|node| is_new_enough(node)) {
        return Ok(node);
    }
    let home = cached(&format!("node-{NODE}"))?;
    let system = if consts::OS == "macos" { "darwin" } else { consts::OS };
    let processor = if consts::ARCH == "aarch64" { "arm64" } else { "x64" };
    let package = format!("node-{system}-{processor}");
    let node = home.join("node_modules").join(&package).join("bin/node");
    if !is_new_enough(&node) {
        process::announce(&format!("installing Node {NODE} into {}", home.display()));
        npm(&home, &["install", &format!("{package}@{NODE}")])
            .with_context(|| format!("put a Node of version {OLDEST_NODE} or later on PATH"))?;
    }
    Ok(node)
}

/// The oldest Node with a WebSocket of its own.
const OLDEST_NODE: u32 = 22;

/// The Node that is installed: of the oldest ones, which lack most.
const NODE: &str = "22.23.3";

fn is_new_enough(node: &Path) -> bool {
    let version = process::output(node, &["--version"]);
    let major =
        version.as_deref().and_then(|text| text.trim().strip_prefix('v')?.split('.').next());
    major.and_then(|major| major.parse().ok()).is_some_and(|major: u32| major >= OLDEST_NODE)
}

/// Returns the folder of the npm packages that `tests/support/node/package-lock.json` names, after
/// installing them if need be.
pub(super) fn node_modules() -> anyhow::Result<PathBuf> {
    let wanted = root().join("tests/support/node");
    let lock = read(&wanted.join("package-lock.json"))?;
    // Another checkout may want other packages at the same time.
    let home = cached(&format!("npm-{}", fingerprint(&lock)))?;
    let modules = home.join("node_modules");
    // npm writes it last.
    if !modules.join(".package-lock.json").is_file() {
        process::announce(&format!("installing npm packages into {}", home.display()));
        fs::create_dir_all(&home)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(wanted.join(file), home.join(file))?;
        }
        npm(&home, &["ci", "--ignore-scripts"])?;
    }
    Ok(modules)
}

/// Finds the npm package `rapidoc`, which only the benchmark needs, or has npm install it.
///
/// # Errors
///
/// Says that npm cannot install it.
pub(in crate::host) fn rapidoc() -> anyhow::Result<PathBuf> {
    let _lock = locked()?;
    let home = cached(&format!("rapidoc-{RAPIDOC}"))?;
    let package = home.join("node_modules/rapidoc");
    // npm writes it last.
    if !home.join("node_modules/.package-lock.json").is_file() {
        process::announce(&format!("installing RapiDoc {RAPIDOC} into {}", home.display()));
        npm(&home, &["install", "--ignore-scripts", &format!("rapidoc@{RAPIDOC}")])?;
    }
    Ok(package)
}

/// The `RapiDoc` that the playground is compared with.
const RAPIDOC: &str = "9.3.8";

/// Finds or installs websocat 1, whose words and switches the shell client uses.
pub(super) fn websocat() -> anyhow::Result<PathBuf> {
    let fits = |version: &str| version.starts_with("1.");
    if let Some(found) = process::find(&["websocat"])
        && process::version(&found).is_some_and(|version| fits(&version))
    {
        return Ok(found);
    }
    if process::output("pkg-config", &["--exists", "openssl"]).is_none() {
        apt(&["pkg-config", "libssl-dev"])?;
    }
    // Its own lock file names a package that today's Rust does not compile any more.
    let features = ["--no-default-features", "--features", WEBSOCAT_FEATURES];
    let folder = from_crates_io("websocat", "websocat", WEBSOCAT, fits, &features, "0")?;
    let folder = folder.context("websocat is gone from PATH")?;
    Ok(folder.join("websocat"))
}

/// Of websocat 1 the newest. Debian has no package of it.
const WEBSOCAT: &str = "1.14.0";

/// What the released programs have, without compression and the named pipes of Windows.
const WEBSOCAT_FEATURES: &str = "ssl,signal_handler,tokio-process,unix_stdio";
