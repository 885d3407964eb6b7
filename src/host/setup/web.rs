//! What serves a release to the tests: nginx and Caddy. Their packages are unpacked, not installed: a package
//! that is installed starts a server of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::super::process;
use super::{apt_get, cached};

/// Returns nginx.
pub(super) fn nginx() -> anyhow::Result<PathBuf> {
    found_or_unpacked("nginx", "usr/sbin/nginx", "-v")
}

/// Returns Caddy.
pub(super) fn caddy() -> anyhow::Result<PathBuf> {
    found_or_unpacked("caddy", "usr/bin/caddy", "version")
}

/// Finds a program on PATH, or in the cache once its Debian package of the same name is unpacked there.
/// `question` has it tell its version.
fn found_or_unpacked(name: &str, program: &str, question: &str) -> anyhow::Result<PathBuf> {
    if let Some(path) = process::find(&[name]) {
        return Ok(path);
    }
    let home = cached(&format!("{name}-unpacked"))?;
    let path = home.join(program);
    if process::output(&path, &[question]).is_none() {
        let by_hand = || format!("install it by hand: apt-get install {name}");
        ensure!(process::find(&["apt-get"]).is_some(), "{name} is missing; {}", by_hand());
        process::announce(&format!("unpacking {name} into {}", home.display()));
        unpack(name, &home).with_context(by_hand)?;
        ensure!(
            process::output(&path, &[question]).is_some(),
            "{name} does not run; {}",
            by_hand()
        );
    }
    Ok(path)
}

/// Downloads a Debian package and unpacks it into a folder.
fn unpack(name: &str, home: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(home)?;
    apt_get("update")?;
    process::run(Command::new("apt-get").args(["-q", "download", name]).current_dir(home))?;
    let package = fs::read_dir(home)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|end| end == "deb"))
        .context("apt-get has downloaded no package")?;
    process::run(Command::new("dpkg").arg("--extract").args([&package, home]))?;
    fs::remove_file(package)?;
    Ok(())
}
