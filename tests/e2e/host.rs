//! The page around the playground: what it hears, what it may forbid, and what it can rely on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::site::{Site, host, servers};

#[tokio::test]
async fn the_page_around_hears_of_every_state_and_close_and_of_nothing_secret() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("heard", &chaos, LISTEN).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.leave().await;
    let endpoint = chaos.url("/ack");
    let state = |state: &str| json!(["vp-state", { "version": 1, "state": state, "target": "live" }, [true, true, false]]);
    let expected = json!([
        ["vp-ready", { "version": 1 }, [true, true, false]],
        ["vp-before-connect", { "version": 1, "target": "live", "endpoint": endpoint },
         [true, true, true]],
        state("connecting"),
        state("open"),
        state("closing"),
        ["vp-close", { "version": 1, "code": 1000, "clean": true, "meaning": "Normal closure" },
         [true, true, false]],
        state("idle"),
    ]);
    until_heard(&page, &expected).await;
    assert!(!expected.to_string().contains(KEY));
}

#[tokio::test]
async fn the_page_around_hears_the_code_of_a_server_and_the_attempts_that_follow() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("heard-code", &chaos, LISTEN).await;
    page.call(&chaos.url("/close?code=4008")).await;
    page.until_closed(4008).await;
    page.until_true(
        "code and meaning were heard, and that the client waits",
        "const [close, waiting] = heard.slice(-2).map(([, detail]) => detail);
         return close.code === 4008 && close.clean && close.meaning?.length > 3
           && waiting.state === 'waiting';",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn a_listener_forbids_a_connection() {
    let chaos = Chaos::start().await;
    let veto = format!(
        "{LISTEN}<script>window.forbids = true;
         addEventListener('vp-before-connect', (event) => forbids && event.preventDefault());</script>"
    );
    let (page, _site) = open("forbidden", &chaos, &veto).await;
    for target in ["live", "echo", "simulator"] {
        page.choose(target).await;
        page.click("primary").await;
        let told = "return (text('replay') ?? '').startsWith(
            'Not connected: the page around the playground does not allow it');";
        page.until_true("it is told", told, vec![]).await;
        page.click("replay-dismiss").await;
        page.until_state("idle").await;
    }
    assert!(chaos.seen().requests.is_empty(), "{:#?}", chaos.seen());
    page.evaluate::<Value>("window.forbids = false;", vec![]).await.unwrap();
    page.connect_live(KEY).await;
    page.leave().await;
    let asked = "return heard.filter(([name]) => name === 'vp-before-connect')
        .map(([, { target }]) => target);";
    let asked: Vec<String> = page.evaluate(asked, vec![]).await.unwrap();
    assert_eq!(asked, ["live", "echo", "simulator", "live"]);
}

#[tokio::test]
async fn a_listener_that_throws_changes_nothing() {
    let chaos = Chaos::start().await;
    let throws = format!(
        "{LISTEN}<script>for (const name of NAMES) {{
           document.addEventListener(name, () => {{ throw new Error('a listener threw'); }});
         }}</script>"
    );
    let (page, _site) = open("throws", &chaos, &throws).await;
    page.connect_live(KEY).await;
    page.leave().await;
    works(&page).await;
    page.until_true("all was heard", "return heard.length > 10;", vec![]).await;
}

#[tokio::test]
async fn a_listener_may_change_or_remove_the_element() {
    let chaos = Chaos::start().await;
    let changes = "<script>
        addEventListener('vp-state', ({ target, detail }) => {
          if (detail.state === 'open') target.setAttribute('channel', 'presence');
          if (detail.state === 'closing') target.remove();
        });</script>";
    let (page, _site) = open("changes", &chaos, changes).await;
    page.connect_live(KEY).await;
    let chosen = "return shown('channel')?.value === 'presence';";
    page.until_true("the channel is the one of the attribute", chosen, vec![]).await;
    page.until_state("open").await;
    page.click("primary").await;
    page.until_true("the element has gone", "return !root;", vec![]).await;
    chaos.until("no socket", |seen| seen.open == 0).await;
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn a_page_in_typescript_drives_the_element_by_its_types() {
    let chaos = Chaos::start().await;
    let folder = host("typescript", "<script type=module src=host.js></script>", |description| {
        description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
    });
    compile(&folder);
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.until_true(
        "the attributes are heard",
        "const { height } = root.host.getBoundingClientRect();
         return shown('target-live').getAttribute('aria-checked') === 'true' && height === 600
           && shown('filter-project_id')?.value === 'prj_ts';",
        vec![],
    )
    .await;
    page.click("primary").await;
    page.until_true("the page was asked", "return log.length === 2;", vec![]).await;
    page.until_state("idle").await;
    page.evaluate::<Value>("allow();", vec![]).await.unwrap();
    page.connect().await;
    page.leave().await;
    let endpoint = chaos.url("/ack");
    let expected = [
        "ready 1".to_owned(),
        format!("asked live {endpoint}"),
        format!("asked live {endpoint}"),
        "live connecting".to_owned(),
        "live open".to_owned(),
        "live closing".to_owned(),
        "closed 1000 clean Normal closure".to_owned(),
        "live idle".to_owned(),
    ];
    page.until_true(
        "all was heard",
        "return JSON.stringify(log) === JSON.stringify(arguments[0]);",
        vec![json!(expected)],
    )
    .await;
}

#[test]
fn the_types_refuse_what_the_element_does_not_know() {
    let folder = environment::scratch("types");
    let wrong = "const element = document.createElement('veriops-playground');
        element.addEventListener('vp-state', ({ detail }) => detail.key);
        const attributes: VeriopsAttributes = { target: 'lve' };
        Object.assign(element, attributes);";
    fs::write(folder.join("host.ts"), wrong).unwrap();
    let (passes, said) = tsc(&folder);
    assert!(!passes, "{said}");
    assert!(said.contains("'key' does not exist") && said.contains("\"lve\""), "{said}");
}

#[test]
fn the_manifest_is_one_by_the_official_schema() {
    let script = "const Ajv = require('ajv');
        const schema = require('custom-elements-manifest/schema.json');
        const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
        const wrong = check(JSON.parse(require('fs').readFileSync(process.argv[1]))) ? [] : check.errors;
        console.log(JSON.stringify(wrong));";
    let manifest = environment::dist().join("custom-elements.json");
    let output = Command::new(environment::node())
        .args(["-e", script])
        .arg(manifest)
        .env("NODE_PATH", environment::node_modules())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "[]", "{output:?}");
}

#[tokio::test]
async fn the_manifest_names_every_attribute_and_part_and_the_types_every_event() {
    let chaos = Chaos::start().await;
    let (page, _site) = open("manifest", &chaos, "").await;
    page.connect_live(KEY).await;
    let manifest = fs::read_to_string(environment::dist().join("custom-elements.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let class = &manifest["modules"][0]["declarations"][0];
    let names = |list: &str| {
        let list = class[list].as_array().unwrap().iter();
        list.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let attributes = "return customElements.get('veriops-playground').observedAttributes;";
    let attributes: BTreeSet<String> = page.evaluate(attributes, vec![]).await.unwrap();
    assert_eq!(names("attributes"), attributes);
    let parts = "return [...root.querySelectorAll('[part]')].map((it) => it.part.value);";
    let parts: Vec<String> = page.evaluate(parts, vec![]).await.unwrap();
    assert_eq!(parts.len(), names("cssParts").len(), "{parts:?}");
    assert_eq!(names("cssParts"), parts.into_iter().collect());
    let types = fs::read_to_string(environment::dist().join("veriops-playground.d.ts")).unwrap();
    for event in names("events") {
        assert!(types.contains(&format!("\"{event}\": CustomEvent<")), "{event}");
    }
    page.leave().await;
}

/// Compiles the page of `tests/support/host.ts` into a folder, against the types that ship.
fn compile(folder: &Path) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/host.ts");
    fs::copy(page, folder.join("host.ts")).unwrap();
    let (passes, said) = tsc(folder);
    assert!(passes, "{said}");
}

/// Compiles `host.ts` in a folder. Returns whether it passes, and what the compiler says.
fn tsc(folder: &Path) -> (bool, String) {
    let options = ["--strict", "--target", "es2022", "--lib", "es2022,dom", "--noUnusedLocals"];
    let output = Command::new(environment::node())
        .arg(environment::node_modules().join("typescript/bin/tsc"))
        .args(options)
        .arg("host.ts")
        .arg(environment::dist().join("veriops-playground.d.ts"))
        .current_dir(folder)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Opens a page with a playground, whose description names the servers of `chaos`, below this HTML.
async fn open(name: &str, chaos: &Chaos, html: &str) -> (Page, Site) {
    let body = format!("{html}<main><veriops-playground></veriops-playground></main>");
    let folder = host(&format!("host-{name}"), &body, |description| {
        description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
    });
    let site = Site::serve(&folder).await;
    (Page::open_in(Browser::start().await, &site.url("")).await, site)
}

/// Waits until the page has heard as much as this, and asserts that it is this.
async fn until_heard(page: &Page, expected: &Value) {
    let count = expected.as_array().unwrap().len();
    let script = "return heard.length >= arguments[0];";
    page.until_true("the page has heard it all", script, vec![json!(count)]).await;
    let heard: Value = page.evaluate("return heard;", vec![]).await.unwrap();
    assert_eq!(heard, *expected);
}

/// Writes down what is heard: the name, the detail, and whether it bubbles, is composed and can be cancelled.
const LISTEN: &str = "<script>
    window.NAMES = ['vp-ready', 'vp-before-connect', 'vp-state', 'vp-close'];
    window.heard = [];
    for (const name of NAMES) {
      document.addEventListener(name, ({ detail, bubbles, composed, cancelable }) =>
        heard.push([name, detail, [bubbles, composed, cancelable]]));
    }</script>";
