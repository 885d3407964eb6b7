//! Nothing stays behind: no socket, no timer, no listener, no element.

use serde::Deserialize;
use serde_json::Value;

use crate::support::aftermath::is_usable;
use crate::support::browser::Browser;
use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::site::{Site, page_with, rewrite, servers};

#[tokio::test]
async fn a_hundred_times_connect_and_cancel_in_one_tick_leaves_one_socket() {
    let chaos = Chaos::start().await;
    let site = open("tick", &chaos).await;
    let page = Page::open(&site.url("")).await;
    // No hand is so quick, but the page must not depend on that.
    let hurry = "const primary = shown('primary');
        for (let time = 0; time < 100; time++) {
          primary.click(); // connect
          primary.click(); // cancel
        }
        primary.click();";
    page.evaluate::<Value>(hurry, vec![]).await.unwrap();
    // The last click connects, as soon as what a connection needs has come.
    page.until_state("open").await;
    chaos.until("one socket", |seen| seen.open == 1).await;
    assert_eq!(census(&page).await.sockets, 1);
    is_usable(&page, &chaos).await;
    chaos.until("no socket", |seen| seen.open == 0).await;
    let left = census(&page).await;
    assert_eq!(left.sockets, 0, "{left:#?}");
}

#[tokio::test]
async fn a_hundred_times_connect_and_cancel_frame_by_frame_leaves_one_socket() {
    let chaos = Chaos::start().await;
    let site = open("frames", &chaos).await;
    let page = Page::open(&site.url("")).await;
    let haste = "const primary = shown('primary');
        const press = (times) => {
          primary.click();
          if (times > 0) return new Promise(requestAnimationFrame).then(() => press(times - 1));
        };
        return press(200);";
    page.evaluate::<Value>(haste, vec![]).await.unwrap();
    are_of_one_mind(&page, &chaos).await;
    is_usable(&page, &chaos).await;
    chaos.until("no socket", |seen| seen.open == 0).await;
    let left = census(&page).await;
    assert_eq!(left.sockets, 0, "{left:#?}");
}

#[tokio::test]
async fn an_element_that_came_and_went_a_hundred_times_left_nothing() {
    let chaos = Chaos::start().await;
    let site = open("came-and-went", &chaos).await;
    let page = Page::new(Browser::start().await);
    page.go(&site.url("")).await;
    page.evaluate::<Value>("root.host.remove();", vec![]).await.unwrap();
    come_and_go(&page, 3).await;
    let before = census(&page).await;
    assert_eq!((before.sockets, before.timers, before.frames), (0, 0, 0), "{before:#?}");
    come_and_go(&page, 100).await;
    let seen = chaos.until("no socket is left", |seen| seen.open == 0).await;
    assert!(seen.handshakes > 30, "{} connections", seen.handshakes);
    assert_eq!(census(&page).await, before);
    let console = page.browser.console();
    let panics = console.iter().filter(|line| line.message.contains("panicked"));
    assert_eq!(panics.count(), 0, "{console:#?}");
}

/// Waits until the page shows what the server has: one socket, or none.
async fn are_of_one_mind(page: &Page, chaos: &Chaos) {
    page.until("page and server are of one mind", |view| match chaos.seen().open {
        0 => view.is("idle"),
        1 => view.is("open"),
        _ => false,
    })
    .await;
}

/// Adds and removes an element this many times: before it has started, while it connects, and once it
/// is connected.
pub(super) async fn come_and_go(page: &Page, times: usize) {
    let script = "
        const primary = (element) =>
          element.shadowRoot?.querySelector('[data-testid=\"primary\"]');
        const frame = () => new Promise(requestAnimationFrame);
        const until = async (what, isMet) => {
          for (const start = performance.now(); !isMet(); await frame()) {
            if (performance.now() - start > 20_000) throw new Error(`waited in vain until ${what}`);
          }
        };
        return (async () => {
          const element = document.createElement('veriops-playground');
          document.body.prepend(element);
          if (arguments[0] % 3 > 0) {
            await until('there is a button', () => primary(element));
            primary(element).click();
          }
          if (arguments[0] % 3 > 1) {
            const status = element.shadowRoot.querySelector('[data-testid=\"status\"]');
            await until('it is open', () => status.dataset.state === 'open');
          }
          element.remove();
          await frame();
          await frame();
        })();";
    for time in 0..times {
        page.browser.evaluate::<Value>(script, vec![time.into()]).await.unwrap();
    }
}

/// What a page still has.
#[derive(Debug, Deserialize, Eq, PartialEq)]
struct Census {
    /// Sockets that are connecting or open.
    sockets: usize,
    /// Timeouts and intervals that are set.
    timers: usize,
    /// Callbacks that wait for a frame.
    frames: usize,
    /// Listeners on everything that is not an element.
    listeners: usize,
    /// Elements of the document.
    elements: usize,
}

async fn census(page: &Page) -> Census {
    page.browser.evaluate("return census();", vec![]).await.unwrap()
}

/// Serves a page whose sandbox is an echo of the chaos server, and which counts what it has.
pub(super) async fn open(name: &str, chaos: &Chaos) -> Site {
    let folder = page_with(name, |description| {
        description["servers"] = servers(&[], &[chaos.url("/echo")]);
    });
    rewrite(&folder, |html| html.replace("<head>", &format!("<head><script>{CENSUS}</script>")));
    Site::serve(&folder).await
}

/// Counts what the page makes, before anything is made.
const CENSUS: &str = r"
    const sockets = new Set();
    globalThis.WebSocket = class extends WebSocket {
      constructor(...address) {
        super(...address);
        sockets.add(this);
      }
    };
    const counted = (set, clear, isOnce) => {
      const waiting = new Set();
      const [start, stop] = [globalThis[set], globalThis[clear]];
      globalThis[set] = (act, ...rest) => {
        const id = start((...given) => {
          if (isOnce) waiting.delete(id);
          act(...given);
        }, ...rest);
        waiting.add(id);
        return id;
      };
      globalThis[clear] = (id) => {
        waiting.delete(id);
        stop(id);
      };
      return waiting;
    };
    const timeouts = counted('setTimeout', 'clearTimeout', true);
    const intervals = counted('setInterval', 'clearInterval', false);
    const frames = counted('requestAnimationFrame', 'cancelAnimationFrame', true);
    const listeners = new Map();
    const numbers = new WeakMap();
    const number = (object) => {
      if (!numbers.has(object)) numbers.set(object, Math.random());
      return numbers.get(object);
    };
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    const isCounted = (target) => !(target instanceof Node) || target === document;
    const name = (target, type, listener) =>
      `${number(target)} ${type} ${number(listener)}`;
    EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
      const target = this ?? globalThis;
      // What listens once is gone with its event.
      const isLasting = listener && !rest[0]?.once && isCounted(target);
      if (isLasting) listeners.set(name(target, type, listener), type);
      return addEventListener.call(target, type, listener, ...rest);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
      const target = this ?? globalThis;
      if (listener) listeners.delete(name(target, type, listener));
      return removeEventListener.call(target, type, listener, ...rest);
    };
    globalThis.census = () => ({
      sockets: [...sockets].filter(({ readyState }) => readyState < 2).length,
      timers: timeouts.size + intervals.size,
      frames: frames.size,
      listeners: listeners.size,
      elements: document.querySelectorAll('*').length,
    });
";
