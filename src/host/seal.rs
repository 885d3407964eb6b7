//! The last step of a build: names the hashed files, compresses what ships, tells the sizes.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::name;

/// Finishes the folder that trunk has filled and that its variable `TRUNK_STAGING_DIR` names.
///
/// `playground.js` and `index.html` get the names of the script and the wasm that they load; both lose the
/// long names between them; every file gets a brotli copy beside it.
///
/// # Errors
///
/// Names the file that is missing or cannot be written.
pub(super) fn seal() -> anyhow::Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .context("no TRUNK_STAGING_DIR; trunk calls this, run `cargo run -- build`")?;
    let wasm = only(&folder, "_bg.wasm")?;
    let glue = wasm.replace("_bg.wasm", ".js");
    for first in ["index.html", "playground.js"] {
        let path = folder.join(first);
        let text = super::read(&path)?.replace("__GLUE__", &glue).replace("__WASM__", &wasm);
        fs::write(path, text)?;
    }
    let glue = folder.join(glue);
    let script = name::shorten(&folder.join(wasm), &super::read(&glue)?)?;
    fs::write(glue, script)?;

    let mut total = 0;
    eprintln!("{:>10} {:>10}", "bytes", "brotli");
    for path in shipped(&folder)? {
        let bytes = fs::read(&path)?;
        let small = compressed(&bytes)?;
        let name = path.strip_prefix(&folder).unwrap_or(&path);
        let is_later = name == Path::new(LATER);
        total += if is_later { 0 } else { small.len() };
        let when = if is_later { " (later)" } else { "" };
        eprintln!("{:>10} {:>10}  {}{when}", bytes.len(), small.len(), name.display());
        let mut beside = path.into_os_string();
        beside.push(".br");
        fs::write(beside, small)?;
    }
    eprintln!("{:>10} {total:>10}  the first load", "");
    Ok(())
}

/// What the page fetches only when its experiments are looked at.
const LATER: &str = "veriops.experiments.json";

/// Returns the name of the one file in the folder with this ending.
fn only(folder: &Path, ending: &str) -> anyhow::Result<String> {
    let names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let name = names.into_iter().find(|name| name.ends_with(ending));
    name.with_context(|| format!("{} holds no file *{ending}", folder.display()))
}

/// Returns the files of the folder and of the folders in it, but no earlier brotli copies.
fn shipped(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(shipped(&path)?);
        } else if path.extension() != Some(OsStr::new("br")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn compressed(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (quality, window_bits, buffer) = (11, 22, 4096);
    let mut writer = brotli::CompressorWriter::new(Vec::new(), buffer, quality, window_bits);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}
