//! The clients, as they are checked in and as they are filled, under the formatters and linters of their languages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::{Millis, Topic};

use crate::program::package;
use crate::support::environment;

#[test]
fn prettier_and_eslint_have_nothing_to_say() {
    let folder = filled("javascript", &[Language::Browser, Language::Node, Language::NodeWs]);
    let modules = environment::node_modules();
    let node = |program: &str, configuration: &str| {
        let mut command = Command::new(environment::node());
        command.arg(modules.join(program)).arg("--config").arg(configured(configuration));
        command.env("NODE_PATH", &modules).current_dir(&folder);
        command
    };
    // The folder is one that git ignores, and so would prettier.
    let everything = ["--ignore-path", "/dev/null", "--check", "."];
    succeeds(node("prettier/bin/prettier.cjs", "prettier.json").args(everything));
    succeeds(node("eslint/bin/eslint.js", "eslint.config.cjs").args(["--max-warnings", "0", "."]));
}

#[test]
fn black_and_ruff_have_nothing_to_say() {
    let folder = filled("python", &[Language::Python]);
    let python = |module: &str| {
        let mut command = Command::new(environment::python());
        command.args(["-m", module]).current_dir(&folder);
        command
    };
    succeeds(python("black").args(["--check", "--quiet", "--diff", "--line-length", "100", "."]));
    succeeds(
        python("ruff").args(["check", "--isolated", "--no-cache", "--no-respect-gitignore"]).args(
            [
                "--line-length",
                "100",
                "--select",
                "E,F,W,I,B,UP,SIM,ANN001,ANN201,ASYNC,C4,RUF,PL",
                "--ignore",
                "PLR2004",
                ".",
            ],
        ),
    );
}

#[test]
fn rustfmt_and_clippy_have_nothing_to_say() {
    let folder = filled("rust", &[Language::Rust]);
    // As everywhere but below this project, which has ways of its own.
    fs::write(folder.join("rustfmt.toml"), "").unwrap();
    for file in files(&folder, "rs") {
        succeeds(Command::new("rustfmt").args(["--check", "--edition", "2024"]).arg(&file));
        let text = fs::read_to_string(&file).unwrap();
        package(&text, |cargo| {
            succeeds(cargo.args(["clippy", "--quiet", "--locked", "--", "-D", "warnings"]));
        });
    }
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let folder = filled("shell", &[Language::Websocat, Language::Wscat]);
    succeeds(Command::new(environment::shellcheck()).args(files(&folder, "sh")));
}

/// Writes every client of these languages into a folder: as it is checked in, and filled in several ways.
fn filled(name: &str, languages: &[Language]) -> PathBuf {
    let home = environment::scratch(&format!("check-{name}"));
    let api = Api::veriops();
    let mut bare = Api::clone(&api);
    bare.key_parameter = None;
    bare.timings.backoff = vec![Millis(250)];
    bare.closes.clear();
    let topics = [
        Topic::with_filters_json("project.updated", r#"{"project_id":"prj_abc123"}"#),
        // Not with what a shell would expand: its linter remarks that it does not, which is what is meant.
        Topic::channel("it's a \"channel\" \\ here"),
        Topic::with_filters_json(
            "task.completed",
            r#"{"project_id":"prj_\"x\"","of":{"a":[1,null]}}"#,
        ),
    ];
    for (api, what) in [(&*api, "veriops"), (&bare, "bare")] {
        for count in 0..=topics.len() {
            let patience = Patience::of(api);
            let setup = Setup { api, endpoint: "", topics: &topics[..count], patience };
            write(&home.join(format!("{what}-{count}")), languages, |file, language| {
                fill(file, language, &setup)
            });
        }
    }
    write(&home.join("as-it-is"), languages, |file, _| file.template.to_owned());
    home
}

fn write(
    folder: &Path,
    languages: &[Language],
    text: impl Fn(&veriops_playground::code::ClientFile, Language) -> String,
) {
    fs::create_dir_all(folder).unwrap();
    for language in languages {
        for file in language.files() {
            fs::write(folder.join(file.name), text(file, *language)).unwrap();
        }
    }
}

/// Returns the files with this ending in the folders of a folder.
fn files(home: &Path, ending: &str) -> Vec<PathBuf> {
    let folders = fs::read_dir(home).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    let files = folders.flat_map(|it| fs::read_dir(it).unwrap().map(|it| it.unwrap().path()));
    files.filter(|it| it.extension().is_some_and(|it| it == ending)).collect()
}

fn configured(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code").join(name)
}

/// Runs a tool, which must be content.
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&said));
}
