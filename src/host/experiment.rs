//! The command `experiments`: what can be tried, and the links to it.

use std::io::{self, Write as _};
use std::path::PathBuf;

use veriops_playground::api::Api;
use veriops_playground::experiment::{Experiment, experiments};

use super::{described, reference};

/// What is printed, and of which API.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Print the reference page's tables in Markdown, with a link in every row
    #[arg(long)]
    markdown: bool,
    /// The API description; without one, that of the VeriOps API
    #[arg(long, value_name = "FILE")]
    api: Option<PathBuf>,
}

/// Prints every experiment on a line: its id, its title, and what the row says; or the tables.
///
/// # Errors
///
/// Fails if the file cannot be read or is no API description, and names the path at fault.
pub(super) fn experiments_of(options: &Options) -> anyhow::Result<()> {
    let api = described(options.api.as_deref())?;
    let output = if options.markdown { reference::markdown(&api) } else { list(&api) };
    io::stdout().write_all(output.as_bytes())?;
    Ok(())
}

fn list(api: &Api) -> String {
    let experiments = experiments(api);
    let longest = |of: fn(&Experiment) -> &str| {
        experiments.iter().map(|it| of(it).chars().count()).max().unwrap_or(0)
    };
    let (ids, titles) = (longest(|it| &it.id), longest(|it| &it.title));
    let line = |it: &Experiment| format!("{:ids$}  {:titles$}  {}\n", it.id, it.title, it.claim);
    experiments.iter().map(line).collect()
}
