//! Accessibility: what axe finds in every state, from a phone to a full screen, in both schemes.

use serde::Deserialize;
use serde_json::Value;

use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, page_with, rewrite, servers};

#[tokio::test]
async fn axe_finds_nothing_on_the_page_opened_directly() {
    let server = Server::start("--event-interval 40");
    tour(&server, &server.page(), "document").await;
}

#[tokio::test]
async fn axe_finds_nothing_in_a_page_that_embeds_the_playground() {
    let server = Server::start("--event-interval 40");
    let folder = page_with("axe-host", |description| {
        description["servers"] =
            servers(&[server.endpoint("/realtime")], &[server.endpoint("/echo")]);
    });
    rewrite(&folder, |_| HOST.to_owned());
    let site = Site::serve(&folder).await;
    // What the page around it does is not the playground's to answer for.
    tour(&server, &site.url(""), "document.querySelector('veriops-playground')").await;
}

/// Takes the page through its states and looks at each.
async fn tour(server: &Server, url: &str, scope: &str) {
    let chaos = Chaos::start().await;
    let page = Page::open(url).await;
    let axe = environment::node_modules().join("axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).unwrap();
    // As the text of a function, which no security policy of the page forbids.
    page.evaluate::<Value>(&format!("{axe}; window.axe = axe;"), vec![]).await.unwrap();
    page.browser.resize_view(1_360, 900).await;
    let mut found = Vec::new();
    let mut look = async |state| found.extend(violations(&page, scope, state).await);

    look("idle").await;
    page.call(&chaos.url("/hang")).await;
    page.until_state("connecting").await;
    look("connecting").await;
    page.leave().await;
    page.enter("endpoint", &server.endpoint("/realtime")).await;
    page.enter("key", KEY).await;
    page.connect().await;
    page.subscribe("project.updated", &[]).await;
    let fifty = "return Number(shown('log-status').textContent.match(/^[\\d,]+/)?.[0]) >= 50;";
    page.until_true("there are 50 messages", fifty, vec![]).await;
    look("open").await;
    page.click("pause").await;
    page.click_row("event").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    look("detail").await;
    page.click("detail-close").await;
    page.leave().await;
    look("closed").await;
    page.call(&chaos.url("/close?code=1012&reason=a%20restart")).await;
    page.until_state("waiting").await;
    look("reconnecting").await;
    page.leave().await;
    let before = page.browser.downloads();
    page.click("save-ndjson").await;
    let file = environment::scratch_file("log.ndjson");
    std::fs::write(&file, page.browser.until_downloaded(&before).await).unwrap();
    page.open_file("open", &file).await;
    page.until_true("it is replayed", "return !!shown('replay-speed');", vec![]).await;
    look("replay").await;
    page.click("panel-experiments").await;
    page.click("try-close-4008").await;
    page.until_state("waiting").await;
    page.click("time-paused").await;
    look("experiment").await;
    page.leave().await;
    page.click("panel-code").await;
    page.until_true("the code is there", "return !!shown('code-copy');", vec![]).await;
    look("code").await;
    assert!(found.is_empty(), "{found:#?}");
}

/// Returns what axe finds, at each width and in each scheme.
async fn violations(page: &Page, scope: &str, state: &str) -> Vec<Violation> {
    let mut all = Vec::new();
    for width in [320, 760, 1_320] {
        for theme in ["light", "dark"] {
            let script = format!(
                "root.host.removeAttribute('height');
                 document.body.style.width = `${{arguments[0]}}px`;
                 root.host.setAttribute('theme', arguments[1]);
                 document.documentElement.style.colorScheme = arguments[1];
                 // Off unless asked for.
                 const options = {{ rules: {{ 'target-size': {{ enabled: true }} }} }};
                 const frame = () => new Promise(requestAnimationFrame);
                 // A colour that is still changing is neither the one nor the other.
                 const end = () => root.getAnimations()
                   .filter((it) => it instanceof CSSTransition).forEach((it) => it.finish());
                 return frame().then(frame).then(end).then(() => axe.run({scope}, options)).then(({{ violations }}) =>
                   violations.map(({{ id, help, nodes }}) => ({{
                     rule: `${{id}}: ${{help}}`,
                     places: nodes.map(({{ target, failureSummary }}) =>
                       `${{target.flat().join(' ')}}: ${{failureSummary}}`),
                   }})));"
            );
            let found: Vec<Violation> =
                page.evaluate(&script, vec![width.into(), theme.into()]).await.unwrap();
            let place = format!("{state}, {width} px, {theme}");
            all.extend(found.into_iter().map(|it| Violation { place: place.clone(), ..it }));
        }
    }
    all
}

/// A rule that is broken.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are shown when the test fails")]
struct Violation {
    /// The state, the width and the scheme.
    #[serde(default)]
    place: String,
    rule: String,
    /// Where, and what would mend it.
    places: Vec<String>,
}

const HOST: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A page of documentation</title>
<script type="module" src="playground.js"></script>
</head>
<body>
<main>
<h1>Real-time API</h1>
<p>Try it here.</p>
<veriops-playground></veriops-playground>
</main>
</body>
</html>"#;
