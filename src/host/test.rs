//! The command `test`: tools, the page as it ships, quick checks, every test.

use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;

use super::{build, dist, process, setup};

/// Runs the tests whose names contain one of the filters. Without filters it runs all of them, and
/// before them the checks of format, lints and documentation.
///
/// The journeys run twice: in Chromium with all other tests, and then in Firefox, except for those
/// that need Chromium's own protocol. The last line counts the tests; a failed check counts as a failed test.
///
/// `cargo test` runs them, and its closing lines are added up here, because cargo-nextest, which counts by
/// itself, takes minutes to compile on a fresh machine.
///
/// # Errors
///
/// Fails when a tool is missing or the page does not build.
pub(super) fn test(filters: &[String]) -> anyhow::Result<ExitCode> {
    let tools = setup::test_tools()?;
    build::page(&dist())?;
    let mut tally = Tally::default();
    let steps = if filters.is_empty() { &INSPECTIONS[..] } else { &[] };
    if !steps.is_empty() {
        setup::check_tools()?;
    }
    let failed = steps.iter().filter(|step| !step.passes()).map(|step| step.what);
    let failed = failed.collect::<Vec<_>>();
    tally.failed += failed.len();
    for (what, browser, options) in RUNS {
        process::announce(&format!("running {what}"));
        let mut tests = process::cargo();
        tests.args(["test", "--locked", "--no-fail-fast"]).args(options).args(filters);
        tests.envs(tools.variables()).env("VERIOPS_DIST", dist()).env("VERIOPS_BROWSER", browser);
        tally += count(&mut tests)?;
    }
    if !failed.is_empty() {
        println!("\nfailed checks: {}", failed.join("; "));
    }
    println!("\n{} passed, {} failed{}", tally.passed, tally.failed, tally.tail());
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What to run, the browser for the journeys, and the options of `cargo test`.
const RUNS: [(&str, &str, &[&str]); 2] = [
    ("the tests, journeys in Chromium", "chromium", &["--"]),
    ("the journeys in Firefox", "firefox", &["--test", "e2e", "--", "--skip", "chromium::"]),
];

/// A quick check that is no test.
struct Inspection {
    what: &'static str,
    /// The command of cargo.
    command: &'static str,
    arguments: &'static [&'static str],
}

const INSPECTIONS: [Inspection; 5] = [
    Inspection { what: "format", command: "fmt", arguments: &["--check"] },
    Inspection {
        what: "lints, native",
        command: "clippy",
        arguments: &["--locked", "--all-targets", "--", "-D", "warnings"],
    },
    Inspection {
        what: "lints, wasm",
        command: "clippy",
        arguments: &["--locked", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"],
    },
    Inspection {
        what: "documentation, native",
        command: "doc",
        arguments: &["--locked", "--no-deps"],
    },
    Inspection {
        what: "documentation, wasm",
        command: "doc",
        arguments: &["--locked", "--no-deps", "--target", "wasm32-unknown-unknown"],
    },
];

impl Inspection {
    /// Runs the check, and says why it failed.
    fn passes(&self) -> bool {
        process::announce(&format!("checking: {}", self.what));
        let mut command = process::cargo();
        command.arg(self.command).args(self.arguments).env("RUSTDOCFLAGS", "-D warnings");
        process::run(&mut command).inspect_err(|error| eprintln!("  {error:#}")).is_ok()
    }
}

#[derive(Debug, Default, Eq, PartialEq)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    /// Reads the line with which a test program ends.
    fn parse(line: &str) -> Option<Self> {
        let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut tally = Self::default();
        for count in counts.split("; ") {
            let (number, what) = count.split_once(' ')?;
            match what {
                "passed" => tally.passed = number.parse().ok()?,
                "failed" => tally.failed = number.parse().ok()?,
                "ignored" => tally.ignored = number.parse().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }

    fn tail(&self) -> String {
        if self.ignored == 0 { String::new() } else { format!(", {} skipped", self.ignored) }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// Runs test programs, passes their output through and counts their tests.
fn count(command: &mut Command) -> anyhow::Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut tally = Tally::default();
    process::while_telling_time("cargo test", || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            tally += Tally::parse(&line).unwrap_or_default();
        }
    });
    // A program that does not compile or dies prints no count.
    if !child.wait()?.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_test_program_is_counted() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; \
                    3 filtered out; finished in 0.00s";
        assert_eq!(Tally::parse(line), Some(Tally { passed: 12, failed: 2, ignored: 1 }));
        assert_eq!(Tally::parse("test a_row ... ok"), None);
    }
}
