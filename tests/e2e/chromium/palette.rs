//! The palette that a reader prefers, where the page leaves it to them.

use serde_json::json;

use crate::support::page::Page;
use crate::support::site::{Site, host};

#[tokio::test]
async fn the_readers_palette_is_followed_live_where_the_page_follows_it() {
    let body =
        "<meta name=color-scheme content='light dark'><veriops-playground></veriops-playground>";
    let site = Site::serve(&host("palette-preferred", body, |_| {})).await;
    let page = Page::open(&site.url("")).await;
    for (palette, ground) in
        [("dark", "rgb(27, 30, 42)"), ("light", "rgb(255, 255, 255)"), ("dark", "rgb(27, 30, 42)")]
    {
        let features =
            json!({ "features": [{ "name": "prefers-color-scheme", "value": palette }] });
        page.browser.devtools("Emulation.setEmulatedMedia", features).await;
        let script = "const app = root.querySelector('.vp-app');
            return getComputedStyle(app).backgroundColor === arguments[0];";
        page.until_true(&format!("it is {palette}"), script, vec![json!(ground)]).await;
    }
}
