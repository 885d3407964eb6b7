//! The simulator inside the page, as a reader wants it to behave.

use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn a_reader_sees_what_a_refused_key_looks_like_and_then_goes_on_as_documented() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.enter("simulator-behaviour", "refuses-keys").await;
    page.click("primary").await;
    let notice = page.until_closed(4001).await;
    assert_eq!(notice.countdown, None, "a client that was refused does not try again");
    page.until_row("close", "token not accepted").await;
    page.enter("simulator-behaviour", "documented").await;
    page.connect().await;
    page.subscribe("presence", &[]).await;
}
