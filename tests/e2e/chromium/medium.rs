//! What the playground is read on: forced colours, a reader who wants no motion, paper.

use serde_json::json;

use crate::log::two_answered_requests;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn in_forced_colours_everything_chosen_differs_from_what_is_not() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_320, 900).await;
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("project.updated", &[]).await;
    page.enter("search", "req_001").await;
    page.click("pause").await;
    page.click_row("ack").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    for palette in ["light", "dark"] {
        emulate(&page, "", &[("forced-colors", "active"), ("prefers-color-scheme", palette)]).await;
        page.until_true("it is laid out", SETTLED, vec![]).await;
        let alike: Vec<String> = page.evaluate(ALIKE, vec![]).await.unwrap();
        assert!(alike.is_empty(), "{palette}: {alike:#?}");
    }
    // A check box is the browser's own, and what has the keyboard has a ring.
    page.unfold("keep-alive").await;
    page.press("keep-alive", " ").await;
    let is_seen = "const { appearance, width } = getComputedStyle(shown('keep-alive'));
        const { outlineStyle, outlineColor } = getComputedStyle(root.activeElement);
        return appearance !== 'none' && parseFloat(width) >= 12 && outlineStyle === 'solid'
          && outlineColor !== getComputedStyle(root.querySelector('.vp-app')).backgroundColor;";
    page.until_true("switch and ring are seen", is_seen, vec![]).await;
}

#[tokio::test]
async fn nothing_moves_for_a_reader_who_wants_no_motion() {
    let (_server, page) = two_answered_requests().await;
    page.click_row("ack").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    let moving = "const seconds = (times) => Math.max(...times.split(',').map(parseFloat));
        const all = [...root.querySelectorAll('*')].flatMap((it) =>
          [undefined, '::before', '::after'].map((part) => getComputedStyle(it, part)));
        return all.filter(({ animationName, animationDuration, transitionDuration }) =>
          seconds(transitionDuration) > 0.01
            || animationName !== 'none' && seconds(animationDuration) > 0.01).length;";
    let moves: u32 = page.evaluate(moving, vec![]).await.unwrap();
    assert!(moves > 0, "without a wish something moves");
    emulate(&page, "", &[("prefers-reduced-motion", "reduce")]).await;
    assert_eq!(page.evaluate::<u32>(moving, vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn paper_has_what_happened_in_black_on_white_and_no_controls() {
    let (_server, page) = two_answered_requests().await;
    page.evaluate::<()>("root.host.setAttribute('theme', 'dark');", vec![]).await.unwrap();
    page.click_row("subscribe").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    for width in [320, 688, 1_320] {
        page.browser.resize_view(width, 500).await;
        page.until_true("it is laid out", SETTLED, vec![]).await;
        let on_screen = page.view().await.unwrap().rows.len();
        emulate(&page, "print", &[]).await;
        let faults: Vec<String> = page.evaluate(PRINTED, vec![]).await.unwrap();
        assert!(faults.is_empty(), "{width}: {faults:#?}");
        page.until_true("it is laid out", SETTLED, vec![]).await;
        assert_eq!(page.view().await.unwrap().rows.len(), on_screen, "{width}");
        emulate(&page, "", &[]).await;
    }
}

/// Shows the page as on another medium; an empty name is the screen.
async fn emulate(page: &Page, media: &str, features: &[(&str, &str)]) {
    let features: Vec<_> =
        features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let media = json!({ "media": media, "features": features });
    page.browser.devtools("Emulation.setEmulatedMedia", media).await;
}

/// Two frames later, what watches the size of boxes has acted.
const SETTLED: &str = "const frame = () => new Promise(requestAnimationFrame);
    return frame().then(frame).then(() => true);";

/// Lists what is chosen, pressed, selected, found or full and looks like what is not.
const ALIKE: &str = r"
    // A colour that is still changing is neither the one nor the other.
    root.getAnimations().forEach((it) => it.finish());
    const look = (it) => {
      const { backgroundColor, borderBottomColor, borderBottomWidth, outlineStyle } = getComputedStyle(it);
      const line = borderBottomColor === backgroundColor ? 'none' : `${borderBottomWidth} ${borderBottomColor}`;
      return `${backgroundColor} ${line} ${outlineStyle}`;
    };
    const pairs = {
      target: [shown('target-simulator'), shown('target-echo')],
      tab: [shown('panel-compose'), shown('panel-code')],
      view: [shown('detail-pretty'), shown('detail-raw')],
      speed: [shown('time-1'), shown('time-10')],
      filter: [shown('show-all'), shown('show-acks')],
      pause: [shown('pause'), shown('files')],
      row: [every('row').find((it) => it.ariaExpanded === 'true'),
        every('row').find((it) => it.ariaExpanded !== 'true')],
      found: [shown('log').querySelector('mark'), shown('log').querySelector('mark').parentElement],
      gauge: [root.querySelector('.vp-gauge__fill'), root.querySelector('.vp-gauge__track')],
    };
    const alike = Object.entries(pairs).filter(([, [one, other]]) => look(one) === look(other));
    // Only what is chosen has a line below it.
    const lines = ['target', 'tab', 'view', 'speed'].filter((it) => !look(pairs[it][1]).includes(' none '));
    return [...alike.map(([name]) => name), ...lines.map((name) => `the line of ${name}`)];
";

/// Lists what should not be on paper, or not so.
const PRINTED: &str = r"
    const faults = [];
    const app = getComputedStyle(root.querySelector('.vp-app'));
    if (app.backgroundColor !== 'rgb(255, 255, 255)' || app.color !== 'rgb(0, 0, 0)') {
      faults.push(`${app.color} on ${app.backgroundColor}`);
    }
    for (const it of root.querySelectorAll('button, select, summary, textarea, input')) {
      const isPlain = it.matches('.vp-row, [aria-checked=true], .vp-fold > summary, .vp-endpoint .vp-input');
      if (it.checkVisibility() && !isPlain) faults.push(`${it.dataset.testid ?? it.className} is there`);
    }
    const rows = every('row').map((row) => row.getBoundingClientRect());
    rows.slice(1).forEach((row, at) => {
      if (row.top < rows[at].bottom - 1) faults.push(`row ${at + 1} is over the one before`);
    });
    for (const it of root.querySelectorAll('.vp-row__text, .vp-row__label, .vp-detail__text')) {
      if (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1) {
        faults.push(`${it.className} is cut`);
      }
    }
    for (const it of [shown('detail'), shown('log-status')]) {
      const last = rows.at(-1);
      if (!it || it.getBoundingClientRect().top < last.bottom - 1) faults.push('what follows is over the rows');
    }
    for (let it = every('row').at(-1); it; it = it.parentElement) {
      const { bottom } = it.getBoundingClientRect();
      if (getComputedStyle(it).overflowY !== 'visible' && rows.at(-1).bottom > bottom + 1) {
        faults.push(`${it.className} cuts the rows`);
      }
    }
    return faults;
";
