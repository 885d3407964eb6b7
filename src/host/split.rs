//! The program, cut where it says so: what a reader needs first, and chunks that come when they are asked for.
//!
//! A function of the page that is marked as a split point, and whatever only it uses, goes into a file of
//! its own; `src/ui/chunk.rs` has them all. `wasm-split-cli` cuts, before wasm-bindgen and wasm-opt do
//! their work. The chunks share the memory and the table of functions of the rest.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::process::quietly;
use super::{integrity, name};

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
            .args((!name::are_kept()).then_some("--remove-name-section"))
            .arg(pieces.join(format!("{STEM}.wasm"))),
    )?;
    let mut glue = super::read(&folder.join(format!("{STEM}.js")))?;
    let script = super::read(&pieces.join(LOADER))?;
    let [own, common] = [OWN, COMMON].map(|prefix| pieces_of(&pieces, prefix));
    let (own, common) = (own?, common?);
    let loaders = own
        .iter()
        .map(|chunk| loader(chunk, &common, &script))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let all = || own.iter().chain(&common);
    // One name for all of them: what loads a chunk need not repeat it.
    let stem = format!("{STEM}-{}_", hash(all().collect::<Vec<_>>()));
    glue = with_loaders(&glue, &loaders.concat(), &shared(&script)?, &stem)?;
    glue = with_fast_copy(&glue)?;
    let wasm = folder.join(format!("{STEM}_bg.wasm"));
    let glue = name::shorten(&wasm, LEVEL, &glue)?;
    let chunks = all().map(|(name, bytes)| (format!("{stem}{name}.wasm"), bytes.clone())).collect();
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

/// What the names of a chunk's file begin with: one of its own, and one that several have in common.
const OWN: &str = "split_";
const COMMON: &str = "chunk_";

/// What a function that loads a chunk is called, but for the chunk's name.
const LOADS: &str = "__wasm_split_load_";

/// The module from which the program asks for chunks.
const LOADER: &str = "__wasm_split.js";

/// A chunk: its name and its bytes.
type Piece = (String, Vec<u8>);

/// Returns the chunks whose files begin like this, made small.
fn pieces_of(folder: &Path, prefix: &str) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = stem.strip_prefix(prefix) {
            let names = name::are_kept().then_some("--debuginfo");
            let mut optimise = Command::new("wasm-opt");
            quietly(
                optimise
                    .arg(LEVEL)
                    .args(name::ONCE)
                    .args(names)
                    .arg(&path)
                    .arg("--output")
                    .arg(&path),
            )?;
            pieces.push((name.to_owned(), fs::read(&path)?));
        }
    }
    pieces.sort();
    Ok(pieces)
}

/// Returns what loads a chunk, by its name and its hash, with what it has in common with others: wasm-split's own script says what.
///
/// # Errors
///
/// Fails if the script does not know the chunk.
fn loader(piece: &Piece, common: &[Piece], script: &str) -> anyhow::Result<String> {
    let (chunk, _) = piece;
    let (_, own) = script
        .split_once(&format!("{LOADS}{chunk} ="))
        .with_context(|| format!("the script of wasm-split does not load {chunk}"))?;
    let own = own.split_once("export const").map_or(own, |(own, _)| own);
    let needed = common.iter().filter(|(name, _)| {
        let needs = own.rsplit_once('[').map_or("", |(_, needs)| needs);
        needs.split([',', ']']).any(|it| it.trim() == format!("__{COMMON}{name}"))
    });
    let pieces = [piece].into_iter().chain(needed);
    let pieces = pieces.map(|(name, bytes)| format!("\"{name} {}\"", integrity::of(bytes)));
    Ok(format!("\n        {LOADS}{chunk}: chunk({}),", pieces.collect::<Vec<_>>().join(", ")))
}

/// Returns what the chunks share with the rest, as members of an object: wasm-split's own script says what.
fn shared(script: &str) -> anyhow::Result<String> {
    let (before, _) = script
        .split_once("} = initSync(")
        .context("the script of wasm-split does not say what the chunks share")?;
    let names = before.rsplit_once('{').map_or("", |(_, names)| names).split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    Ok(names.map(|name| format!("{name}: wasm.{name}")).collect::<Vec<_>>().join(", "))
}

/// Puts our own loader into the script, in the place of the module that it asks for: once for each chunk.
/// Their files have a name that begins with `stem`.
fn with_loaders(glue: &str, loaders: &str, shared: &str, stem: &str) -> anyhow::Result<String> {
    let first = "const import0 = {";
    ensure!(glue.contains(LOADER), "the script of wasm-bindgen does not ask for {LOADER}");
    ensure!(glue.contains(first), "the script of wasm-bindgen has no {first}");
    let kept = glue.split_inclusive('\n').filter(|line| !line.contains(LOADER));
    let glue = kept.collect::<String>().replacen(first, &format!("{first}{loaders}"), 1);
    let own = include_str!("../embed/chunk.js");
    Ok(glue + &own.replace("__SHARED__", shared).replace("__STEM__", stem))
}

/// Has the script copy a text of ASCII into the program in one go. wasm-bindgen's own loop takes a quarter of a
/// second for 16 MB, letter by letter; for a few letters it is the faster way.
fn with_fast_copy(glue: &str) -> anyhow::Result<String> {
    let at = "    for (; offset < len; offset++) {\n        const code = arg.charCodeAt(offset);";
    ensure!(glue.contains(at), "the script of wasm-bindgen copies texts another way");
    let copy = "    if (len > 64 && cachedTextEncoder.encodeInto(arg, mem.subarray(ptr, ptr + len)).read === len) {
        offset = len;
    }
";
    Ok(glue.replacen(at, &format!("{copy}{at}"), 1))
}

#[cfg(test)]
mod tests {
    use super::{integrity, loader, shared, with_fast_copy, with_loaders};

    const GLUE: &str = "import * as import1 from \"./__wasm_split.js\"\n\
                        import * as import2 from \"./__wasm_split.js\"\n\
                        const import0 = {\n    };\n    return {\n        \
                        \"./__wasm_split.js\": import1,\n        \
                        \"./__wasm_split.js\": import2,\n    };\n";

    #[test]
    fn the_script_loads_chunks_by_itself() {
        let script =
            with_loaders(GLUE, " files: chunk(\"x\"),", "memory: wasm.memory", "page-1_").unwrap();

        assert!(script.contains("const import0 = { files: chunk(\"x\"),"), "{script}");
        assert!(script.contains("function chunk(...all)"), "{script}");
        assert!(script.contains("`page-1_${name}.wasm`"), "{script}");
        assert!(script.contains("__wasm_split: { memory: wasm.memory }"), "{script}");
        assert!(!script.contains("__wasm_split.js"), "{script}");
    }

    #[test]
    fn chunk_comes_with_what_it_has_in_common_with_others() {
        let piece = |name: &str| (name.to_owned(), Vec::new());
        let script = "const __chunk_3 = makeLoad(() => {}, []);\n\
                      export const __wasm_split_load_files = wrapAsyncCb(makeLoad(() => {}, []));\n\
                      export const __wasm_split_load_log = wrapAsyncCb(makeLoad(() => {}\n, \
                      [__chunk_3, __chunk_14]));\n";
        let common = ["3", "4", "14"].map(piece);

        let [files, log] =
            ["files", "log"].map(|name| loader(&piece(name), &common, script).unwrap());

        let hash = integrity::of(&[]);
        let expected = format!(r#"__wasm_split_load_files: chunk("files {hash}"),"#);
        assert_eq!(files.trim(), expected);
        let expected =
            format!(r#"__wasm_split_load_log: chunk("log {hash}", "3 {hash}", "14 {hash}"),"#);
        assert_eq!(log.trim(), expected);
    }

    #[test]
    fn chunks_get_what_they_share_with_the_rest() {
        let script = "const { __indirect_function_table, memory,  } = initSync(undefined);";

        let expected =
            "__indirect_function_table: wasm.__indirect_function_table, memory: wasm.memory";
        assert_eq!(shared(script).unwrap(), expected);
        assert!(shared("").is_err());
        assert!(loader(&("log".to_owned(), Vec::new()), &[], script).is_err());
    }

    #[test]
    fn long_texts_are_copied_in_one_go() {
        let own =
            "    for (; offset < len; offset++) {\n        const code = arg.charCodeAt(offset);\n";

        let script = with_fast_copy(own).unwrap();

        assert!(script.contains("encodeInto") && script.ends_with(own), "{script}");
        assert!(with_fast_copy("").is_err());
    }

    #[test]
    fn script_of_another_shape_stops_the_build() {
        let error = with_loaders("const import0 = {};", "", "", "").err().unwrap().to_string();

        assert!(error.starts_with("the script of wasm-bindgen does not ask"), "{error}");
    }
}
