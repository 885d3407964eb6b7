//! Short names for what the wasm and its script call each other by.
//!
//! wasm-bindgen gives every import a hash, once in the wasm and once in its script. Nobody reads them, and
//! nothing compresses them. wasm-opt gives the wasm short ones and says which; BYTES.md says what that saves.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// Optimises the file `wasm` at this level and shortens its names of imports and exports. Returns `glue`, the script that
/// wasm-bindgen made for it, with the same names.
///
/// # Errors
///
/// Fails if wasm-opt is not on PATH or cannot read the file, or if `glue` does not provide an import.
pub(super) fn shorten(wasm: &Path, level: &str, glue: &str) -> anyhow::Result<String> {
    let mut command = Command::new("wasm-opt");
    command
        .arg(level)
        .arg(wasm)
        .args(ONCE)
        .args(["--minify-imports-and-exports-and-modules", "--output"])
        .arg(wasm);
    if are_kept() {
        command.arg("--debuginfo");
    }
    let output = command.output().context("cannot start wasm-opt")?;
    ensure!(output.status.success(), "wasm-opt: {}", String::from_utf8_lossy(&output.stderr));
    let names = serde_json::from_slice(&output.stdout).context("wasm-opt prints other names")?;
    rename(glue, names, are_kept())
}

/// Has wasm-opt leave a large function alone that is called from one place only: a browser compiles a
/// function when it is first called, all of it. BYTES.md says what that saves.
pub(super) const ONCE: [&str; 2] = ["--one-caller-inline-max-function-size", "50"];

/// Returns whether the page is built for a profile.
pub(super) fn are_kept() -> bool {
    env::var_os(KEPT).is_some()
}

/// The variable that leaves the names of functions in, and scripts as they are, for a profile.
pub(super) const KEPT: &str = "VERIOPS_NAMES";

/// What wasm-opt prints.
#[derive(Deserialize)]
struct Names {
    /// The module, the long name and the short one. wasm-opt calls every module by [`MODULE`].
    imports: Vec<(String, String, String)>,
    /// The long name and the short one.
    exports: Vec<(String, String)>,
}

/// The short name of the one module that provides all imports.
const MODULE: &str = "a";

/// Returns the script with the short names. A profile tells what the script does by the names of its
/// functions: those keep theirs if `are_kept`.
fn rename(glue: &str, mut names: Names, are_kept: bool) -> anyhow::Result<String> {
    let mut glue = glue.to_owned();
    if let Some((module, ..)) = names.imports.first() {
        glue = glue.replace(&format!("\"{module}\":"), &format!("\"{MODULE}\":"));
    }
    for (_, long, short) in names.imports {
        let (before, after) = glue
            .split_once(&format!(" {long}:"))
            .with_context(|| format!("the script provides no import {long}"))?;
        glue = match after.strip_prefix(" function(").filter(|_| are_kept) {
            Some(after) => format!("{before} {short}: function {long}({after}"),
            None => format!("{before} {short}:{after}"),
        };
    }
    // One name may begin with another one.
    names.exports.sort_by_key(|(long, _)| std::cmp::Reverse(long.len()));
    for (long, short) in names.exports {
        glue = glue.replace(&format!("wasm.{long}"), &format!("wasm.{short}"));
    }
    Ok(glue)
}

#[cfg(test)]
mod tests {
    use super::{Names, rename};

    const GLUE: &str = "const import0 = {
        add_0123: function() { wasm.call(wasm.memory); },
        sub_4567: function() { wasm.call_16(); },
    };
    return { \"./page_bg.js\": import0 };";

    fn names(second: &str) -> Names {
        let import = |long: &str, short: &str| {
            ("./page_bg.js".to_owned(), long.to_owned(), short.to_owned())
        };
        let export = |long: &str, short: &str| (long.to_owned(), short.to_owned());
        Names {
            imports: vec![import("add_0123", "a"), import(second, "b")],
            exports: vec![export("call", "c"), export("call_16", "d"), export("memory", "e")],
        }
    }

    #[test]
    fn the_script_gets_the_names_of_the_wasm() {
        let glue = rename(GLUE, names("sub_4567"), false).unwrap();

        let expected = "const import0 = {
        a: function() { wasm.c(wasm.e); },
        b: function() { wasm.d(); },
    };
    return { \"a\": import0 };";
        assert_eq!(glue, expected);
    }

    #[test]
    fn functions_keep_their_names_for_a_profile() {
        let glue = rename(GLUE, names("sub_4567"), true).unwrap();

        assert!(glue.contains(" a: function add_0123() { wasm.c(wasm.e); }"), "{glue}");
        assert!(glue.contains(" b: function sub_4567() {"), "{glue}");
    }

    #[test]
    fn import_that_the_script_does_not_provide_stops_the_build() {
        let error = rename(GLUE, names("mul_89ab"), false).unwrap_err();

        assert_eq!(error.to_string(), "the script provides no import mul_89ab");
    }
}
