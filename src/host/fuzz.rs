//! The command `fuzz`: every target for a bounded time.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::value_parser;

use super::{process, root, setup};

/// Which targets are fuzzed, and for how long.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Names of targets; without any, all of them
    targets: Vec<String>,
    /// How many minutes each target gets
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    #[arg(value_parser = value_parser!(u32).range(1..=DAY))]
    minutes: u32,
}

/// Runs the targets one after another. What they learn is kept in `target/fuzz/corpus`; an input that
/// breaks a rule, in `tests/fuzz/artifacts`.
///
/// # Errors
///
/// Fails when a tool is missing, there is no target of a name, or an input breaks a rule.
pub(super) fn fuzz(options: &Options) -> anyhow::Result<()> {
    let every = targets()?;
    let asked = if options.targets.is_empty() { &every } else { &options.targets };
    if let Some(unknown) = asked.iter().find(|target| !every.contains(target)) {
        bail!("there is no target {unknown}; the targets are {}", every.join(", "));
    }
    let tool = setup::fuzz_tool()?;
    for target in asked {
        process::announce(&format!("fuzzing: {target}, {} minutes", options.minutes));
        let corpus = root().join("target/fuzz/corpus").join(target);
        fs::create_dir_all(&corpus)?;
        process::run(
            Command::new(&tool)
                // There is no unsafe code here that a sanitizer could watch.
                .args(["run", "--sanitizer", "none", "--target-dir", "target/fuzz"])
                .args(["--fuzz-dir", FOLDER, target])
                .arg(&corpus)
                .arg(root().join(FOLDER).join("seed").join(target))
                .arg("--")
                .arg(format!("-max_total_time={}", options.minutes * 60))
                .args(["-timeout=10", "-print_final_stats=1"])
                .current_dir(root()),
        )
        .with_context(|| {
            format!("{target}: an input that breaks a rule is kept in {FOLDER}/artifacts")
        })?;
    }
    Ok(())
}

/// Returns the names of the targets, in alphabetical order.
fn targets() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER).join("bin"))? {
        names.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The most minutes: to libFuzzer none would mean for ever.
const DAY: i64 = 24 * 60;

const FOLDER: &str = "tests/fuzz";
