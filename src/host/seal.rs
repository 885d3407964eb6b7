//! The last step of a build: names the hashed files with their hashes, compresses what ships, tells the sizes.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::integrity;
use super::name;
use super::process::quietly;
use super::split::{self, Program, STEM};

/// Finishes the folder that trunk has filled and that its variable `TRUNK_STAGING_DIR` names.
///
/// The program is cut into pieces; `playground.js` and `index.html` get the names of the script and the
/// wasm that they load first, and the hashes by which the browser knows them, as the script gets those of the
/// pieces; scripts lose what no browser needs; every file gets a brotli copy beside it.
///
/// # Errors
///
/// Names the file that is missing or cannot be written.
pub(super) fn seal() -> anyhow::Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .context("no TRUNK_STAGING_DIR; trunk calls this, run `cargo run -- build`")?;
    // What trunk has made of the program in one piece makes room for the pieces.
    let whole = only(&folder, "_bg.wasm")?;
    for file in [whole.replace("_bg.wasm", ".js"), whole] {
        fs::remove_file(folder.join(file))?;
    }
    let Program { glue, wasm, chunks } = split::split(&program(), &target().join("pieces"))?;
    let stem = format!("{STEM}-{}", split::hash((&glue, &wasm)));
    let [script, binary] = [format!("{stem}.js"), format!("{stem}_bg.wasm")];
    let script_path = folder.join(&script);
    fs::write(&script_path, glue)?;
    minify(&script_path)?;
    let facts = [
        ("__GLUE__", script),
        ("__GLUE_HASH__", integrity::of(&fs::read(script_path)?)),
        ("__WASM__", binary.clone()),
        ("__WASM_HASH__", integrity::of(&wasm)),
    ];
    for first in ["index.html", LOADER] {
        let path = folder.join(first);
        let insert = |text: String, (name, fact): &(_, String)| text.replace(name, fact);
        fs::write(&path, facts.iter().fold(super::read(&path)?, insert))?;
    }
    for script in [LOADER, FRAME] {
        minify(&folder.join(script))?;
    }
    fs::write(folder.join(binary), wasm)?;
    for (file, bytes) in &chunks {
        fs::write(folder.join(file), bytes)?;
    }

    let mut total = 0;
    eprintln!("{:>10} {:>10}", "bytes", "brotli");
    for path in files(&folder)? {
        let bytes = fs::read(&path)?;
        let small = compressed(&bytes)?;
        let name = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().into_owned();
        let is_later = LATER.contains(&&*name) || chunks.iter().any(|(file, _)| *file == name);
        total += if is_later { 0 } else { small.len() };
        let when = if is_later { ", when it is asked for" } else { "" };
        eprintln!("{:>10} {:>10}  {name}{when}", bytes.len(), small.len());
        fs::write(beside(&path), small)?;
    }
    eprintln!("{:>10} {total:>10}  the first load", "");
    Ok(())
}

/// The one script that a page includes.
pub(super) const LOADER: &str = "playground.js";

/// The script that only the page opened directly has.
const FRAME: &str = "frame.js";

/// What the page fetches only when its experiments are looked at, and what is for editors and compilers.
const LATER: [&str; 3] =
    ["custom-elements.json", "veriops-playground.d.ts", "veriops.experiments.json"];

/// Returns the program as cargo has built it for trunk.
fn program() -> PathBuf {
    target().join(format!("wasm32-unknown-unknown/page/{STEM}.wasm"))
}

pub(super) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| super::root().join("target"), PathBuf::from)
}

/// Takes out of a script what no browser needs, unless somebody wants to read it.
fn minify(path: &Path) -> anyhow::Result<()> {
    if name::are_kept() {
        return Ok(());
    }
    let out = format!("--outfile={}", path.display());
    let options = ["--minify", "--format=esm", "--target=es2022", "--allow-overwrite"];
    quietly(Command::new("esbuild").arg(path).args(options).arg(out))
}

/// Returns the name of the one file in the folder with this ending.
fn only(folder: &Path, ending: &str) -> anyhow::Result<String> {
    let names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let name = names.into_iter().find(|name| name.ends_with(ending));
    name.with_context(|| format!("{} holds no file *{ending}", folder.display()))
}

/// Returns the files of the folder and of the folders in it.
///
/// # Errors
///
/// Fails if a folder cannot be read.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Returns where the brotli copy of a file is.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Returns the bytes as brotli makes them smallest.
pub(super) fn compressed(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    brotli(bytes, 11)
}

/// Returns the bytes as brotli of this quality, from 0 for the fastest to 11 for the smallest.
pub(super) fn brotli(bytes: &[u8], quality: u32) -> anyhow::Result<Vec<u8>> {
    let (window_bits, buffer) = (22, 4096);
    let mut writer = ::brotli::CompressorWriter::new(Vec::new(), buffer, quality, window_bits);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}
