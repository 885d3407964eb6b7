//! The command `bench`: the page as it ships, in a browser, under a flood of messages.

use super::{build, dist, process, seal, setup};

/// What is measured, and how often.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Parts of the names of measurements (flood, disconnect, steady, memory, search, large, load); without
    /// any, all of them
    filters: Vec<String>,
    /// How many runs the medians are of
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    runs: u32,
    /// Say where the time of a flood goes, instead of measuring
    #[arg(long)]
    profile: bool,
}

/// Builds the page and runs the benchmark, which prints its table.
///
/// # Errors
///
/// Fails when a tool is missing, the page does not build, or the page lost count of its messages.
pub(super) fn bench(options: &Options) -> anyhow::Result<()> {
    let (tools, rapidoc) = (setup::test_tools()?, setup::rapidoc()?);
    let dist = if options.profile { seal::target().join("named") } else { dist() };
    if options.profile {
        build::named_page(&dist)?;
    } else {
        build::page(&dist)?;
    }
    process::announce("measuring; leave the machine alone meanwhile");
    let mut bench = process::cargo();
    // What is measured is the browser: the server outruns it unoptimised, and builds with the tests.
    bench.args(["bench", "--locked", "--profile", "dev", "--bench", "flood", "--"]);
    bench.args(["--runs", &options.runs.to_string()]).args(&options.filters);
    if options.profile {
        bench.arg("--profile");
    }
    let bench = bench.envs(tools.variables()).env("VERIOPS_RAPIDOC", rapidoc);
    process::run(bench.env("VERIOPS_DIST", dist))
}
