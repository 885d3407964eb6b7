//! Copy as Markdown: what happened, ready to be pasted into a ticket.

use serde_json::Value;

use crate::log::{open, save};
use crate::support::canary::KEY;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, page_with};

#[tokio::test]
async fn a_session_that_was_closed_is_copied_as_a_report() {
    let server = Server::start("--event-interval 0 --rate-messages 4");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_1")]).await;
    page.compose("ping").await;
    for _ in 0..4 {
        page.click("send").await;
    }
    page.until_closed(4008).await;
    let report = copied(&page, "Copied as Markdown: ").await;
    let browser: String = page.evaluate("return navigator.userAgent;", vec![]).await.unwrap();
    for part in [
        "| Target | Live API |",
        &format!("| Endpoint | `{}", server.endpoint("/realtime")),
        r#"| Subscription | `project.updated` `{"project_id":"prj_1"}` restored with"#,
        &format!("| Browser | `{browser}` |"),
        "- 4008: Rate limited.\n",
        "- The client waits 60 s before it reconnects.\n",
        "| sent | subscribe |",
        r#""payload":{"channel":"project.updated","filters":{"project_id":"prj_1"}}"#,
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    page.hides_the_key();
    // Told for long enough to be read; whoever has read it need not wait.
    page.click("replay-dismiss").await;
    page.until_true("it is no longer said", "return !shown('replay');", vec![]).await;
}

#[tokio::test]
async fn a_replayed_log_is_copied_as_a_report_that_names_the_file() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("task.completed", &[("project_id", "prj_2")]).await;
    let saved = save(&page, "save-ndjson", 1).await;
    open(&page, "seen.ndjson", &saved).await;
    page.enter("replay-speed", "At once").await;
    page.until_row("ack", "req_001").await;
    let report = copied(&page, "Copied as Markdown: ").await;
    for part in [
        "seen.ndjson` |",
        "| Replay of | ",
        r#"| Subscription | `task.completed` `{"project_id":"prj_2"}` answered in "#,
        "| Replayed in | ",
        "No connection ended in this log.",
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    page.click("replay-dismiss").await;
    page.until_true("the replay goes on", "return !!shown('replay-end');", vec![]).await;
}

#[tokio::test]
async fn a_report_that_the_browser_does_not_copy_is_saved() {
    let site = Site::serve(&page_with("no-clipboard", |_| {})).await;
    let page = Page::open(&site.url("")).await;
    page.choose("simulator").await;
    page.connect().await;
    // A driver's script has objects of its own in Firefox; one of the document has the page's.
    let refuse = "const script = document.createElement('script');
        script.textContent = 'navigator.clipboard.writeText = () => Promise.reject(new Error());';
        document.head.append(script);";
    page.evaluate::<Value>(refuse, vec![]).await.unwrap();
    let before = page.browser.downloads();
    page.click("copy-report").await;
    let saved = page.browser.until_downloaded(&before).await;
    assert!(saved.contains("| Target | Simulator in the page |"), "{saved}");
    until_said(&page, "Not copied: ").await;
}

/// Copies a report, waits until the page says so, and returns it.
async fn copied(page: &Page, words: &str) -> String {
    page.click("copy-report").await;
    until_said(page, words).await;
    page.evaluate("return navigator.clipboard.readText();", vec![]).await.unwrap()
}

async fn until_said(page: &Page, words: &str) {
    let said = "return text('replay')?.startsWith(arguments[0]) ?? false;";
    page.until_true(&format!("it says {words}"), said, vec![words.into()]).await;
}
