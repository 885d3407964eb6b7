//! Descriptions that were not written for the playground, in the page.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::broken::{COINBASE, FINNHUB, GEMINI, KRAKEN, SLACK, broken};
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Process;
use crate::support::site::{Site, page_with, rewrite};

#[tokio::test]
async fn public_apis_are_connected_to_and_their_examples_are_sent() {
    let (_process, port) = server();
    for (name, document, path, example) in [
        ("kraken", KRAKEN, "/", Some(("Subscribe · ticker", r#""pair":["XBT/USD"]"#))),
        ("gemini", GEMINI, "/v1/marketdata/btcusd", None),
        ("slack", SLACK, "/link", Some(("Post a message · to a channel", "Hello world"))),
        ("coinbase", COINBASE, "/", Some(("subscribe · level 2", r#""level2""#))),
        ("finnhub", FINNHUB, "/", Some(("follow", "BINANCE:BTCUSDT"))),
    ] {
        let folder = page_with(&format!("foreign-{name}"), |description: &mut Value| {
            *description = at_home(document, &port);
        });
        let site = Site::serve(&folder).await;
        let page = Page::open(&site.url("")).await;
        let view = page.until_ready().await;
        let endpoint = format!("ws://127.0.0.1:{port}{}", path.trim_end_matches('/'));
        assert_eq!(view.endpoint.as_deref(), Some(&*endpoint), "{name}");
        page.unfold("setup-link").await;
        page.until_true("only what the document says is offered", ONLY, vec![]).await;

        page.connect().await;
        page.until_row("message", &format!(r#""at": "{path}""#)).await;
        page.until_row("message", "no JSON at all").await;
        page.until_row("binary", "00 01").await;
        let text = if let Some((title, text)) = example {
            page.pick("start-from", title).await;
            text
        } else {
            page.enter("envelope", r#"{"type":"heartbeat"}"#).await;
            r#"{"type":"heartbeat"}"#
        };
        page.click("send").await;
        let view = page
            .until("it was sent and came back", |view| {
                let is_it = |direction: &str| {
                    view.rows.iter().any(|row| {
                        row.kind == "message"
                            && row.direction == direction
                            && row.text.contains(text)
                    })
                };
                is_it("sent") && is_it("received")
            })
            .await;
        assert!(view.gauges.values().all(String::is_empty), "{name}: {view:#?}");
        assert_eq!(view.refusal, None, "{name}");
        page.leave().await;
    }
}

#[tokio::test]
async fn a_link_to_an_experiment_says_that_there_is_none_and_leaves_the_page_usable() {
    let (_process, port) = server();
    let folder = page_with("foreign-link", |description: &mut Value| {
        *description = at_home(KRAKEN, &port);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("#try=close-4008")).await;
    let told =
        "return (text('replay') ?? '').startsWith('Not shown: this API has no experiments');";
    page.until_true("it is told", told, vec![]).await;
    page.connect().await;
    page.click("send").await;
    page.until_row("message", r#"{"event":"ping","reqid":42}"#).await;
}

#[tokio::test]
async fn thirty_broken_descriptions_say_what_is_wrong_and_the_page_stays_up() {
    let broken = broken();
    let folder = page_with("thirty-broken", |_| {});
    for (number, (document, _)) in broken.iter().enumerate() {
        fs::write(folder.join(format!("broken-{number}.json")), document).unwrap();
    }
    let elements: Vec<_> = (0..broken.len())
        .map(|number| {
            format!("<veriops-playground api='broken-{number}.json'>Nothing</veriops-playground>")
        })
        .collect();
    rewrite(&folder, |html| html.replace("</body>", &format!("{}</body>", elements.concat())));
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.until_ready().await;
    for (number, (_, expected)) in broken.iter().enumerate() {
        let script =
            "const element = document.querySelector(`[api='broken-${arguments[0]}.json']`);
            element.scrollIntoView();
            return element.innerText.includes(`.json is no API description: ${arguments[1]}`);";
        page.until_true(expected, script, vec![json!(number), json!(expected)]).await;
    }
    page.choose("simulator").await;
    page.connect().await;
}

/// There is a live API and nothing else: no simulator, no echo, no forms, no other panel, no guided path.
const ONLY: &str = "
    const others = ['target-simulator', 'target-echo', 'message-type', 'panel-experiments',
        'show-me', 'show-acks', 'show-events', 'show-heartbeat'];
    const folded = ['keep-alive', 'stop-answering'];
    return shown('target-live') && others.every((id) => !shown(id))
      && folded.every((id) => every(id).length === 0);";

fn server() -> (Process, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/independent/plain.py");
    let mut command = Command::new(environment::python());
    command.arg(program);
    Process::start(command, "listening on ")
}

/// Returns a document whose WebSocket servers are all at this port of this machine.
fn at_home(document: &str, port: &str) -> Value {
    let mut document: Value = serde_json::from_str(document).unwrap();
    for servers in ["/servers", "/components/servers"] {
        let servers = document.pointer_mut(servers).and_then(Value::as_object_mut);
        for server in servers.into_iter().flat_map(|it| it.values_mut()) {
            if server["protocol"] == "wss" {
                server["protocol"] = json!("ws");
                server["host"] = json!(format!("127.0.0.1:{port}"));
            }
        }
    }
    document
}
