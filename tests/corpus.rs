//! The seeds of the fuzz targets: what once was worth trying holds for ever.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[allow(unreachable_pub, reason = "a library of its own where libFuzzer runs it")]
#[path = "fuzz/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

#[test]
fn every_seed_of_api_descriptions_holds() {
    replay("api", fuzz::api::check);
}

#[test]
fn every_seed_of_endpoints_holds() {
    replay("endpoint", fuzz::endpoint::check);
}

#[test]
fn every_seed_of_envelopes_holds() {
    replay("envelope", fuzz::envelope::check);
}

#[test]
fn every_seed_of_experiments_holds() {
    replay("experiment", fuzz::experiment::check);
}

#[test]
fn every_seed_of_frames_holds() {
    replay("frame", fuzz::frame::check);
}

#[test]
fn every_seed_of_imports_holds() {
    replay("import", fuzz::import::check);
}

#[test]
fn every_seed_of_json_holds() {
    replay("json", fuzz::json::check);
}

#[test]
fn every_seed_of_readings_holds() {
    replay("reading", fuzz::reading::check);
}

#[test]
fn every_seed_of_sessions_holds() {
    replay("session", fuzz::session::check);
}

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seed").join(target);
    let seeds: Vec<_> = fs::read_dir(&folder)
        .expect("every target has a folder of seeds")
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    assert!(!seeds.is_empty(), "{} is empty", folder.display());
    for seed in seeds {
        // Shown if the check panics.
        println!("{}", seed.display());
        check(&fs::read(&seed).expect("a file can be read"));
    }
}
