//! Archives: what a browser's developer tools, and others, read of a log and write of one.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use veriops_playground::archive::export::har;
use veriops_playground::archive::{ImportError, import};
use veriops_playground::entry::{
    Body, Entry, FrameDirection, Note, OpenFailure, Outcome, Reading, Seq, Timing,
};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{
    CloseCode, Instant, MessageType, Millis, Now, Secret, UnixMillis,
};

use crate::{ROOMY, environment, message};

const START: u64 = 1_773_930_600_000;

fn at(milli: u64, seq: u64, body: Body) -> Entry {
    let wall = UnixMillis(START + milli);
    Entry { seq: Seq(seq), at: Now { at: Instant(milli), wall }, body }
}

fn connecting(endpoint: &str) -> Body {
    Body::Note(Note::Connecting { endpoint: endpoint.into(), attempt: 0 })
}

fn opened(endpoint: &str) -> Body {
    let (endpoint, extensions) = (endpoint.into(), "permessage-deflate".into());
    Body::Opened { endpoint, extensions, protocol: String::new(), after: Millis(40) }
}

fn text(direction: FrameDirection, text: &str) -> Body {
    message(direction, text, Reading::Banner)
}

fn closed() -> Body {
    let (code, reason) = (CloseCode(4_008), "too \"many\"".to_owned());
    Body::Closed { code, reason, clean: true, ours: false }
}

/// Returns a log of an attempt that failed, two connections, and one that is still open.
fn log() -> Vec<Entry> {
    let endpoint = "wss://api.veriops.example/realtime?v=1&token=•••";
    let ping = || "{\"type\":\"ping\",\"request_id\":\"hb\"}".to_owned();
    let failure = OpenFailure::Unreachable;
    let simulator = "built-in simulator";
    let bodies = [
        (0, connecting(endpoint)),
        (30, Body::Note(Note::OpenFailed { endpoint: endpoint.into(), failure })),
        (1_000, connecting(endpoint)),
        (1_040, opened(endpoint)),
        (1_100, text(FrameDirection::Sent, "a")),
        (1_200, text(FrameDirection::Received, "b\u{2028}é")),
        (1_300, Body::Heartbeat { request_id: "hb".into(), ping: ping(), pong: Some("c".into()) }),
        (1_400, Body::Heartbeat { request_id: "hb".into(), ping: ping(), pong: None }),
        (1_500, Body::Binary { bytes: vec![0, 255] }),
        (1_600, closed()),
        (
            1_600,
            Body::Note(Note::Reconnecting { attempt: 1, delay: Millis(60_000), is_backoff: false }),
        ),
        (9_000, connecting(simulator)),
        (9_040, opened(simulator)),
        (9_100, text(FrameDirection::Received, "d")),
    ];
    (0..).zip(bodies).map(|(seq, (milli, body))| at(milli, seq, body)).collect()
}

fn ring(capacity: Capacity, entries: Vec<Entry>) -> Ring {
    let mut ring = Ring::new(capacity);
    for entry in entries {
        ring.push(entry);
    }
    ring
}

fn archive(ring: &Ring, keys: &[Secret]) -> String {
    let mut file = String::new();
    har(ring, keys, &mut |piece| file.push_str(piece));
    file
}

fn connections(archive: &str) -> Vec<Value> {
    let archive: Value = serde_json::from_str(archive).unwrap();
    archive["log"]["entries"].as_array().unwrap().clone()
}

fn urls(connections: &[Value]) -> Vec<&str> {
    connections.iter().map(|entry| entry["request"]["url"].as_str().unwrap()).collect()
}

fn frames(connection: &Value) -> &[Value] {
    connection["_webSocketMessages"].as_array().unwrap()
}

#[test]
fn an_independent_reader_counts_the_same_messages() {
    let file = environment::scratch_file("log.har");
    fs::write(&file, archive(&ring(ROOMY, log()), &[])).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/archive.py");
    let output = Command::new(environment::python()).arg(program).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "0 30 0 0 wss://api.veriops.example/realtime?v=1\n\
         101 600 2 4 wss://api.veriops.example/realtime?v=1\n\
         101 100 0 1 wss://built-in-simulator.invalid\n"
    );
}

#[test]
fn every_field_that_har_1_2_requires_is_there() {
    let archive = archive(&ring(ROOMY, log()), &[]);
    let file: Value = serde_json::from_str(&archive).unwrap();
    for path in ["/log/version", "/log/creator/name", "/log/creator/version", "/log/pages"] {
        assert!(file.pointer(path).is_some(), "{path}");
    }
    for connection in connections(&archive) {
        for path in [
            "/startedDateTime",
            "/time",
            "/request/method",
            "/request/url",
            "/request/httpVersion",
            "/request/cookies",
            "/request/headers",
            "/request/queryString",
            "/request/headersSize",
            "/request/bodySize",
            "/response/status",
            "/response/statusText",
            "/response/httpVersion",
            "/response/cookies",
            "/response/headers",
            "/response/content/size",
            "/response/content/mimeType",
            "/response/redirectURL",
            "/response/headersSize",
            "/response/bodySize",
            "/cache",
            "/timings/send",
            "/timings/wait",
            "/timings/receive",
        ] {
            assert!(connection.pointer(path).is_some(), "{path}");
        }
    }
}

#[test]
fn a_connection_reads_as_chromium_writes_it() {
    let connections = connections(&archive(&ring(ROOMY, log()), &[]));
    let [failed, open, _] = &connections[..] else { panic!("three connections") };
    assert_eq!(failed["_error"], "unreachable");
    assert_eq!(open["startedDateTime"], "2026-03-19T14:30:01.000Z");
    assert_eq!(open["timings"], json!({ "send": 0, "wait": 40, "receive": 560 }));
    assert_eq!(open["request"]["queryString"], json!([{ "name": "v", "value": "1" }]));
    assert_eq!(open["response"]["headers"][0]["value"], "permessage-deflate");
    assert_eq!(open["_webSocketClose"]["reason"], "too \"many\"");
    let frame = |frame: &Value| {
        let text = |name: &str| frame[name].as_str().unwrap().to_owned();
        (text("type"), frame["time"].to_string(), frame["opcode"].as_u64(), text("data"))
    };
    let time = |time: &str| format!("17739306{time}");
    let frames: Vec<_> = frames(open).iter().map(frame).collect();
    let ping = r#"{"type":"ping","request_id":"hb"}"#;
    assert_eq!(
        frames,
        [
            ("send".into(), time("01.1"), Some(1), "a".into()),
            ("receive".into(), time("01.2"), Some(1), "b\u{2028}é".into()),
            ("receive".into(), time("01.3"), Some(1), ping.into()),
            ("send".into(), time("01.3"), Some(1), "c".into()),
            ("receive".into(), time("01.4"), Some(1), ping.into()),
            ("receive".into(), time("01.5"), Some(2), "AP8=".into()),
        ]
    );
}

#[test]
fn frames_belong_to_their_connection_even_if_its_opening_was_dropped() {
    let whole = ring(ROOMY, log());
    let kept = ring(Capacity { entries: 10, ..ROOMY }, log());
    let mut cleared = Ring::new(ROOMY);
    for entry in log() {
        if entry.seq == Seq(4) {
            cleared.clear();
        }
        cleared.push(entry);
    }
    for shorter in [kept, cleared] {
        let (whole, shorter) =
            (connections(&archive(&whole, &[])), connections(&archive(&shorter, &[])));
        assert_eq!(shorter[..], whole[1..]);
    }
}

#[test]
fn frames_of_a_connection_that_nothing_is_known_of_are_one_entry() {
    let mut entries = log();
    entries.drain(..4);
    let connections = connections(&archive(&ring(ROOMY, entries), &[]));
    assert_eq!(urls(&connections)[0], "wss://unknown.invalid");
    assert_eq!(frames(&connections[0]).len(), 6);
    assert_eq!(connections[0]["response"]["status"], 101);
}

#[test]
fn an_empty_log_is_an_archive_too() {
    assert!(connections(&archive(&Ring::new(ROOMY), &[])).is_empty());
}

#[test]
fn no_key_is_exported() {
    let key = Secret::new("canary+42").unwrap();
    let entries = vec![
        at(0, 0, opened("wss://host/?token=canary%2B42")),
        at(1, 1, text(FrameDirection::Received, "you are canary+42")),
        at(2, 2, Body::Binary { bytes: b"canary+42".to_vec() }),
    ];
    let archive = archive(&ring(ROOMY, entries), &[key]);
    assert!(!archive.contains("canary") && !archive.contains("token"), "{archive}");
    assert!(archive.contains("you are •••") && archive.contains("KioqKioqKioq"), "{archive}");
}

#[test]
fn our_own_archive_is_imported_with_every_frame() {
    let before = archive(&ring(ROOMY, log()), &[]);
    let after = archive(&ring(ROOMY, import(&before, None).unwrap()), &[]);
    let (before, after) = (connections(&before), connections(&after));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before["request"], after["request"]);
        assert_eq!(before["_webSocketMessages"], after["_webSocketMessages"]);
        assert_eq!(before.get("_webSocketClose"), after.get("_webSocketClose"));
    }
    assert_eq!(before.len(), after.len());
}

/// As Chromium's developer tools write it, less what does not matter here.
const FOREIGN: &str = r#"{
  "log": {
    "version": "1.2",
    "entries": [
      { "startedDateTime": "2026-03-19T14:29:00.000Z", "request": { "url": "https://host/" } },
      {
        "_resourceType": "websocket",
        "_webSocketMessages": [
          { "type": "send", "time": 1773930600.5004, "opcode": 1, "data": "{\"type\":\"subscribe\",\"request_id\":\"r1\"}" },
          { "type": "send", "time": 1773930600.52, "opcode": 1, "data": "{\"type\":\"publish\",\"request_id\":\"r2\"}" },
          { "type": "receive", "time": 1773930600.538, "opcode": 1, "data": "{\"type\":\"ack\",\"request_id\":\"r1\"}" },
          { "type": "receive", "time": 1773930600.7, "opcode": 1, "data": "{\"type\":\"ack\",\"request_id\":\"r9\"}" },
          { "type": "receive", "time": 1773930600.8, "opcode": 1, "data": "{\"type\":\"event\",\"request_id\":\"e\",\"payload\":{\"event_type\":\"presence\",\"data\":{}}}" },
          { "type": "receive", "time": 1773930600.9, "opcode": 1, "data": "hello s3cr3t" },
          { "type": "receive", "time": 1773930601, "opcode": 1, "data": "{\"type\":\"ping\",\"request_id\":\"hb\"}" },
          { "type": "send", "time": 1773930601.1, "opcode": 1, "data": "{\"type\":\"pong\",\"request_id\":\"hb\"}" },
          { "type": "receive", "time": 1773930601.2, "opcode": 2, "data": "AAE=" },
          { "type": "error", "time": 1773930601.3, "opcode": -1, "data": "broken" }
        ],
        "request": { "url": "wss://host/realtime?token=s3cr3t" },
        "startedDateTime": "2026-03-19T14:30:00.000Z"
      }
    ]
  }
}"#;

#[test]
fn an_archive_of_a_browser_is_read_as_a_session_would() {
    let entries = import(FOREIGN, Some("token")).unwrap();
    let answered = Outcome::Answered { by: Seq(3), round_trip: Millis(38) };
    let summary: Vec<_> =
        entries.iter().map(|entry| (entry.at.at.0, entry.kind().name(), entry.outcome())).collect();
    assert_eq!(
        summary,
        [
            (0, "open", None),
            (500, "subscribe", Some(answered)),
            (520, "publish", Some(Outcome::Unanswered)),
            (538, "ack", None),
            (700, "ack", None),
            (800, "event", None),
            (900, "malformed", None),
            (1_000, "heartbeat", None),
            (1_200, "binary", None),
        ]
    );
    let answers: Vec<_> = entries.iter().filter_map(answer).collect();
    assert_eq!(answers, [(Some(Seq(1)), Timing::InTime), (None, Timing::Unknown)]);
    assert!(matches!(&entries[7].body, Body::Heartbeat { pong: Some(_), .. }));
    assert!(matches!(&entries[8].body, Body::Binary { bytes } if *bytes == [0, 1]));
    assert!(
        matches!(&entries[0].body, Body::Opened { endpoint, .. } if endpoint == "wss://host/realtime")
    );
    assert!(!format!("{entries:?}").contains("s3cr3t"));
}

#[test]
fn the_key_of_an_archive_is_the_value_of_the_parameter_that_the_api_names() {
    let renamed = FOREIGN.replace("?token=", "?api_key=");
    let entries = import(&renamed, Some("api_key")).unwrap();
    assert!(!format!("{entries:?}").contains("s3cr3t"), "{entries:?}");
    let said: Vec<_> =
        import(&renamed, None).unwrap().iter().map(|entry| format!("{entry:?}")).collect();
    assert_eq!(said.iter().filter(|said| said.contains("s3cr3t")).count(), 2, "{said:?}");
}

fn answer(entry: &Entry) -> Option<(Option<Seq>, Timing)> {
    match &entry.body {
        Body::Message {
            reading: Reading::Answer { kind: MessageType::Ack, request, timing, .. },
            ..
        } => Some((*request, *timing)),
        _ => None,
    }
}

#[test]
fn an_archive_that_breaks_off_says_where() {
    let end = FOREIGN.find("s3cr3t").unwrap();
    let Err(ImportError::NotJson(error)) = import(&FOREIGN[..end], None) else {
        panic!("half an archive was read")
    };
    assert_eq!((error.line, error.message), (14, "this string needs a closing quote"));
}

#[test]
fn only_what_begins_as_an_archive_breaks_off_as_one() {
    for start in [r#"{"name":["#, r#"{"a":{"log":["#, r#"["log","#] {
        assert_eq!(import(start, None), Err(ImportError::Foreign), "{start}");
    }
    assert!(matches!(import(r#"{"log":["#, None), Err(ImportError::NotJson(_))));
}

#[test]
fn messages_count_only_where_an_archive_has_them() {
    let message = r#"{"type":"receive","time":1,"opcode":1,"data":"hi"}"#;
    let connection = format!(r#"{{"_webSocketMessages":[{message}]}}"#);
    let read = |file: String| import(&file, None).map(|entries| entries.len());
    assert_eq!(read(format!(r#"{{"log":{{"entries":[{connection}]}}}}"#)), Ok(2));
    for (file, expected) in [
        (format!(r#"{{"log":{{"other":[{connection}]}}}}"#), Err(ImportError::Foreign)),
        (format!(r#"{{"other":{{"entries":[{connection}]}}}}"#), Err(ImportError::Foreign)),
        (format!(r#"{{"log":{{"entries":{{"a":{connection}}}}}}}"#), Err(ImportError::NoMessages)),
        // Another field may hold what looks like messages.
        (
            format!(r#"{{"log":{{"entries":[{{"x":[{message}],"_webSocketMessages":[]}}]}}}}"#),
            Ok(1),
        ),
        (format!(r#"{{"log":{{"entries":[{{"_webSocketMessages":{{"a":{message}}}}}]}}}}"#), Ok(1)),
        // A list among the connections is none, whatever it holds.
        (format!(r#"{{"log":{{"entries":[{connection},[{message}]]}}}}"#), Ok(2)),
    ] {
        assert_eq!(read(file.clone()), expected, "{file}");
    }
}

#[test]
fn an_event_of_an_archive_belongs_to_its_channel() {
    let entries = import(FOREIGN, None).unwrap();
    let channels: Vec<_> = entries.iter().filter_map(Entry::channel).collect();
    assert_eq!(channels, ["presence"]);
}

#[test]
fn a_pong_for_another_ping_stays_a_message_of_its_own() {
    let pong = |id: &str| format!(r#"\"type\":\"pong\",\"request_id\":\"{id}\""#);
    let entries = import(&FOREIGN.replace(&pong("hb"), &pong("other")), None).unwrap();
    assert!(matches!(&entries[7].body, Body::Heartbeat { pong: None, .. }));
    assert_eq!((entries[8].kind().name(), entries[8].outcome()), ("pong", None));
}
