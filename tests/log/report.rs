//! Reports: what a reader pastes into a ticket, and what a parser of GitHub's Markdown makes of it.

use proptest::prelude::*;
use veriops_playground::archive::report::{Circumstances, LONGEST, Report, Source, report};
use veriops_playground::entry::{
    Body, Entry, FrameDirection, Note, OpenFailure, Outcome, Reading, Seq, Timing,
};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{
    CloseCode, EnvelopeError, Instant, MessageType, Millis, Now, Secret, Topic, UnixMillis,
};
use veriops_playground::words::Summary;
use veriops_playground::words::format::visible;
use veriops_playground::words::report::outcome;

use crate::markdown::{Read, hostile};
use crate::{API, message, sample};

const WRITTEN: UnixMillis = UnixMillis(1_773_930_700_000);
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0";

fn at(ms: u64, seq: u64, body: Body) -> Entry {
    let wall = UnixMillis(1_773_930_600_000 + ms);
    Entry { seq: Seq(seq), at: Now { at: Instant(ms), wall }, body }
}

fn ring_of(entries: Vec<Entry>) -> Ring {
    let mut ring = Ring::new(Capacity { entries: usize::MAX, bytes: usize::MAX });
    for entry in entries {
        ring.push(entry);
    }
    ring
}

fn of_session(ring: &Ring, subscriptions: Vec<(Topic, String)>, keys: &[Secret]) -> Report {
    let source = Source::Session { target: "Live API", subscriptions };
    let about = Circumstances { source, browser: BROWSER, written: WRITTEN };
    report(ring, &about, &API, keys)
}

fn of_file(ring: &Ring, name: &str) -> Report {
    let source = Source::File(name);
    report(ring, &Circumstances { source, browser: BROWSER, written: WRITTEN }, &API, &[])
}

const SUBSCRIBE: &str = r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:01.000Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#;
const ACK: &str = r#"{"type":"ack","request_id":"req_001","payload":{"status":"subscribed"}}"#;

/// Returns a session as most tickets have it: what was asked for came, and then the server closed.
fn session() -> Vec<Entry> {
    let endpoint = "wss://api.veriops.example/realtime";
    let asked = Reading::Request {
        kind: MessageType::Subscribe,
        request_id: "req_001".into(),
        outcome: Outcome::Answered { by: Seq(3), round_trip: Millis(38) },
    };
    let answer = Reading::Answer {
        kind: MessageType::Ack,
        request_id: "req_001".into(),
        request: Some(Seq(2)),
        round_trip: Some(Millis(38)),
        timing: Timing::InTime,
    };
    let wrong = Reading::Malformed(EnvelopeError::NotJson { line: 1, column: 1 });
    let heartbeat =
        Body::Heartbeat { request_id: "png_1".into(), ping: "{}".into(), pong: Some("{}".into()) };
    let opened = Body::Opened {
        endpoint: endpoint.into(),
        extensions: String::new(),
        protocol: String::new(),
        after: Millis(120),
    };
    let closed = Body::Closed {
        code: CloseCode(4008),
        reason: "slow down".into(),
        clean: true,
        ours: false,
    };
    let wait = Note::Reconnecting { attempt: 1, delay: Millis(60_000), is_backoff: false };
    vec![
        at(0, 0, Body::Note(Note::Connecting { endpoint: endpoint.into(), attempt: 0 })),
        at(120, 1, opened),
        at(1_000, 2, message(FrameDirection::Sent, SUBSCRIBE, asked)),
        at(1_038, 3, message(FrameDirection::Received, ACK, answer)),
        at(30_000, 4, heartbeat),
        at(31_000, 5, message(FrameDirection::Received, "Hello | `world`", wrong)),
        at(32_000, 6, closed),
        at(32_000, 7, Body::Note(wait)),
    ]
}

fn topic() -> Topic {
    Topic::with_filters_json("project.updated", r#"{"project_id":"prj_abc123"}"#)
}

#[test]
fn a_report_says_what_was_set_how_it_ended_what_passed_and_in_which_words() {
    let subscriptions = vec![(topic(), "3 events · last 14:30:07".to_owned())];
    let report = of_session(&ring_of(session()), subscriptions, &[]);
    let expected = include_str!("report.md").replace("{VERSION}", env!("CARGO_PKG_VERSION"));
    assert_eq!(report.markdown, expected, "\n{}", report.markdown);
    assert_eq!((report.shown, report.all), (8, 8));
}

#[test]
fn a_replayed_log_names_its_file_and_what_was_subscribed_to_in_it() {
    let report = of_file(&ring_of(session()), "se|ssion.ndjson");
    let read = Read::of(&report.markdown);
    let [file, endpoint, subscription, ..] = &read.tables[0][1..] else { panic!("{read:#?}") };
    assert_eq!(file[..], ["Replay of", "se|ssion.ndjson"]);
    assert_eq!(endpoint[..], ["Endpoint", "wss://api.veriops.example/realtime"]);
    let asked = r#"project.updated {"project_id":"prj_abc123"} answered in 38 ms"#;
    assert_eq!(subscription[..], ["Subscription", asked]);
    assert_eq!(read.tables[0].last().unwrap()[..], ["Replayed in", BROWSER]);
}

#[test]
fn a_connection_that_never_opened_is_told_with_its_causes() {
    let failure = OpenFailure::Unreachable;
    let endpoint = "wss://api.veriops.example/realtime".to_owned();
    let ring = ring_of(vec![at(0, 0, Body::Note(Note::OpenFailed { endpoint, failure }))]);
    let read = Read::of(&of_session(&ring, Vec::new(), &[]).markdown);
    assert_eq!(read.paragraphs[1], "Row 1, 14:30:00.000 UTC.");
    assert_eq!(read.items[0], "No connection yet.");
    assert!(read.items[1].starts_with("The handshake failed"), "{read:#?}");
}

#[test]
fn a_log_without_an_end_says_so_and_one_that_went_on_says_that() {
    let open = session().into_iter().take(6).collect();
    let read = Read::of(&of_session(&ring_of(open), Vec::new(), &[]).markdown);
    assert_eq!(read.paragraphs[1], "No connection ended in this log.");
    let mut again = session();
    let mut opened = session().swap_remove(1);
    opened.seq = Seq(8);
    again.push(opened);
    let read = Read::of(&of_session(&ring_of(again), Vec::new(), &[]).markdown);
    let words = "Row 7, 14:30:32.000 UTC. A connection was opened again after that.";
    assert_eq!(read.paragraphs[1], words);
}

#[test]
fn a_log_of_more_than_a_day_has_the_day_in_every_row() {
    let mut entries = session();
    entries[7].at.wall.0 += 86_400_000;
    let read = Read::of(&of_session(&ring_of(entries), Vec::new(), &[]).markdown);
    assert_eq!(read.tables[1][1][1], "2026-03-19T14:30:00.000Z");
    assert_eq!(read.tables[1][8][1], "2026-03-20T14:30:32.000Z");
}

#[test]
fn a_long_log_keeps_its_beginning_its_end_and_its_problems_and_counts_the_rest() {
    let events = (0..1_000).map(|seq| match seq {
        100 | 500 => at(seq, seq, Body::Note(Note::NoSignOfLife)),
        _ => at(seq, seq, event("project.updated", "{}")),
    });
    let report = of_session(&ring_of(events.collect()), Vec::new(), &[]);
    assert_eq!((report.shown, report.all), (62, 1_000));
    let read = Read::of(&report.markdown);
    let rows: Vec<_> = read.tables[1][1..]
        .iter()
        .map(|row| match &*row[0] {
            "…" => row[6].clone(),
            number => number.to_owned(),
        })
        .collect();
    let numbers = |numbers: core::ops::RangeInclusive<u32>| numbers.map(|it| it.to_string());
    let left = ["80 rows left out", "101", "399 rows left out", "501", "459 rows left out"];
    let expected: Vec<_> =
        numbers(1..=20).chain(left.map(str::to_owned)).chain(numbers(961..=1_000)).collect();
    assert_eq!(rows, expected);
    let shortened = read.tables[0].iter().find(|row| row[0] == "Shortened").unwrap();
    assert_eq!(
        shortened[1],
        "938 of 1000 rows left out. At most 4 KB of a frame are shown. A saved log has all."
    );
}

#[test]
fn problems_that_are_left_out_are_counted() {
    let entries = (0..1_000).map(|seq| at(seq, seq, Body::Note(Note::NoSignOfLife))).collect();
    let report = of_session(&ring_of(entries), Vec::new(), &[]);
    let read = Read::of(&report.markdown);
    // The latest stay.
    assert_eq!(read.tables[1][21][6], "920 rows left out, 920 problems among them");
    assert_eq!(read.tables[1][22][0], "941");
}

#[test]
fn rows_that_are_no_longer_kept_or_cleared_are_counted() {
    let mut ring = Ring::new(Capacity { entries: 5, bytes: usize::MAX });
    for entry in session() {
        ring.push(entry);
    }
    ring.clear();
    ring.push(at(40_000, 9, Body::Note(Note::Stopped)));
    let read = Read::of(&of_session(&ring, Vec::new(), &[]).markdown);
    let log = read.tables[0].iter().find(|row| row[0] == "Log").unwrap();
    let span = "2026-03-19T14:30:40.000Z to 2026-03-19T14:30:40.000Z";
    assert_eq!(log[1], format!("1 row, {span}, 8 older not kept or cleared"));
}

#[test]
fn a_long_frame_is_cut_at_a_character_and_says_by_how_much() {
    let text = format!("{{\"text\":\"{}\"}}", "é".repeat(5_000));
    let report = of_session(&ring_of(vec![at(0, 0, event("a", &text))]), Vec::new(), &[]);
    let read = Read::of(&report.markdown);
    // What of it is shown has 4,095 bytes: the next character has two.
    assert_eq!(read.blocks, [("json".to_owned(), format!("{{\"text\":\"{}\n", "é".repeat(2_043)))]);
    assert_eq!(
        read.paragraphs.last().unwrap(),
        "Row 1 received event, 9.7 KB, the first 3.9 KB of it"
    );
    assert!(report.markdown.contains("| Shortened | At most 4 KB of a frame"), "{read:#?}");
}

#[test]
fn a_binary_frame_is_shown_in_numbers() {
    let long = at(0, 0, Body::Binary { bytes: vec![7; 64] });
    let short = at(0, 1, Body::Binary { bytes: vec![0x68, 0x69] });
    let read = Read::of(&of_session(&ring_of(vec![long, short]), Vec::new(), &[]).markdown);
    assert_eq!(read.paragraphs[2], "Row 1 received binary, 64 B, the first 48 B of it");
    assert_eq!(read.blocks[0].1.lines().count(), 3);
    assert!(read.blocks[1].1.starts_with("00000000  68 69 "), "{read:#?}");
}

#[test]
fn every_outcome_has_its_words() {
    let request =
        |outcome| Reading::Request { kind: MessageType::Ping, request_id: String::new(), outcome };
    let answer = |timing| Reading::Answer {
        kind: MessageType::Ack,
        request_id: String::new(),
        request: None,
        round_trip: Some(Millis(38)),
        timing,
    };
    let (by, round_trip) = (Seq(0), Millis(38));
    for (reading, words) in [
        (request(Outcome::Answered { by, round_trip }), "answered in 38 ms"),
        (request(Outcome::Echoed { by, round_trip }), "echoed in 38 ms"),
        (request(Outcome::Late { by, round_trip }), "answered late, in 38 ms"),
        (request(Outcome::Lost), "lost with the connection"),
        (request(Outcome::Pending), "waiting"),
        (request(Outcome::Unanswered), "no answer"),
        (request(Outcome::Unasked), ""),
        (answer(Timing::InTime), "after 38 ms"),
        (answer(Timing::Late), "late, after 38 ms"),
        (answer(Timing::Duplicate), "duplicate"),
        (answer(Timing::Unknown), "no request has this id"),
        (Reading::Banner, ""),
        (Reading::Malformed(EnvelopeError::Empty), "not understood"),
    ] {
        let entry = at(0, 0, message(FrameDirection::Received, "", reading));
        assert_eq!(outcome(&entry), words, "{entry:?}");
    }
}

#[test]
fn no_form_of_the_key_is_in_a_report() {
    // With what Markdown, JSON and addresses each write in their own way.
    let key = r#"can"ary|+`key`/42="#;
    let forms = [
        key,
        "can%22ary%7C%2B%60key%60%2F42%3D",
        r#"can\"ary|+`key`\/42="#,
        "Y2FuImFyeXwrYGtleWAvNDI9",
    ];
    let mut entries = Vec::new();
    for form in forms {
        let failed = Note::OpenFailed { endpoint: form.into(), failure: OpenFailure::Unreachable };
        let opened = Body::Opened {
            endpoint: format!("wss://{form}.example"),
            extensions: form.into(),
            protocol: form.into(),
            after: Millis(1),
        };
        let closed =
            Body::Closed { code: CloseCode(4001), reason: form.into(), clean: true, ours: false };
        let ping = format!("{{\"a\":\"{form}\"}}");
        entries.extend([
            event(form, &format!("say {form}!")),
            Body::Binary { bytes: format!("{form} {form}").into() },
            Body::Heartbeat { request_id: form.into(), ping, pong: None },
            Body::Note(failed),
            opened,
            closed,
        ]);
    }
    let entries = (0..).zip(entries).map(|(seq, body)| at(seq, seq, body)).collect();
    let topic = Topic::with_filters_json(key, r#"{"k":"can\"ary|+`key`/42="}"#);
    let source =
        Source::Session { target: "Live API", subscriptions: vec![(topic, "waiting".into())] };
    let about = Circumstances { source, browser: key, written: WRITTEN };
    let keys = [Secret::new(key).unwrap()];
    let ring = ring_of(entries);
    let of_session = report(&ring, &about, &API, &keys).markdown;
    let about = Circumstances { source: Source::File(key), browser: key, written: WRITTEN };
    let of_file = report(&ring, &about, &API, &keys).markdown;
    for markdown in [of_session, of_file] {
        assert!(markdown.matches("•••").count() > 20, "{markdown}");
        let read = Read::of(&markdown).all().replace("•••", "");
        for form in forms.iter().copied().chain(["ary|+", "ary%7C"]) {
            assert!(!markdown.contains(form) && !read.contains(form), "{form} in {markdown}");
        }
    }
}

/// Makes the body of an entry of this number.
type Making<'a> = &'a dyn Fn(u64) -> Body;

#[test]
fn a_report_is_at_most_60_kilobytes_however_large_log_and_frames_are() {
    let hostile = "`\\|``\u{e007f}<@a> ".repeat(400);
    let large = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length));
    let topics = |count| {
        let topic = |at| (Topic::channel(format!("{at}{hostile}")), "waiting for ack…".to_owned());
        (0..count).map(topic).collect::<Vec<_>>()
    };
    let logs: [(&str, u64, Making<'_>, usize); 6] = [
        ("many rows", 100_000, &|_| event("presence", &large(200)), 0),
        ("large frames", 90, &|_| event("presence", &large(1 << 20)), 0),
        ("one huge frame", 1, &|_| event("presence", &large(16 << 20)), 0),
        ("many subscriptions", 10, &|_| event("presence", "{}"), 5_000),
        ("hostile frames", 2_000, &|_| event(&hostile, &hostile), 60),
        (
            "hostile closes",
            2_000,
            &|_| Body::Closed {
                code: CloseCode(4321),
                reason: hostile.clone(),
                clean: false,
                ours: false,
            },
            60,
        ),
    ];
    for (what, rows, body, subscriptions) in logs {
        let ring = ring_of((0..rows).map(|seq| at(seq, seq, body(seq))).collect());
        let report = of_session(&ring, topics(subscriptions), &[]);
        let length = report.markdown.len();
        println!("{what}: {length} bytes, {} of {} rows", report.shown, report.all);
        assert!(length <= LONGEST, "{what}: {length}");
        let read = Read::of(&report.markdown);
        assert_eq!(read.strange, Vec::<String>::new(), "{what}");
        let table = &read.tables[1];
        assert_eq!([&*table[1][0], &*table.last().unwrap()[0]], ["1", &*rows.to_string()]);
    }
    assert_eq!(LONGEST, 61_440);
}

#[test]
fn a_pipe_behind_a_backslash_stays_in_its_cell() {
    for text in [r"\|", r"a\|b", r"\\|", r"|\||", r"`\|`", r"\|\|", r"\", "|", " ", "` `", " a "] {
        let read = Read::of(&of_file(&ring_of(session()), text).markdown);
        assert_eq!(read.tables[0][1][1], text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_parser_finds_the_rows_and_the_frames_that_were_meant_and_nothing_else(
        bodies in prop::collection::vec(body(), 0..20),
        topics in prop::collection::vec((hostile(), hostile()), 0..3),
        browser in hostile(),
    ) {
        let entries: Vec<_> = (0..).zip(bodies).map(|(seq, body)| at(seq, seq, body)).collect();
        let ring = ring_of(entries.clone());
        let topics: Vec<_> = topics
            .into_iter()
            .map(|(channel, value)| {
                let filter = ("project_id".to_owned(), serde_json::to_string(&value).unwrap());
                Topic::new(channel, &vec![filter])
            })
            .collect();
        let subscriptions = topics.iter().map(|it| (it.clone(), "waiting for ack…".to_owned()));
        let source =
            Source::Session { target: "Live API", subscriptions: subscriptions.collect() };
        let about = Circumstances { source, browser: &browser, written: WRITTEN };
        let markdown = report(&ring, &about, &API, &[]).markdown;
        let read = Read::of(&markdown);
        prop_assert_eq!(&read.strange, &Vec::<String>::new(), "{}", markdown);
        // The settings.
        prop_assert_eq!(read.tables.len(), 2);
        let settings = &read.tables[0];
        prop_assert!(settings.iter().all(|row| row.len() == 2), "{:#?}", settings);
        let told: Vec<_> =
            settings.iter().filter(|row| row[0] == "Subscription").map(|row| &row[1]).collect();
        let meant: Vec<_> = topics
            .iter()
            .map(|topic| {
                let filters = visible(topic.filters_json().unwrap(), 160);
                let channel = visible(&topic.channel, 80);
                let parts = [&*channel, &*filters, "waiting for ack…"];
                parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        prop_assert_eq!(told, meant.iter().collect::<Vec<_>>(), "{}", markdown);
        let told = settings.iter().find(|row| row[0] == "Browser").map(|row| row[1].clone());
        prop_assert_eq!(told.unwrap_or_default(), visible(&browser, 300), "{}", markdown);
        // The rows.
        let rows = &read.tables[1];
        prop_assert!(rows.iter().all(|row| row.len() == 7), "{:#?}", rows);
        let told: Vec<_> = rows[1..].iter().map(|row| (&*row[3], &*row[6])).collect();
        let meant: Vec<_> = entries
            .iter()
            .map(|entry| {
                let Summary { label, detail, .. } = Summary::of(entry, &API);
                (label, visible(&detail, 160))
            })
            .collect();
        let meant: Vec<_> = meant.iter().map(|(label, detail)| (&**label, &**detail)).collect();
        prop_assert_eq!(told, meant, "{}", markdown);
        // The frames.
        let meant: Vec<_> = entries.iter().filter_map(frame_of).collect();
        let told: Vec<_> = read.blocks.iter().map(|(_, text)| text.clone()).collect();
        prop_assert_eq!(told, meant, "{}", markdown);
    }

    #[test]
    fn a_report_on_any_log_has_two_tables_and_nothing_strange(entries in sample::entries()) {
        let shown = entries.len();
        let report = of_file(&ring_of(entries), "a.ndjson");
        let read = Read::of(&report.markdown);
        prop_assert_eq!(read.strange, Vec::<String>::new(), "{}", report.markdown);
        prop_assert_eq!(read.tables.iter().map(Vec::len).skip(1).sum::<usize>(), shown + 1);
        prop_assert!(report.markdown.len() <= LONGEST);
    }
}

/// Returns the block of code that is meant for the frame of an entry.
fn frame_of(entry: &Entry) -> Option<String> {
    let text = match &entry.body {
        Body::Message { text, .. } if !text.is_empty() => text,
        Body::Heartbeat { ping, pong: None, .. } if !ping.is_empty() => ping,
        _ => return None,
    };
    let line =
        |line: &str| line.split('\t').map(|it| visible(it, 9_999)).collect::<Vec<_>>().join("\t");
    Some(text.split('\n').map(|it| line(it) + "\n").collect())
}

fn event(channel: &str, text: &str) -> Body {
    let reading = Reading::Event { channel: channel.to_owned() };
    message(FrameDirection::Received, text, reading)
}

/// Makes entries up whose every text comes from somebody who wants a ticket to say something else.
fn body() -> impl Strategy<Value = Body> {
    let request = |request_id| Reading::Request {
        kind: MessageType::Publish,
        request_id,
        outcome: Outcome::Pending,
    };
    prop_oneof![
        (hostile(), hostile()).prop_map(|(channel, text)| event(&channel, &text)),
        (hostile(), hostile()).prop_map(move |(id, text)| message(
            FrameDirection::Sent,
            &text,
            request(id)
        )),
        (hostile(), hostile()).prop_map(|(name, text)| message(
            FrameDirection::Received,
            &text,
            Reading::Malformed(EnvelopeError::UnknownType { name })
        )),
        (any::<u16>(), hostile(), any::<bool>()).prop_map(|(code, reason, ours)| Body::Closed {
            code: CloseCode(code),
            reason,
            clean: true,
            ours
        }),
        (hostile(), hostile()).prop_map(|(request_id, ping)| Body::Heartbeat {
            request_id,
            ping,
            pong: None
        }),
        hostile().prop_map(|name| Body::Note(Note::OpenFailed {
            endpoint: name.clone(),
            failure: OpenFailure::Refused { name }
        })),
    ]
}
