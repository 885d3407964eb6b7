//! Static sites that a test makes for itself: the built page with another API description, and a
//! documentation site that embeds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::middleware::map_response;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::environment;
use super::server::Process;

/// A static site on a port of its own, without any headers for security: what it needs must work
/// anywhere.
pub struct Site {
    port: u16,
    _task: JoinSet<()>,
}

impl Site {
    /// Serves a folder.
    pub async fn serve(folder: &Path) -> Self {
        Self::start(Router::new().fallback_service(ServeDir::new(folder))).await
    }

    /// Serves a folder whose files change, and has browsers keep none of them.
    pub async fn serve_fresh(folder: &Path) -> Self {
        let files = Router::new().fallback_service(ServeDir::new(folder));
        let fresh = map_response(async |mut response: Response| {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        });
        Self::start(files.layer(fresh)).await
    }

    /// Serves what a router answers.
    pub async fn start(files: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut task = JoinSet::new();
        task.spawn(async { axum::serve(listener, files).await.unwrap() });
        Self { port, _task: task }
    }

    /// Serves a folder under a content security policy.
    pub async fn serve_under(folder: &Path, policy: &str) -> Self {
        let policy = HeaderValue::from_str(policy).unwrap();
        let policy = SetResponseHeaderLayer::overriding(CONTENT_SECURITY_POLICY, policy);
        Self::start(Router::new().fallback_service(ServeDir::new(folder)).layer(policy)).await
    }

    /// Has the map of a documentation site in this folder name the site's own address: instant navigation
    /// follows a link without loading the page anew if the map has it, port included.
    pub fn is_mapped_in(&self, folder: &Path) {
        let map = folder.join("sitemap.xml");
        let text = fs::read_to_string(&map).unwrap();
        fs::write(&map, text.replace("https://docs.veriops.example/", &self.url(""))).unwrap();
    }

    /// Returns the URL of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

/// A static site over https, with a certificate of its own making.
pub struct SecureSite {
    port: String,
    _process: Process,
}

impl SecureSite {
    /// Serves a folder.
    pub fn serve(folder: &Path) -> Self {
        let mut command = Command::new(environment::python());
        command.arg(source("https.py")).arg(folder);
        let (process, port) = Process::start(command, "listening on ");
        Self { port, _process: process }
    }

    /// Returns the URL of its first page.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}/", self.port)
    }
}

/// Makes a site of one HTML document in a folder of this name.
pub fn document(name: &str, body: &str) -> PathBuf {
    let folder = environment::scratch(name);
    fs::write(folder.join("index.html"), format!("<!doctype html><title>A host</title>{body}"))
        .unwrap();
    folder
}

/// Copies the built page into a folder of this name and edits its API description.
pub fn page_with(name: &str, edit: impl FnOnce(&mut Value)) -> PathBuf {
    let folder = environment::scratch(name);
    copy(&environment::dist(), &folder);
    let path = folder.join("veriops.asyncapi.json");
    let mut description = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    edit(&mut description);
    fs::write(path, description.to_string()).unwrap();
    folder
}

/// Makes a page of this body that loads the playground's script, with the API description edited. The
/// built page is in the folder `in` beside it.
pub fn host(name: &str, body: &str, edit: impl FnOnce(&mut Value)) -> PathBuf {
    // No browser need look for an icon.
    let icon = "<link rel=icon href=data:,>";
    let script = "<script type=module src=in/playground.js></script>";
    let folder = document(name, &format!("{icon}{body}{script}"));
    fs::rename(page_with(&format!("{name}-in"), edit), folder.join("in")).unwrap();
    folder
}

/// Copies the built page into a folder of this name and makes its own waits short, so that no journey
/// lasts as long as they do.
pub fn impatient_page(name: &str, edit: impl FnOnce(&mut Value)) -> PathBuf {
    let folder = page_with(name, edit);
    let timings = json!({
        "connect": 1000, "candidate": 500, "close": 400, "silence": 2000, "probe": 2000,
        "stable": 1000, "answer": 1000,
    });
    rewrite(&folder, |html| {
        html.replace("<veriops-playground", &format!("<veriops-playground timings='{timings}'"))
    });
    folder
}

/// Edits the document of a copied page.
pub fn rewrite(folder: &Path, edit: impl FnOnce(&str) -> String) {
    let path = folder.join("index.html");
    let html = edit(&fs::read_to_string(&path).unwrap());
    fs::write(path, html).unwrap();
}

/// Returns the servers of a description: those that take a key, and the echo servers, in order.
pub fn servers(live: &[String], echo: &[String]) -> Value {
    let server = |role: &str, url: &str| {
        let (protocol, rest) = url.split_once("://").unwrap();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = format!("/{path}");
        json!({ "host": host, "pathname": path, "protocol": protocol, "x-role": role,
                "description": "A server of a test." })
    };
    let live = live.iter().enumerate().map(|(n, url)| (format!("live{n}"), server("live", url)));
    let echo = echo.iter().enumerate().map(|(n, url)| (format!("echo{n}"), server("echo", url)));
    live.chain(echo).collect::<serde_json::Map<_, _>>().into()
}

/// Builds the documentation site of `tests/support/mkdocs` with Material for MkDocs, the built page
/// in its folder `playground`, and this API description. Returns the folder of the site.
pub fn documentation(name: &str, description: &str) -> PathBuf {
    generated(name, "mkdocs", &["mkdocs", "build", "--quiet", "--strict"], description)
}

/// Builds the documentation site of `tests/support/zensical` with Zensical, likewise.
pub fn zensical(name: &str, description: &str) -> PathBuf {
    generated(name, "zensical", &["zensical", "build", "--strict"], description)
}

/// Builds a documentation site in a folder of this name: a copy of `from`, with the page that the command
/// `experiments` prints, by the Python module and its arguments that `generator` names.
fn generated(name: &str, from: &str, generator: &[&str], description: &str) -> PathBuf {
    let folder = environment::scratch(name);
    copy(&source(from), &folder);
    let playground = folder.join("docs/playground");
    copy(&environment::dist(), &playground);
    // A page of such a site is Markdown or HTML; the playground's own page is not one of this site's.
    fs::remove_file(playground.join("index.html")).unwrap();
    fs::write(playground.join("veriops.asyncapi.json"), description).unwrap();
    let mut tables = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
    tables
        .args(["experiments", "--markdown", "--api"])
        .arg(playground.join("veriops.asyncapi.json"));
    let tables = tables.output().unwrap();
    assert!(tables.status.success(), "{tables:?}");
    fs::write(folder.join("docs/reference.md"), tables.stdout).unwrap();
    let mut build = Command::new(environment::python());
    build.arg("-m").args(generator).current_dir(&folder).stdout(Stdio::null());
    let status = build.status().unwrap();
    assert!(status.success(), "{generator:?}: {status}");
    folder.join("site")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(name)
}
