//! The measurements. Each opens browsers of its own and adds its figures to the table.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::process::{self, Cpu};
use crate::subject::{Kind, SEARCHED, Subject};
use crate::support::key::{DOWN, HOME};
use crate::support::page::PATIENCE;
use crate::table::{Bar, Table};

/// The line of what the page lost count of.
pub const UNCOUNTED: &str = "messages uncounted";

/// The line of pages that did not find what was searched for in a flood.
pub const MISFOUND: &str = "floods with something not found";

/// How many messages a second, and what each takes of the processor: the bare page twice, the playground with
/// everything on, and the same while it is searched and filtered. Every run begins with another of them: what
/// comes first meets a colder machine.
pub async fn flood(run: usize, table: &mut Table) {
    let mut kinds = Kind::ALL;
    kinds.rotate_left(run % Kind::ALL.len());
    let mut runs = Vec::new();
    for kind in kinds {
        let subject = Subject::open(kind).await;
        let run = subject.receive(FLOOD.into()).await;
        match kind {
            Kind::Bare | Kind::Control => {}
            Kind::Playground => reckon(&subject, table).await,
            Kind::Searching => {
                compare_found(&subject, table).await;
                subject.page.click("show-all").await;
                sleep(REST).await;
                reckon(&subject, table).await;
            }
        }
        runs.push((kind, run));
    }
    let of = |kind: Kind| {
        let found = runs.iter().find(|(it, _)| *it == kind);
        found.map(|(_, run)| run).expect("every kind was flooded")
    };
    let rate = |kind| of(kind).rate().unwrap_or(0.0);
    let main = |kind| of(kind).cpu.main / f64::from(FLOOD);
    let all = |kind| of(kind).cpu.all / f64::from(FLOOD);
    let (bare, control) = (Kind::Bare, Kind::Control);
    let (ours, searching) = (Kind::Playground, Kind::Searching);
    let within = Some(Bar::Within(0.93, 1.07));
    let at_least = |ratio| Some(Bar::AtLeast(ratio));
    for (what, unit, figure, bar) in [
        ("bare page that counts", "/s", rate(bare), None),
        ("playground", "/s", rate(ours), None),
        ("playground, searched and filtered", "/s", rate(searching), None),
        ("the bare page again / bare page", "", rate(control) / rate(bare), within),
        ("playground / bare page", "", rate(ours) / rate(bare), at_least(0.9)),
        ("searched and filtered / bare page", "", rate(searching) / rate(bare), at_least(0.8)),
        ("main thread, bare page", "µs", main(bare), None),
        ("main thread, bare page again", "µs", main(control), None),
        ("main thread, playground", "µs", main(ours), None),
        ("main thread, searched and filtered", "µs", main(searching), None),
        (
            "main thread, playground / bare page",
            "",
            main(ours) / main(bare),
            Some(Bar::AtMost(1.35)),
        ),
        ("all threads, bare page", "µs", all(bare), None),
        ("all threads, bare page again", "µs", all(control), None),
        ("all threads, playground", "µs", all(ours), None),
        ("all threads, searched and filtered", "µs", all(searching), None),
        ("longest gap, bare page", "ms", of(bare).gap(), None),
        ("longest gap, playground", "ms", of(ours).gap(), None),
        (
            "longest gap, above the bare page's",
            "ms",
            of(ours).gap() - of(bare).gap(),
            Some(Bar::AtMost(50.0)),
        ),
        ("longest gap, searched and filtered", "ms", of(searching).gap(), None),
    ] {
        table.add(what, unit, figure, bar);
    }
}

/// Adds by how much the page, which is searched and filtered, is wrong about what is in its log.
async fn compare_found(subject: &Subject, table: &mut Table) {
    let sent = subject.flood.sent();
    let kept = sent.saturating_sub(FULL_LOG)..sent;
    let expected = kept.filter(|number| number.to_string().contains(SEARCHED)).count();
    let state = "{ found: probe.found(), filtered: probe.isPressed('show-events') }";
    let found: Found = subject.until(state, |it: &Found| it.found.is_some()).await;
    let is_right = found.filtered && found.found == Some(expected);
    if !is_right {
        eprintln!("{expected} messages have {SEARCHED} in them, the page says {found:?}");
    }
    table.add(MISFOUND, "", f64::from(u8::from(!is_right)), Some(Bar::AtMost(0.0)));
}

/// What a page says of its search and its filter.
#[derive(Debug, Deserialize)]
struct Found {
    /// None while it is searching.
    found: Option<usize>,
    filtered: bool,
}

/// From a click on Disconnect, in the middle of a flood, to its effect.
pub async fn disconnect(table: &mut Table) {
    #[derive(Deserialize)]
    struct Click {
        at: f64,
        left: f64,
        idle: Option<f64>,
    }

    let subject = Subject::open(Kind::Playground).await;
    subject.run("probe.watchClick();").await;
    subject.flood.send_until(FOR_EVER);
    subject.until("probe.received()", |count: &u64| *count > 20_000).await;
    subject.page.click("primary").await;
    subject.until("probe.click.idle > 0", |is_idle: &bool| *is_idle).await;
    let click: Click = subject.read("probe.click").await;
    table.add("Disconnect in mid-flood", "ms", click.left - click.at, Some(Bar::AtMost(100.0)));
    let idle = click.idle.unwrap_or(f64::NAN) - click.at;
    let closed = "Disconnect in mid-flood, until closed";
    table.add(closed, "ms", idle, Some(Bar::AtMost(200.0)));
}

/// Frames, and how busy the main thread is, while messages come at a steady rate.
pub async fn steady(table: &mut Table) {
    let probe = idle(&Subject::open(Kind::Bare).await).await;
    table.add("the probe alone: main thread busy", "%", probe, None);
    let subject = Subject::open(Kind::Playground).await;
    let busy = idle(&subject).await - probe;
    table.add("0 messages/s: main thread busy, without the probe", "%", busy, None);
    for (per_second, seconds, frames, busy) in
        [(500, 60, Bar::AtMost(0.0), Some(Bar::Below(10.0))), (5_000, 20, Bar::Below(1.0), None)]
    {
        let run = subject.receive_at_rate(per_second, seconds).await;
        let slow = "probe.frames.filter((frame) => frame > 50).length / probe.frames.length * 100";
        let slow = subject.read(slow).await;
        let mut add = |what, unit, figure, bar| {
            table.add(&format!("{per_second} messages/s: {what}"), unit, figure, bar);
        };
        add("frames over 50 ms", "%", slow, Some(frames));
        let taken = share(run.cpu, run.lasted) - probe;
        add("main thread busy, without the probe", "%", taken, busy);
        add("longest gap", "ms", run.gap(), None);
    }
    reckon(&subject, table).await;
}

/// Returns how much of the time the main thread was on a core, in percent.
fn share(cpu: Cpu, lasted: Duration) -> f64 {
    cpu.main / lasted.as_secs_f64() / 10_000.0
}

/// Returns how busy the main thread of a page is to which nothing comes, in percent.
async fn idle(subject: &Subject) -> f64 {
    sleep(QUIET).await;
    let (taken, since) = (subject.taken(), Instant::now());
    sleep(IDLE).await;
    share(subject.taken().since(&taken), since.elapsed())
}

/// How long a page is watched to which nothing comes.
const IDLE: Duration = Duration::from_secs(10);

/// Memory while messages pass through, after a collection of garbage each time: of the bare page, which keeps
/// nothing, and of the playground.
pub async fn memory(table: &mut Table) {
    let bare = Subject::open(Kind::Bare).await;
    let mut after = Vec::new();
    for count in [200_000, 1_000_000] {
        bare.receive(count - bare.flood.sent()).await;
        after.push(tidied(&bare).await);
    }
    let growth = (after[1] - after[0]) / MEGABYTE;
    table.add("private memory of the bare page, growth from 200,000", "MB", growth, None);

    let subject = Subject::open(Kind::Playground).await;
    let mut before = 0.0;
    for (count, name) in [(20_000, "20,000"), (200_000, "200,000"), (1_000_000, "1,000,000")] {
        subject.receive(count - subject.flood.sent()).await;
        let private = snapshot(&subject, name, table).await;
        if name == "1,000,000" {
            let growth = private / before;
            table.add("private memory, growth from 200,000", "", growth, Some(Bar::AtMost(1.05)));
        }
        before = private;
    }
    reckon(&subject, table).await;
}

/// Adds what the playground takes after so many messages, and returns its private memory.
async fn snapshot(subject: &Subject, name: &str, table: &mut Table) -> f64 {
    #[derive(Deserialize)]
    struct Metrics {
        metrics: Vec<Metric>,
    }
    #[derive(Deserialize)]
    struct Metric {
        name: String,
        value: f64,
    }

    let private = tidied(subject).await;
    let browser = &subject.page.browser;
    browser.devtools("Performance.enable", json!({})).await;
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await;
    let Metrics { metrics } = serde_json::from_value(metrics).unwrap();
    let metric = |name: &str| metrics.iter().find(|it| it.name == name).unwrap().value;
    let wasm = subject.read("probe.wasm.buffer.byteLength").await;
    for (what, bytes) in
        [("private", private), ("JS heap", metric("JSHeapUsedSize")), ("wasm", wasm)]
    {
        table.add(&format!("{what} memory after {name}"), "MB", bytes / MEGABYTE, None);
    }
    table.add(&format!("DOM nodes after {name}"), "", metric("Nodes"), None);
    private
}

/// Returns the private memory of a page that had time to tidy up, in bytes.
#[expect(clippy::cast_precision_loss, reason = "no memory has 2^53 bytes")]
async fn tidied(subject: &Subject) -> f64 {
    let browser = &subject.page.browser;
    // Pictures of past frames go in the next quiet moments, and what the browser's allocator holds in reserve where
    // memory is scarce.
    sleep(QUIET).await;
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    browser.devtools("Memory.simulatePressureNotification", json!({ "level": "critical" })).await;
    sleep(QUIET).await;
    process::private_memory_below(browser.process()) as f64
}

/// How long a browser gets to tidy up.
pub const QUIET: Duration = Duration::from_secs(2);

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Search and filters over a full log.
pub async fn search(table: &mut Table) {
    let subject = Subject::open(Kind::Playground).await;
    subject.receive(FULL_LOG).await;
    // The browser still tidies up after the flood.
    sleep(QUIET).await;
    subject.run("probe.watchLog();").await;
    subject.page.press("search", "prj_00777").await;
    table.add("search 100,000 rows", "ms", settled(&subject).await, None);
    let gap = subject.read("probe.gap").await;
    table.add("search: longest gap while typing", "ms", gap, NO_PAUSE);
    for id in ["show-kind", "show-direction", "show-channel", "show-problems"] {
        subject.run("probe.reset();").await;
        let mut slowest = 0_f64;
        let choices: usize = subject.read(&format!("probe.choices('{id}')")).await;
        let keys = match choices {
            // A check box, on and off.
            0 => vec![" ", " "],
            // The first choice, which lists everything, comes last. A list that opens would cost time of
            // its own.
            _ => [vec![DOWN; choices - 1], vec![HOME]].concat(),
        };
        for key in keys {
            subject.page.press(id, key).await;
            slowest = slowest.max(settled(&subject).await);
        }
        table.add(&format!("{id}: 100,000 rows"), "ms", slowest, None);
        let gap = subject.read("probe.gap").await;
        table.add(&format!("{id}: longest gap"), "ms", gap, NO_PAUSE);
    }
}

const NO_PAUSE: Option<Bar> = Some(Bar::AtMost(50.0));

/// Waits until the log has come to rest after an input, and returns how long that took.
async fn settled(subject: &Subject) -> f64 {
    let deadline = Instant::now() + PATIENCE;
    let mut last = f64::NAN;
    loop {
        sleep(REST).await;
        let took: f64 = subject.read("probe.input.changed - probe.input.at").await;
        if (took - last).abs() < 1.0 {
            return took;
        }
        assert!(Instant::now() < deadline, "the log still changes {took} ms after an input");
        last = took;
    }
}

/// A log that has not changed for so long will not change any more.
pub const REST: Duration = Duration::from_millis(400);

/// Adds what is missing between the messages sent, received, and shown or dropped.
async fn reckon(subject: &Subject, table: &mut Table) {
    let sent = subject.flood.sent();
    let before: u64 = subject.read("probe.before").await;
    let received = subject.read::<u64>("probe.received()").await - before;
    // The line that was drawn when the log was cleared is a row as well.
    let kept = subject.read::<u64>("probe.rows() + probe.dropped()").await - 1;
    let lost = sent.abs_diff(received) + received.abs_diff(kept);
    if lost > 0 {
        eprintln!("sent {sent}, received {received}, shown or dropped {kept}");
    }
    #[expect(clippy::cast_precision_loss, reason = "no benchmark sends 2^53 messages")]
    table.add(UNCOUNTED, "", lost as f64, Some(Bar::AtMost(0.0)));
}

/// Messages of a flood that is timed: the bare page is busy with them for more than five seconds.
const FLOOD: u32 = 300_000;

/// Messages that fill the log.
const FULL_LOG: u64 = 100_000;

/// More messages than anybody waits for.
const FOR_EVER: u64 = 5_000_000;
