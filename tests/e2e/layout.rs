//! The first minute: the log is in sight, nothing is shown that means nothing yet, and nothing is cut.

use serde_json::Value;

use crate::log::{two_answered_requests, until_words};
use crate::support::canary::KEY;
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::key::{END, ESCAPE, HOME, LEFT, RIGHT, TAB};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn eight_rows_are_in_sight_in_a_column_of_a_documentation_page() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_280, 900).await;
    column(&page, 688, 214).await;
    watch_two_channels(&page).await;
    until_rows_in_sight(&page, 8).await;
}

#[tokio::test]
async fn eight_rows_are_in_sight_in_a_page_of_a_columns_width() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 900).await;
    watch_two_channels(&page).await;
    until_rows_in_sight(&page, 8).await;
}

#[tokio::test]
async fn five_rows_are_in_sight_on_a_phone_and_the_composer_is_a_line() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(500, 844).await;
    narrow(&page, 390).await;
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("project.updated", &[]).await;
    page.until_true(
        "the composer is a line",
        "const composer = root.querySelector('.vp-composer').getBoundingClientRect();
         return !shown('channel') && !!shown('send') && composer.height < 60;",
        vec![],
    )
    .await;
    page.click("unfold").await;
    page.subscribe("presence", &[]).await;
    until_rows_in_sight(&page, 5).await;
}

#[tokio::test]
async fn at_full_width_everything_is_in_sight() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(1_320, 900).await;
    watch_two_channels(&page).await;
    until_rows_in_sight(&page, 8).await;
    page.until_true(
        "form, envelope, gauges, subscriptions, log and totals are in the window",
        "const ids = ['channel', 'envelope', 'meter', 'send', 'gauge-heartbeat', 'gauge-idle',
             'gauge-subscriptions', 'gauge-round-trip', 'subscriptions', 'search', 'log', 'log-status'];
         return ids.every((id) => {
           const { top, bottom } = shown(id).getBoundingClientRect();
           return top >= 0 && bottom <= innerHeight;
         });",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_shown_that_means_nothing_yet() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let are_away = "return arguments[0].every((id) => !shown(id));";
    // The guided path has a button of its own.
    let primary = "const primary = [...root.querySelectorAll('.vp-button--primary')]
          .filter((it) => it.checkVisibility() && !it.closest('.vp-guide'));
        return primary.length === 1 && words(primary[0]) === arguments[0];";
    let gauges = ["gauge-heartbeat", "gauge-idle", "gauge-subscriptions", "gauge-round-trip"];
    for width in [688, 1_320] {
        page.browser.resize_view(width, 900).await;
        page.until_true("there are no gauges", are_away, vec![gauges.as_slice().into()]).await;
        let log = ["search", "show-all", "pause", "search-next", "log-status", "subscription"];
        page.until_true("nor a bar", are_away, vec![log.as_slice().into()]).await;
        page.until_true("Connect is the one thing to do", primary, vec!["Connect".into()]).await;
        let nothing = "return words(root.querySelector('.vp-log__nothing'))
            === 'Frames, acks, events and close codes appear here.';";
        page.until_true("one line says what comes", nothing, vec![]).await;
    }
    page.connect().await;
    page.until_true("Send is the one thing to do", primary, vec!["Send".into()]).await;
    page.until_true("the bar is there", "return !!shown('search') && !!shown('pause');", vec![])
        .await;
    page.click("send").await;
    page.until_row("echo", "echo of req_001").await;
    page.until("an echo has nothing but a round trip", |view| {
        view.gauges["round-trip"].contains("ms")
            && gauges[..3].iter().all(|gauge| view.gauges[&gauge["gauge-".len()..]].is_empty())
    })
    .await;
    let arrows = ["search-previous", "search-next"];
    page.until_true("nothing is searched for", are_away, vec![arrows.as_slice().into()]).await;
    page.enter("search", "req").await;
    page.until_true("now there are arrows", "return !!shown('search-next');", vec![]).await;
    page.leave().await;
    page.until_true("the gauges are gone", are_away, vec![gauges.as_slice().into()]).await;
    page.until_true("Connect is back", primary, vec!["Connect".into()]).await;
}

#[tokio::test]
async fn a_button_that_says_so_connects_and_then_sends() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("live").await;
    page.enter("endpoint", "http://127.0.0.1").await;
    let is_off = "return shown('send').disabled && text('send') === 'Connect and send';";
    page.until_true("a wrong address connects to nothing", is_off, vec![]).await;
    page.enter("endpoint", &chaos.url("/ack?delay-open=300")).await;
    page.click("send").await;
    page.until_row("ack", "req_001").await;
    assert_eq!(chaos.seen().messages().count(), 1);
    page.until_true("it sends from now on", "return text('send') === 'Send';", vec![]).await;
    page.leave().await;
    // Whoever stops waiting does not want it sent later.
    page.enter("endpoint", &chaos.url("/hang")).await;
    page.click("send").await;
    page.until_true("it waits", "return text('send') === 'Sends once open';", vec![]).await;
    page.leave().await;
    page.enter("endpoint", &chaos.url("/ack")).await;
    page.connect().await;
    page.compose("ping").await;
    page.click("send").await;
    page.until_row("ack", "req_002").await;
    assert_eq!(chaos.seen().messages().count(), 2);
}

#[tokio::test]
async fn the_envelope_stays_open_or_away_as_the_reader_left_it() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 900).await;
    until_json(&page, false).await;
    page.click("json").await;
    until_json(&page, true).await;
    page.click("panel-experiments").await;
    page.until_true("the composer is away", "return !shown('send');", vec![]).await;
    page.click("panel-compose").await;
    page.connect().await;
    page.click("send").await;
    page.until_row("echo", "req_001").await;
    until_json(&page, true).await;
    page.click("json").await;
    until_json(&page, false).await;
    // A message without a form is nothing but its JSON.
    page.compose("raw").await;
    until_json(&page, true).await;
    page.compose("ping").await;
    until_json(&page, false).await;
    page.browser.resize_view(1_320, 900).await;
    let both = "return !!shown('envelope') && !!shown('channel') && !shown('json');";
    page.compose("subscribe").await;
    page.until_true("with room both stand together", both, vec![]).await;
}

#[tokio::test]
async fn what_is_wrong_with_an_envelope_is_said_while_it_is_away() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.browser.resize_view(688, 900).await;
    page.compose("publish").await;
    page.pick("channel", "task.completed").await;
    let says = "return every('check').some((it) => it.checkVisibility()
        && words(it).includes('task.completed'));";
    page.until_true("a wrong direction is named", says, vec![]).await;
    until_json(&page, false).await;
}

#[tokio::test]
async fn the_panels_take_turns_by_mouse_and_by_keys() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    let chosen =
        "const tabs = ['panel-compose', 'panel-experiments', 'panel-code'].map((id) => shown(id));
        const panels = tabs.map((it) => root.getElementById(it.getAttribute('aria-controls')));
        return tabs.every((tab, at) => {
          const isChosen = tab.dataset.testid === arguments[0];
          return tab.getAttribute('aria-selected') === String(isChosen)
            && tab.tabIndex === (isChosen ? 0 : -1)
            && panels[at].checkVisibility() === isChosen
            && panels[at].getAttribute('aria-labelledby') === tab.id;
        });";
    let until = async |id: &str| {
        page.until_true(&format!("{id} is chosen"), chosen, vec![id.into()]).await;
    };
    until("panel-compose").await;
    page.click("panel-experiments").await;
    until("panel-experiments").await;
    for (key, id) in [
        (RIGHT, "panel-code"),
        (RIGHT, "panel-compose"),
        (LEFT, "panel-code"),
        (LEFT, "panel-experiments"),
        (HOME, "panel-compose"),
        (END, "panel-code"),
    ] {
        page.browser.keys(key).await.unwrap();
        until(id).await;
        let has_keys = "return root.activeElement === shown(arguments[0]);";
        page.until_true("it has the keyboard", has_keys, vec![id.into()]).await;
    }
}

#[tokio::test]
async fn a_search_takes_a_regular_expression() {
    let (_server, page) = two_answered_requests().await;
    page.enter("search", "/REQ_00[1-9]/i").await;
    until_words(&page, "search-count", "4 found").await;
    let marked: Vec<String> = page.evaluate("return marks(shown('log'));", vec![]).await.unwrap();
    assert!(marked.len() > 3 && marked.iter().all(|it| it.starts_with("req_00")), "{marked:?}");
    page.click("search-next").await;
    until_words(&page, "search-count", "4 of 4").await;
    page.until_true("the detail marks it too", "return marks(shown('detail')).length > 0;", vec![])
        .await;
    // A search for text is none, whatever is in it.
    page.enter("search", "REQ_00[1-9]").await;
    until_words(&page, "search-count", "not found").await;
    page.enter("search", "/prj_(1/").await;
    page.until_true(
        "what is wrong is said in its place",
        "return text('search-error').length > 9 && !text('search-count')
           && shown('search').getAttribute('aria-invalid') === 'true';",
        vec![],
    )
    .await;
    page.enter("search", r#"/"status": ?"subscribed"/"#).await;
    until_words(&page, "search-count", "2 of 2").await;
    page.until_true("nothing is wrong any more", "return !shown('search-error');", vec![]).await;
}

#[tokio::test]
async fn chips_count_what_they_list() {
    let (_server, page) = two_answered_requests().await;
    let says = "return text(arguments[0]) === arguments[1];";
    for (chip, words) in [
        ("show-acks", "Acks 2"),
        ("show-events", "Events"),
        ("show-heartbeat", "Heartbeat"),
        ("show-problems", "Problems"),
    ] {
        page.until_true(words, says, vec![chip.into(), words.into()]).await;
    }
    let all = page.view().await.unwrap().rows.len();
    page.until_true("all are counted", says, vec!["show-all".into(), format!("All {all}").into()])
        .await;
    page.click("show-acks").await;
    page.until("acks alone are listed", |view| {
        view.rows.len() == 2 && view.rows.iter().all(|row| row.kind == "ack")
    })
    .await;
    let pressed = "return ['all', 'acks', 'events', 'heartbeat', 'problems'].filter((it) =>
        shown(`show-${it}`).getAttribute('aria-pressed') === 'true').join();";
    assert_eq!(page.evaluate::<String>(pressed, vec![]).await.unwrap(), "acks");
    // A rarer filter holds beside it, and shows although its menu is folded.
    let look = "return getComputedStyle(shown('files')).borderTopColor";
    let before: String = page.evaluate(look, vec![]).await.unwrap();
    page.enter("show-channel", "task.completed").await;
    page.until("one ack is left", |view| view.rows.len() == 1).await;
    page.until_true("it shows", &format!("{look} !== arguments[0];"), vec![before.into()]).await;
    page.click("show-all").await;
    page.until("everything is listed again", |view| view.rows.len() == all).await;
    page.until_true(
        "no channel is chosen",
        "return every('show-channel')[0].value === '';",
        vec![],
    )
    .await;
    page.send_raw("{").await;
    // The message, and the close that it is answered with.
    let problems = |words: &str| vec!["show-problems".into(), words.into()];
    page.until_true("problems are counted", says, problems("Problems 2")).await;
    page.click("clear").await;
    page.until_true("what is hidden is not", says, problems("Problems")).await;
}

#[tokio::test]
async fn the_controls_of_a_bar_have_one_size_and_one_base_line() {
    let (_server, page) = two_answered_requests().await;
    let uneven = "const differ = (name, ids) => {
          const boxes = ids.map((id) => shown(id).getBoundingClientRect());
          const isOne = (read) => new Set(boxes.map((box) => Math.round(read(box)))).size === 1;
          return isOne((box) => box.height) && isOne((box) => box.bottom) ? [] : [name];
        };
        return [
          ...differ('log', ['search', 'show-all', 'show-problems', 'pause', 'files']),
          ...differ('header', ['status', 'primary', 'settings']),
          ...differ('composer', innerWidth > 900 ? ['message-type', 'channel']
            : ['message-type', 'channel', 'send', 'json']),
          ...innerWidth > 900 ? differ('sending', ['send', 'start-from']) : [],
        ];";
    for width in [688, 1_320] {
        page.browser.resize_view(width, 900).await;
        let uneven: Vec<String> = page.evaluate(uneven, vec![]).await.unwrap();
        assert!(uneven.is_empty(), "{width}: {uneven:?}");
    }
}

#[tokio::test]
async fn a_line_is_drawn_where_a_connection_ends_and_where_the_log_was_cleared() {
    let (_server, page) = two_answered_requests().await;
    page.leave().await;
    let lines = "const colour = (row) => getComputedStyle(row).borderBottomColor;
        const rows = every('row');
        const usual = colour(rows.find((row) => row.dataset.kind === arguments[0]));
        const drawn = rows.filter((row) => colour(row) !== usual).map((row) => row.dataset.kind);
        return drawn.join() === arguments[1];";
    let of = |usual: &str, drawn: &str| vec![usual.into(), drawn.into()];
    page.until_true("the close draws the one line", lines, of("open", "close")).await;
    page.click("clear").await;
    page.until_row("note", "cleared").await;
    page.connect().await;
    page.until_true("so does what was cleared", lines, of("open", "note")).await;
}

#[tokio::test]
async fn a_menu_folds_at_escape_and_when_the_reader_goes_elsewhere() {
    let (_server, page) = two_answered_requests().await;
    for (menu, inside) in [("files", "show-kind"), ("settings", "keep-alive")] {
        let is_open = "return !!shown(arguments[0]) === arguments[1];";
        let until = async |open: bool| {
            page.until_true(
                &format!("{menu} is open: {open}"),
                is_open,
                vec![inside.into(), open.into()],
            )
            .await;
        };
        page.click(menu).await;
        until(true).await;
        page.browser.keys(ESCAPE).await.unwrap();
        until(false).await;
        page.click(menu).await;
        page.browser.keys(TAB).await.unwrap();
        until(true).await;
        page.press("envelope", "").await;
        until(false).await;
    }
}

#[tokio::test]
async fn an_entry_without_a_message_says_what_there_is_to_say_of_it() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/close?code=4001&reason=expired")).await;
    page.until_closed(4001).await;
    for (kind, words) in [
        ("open", ["answered in", "was negotiated"]),
        ("close", ["Authentication failed.", "It stays closed until there is another key."]),
        ("note", ["connect", "ws://"]),
    ] {
        page.click_row(kind).await;
        page.until_true(
            &format!("the detail of {kind} says {words:?}"),
            "return arguments[0].every((it) => text('detail')?.includes(it));",
            vec![words.as_slice().into()],
        )
        .await;
    }
}

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

/// Makes the page that is the playground this narrow; no window of Firefox is.
async fn narrow(page: &Page, width: u32) {
    let script = "document.body.style.width = `${arguments[0]}px`;";
    page.evaluate::<Value>(script, vec![width.into()]).await.unwrap();
}

/// Connects to the simulator and subscribes to two channels.
async fn watch_two_channels(page: &Page) {
    page.choose("simulator").await;
    page.connect().await;
    page.subscribe("project.updated", &[("project_id", "prj_abc123")]).await;
    page.subscribe("presence", &[]).await;
}

/// Waits until so many whole rows can be seen and reached without scrolling.
async fn until_rows_in_sight(page: &Page, count: usize) {
    let script = "scrollTo(0, 0);
        const list = shown('log').getBoundingClientRect();
        const seen = every('row').filter((row) => {
          const { left, right, top, bottom } = row.getBoundingClientRect();
          const middle = root.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return top >= Math.max(list.top, 0) - 1 && bottom <= Math.min(list.bottom, innerHeight) + 1
            && row.contains(middle);
        });
        return seen.length >= arguments[0] && !!shown('send');";
    page.until_true(&format!("{count} rows are in sight"), script, vec![count.into()]).await;
}

async fn until_json(page: &Page, is_open: bool) {
    let script = "return !!shown('envelope') === arguments[0]
        && shown('json').getAttribute('aria-expanded') === String(arguments[0]);";
    page.until_true(&format!("the envelope is shown: {is_open}"), script, vec![is_open.into()])
        .await;
}
