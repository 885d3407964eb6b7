//! The program, cut where it says so: what a reader needs first, and chunks that come when they are asked for.
//!
//! A function of the page that is marked as a split point, and whatever only it uses, goes into a file of
//! its own; `src/ui/chunk.rs` has them all. `wasm-split-cli` cuts, before wasm-bindgen and wasm-opt do
//! their work. The chunks share the memory and the table of functions of the rest.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::name;
use super::process::quietly;

/// The program as it ships.
pub(super) struct Program {
    /// Its script, which knows the names of the chunks.
    pub(super) glue: String,
    /// What is loaded first.
    pub(super) wasm: Vec<u8>,
    /// The names of the files that come later, and their bytes.
    pub(super) chunks: Vec<(String, Vec<u8>)>,
}

/// Cuts the program `input` as cargo built it, and makes each piece small. `folder` is for what stands
/// in between.
///
/// # Errors
///
/// Names the tool that failed.
pub(super) fn split(input: &Path, folder: &Path) -> anyhow::Result<Program> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let pieces = folder.join("pieces");
    fs::create_dir_all(&pieces)?;
    quietly(Command::new("wasm-split-cli").arg(input).arg(&pieces).args(["--out-name", STEM]))?;
    quietly(
        Command::new("wasm-bindgen")
            .args(["--target", "web", "--no-typescript", "--keep-lld-exports"])
            .args(["--out-name", STEM, "--out-dir"])
            .arg(folder)
            .args(env::var_os(NAMES).is_none().then_some("--remove-name-section"))
            .arg(pieces.join(format!("{STEM}.wasm"))),
    )?;
    let mut glue = super::read(&folder.join(format!("{STEM}.js")))?;
    let mut chunks = Vec::new();
    let mut loaders = String::new();
    for (chunk, path) in cut_off(&pieces)? {
        quietly(Command::new("wasm-opt").arg(LEVEL).arg(&path).arg("--output").arg(&path))?;
        let bytes = fs::read(&path)?;
        let file = format!("{STEM}-{}_{chunk}.wasm", hash(&bytes));
        loaders += &format!("\n        __wasm_split_load_{chunk}: chunk(\"{file}\"),");
        chunks.push((file, bytes));
    }
    glue = with_loaders(&glue, &loaders)?;
    let wasm = folder.join(format!("{STEM}_bg.wasm"));
    let glue = name::shorten(&wasm, LEVEL, &glue)?;
    Ok(Program { glue, wasm: fs::read(wasm)?, chunks })
}

/// Returns 16 hexadecimal digits that differ with the content.
pub(super) fn hash(content: impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What the files of the program begin with.
pub(super) const STEM: &str = "veriops-playground";

/// Level 2 is larger than level z and smaller once compressed.
const LEVEL: &str = "-O2";

/// The variable that leaves the names of functions in, for a profile.
const NAMES: &str = "VERIOPS_NAMES";

/// What wasm-split-cli names a chunk, and the module from which the program asks for it.
const CHUNK: &str = "split_";
const LOADER: &str = "./__wasm_split.js";

/// Returns the chunks by name.
fn cut_off(pieces: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut chunks = Vec::new();
    for entry in fs::read_dir(pieces)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Some(name) = stem.strip_prefix(CHUNK) {
            chunks.push((name.to_owned(), path));
        }
    }
    chunks.sort();
    Ok(chunks)
}

/// Puts our own loader into the script, in the place of the module that it asks for.
fn with_loaders(glue: &str, loaders: &str) -> anyhow::Result<String> {
    let import = format!("import * as import1 from \"{LOADER}\"");
    let use_of_import = format!("        \"{LOADER}\": import1,\n");
    let first = "const import0 = {";
    for piece in [&*import, &use_of_import, first] {
        glue.contains(piece)
            .then_some(())
            .with_context(|| format!("the script of wasm-bindgen has no {piece}"))?;
    }
    let glue = glue.replace(&import, "").replace(&use_of_import, "");
    Ok(glue.replacen(first, &format!("{first}{loaders}"), 1) + include_str!("../embed/chunk.js"))
}

#[cfg(test)]
mod tests {
    use super::with_loaders;

    const GLUE: &str = "import * as import1 from \"./__wasm_split.js\"\n\
                        const import0 = {\n    };\n    return {\n        \
                        \"./__wasm_split.js\": import1,\n    };\n";

    #[test]
    fn the_script_loads_chunks_by_itself() {
        let script = with_loaders(GLUE, " files: chunk(\"x.wasm\"),").unwrap();

        assert!(script.contains("const import0 = { files: chunk(\"x.wasm\"),"), "{script}");
        assert!(script.contains("function chunk(file)"), "{script}");
        assert!(!script.contains("import1"), "{script}");
    }

    #[test]
    fn script_of_another_shape_stops_the_build() {
        let error = with_loaders("const import0 = {};", "").err().unwrap().to_string();

        assert!(error.starts_with("the script of wasm-bindgen has no import"), "{error}");
    }
}
