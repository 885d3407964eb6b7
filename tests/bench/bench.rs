//! The benchmark: the page as it ships, in a headless Chromium, beside a bare page that only counts.
//!
//! Every run measures both, each in a browser of its own, so that a busy machine slows both. The figures
//! are printed beside what they should reach; only a message that the page lost count of, or did not find,
//! is an error.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod flood;
mod large;
mod load;
mod measure;
mod process;
mod profile;
mod subject;
mod table;

#[path = "../support"]
#[allow(dead_code, reason = "the journeys use the rest")]
mod support {
    pub mod browser;
    pub mod canary;
    pub mod chaos;
    pub mod environment;
    pub mod http;
    pub mod key;
    pub mod page;
    pub mod server;
    pub mod site;
}

use std::fs;
use std::process::ExitCode;

use clap::Parser;

use table::Table;

#[derive(Parser)]
struct Options {
    /// Parts of the names of measurements; without any, all of them
    filters: Vec<String>,
    /// How many runs the medians are of
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Say where the time of a flood goes, instead of measuring
    #[arg(long)]
    profile: bool,
    /// cargo passes this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.profile {
        profile::flood().await;
        return ExitCode::SUCCESS;
    }
    let is_asked = |name: &str| {
        options.filters.is_empty() || options.filters.iter().any(|part| name.contains(part))
    };
    let mut table = Table::default();
    for run in 0..options.runs {
        eprintln!("run {} of {}, load {}", run + 1, options.runs, load());
        if is_asked("load") {
            load::load(run, &mut table).await;
        }
        if is_asked("flood") {
            measure::flood(run, &mut table).await;
        }
        if is_asked("disconnect") {
            measure::disconnect(&mut table).await;
        }
        if is_asked("steady") {
            measure::steady(&mut table).await;
        }
        if is_asked("memory") {
            measure::memory(&mut table).await;
        }
        if is_asked("search") {
            measure::search(&mut table).await;
        }
        if is_asked("large") {
            large::frame(&mut table).await;
            large::file(&mut table).await;
        }
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("\n{cores} cores, load at the end {}, medians of {}\n", load(), options.runs);
    println!("{table}");
    let is_lost = [measure::UNCOUNTED, measure::MISFOUND]
        .into_iter()
        .any(|line| table.most(line).is_some_and(|lost| lost > 0.0));
    if is_lost { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Returns the load of the machine in the last minute: how many processes wanted a core.
fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().unwrap_or_default().to_owned()
}
