//! How the program comes into a page: what is requested when, and what a reader sees where it does not
//! come at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{self, Next};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, rewrite};

#[tokio::test]
async fn a_broken_description_leaves_children_and_reason_in_sight() {
    let folder = page_with("broken-description", |description| {
        description["channels"] = json!([]);
    });
    cannot_start(&folder, "veriops.asyncapi.json is no API description: channels").await;
}

#[tokio::test]
async fn a_missing_description_leaves_children_and_reason_in_sight() {
    let folder = page_with("missing-description", |_| {});
    fs::remove_file(folder.join("veriops.asyncapi.json")).unwrap();
    cannot_start(&folder, "veriops.asyncapi.json answered 404").await;
}

#[tokio::test]
async fn an_api_attribute_that_is_no_address_leaves_children_and_reason_in_sight() {
    let folder = page_with("no-address", |_| {});
    rewrite(&folder, |html| {
        html.replace("<veriops-playground", "<veriops-playground api='http://['")
    });
    cannot_start(&folder, r#"api="http://[" is no address"#).await;
}

#[tokio::test]
async fn a_missing_program_leaves_children_and_reason_in_sight() {
    let folder = page_with("missing-program", |_| {});
    let wasm = file(&folder, "_bg.wasm");
    fs::remove_file(&wasm).unwrap();
    let name = wasm.file_name().unwrap().to_str().unwrap();
    cannot_start(&folder, &format!("{name} answered 404")).await;
}

#[tokio::test]
async fn a_broken_program_leaves_children_and_reason_in_sight() {
    let folder = page_with("broken-program", |_| {});
    fs::write(file(&folder, "_bg.wasm"), b"\0asm\x01\0\0\0\x63").unwrap();
    cannot_start(&folder, "could not start: ").await;
}

#[tokio::test]
async fn a_missing_script_leaves_children_and_reason_in_sight() {
    let folder = page_with("missing-script", |_| {});
    let glue = glue(&folder);
    fs::remove_file(&glue).unwrap();
    let name = glue.file_name().unwrap().to_str().unwrap();
    cannot_start(&folder, name).await;
}

#[tokio::test]
async fn a_changed_byte_in_program_or_script_is_refused_and_told_from_a_missing_file() {
    for (name, find) in
        [("changed-script", glue as fn(&Path) -> PathBuf), ("changed-program", wasm)]
    {
        let folder = page_with(name, |_| {});
        let changed = find(&folder);
        let whole = fs::read(&changed).unwrap();
        change_a_byte(&changed);
        let site = Site::serve(&folder).await;
        let page = Page::new(Browser::start().await);
        page.browser.go(&site.url("")).await;
        let said = until_explained(&page).await;
        let file = changed.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(&format!("{file} was changed on its way")), "{said:?}");
        assert!(said.contains("Ask whoever serves it to copy the release again."), "{said:?}");
        fs::write(&changed, &whole).unwrap();
        again(&page).await;
        page.until_ready().await;
        works(&page).await;
    }
}

#[tokio::test]
async fn a_changed_byte_in_a_part_that_comes_later_is_refused_and_told_from_a_missing_file() {
    let folder = page_with("changed-part", |_| {});
    let part = file(&folder, "_simulator.wasm");
    let whole = fs::read(&part).unwrap();
    change_a_byte(&part);
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.choose("simulator").await;
    page.click("primary").await;
    is_told(&page, "Not connected: a part of the playground was changed on its way").await;
    fs::remove_file(&part).unwrap();
    page.click("primary").await;
    is_told(&page, "Not connected: this part of the playground could not be loaded").await;
    fs::write(&part, &whole).unwrap();
    works(&page).await;
}

#[tokio::test]
async fn a_page_that_lets_in_only_scripts_with_its_nonce_starts_the_playground() {
    for more in ["", "'strict-dynamic'"] {
        let policy = format!(
            "default-src 'none'; script-src 'nonce-once' 'wasm-unsafe-eval' {more}; connect-src 'self'; \
             style-src 'self'; require-trusted-types-for 'script'"
        );
        let folder = page_with("nonce", |_| {});
        rewrite(&folder, |_| {
            r#"<!doctype html><title>A host</title><link rel="icon" href="data:,">
               <veriops-playground></veriops-playground>
               <script type="module" nonce="once" src="playground.js"></script>"#
                .to_owned()
        });
        let site = Site::serve_under(&folder, &policy).await;
        let page = Page::open(&site.url("")).await;
        works(&page).await;
    }
}

#[tokio::test]
async fn a_program_that_did_not_load_is_asked_for_again() {
    for (name, find) in [("again-script", glue as fn(&Path) -> PathBuf), ("again-program", wasm)] {
        let folder = page_with(name, |_| {});
        let (there, away) = (find(&folder), folder.join("away"));
        fs::rename(&there, &away).unwrap();
        let site = Site::serve(&folder).await;
        let page = Page::new(Browser::start().await);
        page.browser.go(&site.url("")).await;
        until_explained(&page).await;
        // In vain once more: the same words, once, and the button is still there.
        again(&page).await;
        until_explained(&page).await;
        fs::rename(&away, &there).unwrap();
        again(&page).await;
        page.until_ready().await;
        let rest = "return document.querySelectorAll('[role=alert]').length;";
        assert_eq!(page.evaluate::<usize>(rest, vec![]).await.unwrap(), 0, "{name}");
        works(&page).await;
    }
}

#[tokio::test]
async fn a_second_element_asks_again_for_a_program_that_did_not_load() {
    let folder = page_with("second-element", |_| {});
    let (there, away) = (glue(&folder), folder.join("away"));
    fs::rename(&there, &away).unwrap();
    let site = Site::serve(&folder).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    until_explained(&page).await;
    fs::rename(&away, &there).unwrap();
    // In front, where the tests look for the element.
    let second = "document.body.prepend(document.createElement('veriops-playground'));";
    page.evaluate::<Value>(second, vec![]).await.unwrap();
    page.until_ready().await;
}

#[tokio::test]
async fn an_element_that_left_comes_back_in_the_same_place() {
    let folder = page_with("comes-back", |_| {});
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    let first = shape(&page).await;
    page.evaluate::<Value>(
        "window.element = document.querySelector('veriops-playground'); window.element.remove();",
        vec![],
    )
    .await
    .unwrap();
    page.evaluate::<Value>("document.body.append(window.element);", vec![]).await.unwrap();
    page.until_ready().await;
    assert_eq!(shape(&page).await, first);
    works(&page).await;
}

#[tokio::test]
async fn an_element_that_comes_back_in_vain_shows_children_and_reason() {
    let folder = page_with("comes-back-in-vain", |_| {});
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    fs::remove_file(folder.join("veriops.asyncapi.json")).unwrap();
    page.evaluate::<Value>(
        "window.element = document.querySelector('veriops-playground'); window.element.remove();",
        vec![],
    )
    .await
    .unwrap();
    page.evaluate::<Value>("document.body.append(window.element);", vec![]).await.unwrap();
    assert!(until_explained(&page).await.contains("answered 404"));
}

#[tokio::test]
async fn script_wasm_and_description_are_requested_side_by_side() {
    let folder = page_with("side-by-side", |_| {});
    // Nothing but the one line that a documentation page has.
    rewrite(&folder, |_| {
        r#"<!doctype html><title>A host</title><veriops-playground></veriops-playground>
           <script type="module" src="playground.js"></script>"#
            .to_owned()
    });
    let gate = Gate::serve(&folder, needed(&folder)).await;
    let page = Page::open(&gate.url()).await;
    works(&page).await;
    gate.was_asked_once();
}

#[tokio::test]
async fn the_page_opened_directly_needs_two_round_trips() {
    let folder = page_with("two-round-trips", |_| {});
    let mut second = needed(&folder);
    second.insert("/playground.js".to_owned());
    // The page comes first. All the rest is held back until the browser has asked for all of it.
    let gate = Gate::serve(&folder, second).await;
    let page = Page::open(&gate.url()).await;
    works(&page).await;
    gate.was_asked_once();
}

#[tokio::test]
async fn the_page_opened_directly_starts_without_waiting_for_a_frame() {
    let observer = "IntersectionObserver = class { observe() {} disconnect() {} };";
    let (page, _site) = opened_after("no-observer", observer).await;
    works(&page).await;
}

#[tokio::test]
async fn connect_is_usable_before_what_stands_below_it_is_made() {
    let hold = "const own = requestAnimationFrame, held = [];
        requestAnimationFrame = (act) => held.push(act);
        release = () => { requestAnimationFrame = own; held.forEach((act) => own(act)); };";
    let (page, _site) = opened_after("first-frame", hold).await;
    page.until("Connect is there", |view| view.primary.as_deref() == Some("Connect")).await;
    let chaos = Chaos::start().await;
    page.call(&chaos.url("/ack")).await;
    chaos.until("it connects", |seen| seen.open == 1).await;
    let logs: usize = page.evaluate("return every('log').length;", vec![]).await.unwrap();
    assert_eq!(logs, 0);
    page.evaluate::<Value>("release();", vec![]).await.unwrap();
    page.until_state("open").await;
    page.until_true("the log is there", "return !!shown('log');", vec![]).await;
}

#[tokio::test]
async fn a_page_that_nobody_sees_is_whole_without_a_frame() {
    let hide = "Object.defineProperty(document, 'hidden', { get: () => true });
        requestAnimationFrame = () => 1;";
    let (page, _site) = opened_after("unseen", hide).await;
    page.until_ready().await;
}

/// Opens the page directly, after a script of its own.
async fn opened_after(name: &str, script: &str) -> (Page, Site) {
    let folder = page_with(name, |_| {});
    rewrite(&folder, |html| html.replace("<head>", &format!("<head><script>{script}</script>")));
    let site = Site::serve(&folder).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    (page, site)
}

#[tokio::test]
async fn a_description_may_begin_with_the_mark_of_its_encoding_and_has_no_other() {
    for (bytes, is_read) in [(&b"\xEF\xBB\xBF"[..], true), (b"\xFE\xFF", false)] {
        let folder = page_with("mark", |_| {});
        let path = folder.join("veriops.asyncapi.json");
        let text = fs::read(&path).unwrap();
        fs::write(&path, [bytes, &text].concat()).unwrap();
        if !is_read {
            cannot_start(&folder, "is no API description: invalid utf-8").await;
            continue;
        }
        let site = Site::serve(&folder).await;
        works(&Page::open(&site.url("")).await).await;
    }
}

#[tokio::test]
async fn every_part_that_is_missing_or_broken_is_told_and_comes_once_it_is_there() {
    let folder = page_with("missing-part", |_| {});
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let parts = files.filter(|path| path.extension().is_some_and(|end| end == "wasm"));
    let names = parts.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let names = names.filter(|name| !name.ends_with("_bg.wasm")).collect::<BTreeSet<_>>();
    let whole = |name: &str| fs::read(environment::dist().join(name)).unwrap();
    let site = Site::serve_fresh(&folder).await;
    for is_missing in [true, false] {
        for name in &names {
            let path = folder.join(name);
            let harmed = if is_missing {
                fs::remove_file(path)
            } else {
                fs::write(path, b"\0asm\x01\0\0\0\x63")
            };
            harmed.unwrap();
        }
        let why = if is_missing {
            "this part of the playground could not be loaded"
        } else {
            "a part of the playground was changed on its way"
        };
        let page = Page::open(&site.url("")).await;
        let told = async |what: &str| is_told(&page, &format!("{what}: {why}")).await;
        // What several parts share has a number. It comes with the first of them.
        let mend = async |part: &str| {
            let asked = "return performance.getEntriesByType('resource')
                .map(({ name }) => new URL(name).pathname.slice(1));";
            let asked: BTreeSet<String> = page.evaluate(asked, vec![]).await.unwrap();
            let is_shared = |name: &str| {
                name.trim_end_matches(".wasm").ends_with(|it: char| it.is_ascii_digit())
            };
            for name in names
                .iter()
                .filter(|name| name.ends_with(part) || asked.contains(*name) && is_shared(name))
            {
                fs::write(folder.join(name), whole(name)).unwrap();
            }
        };
        page.choose("simulator").await;
        page.click("primary").await;
        told("Not connected").await;
        mend("_connection.wasm").await;
        page.click("primary").await;
        told("Not connected").await;
        page.until_state("idle").await;
        mend("_simulator.wasm").await;
        page.connect().await;
        page.click_row("open").await;
        told("Not shown").await;
        page.click("save-ndjson").await;
        told("Not saved").await;
        page.click("panel-code").await;
        told("Not shown").await;
        for part in ["_detail.wasm", "_files.wasm", "_code.wasm"] {
            mend(part).await;
        }
        let is_mended = |name: &&String| fs::read(folder.join(name)).ok() == Some(whole(name));
        let harmed = names.iter().filter(|name| !is_mended(name)).collect::<Vec<_>>();
        assert!(harmed.is_empty(), "nobody has asked for {harmed:?}");
        // A browser may keep for a moment what was broken.
        let again = "['panel-compose', 'panel-code'].forEach((id) => shown(id).click());
            return !!shown('code-text');";
        page.until_true("the code is there", again, vec![]).await;
        page.click("panel-compose").await;
        page.click_row("note").await;
        page.until("the detail is there", |view| view.detail.is_some()).await;
        let before = page.browser.downloads();
        page.click("save-ndjson").await;
        page.browser.until_downloaded(&before).await;
        works(&page).await;
    }
}

/// Changes the last byte of a file. A program whose last byte is another may well run.
fn change_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Waits until a reader is told what could not be done, and takes note of it.
async fn is_told(page: &Page, what: &str) {
    let script = "return (text('replay') ?? '').startsWith(arguments[0]);";
    page.until_true(what, script, vec![what.into()]).await;
    page.click("replay-dismiss").await;
}

/// Opens the page of a folder, and asserts that its element shows its own children and says `why` it could
/// not start.
async fn cannot_start(folder: &Path, why: &str) {
    let site = Site::serve(folder).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    let said = until_explained(&page).await;
    assert!(said.contains(why), "{said:?} does not say {why:?}");
}

/// Waits until the element's own children and a reason are seen, and returns the words of the reason.
async fn until_explained(page: &Page) -> String {
    page.until_true(
        "children and reason are seen",
        "const element = document.querySelector('veriops-playground');
         const [alert, ...more] = element.querySelectorAll('[role=alert]');
         const children = element.querySelector('p:not([role])');
         const button = alert?.querySelector('button');
         return more.length === 0 && [children, alert, button].every((it) => it?.checkVisibility())
           && alert.innerText.includes('could not start: ');",
        vec![],
    )
    .await;
    let words = "return document.querySelector('veriops-playground [role=alert]').innerText;";
    page.evaluate(words, vec![]).await.unwrap()
}

/// Presses *Try again*.
async fn again(page: &Page) {
    let press = "document.querySelector('veriops-playground [role=alert] button').click();";
    page.evaluate::<Value>(press, vec![]).await.unwrap();
}

/// Returns what an element's shadow root holds, and how far it and the view in it reach.
async fn shape(page: &Page) -> Value {
    page.evaluate(
        "const app = root.querySelector('.vp-app').getBoundingClientRect();
         const own = root.host.getBoundingClientRect();
         return [root.children.length, app.top - own.top, app.height, own.height];",
        vec![],
    )
    .await
    .unwrap()
}

/// Returns the paths that a playground needs beside `playground.js`.
fn needed(folder: &Path) -> BTreeSet<String> {
    let name = |path: PathBuf| format!("/{}", path.file_name().unwrap().to_str().unwrap());
    let description = "/veriops.asyncapi.json".to_owned();
    BTreeSet::from([name(glue(folder)), name(wasm(folder)), description])
}

fn glue(folder: &Path) -> PathBuf {
    wasm(folder).to_str().unwrap().replace("_bg.wasm", ".js").into()
}

fn wasm(folder: &Path) -> PathBuf {
    file(folder, "_bg.wasm")
}

fn file(folder: &Path, ending: &str) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_str().unwrap().ends_with(ending)).unwrap()
}

/// A static site that holds some answers back until all of them have been asked for: a page that asks for
/// one only once it has another never starts.
struct Gate {
    asked: watch::Receiver<Asked>,
    held: BTreeSet<String>,
    port: u16,
    _task: JoinSet<()>,
}

/// Every path that was asked for, as often as it was.
type Asked = Vec<String>;

impl Gate {
    async fn serve(folder: &Path, held: BTreeSet<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, asked) = watch::channel(Asked::new());
        let state = (Arc::new(sender), held.clone());
        let files = Router::new()
            .fallback_service(ServeDir::new(folder))
            .layer(middleware::from_fn_with_state(state, hold));
        let mut task = JoinSet::new();
        task.spawn(async { axum::serve(listener, files).await.unwrap() });
        Self { asked, held, port, _task: task }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Asserts that each of them was asked for once.
    fn was_asked_once(&self) {
        let asked = self.asked.borrow();
        for path in &self.held {
            let times = asked.iter().filter(|asked| *asked == path).count();
            assert_eq!(times, 1, "{path} in {asked:?}");
        }
    }
}

async fn hold(
    State((asked, held)): State<(Arc<watch::Sender<Asked>>, BTreeSet<String>)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    asked.send_modify(|asked| asked.push(path.clone()));
    if held.contains(&path) {
        let all = |asked: &Asked| held.iter().all(|path| asked.contains(path));
        // The sender lives as long as the site.
        asked.subscribe().wait_for(all).await.unwrap();
    }
    // As every header file of a release says: Firefox asks a second time for what it may not keep.
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
    response
}
