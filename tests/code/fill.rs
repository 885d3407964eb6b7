//! What stands in the block of settings.

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::{Millis, Topic};

#[test]
fn every_language_is_found_by_its_name() {
    for language in Language::ALL {
        assert_eq!(Language::named(language.name()), Some(language));
    }
    assert_eq!(Language::named("cobol"), None);
}

#[test]
fn a_client_that_is_checked_in_equals_its_own_filling_at_the_defaults() {
    let api = Api::veriops();
    for language in Language::ALL {
        for file in language.files() {
            let filled = fill(file, language, &setup(&api, "", &[]));
            assert!(filled == file.template, "{} should be\n{filled}", file.name);
        }
    }
}

#[test]
fn everything_outside_the_block_stays_as_it_is() {
    let api = other();
    let topics = [Topic::channel("End of settings."), Topic::channel("Settings:\n'\"")];
    for language in Language::ALL {
        for file in language.files() {
            let filled = fill(file, language, &setup(&api, "ws://localhost/Settings:", &topics));
            let (before, rest) = filled.split_once("Settings:").unwrap_or((&filled, ""));
            let (expected_before, expected_rest) =
                file.template.split_once("Settings:").unwrap_or((file.template, ""));
            assert_eq!(before, expected_before, "{}", file.name);
            let after = rest.rsplit("End of settings.\n").next();
            assert_eq!(after, expected_rest.rsplit("End of settings.\n").next(), "{}", file.name);
        }
    }
}

#[test]
fn a_client_that_was_filled_before_is_filled_again_from_its_template() {
    let api = Api::veriops();
    let file = &Language::Python.files()[0];
    assert_eq!(file.template.matches("Settings:").count(), 1);
    let two = [Topic::channel("a"), Topic::channel("b")];
    assert_ne!(fill(file, Language::Python, &setup(&api, "", &two)), file.template);
}

#[test]
fn subscriptions_are_written_as_each_language_writes_a_list() {
    let api = Api::veriops();
    let one = [Topic::channel("presence")];
    let filtered = r#"{"project_id":"prj_abc123"}"#;
    let two = [Topic::with_filters_json("task.completed", filtered), Topic::channel("presence")];
    for (language, topics, expected) in [
        (Language::Node, &one[..], "const SUBSCRIPTIONS = [{ channel: \"presence\" }];\n"),
        (
            Language::NodeWs,
            &two,
            "const SUBSCRIPTIONS = [
  { channel: \"task.completed\", filters: { project_id: \"prj_abc123\" } },
  { channel: \"presence\" },
];
",
        ),
        (
            Language::Browser,
            &two,
            "      const SUBSCRIPTIONS = [
        { channel: \"task.completed\", filters: { project_id: \"prj_abc123\" } },
        { channel: \"presence\" },
      ];
",
        ),
        (Language::Python, &one, "SUBSCRIPTIONS = [\n    (\"presence\", {}),\n]\n"),
        (
            Language::Python,
            &two,
            "SUBSCRIPTIONS = [
    (\"task.completed\", {\"project_id\": \"prj_abc123\"}),
    (\"presence\", {}),
]
",
        ),
        (
            Language::Rust,
            &one,
            "const SUBSCRIPTIONS: &[(&str, &str)] = &[(\"presence\", \"\")];\n",
        ),
        (
            Language::Rust,
            &two,
            "const SUBSCRIPTIONS: &[(&str, &str)] = &[
    (\"task.completed\", r#\"{\"project_id\":\"prj_abc123\"}\"#),
    (\"presence\", \"\"),
];
",
        ),
        (
            Language::Websocat,
            &two,
            "SUBSCRIPTIONS='{\"channel\":\"task.completed\",\"filters\":{\"project_id\":\"prj_abc123\"}}
{\"channel\":\"presence\"}'
",
        ),
        (Language::Wscat, &one, "SUBSCRIPTIONS='{\"channel\":\"presence\"}'\n"),
    ] {
        let block = block(language, &setup(&api, "", topics));
        assert!(block.contains(expected), "{} has no\n{expected}\n{block}", language.name());
    }
}

#[test]
fn without_subscriptions_a_client_has_the_first_channel_with_an_example() {
    let api = other();
    for language in Language::ALL {
        let block = block(language, &setup(&api, "", &[]));
        assert!(block.contains("tide"), "the first channel that sends, not logbook: {block}");
    }
    let mut api = other();
    api.channels.retain(|channel| channel.name == "ship/moved");
    let lines = block(Language::Python, &setup(&api, "", &[]));
    assert!(
        lines.contains("(\"ship/moved\", {\"harbour\": \"H9\"})"),
        "what it must have: {lines}"
    );
    api.channels.clear();
    let lines = block(Language::Python, &setup(&api, "", &[]));
    assert!(lines.contains("SUBSCRIPTIONS = []\n"), "{lines}");
}

#[test]
fn numbers_and_words_are_those_of_the_description() {
    let mut api = other();
    api.closes.retain(|close| [1000, 1001, 3000, 4101, 4105].contains(&close.code.0));
    let patience = Patience { silence: Millis(1_500), ..Patience::of(&api) };
    let topics = [Topic::channel("a")];
    let setup = Setup { patience, ..setup(&api, "ws://localhost:1/x?v=1", &topics) };
    let python = r#"
ENDPOINT = "ws://localhost:1/x?v=1"
SUBSCRIPTIONS = [
    ("a", {}),
]
KEY_PARAMETER = "pass"  # "" where the API takes no key
ACK_SECONDS = 10
SILENCE_SECONDS = 1.5
STABLE_SECONDS = 10
BACKOFF_SECONDS = [3, 5, 7.5]
RETRY_CODES = [1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 4101]
WAIT_SECONDS = {1001: 20}
ADVICE = {
    1000: "Fare well. Come back when you like.",
    1001: "Harbour closed. Wait for the morning.",
    3000: "No pass. Show another pass.",
    4101: "Too heavy. Load less.",
    4105: "A berth is free. Try again below the limit.",
}
"#;
    assert_eq!(block(Language::Python, &setup), &python[1..]);
    let javascript = r#"
const ENDPOINT = "ws://localhost:1/x?v=1";
const SUBSCRIPTIONS = [{ channel: "a" }];
const KEY_PARAMETER = "pass"; // "" where the API takes no key
const ACK_MS = 10_000;
const SILENCE_MS = 1_500;
const STABLE_MS = 10_000;
const BACKOFF_MS = [3_000, 5_000, 7_500];
const RETRY_CODES = [1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 4101];
const WAIT_MS = { 1001: 20_000 };
const ADVICE = {
  1000: "Fare well. Come back when you like.",
  1001: "Harbour closed. Wait for the morning.",
  3000: "No pass. Show another pass.",
  4101: "Too heavy. Load less.",
  4105: "A berth is free. Try again below the limit.",
};
"#;
    assert_eq!(block(Language::Node, &setup), &javascript[1..]);
    assert_eq!(block(Language::NodeWs, &setup), &javascript[1..]);
    let indented = |line: &str| format!("      {line}\n");
    let in_page: String = javascript[1..].lines().map(indented).collect();
    assert_eq!(block(Language::Browser, &setup), in_page);
    let rust = r#"
const ENDPOINT: &str = "ws://localhost:1/x?v=1";
const SUBSCRIPTIONS: &[(&str, &str)] = &[("a", "")];
const KEY_PARAMETER: &str = "pass"; // "" where the API takes no key
const ACK_MS: u64 = 10_000;
const SILENCE_MS: u64 = 1_500;
const STABLE_MS: u64 = 10_000;
const BACKOFF_MS: &[u64] = &[3_000, 5_000, 7_500];
const RETRY_CODES: &[u16] = &[1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 4101];
const WAIT_MS: &[(u16, u64)] = &[(1001, 20_000)];
const ADVICE: &[(u16, &str)] = &[
    (1000, "Fare well. Come back when you like."),
    (1001, "Harbour closed. Wait for the morning."),
    (3000, "No pass. Show another pass."),
    (4101, "Too heavy. Load less."),
    (4105, "A berth is free. Try again below the limit."),
];
"#;
    assert_eq!(block(Language::Rust, &setup), &rust[1..]);
    let wscat = r#"
ENDPOINT='ws://localhost:1/x?v=1'
SUBSCRIPTIONS='{"channel":"a"}'
KEY_PARAMETER='pass' # '' where the API takes no key
"#;
    assert_eq!(block(Language::Wscat, &setup), &wscat[1..]);
    let waits = "ACK_SECONDS=10
SILENCE_SECONDS=1.5
STABLE_SECONDS=10
BACKOFF_SECONDS='3 5 7.5'
RETRY_CODES='1004 1005 1006 1011 1012 1013 1014 1015 4101'
WAIT_SECONDS='1001 20'
ADVICE='1000 Fare well. Come back when you like.
1001 Harbour closed. Wait for the morning.
3000 No pass. Show another pass.
4101 Too heavy. Load less.
4105 A berth is free. Try again below the limit.'
";
    assert_eq!(block(Language::Websocat, &setup), format!("{}{waits}", &wscat[1..]));
}

#[test]
fn an_api_that_takes_no_key_leaves_its_parameter_empty() {
    let mut api = Api::clone(&Api::veriops());
    api.key_parameter = None;
    for (language, line) in [
        (Language::Browser, "KEY_PARAMETER = \"\";"),
        (Language::Python, "KEY_PARAMETER = \"\"  #"),
        (Language::Rust, "KEY_PARAMETER: &str = \"\";"),
        (Language::Websocat, "KEY_PARAMETER='' #"),
    ] {
        let block = block(language, &setup(&api, "", &[]));
        assert!(block.contains(line), "{block}");
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let hostile = "\"'\\\n\r\t\0${}`</script><!--\u{202e}\u{2028}\u{e0001}\u{1f600}";
    for (language, literal) in [
        (
            Language::Browser,
            r#""\"'\\\n\r\t\u0000${}`\u003c/script>\u003c!--\u202e\u2028\u{e0001}😀""#,
        ),
        (Language::Node, r#""\"'\\\n\r\t\u0000${}`</script><!--\u202e\u2028\u{e0001}😀""#),
        (Language::Python, r#""\"'\\\n\r\t\u0000${}`</script><!--\u202e\u2028\U000e0001😀""#),
        (Language::Rust, r#""\"'\\\n\r\t\u{0}${}`</script><!--\u{202e}\u{2028}\u{e0001}😀""#),
        (Language::Wscat, r#""\"'\''\\\n\r\t\u0000${}`</script><!--\u202e\u2028\udb40\udc01😀""#),
    ] {
        let block = block(language, &setup(&Api::veriops(), "", &[Topic::channel(hostile)]));
        assert!(block.contains(literal), "{} has no\n{literal}\n{block}", language.name());
    }
}

#[test]
fn a_literal_has_the_quotes_that_need_fewer_escapes() {
    for (text, quoted, rust) in [
        ("a", "\"a\"", "\"a\""),
        ("a'", "\"a'\"", "\"a'\""),
        ("\"a\"", "'\"a\"'", "r#\"\"a\"\"#"),
        ("\"#'", "\"\\\"#'\"", "r##\"\"#'\"##"),
        ("\\d", "\"\\\\d\"", "r\"\\d\""),
    ] {
        let api = Api::veriops();
        let topics = [Topic::channel(text)];
        let setup = setup(&api, "", &topics);
        assert!(block(Language::Node, &setup).contains(&format!("channel: {quoted} }}")), "{text}");
        assert!(block(Language::Python, &setup).contains(&format!("({quoted}, {{}})")), "{text}");
        assert!(block(Language::Rust, &setup).contains(&format!("({rust}, \"\")")), "{text}");
    }
}

#[test]
fn values_of_json_become_the_values_that_send_them() {
    for (json, javascript, python) in [
        ("true", "true", "True"),
        ("false", "false", "False"),
        ("null", "null", "None"),
        ("0", "0", "0"),
        ("-0", "JSON.rawJSON(\"-0\")", "-0.0"),
        ("-12.50", "-12.5", "-12.5"),
        ("1E+2", "100", "100"),
        ("0.000001", "0.000001", "0.000001"),
        ("1e-7", "1e-7", "1e-7"),
        ("12e-8", "1.2e-7", "1.2e-7"),
        ("1e21", "1e21", "1e21"),
        ("9007199254740993", "JSON.rawJSON(\"9007199254740993\")", "9007199254740993"),
        ("-1e22", "-1e22", "-1e22"),
        ("1e308", "JSON.rawJSON(\"1e308\")", &format!("1{}", "0".repeat(308))),
        ("1e309", "JSON.rawJSON(\"1e309\")", &format!("1{}", "0".repeat(309))),
        (
            "0.12345678901234567890",
            "JSON.rawJSON(\"0.12345678901234567890\")",
            "0.1234567890123456789",
        ),
        ("1e5000", "JSON.rawJSON(\"1e5000\")", "1.7976931348623157e308"),
        ("-1.5e5000", "JSON.rawJSON(\"-1.5e5000\")", "-1.7976931348623157e308"),
        ("0.30000000000000004", "JSON.rawJSON(\"0.30000000000000004\")", "0.30000000000000004"),
        ("9007199254740992", "9007199254740992", "9007199254740992"),
        ("1.5e-400", "JSON.rawJSON(\"1.5e-400\")", "1.5e-400"),
        (r#""\ud800\u0061""#, r#""\ud800a""#, r#""\ud800a""#),
        (r#""\ud83d\ude00\ude00""#, r#""😀\ude00""#, r#""😀\ude00""#),
        (r#""\b\f\/\"\\""#, r#"'\u0008\u000c/"\\'"#, r#"'\u0008\u000c/"\\'"#),
        ("[]", "[]", "[]"),
        ("{}", "{}", "{}"),
        ("[1,[true]]", "[1, [true]]", "[1, [True]]"),
        (
            r#"{"a":1,"b-c":2,"a":3,"__proto__":4,"10":5,"1e3":6,"01":7}"#,
            r#"{ a: 3, "b-c": 2, ["__proto__"]: 4, 10: 5, "1e3": 6, "01": 7 }"#,
            r#"{"a": 3, "b-c": 2, "__proto__": 4, "10": 5, "1e3": 6, "01": 7}"#,
        ),
        (
            "[[[[[[[[[[[[[[[[[\"'\"]]]]]]]]]]]]]]]]]",
            "[[[[[[[[[[[[[[[[JSON.parse('[\"\\'\"]')]]]]]]]]]]]]]]]]",
            "[[[[[[[[[[[[[[[[json.loads('[\"\\'\"]')]]]]]]]]]]]]]]]]",
        ),
        ("nonsense", "\"nonsense\"", "\"nonsense\""),
    ] {
        let api = Api::veriops();
        let topics = [Topic::new("c", &vec![("f".to_owned(), json.to_owned())])];
        let setup = setup(&api, "", &topics);
        let flat = |language| {
            let block = block(language, &setup);
            let lines: Vec<_> = block.lines().map(str::trim).collect();
            lines.join(" ").replace(", }", " }").replace(",}", "}")
        };
        let lines = flat(Language::Node);
        assert!(lines.contains(&format!("f: {javascript} }}")), "{javascript}\n{lines}");
        let lines = flat(Language::Python);
        let (line, broken) = (format!("\"f\": {python}}}"), format!("\"f\": {python} }}"));
        assert!(lines.contains(&line) || lines.contains(&broken), "{python}\n{lines}");
    }
}

#[test]
fn numbers_over_several_lines_keep_their_keys() {
    let (one, two) = ("a".repeat(45), "b".repeat(45));
    let filters = format!(r#"{{"{one}":1,"{two}":2}}"#);
    let api = Api::veriops();
    let topics = [Topic::with_filters_json("c", &filters)];
    let lines = block(Language::Node, &setup(&api, "", &topics));
    assert!(lines.contains(&format!("      {one}: 1,\n      {two}: 2,\n")), "{lines}");
}

#[test]
fn rust_and_the_shell_have_filters_as_json() {
    let api = Api::veriops();
    let filters = r#"{"a": 1.50, "b": "\ud800\u202e", "c": [1e400, "é"], "d": nonsense}"#;
    let filters = [
        Topic::with_filters_json("c", filters),
        Topic::new("d", &vec![("x".to_owned(), "{".to_owned())]),
    ];
    let block = |language| block(language, &setup(&api, "", &filters));
    let json = r#"{"a":1.50,"b":"\ud800\u202e","c":[1e400,"é"]"#;
    assert!(block(Language::Rust).contains(json), "{}", block(Language::Rust));
    assert!(block(Language::Websocat).contains(json), "{}", block(Language::Websocat));
    assert!(block(Language::Rust).contains(r#"{"x":"{"}"#), "{}", block(Language::Rust));
}

#[test]
fn an_address_is_written_as_a_browser_asks_for_it() {
    let api = Api::veriops();
    for (endpoint, expected) in [
        ("ws://localhost", "ws://localhost/"),
        ("ws://localhost:1/", "ws://localhost:1/"),
        ("ws://localhost?a=b", "ws://localhost/?a=b"),
        ("wss://host/é/😀?ü='a'", "wss://host/%C3%A9/%F0%9F%98%80?%C3%BC=%27a%27"),
        ("wss://host/'(a)'/%41;b=$c", "wss://host/'(a)'/%41;b=$c"),
        ("wss://host/a/./b/../c/", "wss://host/a/c/"),
        ("wss://host/a/..", "wss://host/"),
        ("wss://host/../a/%2e%2E/.%2e/.", "wss://host/"),
        ("wss://host//../a?../b", "wss://host/a?../b"),
        ("wss://host/a/.b/..c", "wss://host/a/.b/..c"),
    ] {
        let block = block(Language::Python, &setup(&api, endpoint, &[]));
        let line = format!("ENDPOINT = \"{expected}\"\n");
        assert!(block.starts_with(&line), "{expected}\n{block}");
    }
}

/// Returns the lines between those that begin and end the block.
fn block(language: Language, setup: &Setup<'_>) -> String {
    let filled = fill(&language.files()[0], language, setup);
    let lines = filled.split_inclusive('\n').skip_while(|line| !line.contains("Settings:")).skip(1);
    lines.take_while(|line| !line.contains("End of settings.")).collect()
}

fn setup<'a>(api: &'a Api, endpoint: &'a str, topics: &'a [Topic]) -> Setup<'a> {
    Setup { api, endpoint, topics, patience: Patience::of(api) }
}

fn other() -> Api {
    Api::parse(include_str!("../experiment/other.asyncapi.json")).unwrap()
}
