//! The command `build`: trunk, unless the built page is newer than everything it is made of.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use super::{name, process, root, setup};

/// Builds the page as it ships into the folder `dist`.
pub(super) fn page(dist: &Path) -> anyhow::Result<()> {
    built(dist, &[])
}

/// Builds the page with the names of its functions into the folder `dist`, for a profile.
pub(super) fn named_page(dist: &Path) -> anyhow::Result<()> {
    built(dist, &[(name::KEPT, "1")])
}

fn built(dist: &Path, variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let index = dist.join("index.html");
    if is_fresh(&index) {
        return Ok(());
    }
    let tools = setup::page_tools()?;
    process::announce("building the page (minutes the first time)");
    let start = SystemTime::now();
    process::run(
        Command::new("trunk")
            .args(["build", "--release", "--locked", "--dist"])
            .arg(dist)
            .env("PATH", tools.path()?)
            .envs(variables.iter().copied())
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags())
            // trunk takes only true and false here, other tools set it to 1.
            .env_remove("NO_COLOR")
            // A page that does not compile needs no backtrace of trunk.
            .env_remove("RUST_BACKTRACE")
            .current_dir(root()),
    )?;
    // A source file that was saved while trunk ran is newer than the page.
    File::options().write(true).open(&index)?.set_modified(start)?;
    Ok(())
}

/// Returns compiler flags that let the program be cut, and that leave the folders of this machine out of the page, so that the same
/// source gives the same bytes everywhere.
fn flags() -> String {
    let home = env::var("CARGO_HOME")
        .or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    let sources = fs::read_dir(format!("{home}/registry/src")).into_iter().flatten().flatten();
    let remap = |folder: String| format!("--remap-path-prefix={folder}/=");
    let sources = sources.map(|folder| remap(folder.path().display().to_string()));
    // Where everything is used: without it nothing can be cut off.
    let relocations = "-Clink-args=--emit-relocs".to_owned();
    sources.chain([relocations]).collect::<Vec<_>>().join(" ")
}

/// What the page is made of, without the rooms that exist only natively.
const SOURCES: [&str; 6] = ["Cargo.lock", "Cargo.toml", "Trunk.toml", "index.html", "src", "style"];
const NATIVE: &str = "host";

fn is_fresh(built: &Path) -> bool {
    let Ok(built) = fs::metadata(built).and_then(|file| file.modified()) else { return false };
    SOURCES
        .iter()
        .map(|name| root().join(name))
        .filter(|path| path.exists())
        .all(|path| newest(&path).is_ok_and(|source| source < built))
}

/// Returns when the newest file or folder from `path` down was changed. A folder changes when a
/// file in it is created or removed.
fn newest(path: &Path) -> io::Result<SystemTime> {
    let file = fs::metadata(path)?;
    let mut time = file.modified()?;
    if file.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_name() != NATIVE {
                time = time.max(newest(&entry.path())?);
            }
        }
    }
    Ok(time)
}
