//! Sites that playgrounds live in: each set up as the README says, and served under the strictest policy that
//! the site itself bears.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::chaos::{Chaos, PATIENCE};
use super::environment;
use super::release::Release;
use super::site::{Site, documentation, page_with, servers, zensical};
use super::web::{Software, WebServer};

/// A site with three pages: with a playground, with two of them, and without any.
pub struct Home {
    /// The server that its playgrounds connect to.
    pub chaos: Chaos,
    /// What browsers report of its policies.
    pub reports: Reports,
    /// The paths of its pages.
    pub with: &'static str,
    pub two: &'static str,
    pub without: &'static str,
    /// Whether a link replaces the content of the page instead of the page.
    pub is_instant: bool,
    /// Whether a playground is a frame with the page that is opened directly.
    pub is_framed: bool,
    /// A selector of the button that changes the palette.
    pub palette: &'static str,
    /// An expression that says whether the site's own search is open.
    pub search: &'static str,
    /// Selectors of elements that a page with a playground has, and one without.
    pub elements: &'static [&'static str],
    url: String,
    _servers: Vec<Box<dyn Any>>,
}

impl Home {
    /// Builds a site with Material for MkDocs.
    pub async fn material(name: &str) -> Self {
        let search = "document.getElementById('__search').checked";
        Self { search, ..Self::generated(name, documentation, "").await }
    }

    /// Builds a site with Zensical.
    pub async fn zensical(name: &str) -> Self {
        // Its search is an element of its own with the field in its shadow root.
        let search = "!!document.activeElement?.shadowRoot?.querySelector('[aria-label=Search]')";
        Self { search, ..Self::generated(name, zensical, ZENSICAL).await }
    }

    /// Writes pages as Docusaurus has them: `data-theme`, Infima's variables, and links that load no page.
    pub async fn docusaurus(name: &str) -> Self {
        let (chaos, reports) = (Chaos::start().await, Reports::start().await);
        let folder = environment::scratch(name);
        embed(&folder.join("playground"), &chaos);
        let contents = PAGES.map(|(path, _, count)| {
            let path = path.trim_end_matches("index.html");
            format!("<template data-path='/{path}'>{}</template>", content(ELEMENT, count))
        });
        write_pages(&folder, " data-theme=light", SCRIPT, &contents.concat(), |_| String::new());
        let site = Site::serve_under(&folder, &strict(&chaos, &reports, SELF)).await;
        let url = site.url("");
        Self { is_instant: true, ..Self::plain_at(url, chaos, reports, vec![Box::new(site)]) }
    }

    /// Writes plain pages.
    pub async fn plain(name: &str) -> Self {
        let (chaos, reports) = (Chaos::start().await, Reports::start().await);
        let folder = environment::scratch(name);
        embed(&folder.join("playground"), &chaos);
        write_pages(&folder, "", SCRIPT, "", |count| content(ELEMENT, count));
        let site = Site::serve_under(&folder, &strict(&chaos, &reports, SELF)).await;
        let url = site.url("");
        Self::plain_at(url, chaos, reports, vec![Box::new(site)])
    }

    /// Writes plain pages that have the playground of another origin in a frame, and follow its height.
    pub async fn framed(name: &str) -> Self {
        let (chaos, reports) = (Chaos::start().await, Reports::start().await);
        let other = environment::scratch(&format!("{name}-other"));
        embed(&other, &chaos);
        let other = Site::serve_under(&other, &strict(&chaos, &reports, SELF)).await;
        let folder = environment::scratch(name);
        fs::write(folder.join("frame.js"), readme("vp-height")).unwrap();
        let script = "<script type=module src=/frame.js></script>";
        let frame = format!("<iframe src='{}' title='Playground'></iframe>", other.url(""));
        write_pages(&folder, "", script, "", |count| content(&frame, count));
        let policy = format!("{}; frame-src {}", strict(&chaos, &reports, SELF), other.url(""));
        let site = Site::serve_under(&folder, &policy).await;
        let url = site.url("").replace("127.0.0.1", "localhost");
        let servers: Vec<Box<dyn Any>> = vec![Box::new(site), Box::new(other)];
        Self { is_framed: true, ..Self::plain_at(url, chaos, reports, servers) }
    }

    /// Has this server serve a release, with the files that it brings along, to plain pages; with the line of
    /// the newest release, or of this one.
    pub async fn released(name: &str, software: Software, is_newest: bool) -> Self {
        let (chaos, reports) = (Chaos::start().await, Reports::start().await);
        let dist = page_with(&format!("{name}-page"), |it| aim(it, &chaos));
        let folder = environment::scratch(name);
        let release = Release::write(&dist, &folder.join("playground"));
        let line = release.line(is_newest).replace(ELEMENT, "");
        write_pages(&folder, "", &line, "", |count| content(ELEMENT, count));
        let policy = format!("{}; {REST}; report-uri {}", release.policy(), reports.url());
        let server = WebServer::start(software, &folder, &policy);
        let url = server.url("");
        Self::plain_at(url, chaos, reports, vec![Box::new(server)])
    }

    /// Returns the URL of a page.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn plain_at(url: String, chaos: Chaos, reports: Reports, servers: Vec<Box<dyn Any>>) -> Self {
        Self {
            chaos,
            reports,
            with: "",
            two: "two.html",
            without: "without.html",
            is_instant: false,
            is_framed: false,
            palette: "#palette",
            search: "document.getElementById('search').open",
            elements: &["html", "body", "nav", "nav a", "button", "main", "main p", "main input"],
            url,
            _servers: servers,
        }
    }

    /// Builds a site whose theme has this style in its HTML.
    async fn generated(name: &str, build: fn(&str, &str) -> PathBuf, style: &str) -> Self {
        let (chaos, reports) = (Chaos::start().await, Reports::start().await);
        let text = fs::read_to_string(environment::dist().join(DESCRIPTION)).unwrap();
        let mut description = serde_json::from_str(&text).unwrap();
        aim(&mut description, &chaos);
        let folder = build(name, &description.to_string());
        fs::copy(source("trusted.js"), folder.join("trusted.js")).unwrap();
        let mut hashes = BTreeSet::new();
        for path in html(&folder) {
            let text = fs::read_to_string(&path).unwrap();
            let head = "<head><script src=\"/trusted.js\"></script>";
            fs::write(path, text.replacen("<head>", head, 1)).unwrap();
            hashes.extend(text.split("<script>").skip(1).map(|rest| {
                let script = rest.split("</script>").next().unwrap();
                format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script)))
            }));
        }
        // What both themes need, with or without a playground: the scripts in their pages; pages fetched ahead,
        // which Firefox counts among everything else; and under Trusted Types a policy of the site's own, which
        // is for the theme's script alone.
        let hashes = hashes.into_iter().collect::<Vec<_>>().join(" ");
        let policy = strict(&chaos, &reports, &format!("{SELF} {hashes}"))
            .replace("default-src 'none'", "default-src 'self'")
            .replace("trusted-types 'none'", "trusted-types default")
            .replace("style-src 'self'", &format!("style-src 'self' {style}"));
        let site = Site::serve_under(&folder, &policy).await;
        site.is_mapped_in(&folder);
        Self {
            chaos,
            reports,
            with: "",
            two: "two/",
            without: "without/",
            is_instant: true,
            is_framed: false,
            palette: ".md-header__option label:not([hidden])",
            search: "false",
            elements: &[
                "html",
                "body",
                ".md-header",
                ".md-typeset h1",
                ".md-typeset p",
                ".md-typeset code",
                ".md-typeset p a",
                ".md-typeset h2",
                ".md-typeset td",
            ],
            url: site.url(""),
            _servers: vec![Box::new(site)],
        }
    }
}

/// Violations that browsers report of policies whose `report-uri` is its own.
pub struct Reports {
    port: u16,
    all: watch::Receiver<Vec<String>>,
    _task: JoinSet<()>,
}

impl Reports {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, all) = watch::channel(Vec::new());
        let keep = post(async move |report: String| sender.send_modify(|all| all.push(report)));
        let mut task = JoinSet::new();
        let router = Router::new().route("/", keep);
        task.spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { port, all, _task: task }
    }

    /// Waits until this is reported, and returns every report so far.
    pub async fn until(&self, what: &str) -> Vec<String> {
        let mut all = self.all.clone();
        let is_there = |all: &Vec<String>| all.iter().any(|it| it.contains(what));
        let met = timeout(PATIENCE, all.wait_for(is_there)).await;
        met.unwrap_or_else(|_| panic!("{what} was not reported")).unwrap().clone()
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// The files of the pages of a home that is no generated site, their titles, and how many playgrounds each has.
const PAGES: [(&str, &str, usize); 3] =
    [("index.html", "With", 1), ("two.html", "Two", 2), ("without.html", "Without", 0)];

const ELEMENT: &str = "<veriops-playground></veriops-playground>";
const SCRIPT: &str = "<script type=module src=/playground/playground.js></script>";
const DESCRIPTION: &str = "veriops.asyncapi.json";

/// What scripts may be.
const SELF: &str = "'self' 'wasm-unsafe-eval'";

/// What else a policy says that allows nothing else.
const REST: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
    form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A style that the search of Zensical has in its HTML.
const ZENSICAL: &str = "'sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k='";

/// Returns a policy that allows these scripts, the site itself, and the server of the playground.
fn strict(chaos: &Chaos, reports: &Reports, scripts: &str) -> String {
    format!(
        "script-src {scripts}; connect-src 'self' {}; {REST}; report-uri {}",
        chaos.url(""),
        reports.url()
    )
}

/// Writes the pages, with these attributes, this script, and what each has by the number of its playgrounds.
fn write_pages(
    folder: &Path,
    attributes: &str,
    script: &str,
    more: &str,
    main: impl Fn(usize) -> String,
) {
    for file in ["host.js", "host.css"] {
        fs::copy(source(file), folder.join(file)).unwrap();
    }
    let links = PAGES.map(|(file, title, _)| {
        let path = file.trim_end_matches("index.html");
        format!("<a href='/{path}'>{title}</a> ")
    });
    for (file, title, count) in PAGES {
        let page = format!(
            "<!doctype html><html lang=en{attributes}><meta charset=utf-8><title>{title}</title>
             <link rel=icon href=data:,><link rel=stylesheet href=/host.css>{script}
             <script type=module src=/host.js></script>
             <nav>{}<button id=palette>Palette</button></nav>
             <dialog id=search>Search</dialog><main>{}</main>{more}",
            links.concat(),
            main(count)
        );
        fs::write(folder.join(file), page).unwrap();
    }
}

/// Returns the content of a page: some text around so many playgrounds.
fn content(playground: &str, count: usize) -> String {
    format!("<p>Text.</p>{}<p><input aria-label='A field'></p>", playground.repeat(count))
}

/// Copies the built page to a folder. Its description names the servers of `chaos`.
fn embed(folder: &Path, chaos: &Chaos) {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let parent = folder.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let page = page_with(&format!("{parent}-{name}-page"), |it| aim(it, chaos));
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    fs::rename(page, folder).unwrap();
}

fn aim(description: &mut Value, chaos: &Chaos) {
    description["servers"] = servers(&[chaos.url("/ack")], &[chaos.url("/echo")]);
}

/// Returns the script in the README that has this word in it.
fn readme(word: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let mut scripts = readme.split("```js\n").skip(1).filter_map(|rest| rest.split("```").next());
    scripts.find(|script| script.contains(word)).unwrap().to_owned()
}

fn html(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = paths.map(|path| match path.is_dir() {
        true => html(&path),
        false if path.extension().is_some_and(|end| end == "html") => vec![path],
        false => vec![],
    });
    found.collect::<Vec<_>>().concat()
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/home").join(name)
}
