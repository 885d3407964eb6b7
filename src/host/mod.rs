//! The host: the program's face on a machine.
//!
//! It finds or installs the tools it needs, builds the page, serves it beside a local sandbox API
//! on real WebSockets, and runs the tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

mod bench;
mod build;
mod code;
mod experiment;
mod fuzz;
mod incident;
mod journal;
mod name;
mod process;
mod reference;
mod sandbox;
mod seal;
mod serve;
mod service;
mod setup;
mod site;
mod socket;
mod split;
mod test;

/// Runs the command line and returns the exit code.
pub(crate) fn run() -> ExitCode {
    let line = CommandLine::parse();
    let outcome = match line.command.unwrap_or(Task::Serve(line.serve)) {
        Task::Bench(options) => bench::bench(&options).map(|()| ExitCode::SUCCESS),
        Task::Build { dist } => build::page(&dist).map(|()| ExitCode::SUCCESS),
        Task::Code(options) => code::code(&options).map(|()| ExitCode::SUCCESS),
        Task::Experiments(options) => {
            experiment::experiments_of(&options).map(|()| ExitCode::SUCCESS)
        }
        Task::Fuzz(options) => fuzz::fuzz(&options).map(|()| ExitCode::SUCCESS),
        Task::Seal => seal::seal().map(|()| ExitCode::SUCCESS),
        Task::Serve(options) => serve::serve(&options).map(|()| ExitCode::SUCCESS),
        Task::Setup => setup::every_tool().map(|()| ExitCode::SUCCESS),
        Task::Test { filters } => test::test(&filters),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// The VeriOps playground on this machine. Without a command it serves.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Task>,
    #[command(flatten)]
    serve: serve::Options,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page and measure it under a flood of messages
    Bench(bench::Options),
    /// Build the page as it ships
    Build {
        /// Where the built page goes
        #[arg(long, value_name = "DIR", default_value_os_t = dist())]
        dist: PathBuf,
    },
    /// Write a client to take along, in the language of your choice
    Code(code::Options),
    /// List what can be tried on the page, and the links to it
    Experiments(experiment::Options),
    /// Feed made-up inputs to every fuzz target
    Fuzz(fuzz::Options),
    /// Finish a build: trunk calls this
    #[command(hide = true)]
    Seal,
    /// Build the page and serve it beside the sandbox API
    Serve(serve::Options),
    /// Install every missing tool
    Setup,
    /// Build the page and run every test; with filters, only the tests whose names contain one
    Test {
        /// Parts of test names
        filters: Vec<String>,
    },
}

/// Returns the folder of the package: the program is run from its source.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dist() -> PathBuf {
    root().join("dist")
}

/// Reads a text file of the package.
fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
