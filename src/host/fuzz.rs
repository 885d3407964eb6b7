//! The command `fuzz`: every target for a bounded time, or all of them together for a number of inputs.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{fs, thread};

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
    /// How many inputs the targets get together, faster ones more of them, as many targets at once as
    /// there are processors
    #[arg(long, value_name = "COUNT", conflicts_with = "minutes")]
    inputs: Option<u64>,
}

/// Runs the targets. What they learn is kept in `target/fuzz/corpus`; an input that breaks a rule, in
/// `tests/fuzz/artifacts`.
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
    if let Some(inputs) = options.inputs {
        return share(&tool, asked, inputs);
    }
    for target in asked {
        process::announce(&format!("fuzzing: {target}, {} minutes", options.minutes));
        let limit = format!("-max_total_time={}", options.minutes * 60);
        process::run(&mut command(&tool, target, &limit)?).with_context(|| broken(target))?;
    }
    Ok(())
}

/// Has the targets take `inputs` together: each for a minute, and what is left then in a time that is in
/// proportion to its speed. Prints how many each took.
fn share(tool: &OsStr, targets: &[String], inputs: u64) -> anyhow::Result<()> {
    process::announce("building the targets");
    process::run(cargo_fuzz(tool, "build").current_dir(root()))?;
    let start = Instant::now();
    process::announce(&format!("fuzzing: a minute for each of {} targets", targets.len()));
    let minute =
        |target: &String| (target.clone(), format!("-max_total_time={}", MINUTE.as_secs()));
    let mut turns = take_turns(tool, targets.iter().map(minute).collect())?;
    let left = inputs.saturating_sub(total(&turns));
    if left > 0 {
        process::announce(&format!("fuzzing: the other {left} inputs"));
        turns.sort_by_key(|turn| core::cmp::Reverse(turn.inputs));
        let weight = |turn: &Turn| u128::from(turn.inputs).pow(2);
        let weights: u128 = turns.iter().map(weight).sum();
        let part = |turn: &Turn| (u128::from(left) * weight(turn)).div_ceil(weights.max(1));
        let rest = turns.iter().map(|turn| (turn.target.clone(), format!("-runs={}", part(turn))));
        for more in take_turns(tool, rest.collect())? {
            let turn = turns.iter_mut().find(|turn| turn.target == more.target);
            turn.context("a target of the first turns")?.inputs += more.inputs;
        }
    }
    turns.sort_by_key(|turn| core::cmp::Reverse(turn.inputs));
    println!("\n| target | inputs |\n|---|--:|");
    for Turn { target, inputs } in &turns {
        println!("| `{target}` | {inputs} |");
    }
    println!("| together, in {} minutes | {} |", start.elapsed().as_secs() / 60, total(&turns));
    Ok(())
}

/// What a target did in its turn.
struct Turn {
    target: String,
    /// How many inputs it took.
    inputs: u64,
}

fn total(turns: &[Turn]) -> u64 {
    turns.iter().map(|turn| turn.inputs).sum()
}

/// Runs targets, each up to its limit, in this order and as many at once as there are processors.
fn take_turns(tool: &OsStr, waiting: Vec<(String, String)>) -> anyhow::Result<Vec<Turn>> {
    let waiting = Mutex::new(waiting.into_iter());
    let worker = || {
        let mut turns = Vec::new();
        loop {
            let next = waiting.lock().map(|mut waiting| waiting.next());
            let Ok(Some((target, limit))) = next else {
                return anyhow::Ok(turns);
            };
            let inputs = count(&mut command(tool, &target, &limit)?, &target)?;
            eprintln!("  {target}: {inputs} inputs");
            turns.push(Turn { target, inputs });
        }
    };
    let processors = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(worker)).collect();
        let turns = workers.into_iter().map(|worker| match worker.join() {
            Ok(turns) => turns,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        Ok(turns.collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
    })
}

/// Runs a target and returns how many inputs it took.
fn count(command: &mut Command, target: &str) -> anyhow::Result<u64> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{said}\n{}", broken(target));
    }
    let number = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let number =
        number.with_context(|| format!("{target} does not say how many inputs it took"))?;
    Ok(number.trim().parse()?)
}

/// Returns what runs a target until it comes to a limit.
fn command(tool: &OsStr, target: &str, limit: &str) -> anyhow::Result<Command> {
    let corpus = root().join("target/fuzz/corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let mut command = cargo_fuzz(tool, "run");
    command
        .arg(target)
        .arg(corpus)
        .arg(root().join(FOLDER).join("seed").join(target))
        .args(["--", limit, "-timeout=10", "-print_final_stats=1"])
        .current_dir(root());
    Ok(command)
}

fn cargo_fuzz(tool: &OsStr, verb: &str) -> Command {
    let mut command = Command::new(tool);
    // There is no unsafe code here that a sanitizer could watch.
    command.args([verb, "--sanitizer", "none", "--target-dir", "target/fuzz"]);
    command.args(["--fuzz-dir", FOLDER]);
    command
}

fn broken(target: &str) -> String {
    format!("{target}: an input that breaks a rule is kept in {FOLDER}/artifacts")
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

/// How long each target is run to learn its speed.
const MINUTE: Duration = Duration::from_mins(1);

/// The most minutes: to libFuzzer none would mean for ever.
const DAY: i64 = 24 * 60;

const FOLDER: &str = "tests/fuzz";
