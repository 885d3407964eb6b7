//! The built page and the reference page over HTTP, with the headers that a production server would send.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tower_http::services::ServeDir;

use veriops_playground::protocol::Endpoint;

use super::{reference, seal};

/// Serves the folder `dist`, its API description with this server's own endpoints in it, and the reference
/// page that is made from it.
pub(super) fn router(dist: &Path) -> Router {
    Router::new()
        .route("/veriops.asyncapi.json", get(description))
        .route("/docs", get(async || Redirect::temporary("/docs/")))
        .route("/docs/", get(documentation))
        .route("/docs/style.css", get(async || ([(CONTENT_TYPE, "text/css")], STYLE)))
        .route("/docs/icon.svg", get(async || ([(CONTENT_TYPE, "image/svg+xml")], ICON)))
        .with_state(Arc::from(dist.join("veriops.asyncapi.json")))
        .fallback_service(ServeDir::new(dist).precompressed_br())
        .layer(middleware::from_fn(with_headers))
}

async fn with_headers(request: Request, next: Next) -> Response {
    let is_hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let caching = if is_hashed && response.status().is_success() { FOR_EVER } else { REVALIDATED };
    let headers = response.headers_mut();
    for (name, value) in [
        // Documentation on another origin embeds the script.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const REVALIDATED: &str = "no-cache";

/// The content security policy of the page opened directly. It may connect to any `wss` server,
/// and to this machine; documentation on this machine may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self' wss: ws://localhost:* ws://127.0.0.1:*; \
    base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self' http://localhost:* http://127.0.0.1:*; \
    require-trusted-types-for 'script'";

/// Returns whether the file's name changes with its content: it ends as trunk hashes it, in a dash
/// and 16 hexadecimal digits, or fewer where the first ones would be zero.
fn is_hashed(path: &str) -> bool {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('-')).is_some_and(|(_, tail)| {
        let digits = tail.split(['.', '_']).next().unwrap_or_default();
        (12..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

const STYLE: &str = include_str!("../../style/docs.css");
const ICON: &str = include_str!("../../style/icon.svg");

/// Serves the reference page.
async fn documentation(State(path): State<Arc<Path>>) -> Response {
    match super::read(&path).and_then(|text| Ok(reference::page(&text)?)) {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, format!("{error:#}")).into_response(),
    }
}

/// Serves the API description with this server as the first live and the first echo server.
async fn description(State(path): State<Arc<Path>>, headers: HeaderMap) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if Endpoint::parse(&format!("ws://{host}"), None).is_err() {
        return (StatusCode::BAD_REQUEST, "the Host header is no host name").into_response();
    }
    let edited = super::read(&path).and_then(|text| Ok(with_sandbox(&text, host)?));
    match edited.and_then(|text| compressed(text, &headers)) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, format!("{error:#}")).into_response(),
    }
}

/// Returns a text for whoever asks with these headers: in brotli, as the files that have a copy in it, where
/// that is taken.
fn compressed(text: String, headers: &HeaderMap) -> anyhow::Result<Response> {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let takes_brotli = accepted.split(',').any(|it| it.trim() == "br");
    if !takes_brotli {
        return Ok(([(VARY, "accept-encoding")], text).into_response());
    }
    let bytes = seal::brotli(text.as_bytes(), QUICK)?;
    Ok(([(VARY, "accept-encoding"), (CONTENT_ENCODING, "br")], bytes).into_response())
}

/// The quality of brotli that costs each request less than a millisecond.
const QUICK: u32 = 6;

/// Puts the sandbox before the servers of the description. The order of keys is the order in which
/// servers are offered, so the rest of the text stays as it is.
fn with_sandbox(text: &str, host: &str) -> serde_json::Result<String> {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        servers: &'a RawValue,
    }

    let server = |path, role, description| {
        json!({
            "host": host,
            "pathname": path,
            "protocol": "ws",
            "description": description,
            "x-role": role,
        })
    };
    let servers = serde_json::from_str::<Document<'_>>(text)?.servers.get();
    let live = server("/realtime", "live", SANDBOX);
    let echo = server("/echo", "echo", ECHO);
    let rest = servers.trim_start_matches('{');
    let with_sandbox = format!(r#"{{"sandbox": {live}, "sandboxEcho": {echo}, {rest}"#);
    Ok(text.replacen(servers, &with_sandbox, 1))
}

const SANDBOX: &str =
    "The sandbox API on this machine; it takes any key that does not begin with \"expired\".";
const ECHO: &str = "The echo on this machine.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_trunks_hash_are_kept_for_ever() {
        for (path, hashed) in [
            ("/veriops-playground-8d9228290b8d86fd.js", true),
            ("/veriops-playground-8d9228290b8d86fd_bg.wasm", true),
            // trunk writes no zero before the first digit.
            ("/veriops-playground-8fbe9735c87f883.js", true),
            ("/playground.js", false),
            ("/", false),
            ("/veriops-playground-8d92.js", false),
            ("/8d9228290b8d86fd/index.html", false),
        ] {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }

    #[tokio::test]
    async fn the_edited_description_is_sent_as_small_as_the_files_beside_it() {
        let path: Arc<Path> =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/veriops.asyncapi.json").into();
        let asked = async |coding: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("localhost:1"));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
            let response = description(State(Arc::clone(&path)), headers).await;
            let encoding = response.headers().get(CONTENT_ENCODING).cloned();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (encoding.is_some_and(|it| it == "br"), body)
        };

        let (is_plain_small, plain) = asked("gzip, identity").await;
        let (is_small, small) = asked("gzip, deflate, br, zstd").await;

        assert!(is_small && !is_plain_small);
        assert!(small.len() * 4 < plain.len(), "{} of {} bytes", small.len(), plain.len());
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut &small[..], &mut read).unwrap();
        assert_eq!(read, plain);
    }

    #[test]
    fn the_sandbox_comes_first_and_the_rest_stays_as_written() {
        let text = r#"{ "b": 1, "servers": {"z": {"host": "z"}, "a": {}}, "a": 2 }"#;
        let served = with_sandbox(text, "localhost:1").unwrap();
        assert!(served.starts_with(r#"{ "b": 1, "servers": {"sandbox": {"#), "{served}");
        assert!(served.ends_with(r#", "z": {"host": "z"}, "a": {}}, "a": 2 }"#), "{served}");
        assert!(serde_json::from_str::<serde_json::Value>(&served).is_ok(), "{served}");
    }
}
