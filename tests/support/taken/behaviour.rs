//! What every client does, one function each, and how it is seen.
//!
//! Times are those of the servers' clocks. They are compared with the waits from below only: a busy machine makes a
//! client late, and never early.

use serde_json::{Value, json};

use veriops_playground::code::{Language, Patience};
use veriops_playground::protocol::Millis;

use super::Subject;
use super::filling::{
    BACKOFF, FILTERED, PATIENT, PROJECT, RATE_LIMITED, SILENCE, STABLE, UNFILTERED,
};
use super::record::{Record, What, gaps, messages, openings};
use super::run::{Beginning, Run, key};
use super::server::Server;

/// Both servers decode the key: the independent one knows only the right one, the sandbox refuses those that begin
/// with `expired`.
pub async fn connects_with_a_key_that_has_to_be_percent_encoded<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let mut run = beginning.independent(json!([{}])).await;
        run.until_asked(0).await;
        tells_no_key(&mut run, &key("scripted")).await;
    };
    let sandbox = async {
        for key in ["%65xpired+&#", "#", "%", "+&=?/"] {
            let mut run = beginning.start(Server::sandbox(""), Some(key)).await;
            run.until_said("subscribed to").await;
        }
    };
    S::both(independent, sandbox).await;
}

/// Its lines have the key neither as it is nor as it is sent.
pub async fn tells_no_key<S: Subject>(run: &mut Run<S>, key: &str) {
    let opened = run.server.records().into_iter().find_map(|it| match it.what {
        What::Opened(path) => Some(path),
        _ => None,
    });
    let sent = opened.unwrap().split_once("token=").unwrap().1.to_owned();
    for line in run.said().await {
        assert!(!line.text.contains(key) && !line.text.contains(&sent), "{line:?}");
    }
}

pub async fn subscribes_to_two_channels_one_with_a_filter_under_unique_ids<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let subscribes = async |mut run: Run<S>| {
        run.until_asked(0).await;
        assert_subscribed(&run.server.records(), 1);
        run.until_said(&format!("subscribed to {FILTERED}")).await;
        run.until_said(&format!("subscribed to {UNFILTERED}")).await;
    };
    S::both(async { subscribes(beginning.independent(json!([{}])).await).await }, async {
        subscribes(beginning.sandbox(Server::sandbox("")).await).await;
    })
    .await;
}

/// Each of these connections was asked for both channels with their filters, and no id came twice.
pub fn assert_subscribed(records: &[Record], connections: u64) {
    let mut ids = Vec::new();
    for connection in 0..connections {
        let subscribes = messages(records, connection, "subscribe");
        let topics: Vec<_> = subscribes.iter().map(|(_, it)| it["payload"].clone()).collect();
        let filtered = json!({ "channel": FILTERED, "filters": { "project_id": PROJECT } });
        assert_eq!(topics, [filtered, json!({ "channel": UNFILTERED })], "{records:#?}");
        for (_, message) in subscribes {
            assert_sent_at(message);
            ids.push(message["request_id"].as_str().unwrap().to_owned());
        }
    }
    ids.sort();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id came twice: {records:#?}");
}

/// The message says when it was sent, as in `2026-01-31T12:00:00.000Z`.
fn assert_sent_at(message: &Value) {
    let sent_at = message["sent_at"].as_str().unwrap_or_else(|| panic!("no sent_at: {message}"));
    let shape: String =
        sent_at.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    assert!(
        ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"].contains(&shape.as_str()),
        "{message}"
    );
}

/// The server leaves out what a filter leaves out, so an event of another project comes only to a client that
/// lost its filter.
pub async fn hands_events_of_the_filter_to_its_hook_and_none_of_another_project<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let mut run = beginning.independent(json!([{ "events": events() }])).await;
        run.until_said(&format!("event {UNFILTERED} ")).await;
        let line = run.until_said(&format!("event {FILTERED} ")).await;
        assert_eq!(data(&line), json!({ "project_id": PROJECT, "status": "\u{1f600} \"a\"\n" }));
        assert_only_the_project(&mut run).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_said(&format!("subscribed to {UNFILTERED}")).await;
        run.server.stage(&json!({ "incident": "burst", "events": 20 }));
        run.until_said_times(&format!("event {FILTERED} "), 10).await;
        assert_only_the_project(&mut run).await;
    };
    S::both(independent, sandbox).await;
}

/// What happens in two projects.
pub fn events() -> Value {
    json!({
        FILTERED: [
            { "project_id": "prj_other", "status": "active" },
            { "project_id": PROJECT, "status": "\u{1f600} \"a\"\n" },
            { "project_id": "prj_abc", "status": "active" },
        ],
        UNFILTERED: [{ "task_id": "tsk_1", "project_id": "prj_other" }],
    })
}

async fn assert_only_the_project<S: Subject>(run: &mut Run<S>) {
    for line in run.said().await {
        if line.text.starts_with("event ") {
            assert!(line.is_output, "an event is output: {line:?}");
        }
        if line.text.starts_with(&format!("event {FILTERED} ")) {
            assert_eq!(data(&line.text)["project_id"], PROJECT, "{line:?}");
        }
    }
}

/// Returns the data of an event's line.
fn data(line: &str) -> Value {
    serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap()
}

/// The sandbox drops who has not answered before the next ping; here that comes after a second.
pub async fn answers_three_pings_with_their_ids_within_a_second<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let mut run = beginning.independent(json!([{ "ping_ms": 300 }])).await;
        let answered = |records: &[Record]| {
            let pongs = messages(records, 0, "pong");
            let pings = records.iter().filter_map(|it| match &it.what {
                What::Ping(id) => Some((it.at, id.clone())),
                _ => None,
            });
            let answers = pings.filter_map(|(pinged, id)| {
                let pong = pongs.iter().find(|(_, pong)| pong["request_id"] == *id)?;
                Some(pong.0 - pinged)
            });
            let answers: Vec<_> = answers.collect();
            (answers.len() >= 3).then_some(answers)
        };
        let answers = run.until_noted("three pings are answered", answered).await;
        assert!(answers.iter().all(|wait| *wait < 1000), "{answers:?}");
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("--heartbeat 1000")).await;
        let three = |records: &[Record]| (messages(records, 0, "pong").len() >= 3).then_some(());
        run.until_noted("three pongs on one connection", three).await;
        let records = run.server.records();
        let ids = messages(&records, 0, "pong").into_iter().map(|(_, it)| it["request_id"].clone());
        assert_eq!(ids.take(3).collect::<Vec<_>>(), ["req_hb_1", "req_hb_2", "req_hb_3"]);
    };
    S::both(independent, sandbox).await;
}

pub async fn reports_an_ack_that_does_not_come<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let mut run = beginning.independent(json!([{ "acks": 1, "ping_ms": 300 }])).await;
        run.until_said(&format!("subscribed to {FILTERED}")).await;
        run.until_said(&missing(UNFILTERED)).await;
        goes_on(&mut run).await;
        assert!(!run.has_said(&missing(FILTERED)).await, "the other one was acked");
    };
    let sandbox = async {
        let server = Server::sandbox("--heartbeat 1000");
        server.stage(&json!({ "incident": "lose-ack" }));
        let mut run = beginning.sandbox(server).await;
        run.until_said(&format!("subscribed to {UNFILTERED}")).await;
        run.until_said(&missing(FILTERED)).await;
        goes_on(&mut run).await;
    };
    S::both(independent, sandbox).await;
}

fn missing(channel: &str) -> String {
    format!("no answer within 1 s to subscribe {channel} (req_")
}

/// A ping that comes from now on is answered, on the first connection.
async fn goes_on<S: Subject>(run: &mut Run<S>) {
    let pongs = |records: &[Record]| messages(records, 0, "pong").len();
    let before = pongs(&run.server.records());
    let one_more = |records: &[Record]| (pongs(records) > before).then_some(());
    run.until_noted("another ping is answered", one_more).await;
}

pub async fn comes_back_after_1001_later_each_time_and_restores_its_subscriptions<S: Subject>(
    language: Language,
) {
    let end = json!({ "code": 1001, "reason": "deploy" });
    let incident = json!({ "incident": "close", "code": 1001, "reason": "deploy" });
    comes_back::<S>(language, &end, &incident, "closed 1001 (deploy)").await;
}

pub async fn comes_back_after_a_dropped_connection_and_restores_its_subscriptions<S: Subject>(
    language: Language,
) {
    comes_back::<S>(language, &json!("drop"), &json!({ "incident": "drop" }), "closed 1006").await;
}

/// After three ends in quick succession it waits longer each time; after a connection that lasted, it begins anew.
async fn comes_back<S: Subject>(language: Language, end: &Value, incident: &Value, ended: &str) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let short = json!({ "after": 2, "end": end });
        let long = json!({ "after": 2, "wait_ms": STABLE + 100, "end": end });
        let script = json!([short, short, short, long, {}]);
        let mut run = beginning.independent(script).await;
        run.until_asked(4).await;
        assert_waits(&run.server.records(), &[BACKOFF[0], BACKOFF[1], BACKOFF[2], BACKOFF[0]]);
        assert_subscribed(&run.server.records(), 5);
        for delay in ["0.2", "0.4", "0.8"] {
            run.until_said(&format!("{ended}: next attempt in {delay} s")).await;
        }
        run.until_said_times(&format!("{ended}: next attempt in 0.2 s"), 2).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        for connection in 0..3 {
            run.until_asked(connection).await;
            run.server.stage(incident);
        }
        run.until_asked(3).await;
        assert_waits(&run.server.records(), &BACKOFF);
        assert_subscribed(&run.server.records(), 4);
    };
    S::both(independent, sandbox).await;
}

/// As many ends as these were followed by a wait of at least that many milliseconds.
fn assert_waits(records: &[Record], waits: &[u64]) {
    let gaps = gaps(records);
    assert_eq!(gaps.len(), waits.len(), "{records:#?}");
    for (gap, wait) in gaps.iter().zip(waits) {
        assert!(gap >= wait, "waited {gaps:?}, not {waits:?}: {records:#?}");
    }
}

pub async fn does_not_hammer_a_server_that_accepts_and_closes_at_once<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let waits = [BACKOFF[0], BACKOFF[1], BACKOFF[2], BACKOFF[2]];
    let independent = async {
        let at_once = json!({ "end": { "code": 1001, "reason": "" } });
        let dropped = json!({ "end": "drop" });
        let mut run = beginning.independent(json!([at_once, dropped, at_once, dropped, {}])).await;
        run.until_asked(4).await;
        assert_waits(&run.server.records(), &waits);
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        for connection in 0..4 {
            let opened = |records: &[Record]| (openings(records).len() > connection).then_some(());
            run.until_noted("it comes back", opened).await;
            run.server.stage(&json!({ "incident": "close", "code": 1001 }));
        }
        run.until_asked(4).await;
        assert_waits(&run.server.records(), &waits);
    };
    S::both(independent, sandbox).await;
}

pub async fn ends_after_1000<S: Subject>(language: Language) {
    ends::<S>(language, 1000, "bye", "Normal closure. No action required.").await;
}

pub async fn ends_after_1008_and_says_what_to_do<S: Subject>(language: Language) {
    let advice = "Policy violation. Check message format and size.";
    ends::<S>(language, 1008, "malformed message", advice).await;
}

pub async fn ends_after_4001_and_says_what_to_do<S: Subject>(language: Language) {
    let advice = "Authentication failed. Verify your API key is valid and not expired.";
    ends::<S>(language, 4001, "token expired", advice).await;
}

pub async fn ends_after_4009_and_says_what_to_do<S: Subject>(language: Language) {
    let advice = "Message too large. Reduce message size to under 64 KB.";
    ends::<S>(language, 4009, "too large", advice).await;
}

pub async fn ends_after_4002_and_says_so<S: Subject>(language: Language) {
    let advice = "Subscription limit reached. Unsubscribe from unused channels (max 50).";
    ends::<S>(language, 4002, "limit", advice).await;
}

/// It says the code, the reason and what to do about it, and ends.
async fn ends<S: Subject>(language: Language, code: u16, reason: &str, advice: &str) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let ends = async |mut run: Run<S>| {
        run.until_said(&format!("closed {code} ({reason}): {advice}")).await;
        assert_eq!(run.until_ended().await, i32::from(code != 1000));
        assert_eq!(openings(&run.server.records()).len(), 1);
    };
    let independent = async {
        let end = json!({ "code": code, "reason": reason });
        ends(beginning.independent(json!([{ "after": 2, "end": end }])).await).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "close", "code": code, "reason": reason }));
        ends(run).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn waits_as_long_as_4008_asks<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let waits = async |mut run: Run<S>| {
        run.until_said("closed 4008 (rate limited): next attempt in 1.5 s").await;
        run.until_asked(1).await;
        assert_waits(&run.server.records(), &[RATE_LIMITED]);
        assert_subscribed(&run.server.records(), 2);
    };
    let independent = async {
        let end = json!({ "code": 4008, "reason": "rate limited" });
        waits(beginning.independent(json!([{ "after": 2, "end": end }, {}])).await).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "close", "code": 4008, "reason": "rate limited" }));
        waits(run).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn reports_what_it_does_not_understand_and_goes_on<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let weather = r#"{"type":"weather","request_id":"srv_1","payload":{"sky":"grey"}}"#;
    let independent = async {
        let say = json!([weather, "hello", "[1]", 4]);
        let script = json!([{ "after": 2, "say": say, "ping_ms": 300 }]);
        let mut run = beginning.independent(script).await;
        for text in [weather, "hello", "[1]", "4 bytes of binary"] {
            run.until_said(&format!("not understood: {text}")).await;
        }
        goes_on(&mut run).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("--heartbeat 1000")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "malformed" }));
        run.until_said(r#"not understood: {"type":"event","#).await;
        goes_on(&mut run).await;
    };
    S::both(independent, sandbox).await;
}

/// The server reads nothing any more, so it answers no close either.
pub async fn gives_a_silent_connection_up<S: Subject>(language: Language) {
    let place = S::place().await;
    let patience = Patience { silence: Millis(SILENCE), ..PATIENT };
    let beginning = Beginning::<S> { place: &place, language, patience };
    let gives_up = async |run: &mut Run<S>| {
        run.until_said("silent for 1.5 s").await;
        run.until_said("closed 1006: next attempt in 0.2 s").await;
    };
    let independent = async {
        let silent = json!({ "after": 2, "end": "silence" });
        let mut run = beginning.independent(json!([silent, { "ping_ms": 200 }])).await;
        gives_up(&mut run).await;
        run.until_asked(1).await;
        let records = run.server.records();
        // It has heard the ack of what came last, at the earliest at once.
        let (last, _) = messages(&records, 0, "subscribe")[1];
        let quiet = openings(&records)[1] - last;
        assert!(quiet >= SILENCE + BACKOFF[0], "{quiet}: {records:#?}");
        assert_subscribed(&records, 2);
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("--heartbeat 200")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "mute" }));
        gives_up(&mut run).await;
        run.server.stage(&json!({ "incident": "mute", "on": false }));
        run.until_asked(1).await;
        assert_subscribed(&run.server.records(), 2);
    };
    S::both(independent, sandbox).await;
}

/// A key that the server does not know is refused before the connection opens; the sandbox opens and closes.
pub async fn says_that_it_was_refused<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let server = Server::Independent { key: key("unknown"), is_secure: false };
        let mut run = beginning.start(server, Some(&key("unknown"))).await;
        match language {
            // These are not told the status.
            Language::Browser | Language::Node => {
                run.until_said("next attempt in 0.2 s").await;
                let line = run.until_said("no connection").await;
                assert!(line.ends_with(": next attempt in 0.2 s"), "{line}");
                run.until_said("next attempt in 0.4 s").await;
            }
            _ => {
                run.until_said("refused: HTTP 401").await;
                assert_eq!(run.until_ended().await, 1);
                assert_eq!(openings(&run.server.records()).len(), 1);
            }
        }
    };
    let sandbox = async {
        let mut run = beginning.start(Server::sandbox(""), Some("expired")).await;
        run.until_said("closed 4001 (token expired): Authentication failed.").await;
        assert_eq!(run.until_ended().await, 1);
    };
    S::both(independent, sandbox).await;
}

pub async fn says_that_the_key_is_missing<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let mut run = beginning.start(Server::sandbox(""), None).await;
    let words = match language {
        Language::Browser => "enter your API key",
        _ => "set VERIOPS_API_KEY to your API key",
    };
    run.until_said(words).await;
    assert_eq!(run.until_ended().await, 1);
    assert!(run.server.records().is_empty(), "{:?}", run.server.records());
}

/// Ctrl+C, or the button of a page.
pub async fn closes_with_1000_on_request<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let closes = async |mut run: Run<S>| {
        run.until_said(&format!("subscribed to {UNFILTERED}")).await;
        run.subject.interrupt().await;
        assert_eq!(run.until_ended().await, 0);
        let code = |records: &[Record]| {
            records.iter().find_map(|it| match it.what {
                What::Closed(code) => Some(code),
                _ => None,
            })
        };
        assert_eq!(run.until_noted("the connection ends", code).await, 1000);
        assert_eq!(openings(&run.server.records()).len(), 1);
    };
    S::both(async { closes(beginning.independent(json!([{}])).await).await }, async {
        closes(beginning.sandbox(Server::sandbox("")).await).await;
    })
    .await;
}

/// The sandbox has no certificate; TLS is the independent server's alone.
pub async fn speaks_tls<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let end = json!({ "code": 1001, "reason": "deploy" });
    let first = json!({ "events": events(), "after": 2, "end": end });
    let mut run = beginning.secure(json!([first, { "events": events() }])).await;
    run.until_said_times(&format!("event {FILTERED} "), 2).await;
    assert_only_the_project(&mut run).await;
    assert_subscribed(&run.server.records(), 2);
}
