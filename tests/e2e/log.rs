//! The log as a reader's tool: search, filters, the keyboard, the detail, files.

use serde_json::Value;

use crate::support::canary::{KEY, percent_encoded};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::key::{DOWN, END, ENTER, ESCAPE, HOME, PAGE_UP, SHIFT, UP};
use crate::support::page::Page;
use crate::support::server::Server;

#[tokio::test]
async fn a_search_marks_what_it_finds_and_walks_through_it() {
    let (_server, page) = two_answered_requests().await;
    page.enter("search", "REQ_00").await;
    until_words(&page, "search-count", "4 found").await;
    let marked: Vec<String> = page.evaluate("return marks(shown('log'));", vec![]).await.unwrap();
    assert!(marked.iter().all(|mark| mark == "req_00"), "{marked:?}");
    page.click("search-next").await;
    until_words(&page, "search-count", "4 of 4").await;
    page.until_true("the detail marks it too", "return marks(shown('detail')).length > 0;", vec![])
        .await;
    page.click("search-next").await;
    until_words(&page, "search-count", "1 of 4").await;
    page.click("search-previous").await;
    until_words(&page, "search-count", "4 of 4").await;
    page.press("search", &[SHIFT, ENTER].concat()).await;
    until_words(&page, "search-count", "3 of 4").await;
    page.enter("search", "nothing has this").await;
    until_words(&page, "search-count", "not found").await;
    page.enter("search", "").await;
    page.until_true("no mark is left", "return marks(root).length === 0;", vec![]).await;
}

#[tokio::test]
async fn filters_list_only_what_they_admit() {
    let (_server, page) = two_answered_requests().await;
    page.enter("show-kind", "ack").await;
    only(&page, "ack", |kind, _| kind == "ack").await;
    page.enter("show-kind", "").await;
    page.enter("show-direction", "sent").await;
    only(&page, "sent", |_, direction| direction == "sent").await;
    page.enter("show-channel", "task.completed").await;
    page.until("one request is about the channel", |view| {
        view.rows.len() == 1 && view.rows[0].text.contains("task.completed")
    })
    .await;
    page.enter("show-direction", "").await;
    page.enter("show-channel", "").await;
    page.click("show-problems").await;
    page.until("there are no problems", |view| view.rows.is_empty()).await;
    page.until_true(
        "which is said",
        "return words(root.querySelector('.vp-log__empty')).startsWith('No entry');",
        vec![],
    )
    .await;
    page.send_raw("{").await;
    page.until("a problem is listed", |view| {
        !view.rows.is_empty()
            && view.rows.iter().all(|row| row.kind == "malformed" || row.kind == "close")
    })
    .await;
    page.click("show-problems").await;
    page.until("everything is listed again", |view| view.row("ack", "req_001").is_some()).await;
}

#[tokio::test]
async fn the_keyboard_walks_through_the_log() {
    let (_server, page) = two_answered_requests().await;
    page.press("log", HOME).await;
    until_selected(&page, "note").await;
    page.press("log", &[DOWN, DOWN].concat()).await;
    until_selected(&page, "subscribe").await;
    page.press("log", &[DOWN, UP, DOWN].concat()).await;
    until_selected(&page, "ack").await;
    page.press("log", END).await;
    page.press("log", &[UP, PAGE_UP].concat()).await;
    until_selected(&page, "note").await;
    page.press("log", ESCAPE).await;
    page.until("the detail is closed", |view| view.detail.is_none()).await;
}

#[tokio::test]
async fn a_selection_stays_while_rows_come() {
    let server = Server::start("--event-interval 20");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_1")]).await;
    page.press("log", HOME).await;
    until_selected(&page, "note").await;
    let status = page.view().await.unwrap().log_status;
    page.until("many more messages came", |view| {
        let count = |status: &Option<String>| -> u32 {
            status.as_ref().and_then(|it| it.split(' ').next()?.parse().ok()).unwrap_or(0)
        };
        count(&view.log_status) > count(&status) + 60
    })
    .await;
    until_selected(&page, "note").await;
    page.until_true(
        "the selected row is in sight",
        "const row = shown('log').querySelector('[aria-expanded=true]').getBoundingClientRect();
         const list = shown('log').getBoundingClientRect();
         return row.top >= list.top - 1 && row.bottom <= list.bottom + 1;",
        vec![],
    )
    .await;
    page.click("follow").await;
    page.until_row("event", "prj_1").await;
}

#[tokio::test]
async fn a_pause_keeps_the_rows_in_sight_until_the_reader_follows_again() {
    let server = Server::start("--event-interval 20");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_1")]).await;
    page.until_true("events pass", "return text('rate') !== '0 a second';", vec![]).await;
    page.click("pause").await;
    until_pressed(&page, "true").await;
    let script = "return parseInt(text('follow') ?? '0', 10) > 50;";
    page.until_true("many are new", script, vec![]).await;
    let last = page.view().await.unwrap().rows.last().unwrap().text.clone();
    page.until_true("more are new", &script.replace("50", "100"), vec![]).await;
    assert_eq!(page.view().await.unwrap().rows.last().unwrap().text, last);
    page.click("pause").await;
    until_pressed(&page, "false").await;
    page.until("newer rows are in sight", |view| {
        view.rows.last().is_some_and(|row| row.text != last)
    })
    .await;
    page.until_true("nothing is new", "return !shown('follow');", vec![]).await;
}

#[tokio::test]
async fn a_scroll_that_was_on_its_way_does_not_undo_a_pause() {
    let (_server, page) = two_answered_requests().await;
    page.click("pause").await;
    until_pressed(&page, "true").await;
    // A browser tells of the last step after the tail when the button is pressed already.
    let tell = "shown('log').dispatchEvent(new Event('scroll'));
        return new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame));";
    page.evaluate::<Value>(tell, vec![]).await.unwrap();
    until_pressed(&page, "true").await;
    page.compose("ping").await;
    page.click("send").await;
    page.until_true("what comes is only counted", "return !!shown('follow');", vec![]).await;
}

#[tokio::test]
async fn pause_looks_pressed_while_the_log_stands_still() {
    let (_server, page) = two_answered_requests().await;
    // The pointer stays over the button, and the keyboard at it, so that neither makes a difference.
    for state in ["true", "false", "true"] {
        let before = look_of(&page, "pause").await;
        page.click("pause").await;
        let script = "return shown('pause').getAttribute('aria-pressed') === arguments[0];";
        page.until_true(&format!("pressed is {state}"), script, vec![state.into()]).await;
        page.until_true(
            "it looks otherwise",
            &format!("{LOOK} return JSON.stringify(look(arguments[0])) !== arguments[1];"),
            vec!["pause".into(), before.into()],
        )
        .await;
    }
}

#[tokio::test]
async fn clear_draws_a_line() {
    let (_server, page) = two_answered_requests().await;
    page.click("clear").await;
    let row = page.until_row("note", "cleared").await;
    assert_eq!(row.direction, "none", "{row:?}");
    page.until("nothing stands before it", |view| view.rows.len() == 1).await;
    page.compose("ping").await;
    page.click("send").await;
    let view = page.until("the log goes on below it", |view| view.row("pong", "").is_some()).await;
    assert_eq!(view.rows.iter().position(|row| row.kind == "note"), Some(0), "{view:#?}");
}

#[tokio::test]
async fn a_second_click_on_a_row_closes_its_detail_and_the_list_keeps_the_keyboard() {
    let (_server, page) = two_answered_requests().await;
    page.click_row("ack").await;
    page.until("its detail is open", |view| view.detail.is_some()).await;
    page.click_row("ack").await;
    page.until("its detail is closed", |view| view.detail.is_none()).await;
    let script = "return root.activeElement === shown('log');";
    page.until_true("the list has the keyboard", script, vec![]).await;
    page.browser.keys(HOME).await.unwrap();
    until_selected(&page, "note").await;
}

#[tokio::test]
async fn another_filter_shows_the_latest_of_what_it_admits() {
    let server = Server::start("--event-interval 20");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_1")]).await;
    let many = "return parseInt(text('log-status'), 10) > 60;";
    page.until_true("more events came than the list shows", many, vec![]).await;
    page.press("log", HOME).await;
    until_selected(&page, "note").await;
    until_pressed(&page, "true").await;
    page.pick("show-kind", "event").await;
    page.until_true(
        "the last row is in sight, and newer ones too",
        "const list = shown('log').getBoundingClientRect();
         const last = every('row').at(-1).getBoundingClientRect();
         return last.bottom <= list.bottom + 1 && !shown('follow')
           && shown('pause').getAttribute('aria-pressed') === 'false';",
        vec![],
    )
    .await;
}

#[tokio::test]
async fn the_detail_names_the_field_at_fault() {
    let server = Server::start("");
    let chaos = Chaos::start().await;
    let page = Page::open(&server.page()).await;
    let text = r#"{"type":"event","request_id":"req_1","payload":{"event_type":"x.y","data":7}}"#;
    page.call(&chaos.url(&format!("/say?text={}&text=%7B", percent_encoded(text)))).await;
    page.until_row("malformed", "not JSON").await;
    page.click_row("malformed").await;
    let says = |remark: &str| {
        format!(
            "const remarks = shown('detail')?.querySelectorAll('.vp-detail__remark') ?? [];
             return [...remarks].some((it) => words(it).startsWith('{remark}'));"
        )
    };
    page.until_true("the fault has a place", &says("line 1, column 2: "), vec![]).await;
    page.click_row("event").await;
    page.until_true("a field has its path", &says("payload.event_type: unknown"), vec![]).await;
    page.until_true("a path is said once", &says("payload.data must be"), vec![]).await;
}

#[tokio::test]
async fn escape_leaves_the_editor() {
    let (_server, page) = two_answered_requests().await;
    page.press("envelope", " ").await;
    let script = "return root.activeElement === shown('envelope');";
    page.until_true("the editor has the keyboard", script, vec![]).await;
    page.press("envelope", ESCAPE).await;
    page.until_true("the editor has let it go", "return !root.activeElement;", vec![]).await;
}

#[tokio::test]
async fn a_message_is_shown_folded_raw_and_in_hex() {
    let (_server, page) = two_answered_requests().await;
    page.click_row("subscribe").await;
    let shows = |text: &'static str| {
        move |view: &crate::support::page::View| {
            view.detail.as_ref().is_some_and(|detail| detail.contains(text))
        }
    };
    page.until("it is laid out", shows(r#""channel": "task.completed""#)).await;
    let fold = "return [...shown('detail-text').querySelectorAll('summary')].at(-1);";
    page.click_that("the last fold", fold, vec![]).await;
    let script = "return !words(shown('detail-text')).includes('task.completed');";
    page.until_true("what is in the brackets is folded away", script, vec![]).await;
    page.click("detail-raw").await;
    page.until("it is as it was sent", shows(r#""payload":{"channel":"task.completed""#)).await;
    page.click("detail-hex").await;
    page.until("it is in bytes", shows("00000000 7b 22 74 79 70 65")).await;
}

#[tokio::test]
async fn a_message_is_edited_and_sent_again_under_a_new_id() {
    let (_server, page) = two_answered_requests().await;
    page.click_row("subscribe").await;
    page.click("edit").await;
    page.until("the composer has it, with the next id", |view| {
        let has = |text| view.envelope.as_ref().is_some_and(|envelope| envelope.contains(text));
        has("task.completed") && has("req_003")
    })
    .await;
    page.click("send").await;
    page.until_row("ack", "req_003").await;
}

#[tokio::test]
async fn a_saved_log_is_replayed_as_it_was() {
    let (_server, page) = two_answered_requests().await;
    page.leave().await;
    page.until_row("close", "1000").await;
    let saved = save(&page, "save-ndjson", 1).await;
    assert!(saved.lines().count() > 6, "{saved}");
    open(&page, "session.ndjson", &saved).await;
    page.enter("replay-speed", "At once").await;
    let all = saved.lines().count() - 1;
    page.until_true(
        "it is replayed",
        "return text('replay')?.includes(arguments[0]) ?? false;",
        vec![format!("session.ndjson · {all} of {all}").into()],
    )
    .await;
    let again = save(&page, "save-ndjson", 2).await;
    let entries = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(entries(&again), entries(&saved));
    page.click("replay-end").await;
    page.until_true("the session is back", "return !shown('replay');", vec![]).await;
    page.until_row("close", "1000").await;
}

#[tokio::test]
async fn a_saved_archive_is_replayed_too_and_names_no_key() {
    let (_server, page) = two_answered_requests().await;
    let saved = save(&page, "save-har", 1).await;
    let archive: Value = serde_json::from_str(&saved).unwrap();
    let messages = &archive["log"]["entries"][0]["_webSocketMessages"];
    assert!(messages.as_array().unwrap().len() >= 4, "{messages:#}");
    page.hides_the_key();
    open(&page, "session.har", &saved).await;
    page.enter("replay-speed", "At once").await;
    page.until_row("ack", "req_002").await;
}

#[tokio::test]
async fn a_file_that_is_no_log_is_refused_with_the_reason() {
    let (_server, page) = two_answered_requests().await;
    open(&page, "notes.txt", "shopping list").await;
    page.until_true(
        "the reason is said",
        "return /^Not opened: \\S*notes.txt: ./.test(text('replay') ?? '');",
        vec![],
    )
    .await;
    page.click("replay-dismiss").await;
    page.until_row("ack", "req_002").await;
}

/// Returns a page whose log has two subscriptions, each with its ack, and no events.
pub(crate) async fn two_answered_requests() -> (Server, Page) {
    let server = Server::start("--event-interval 0");
    let page = Page::open(&server.page()).await;
    page.connect_live(KEY).await;
    page.subscribe("project.updated", &[("project_id", "prj_1")]).await;
    page.subscribe("task.completed", &[("project_id", "prj_1")]).await;
    page.until_row("ack", "req_002").await;
    (server, page)
}

/// Returns what the button of this test id looks like.
async fn look_of(page: &Page, id: &str) -> String {
    let script = format!("{LOOK} return JSON.stringify(look(arguments[0]));");
    page.evaluate(&script, vec![id.into()]).await.unwrap()
}

const LOOK: &str = "const look = (id) => {
      const { backgroundColor, backgroundImage, borderColor, boxShadow, color, fontWeight }
        = getComputedStyle(shown(id));
      return [backgroundColor, backgroundImage, borderColor, boxShadow, color, fontWeight];
    };";

/// Waits until the button that pauses is pressed, or is not.
async fn until_pressed(page: &Page, is_pressed: &str) {
    let script = "return shown('pause').getAttribute('aria-pressed') === arguments[0];";
    page.until_true(&format!("pressed is {is_pressed}"), script, vec![is_pressed.into()]).await;
}

pub(crate) async fn until_words(page: &Page, id: &str, words: &str) {
    let script = "return text(arguments[0]) === arguments[1];";
    page.until_true(&format!("{id} says {words}"), script, vec![id.into(), words.into()]).await;
}

async fn until_selected(page: &Page, kind: &str) {
    let script = "const row = shown('log').querySelector('[aria-expanded=true]');
                  return row?.dataset.kind === arguments[0] && !!shown('detail');";
    page.until_true(&format!("a row {kind} is selected"), script, vec![kind.into()]).await;
}

async fn only(page: &Page, what: &str, admits: impl Fn(&str, &str) -> bool) {
    page.until(&format!("only {what} is listed"), |view| {
        !view.rows.is_empty() && view.rows.iter().all(|row| admits(&row.kind, &row.direction))
    })
    .await;
}

/// Saves the log and returns the text of the latest of this many downloads.
pub(crate) async fn save(page: &Page, button: &str, downloads: usize) -> String {
    let before = page.browser.downloads();
    assert_eq!(before.len() + 1, downloads);
    page.click("files").await;
    page.click(button).await;
    page.browser.until_downloaded(&before).await
}

/// Opens a file with this text.
pub(crate) async fn open(page: &Page, name: &str, text: &str) {
    let file = environment::scratch_file(name);
    std::fs::write(&file, text).unwrap();
    page.open_file("open", &file).await;
}
