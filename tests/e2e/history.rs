//! The history: what was sent can be sent again, and what was not sent is not there.

use crate::support::canary::KEY;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn what_was_sent_can_be_told_apart_in_the_history() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    for project in ["prj_first", "prj_second"] {
        page.subscribe("project.updated", &[("project_id", project)]).await;
    }
    let titles = choices(&page).await;
    for (own, other) in [("prj_first", "prj_second"), ("prj_second", "prj_first")] {
        let title = titles.iter().find(|title| title.contains(own));
        let title = title.unwrap_or_else(|| panic!("{own} is not in {titles:#?}"));
        page.pick("start-from", title).await;
        page.until(&format!("{own} is in the editor"), |view| {
            let has = |text| view.envelope.as_ref().is_some_and(|it| it.contains(text));
            has(own) && !has(other)
        })
        .await;
    }
}

#[tokio::test]
async fn what_was_refused_does_not_stand_in_the_history() {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    let before = choices(&page).await;
    page.send_by_keys().await;
    page.until("it is refused", |view| view.refusal.is_some()).await;
    assert_eq!(choices(&page).await, before);
    page.connect().await;
    page.click("send").await;
    page.until_row("echo", "echo of req_001").await;
    assert_eq!(choices(&page).await.len(), before.len() + 1);
}

/// Returns what a message can be started from.
async fn choices(page: &Page) -> Vec<String> {
    let script = "return [...shown('start-from').options].map((it) => it.value);";
    page.evaluate(script, vec![]).await.unwrap()
}
