//! The first minute: the log is in sight, and nothing is shown that means nothing yet.

use serde_json::Value;

use crate::fit::column;
use crate::log::{two_answered_requests, until_words};
use crate::support::chaos::Chaos;
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
async fn the_speeds_of_time_end_where_the_line_above_them_ends() {
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.choose("simulator").await;
    page.connect().await;
    for width in [320, 688, 1_320] {
        page.browser.resize_view(width, 900).await;
        let ends = "const end = (it) => it.getBoundingClientRect().right;
            const [above, below] = [end(shown('settings')), end(shown('time-next').parentElement)];
            return Math.abs(above - below) < 1 || `${below} below ${above}`;";
        page.until_true(&format!("both end at one place at {width}"), ends, vec![]).await;
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

/// Makes the page that is the playground this narrow; no window of Firefox is.
async fn narrow(page: &Page, width: u32) {
    let script = "document.body.style.width = `${arguments[0]}px`;
        return new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame));";
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
