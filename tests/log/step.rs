//! Steps: where the keys lead in the list.

use veriops_playground::log::Step;

const LEN: usize = 10;
const PAGE: usize = 4;

#[test]
fn each_key_leads_to_its_entry_and_stays_in_the_list() {
    for (key, from, to) in [
        ("ArrowDown", 3, 4),
        ("ArrowDown", 9, 9),
        ("ArrowUp", 3, 2),
        ("ArrowUp", 0, 0),
        ("PageDown", 3, 7),
        ("PageDown", 8, 9),
        ("PageUp", 7, 3),
        ("PageUp", 2, 0),
        ("Home", 5, 0),
        ("End", 5, 9),
    ] {
        assert_eq!(target(key, Some(from), LEN), Some(to), "{key} from {from}");
    }
}

#[test]
fn a_walk_begins_at_the_last_entry_unless_the_first_is_asked_for() {
    for key in ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "End"] {
        assert_eq!(target(key, None, LEN), Some(9), "{key}");
    }
    assert_eq!(target("Home", None, LEN), Some(0));
}

#[test]
fn a_selection_beyond_the_list_comes_back_into_it() {
    for key in ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "End"] {
        assert!(target(key, Some(50), LEN).is_some_and(|to| to < LEN), "{key}");
    }
}

#[test]
fn an_empty_list_and_other_keys_lead_nowhere() {
    assert_eq!(target("End", None, 0), None);
    assert_eq!(target("Home", Some(0), 0), None);
    for key in ["Enter", "Escape", "a", ""] {
        assert_eq!(Step::of_key(key), None, "{key}");
    }
}

fn target(key: &str, from: Option<usize>, len: usize) -> Option<usize> {
    Step::of_key(key).unwrap().target(from, len, PAGE)
}
