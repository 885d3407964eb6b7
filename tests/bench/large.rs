//! What is large: a frame of 16 MB, looked at in every view, and a saved log of 100 MB, opened.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};
use veriops_playground::archive::export;
use veriops_playground::entry::{Body, Entry, FrameDirection, Reading, Seq};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{Instant as Moment, Now, UnixMillis};

use crate::flood::EVENT;
use crate::process::private_memory_below;
use crate::subject::{playground, read};
use crate::support::chaos::Chaos;
use crate::support::environment;
use crate::support::page::{PATIENCE, Page};
use crate::support::server::Server;
use crate::table::{Bar, Table};

/// A frame of 16 MB: when it comes, when its detail is opened, and in each view of that.
pub async fn frame(table: &mut Table) {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let page = playground(&server).await;
    let before = private(&page);
    reset(&page).await;
    page.call(&chaos.url(&format!("/big?bytes={FRAME}"))).await;
    page.until_row("malformed", "").await;
    add_gap(&page, "a frame of 16 MB comes", table).await;
    page.click_row("malformed").await;
    add_gap(&page, "a frame of 16 MB: its detail", table).await;
    for tab in ["detail-raw", "detail-hex", "detail-pretty"] {
        page.click(tab).await;
        add_gap(&page, &format!("a frame of 16 MB: {tab}"), table).await;
    }
    let taken = share(private(&page).saturating_sub(before), FRAME);
    table.add("a frame of 16 MB: memory / its size", "", taken, None);
}

/// A saved log of 100 MB: while it is read, and while all of it is replayed at once.
pub async fn file(table: &mut Table) {
    let path = log();
    let size = fs::metadata(&path).unwrap().len();
    assert!(size > 100 << 20, "the log has {size} bytes");
    let server = Server::start("");
    let page = playground(&server).await;
    let before = private(&page);
    reset(&page).await;
    let since = Instant::now();
    page.open_file("open", &path).await;
    let most = highest(&page, "!!find('replay-speed')").await;
    let name = "a log of 100 MB is opened";
    table.add(name, "ms", since.elapsed().as_secs_f64() * 1_000.0, None);
    table.add(
        &format!("{name}: memory / its size"),
        "",
        share(most.saturating_sub(before), size),
        LITTLE,
    );
    add_gap(&page, name, table).await;
    page.enter("replay-speed", "At once").await;
    highest(&page, "/no longer kept/.test(find('replay')?.textContent)").await;
    add_gap(&page, "a log of 100 MB is replayed at once", table).await;
    fs::remove_file(&path).unwrap();
}

const LITTLE: Option<Bar> = Some(Bar::Below(1.5));

/// Bytes of the frame.
const FRAME: u64 = 16 << 20;

/// Waits until an expression is true, and returns the most private memory that was seen meanwhile.
async fn highest(page: &Page, is_done: &str) -> u64 {
    let expression = format!("((find) => {is_done})(probe.find)");
    let deadline = Instant::now() + PATIENCE;
    let mut most = 0;
    loop {
        most = most.max(private(page));
        if read(page, &expression).await {
            return most;
        }
        assert!(Instant::now() < deadline, "waited in vain for {is_done}");
        sleep(PULSE).await;
    }
}

const PULSE: Duration = Duration::from_millis(50);

fn private(page: &Page) -> u64 {
    private_memory_below(page.browser.process())
}

#[expect(clippy::cast_precision_loss, reason = "no memory has 2^53 bytes")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

async fn reset(page: &Page) {
    let _undefined: Value = page.browser.evaluate("probe.reset();", vec![]).await.unwrap();
}

/// Adds the longest gap since the last look, once what was done has come to rest.
async fn add_gap(page: &Page, what: &str, table: &mut Table) {
    sleep(REST).await;
    let gap = read(page, "probe.gap").await;
    table.add(&format!("{what}: longest gap"), "ms", gap, Some(Bar::AtMost(100.0)));
    reset(page).await;
}

const REST: Duration = Duration::from_millis(500);

/// Writes a log as the page saves it, of the events of a flood, and returns where it is.
fn log() -> PathBuf {
    let mut ring = Ring::new(Capacity { entries: usize::MAX, bytes: usize::MAX });
    for number in 0..EVENTS {
        let text = EVENT.replace("0000000", &format!("{number:07}"));
        let reading = Reading::Event { channel: "project.updated".to_owned() };
        let (size, direction) = (text.len(), FrameDirection::Received);
        let body = Body::Message { direction, text, size, reading };
        let at = Now { at: Moment(number / 10), wall: UnixMillis(START + number / 10) };
        ring.push(Entry { seq: Seq(number), at, body });
    }
    let path = environment::scratch_file("large.ndjson");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    export::ndjson(&ring, UnixMillis(START), &[], &mut |piece| {
        file.write_all(piece.as_bytes()).unwrap();
    });
    file.flush().unwrap();
    path
}

/// Events whose lines take 100 MB and some more.
const EVENTS: u64 = 280_000;

/// The time of the first of them, in milliseconds since 1970.
const START: u64 = 1_773_930_600_000;
