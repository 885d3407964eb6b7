//! JSON as text, against `serde_json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use veriops_playground::protocol::json;

/// Reads the input as a text near JSON: scans it, lays it out, takes it apart, edits it.
pub fn check(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let tokens: String = json::tokens(text).map(|token| token.text).collect();
    assert_eq!(tokens, text, "tokens put together are the text");
    strings_decode(text);
    let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
    match json::check(text) {
        Ok(()) => {
            assert!(is_json, "only the check calls it JSON");
            layout_only_changes_white_space(text);
            contents_agree(text);
            edit(text, "new");
            for member in json::members(text).take(MEMBERS_EDITED) {
                if let Some(name) = json::decode(member.key) {
                    edit(text, &name);
                }
            }
        }
        Err(error) => {
            assert!(!is_json, "only the check has a fault to find: {error}");
            assert!(text.is_char_boundary(error.offset));
            assert!(error.line > 0 && error.column > 0);
            let kept = json::pretty(text, text.len() / 2).text;
            assert!(text.starts_with(&kept), "what is not JSON keeps its layout");
            assert_eq!(json::set(text, &["a"], "1"), None);
            assert_eq!(json::remove(text, &["a"]), None);
            // What is there can still be read, and no more than that.
            let _ = (json::items(text), json::locate(text, &["a", "b"]));
            assert!(json::members(text).all(|member| text.contains(member.json())));
        }
    }
}

fn strings_decode(text: &str) {
    let of_token = json::tokens(text).map(|token| token.text).filter(|it| it.starts_with('"'));
    for string in of_token.chain([text]) {
        if let (Some(ours), Ok(theirs)) = (json::decode(string), serde_json::from_str(string)) {
            let theirs: String = theirs;
            assert_eq!(ours, theirs, "{string}");
        }
        // Half a surrogate pair is the only thing that JSON allows and Rust's strings do not.
        if json::check(string).is_ok() && string.starts_with('"') {
            let decodes = serde_json::from_str::<String>(string).is_ok();
            assert_eq!(json::decode(string.trim_end()).is_some(), decodes, "{string}");
        }
    }
}

fn layout_only_changes_white_space(text: &str) {
    let compact = json::compact(text).expect("the text is JSON");
    let pretty = json::pretty(text, LAYOUT_LIMIT);
    if !pretty.is_cut {
        assert_eq!(json::compact(&pretty.text), Ok(compact));
        assert_eq!(json::pretty(&pretty.text, LAYOUT_LIMIT), pretty);
    }
    let cut = json::pretty(text, text.len() / 2);
    assert!(cut.text.len() <= text.len() / 2);
    assert!(pretty.text.starts_with(&cut.text));
}

fn contents_agree(text: &str) {
    if let Ok(fields) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        let names: BTreeSet<_> =
            json::members(text).filter_map(|member| json::decode(member.key)).collect();
        assert!(names.iter().eq(fields.keys()));
        for (name, value) in fields.iter().take(MEMBERS_EDITED) {
            let member = json::members(text).named(name).expect("its name was found");
            assert_eq!(member.json(), value.get(), "of equal names the last one counts");
        }
    }
    if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let items: Vec<_> = items.into_iter().map(RawValue::get).collect();
        assert_eq!(json::items(text), items);
    }
}

/// Sets and removes a member, and a member of that: the others stay as they were.
fn edit(text: &str, name: &str) {
    let others = |text: &str| -> Vec<String> {
        json::members(text)
            .filter(|member| json::decode(member.key).is_none_or(|key| key != name))
            .map(|member| [member.key, ":", member.json()].concat())
            .collect()
    };
    let before = others(text);
    let removed = json::remove(text, &[name]).expect("the text is JSON");
    assert_eq!(json::check(&removed), Ok(()));
    assert_eq!(json::locate(&removed, &[name]), None);
    assert_eq!(others(&removed), before);
    for path in [&[name][..], &[name, "below"]] {
        if let Some(set) = json::set(text, path, VALUE) {
            assert_eq!(json::check(&set), Ok(()));
            let at = json::locate(&set, path).expect("it was set");
            assert_eq!(&set[at], VALUE);
            assert_eq!(others(&set), before);
        } else {
            let has_object = json::locate(text, &path[..path.len() - 1])
                .is_none_or(|at| text[at].starts_with('{'));
            assert!(!text.trim_start().starts_with('{') || !has_object, "{path:?}");
        }
    }
}

/// Enough for every kind of place, few enough for a long text.
const MEMBERS_EDITED: usize = 8;

/// Deep brackets grow with the square of their depth.
const LAYOUT_LIMIT: usize = 50_000;

const VALUE: &str = r#"[{"set":0}]"#;
