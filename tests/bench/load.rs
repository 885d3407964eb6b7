//! Loading: from a navigation to a page that can be used. The playground opened as a page, the bare page, and
//! the documentation widget `RapiDoc` with a small API, from one kind of server, which has a brotli copy of
//! every file and lets browsers keep all of them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::measure::{QUIET, REST};
use crate::subject::{probed, read, until};
use crate::support::environment;
use crate::support::page::Page;
use crate::support::site::{Site, document};
use crate::table::{Bar, Table};

/// A page that is loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Used once its script has run.
    Bare,
    /// Used once *Connect* can be pressed.
    Playground,
    /// Used once its first operation is shown.
    RapiDoc,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Bare, Self::Playground, Self::RapiDoc];
}

/// How a page is loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    /// In a new profile.
    Cold,
    /// A second time in the same profile.
    Warm,
    /// In a new profile, over a network that the browser makes slow.
    Slow,
}

impl Way {
    const ALL: [(Self, &str); 3] = [
        (Self::Cold, "cold cache"),
        (Self::Warm, "warm cache"),
        (Self::Slow, "100 ms, 1.6 Mbit/s"),
    ];
}

/// What the probe saw of a page that was loaded.
#[derive(Clone, Copy, Deserialize)]
struct Loaded {
    /// From the navigation to the first frame that was painted with what makes the page usable, in milliseconds.
    ready: f64,
    /// The bodies that came until then, compressed, in bytes.
    bytes: f64,
}

/// Loads every page in every way. Each run begins with another page; each page has a browser of its own.
pub async fn load(run: usize, table: &mut Table) {
    let mut kinds = Kind::ALL;
    kinds.rotate_left(run % Kind::ALL.len());
    let mut seen = Vec::new();
    for kind in kinds {
        let site = site(kind).await;
        let page = Page::new(probed().await);
        // What a browser does when it has just started is not the page's.
        sleep(QUIET).await;
        seen.push((kind, Way::Cold, loaded(&page, &site).await));
        sleep(QUIET).await;
        seen.push((kind, Way::Warm, loaded(&page, &site).await));
        let page = Page::new(probed().await);
        slow_down(&page).await;
        sleep(QUIET).await;
        seen.push((kind, Way::Slow, loaded(&page, &site).await));
        if kind == Kind::Playground {
            // The handler is there, and what it asks for comes.
            page.choose("simulator").await;
            page.connect().await;
        }
    }
    let of = |kind, way| {
        let found = seen.iter().find(|(its, how, _)| (*its, *how) == (kind, way));
        found.map(|(.., loaded)| *loaded).expect("every page was loaded in every way")
    };
    for (way, name) in Way::ALL {
        let [bare, ours, rapidoc] = Kind::ALL.map(|kind| of(kind, way));
        let mut add = |what: &str, unit, figure, bar| {
            table.add(&format!("{name}: {what}"), unit, figure, bar);
        };
        add("bare page", "ms", bare.ready, None);
        add("RapiDoc", "ms", rapidoc.ready, None);
        add("usable Connect", "ms", ours.ready, None);
        if way == Way::Slow {
            let transfer = ours.bytes / BYTES_PER_MILLISECOND;
            let most = bare.ready + 2.0 * ROUND_TRIP + transfer;
            add("bare page, two round trips, own transfer", "ms", most, None);
            add("usable Connect above that", "ms", ours.ready - most, Some(Bar::AtMost(0.0)));
        } else {
            add("usable Connect / bare page", "", ours.ready / bare.ready, Some(Bar::AtMost(3.0)));
        }
        // A second time the browser has the script of RapiDoc compiled already, and the program not yet.
        let bar = (way != Way::Warm).then_some(Bar::Below(1.0));
        add("usable Connect / RapiDoc", "", ours.ready / rapidoc.ready, bar);
    }
    for (what, kind) in [("playground", Kind::Playground), ("RapiDoc", Kind::RapiDoc)] {
        table.add(&format!("bytes of the {what}"), "B", of(kind, Way::Cold).bytes, None);
    }
}

/// Milliseconds that the browser adds to every answer of a slow network.
const ROUND_TRIP: f64 = 100.0;

/// 1.6 Mbit/s.
const BYTES_PER_MILLISECOND: f64 = 200.0;

async fn slow_down(page: &Page) {
    let throughput = BYTES_PER_MILLISECOND * 1000.0;
    page.browser.devtools("Network.enable", json!({})).await;
    let conditions = json!({
        "offline": false, "latency": ROUND_TRIP,
        "downloadThroughput": throughput, "uploadThroughput": throughput,
    });
    page.browser.devtools("Network.emulateNetworkConditions", conditions).await;
}

/// Goes to the page of a site and waits until it can be used.
async fn loaded(page: &Page, site: &Site) -> Loaded {
    // The bare page opens a socket to this address; whether in vain does not matter here.
    page.browser.go(&site.url("?url=/")).await;
    until(page, "probe.loaded?.ready ?? 0", |ready: &f64| *ready > 0.0).await;
    // The driver's own work is over before the next page.
    sleep(REST).await;
    read(page, "probe.loaded").await
}

/// Serves a page.
async fn site(kind: Kind) -> Site {
    let folder = match kind {
        Kind::Bare => document("load-bare", include_str!("bare.html")),
        Kind::Playground => environment::dist(),
        Kind::RapiDoc => rapidoc(),
    };
    if kind != Kind::Playground {
        compress(&folder);
    }
    let files = Router::new().fallback_service(ServeDir::new(folder).precompressed_br());
    let kept = HeaderValue::from_static("public, max-age=300");
    Site::start(files.layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, kept))).await
}

/// Makes a page of `RapiDoc` as its documentation has it, without the fonts that it would ask of another server.
fn rapidoc() -> PathBuf {
    let page = r#"<script type="module" src="rapidoc-min.js"></script>
        <rapi-doc spec-url="openapi.json" load-fonts="false"></rapi-doc>"#;
    let folder = document("load-rapidoc", page);
    let script = environment::rapidoc().join("dist/rapidoc-min.js");
    fs::copy(script, folder.join("rapidoc-min.js")).unwrap();
    let answer = |words| json!({ "description": words });
    let api = json!({
        "openapi": "3.0.3",
        "info": { "title": "A small API", "version": "1" },
        "paths": { "/things": {
            "get": { "summary": "Lists things", "responses": { "200": answer("The things.") } },
            "post": { "summary": "Makes a thing", "responses": { "201": answer("It is made.") } },
        } },
    });
    fs::write(folder.join("openapi.json"), api.to_string()).unwrap();
    folder
}

/// Puts a brotli copy beside every file of a folder, as the build of the playground does.
fn compress(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (buffer, quality, window) = (4096, 11, 22);
        let copy = fs::File::create(path.with_added_extension("br")).unwrap();
        let mut writer = brotli::CompressorWriter::new(copy, buffer, quality, window);
        writer.write_all(&fs::read(path).unwrap()).unwrap();
    }
}
