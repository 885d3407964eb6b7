//! The host: the program's face on a machine.
//!
//! It finds or installs the tools it needs, builds the page, serves it beside a local sandbox API
//! on real WebSockets, and runs the tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use veriops_playground::api::Api;

mod bench;
mod build;
mod check_docs;
mod code;
mod experiment;
mod fuzz;
mod incident;
mod integrity;
mod journal;
mod name;
mod process;
mod reference;
mod release;
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
        Task::CheckDocs(options) => check_docs::check_docs(&options),
        Task::Code(options) => code::code(&options).map(|()| ExitCode::SUCCESS),
        Task::Experiments(options) => {
            experiment::experiments_of(&options).map(|()| ExitCode::SUCCESS)
        }
        Task::Fuzz(options) => fuzz::fuzz(&options).map(|()| ExitCode::SUCCESS),
        Task::Release(options) => release::release(&options).map(|()| ExitCode::SUCCESS),
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
    /// Compare the tables of a page in Markdown with the API description
    CheckDocs(check_docs::Options),
    /// Write a client to take along, in the language of your choice
    Code(code::Options),
    /// List what can be tried on the page, and the links to it
    Experiments(experiment::Options),
    /// Feed made-up inputs to every fuzz target
    Fuzz(fuzz::Options),
    /// Build the page and write a release of it: a folder to be copied to a site
    Release(release::Options),
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

/// Returns the API that a file describes; without one, the VeriOps API.
///
/// # Errors
///
/// Fails if the file cannot be read or is no API description, and names the path at fault.
fn described(file: Option<&Path>) -> anyhow::Result<Arc<Api>> {
    let Some(file) = file else {
        return Ok(Api::veriops());
    };
    let api = Api::parse(&read(file)?)
        .with_context(|| format!("{} is no API description", file.display()))?;
    Ok(Arc::new(api))
}

/// Reads a text file.
fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
