//! Other programs: found, asked for their version, and run with visible progress.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Says what is about to happen.
pub(super) fn announce(what: &str) {
    eprintln!("\n▸ {what}");
}

/// Runs a program to its end and passes its output through. While it runs, a line tells every half
/// minute how long it has been.
///
/// # Errors
///
/// Names the program if it cannot be started or fails.
pub(super) fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = name(command);
    let status = while_telling_time(&name, || command.stdin(Stdio::null()).status())
        .with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    Ok(())
}

/// Runs a program that has nothing to say unless it fails.
///
/// # Errors
///
/// Names the program if it cannot be started, and passes on what it said if it fails.
pub(super) fn quietly(command: &mut Command) -> anyhow::Result<()> {
    let name = name(command);
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Does `work`; every half minute a line tells how long it has been.
pub(super) fn while_telling_time<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let start = Instant::now();
            while waiting.recv_timeout(HALF_MINUTE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("  … {name}, {} s so far", start.elapsed().as_secs());
            }
        });
        let result = work();
        drop(done);
        result
    })
}

const HALF_MINUTE: Duration = Duration::from_secs(30);

/// Returns the path of the first of these programs that stands in a folder of PATH.
pub(super) fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut candidates = programs
        .iter()
        .flat_map(|program| env::split_paths(&path).map(move |folder| folder.join(program)));
    candidates.find(|candidate| candidate.is_file())
}

/// Returns what the program prints, or nothing if it does not run or fails.
pub(super) fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns the version that the program reports: the first word of a digit's beginning.
pub(super) fn version(program: &Path) -> Option<String> {
    let text = output(program, &["--version"])?;
    let is_number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
    text.split_whitespace().find(is_number).map(str::to_owned)
}

/// Returns the cargo that runs this program, else the one on PATH.
pub(super) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(super::root());
    command
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let first = command.get_args().next().unwrap_or_default();
    format!("{} {}", program.display(), first.display()).trim_end().to_owned()
}
