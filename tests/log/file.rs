//! Files: what is exported is imported as it was.

use proptest::prelude::*;
use veriops_playground::archive::export::{har, ndjson};
use veriops_playground::archive::{Import, ImportError, LARGEST, import};
use veriops_playground::entry::{Body, Entry, FrameDirection, Note, Outcome, Reading, Seq, Timing};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{
    CloseCode, Instant, MessageType, Millis, Now, Secret, UnixMillis,
};

use crate::sample;

const EXPORTED: UnixMillis = UnixMillis(1_773_930_700_000);

/// Returns the NDJSON of these entries.
pub(crate) fn file_of(entries: &[Entry]) -> String {
    file(&ring_of(entries), &[])
}

fn ring_of(entries: &[Entry]) -> Ring {
    let capacity = Capacity { entries: usize::MAX, bytes: usize::MAX };
    let mut ring = Ring::new(capacity);
    entries.iter().cloned().for_each(|entry| ring.push(entry));
    ring
}

/// Imports a file that comes in pieces of these lengths, again and again.
fn in_pieces(file: &[u8], lengths: &[usize]) -> Result<Vec<Entry>, ImportError> {
    let mut import = Import::new(None);
    let mut rest = file;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*length));
        import.push(piece);
        while import.step()? {}
        rest = after;
    }
    import.finish()
}

pub(crate) fn file(ring: &Ring, keys: &[Secret]) -> String {
    let mut file = String::new();
    ndjson(ring, EXPORTED, keys, &mut |piece| file.push_str(piece));
    file
}

fn at(seconds: u64, seq: u64, body: Body) -> Entry {
    let span = Millis::seconds(seconds);
    let wall = UnixMillis(1_773_930_600_000 + span.0);
    Entry { seq: Seq(seq), at: Now { at: Instant(span.0), wall }, body }
}

/// Returns the page's example and its ack.
fn exchange() -> Vec<Entry> {
    let request = r#"{"type":"subscribe","request_id":"req_001"}"#;
    let ack = r#"{"type":"ack","request_id":"req_001"}"#;
    let message = |direction, text: &str, reading| Body::Message {
        direction,
        text: text.to_owned(),
        size: text.len(),
        reading,
    };
    let asked = Reading::Request {
        kind: MessageType::Subscribe,
        request_id: "req_001".into(),
        outcome: Outcome::Answered { by: Seq(2), round_trip: Millis(1_000) },
    };
    let answer = Reading::Answer {
        kind: MessageType::Ack,
        request_id: "req_001".into(),
        request: Some(Seq(1)),
        round_trip: Some(Millis(1_000)),
        timing: Timing::InTime,
    };
    vec![
        at(0, 0, Body::Note(Note::Stopped)),
        at(1, 1, message(FrameDirection::Sent, request, asked)),
        at(2, 2, message(FrameDirection::Received, ack, answer)),
    ]
}

fn closed() -> Entry {
    let (code, reason) = (CloseCode(1_000), String::new());
    at(0, 0, Body::Closed { code, reason, clean: true, ours: false })
}

#[test]
fn a_line_says_what_the_file_is_and_every_entry_is_a_line() {
    let expected = concat!(
        r#"{"format":"veriops-playground-log","version":1,"exported":"2026-03-19T14:31:40.000Z"}"#,
        "\n",
        r#"{"seq":0,"at_ms":0,"time":"2026-03-19T14:30:00.000Z","entry":"note","note":"stopped"}"#,
        "\n",
        r#"{"seq":1,"at_ms":1000,"time":"2026-03-19T14:30:01.000Z","entry":"message","#,
        r#""direction":"sent","reading":"request","kind":"subscribe","request_id":"req_001","#,
        r#""outcome":"answered","by":2,"round_trip_ms":1000,"size":43,"#,
        r#""text":"{\"type\":\"subscribe\",\"request_id\":\"req_001\"}"}"#,
        "\n",
        r#"{"seq":2,"at_ms":2000,"time":"2026-03-19T14:30:02.000Z","entry":"message","#,
        r#""direction":"received","reading":"answer","kind":"ack","request_id":"req_001","#,
        r#""request":1,"round_trip_ms":1000,"timing":"in time","size":37,"#,
        r#""text":"{\"type\":\"ack\",\"request_id\":\"req_001\"}"}"#,
        "\n",
    );
    assert_eq!(file_of(&exchange()), expected);
}

#[test]
fn only_visible_entries_are_exported() {
    let mut ring = Ring::new(Capacity { entries: 9, bytes: 9_999 });
    let mut entries = exchange().into_iter();
    ring.push(entries.next().unwrap());
    ring.clear();
    entries.for_each(|entry| ring.push(entry));
    let kept = import(&file(&ring, &[]), None).unwrap();
    assert_eq!(kept, exchange()[1..]);
}

#[test]
fn a_large_log_comes_in_pieces() {
    let mut ring = Ring::new(Capacity { entries: 1_000, bytes: 1 << 30 });
    for seq in 0..10 {
        ring.push(at(0, seq, Body::Binary { bytes: vec![0; 100_000] }));
    }
    let mut pieces = Vec::new();
    ndjson(&ring, EXPORTED, &[], &mut |piece| pieces.push(piece.len()));
    assert!(pieces.len() >= 10 && pieces.iter().all(|piece| *piece < 200_000), "{pieces:?}");
}

#[test]
fn small_entries_share_a_piece() {
    let entries: Vec<_> = (0..3_000).map(|seq| at(0, seq, Body::Note(Note::Stopped))).collect();
    let mut pieces = Vec::new();
    ndjson(&ring_of(&entries), EXPORTED, &[], &mut |piece| pieces.push(piece.len()));
    let (last, whole) = pieces.split_last().unwrap();
    assert!(whole.iter().all(|piece| *piece >= 65_536) && *last > 0, "{pieces:?}");
}

#[test]
fn no_form_of_the_key_is_exported() {
    let key = Secret::new(r#"can"ary+key/42="#).unwrap();
    let forms = [
        r#"can"ary+key/42="#,
        "can%22ary%2Bkey%2F42%3D",
        r#"can\"ary+key\/42="#,
        "Y2FuImFyeStrZXkvNDI9",
    ];
    let mut entries = Vec::new();
    for (seq, form) in (0..).zip(forms) {
        let text = form.to_owned();
        let reading = Reading::Event { channel: form.into() };
        entries.push(at(
            0,
            seq * 3,
            Body::Message { direction: FrameDirection::Received, text, size: 9, reading },
        ));
        entries.push(at(0, seq * 3 + 1, Body::Binary { bytes: form.into() }));
        let note = Note::Connecting { endpoint: form.into(), attempt: 0 };
        entries.push(at(0, seq * 3 + 2, Body::Note(note)));
    }
    let mut ring = Ring::new(Capacity { entries: 99, bytes: 9_999 });
    for entry in entries {
        ring.push(entry);
    }
    let exported = import(&file(&ring, &[key]), None).unwrap();
    for Entry { body, .. } in exported {
        match body {
            Body::Message { text, reading: Reading::Event { channel }, .. } => {
                assert!(text.contains("•••") && channel == text, "{text}");
            }
            Body::Binary { bytes } => assert!(bytes.contains(&b'*'), "{bytes:?}"),
            Body::Note(Note::Connecting { endpoint, .. }) => assert!(endpoint.contains("•••")),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_file_that_was_edited_is_still_read() {
    let file = file_of(&exchange()).replace(",\"", " , \"").replace('\n', "\r\n\r\n");
    assert_eq!(import(&format!("\u{feff}\n{file}"), None), Ok(exchange()));
}

#[test]
fn faults_name_their_line_cause_and_remedy() {
    let good = file_of(&exchange());
    for (bad, message) in [
        (
            good.replace(r#""at_ms":1000"#, r#""at_ms":-1"#),
            "line 3: at_ms is missing or wrong; export the log again",
        ),
        (
            good.replace(r#","outcome":"answered""#, ""),
            "line 3: outcome is missing or wrong; export the log again",
        ),
        (
            good.replace(r#""timing":"in time""#, r#""timing":"soon""#),
            "line 4: timing is missing or wrong; export the log again",
        ),
        (
            good.replace(r#""seq":2"#, r#""seq":1"#),
            "line 4: seq must be above that of the line before; leave the lines in order",
        ),
        (
            good.replace(r#""seq":1,"#, r#""seq":1"#),
            "line 3, column 9: expected a comma or } after this value",
        ),
        (
            good.replace(r#""version":1"#, r#""version":2"#),
            "this log is of another version; open it in the playground that exported it",
        ),
        (
            file_of(&[closed()]).replace(r#","clean":true"#, ""),
            "line 2: clean is missing or wrong; export the log again",
        ),
        (
            file_of(&[closed()]).replace(r#""clean":true"#, r#""clean":1"#),
            "line 2: clean is missing or wrong; export the log again",
        ),
        (
            r#"{"log":{"entries":[{"request":{}}]}}"#.to_owned(),
            "no WebSocket messages in this HAR; open the developer tools before the page connects, \
             and export again",
        ),
        (
            "{\"log\":{\"entries\":[\n{]}}".to_owned(),
            "line 2, column 2: expected a key in double quotes or }",
        ),
    ] {
        assert_eq!(import(&bad, None).unwrap_err().to_string(), message);
    }
    for foreign in ["", "hello", "{}", "[1]", r#"{"a":1}"#, "\u{0}\u{1}PNG", r#"{"format":"x"}"#] {
        assert_eq!(import(foreign, None), Err(ImportError::Foreign), "{foreign}");
    }
}

#[test]
fn a_file_that_is_too_large_or_gone_says_what_to_do() {
    for (error, message) in [
        (
            ImportError::TooLarge { size: LARGEST + 1 },
            "it has 129 MB, and up to 128 MB can be opened; export a shorter log, or cut the file",
        ),
        (
            ImportError::Unreadable,
            "the browser cannot read it any more; it may have been moved, changed or deleted since \
             it was chosen, so choose it again",
        ),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_large_file_is_read_in_many_steps_and_in_no_more_than_it_needs() {
    let text = "x".repeat(1_000);
    let entries: Vec<_> = (0..3_000)
        .map(|seq| {
            let text = text.clone();
            let reading = Reading::Event { channel: "presence".into() };
            at(
                0,
                seq,
                Body::Message { direction: FrameDirection::Received, text, size: 9, reading },
            )
        })
        .collect();
    let mut archive = String::new();
    har(&ring_of(&entries), &[], &mut |piece| archive.push_str(piece));
    // Of an archive the text is read first, and its messages then.
    for (file, needed) in [(file_of(&entries), 10..=16), (archive, 20..=32)] {
        let mut import = Import::new(None);
        import.push(file.as_bytes());
        let mut steps = 0;
        while import.step().unwrap() {
            steps += 1;
        }
        assert!(needed.contains(&steps), "{steps} steps for {} bytes", file.len());
        assert!(import.finish().unwrap().len() >= 3_000);
    }
}

#[test]
fn a_first_line_that_is_still_coming_is_judged_once_it_has_four_kilobytes() {
    for (length, expected) in [(4_095, Ok(false)), (4_096, Err(ImportError::Foreign))] {
        let mut import = Import::new(None);
        import.push("]".repeat(length).as_bytes());
        assert_eq!(import.step().and_then(|_| import.step()), expected, "{length}");
    }
}

#[test]
fn what_cannot_be_a_log_is_refused_with_its_first_bytes() {
    let mut import = Import::new(None);
    import.push(&[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0]);
    assert_eq!(import.step().and_then(|_| import.step()), Err(ImportError::Foreign));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn entries_of_every_kind_are_imported_as_they_were(entries in sample::entries()) {
        prop_assert_eq!(import(&file_of(&entries), None).unwrap(), entries);
    }

    #[test]
    fn no_damage_to_a_file_makes_the_import_panic(
        entries in sample::entries(),
        at in any::<prop::sample::Index>(),
        damage in ".{0,3}",
        length in 0..9_usize,
        lengths in prop::collection::vec(1..300_usize, 1..9),
    ) {
        let file: Vec<char> = file_of(&entries).chars().collect();
        let start = at.index(file.len());
        let end = (start + length).min(file.len());
        let damaged: String =
            file[..start].iter().copied().chain(damage.chars()).chain(file[end..].iter().copied()).collect();
        let pieces = in_pieces(damaged.as_bytes(), &lengths);
        prop_assert_eq!(import(&damaged, None), pieces);
        if let Ok(entries) = import(&damaged, None) {
            prop_assert_eq!(import(&file_of(&entries), None), Ok(entries));
        }
    }

    #[test]
    fn a_file_in_pieces_is_read_as_the_whole_is(
        entries in sample::entries(),
        is_archive in any::<bool>(),
        lengths in prop::collection::vec(1..300_usize, 1..9),
    ) {
        let mut file = String::new();
        if is_archive {
            har(&ring_of(&entries), &[], &mut |piece| file.push_str(piece));
        } else {
            file = file_of(&entries);
        }
        prop_assert_eq!(in_pieces(file.as_bytes(), &lengths), import(&file, None));
    }
}

#[test]
fn the_last_line_of_a_file_needs_no_end() {
    let entries: Vec<_> = (0..3).map(|seq| at(0, seq, Body::Note(Note::Stopped))).collect();
    let file = file_of(&entries);
    assert_eq!(import(file.trim_end(), None), Ok(entries));
}

#[test]
fn bytes_that_are_no_text_are_marked_where_they_stand() {
    for (bytes, shown) in
        [(&b"a\xe2\x82b"[..], "a\u{fffd}b"), (b"a\xff\xfeb", "a\u{fffd}\u{fffd}b")]
    {
        let reading = Reading::Banner;
        let (direction, text) = (FrameDirection::Received, "HERE".to_owned());
        let file = file_of(&[at(0, 0, Body::Message { direction, text, size: 4, reading })]);
        let (before, after) = file.split_once("HERE").unwrap();
        let file = [before.as_bytes(), bytes, after.as_bytes()].concat();
        for lengths in [[1], [file.len()]] {
            let entries = in_pieces(&file, &lengths).unwrap();
            assert!(matches!(&entries[0].body, Body::Message { text, .. } if text == shown));
        }
    }
}

#[test]
fn a_restore_without_a_miss_says_nothing_of_one() {
    let line = |unanswered| {
        let note = Note::Restored { subscriptions: 2, unanswered };
        let file = file_of(&[at(0, 0, Body::Note(note))]);
        file.lines().nth(1).unwrap().split_once(r#""note":"restored","#).unwrap().1.to_owned()
    };
    assert_eq!(line(0), r#""subscriptions":2}"#);
    assert_eq!(line(1), r#""subscriptions":2,"unanswered":1}"#);
}
