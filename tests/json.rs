//! The JSON scanner: tokens, syntax errors, layout and edits of text.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::value::RawValue;
use veriops_playground::protocol::json::{self, Kind};

#[test]
fn strings_decode_as_serde_json_decodes_them() {
    for json in [
        r#""""#,
        r#""plain é""#,
        r#""\"\\/\b\f\n\r\t""#,
        r#""\u00e9\u20AC tail""#,
        r#""\ud83d\ude00!""#,
        r#""\ud800""#,
        r#""\ud800 x""#,
        r#""\ud800\u0041""#,
        r#""\udc00""#,
        r#""\x""#,
        r#""\u12""#,
        r#""\""#,
        "1",
    ] {
        let expected = serde_json::from_str::<String>(json).ok();
        assert_eq!(json::decode(json).map(Into::into), expected, "{json}");
    }
}

#[test]
fn tokens_have_kinds() {
    let kinds = |text| json::tokens(text).map(|token| token.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds(r#"{"a" : -1.5e+3}"#),
        [
            Kind::Punctuation,
            Kind::Key,
            Kind::Space,
            Kind::Punctuation,
            Kind::Space,
            Kind::Number,
            Kind::Punctuation
        ]
    );
    assert_eq!(kinds("\"a\\u00e9\""), [Kind::String]);
    assert_eq!(kinds("null"), [Kind::Literal]);
    assert_eq!(kinds("nul"), [Kind::Error]);
}

#[test]
fn a_string_that_is_being_typed_does_not_swallow_the_next_line() {
    let text = "{\"a\": \"b\n, \"c\": 1}";
    let errors: Vec<_> = json::tokens(text).filter(|token| token.kind == Kind::Error).collect();
    assert_eq!(errors.iter().map(|token| token.text).collect::<Vec<_>>(), ["\"b"]);
}

#[test]
fn a_syntax_error_names_place_and_remedy() {
    for (text, line, column, message) in [
        ("", 1, 1, "expected a value, such as text in double quotes, a number, { or ["),
        ("{", 1, 2, "expected a key in double quotes or }"),
        ("[1,\n]", 2, 1, "expected a value, such as text in double quotes, a number, { or ["),
        (
            "{\"a\":1,\n}",
            2,
            1,
            "expected a key in double quotes; if none follows, remove the comma",
        ),
        ("{\"a\" 1}", 1, 5, "expected a colon after this key"),
        ("{\"é\": 1\n\"b\": 2}", 1, 8, "expected a comma or } after this value"),
        ("[1 2]", 1, 3, "expected a comma or ] after this value"),
        ("[1}", 1, 3, "expected a comma or ] after this value"),
        ("[\"a\": 1]", 1, 5, "expected a comma or ] after this value"),
        ("{} x", 1, 4, "expected the end of the text; remove what follows the value"),
        ("{\"a\": \"é\n}", 1, 7, "this string needs a closing quote"),
        ("\"a\tb\"", 1, 3, r"a control character must be written as an escape, such as \t"),
        (r#""é\x""#, 1, 3, r#"expected one of " \ / b f n r t u after this backslash"#),
        (r#""\u12g4""#, 1, 2, r"expected four hexadecimal digits after \u"),
        ("[01]", 1, 2, "expected a number like -1, 0.5 or 2e10"),
        ("// hi", 1, 1, "JSON has no comments; remove this one"),
        ("'a'", 1, 1, "expected true, false, null or a number; text stands in double quotes"),
        ("{a: 1}", 1, 2, "expected a key in double quotes or }"),
        ("{\"a", 1, 2, "this string needs a closing quote"),
        ("{\"a\":1,\"é\n", 1, 8, "this string needs a closing quote"),
    ] {
        let error = json::check(text).unwrap_err();
        assert_eq!((error.line, error.column, error.message), (line, column, message), "{text}");
        assert_eq!(error.to_string(), format!("line {line}, column {column}: {message}"));
    }
}

#[test]
fn a_million_brackets_cost_no_stack() {
    let depth = 1_000_000;
    let closed = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(json::check(&closed), Ok(()));
    assert_eq!(json::check(&closed[1..]).unwrap_err().column, 2 * depth - 1);
    assert_eq!(json::compact(&closed).unwrap(), closed);
    let pretty = json::pretty(&closed, 10_000);
    assert!(pretty.is_cut && pretty.text.len() == 10_000);
    let deep = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(json::check(&deep), Ok(()));
    assert_eq!(json::locate(&deep, &["a"]), Some(5..deep.len() - 1));
    assert_eq!(json::set(&deep, &["a"], "2").unwrap(), r#"{"a":2}"#);
}

#[test]
fn layout_keeps_what_a_parser_would_lose() {
    let text =
        r#"{"b":1e400,"a":1e2,"a":"\ud800","c":[],"d":{},"e":["x"],"f":[1,2],"g":{"h":null}}"#;
    let laid_out = r#"{
  "b": 1e400,
  "a": 1e2,
  "a": "\ud800",
  "c": [],
  "d": {},
  "e": ["x"],
  "f": [
    1,
    2
  ],
  "g": { "h": null }
}"#;
    assert_eq!(json::pretty(text, usize::MAX).text, laid_out);
    assert_eq!(json::compact(laid_out).unwrap(), text);
}

#[test]
fn layout_ends_at_the_limit_between_two_characters() {
    for (limit, text) in [(0, ""), (2, "[\""), (4, "[\"é"), (6, "[\"é\"]")] {
        assert_eq!(json::pretty("[\"é\"]", limit).text, text);
    }
    assert_eq!(json::pretty(" not json ", 4).text, " not");
}

#[test]
fn the_last_of_equal_keys_counts() {
    let text = r#" {"a":{"b":1},"a":{"b":2, "\u0062" : 3 },"c":4} "#;
    let at = |path: &[&str]| json::locate(text, path).map(|at| &text[at]);
    assert_eq!(at(&["a", "b"]), Some("3"));
    assert_eq!(at(&["a"]), Some(r#"{"b":2, "\u0062" : 3 }"#));
    assert_eq!(at(&[]), Some(text.trim()));
    assert_eq!(at(&["a", "x"]), None);
    assert_eq!(at(&["c", "x"]), None);
}

#[test]
fn a_text_that_breaks_off_yields_what_is_there() {
    let text = r#"{"payload":{"channel":"presence","data":{"user_id":"usr_"#;
    let at = |path: &[&str]| json::locate(text, path).map(|at| &text[at]);
    assert_eq!(at(&["payload", "channel"]), Some(r#""presence""#));
    assert_eq!(at(&["payload", "data", "user_id"]), Some(r#""usr_"#));
}

#[test]
fn set_writes_in_the_layout_of_the_siblings() {
    for (text, path, edited) in [
        (r#"{"a":1}"#, &["a"][..], r#"{"a":0}"#),
        (r#"{"a":1}"#, &["b"], r#"{"a":1,"b":0}"#),
        ("{\n  \"a\": 1\n}", &["b"], "{\n  \"a\": 1,\n  \"b\": 0\n}"),
        ("{ \"a\" : 1 }", &["b"], "{ \"a\" : 1, \"b\" : 0 }"),
        ("{ }", &["b"], r#"{"b":0}"#),
        (r#"{"a":1}"#, &["b", "c"], r#"{"a":1,"b":{"c":0}}"#),
        (r#"{"a":1,"a":2}"#, &["a"], r#"{"a":1,"a":0}"#),
        (" 1 ", &[], " 0 "),
    ] {
        assert_eq!(json::set(text, path, "0").as_deref(), Some(edited), "{text}");
    }
    for (text, path) in [("{", &["a"][..]), ("[]", &["a"]), (r#"{"a":1}"#, &["a", "b"])] {
        assert_eq!(json::set(text, path, "0"), None, "{text}");
    }
}

#[test]
fn remove_takes_the_comma_along() {
    for (text, edited) in [
        (r#"{"a":1}"#, "{}"),
        ("{\n  \"a\": 1\n}", "{}"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"b\": 2\n}"),
        ("{\n  \"b\": 2,\n  \"a\": 1\n}", "{\n  \"b\": 2\n}"),
        (r#"{"b":2, "a":1, "c":3}"#, r#"{"b":2, "c":3}"#),
        (r#"{"a":1,"b":2,"a":3,"a":4}"#, r#"{"b":2}"#),
        (r#"{"b":{"a":1}}"#, r#"{"b":{"a":1}}"#),
        ("[]", "[]"),
    ] {
        assert_eq!(json::remove(text, &["a"]).as_deref(), Some(edited), "{text}");
    }
}

/// Texts near JSON: pieces of it in any order.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\n",
        "\"a\"",
        "\"b\"",
        "\"",
        "\\",
        "\\\"",
        "\\u00e9",
        "\\ud8",
        "\t",
        "0",
        "-",
        "1.5",
        "1e400",
        ".",
        "e",
        "+",
        "01",
        "true",
        "null",
        "nul",
        "é",
        "'",
        "//",
        "\u{feff}",
        "{\"a\":1}",
        "[1,2]",
        "{\"a\":{\"b\":\"c\"}}",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// JSON in any layout.
fn any_json() -> impl Strategy<Value = String> {
    let space = || prop::sample::select(vec!["", "", " ", "\n  ", "\r\n\t"]);
    let scalar = prop::sample::select(vec![
        "1e400",
        "-0",
        "1.50",
        "true",
        "null",
        "\"\"",
        "\"é\\ud800\"",
        "\"\\\"\"",
        "\"{\"",
    ])
    .prop_map(str::to_owned);
    let json = scalar.prop_recursive(4, 24, 4, move |inner| {
        let item = (space(), inner.clone(), space());
        let key = prop::sample::select(vec!["\"a\"", "\"b\"", "\"\\u0061\"", "\"c d\""]);
        let member = (space(), key, space(), space(), inner, space());
        let array = prop::collection::vec(item, 0..4).prop_map(|items| {
            let items: Vec<_> = items
                .into_iter()
                .map(|(left, json, right)| format!("{left}{json}{right}"))
                .collect();
            format!("[{}]", items.join(","))
        });
        let object = prop::collection::vec(member, 0..4).prop_map(|members| {
            let members: Vec<_> = members
                .into_iter()
                .map(|(a, key, b, c, json, d)| format!("{a}{key}{b}:{c}{json}{d}"))
                .collect();
            format!("{{{}}}", members.join(","))
        });
        prop_oneof![array, object]
    });
    (space(), json, space()).prop_map(|(left, json, right)| format!("{left}{json}{right}"))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_put_together_are_the_text(text in prop_oneof![nearly_json(), ".{0,40}"]) {
        let mut end = 0;
        for token in json::tokens(&text) {
            prop_assert_eq!(token.start, end);
            prop_assert!(!token.text.is_empty());
            end = token.end();
            prop_assert_eq!(token.text, &text[token.start..end]);
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn the_check_agrees_with_serde_json(text in prop_oneof![nearly_json(), any_json(), ".{0,20}"]) {
        prop_assert_eq!(json::check(&text).is_ok(), is_json(&text));
    }

    #[test]
    fn layout_only_changes_white_space(text in any_json()) {
        let pretty = json::pretty(&text, usize::MAX);
        prop_assert!(!pretty.is_cut);
        prop_assert_eq!(json::compact(&pretty.text), json::compact(&text));
        prop_assert_eq!(&json::pretty(&pretty.text, usize::MAX).text, &pretty.text);
    }

    #[test]
    fn an_edit_leaves_every_other_member_alone(
        text in any_json(),
        name in prop::sample::select(vec!["a", "b", "new"]),
    ) {
        let others = |text: &str| {
            let all = json::members(text);
            all.filter(|member| json::decode(member.key).as_deref() != Some(name))
                .map(|member| format!("{}:{}", member.key, member.json()))
                .collect::<Vec<_>>()
        };
        let removed = json::remove(&text, &[name]).unwrap();
        prop_assert!(is_json(&removed));
        prop_assert_eq!(json::locate(&removed, &[name]), None);
        prop_assert_eq!(others(&removed), others(&text));
        if let Some(set) = json::set(&text, &[name], "[0]") {
            prop_assert!(is_json(&set));
            let at = json::locate(&set, &[name]).unwrap();
            prop_assert_eq!(&set[at], "[0]");
            prop_assert_eq!(others(&set), others(&text));
        } else {
            let is_object = text.trim_start().starts_with('{');
            prop_assert!(!is_object);
        }
    }

    #[test]
    fn nothing_panics_on_any_text(text in nearly_json(), name in "[ab]", limit in 0..40_usize) {
        let text = json::clip(&text, limit);
        let _ = json::locate(text, &[&name, "b"]);
        let _ = json::set(text, &[&name, "b"], "1");
        let _ = json::remove(text, &[&name]);
        prop_assert!(json::pretty(text, limit / 2).text.len() <= limit / 2);
    }
}

#[test]
fn a_layout_of_exactly_the_limit_is_whole() {
    let text = r#"{"a":[1,{"b":2}]}"#;
    let whole = json::pretty(text, 1_000);
    let exact = json::pretty(text, whole.text.len());
    assert!(!whole.is_cut && !exact.is_cut);
    assert_eq!(exact.text, whole.text);
    assert!(json::pretty(text, whole.text.len() - 1).is_cut);
}

#[test]
fn what_is_not_json_is_cut_only_beyond_the_limit() {
    let is_cut = |limit| json::pretty("not json", limit).is_cut;
    assert_eq!([0, 7, 8, 9].map(is_cut), [true, true, false, false]);
}

#[test]
fn half_a_number_is_none() {
    for number in ["0", "-0", "10", "0.5", "-1.25", "1e9", "1E+9", "0.5e-12"] {
        assert!(json::check(number).is_ok() && is_json(number), "{number}");
    }
    for half in ["-", "1.", "-.5", ".5", "1.e9", "1e", "1e+", "1E-", "1e++9", "01", "1.5.2"] {
        assert!(json::check(half).is_err() && !is_json(half), "{half}");
    }
}
