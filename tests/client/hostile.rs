//! Whatever a channel, a filter or an address holds, the client is a program of its language and sends
//! exactly that.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::coding::percent_decode;
use veriops_playground::protocol::json::Kind;
use veriops_playground::protocol::{Endpoint, Millis, Topic, json as text};

use crate::program::Program;
use crate::support::environment;
use crate::support::taken::Subject;
use crate::support::taken::filling::Client;
use crate::support::taken::independent::Independent;
use crate::support::taken::record::What;

#[test]
fn node_sends_exactly_what_it_was_filled_with() {
    sends_exactly(Language::Node, 8);
}

#[test]
fn node_ws_sends_exactly_what_it_was_filled_with() {
    sends_exactly(Language::NodeWs, 8);
}

#[test]
fn python_sends_exactly_what_it_was_filled_with() {
    sends_exactly(Language::Python, 8);
}

/// Each case is compiled.
#[test]
fn rust_sends_exactly_what_it_was_filled_with() {
    sends_exactly(Language::Rust, 2);
}

#[test]
fn websocat_sends_exactly_what_it_was_filled_with() {
    sends_exactly(Language::Websocat, 8);
}

fn sends_exactly(language: Language, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = runner(cases);
    let strategy = (tails(), prop::collection::vec(topics(language), 40));
    let outcome = runner.run(&strategy, |(tail, topics)| {
        runtime.block_on(assert_sent(language, &tail, &topics));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// The client, filled for the independent server, asks for this path and subscribes to these topics.
async fn assert_sent(language: Language, tail: &str, topics: &[Topic]) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("hostile-{}-{}", language.name(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let key = format!("{name} +&=ä/?#%");
    let server = Independent::shared();
    server.follow(&key, &json!([{}]));
    let endpoint = endpoint(server.port, tail).to_string();
    let folder = environment::scratch(&name);
    let api = Api::veriops();
    let setup = Setup { api: &api, endpoint: &endpoint, topics, patience: PATIENT };
    for file in language.files() {
        std::fs::write(folder.join(file.name), fill(file, language, &setup)).unwrap();
    }
    let authority = server.authority.clone();
    let client = Client { language, folder, endpoint: endpoint.clone(), authority };
    let mut program = Program::start(&(), &client, Some(&key)).await;
    let deadline = Instant::now() + Duration::from_mins(1);
    while server.texts(&key).len() < topics.len() {
        let is_over = Instant::now() > deadline || program.ended().await.is_some();
        assert!(!is_over, "{endpoint}: {:#?}\n{:#?}", server.texts(&key), program.said().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (sent, topic) in server.texts(&key).iter().zip(topics) {
        let channel = text::quote(&topic.channel);
        let filters = topic.filters_json();
        let filters = filters.map_or(String::new(), |it| format!(",\"filters\":{it}"));
        let payload = comparable(&format!("{{\"channel\":{channel}{filters}}}"));
        assert_eq!(comparable(sent)["payload"], payload, "{sent}");
    }
    let opened = server.records(&key).into_iter().find_map(|it| match it.what {
        What::Opened(path) => Some(path),
        _ => None,
    });
    // How the key is encoded is the client's to choose.
    let opened = opened.unwrap();
    let (asked, sent_key) = opened.split_once("token=").unwrap();
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    let address = format!("ws://127.0.0.1:{}{asked}", server.port);
    assert_eq!(address, format!("{}{joint}", written(&endpoint)));
    assert_eq!(percent_decode(sent_key), key);
}

/// The page is parsed as browsers do, and its script is run as far as the end of its settings.
#[test]
fn the_script_of_a_page_holds_exactly_what_it_was_filled_with() {
    let strategy = (tails(), prop::collection::vec(topics(Language::Browser), 40));
    let outcome = runner(8).run(&strategy, |(tail, topics)| {
        let api = Api::veriops();
        let endpoint = endpoint(1, &tail).to_string();
        let setup = Setup { api: &api, endpoint: &endpoint, topics: &topics, patience: PATIENT };
        let page = fill(&Language::Browser.files()[0], Language::Browser, &setup);
        let folder = environment::scratch("hostile-page");
        std::fs::write(folder.join("page.html"), page).unwrap();
        let script = output(Command::new(environment::python()).args(["-c", SCRIPTS, "page.html"]), &folder, "");
        std::fs::write(folder.join("script.mjs"), &script).unwrap();
        output(Command::new(environment::node()).args(["--check", "script.mjs"]), &folder, "");
        let (settings, _) = script.split_once("// End of settings.").unwrap();
        let told = "console.log(JSON.stringify(ENDPOINT));
            for (const { channel, filters } of SUBSCRIPTIONS) console.log(JSON.stringify({ channel, filters }));";
        let told = output(
            Command::new(environment::node()).args(["--input-type=module", "-"]),
            &folder,
            &format!("{settings}\n{told}"),
        );
        let mut told = told.lines();
        let address: String = serde_json::from_str(told.next().unwrap()).unwrap();
        prop_assert_eq!(address, written(&endpoint));
        for topic in &topics {
            let channel = text::quote(&topic.channel);
            let filters = topic.filters_json();
            let filters = filters.map_or(String::new(), |it| format!(",\"filters\":{it}"));
            let expected = comparable(&format!("{{\"channel\":{channel}{filters}}}"));
            prop_assert_eq!(comparable(told.next().unwrap()), expected);
        }
        prop_assert_eq!(told.next(), None);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Node leaves what is written as it is, and makes the same of what was typed, unless there are dots in
/// it: Node 22 overlooks some, as in `/&/._/..`.
#[test]
fn an_address_is_written_as_a_browser_would_ask_for_it() {
    let outcome = runner(8).run(&prop::collection::vec(tails(), 100), |tails| {
        let typed = tails.iter().map(|tail| endpoint(1, tail).to_string());
        let (mut plain, mut all) = (Vec::new(), Vec::new());
        for typed in typed {
            let written = written(&typed);
            let path = written.strip_prefix("ws://127.0.0.1:1").unwrap().to_owned();
            if !typed.to_lowercase().replace("%2e", ".").contains("/.") {
                plain.push((typed, path.clone()));
            }
            all.push((written, path));
        }
        for cases in [plain, all] {
            let (addresses, paths): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
            prop_assert_eq!(in_node(PATHS, &addresses), paths);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Returns the address as it stands in the client for the shell, where nothing of it is escaped but quotes.
fn written(endpoint: &str) -> String {
    let api = Api::veriops();
    let setup = Setup { api: &api, endpoint, topics: &[], patience: PATIENT };
    let client = fill(&Language::Wscat.files()[0], Language::Wscat, &setup);
    let line = client.lines().find_map(|line| line.strip_prefix("ENDPOINT='")).unwrap();
    line.strip_suffix('\'').unwrap().replace("'\\''", "'")
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        // What fails waits in vain for a minute; it says all that there is to know.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    })
}

/// Returns paths and queries that an endpoint may have.
fn tails() -> impl Strategy<Value = String> {
    let signs = "/!$%&'()*+,-.:;=?@[]_~aZ09é\u{1f600}\u{202e}\u{200b}";
    let signs: Vec<_> = signs.chars().map(String::from).collect();
    let parts = ["/../", "/.", "/%2e%2E/", "%27", "%zz", "/..", "//", "?&&", "${x}", "$(id)"];
    let parts = parts.map(str::to_owned);
    let part =
        prop_oneof![4 => prop::sample::select(signs), 1 => prop::sample::select(parts.to_vec())];
    let tail = prop::collection::vec(part, 0..30).prop_map(|parts| format!("/{}", parts.concat()));
    tail.prop_filter("no address", |tail| parsed(1, tail).is_some())
}

fn endpoint(port: u16, tail: &str) -> Endpoint {
    parsed(port, tail).unwrap()
}

fn parsed(port: u16, tail: &str) -> Option<Endpoint> {
    Endpoint::parse(&format!("ws://127.0.0.1:{port}{tail}"), Some("token")).ok().map(|it| it.0)
}

fn topics(language: Language) -> impl Strategy<Value = Topic> {
    let filters = prop::collection::vec((texts(), values(language)), 0..4);
    (texts(), filters).prop_map(|(channel, filters)| Topic::new(channel, &filters))
}

/// Returns texts that would end, begin or turn something where they stand in code.
fn texts() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "\"",
        "'",
        "\\",
        "\n",
        "\r",
        "\t",
        "\0",
        "`",
        "${",
        "}",
        "${process.exit()}",
        "$(exit)",
        "</script>",
        "<!--",
        "<script>",
        "-->",
        "]]>",
        "__proto__",
        "\u{202e}",
        "\u{2066}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{85}",
        "\u{1f600}",
        "\u{e0001}",
        "\u{ffff}",
        "é",
        "\\u0041",
        "\\x",
        "%s",
        "{x}",
        "#",
        "\"#",
        "r#\"",
        "//",
        "/*",
        "*/",
        "\"\"\"",
        "End of settings.",
        "Settings:",
        " ",
        "a",
        "1",
    ]);
    prop_oneof![
        6 => prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat()),
        2 => any::<String>(),
        1 => Just("__proto__".to_owned()),
        1 => "[1-9][0-9]{0,16}",
    ]
}

/// Returns values of JSON: mostly texts, as from the command line.
fn values(language: Language) -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        8 => texts().prop_map(|it| text::quote(&it)),
        1 => prop::sample::select(vec!["true", "false", "null", "\"\\ud800\"", "\"\\udc00x\\ud83d\""]).prop_map(str::to_owned),
        1 => numbers(language),
    ];
    scalar.prop_recursive(3, 8, 3, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..3);
        let members = prop::collection::vec((texts(), inner), 0..3);
        prop_oneof![
            items.prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                let members =
                    members.iter().map(|(key, value)| format!("{}:{value}", text::quote(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

/// Returns numbers; Python's JSON knows no fraction with more digits than a double has.
fn numbers(language: Language) -> BoxedStrategy<String> {
    let whole = "-?(0|[1-9][0-9]{0,30})";
    let short = "-?(0|[1-9][0-9]{0,5})\\.[0-9]{1,6}([eE][+-]?[0-9]{1,2})?";
    let long = "-?(0|[1-9][0-9]{0,30})\\.[0-9]{1,30}([eE][+-]?[0-9]{1,3})?";
    match language {
        Language::Python => prop_oneof![whole, short].boxed(),
        _ => prop_oneof![whole, short, long].boxed(),
    }
}

/// Returns a value that equals another one of which a reader of JSON would say the same: numbers are
/// compared by their digits, and half a pair is a text as well.
fn comparable(json: &str) -> Value {
    let tokens = text::tokens(json).map(|token| match token.kind {
        Kind::Number => format!("\"number {}\"", digits(token.text)),
        Kind::Key | Kind::String if text::decode(token.text).is_none() => {
            token.text.replace("\\u", "\\\\u").to_lowercase()
        }
        _ => token.text.to_owned(),
    });
    let json: String = tokens.collect();
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// Returns the sign, the digits without zeros at either end, and the power of ten.
fn digits(number: &str) -> String {
    let lower = number.to_lowercase();
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let all = all.trim_start_matches('0');
    let short = all.trim_end_matches('0');
    if short.is_empty() {
        return format!("{sign}0");
    }
    let power: i64 = exponent.parse().unwrap();
    let dropped = i64::try_from(all.len() - short.len()).unwrap();
    let power = power + dropped - i64::try_from(fraction.len()).unwrap();
    format!("{sign}{short}e{power}")
}

/// Runs a script of Node for each argument and returns the lines it prints.
fn in_node(script: &str, arguments: &[String]) -> Vec<String> {
    let script = format!("for (const argument of {}) {{ {script} }}", json!(arguments));
    let node = environment::node();
    let printed = output(Command::new(node).arg("-"), Path::new("."), &script);
    printed.lines().map(str::to_owned).collect()
}

/// Prints what a browser asks a server for.
const PATHS: &str = "const url = new URL(argument); console.log(url.pathname + url.search);";

/// Prints the scripts of a page.
const SCRIPTS: &str = "
import html.parser, sys
class Scripts(html.parser.HTMLParser):
    tag = ''
    def handle_starttag(self, tag, attrs): self.tag = tag
    def handle_endtag(self, tag): self.tag = ''
    def handle_data(self, data):
        if self.tag == 'script': sys.stdout.write(data)
sys.stdout.reconfigure(encoding='utf-8', newline='')
Scripts().feed(open(sys.argv[1], encoding='utf-8', newline='').read())
";

/// Runs a program and returns what it prints.
fn output(command: &mut Command, folder: &Path, input: &str) -> String {
    let command = command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// No wait of these ends within a test.
const PATIENT: Patience =
    Patience { ack: Millis(60_000), silence: Millis(60_000), stable: Millis(60_000) };
