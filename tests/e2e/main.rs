//! Journeys through the playground in a real Chromium, over real sockets.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

#[path = "../support"]
mod support {
    pub mod browser;
    pub mod chaos;
    pub mod environment;
    pub mod http;
    pub mod page;
    pub mod proxy;
    pub mod server;
}

#[tokio::test]
async fn smoke() {
    let browser = support::browser::Browser::start().await;
    browser.go("data:text/html,<h1>hello</h1><script>console.log('k');</script>").await;
    browser.resize(320, 700).await;
    let w: u32 = browser.evaluate("return innerWidth", vec![]).await.unwrap();
    assert_eq!(w, 320);
    println!("{:?}", browser.console().await);
    panic!();
}
