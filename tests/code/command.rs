//! The command `code`.

use std::path::Path;
use std::process::{Command, Output};

use veriops_playground::code::Language;

#[test]
fn without_a_language_it_lists_all_with_their_commands_and_limits() {
    let output = run(&[]);
    assert!(output.status.success(), "{output:?}");
    let list = text(&output.stdout);
    for language in Language::ALL {
        assert!(
            list.contains(&format!("\n{} ", language.name())) || list.starts_with(language.name())
        );
        for line in
            language.limits().iter().copied().chain(language.install()).chain([language.run()])
        {
            assert!(list.contains(line), "{line} is not in\n{list}");
        }
    }
}

#[test]
fn the_readme_has_the_commands_of_every_language() {
    let readme = include_str!("../../README.md");
    for language in Language::ALL {
        for command in language.install().into_iter().chain([language.run()]) {
            assert!(readme.contains(&format!("`{command}`")), "{command} is not in the README");
        }
    }
}

#[test]
fn it_prints_the_client_with_endpoint_channels_and_the_filters_of_each() {
    let output = run(&[
        "python",
        "--endpoint",
        "ws://localhost:1/x?v=1",
        "--channel",
        "project.updated",
        "--filter",
        "project_id=prj_abc123",
        "--channel",
        "presence",
        "--channel",
        "task.completed",
        "--filter",
        "project_id=a=\"b\"",
        "--channel",
        "presence",
    ]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let client = text(&output.stdout);
    let settings = r#"
ENDPOINT = "ws://localhost:1/x?v=1"
SUBSCRIPTIONS = [
    ("project.updated", {"project_id": "prj_abc123"}),
    ("presence", {}),
    ("task.completed", {"project_id": 'a="b"'}),
]
"#;
    assert!(client.contains(settings), "{client}");
}

#[test]
fn without_more_it_prints_the_client_as_it_is_checked_in() {
    for language in Language::ALL {
        assert_eq!(text(&run(&[language.name()]).stdout), language.files()[0].template);
    }
}

#[test]
fn a_key_in_the_address_stays_out_of_the_client() {
    let output = run(&["node", "--endpoint", "wss://host/x?token=s3cret&v=1"]);
    let client = text(&output.stdout);
    assert!(client.contains("ENDPOINT = \"wss://host/x?v=1\"") && !client.contains("s3cret"));
    let told = text(&output.stderr);
    assert!(told.contains("VERIOPS_API_KEY") && !told.contains("s3cret"), "{told}");
}

#[test]
fn what_cannot_be_meant_is_told_with_its_remedy() {
    for (arguments, words) in [
        (&["cobol"][..], &["cobol", "browser, node, node-ws, python, rust, websocat, wscat"][..]),
        (&["python", "--filter", "a=b"], &["no channel before it", "--channel NAME --filter a=b"]),
        (
            &["python", "--channel", "c", "--filter", "ab"],
            &["ab", "--filter project_id=prj_abc123"],
        ),
        (
            &["python", "--channel", "c", "--filter", "=b"],
            &["=b", "--filter project_id=prj_abc123"],
        ),
        (&["python", "--endpoint", "http://x"], &["--endpoint", "wss:// or ws://"]),
        (&["python", "--api", "Cargo.toml"], &["Cargo.toml", "no API description"]),
        (&["--channel", "c"], &["LANGUAGE"]),
    ] {
        let output = run(arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
        let told = text(&output.stderr);
        for word in words {
            assert!(told.contains(word), "{arguments:?} does not say {word}\n{told}");
        }
    }
}

#[test]
fn what_the_description_does_not_know_is_written_and_warned_of() {
    for (arguments, words) in [
        (&["--channel", "nope"][..], &["\"nope\"", "project.updated, project.created"][..]),
        (&["--channel", "presence", "--filter", "user=3"], &["presence", "\"user\"", "none"]),
        (&["--channel", "project.updated", "--filter", "id=3"], &["\"id\"", "project_id"]),
        (
            &["--channel", "ship/moved", "--api", "tests/experiment/other.asyncapi.json"],
            &["ship/moved", "--filter harbour=H9"],
        ),
    ] {
        let output = run(&[&["rust"], arguments].concat());
        assert!(output.status.success(), "{output:?}");
        assert!(text(&output.stdout).contains(arguments[1]), "{output:?}");
        let told = text(&output.stderr);
        for word in words {
            assert!(told.contains(word), "{arguments:?} does not say {word}\n{told}");
        }
    }
}

#[test]
fn a_folder_gets_all_files_and_nothing_in_it_is_overwritten() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("code/taken");
    let _absent = std::fs::remove_dir_all(&folder);
    let name = folder.display().to_string();
    let output = run(&["rust", "--folder", &name]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stdout), format!("cd {name}\n{}\n", Language::Rust.run()));
    for file in Language::Rust.files() {
        assert_eq!(std::fs::read_to_string(folder.join(file.name)).unwrap(), file.template);
    }
    let output = run(&["rust", "--folder", &name, "--channel", "presence"]);
    let told = text(&output.stderr);
    assert!(!output.status.success() && told.contains("main.rs is there already"), "{told}");
    assert_eq!(
        std::fs::read_to_string(folder.join("main.rs")).unwrap(),
        Language::Rust.files()[0].template
    );
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    command.arg("code").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
