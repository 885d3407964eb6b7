//! What fuzzing needs: cargo-fuzz, and a C++ compiler for the libFuzzer that it links.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{found_or_apt, from_crates_io, locked};

/// Finds or installs cargo-fuzz and returns how to call it.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(in crate::host) fn fuzz_tool() -> anyhow::Result<OsString> {
    let _lock = locked()?;
    found_or_apt(&["c++"], "g++")?;
    let (minor, patch) = CARGO_FUZZ;
    let version = format!("{minor}.{patch}");
    let fits = |found: &str| found.rsplit_once('.').is_some_and(|(found, _)| found == minor);
    let folder = from_crates_io(PROGRAM, PROGRAM, &version, fits, &["--locked"], "0")?;
    Ok(folder.map_or(PathBuf::from(PROGRAM), |folder| folder.join(PROGRAM)).into())
}

const PROGRAM: &str = "cargo-fuzz";

/// The cargo-fuzz that is installed. Its other patches are accepted.
const CARGO_FUZZ: (&str, u32) = ("0.13", 2);
