//! A release as a site serves it: by nginx and by Caddy with the files that it brings along, embedded under
//! a strict policy, framed, and upgraded under pages that are open.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::environment;
use crate::support::http::{self, Answer};
use crate::support::page::Page;
use crate::support::release::{Release, next_page};
use crate::support::site::{Site, document};
use crate::support::web::{EVERY, Software, WebServer};

#[tokio::test]
async fn nginx_and_caddy_serve_a_release_as_its_files_tell_them() {
    for software in EVERY {
        let (site, release) = released(&format!("served-{software:?}"));
        let server = WebServer::start(software, &site, "default-src 'none'");
        let program = only(&site.join("playground").join(&release.name), "_bg.wasm");
        for (file, media_type, caching) in [
            ("playground.js", "text/javascript", FRESH),
            (&*in_folder(&release, "playground.js"), "text/javascript", KEPT),
            (&*in_folder(&release, &program), "application/wasm", KEPT),
            (&*in_folder(&release, "index.html"), "text/html", KEPT),
            (&*in_folder(&release, ""), "text/html", KEPT),
            (&*in_folder(&release, "veriops.asyncapi.json"), "application/json", FRESH),
        ] {
            let page = if file.ends_with('/') { "index.html" } else { "" };
            let whole = site.join("playground").join(file.to_owned() + page);
            let whole = fs::read(whole).unwrap();
            for (accepts, coding) in [("gzip, br", Some("br")), ("gzip", None)] {
                let answer = ask(&server, file, accepts);
                let what = format!("{software:?}, {file}: {}", answer.head);
                assert_eq!(answer.status, 200, "{what}");
                let given = answer.header("content-type").unwrap();
                assert_eq!(given.split(';').next(), Some(media_type), "{what}");
                assert_eq!(answer.header("content-encoding"), coding, "{what}");
                assert_eq!(answer.header("cache-control"), Some(caching), "{what}");
                assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{what}");
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
                assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{what}");
                let bytes = if coding.is_some() { plain(&answer.bytes) } else { answer.bytes };
                assert!(bytes == whole, "{what}");
            }
        }
        let missing = ask(&server, &in_folder(&release, "missing.wasm"), "br");
        assert_eq!(missing.status, 404, "{software:?}");
        // Another origin is told that it is missing, and no cache remembers it for long.
        assert_eq!(missing.header("access-control-allow-origin"), Some("*"), "{}", missing.head);
        assert!(!missing.head.contains("immutable"), "{software:?}: {}", missing.head);
    }
}

const FRESH: &str = "public, max-age=300";
const KEPT: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn a_release_works_under_a_strict_policy_with_either_line() {
    for (software, is_newest) in EVERY.into_iter().zip([true, false]) {
        let (site, release) = released(&format!("strict-{software:?}"));
        host(&site, release.line(is_newest));
        let server = WebServer::start(software, &site, &strict(&release));
        let page = Page::open(&server.url("")).await;
        works(&page).await;
        comes_from(&page, &release).await;
        let console = page.browser.console();
        assert!(console.is_empty(), "{software:?}: {console:#?}");
    }
}

#[tokio::test]
async fn a_release_is_framed_and_embedded_by_a_page_of_another_origin() {
    for (software, is_framed) in EVERY.into_iter().zip([true, false]) {
        let (site, release) = released(&format!("elsewhere-{software:?}"));
        let server = WebServer::start(software, &site, "default-src *");
        let folder = server.url(&format!("playground/{}/", release.name));
        let body = if is_framed {
            format!(r#"<iframe src="{folder}" width="1000" height="800"></iframe>"#)
        } else {
            release.line(false).replace("src=\"/", &format!("src=\"{}", server.url("")))
        };
        let around = Site::serve(&document(&format!("around-{software:?}"), &body)).await;
        let page = Page::new(Browser::start().await);
        page.browser.go(&around.url("").replace("127.0.0.1", "localhost")).await;
        if is_framed {
            page.browser.enter_frame(0).await;
        }
        page.until_ready().await;
        works(&page).await;
        comes_from(&page, &release).await;
    }
}

#[tokio::test]
async fn a_page_of_the_old_release_goes_on_beside_the_new_one() {
    let (site, old) = released("upgrade");
    host(&site, old.line(true));
    fs::write(site.join("pinned.html"), html(old.line(false))).unwrap();
    let server = WebServer::start(Software::Nginx, &site, &strict(&old));
    let page = Page::open(&server.url("")).await;
    comes_from(&page, &old).await;

    let new = Release::write(&next_page("upgrade-next"), &site.join("playground"));
    // The simulator, its views and the detail come only now.
    works(&page).await;
    page.click_row("open").await;
    page.until("the detail is there", |view| view.detail.is_some()).await;
    comes_from(&page, &old).await;
    let pinned = Page::open(&server.url("pinned.html")).await;
    works(&pinned).await;
    comes_from(&pinned, &old).await;
    let fresh = Page::open(&server.url("")).await;
    works(&fresh).await;
    comes_from(&fresh, &new).await;
}

#[tokio::test]
async fn a_changed_byte_in_a_release_is_refused_until_it_is_copied_again() {
    let (site, release) = released("changed-release");
    host(&site, release.line(true));
    let folder = site.join("playground").join(&release.name);
    let program = only(&folder, "_bg.wasm");
    // The copy that browsers get over http is the plain one.
    let path = folder.join(&program);
    let whole = fs::read(&path).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&path, changed).unwrap();
    for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "br") {
            fs::remove_file(file).unwrap();
        }
    }
    let server = WebServer::start(Software::Nginx, &site, &strict(&release));
    let page = Page::new(Browser::start().await);
    page.browser.go(&server.url("")).await;
    let said = "return document.querySelector('veriops-playground [role=alert]')?.innerText ?? '';";
    let is_said =
        format!("return (() => {{ {said} }})().includes('{program} was changed on its way')");
    page.until_true("the reason is seen", &is_said, vec![]).await;
    fs::write(&path, whole).unwrap();
    // The browser has been told to keep the changed one for a year.
    let again = "document.querySelector('veriops-playground [role=alert] button').click();";
    page.evaluate::<Value>(again, vec![]).await.unwrap();
    page.until_ready().await;
    works(&page).await;
}

/// Makes a site of this name that has a release at `/playground/`.
fn released(name: &str) -> (PathBuf, Release) {
    let site = environment::scratch(name);
    let release = Release::write(&environment::dist(), &site.join("playground"));
    (site, release)
}

/// Gives the site a page with this line in it.
fn host(site: &Path, line: &str) {
    fs::write(site.join("index.html"), html(line)).unwrap();
}

fn html(line: &str) -> String {
    format!(r#"<!doctype html><title>A host</title><link rel="icon" href="data:,">{line}"#)
}

/// Returns the policy that the release names, and nothing else but the page's empty icon.
fn strict(release: &Release) -> String {
    let policy = release.policy();
    format!(
        "default-src 'none'; {policy}; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// Asserts that all of the program that has come is in the folder of this release.
async fn comes_from(page: &Page, release: &Release) {
    let script = "return performance.getEntriesByType('resource').map(({ name }) => name)
        .filter((name) => /(wasm|json|playground-\\w+\\.js)$/.test(name));";
    let names: Vec<String> = page.evaluate(script, vec![]).await.unwrap();
    assert!(names.iter().any(|name| name.ends_with("_bg.wasm")), "{names:#?}");
    let folder = format!("/playground/{}/", release.name);
    assert!(names.iter().all(|name| name.contains(&folder)), "{folder}: {names:#?}");
}

fn in_folder(release: &Release, file: &str) -> String {
    format!("{}/{file}", release.name)
}

/// Returns the name of the one file with this ending.
fn only(folder: &Path, ending: &str) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = files.map(|name| name.into_string().unwrap());
    names.find(|name| name.ends_with(ending)).unwrap()
}

fn ask(server: &WebServer, file: &str, accepts: &str) -> Answer {
    let path = format!("/playground/{file}");
    http::get(server.port, &path, &format!("Accept-Encoding: {accepts}\r\n")).unwrap()
}

fn plain(compressed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*compressed, &mut plain).unwrap();
    plain
}
