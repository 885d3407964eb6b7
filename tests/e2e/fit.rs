//! Nothing is cut, covered or overlaid, from a phone to a full screen, in both schemes, in any state.

use serde_json::Value;

use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn nothing_is_cut_covered_or_overlaid_at_any_width_in_any_state() {
    let server = Server::start("--event-interval 100 --rate-messages 5");
    let chaos = Chaos::start().await;
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_360, 900).await;
    is_sound(&page, "idle").await;
    column(&page, 688, 0).await;
    page.click("json").await;
    page.enter("envelope", r#"{"type":"subscribe","request_id":7,"#).await;
    is_sound(&page, "editing with an error").await;
    column(&page, 688, 0).await;
    page.enter("envelope", r#"{"type":"ping","request_id":"req_1"}"#).await;
    page.compose("subscribe").await;
    page.click("json").await;
    page.call(&chaos.url("/hang")).await;
    page.until_state("connecting").await;
    is_sound(&page, "connecting").await;
    page.leave().await;
    page.enter("endpoint", &server.endpoint("/realtime")).await;
    page.enter("key", KEY).await;
    page.connect().await;
    page.subscribe("project.updated", &[("project_id", "prj_with_a_rather_long_name_000001")])
        .await;
    page.until_row("event", "project.updated").await;
    is_sound(&page, "open").await;
    column(&page, 1_320, 0).await;
    page.click("pause").await;
    page.click_row("event").await;
    is_sound(&page, "detail open").await;
    column(&page, 1_320, 0).await;
    page.click("detail-close").await;
    page.compose("ping").await;
    for _ in 0..5 {
        page.click("send").await;
    }
    page.until_closed(4008).await;
    is_sound(&page, "waiting after a close").await;
    column(&page, 1_320, 0).await;
    page.leave().await;
    page.call(&chaos.url("/close?code=4321&reason=for%20reasons%20of%20its%20own")).await;
    page.until_closed(4321).await;
    is_sound(&page, "notice").await;
    column(&page, 1_320, 0).await;
    let before = page.browser.downloads();
    page.click("save-ndjson").await;
    let saved = page.browser.until_downloaded(&before).await;
    let file = environment::scratch_file("a-log-of-a-longer-session.ndjson");
    std::fs::write(&file, saved).unwrap();
    page.open_file("open", &file).await;
    page.until_true("it is replayed", "return !!shown('replay-speed');", vec![]).await;
    is_sound(&page, "replay").await;
}

#[tokio::test]
async fn nothing_is_cut_covered_or_overlaid_while_an_experiment_runs() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_360, 900).await;
    page.click("panel-experiments").await;
    page.until_true("they are listed", "return !!shown('try-close-4008');", vec![]).await;
    is_sound(&page, "experiments").await;
    column(&page, 1_320, 0).await;
    page.click("try-close-4008").await;
    page.until_state("waiting").await;
    page.click("time-paused").await;
    column(&page, 320, 0).await;
    // The border of the speeds is between.
    let aligned = "const end = (id) => shown(id).getBoundingClientRect().right;
        return Math.abs(end('time-badge') - end('time-next')) <= 2;";
    page.until_true("badge and speeds end together", aligned, vec![]).await;
    is_sound(&page, "experiment running").await;
    column(&page, 1_320, 0).await;
    page.click("time-60").await;
    let shown = "return shown('experiment-close-4008').dataset.state === 'shown';";
    page.until_true("it was shown", shown, vec![]).await;
    is_sound(&page, "experiment shown").await;
}

/// A window of 1280 × 1024 pixels at 400 %.
#[tokio::test]
async fn at_400_percent_nothing_scrolls_sideways_and_the_log_leaves_room_around_it() {
    let server = Server::start("--event-interval 40");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(500, 256).await;
    column(&page, 320, 0).await;
    let is_narrow = async |state: &str| {
        let wide: Vec<String> = page.evaluate(WIDE, vec![]).await.unwrap();
        assert!(wide.is_empty(), "{state}: {wide:#?}");
    };
    is_narrow("idle").await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[]).await;
    page.until("there are rows", |view| view.rows.len() > 8).await;
    is_narrow("open").await;
    page.unfold("save-har").await;
    is_narrow("menu of the log").await;
    page.fold("save-har").await;
    page.unfold("keep-alive").await;
    is_narrow("menu of the connection").await;
    page.fold("keep-alive").await;
    page.click("pause").await;
    let rows = "const list = shown('log');
        list.scrollIntoView({ block: 'center' });
        const { top, bottom } = list.getBoundingClientRect();
        const whole = every('row').map((row) => row.getBoundingClientRect())
          .filter((row) => row.top >= top - 1 && row.bottom <= bottom + 1);
        return top > 0 && bottom < innerHeight && whole.length >= 3;";
    page.until_true("three rows are seen whole, with room around the list", rows, vec![]).await;
    page.click_row("event").await;
    page.until("the detail is open", |view| view.detail.is_some()).await;
    is_narrow("detail").await;
    page.click("detail-close").await;
    page.click("panel-experiments").await;
    page.until_true("they are listed", "return !!shown('try-close-4008');", vec![]).await;
    is_narrow("experiments").await;
    page.click("panel-code").await;
    page.until_true("the code is there", "return !!shown('code-copy');", vec![]).await;
    is_narrow("code").await;
}

/// Asserts that nothing is cut, covered or overlaid, from a phone to a full screen, in both schemes.
pub async fn is_sound(page: &Page, state: &str) {
    for width in [320, 420, 688, 760, 1_000, 1_320] {
        column(page, width, 0).await;
        for theme in ["light", "dark"] {
            let theme_is = "root.host.setAttribute('theme', arguments[0]);";
            let script = format!("{theme_is}{FAULTS}");
            let faults: Vec<String> = page.evaluate(&script, vec![theme.into()]).await.unwrap();
            assert!(faults.is_empty(), "{state}, {width} px, {theme}: {faults:#?}");
        }
    }
}

/// Lists texts that are cut off, boxes of one parent that intersect, and controls that are outside the
/// playground or cannot be pressed.
const FAULTS: &str = r"
    const faults = [];
    const name = (it) => `${it.tagName.toLowerCase()}.${it.className} ${it.dataset.testid ?? ''}`
      + ` ${(it.innerText ?? '').slice(0, 40)}`;
    const box = (it) => it.getBoundingClientRect();
    const app = root.querySelector('.vp-app');
    const isSeen = (it) => it.checkVisibility() && !it.closest('.vp-hidden, .vp-editor__copy');
    const seen = [...app.querySelectorAll('*')].filter(isSeen);
    for (const it of seen) {
      const { display, overflowX, textOverflow, clipPath } = getComputedStyle(it);
      const hasText = [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (hasText && display !== 'inline' && !['auto', 'scroll'].includes(overflowX)
          && clipPath === 'none' && textOverflow !== 'ellipsis' && it.scrollWidth > it.clientWidth + 1) {
        faults.push(`${name(it)}: ${it.scrollWidth} in ${it.clientWidth} px`);
      }
    }
    const inFlow = (it) => {
      const { display, position, clipPath } = getComputedStyle(it);
      const { width, height } = box(it);
      return isSeen(it) && width > 1 && height > 1 && clipPath === 'none'
        && !['inline', 'contents'].includes(display) && ['static', 'relative'].includes(position);
    };
    for (const parent of [app, ...seen].filter((it) => !it.matches('.vp-editor, .vp-log__window'))) {
      const children = [...parent.children].filter(inFlow);
      children.forEach((one, at) => children.slice(at + 1).forEach((other) => {
        const [a, b] = [box(one), box(other)];
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 1 && height > 1) faults.push(`${name(one)} and ${name(other)} intersect`);
      }));
    }
    const all = box(app);
    const controls = seen.filter((it) => it.matches('button, input, select, textarea, summary')
      && !it.closest('.vp-log__list, .vp-detail__text') && box(it).width > 1);
    for (const control of controls) {
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      const { left, right, top, bottom } = box(control);
      if (left < all.left - 1 || right > all.right + 1) faults.push(`${name(control)} is outside`);
      const hit = root.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (!hit || !(control.contains(hit) || hit.closest('label')?.contains(control))) {
        faults.push(`${name(control)} is covered by ${hit && name(hit)}`);
      }
    }
    scrollTo(0, 0);
    return faults;
";

/// Puts the playground into a column of a page, this wide and below so much else, as it stands in a
/// documentation page.
pub async fn column(page: &Page, width: u32, top: u32) {
    let script = "root.host.removeAttribute('height');
        Object.assign(document.body.style, { width: `${arguments[0]}px`, height: 'auto',
          paddingTop: `${arguments[1]}px` });
        scrollTo(0, 0);
        return new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame));";
    page.evaluate::<Value>(script, vec![width.into(), top.into()]).await.unwrap();
}

/// Lists what sticks out of the playground to a side, except for code, which scrolls in its own box.
const WIDE: &str = r"
    const app = root.querySelector('.vp-app');
    const all = app.getBoundingClientRect();
    const wide = [...app.querySelectorAll('*')].filter((it) => {
      const { left, right, width } = it.getBoundingClientRect();
      return it.checkVisibility() && width > 1 && (left < all.left - 1 || right > all.right + 1)
        && !it.closest('.vp-client__code');
    });
    const names = wide.map((it) => `${it.className} ${it.dataset.testid ?? ''}`);
    return app.scrollWidth > app.clientWidth + 1 ? ['the playground', ...names] : names;
";
