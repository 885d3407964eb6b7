//! TABLE.md is right.

use std::fs;
use std::path::Path;

#[test]
fn the_table_names_only_tests_that_there_are() {
    let code = include_str!("TABLE.md").split('`').skip(1).step_by(2);
    let names: Vec<_> = code.filter_map(|name| name.rsplit_once("::")).collect();
    assert!(names.len() > 50, "{names:#?}");
    for (module, test) in names {
        let folder = if module.starts_with("session") { "tests" } else { "tests/e2e" };
        let path = format!("{folder}/{}.rs", module.replace("::", "/"));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        let source = fs::read_to_string(file).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(source.contains(&format!("fn {test}()")), "{path} has no {test}");
    }
}
