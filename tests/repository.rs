//! What others read of the repository, as their own tools read it.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "support/environment.rs"]
mod environment;

#[test]
fn the_api_description_passes_the_official_parser() {
    let description = root().join("src/api/veriops.asyncapi.json");
    assert_eq!(run("asyncapi.cjs", std::slice::from_ref(&description)), "");

    // A parser that finds nothing in anything would pass as well.
    let broken = scratch("broken.asyncapi.json");
    let text = fs::read_to_string(description).unwrap();
    fs::write(&broken, text.replace("#/components/messages/pong", "#/components/messages/pung"))
        .unwrap();
    let found = run("asyncapi.cjs", &[broken]);
    assert!(found.contains("pung"), "{found}");
}

#[test]
fn workflows_pass_actionlint() {
    let folder = fs::read_dir(root().join(".github/workflows")).unwrap();
    let files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    assert_eq!(run("actionlint.cjs", &files), "");

    let broken = scratch("broken.yml");
    let text = fs::read_to_string(root().join(".github/workflows/test.yml")).unwrap();
    fs::write(&broken, text.replace("github.ref", "github.reff")).unwrap();
    let found = run("actionlint.cjs", &[broken]);
    assert!(found.contains("\"reff\" is not defined"), "{found}");
}

#[test]
fn the_workflow_runs_what_the_readme_and_the_ci_run() {
    let workflow = fs::read_to_string(root().join(".github/workflows/test.yml")).unwrap();
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(workflow.contains("cargo run --locked -- test"));
    assert!(ci.contains("cargo run --locked -- test"));
    assert!(readme.contains("$ cargo run -- test"));
}

/// Runs a script of `tests/support/node` on files, and returns what it printed.
fn run(script: &str, files: &[PathBuf]) -> String {
    let mut node = Command::new(environment::node());
    node.arg(root().join("tests/support/node").join(script));
    let output = node.arg(environment::node_modules()).args(files).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("repository");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
