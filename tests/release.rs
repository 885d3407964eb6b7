//! A release as a maintainer gets it: folders that stay, hashes that hold, rules for every file.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use support::environment;
use support::release::{Release, next_page};

#[path = "support"]
mod support {
    pub mod environment;
    pub mod release;
}

#[test]
fn the_same_page_gives_the_same_folder_and_another_page_one_beside_it() {
    let folder = environment::scratch("release-twice");
    let first = Release::write(&environment::dist(), &folder);
    let old = contents(&folder.join(&first.name));
    assert!(first.name.starts_with(concat!(env!("CARGO_PKG_VERSION"), "-")), "{}", first.name);
    assert_eq!(Release::write(&environment::dist(), &folder).name, first.name);

    let next = Release::write(&next_page("release-next"), &folder);
    assert_ne!(next.name, first.name);
    assert!(next.said.contains(&format!("{}/  an earlier release", first.name)), "{}", next.said);
    assert!(contents(&folder.join(&first.name)) == old, "the older folder has changed");
    let loader = fs::read_to_string(folder.join("playground.js")).unwrap();
    assert!(loader.contains(&format!("new URL(\"{}/playground.js\"", next.name)), "{loader}");
    assert!(!loader.contains(&first.name), "{loader}");
    // Neither the copy of the loader nor that of what was edited is an old one.
    for file in ["playground.js".to_owned(), format!("{}/veriops.asyncapi.json", next.name)] {
        let compressed = fs::read(folder.join(format!("{file}.br"))).unwrap();
        assert!(plain(&compressed) == fs::read(folder.join(&file)).unwrap(), "{file}");
    }
    let mut check = Command::new("sha256sum");
    let output = check.args(["--check", "SHA256SUMS"]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let listed = String::from_utf8(output.stdout).unwrap().lines().count();
    let there = 5 + 2 * old.len();
    assert_eq!(listed, there, "every file but the list itself");
}

#[test]
fn the_embedding_line_has_the_hash_of_the_script_that_it_names() {
    let folder = environment::scratch("release-line");
    let release = Release::write(&environment::dist(), &folder);
    let script = fs::read(folder.join(&release.name).join("playground.js")).unwrap();
    let hash = Base64::encode_string(&Sha256::digest(script));
    let expected = format!(
        "<script type=\"module\" src=\"/playground/{}/playground.js\" integrity=\"sha256-{hash}\">\
         </script><veriops-playground></veriops-playground>",
        release.name
    );
    assert_eq!(release.line(false), expected);
    assert!(release.policy().contains("connect-src 'self' wss://"), "{}", release.policy());
}

#[test]
fn every_file_of_every_release_has_one_rule_for_netlify_and_cloudflare() {
    let folder = environment::scratch("release-rules");
    let releases = [environment::dist(), next_page("release-rules-next")]
        .map(|dist| Release::write(&dist, &folder).name);
    let text = fs::read_to_string(folder.join("_headers")).unwrap();
    let mut rules = BTreeMap::<&str, Vec<&str>>::new();
    let mut address = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix("  ") {
            rules.get_mut(address).unwrap().push(header);
        } else {
            address = line;
            assert!(rules.insert(line, Vec::new()).is_none(), "two rules for {line}");
        }
    }
    let loader = rules.remove("/playground/playground.js").unwrap();
    assert!(loader.contains(&"Cache-Control: public, max-age=300"), "{loader:?}");
    for release in releases {
        for file in contents(&folder.join(&release)).keys().filter(|it| !is_named(it, "br")) {
            let name = file.strip_suffix("index.html").unwrap_or(file);
            let rule = rules.remove(&*format!("/playground/{release}/{name}")).unwrap();
            let is_kept = rule.iter().any(|header| header.ends_with("immutable"));
            assert_eq!(is_kept, !is_named(file, "json"), "{file}: {rule:?}");
            let is_wasm = rule.contains(&"Content-Type: application/wasm");
            assert_eq!(is_wasm, is_named(file, "wasm"), "{file}: {rule:?}");
            for header in ["Access-Control-Allow-Origin: *", "X-Content-Type-Options: nosniff"] {
                assert!(rule.contains(&header), "{file}: {rule:?}");
            }
        }
    }
    assert!(rules.is_empty(), "rules for no file: {rules:?}");
}

#[test]
fn a_release_without_a_built_page_says_how_to_build_it() {
    let folder = environment::scratch("release-nothing");
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    command.args(["release", "--no-build", "--dist"]).arg(folder.join("missing"));
    let output = command.arg("--folder").arg(folder.join("release")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("there is no built page in"), "{said}");
    assert!(said.contains("run `cargo run -- build`"), "{said}");
}

/// Returns the files of a folder, which has no folders in it, with their bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

fn plain(compressed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*compressed, &mut plain).unwrap();
    plain
}

/// Returns whether the name of a file ends so.
fn is_named(file: &str, end: &str) -> bool {
    file.rsplit('.').next() == Some(end)
}
