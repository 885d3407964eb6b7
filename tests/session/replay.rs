//! The log of a whole session: exported, imported and replayed it is the same log.

use veriops_playground::api::Api;
use veriops_playground::archive::export::{har, ndjson};
use veriops_playground::archive::{Replay, Speed, import};
use veriops_playground::entry::{Body, Entry, Outcome};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{Instant, MessageType, Millis, UnixMillis};
use veriops_playground::simulator::Settings;

use crate::client::{Client, KEY, key, presence, project};
use crate::link::Pair;

const ROOMY: Capacity = Capacity { entries: 10_000, bytes: 1 << 24 };

/// Returns the log of a session in which much happens.
fn eventful() -> Vec<Entry> {
    let mut pair = Pair::with(Settings::of(&Api::veriops()));
    pair.connect();
    pair.subscribe(&project("prj_abc123"));
    pair.subscribe(&presence());
    pair.wait(Millis::seconds(70));
    pair.client.ask(MessageType::Ping);
    pair.client.send("not an envelope");
    pair.wait(Millis::seconds(5));
    pair.subscribe(&project("prj_def456"));
    pair.cut();
    pair.wait(Millis::seconds(40));
    pair.client.disconnect();
    pair.wait(Millis::seconds(5));
    pair.client.log
}

fn ring(entries: &[Entry]) -> Ring {
    let mut ring = Ring::new(ROOMY);
    for entry in entries {
        ring.push(entry.clone());
    }
    ring
}

fn file(ring: &Ring) -> String {
    let mut file = String::new();
    ndjson(ring, UnixMillis(0), &[key()], &mut |piece| file.push_str(piece));
    file
}

#[test]
fn a_session_is_imported_and_replayed_as_it_was() {
    let entries = eventful();
    let kinds = ["subscribe", "ack", "event", "heartbeat", "malformed", "close", "note", "open"];
    for kind in kinds {
        assert!(entries.iter().any(|entry| entry.kind().name() == kind), "{kind}");
    }
    let exported = file(&ring(&entries));
    assert_eq!(import(&exported, None), Ok(entries.clone()));
    let mut replay = Replay::new(entries, ROOMY);
    replay.play(Speed::Tenfold, Instant(0));
    while let Some(now) = replay.poll_timeout() {
        assert!(replay.handle_timeout(now));
    }
    assert_eq!(file(replay.ring()), exported);
}

#[test]
fn an_archive_of_a_session_has_every_frame_and_pairs_its_answers() {
    let entries = eventful();
    let frames = |entries: &[Entry]| {
        let counters = *ring(entries).counters();
        (counters.received, counters.sent, counters.bytes_in, counters.bytes_out)
    };
    let answered = |entries: &[Entry]| {
        let outcomes = entries.iter().filter_map(Entry::outcome);
        outcomes.filter(|outcome| matches!(outcome, Outcome::Answered { .. })).count()
    };
    let folded = |entries: &[Entry]| {
        entries.iter().filter(|entry| matches!(entry.body, Body::Heartbeat { .. })).count()
    };
    let mut archive = String::new();
    har(&ring(&entries), &[key()], &mut |piece| archive.push_str(piece));
    let imported = import(&archive, None).unwrap();
    assert_eq!(frames(&imported), frames(&entries));
    assert_eq!(answered(&imported), answered(&entries));
    assert_eq!(folded(&imported), folded(&entries));
}

#[test]
fn a_key_that_the_server_says_back_is_in_no_file() {
    let mut client = Client::live();
    client.receives(&format!("hello {KEY}"));
    let entries = ring(&client.log);
    let mut archive = String::new();
    har(&entries, &[], &mut |piece| archive.push_str(piece));
    for file in [file(&entries), archive] {
        assert!(!file.contains("canary") && file.contains("hello •••"), "{file}");
    }
}
