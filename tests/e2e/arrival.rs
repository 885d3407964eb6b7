//! Times of arrival: a row has the time at which the browser had the message, however late the page gets
//! round to it.

use serde_json::{Value, json};

use crate::support::aftermath::is_usable;
use crate::support::chaos::Chaos;
use crate::support::page::{Page, Row, View};
use crate::support::server::Server;

#[tokio::test]
async fn rows_have_the_times_of_their_frames_however_late_the_page_is() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    delay_short_timers(&page).await;
    page.call(&chaos.url("/flood?n=6&every=100")).await;
    let view = page.until("six events are there", |view| events(view).len() == 6).await;
    let times: Vec<_> = events(&view).into_iter().map(time).collect();
    // Frames that are told as late as the page is have at most one gap between them. A busy machine may bring
    // two of them together.
    let gaps = times.windows(2).filter(|pair| pair[1] - pair[0] >= 50).count();
    assert!(gaps >= 3, "frames 100 ms apart are rows at {times:?}");
    is_usable(&page, &chaos).await;
}

#[tokio::test]
async fn a_round_trip_is_no_longer_for_a_page_that_is_late() {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = Page::open(&server.page()).await;
    page.call(&chaos.url("/ack")).await;
    page.until_state("open").await;
    page.compose("publish").await;
    delay_short_timers(&page).await;
    let asked = "for (let n = 0; n < 2; n += 1) {
         shown('send').click();
         await new Promise((resolve) => setTimeout(resolve, 60));
     }
     return true;";
    let asked = format!("return (async () => {{ {asked} }})();");
    assert!(page.evaluate::<bool>(&asked, vec![]).await.unwrap());
    let view = page.until("both are answered", |view| rows(view, "ack").len() == 2).await;
    let trips: Vec<_> = rows(&view, "ack").into_iter().map(round_trip).collect();
    assert!(
        trips.iter().all(|trip| *trip < LATE / 2),
        "answered at once, and read after {trips:?}"
    );
    is_usable(&page, &chaos).await;
}

/// Makes the page late: its short timers take [`LATE`], as in a tab that is throttled or has much to
/// do.
async fn delay_short_timers(page: &Page) {
    let script = "const set = window.setTimeout;
         window.setTimeout = (act, wait, ...rest) =>
             set(act, wait < 50 ? arguments[0] : wait, ...rest);
         return null;";
    // An arrow function has the `arguments` of the script around it.
    page.evaluate::<Value>(script, vec![json!(LATE)]).await.unwrap();
}

fn events(view: &View) -> Vec<&Row> {
    rows(view, "event")
}

fn rows<'a>(view: &'a View, kind: &str) -> Vec<&'a Row> {
    view.rows.iter().filter(|row| row.kind == kind).collect()
}

/// Returns the time of a row, such as `14:30:00.250`, in milliseconds of its day.
fn time(row: &Row) -> u64 {
    let number = |at: usize, digits: usize| -> u64 {
        let number = row.text.get(at..at + digits).and_then(|digits| digits.parse().ok());
        number.unwrap_or_else(|| panic!("no time: {row:?}"))
    };
    ((number(0, 2) * 60 + number(3, 2)) * 60 + number(6, 2)) * 1_000 + number(9, 3)
}

/// Returns the milliseconds that a row says its answer took.
fn round_trip(row: &Row) -> u64 {
    let (before, _) = row.text.rsplit_once(" ms").unwrap_or_else(|| panic!("{row:?}"));
    let digits = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    before[digits..].parse().unwrap_or_else(|_| panic!("{row:?}"))
}

/// Milliseconds.
const LATE: u64 = 700;
