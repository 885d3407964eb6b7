//! What a client shows that only looks: every message as it came, and the end. It answers nothing by itself and does not come
//! back, as its limits say.

use serde_json::{Value, json};

use veriops_playground::code::{Language, Patience};
use veriops_playground::protocol::Millis;

use super::Subject;
use super::behaviour::{self, assert_subscribed, events, tells_no_key};
use super::filling::{FILTERED, PATIENT, PROJECT, SILENCE, UNFILTERED};
use super::record::{Record, What, messages, openings};
use super::run::{Beginning, Run, key};
use super::server::Server;

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
            run.until_said(&ack(FILTERED)).await;
        }
    };
    S::both(independent, sandbox).await;
}

/// Returns what an ack has in it.
fn ack(channel: &str) -> String {
    format!(r#""status":"subscribed","channel":"{channel}""#)
}

pub async fn subscribes_to_two_channels_one_with_a_filter_under_unique_ids<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let subscribes = async |mut run: Run<S>| {
        run.until_asked(0).await;
        assert_subscribed(&run.server.records(), 1);
        run.until_said(&ack(FILTERED)).await;
        run.until_said(&ack(UNFILTERED)).await;
    };
    S::both(async { subscribes(beginning.independent(json!([{}])).await).await }, async {
        subscribes(beginning.sandbox(Server::sandbox("")).await).await;
    })
    .await;
}

pub async fn hands_events_of_the_filter_to_its_hook_and_none_of_another_project<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let mut run = beginning.independent(json!([{ "events": events() }])).await;
        shows_only_the_project(&mut run, 1).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_said(&ack(UNFILTERED)).await;
        run.server.stage(&json!({ "incident": "burst", "events": 20 }));
        shows_only_the_project(&mut run, 10).await;
    };
    S::both(independent, sandbox).await;
}

/// Shows this many events of the filter, and one without, which is the last.
async fn shows_only_the_project<S: Subject>(run: &mut Run<S>, times: usize) {
    run.until_said_times(&event(FILTERED), times).await;
    run.until_said_times(&event(UNFILTERED), times).await;
    for line in run.said().await {
        if line.text.contains(&event(FILTERED)) {
            let (_, message) = line.text.split_once("< ").unwrap();
            let message: Value = serde_json::from_str(message).unwrap();
            assert_eq!(message["payload"]["data"]["project_id"], PROJECT, "{line:?}");
        }
    }
}

/// Returns what an event has in it.
fn event(channel: &str) -> String {
    format!(r#""event_type":"{channel}""#)
}

/// It answers none, and the server ends the connection.
pub async fn answers_three_pings_with_their_ids_within_a_second<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, "It answers no ping, so the server ends the connection after a while.");
    let is_dropped = async |mut run: Run<S>| {
        run.until_said(r#""type":"ping""#).await;
        ends(&mut run, r#"Disconnected (code: 1006, reason: "")"#).await;
        assert!(messages(&run.server.records(), 0, "pong").is_empty());
    };
    S::both(
        async { is_dropped(beginning.independent(json!([{ "ping_ms": 200 }])).await).await },
        async { is_dropped(beginning.sandbox(Server::sandbox("--heartbeat 500")).await).await },
    )
    .await;
}

/// The panel says so.
fn assert_limit(language: Language, sentence: &str) {
    assert!(language.limits().contains(&sentence), "{:?}", language.limits());
}

/// It shows the end and is over, with an exit code of 0, whatever the end was.
async fn ends<S: Subject>(run: &mut Run<S>, words: &str) {
    run.until_said(words).await;
    assert_eq!(run.until_ended().await, 0);
    assert_eq!(openings(&run.server.records()).len(), 1);
    assert!(!run.has_said("next attempt").await);
}

const REPORTS_NOTHING: &str =
    "It reports neither a missing ack nor silence, and prints unknown messages like the others.";

/// It shows the ack that came, and says nothing about the other.
pub async fn reports_an_ack_that_does_not_come<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, REPORTS_NOTHING);
    let independent = async {
        // Longer than a client waits that reports it.
        let mut run = beginning.independent(json!([{ "acks": 1, "ping_ms": 1200 }])).await;
        run.until_said(&ack(FILTERED)).await;
        run.until_said(r#""type":"ping""#).await;
        assert!(!run.has_said(&ack(UNFILTERED)).await);
    };
    let sandbox = async {
        let server = Server::sandbox("--heartbeat 1200");
        server.stage(&json!({ "incident": "lose-ack" }));
        let mut run = beginning.sandbox(server).await;
        run.until_said(&ack(UNFILTERED)).await;
        run.until_said(r#""type":"ping""#).await;
        assert!(!run.has_said(&ack(FILTERED)).await);
    };
    S::both(independent, sandbox).await;
}

pub async fn comes_back_after_1001_later_each_time_and_restores_its_subscriptions<S: Subject>(
    language: Language,
) {
    shows_the_end::<S>(language, 1001, "deploy").await;
}

/// It shows the code and the reason, and neither says what to do nor does it.
async fn shows_the_end<S: Subject>(language: Language, code: u16, reason: &str) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, "It does not come back after an end.");
    assert_limit(
        language,
        "It shows close code and reason in a terminal only, never what to do, and exits with 0.",
    );
    let words = format!(r#"Disconnected (code: {code}, reason: "{reason}")"#);
    let independent = async {
        let end = json!({ "code": code, "reason": reason });
        let mut run = beginning.independent(json!([{ "after": 2, "end": end }])).await;
        ends(&mut run, &words).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "close", "code": code, "reason": reason }));
        ends(&mut run, &words).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn comes_back_after_a_dropped_connection_and_restores_its_subscriptions<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, "It does not come back after an end.");
    let words = r#"Disconnected (code: 1006, reason: "")"#;
    let independent = async {
        let mut run = beginning.independent(json!([{ "after": 2, "end": "drop" }])).await;
        ends(&mut run, words).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "drop" }));
        ends(&mut run, words).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn does_not_hammer_a_server_that_accepts_and_closes_at_once<S: Subject>(
    language: Language,
) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let words = r#"Disconnected (code: 1001, reason: "")"#;
    let independent = async {
        let end = json!({ "code": 1001, "reason": "" });
        ends(&mut beginning.independent(json!([{ "end": end }])).await, words).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        let opened = |records: &[Record]| (!openings(records).is_empty()).then_some(());
        run.until_noted("it comes", opened).await;
        run.server.stage(&json!({ "incident": "close", "code": 1001 }));
        ends(&mut run, words).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn ends_after_1000<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 1000, "bye").await;
}

pub async fn ends_after_1008_and_says_what_to_do<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 1008, "malformed message").await;
}

pub async fn ends_after_4001_and_says_what_to_do<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 4001, "token expired").await;
}

pub async fn ends_after_4009_and_says_what_to_do<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 4009, "too large").await;
}

pub async fn ends_after_4002_and_says_so<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 4002, "limit").await;
}

pub async fn waits_as_long_as_4008_asks<S: Subject>(language: Language) {
    shows_the_end::<S>(language, 4008, "rate limited").await;
}

/// It shows all there is, so it shows this as well.
pub async fn reports_what_it_does_not_understand_and_goes_on<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, REPORTS_NOTHING);
    let weather = r#"{"type":"weather","request_id":"srv_1","payload":{"sky":"grey"}}"#;
    let independent = async {
        let say = json!([weather, "hello", "[1]", 4, "bye"]);
        let mut run = beginning.independent(json!([{ "after": 2, "say": say }])).await;
        for text in [weather, "hello", "[1]", "\0\0\0\0", "bye"] {
            run.until_said(&format!("< {text}")).await;
        }
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("--heartbeat 1000")).await;
        run.until_asked(0).await;
        run.server.stage(&json!({ "incident": "malformed" }));
        run.until_said(r#"< {"type":"event","#).await;
        run.until_said(r#""type":"ping""#).await;
    };
    S::both(independent, sandbox).await;
}

/// It looks on, and shows what comes after the silence.
pub async fn gives_a_silent_connection_up<S: Subject>(language: Language) {
    let place = S::place().await;
    let patience = Patience { silence: Millis(SILENCE), ..PATIENT };
    let beginning = Beginning::<S> { place: &place, language, patience };
    assert_limit(language, REPORTS_NOTHING);
    let looks_on = async |mut run: Run<S>| {
        run.until_said(r#""type":"ping""#).await;
        assert_eq!(openings(&run.server.records()).len(), 1);
        assert!(!run.has_said("silent").await);
    };
    let interval = 2 * SILENCE;
    let flags = format!("--heartbeat {interval}");
    S::both(
        async { looks_on(beginning.independent(json!([{ "ping_ms": interval }])).await).await },
        async { looks_on(beginning.sandbox(Server::sandbox(&flags)).await).await },
    )
    .await;
}

pub async fn says_that_it_was_refused<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let independent = async {
        let server = Server::Independent { key: key("unknown"), is_secure: false };
        let mut run = beginning.start(server, Some(&key("unknown"))).await;
        run.until_said("Unexpected server response: 401").await;
        assert_ne!(run.until_ended().await, 0);
        assert_eq!(openings(&run.server.records()).len(), 1);
    };
    let sandbox = async {
        let mut run = beginning.start(Server::sandbox(""), Some("expired")).await;
        ends(&mut run, r#"Disconnected (code: 4001, reason: "token expired")"#).await;
    };
    S::both(independent, sandbox).await;
}

pub async fn says_that_the_key_is_missing<S: Subject>(language: Language) {
    behaviour::says_that_the_key_is_missing::<S>(language).await;
}

/// Its user closes, as it has told; Ctrl+C has no code.
pub async fn closes_with_1000_on_request<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    assert_limit(language, "Ctrl+C closes without a code; the line /close 1000 closes with 1000.");
    let independent = async {
        let mut run = beginning.independent(json!([{}])).await;
        run.until_said(&ack(UNFILTERED)).await;
        run.subject.enter("/close 1000").await;
        ends(&mut run, "Disconnected (code: 1000").await;
        until_closed(&mut run, 1000).await;
    };
    let sandbox = async {
        let mut run = beginning.sandbox(Server::sandbox("")).await;
        run.until_said(&ack(UNFILTERED)).await;
        run.subject.interrupt().await;
        assert_eq!(run.until_ended().await, 0);
        until_closed(&mut run, 1005).await;
    };
    S::both(independent, sandbox).await;
}

async fn until_closed<S: Subject>(run: &mut Run<S>, code: u64) {
    let closed =
        |records: &[Record]| records.iter().any(|it| it.what == What::Closed(code)).then_some(());
    run.until_noted(&format!("it closed with {code}"), closed).await;
}

pub async fn speaks_tls<S: Subject>(language: Language) {
    let place = S::place().await;
    let beginning = Beginning::<S>::new(&place, language);
    let mut run = beginning.secure(json!([{ "events": events() }])).await;
    shows_only_the_project(&mut run, 1).await;
    assert_subscribed(&run.server.records(), 1);
}
