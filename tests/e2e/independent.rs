//! A server that shares no code with the project: the Python package `websockets` and the
//! reference page.

use std::path::Path;
use std::process::Command;

use crate::support::aftermath::works;
use crate::support::environment;
use crate::support::page::{Notice, Page};
use crate::support::server::{Process, Server};

#[tokio::test]
async fn an_independent_server_acks_sends_an_event_and_closes_with_4008() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/independent/server.py");
    let mut command = Command::new(environment::python());
    command.arg(program).args(["--port", "0", "--limit", "4"]);
    let (_process, port) = Process::start(command, "listening on ");

    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&format!("ws://127.0.0.1:{port}/realtime")).await;
    page.until_state("open").await;
    // Two messages of ours: the request, and the pong to the ping that comes before the ack.
    page.subscribe("project.updated", &[("project_id", "prj_abc123")]).await;
    page.until_row("heartbeat", "srv_ping_1 · answered").await;
    page.until_row("ack", "req_001 · subscribed").await;
    page.until_row("event", "project.updated · prj_abc123 · active").await;
    page.compose("ping").await;
    for answered in ["req_002", "req_003"] {
        page.click("send").await;
        page.until_row("pong", answered).await;
    }
    page.click("send").await;
    let notice = page.until_closed(4008).await;
    assert!(notice.text.contains("rate limited"), "{notice:#?}");
    assert!(notice.seconds().is_some_and(|seconds| seconds > 40), "{notice:#?}");
    let view = page.until_state("waiting").await;
    assert!(view.notice.as_ref().and_then(Notice::seconds).is_some(), "{view:#?}");
    works(&page).await;
}
