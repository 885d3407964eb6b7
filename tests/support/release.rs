//! Releases of the built page, made with the command that a maintainer uses.

// Each program uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::environment;

/// A release that was written.
pub struct Release {
    /// The name of its folder.
    pub name: String,
    /// What the command said.
    pub said: String,
}

impl Release {
    /// Writes a release of the page in the folder `dist`.
    pub fn write(dist: &Path, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
        command.args(["release", "--no-build", "--dist"]).arg(dist).arg("--folder").arg(folder);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        let line = said.lines().find(|line| line.contains("/  the page, ")).unwrap();
        let name = line.trim().split('/').next().unwrap().to_owned();
        Self { name, said }
    }

    /// Returns the content security policy that the command names.
    pub fn policy(&self) -> &str {
        self.said.lines().find(|line| line.contains("script-src")).unwrap().trim()
    }

    /// Returns the line that embeds the newest release, or this one.
    pub fn line(&self, is_newest: bool) -> &str {
        let mut lines = self.said.lines().filter(|line| line.contains("<script"));
        lines.find(|line| line.contains("integrity=") != is_newest).unwrap().trim()
    }
}

/// Copies the built page into a folder of this name, with another title in its description.
pub fn next_page(name: &str) -> PathBuf {
    let folder = environment::scratch(name);
    for entry in fs::read_dir(environment::dist()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.join("veriops.asyncapi.json");
    let text = fs::read_to_string(&path).unwrap();
    let next = text.replacen("VeriOps WebSocket API", "Next WebSocket API", 1);
    assert_ne!(next, text);
    fs::write(path, next).unwrap();
    folder
}
