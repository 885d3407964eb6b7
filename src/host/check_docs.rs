//! The command `check-docs`: whether a page of documentation says what the API description says.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use super::{described, read, reference};

/// Which page is checked against which API.
#[derive(clap::Args)]
pub(super) struct Options {
    /// The page, in Markdown
    page: PathBuf,
    /// The API description; without one, that of the VeriOps API
    #[arg(long, value_name = "FILE")]
    api: Option<PathBuf>,
}

/// Prints each difference on a line, `PAGE:LINE: what`, and succeeds if there is none.
///
/// # Errors
///
/// Fails if a file cannot be read or the description is broken, and names the path at fault.
pub(super) fn check_docs(options: &Options) -> anyhow::Result<ExitCode> {
    let api = described(options.api.as_deref())?;
    let page = read(&options.page)?;
    let check = reference::check(&api, &page);
    let name = options.page.display();
    let mut output = io::stdout().lock();
    for difference in &check.differences {
        writeln!(
            output,
            "{name}:{}{difference}",
            if difference.line.is_some() { "" } else { " " }
        )?;
    }
    if check.differences.is_empty() {
        writeln!(output, "{name} agrees with the description in all {} rows", check.rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(output, "{}; change the page or the description", count(&check))?;
    Ok(ExitCode::FAILURE)
}

fn count(check: &reference::Check) -> String {
    match check.differences.len() {
        1 => "1 difference".to_owned(),
        many => format!("{many} differences"),
    }
}
