//! The clients are as the formatters of their languages leave them, whatever they are filled with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::{Topic, json};

use crate::support::environment;

#[test]
fn prettier_leaves_the_javascript_clients_as_they_are() {
    let folder = filled("prettier", &[Language::Browser, Language::Node, Language::NodeWs]);
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/prettier.json");
    let mut command = Command::new(environment::node());
    command.arg(environment::node_modules().join("prettier/bin/prettier.cjs"));
    command.args(["--list-different", "--ignore-path", "/dev/null", "--config"]).arg(config);
    assert_unchanged(command.args(files(&folder)));
}

#[test]
fn black_and_ruff_leave_the_python_client_as_it_is() {
    let folder = filled("black", &[Language::Python]);
    for arguments in [
        &["-m", "black", "--quiet", "--diff", "--check", "--line-length", "100"][..],
        &["-m", "ruff", "format", "--isolated", "--no-cache", "--diff", "--line-length", "100"],
    ] {
        let mut command = Command::new(environment::python());
        assert_unchanged(command.args(arguments).args(files(&folder)));
    }
}

#[test]
fn rustfmt_leaves_the_rust_client_as_it_is() {
    let folder = filled("rustfmt", &[Language::Rust]);
    let files = files(&folder);
    // Without a configuration of its own the folder would have that of this package.
    fs::write(folder.join("rustfmt.toml"), "").unwrap();
    assert_unchanged(Command::new("rustfmt").args(["--check", "--edition", "2024"]).args(files));
}

/// Returns the files themselves: tools leave out what git ignores in a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn assert_unchanged(command: &mut Command) {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} would change\n{told}");
}

/// Returns a folder of clients: with none, one and two subscriptions, and with some made up to be longer
/// and shorter than a line.
fn filled(name: &str, languages: &[Language]) -> PathBuf {
    let folder = environment::scratch(&format!("layout-{name}"));
    let api = Api::veriops();
    let other = Api::parse(include_str!("../experiment/other.asyncapi.json")).unwrap();
    let one = vec![Topic::with_filters_json("project.updated", r#"{"project_id":"prj_abc123"}"#)];
    let two = [one.clone(), vec![Topic::channel("task.completed")]].concat();
    let twice = [one.clone(), vec![Topic::with_filters_json("x", r#"{"1":[1,2],"a-b":{"c":[]}}"#)]];
    let mut sets = vec![Vec::new(), one, two, twice.concat()];
    let mut runner = TestRunner::default();
    let strategy = prop::collection::vec(topics(), 1..4);
    sets.extend((0..60).map(|_| strategy.new_tree(&mut runner).unwrap().current()));
    for (number, topics) in sets.iter().enumerate() {
        let endpoint = format!("wss://api.veriops.example/{}", "a".repeat(number * 2));
        let endpoint = if number < 4 { "" } else { &endpoint };
        let api = if number % 2 == 0 { &*api } else { &other };
        let setup = Setup { api, endpoint, topics, patience: Patience::of(api) };
        for language in languages {
            let file = &language.files()[0];
            let text = fill(file, *language, &setup);
            fs::write(folder.join(format!("{number}-{}", file.name)), text).unwrap();
        }
    }
    folder
}

/// Returns topics in ASCII: formatters disagree about the width of other characters.
fn topics() -> impl Strategy<Value = Topic> {
    let text = || prop_oneof!["[a-z]{0,30}", "[ -~]{0,60}", "[a-z\"]{0,40}", "[a-z']{0,40}"];
    let scalar = prop_oneof![
        text().prop_map(|it| json::quote(&it)),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,4})?",
        prop::sample::select(vec!["true", "null"]).prop_map(str::to_owned),
    ];
    let name = move || {
        prop_oneof![
            "[a-z_]{1,12}",
            "[0-9]{1,4}",
            "[0-9]\\.[0-9]",
            text(),
            Just("__proto__".to_owned())
        ]
    };
    let value = scalar.prop_recursive(3, 12, 4, move |inner| {
        let items = prop::collection::vec(inner.clone(), 0..6);
        let members = prop::collection::vec((name(), inner), 0..4);
        prop_oneof![
            items.prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                let members =
                    members.iter().map(|(key, value)| format!("{}:{value}", json::quote(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    });
    let filters = prop::collection::vec((name(), value), 0..4);
    (text(), filters).prop_map(|(channel, filters)| Topic::new(channel, &filters))
}
