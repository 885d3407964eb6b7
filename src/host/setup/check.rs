//! What the quick checks need: the components rustfmt and clippy of the Rust installation.

use std::process::Command;

use anyhow::Context as _;

use super::super::{process, root};
use super::locked;

/// Finds or installs the components.
///
/// # Errors
///
/// Says what is missing and how to install it by hand.
pub(in crate::host) fn check_tools() -> anyhow::Result<()> {
    let _lock = locked()?;
    for (command, component) in COMPONENTS {
        if process::output("cargo", &[command, "--version"]).is_none() {
            process::announce(&format!("adding the Rust component {component}"));
            let mut rustup = Command::new("rustup");
            process::run(rustup.args(["component", "add", component]).current_dir(root()))
                .with_context(|| {
                    format!(
                        "cargo {command} is missing; install Rust with rustup, or your system's \
                         package of {component}"
                    )
                })?;
        }
    }
    Ok(())
}

/// The commands of cargo, and the components that bring them.
const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];
