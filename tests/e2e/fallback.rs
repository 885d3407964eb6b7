//! Where the program cannot run, the children stay in sight, with the reason and what to do.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;

use crate::support::aftermath::works;
use crate::support::browser::Browser;
use crate::support::page::Page;
use crate::support::site::{Site, host};

#[tokio::test]
async fn a_server_that_does_not_know_wasm_by_name_is_in_nobodys_way() {
    let folder = host("unknown-type", ELEMENT, |_| {});
    let site = Headers::serve(&folder, |path, response| {
        if path.contains(".wasm") {
            let plain = HeaderValue::from_static("application/octet-stream");
            response.headers_mut().insert(CONTENT_TYPE, plain);
        }
    })
    .await;
    let page = Page::open(&site.url()).await;
    works(&page).await;
}

#[tokio::test]
async fn a_server_that_answers_with_a_page_of_its_own_is_told() {
    let folder = host("page-for-program", ELEMENT, |_| {});
    let site = Headers::serve(&folder, |path, response| {
        if path.ends_with("_bg.wasm") {
            *response.body_mut() = "<!doctype html><title>Not found</title>".into();
            let page = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, page);
            response.headers_mut().remove("content-length");
        }
    })
    .await;
    is_told(&site.url(), &["_bg.wasm came as text/html"]).await;
}

#[tokio::test]
async fn a_policy_that_blocks_the_program_is_told_with_what_to_allow() {
    let folder = host("blocked-program", ELEMENT, |_| {});
    let site = Headers::serve(&folder, |_, response| {
        let policy = HeaderValue::from_static("script-src 'self'");
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    })
    .await;
    is_told(&site.url(), &["security policy", "'wasm-unsafe-eval'", "script-src"]).await;
}

#[tokio::test]
async fn a_browser_without_webassembly_is_told() {
    let body = format!("<script>delete window.WebAssembly;</script>{ELEMENT}");
    let site = Site::serve(&host("no-webassembly", &body, |_| {})).await;
    is_told(&site.url(""), &["WebAssembly"]).await;
}

#[tokio::test]
async fn a_browser_without_custom_elements_shows_the_children() {
    let body = format!(
        "<script>Object.defineProperty(window, 'customElements', {{ value: undefined }});</script>
         {ELEMENT}<script type=module>window.isOver = true;</script>"
    );
    let folder = host("no-elements", &body, |_| {});
    let site = Site::serve(&folder).await;
    let page = Page::new(Browser::start().await);
    page.browser.go(&site.url("")).await;
    let said = "const element = document.querySelector('veriops-playground');
        return document.readyState === 'complete' && isOver && !element.shadowRoot
          && element.innerText.trim() === 'The children.';";
    page.until_true("the children are in sight", said, vec![]).await;
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
}

const ELEMENT: &str = "<veriops-playground><p>The children.</p></veriops-playground>";

/// Opens a page, and waits until its element shows its children and a reason with all of these words.
async fn is_told(url: &str, words: &[&str]) {
    let page = Page::new(Browser::start().await);
    page.browser.go(url).await;
    let script = "const [children, alert] = document.querySelectorAll('veriops-playground > p');
        const said = alert?.innerText ?? '';
        return children.checkVisibility() && said.includes('could not start')
          && arguments[0].every((it) => said.includes(it)) || said;";
    page.until_true("children and reason are in sight", script, vec![words.into()]).await;
}

/// A static site whose answers are changed on their way.
struct Headers {
    port: u16,
    _task: JoinSet<()>,
}

impl Headers {
    async fn serve(folder: &Path, change: fn(&str, &mut Response)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let layer = middleware::from_fn(move |request: Request, next: Next| async move {
            let path = request.uri().path().to_owned();
            let mut response = next.run(request).await;
            change(&path, &mut response);
            response
        });
        let files = Router::new().fallback_service(ServeDir::new(folder)).layer(layer);
        let mut task = JoinSet::new();
        task.spawn(async { axum::serve(listener, files).await.unwrap() });
        Self { port, _task: task }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}
