//! The rooms of the house: which uses which, as the crate's documentation says it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room or file uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_room_uses_the_rooms_that_the_crate_documentation_names() {
    assert_eq!(used(), documented());
}

#[test]
fn no_two_rooms_use_each_other_however_far_around() {
    assert_no_circle(&documented());
}

#[test]
fn no_two_files_of_a_room_use_each_other_however_far_around() {
    for files in rooms().into_values() {
        let name =
            |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let names: BTreeSet<_> = files.iter().map(|(path, _)| name(path)).collect();
        let uses = |text: &str| {
            let heads = text.split("super::").skip(1).flat_map(heads);
            heads.filter(|head| names.contains(head)).collect::<BTreeSet<_>>()
        };
        // A `mod.rs` is the room's face: it hands on what is in the others.
        let files = files.iter().map(|(path, text)| (name(path), uses(text)));
        assert_no_circle(&files.filter(|(name, _)| name != "mod").collect());
    }
}

fn assert_no_circle(uses: &Uses) {
    for start in uses.keys() {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![start];
        while let Some(next) = ahead.pop() {
            for used in uses.get(next).into_iter().flatten() {
                assert_ne!(used, start, "{start} comes back to itself by way of {next}");
                if seen.insert(used) {
                    ahead.push(used);
                }
            }
        }
    }
}

#[test]
fn pure_rooms_name_no_browser_no_clock_and_no_io() {
    let wasm = ["driver", "ui", "embed"];
    for (room, files) in rooms() {
        if wasm.contains(&room.as_str()) || room == "host" {
            continue;
        }
        for (path, text) in files {
            for word in ["web_sys", "js_sys", "leptos", "gloo", "std::time", "std::fs", "std::net"]
            {
                assert!(!text.contains(word), "{} names {word}", path.display());
            }
        }
    }
}

/// Reads the second table of the crate documentation.
fn documented() -> Uses {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let table = text.lines().skip_while(|line| !line.contains("| room | uses |")).skip(2);
    let rows = table.map_while(|line| line.strip_prefix("//! | "));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(|row| {
        let (room, uses) = row.split_once('|').unwrap();
        (room.trim().trim_matches('`').to_owned(), names(uses))
    })
    .collect()
}

/// Reads from the sources which rooms each room names, tests at the end of a file left out.
fn used() -> Uses {
    let rooms = rooms();
    let names: BTreeSet<_> = rooms.keys().cloned().collect();
    let used = |files: &[(PathBuf, String)]| {
        let paths = files.iter().flat_map(|(_, text)| {
            ["crate::", "veriops_playground::"]
                .into_iter()
                .flat_map(move |root| text.split(root).skip(1))
        });
        paths.flat_map(heads).filter(|name| names.contains(name)).collect::<BTreeSet<_>>()
    };
    rooms
        .iter()
        .map(|(room, files)| {
            let mut uses = used(files);
            uses.remove(room);
            (room.clone(), uses)
        })
        .collect()
}

/// Returns the first names of a path that may branch: of `{api::Api, entry}` both `api` and `entry`.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    match path.strip_prefix('{') {
        Some(branches) => {
            let end = branches.find("};").unwrap_or(branches.len());
            branches[..end].split(',').map(|branch| name(branch.trim())).collect()
        }
        None => vec![name(path)],
    }
}

/// Returns the files of each room with their code: no comments, no tests of their own.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let mut rooms = BTreeMap::new();
    for entry in fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let mut files = Vec::new();
            gather(&path, &mut files);
            rooms.insert(path.file_name().unwrap().to_string_lossy().into_owned(), files);
        }
    }
    rooms
}

fn gather(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // The clients in it are programs of their own.
            if !path.ends_with("code/clients") {
                gather(&path, files);
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            files.push((path, lines.flat_map(|line| [line, "\n"]).collect()));
        }
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
