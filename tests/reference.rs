//! The command `experiments` and the reference page, as a maintainer of documentation has them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

use veriops_playground::api::{Api, Direction, VERIOPS};
use veriops_playground::experiment::experiments;

#[test]
fn every_experiment_is_listed_on_a_line_with_its_title_and_its_claim() {
    let output = run(&[]);
    let api = Api::veriops();
    let experiments = experiments(&api);
    assert_eq!(output.lines().count(), experiments.len());
    for (line, experiment) in output.lines().zip(&experiments) {
        let (id, rest) = line.split_once("  ").unwrap();
        assert_eq!(id, experiment.id);
        let (title, claim) = rest.trim_start().split_at(experiment.title.len());
        assert_eq!((title, claim.trim_start()), (&*experiment.title, &*experiment.claim));
    }
}

#[test]
fn the_columns_of_the_list_are_aligned() {
    let output = run(&[]);
    let experiments = experiments(&Api::veriops());
    // In characters: the dot in a title is more than a byte.
    let claims = output
        .lines()
        .zip(&experiments)
        .map(|(line, experiment)| line.strip_suffix(&*experiment.claim).unwrap().chars().count());
    let titles = output.lines().map(|line| {
        let id = line.find("  ").unwrap();
        line.len() - line[id..].trim_start().len()
    });
    for starts in [claims.collect::<Vec<_>>(), titles.collect()] {
        assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}\n{output}");
    }
}

#[test]
fn the_tables_in_markdown_say_what_the_description_says() {
    let tables = parse(&run(&["--markdown"]));
    let api = Api::veriops();
    let direction = |direction: Direction| direction.words().to_owned();
    let settings = api.settings.iter().map(|it| vec![it.name.clone(), it.value.clone()]);
    let messages = api
        .messages
        .iter()
        .map(|it| vec![code(it.kind.name()), direction(it.direction), it.description.clone()]);
    let channels = api.channels.iter().map(|it| {
        let filters = it.filters.iter().map(|filter| format!("`{}` (optional)", filter.name));
        let filters = filters.reduce(|all, next| format!("{all}, {next}"));
        let filters = filters.unwrap_or_else(|| "--".to_owned());
        vec![code(&it.name), direction(it.direction), filters, it.description.clone()]
    });
    let closes = api
        .closes
        .iter()
        .map(|it| vec![it.code.to_string(), it.meaning.clone(), it.action.clone()]);
    let issues = api
        .issues
        .iter()
        .map(|it| vec![it.symptom.clone(), it.cause.clone(), it.resolution.clone()]);
    let expected: [Expected; 5] = [
        ("Connection details", &["Setting", "Value"], settings.collect()),
        ("Message types", &["Type", "Direction", "Description"], messages.collect()),
        (
            "Channel catalog",
            &["Channel", "Direction", "Filters", "Description"],
            channels.collect(),
        ),
        ("WebSocket close codes", &["Close code", "Meaning", "Client action"], closes.collect()),
        ("Common issues", &["Symptom", "Cause", "Resolution"], issues.collect()),
    ];
    assert_eq!(tables.len(), expected.len());
    let mut ids = experiments(&api).into_iter().map(|it| it.id);
    for (table, (title, columns, rows)) in tables.iter().zip(expected) {
        assert_eq!(table.title, title);
        assert_eq!(table.head, [columns, &["Try"]].concat(), "{title}");
        let linked = rows.into_iter().map(|mut row| {
            row.push(format!("[try it](#try={})", ids.next().unwrap()));
            row
        });
        assert_eq!(table.rows, linked.collect::<Vec<_>>(), "{title}");
    }
    assert_eq!(ids.next(), None);
}

#[test]
fn the_table_of_channels_is_written_in_this_way() {
    let output = run(&["--markdown"]);
    let channels = output.split("## ").find(|it| it.starts_with("Channel catalog")).unwrap();
    assert_eq!(
        channels,
        "Channel catalog

| Channel | Direction | Filters | Description | Try |
| --- | --- | --- | --- | --- |
| `project.updated` | Server to client | `project_id` (optional) | Project status change events | [try it](#try=channel-project-updated) |
| `project.created` | Server to client | -- | New project creation events | [try it](#try=channel-project-created) |
| `task.completed` | Server to client | `project_id` (optional) | Task completion notifications | [try it](#try=channel-task-completed) |
| `presence` | Bidirectional | -- | User online/offline status | [try it](#try=channel-presence) |

"
    );
}

#[test]
fn a_description_of_ones_own_is_listed_too() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("own.asyncapi.json");
    std::fs::write(&file, VERIOPS.replace("Rate limited", "Too | `fast`")).unwrap();
    let output = run(&["--markdown", "--api", file.to_str().unwrap()]);
    assert!(output.contains(r"| 4008 | Too \| \`fast\` |"), "{output}");
    std::fs::write(&file, VERIOPS.replace("\"heartbeatMs\": 30000", "\"heartbeatMs\": \"often\""))
        .unwrap();
    let error = failure(&["--api", file.to_str().unwrap()]);
    assert!(error.contains("own.asyncapi.json is no API description: "), "{error}");
    assert!(error.contains("x-timings.heartbeatMs: expected a whole number"), "{error}");
    let error = failure(&["--api", "/no/such/file"]);
    assert!(error.contains("cannot read /no/such/file"), "{error}");
}

#[test]
fn an_unknown_option_is_named() {
    let error = failure(&["--mark-down"]);
    assert!(error.contains("unexpected argument '--mark-down'"), "{error}");
}

/// A table's title, its columns and its rows.
type Expected = (&'static str, &'static [&'static str], Vec<Vec<String>>);

struct Parsed {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Reads tables as a Markdown parser would, escapes aside.
fn parse(markdown: &str) -> Vec<Parsed> {
    let cells = |line: &str| {
        let inner = line.strip_prefix("| ").unwrap().strip_suffix(" |").unwrap();
        inner.split(" | ").map(str::to_owned).collect::<Vec<_>>()
    };
    let sections = markdown.split("## ").skip(1);
    sections
        .map(|section| {
            let mut lines = section.trim_end().lines();
            let title = lines.next().unwrap().to_owned();
            assert_eq!(lines.next(), Some(""), "a table needs an empty line above it");
            let head = cells(lines.next().unwrap());
            assert_eq!(cells(lines.next().unwrap()), vec!["---"; head.len()], "{title}");
            let rows: Vec<_> = lines.map(cells).collect();
            assert!(rows.iter().all(|row| row.len() == head.len()), "{title}");
            Parsed { title, head, rows }
        })
        .collect()
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn run(options: &[&str]) -> String {
    let output = output(options);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn failure(options: &[&str]) -> String {
    let output = output(options);
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn output(options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    command.arg("experiments").args(options).output().unwrap()
}
