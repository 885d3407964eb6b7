//! A program that crashed is told from outside it, whichever way it went.
//!
//! Nothing in the page crashes on request. Both ways are what a browser can do to a page: one of its
//! own functions fails, and the memory ends.

use serde_json::Value;

use crate::support::aftermath::is_usable;
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, servers};

#[tokio::test]
async fn a_panic_is_told_and_closes_the_connection() {
    // A clock that throws leaves the program in the middle of what it did; its next step panics.
    crashes(
        "panic",
        "performance.now = () => { throw new Error('this clock is broken'); };
         shown('primary').click(); shown('primary').click();",
        true,
    )
    .await;
}

#[tokio::test]
async fn a_trap_is_told_and_closes_the_connection() {
    // All memory that the program may ever have is taken, so that a large text has no place. Only a script
    // of the page's own gets the program that runs in it.
    crashes(
        "trap",
        "const [glue] = performance.getEntriesByType('resource')
           .filter(({ name }) => /veriops-playground-[0-9a-f]+\\.js$/.test(name));
         const script = document.createElement('script');
         script.type = 'module';
         script.textContent = `
           const exports = await (await import('${glue.name}')).default();
           const memory = Object.values(exports).find((it) => it instanceof WebAssembly.Memory);
           for (let pages = 32768; pages >= 1; pages = Math.floor(pages / 2)) {
             try { for (;;) memory.grow(pages); } catch {}
           }
           const { shadowRoot } = document.querySelector('veriops-playground');
           const field = shadowRoot.querySelector('[data-testid=envelope]');
           field.value = 'x'.repeat(64 * 1024 * 1024);
           field.dispatchEvent(new Event('input'));`;
         document.head.append(script);",
        false,
    )
    .await;
}

/// Asserts what follows a crash that a script provokes while there is a connection. Only a panic says in the
/// console where it was.
async fn crashes(name: &str, script: &str, panics: bool) {
    let chaos = Chaos::start().await;
    let folder = page_with(name, |description| {
        description["servers"] = servers(&[chaos.url("/ack")], &[]);
    });
    let site = Site::serve(&folder).await;
    let page = Page::open(&site.url("")).await;
    page.connect_live(KEY).await;
    page.compose("raw").await;
    page.evaluate::<Value>(script, vec![]).await.unwrap();
    page.until_true(
        "the crash is told",
        "const box = shown('crash');
         return box?.getAttribute('role') === 'alert' && box.innerText.includes('Reload the page');",
        vec![],
    )
    .await;
    let console = page.browser.console();
    let has_panicked = console.iter().any(|line| line.message.contains("panicked at"));
    assert_eq!(has_panicked, panics, "{console:#?}");
    chaos.until("the socket is closed", |seen| seen.open == 0).await;
    page.until_true("the key is gone", "return every('key').length === 0;", vec![]).await;
    // Another element does not try to start what has crashed.
    let second = "document.body.append(document.createElement('veriops-playground'));";
    page.evaluate::<Value>(second, vec![]).await.unwrap();
    page.until_true(
        "a second element says so, too",
        "const [, second] = document.querySelectorAll('veriops-playground');
         return second.innerText.includes('has crashed') && second.checkVisibility();",
        vec![],
    )
    .await;
    // Nothing of the program is left to reconnect, and reloading starts afresh.
    page.browser.evaluate::<Value>("location.reload();", vec![]).await.unwrap();
    page.until_ready().await;
    assert_eq!(chaos.seen().handshakes, 1);
    page.connect_live(KEY).await;
    is_usable(&page, &chaos).await;
}
