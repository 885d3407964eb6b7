//! The command `check-docs`, as a maintainer of documentation has it.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = include_str!("support/reference.md");

#[test]
fn a_page_that_says_what_the_description_says_passes() {
    let (has_passed, said) = check("same", PAGE);
    assert!(has_passed && said.ends_with("agrees with the description in all 32 rows\n"), "{said}");
}

#[test]
fn the_tables_that_the_playground_prints_pass() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    let output = command.args(["experiments", "--markdown"]).output().unwrap();
    let (has_passed, said) = check("printed", &String::from_utf8(output.stdout).unwrap());
    assert!(has_passed, "{said}");
}

#[test]
fn every_cell_that_is_changed_is_named_with_its_line_and_both_texts() {
    let mut changed = 0;
    let mut is_ours = true;
    let lines: Vec<_> = PAGE.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('#') {
            is_ours = !line.contains("envelope");
        }
        if !is_ours || !line.starts_with('|') || line.starts_with("|--") {
            continue;
        }
        let cells: Vec<_> = line.trim_matches('|').split('|').collect();
        for edited in 0..cells.len() {
            let mut row = cells.clone();
            row[edited] = " something else ";
            let row = format!("|{}|", row.join("|"));
            let mut page = lines.clone();
            page[at] = &row;
            let (has_passed, said) = check("edited", &page.join("\n"));
            let first = said.lines().next().unwrap();
            let was = cells[edited].replace(['`', '*'], "");
            let was = was.split("](").next().unwrap().replace('[', "");
            assert!(!has_passed && said.lines().count() == 2, "{row}: {said}");
            assert!(first.contains(&format!(".md:{}: ", at + 1)), "{row}: {said}");
            assert!(first.contains("\"something else\""), "{row}: {said}");
            assert!(first.contains(was.trim()), "{row}: {said}");
            assert!(said.ends_with("1 difference; change the page or the description\n"));
            changed += 1;
        }
    }
    assert_eq!(changed, 106);
}

#[test]
fn a_row_too_many_a_row_too_few_and_a_table_that_is_missing_are_named() {
    let without = |line: &str| PAGE.lines().filter(|it| !it.starts_with(line)).collect::<Vec<_>>();
    for (page, expected) in [
        (without("| 4008").join("\n"), "the row \"4008\" is missing; it reads 4008 | Rate limited"),
        (
            PAGE.replace("| 4008", "| 4003 | Kicked out | Ask why |\n| 4008"),
            ":61: WebSocket close codes: the description has no row \"4003\"",
        ),
        (
            PAGE.split("### Common issues").next().unwrap().to_owned(),
            "there is no table Common issues; its columns are Symptom, Cause, Resolution",
        ),
    ] {
        let (has_passed, said) = check("rows", &page);
        assert!(!has_passed && said.contains(expected), "{said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

#[test]
fn a_page_that_cannot_be_read_and_a_broken_description_are_told() {
    let missing = run(Path::new("/no/such/page.md"), &[]);
    assert!(!missing.0 && missing.1.contains("cannot read /no/such/page.md"), "{missing:?}");
    let broken = write("broken.asyncapi.json", "{}");
    let told = run(&write("fine.md", PAGE), &["--api", broken.to_str().unwrap()]);
    assert!(!told.0 && told.1.contains("broken.asyncapi.json is no API description"), "{told:?}");
}

#[test]
fn another_description_is_compared_with_its_own_numbers() {
    let other = veriops_playground::api::VERIOPS.replace("Rate limited", "Too fast");
    let other = write("fast.asyncapi.json", &other);
    let page = write("slow.md", PAGE);
    let (has_passed, said) = run(&page, &["--api", other.to_str().unwrap()]);
    let expected = "4008, Meaning: the page says \"Rate limited\", the description \"Too fast\"";
    assert!(!has_passed && said.contains(expected), "{said}");
}

/// Checks a page, and returns whether it passed and what was said.
fn check(name: &str, page: &str) -> (bool, String) {
    run(&write(&format!("{name}.md"), page), &[])
}

fn run(page: &Path, options: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    let output = command.arg("check-docs").arg(page).args(options).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn write(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-docs");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file
}
