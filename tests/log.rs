//! The log: ring, window, formats and the words of a row.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::log::{
    Body, Capacity, Counters, Direction, Entry, Note, OpenFailure, Outcome, Pane, Reading, Refusal,
    Ring, Seq, Summary, Tail, Timing, Tone, Window, format,
};
use veriops_playground::protocol::{
    CloseCode, EnvelopeError, MessageType, Millis, Now, UnixMillis,
};

static API: LazyLock<Arc<Api>> = LazyLock::new(Api::veriops);

const ROOMY: Capacity = Capacity { entries: 1_000, bytes: 1 << 20 };

fn entry(seq: u64, body: Body) -> Entry {
    Entry { seq: Seq(seq), at: Now::default(), body }
}

fn message(direction: Direction, text: &str, reading: Reading) -> Body {
    Body::Message { direction, text: text.to_owned(), size: text.len(), reading }
}

fn received(seq: u64, length: usize) -> Entry {
    let reading = Reading::Event { channel: "presence".into() };
    entry(seq, message(Direction::Received, &"x".repeat(length), reading))
}

fn request(seq: u64) -> Entry {
    let reading = Reading::Request {
        kind: MessageType::Ping,
        request_id: "req_001".into(),
        outcome: Outcome::Pending,
    };
    entry(seq, message(Direction::Sent, "{}", reading))
}

fn visible(ring: &Ring) -> Vec<u64> {
    ring.range(0..usize::MAX).map(|row| row.entry.seq.0).collect()
}

mod ring {
    use super::*;

    #[test]
    fn the_oldest_entries_go_first() {
        let mut ring = Ring::new(Capacity { entries: 3, ..ROOMY });
        (0..5).for_each(|seq| ring.push(received(seq, 10)));
        assert_eq!(visible(&ring), [2, 3, 4]);
        assert_eq!(ring.counters().dropped, 2);
        assert_eq!(ring.get(Seq(1)), None);
        assert_eq!(ring.position(Seq(4)), Some(2));
    }

    #[test]
    fn bytes_bound_the_ring_as_well() {
        let mut ring = Ring::new(Capacity { bytes: 100, ..ROOMY });
        for (seq, length) in [(0, 40), (1, 40), (2, 20), (3, 1), (4, 60)] {
            ring.push(received(seq, length));
        }
        assert_eq!(visible(&ring), [2, 3, 4]);
    }

    #[test]
    fn an_entry_larger_than_the_ring_stays_alone() {
        let mut ring = Ring::new(Capacity { bytes: 100, ..ROOMY });
        ring.push(received(0, 10));
        ring.push(received(1, 70_000));
        assert_eq!(visible(&ring), [1]);
        ring.push(received(2, 10));
        assert_eq!(visible(&ring), [2]);
        assert_eq!(ring.counters().dropped, 2);
    }

    #[test]
    fn settling_a_request_makes_a_new_version_of_its_row() {
        let mut ring = Ring::new(ROOMY);
        ring.push(request(7));
        ring.push(received(9, 1));
        let answered = Outcome::Answered { by: Seq(9), round_trip: Millis(38) };
        ring.settle(Seq(7), answered);
        let row = ring.get(Seq(7)).unwrap();
        assert_eq!(row.version, 1);
        let Body::Message { reading: Reading::Request { outcome, .. }, .. } = &row.entry.body
        else {
            panic!("not a request");
        };
        assert_eq!(*outcome, answered);
    }

    #[test]
    fn settling_what_is_gone_or_no_request_does_nothing() {
        let mut ring = Ring::new(ROOMY);
        ring.push(received(9, 1));
        ring.settle(Seq(8), Outcome::Lost);
        ring.settle(Seq(9), Outcome::Lost);
        assert_eq!(ring.get(Seq(9)).unwrap().version, 0);
    }

    #[test]
    fn clear_draws_a_line_and_counts_on() {
        let mut ring = Ring::new(Capacity { entries: 3, ..ROOMY });
        (0..2).for_each(|seq| ring.push(received(seq, 10)));
        ring.clear();
        assert!(ring.is_empty());
        ring.push(received(2, 10));
        assert_eq!((visible(&ring), ring.position(Seq(1))), (vec![2], None));
        assert!(ring.get(Seq(1)).is_some());
        (3..6).for_each(|seq| ring.push(received(seq, 10)));
        assert_eq!(visible(&ring), [3, 4, 5]);
        let counters = ring.counters();
        assert_eq!((counters.entries, counters.cleared, counters.dropped), (6, 2, 1));
    }

    #[test]
    fn frames_and_bytes_are_counted_by_direction() {
        let mut ring = Ring::new(ROOMY);
        ring.push(request(0));
        ring.push(received(1, 200));
        ring.push(entry(2, Body::Binary { bytes: vec![0; 5] }));
        for (seq, pong) in [(3, Some("x".repeat(20))), (4, None)] {
            let ping = "x".repeat(30);
            ring.push(entry(seq, Body::Heartbeat { request_id: "hb".into(), ping, pong }));
        }
        ring.push(entry(5, Body::Note(Note::Stopped)));
        let expected = Counters {
            entries: 6,
            received: 4,
            sent: 2,
            bytes_in: 265,
            bytes_out: 22,
            ..Counters::default()
        };
        assert_eq!(*ring.counters(), expected);
    }

    #[test]
    fn a_range_is_clipped_to_what_is_there() {
        let mut ring = Ring::new(ROOMY);
        (0..4).for_each(|seq| ring.push(received(seq, 1)));
        let seqs = |range| ring.range(range).map(|row| row.entry.seq.0).collect::<Vec<_>>();
        assert_eq!(seqs(1..3), [1, 2]);
        assert_eq!(seqs(3..9), [3]);
        assert!(seqs(7..9).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_entry_is_visible_dropped_or_cleared(
            entries in 1..6_usize,
            bytes in 0..60_usize,
            steps in prop::collection::vec((0..30_usize, 0..12_u8), 0..60),
        ) {
            let mut ring = Ring::new(Capacity { entries, bytes });
            let mut line = 0;
            for (seq, (length, step)) in (0..).zip(steps) {
                if step == 0 {
                    ring.clear();
                    line = seq;
                }
                ring.push(received(seq, length));
                ring.settle(Seq(seq / 2), Outcome::Lost);
                let (shown, counters) = (visible(&ring), *ring.counters());
                let accounted = shown.len() as u64 + counters.dropped + counters.cleared;
                prop_assert_eq!(counters.entries, accounted);
                prop_assert_eq!(counters.received, seq + 1);
                prop_assert_eq!(shown.last(), Some(&seq));
                prop_assert!(shown.iter().all(|seq| *seq >= line));
                prop_assert!(shown.is_sorted());
                let kept = ring.range(0..usize::MAX).map(|row| row.entry.bytes()).sum::<usize>();
                prop_assert!(shown.len() == 1 || (shown.len() <= entries && kept <= bytes));
                for (position, seq) in shown.into_iter().enumerate() {
                    prop_assert_eq!(ring.position(Seq(seq)), Some(position));
                }
            }
        }
    }
}

mod window {
    use super::*;

    const LEN: usize = 100_000;

    fn pane(scroll_top: usize) -> Pane {
        Pane { scroll_top, height: 300, row: 30 }
    }

    #[test]
    fn the_rows_in_sight_and_a_margin_are_rendered() {
        for (scroll_top, rows) in [
            (0, 0..12),
            (29, 0..13),
            (30, 0..13),
            (600, 18..32),
            (615, 18..33),
            (2_999_700, 99_988..LEN),
            (usize::MAX / 2, 99_988..LEN),
        ] {
            let window = pane(scroll_top).window(LEN, 2);
            let expected =
                Window { above: rows.start * 30, below: (LEN - rows.end) * 30, rows: rows.clone() };
            assert_eq!(window, expected, "{scroll_top}");
        }
    }

    #[test]
    fn a_short_or_empty_log_is_rendered_whole() {
        assert_eq!(pane(0).window(0, 2), Window { rows: 0..0, above: 0, below: 0 });
        assert_eq!(pane(500).window(3, 2).rows, 0..3);
        assert_eq!(Pane { scroll_top: 9, height: 0, row: 0 }.window(5, 9).rows, 0..5);
    }

    #[test]
    fn the_tail_is_followed_until_the_reader_scrolls_up() {
        let mut tail = Tail::default();
        assert_eq!(tail.place(&pane(0), 20, 0), 300);
        // Ten rows came, and the scroll event of the placement arrives after them.
        tail.scrolled(&pane(300), 30, 30);
        assert!(tail.is_following());
        assert_eq!(tail.place(&pane(300), 30, 0), 600);
        tail.scrolled(&pane(500), 30, 30);
        assert!(!tail.is_following());
        assert_eq!(tail.place(&pane(500), 40, 0), 500);
        assert_eq!(tail.unseen(40), 10);
    }

    #[test]
    fn a_browser_that_rounds_has_not_scrolled_up() {
        let mut tail = Tail::default();
        assert_eq!(tail.place(&pane(0), 30, 0), 600);
        tail.scrolled(&pane(598), 50, 50);
        assert!(tail.is_following());
    }

    #[test]
    fn a_slow_scroll_away_from_the_end_is_not_pulled_back() {
        let mut tail = Tail::default();
        tail.scrolled(&pane(600), 30, 30);
        tail.scrolled(&pane(596), 30, 30);
        assert_eq!(tail.place(&pane(596), 31, 0), 596);
    }

    #[test]
    fn reaching_the_end_follows_again() {
        let mut tail = Tail::default();
        tail.stay(30);
        assert_eq!(tail.place(&pane(100), 30, 0), 100);
        tail.scrolled(&pane(400), 30, 30);
        assert!(!tail.is_following());
        tail.scrolled(&pane(599), 30, 35);
        assert!(tail.is_following());
        assert_eq!(tail.unseen(35), 0);
    }

    #[test]
    fn rows_stay_in_sight_while_others_are_dropped_above_them() {
        let mut tail = Tail::default();
        tail.stay(100);
        assert_eq!(tail.place(&pane(600), 100, 5), 450);
        assert_eq!(tail.place(&pane(450), 100, 90), 0);
    }

    #[test]
    fn a_cleared_log_follows_its_tail() {
        let mut tail = Tail::default();
        tail.scrolled(&pane(600), 50, 50);
        tail.scrolled(&pane(500), 50, 50);
        assert!(!tail.is_following());
        assert_eq!(tail.place(&pane(500), 0, 0), 0);
        tail.scrolled(&pane(0), 0, 50);
        assert!(tail.is_following());
    }
}

mod formats {
    use super::*;

    #[test]
    fn sizes_read_like_the_page_s() {
        for (size, text) in [
            (0, "0 B"),
            (171, "171 B"),
            (1_023, "1023 B"),
            (1_024, "1 KB"),
            (9_400, "9.1 KB"),
            (65_536, "64 KB"),
            (1_048_575, "1023.9 KB"),
            (1_572_864, "1.5 MB"),
        ] {
            assert_eq!(format::bytes(size), text);
        }
    }

    #[test]
    fn durations_grow_from_milliseconds_to_hours() {
        for (span, text) in [
            (0, "0 ms"),
            (38, "38 ms"),
            (1_000, "1 s"),
            (1_250, "1.2 s"),
            (59_999, "59.9 s"),
            (60_000, "1:00"),
            (288_000, "4:48"),
            (3_723_000, "1:02:03"),
        ] {
            assert_eq!(format::duration(Millis(span)), text);
        }
        assert_eq!(format::countdown(Millis(57_001)), "0:58");
    }

    #[test]
    fn the_clock_shows_the_reader_s_zone() {
        let wall = UnixMillis(1_773_930_600_123);
        for (minutes_east, text) in [
            (0, "14:30:00.123"),
            (120, "16:30:00.123"),
            (-930, "23:00:00.123"),
            (585, "00:15:00.123"),
        ] {
            assert_eq!(format::clock(wall, minutes_east), text);
        }
    }

    #[test]
    fn nothing_hides_in_a_text_that_is_shown() {
        for (text, shown) in [
            ("plain é 😀", "plain é 😀"),
            ("a\0b\nc\u{1b}[0m", "a␀b␊c␛[0m"),
            ("\u{7f}\u{85}", "␡U+0085"),
            ("a\u{202e}b\u{2066}c\u{feff}", "aU+202EbU+2066cU+FEFF"),
            ("\u{e0041}", "U+E0041"),
            ("0123456789ab", "0123456789a…"),
        ] {
            assert_eq!(format::visible(text, 11), shown);
        }
    }
}

mod summary {
    use super::*;

    fn of(body: Body) -> Summary {
        Summary::of(&entry(0, body), &API)
    }

    fn words(body: Body) -> (char, String, Tone, String, String) {
        let Summary { mark, label, tone, detail, trailing } = of(body);
        (mark, label, tone, detail, trailing)
    }

    fn line(body: Body) -> String {
        let Summary { mark, label, detail, trailing, .. } = of(body);
        format!("{mark} {label} | {detail} | {trailing}")
    }

    fn asked(kind: MessageType, text: &str, outcome: Outcome) -> Body {
        let reading = Reading::Request { kind, request_id: "req_001".into(), outcome };
        message(Direction::Sent, text, reading)
    }

    #[test]
    fn the_rows_of_the_picture_read_as_drawn() {
        let subscribe = r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00.000Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#;
        let ack = r#"{"type":"ack","request_id":"req_001","payload":{"status":"subscribed","channel":"project.updated"}}"#;
        let event = r#"{"type":"event","request_id":"evt_1","payload":{"event_type":"project.updated","data":{"project_id":"prj_abc123","status":"active","previous_status":"draft"}}}"#;
        let answer = Reading::Answer {
            kind: MessageType::Ack,
            request_id: "req_001".into(),
            request: Some(Seq(0)),
            round_trip: Some(Millis(38)),
            timing: Timing::InTime,
        };
        let answered = Outcome::Answered { by: Seq(1), round_trip: Millis(38) };
        let heartbeat = Body::Heartbeat {
            request_id: "req_hb_1".into(),
            ping: "x".repeat(84),
            pong: Some(String::new()),
        };
        let closed = |code, reason: &str, clean| Body::Closed {
            code: CloseCode(code),
            reason: reason.into(),
            clean,
            ours: false,
        };
        let reading = Reading::Event { channel: "project.updated".into() };
        for (body, expected) in [
            (
                asked(MessageType::Subscribe, subscribe, answered),
                "↑ subscribe | req_001 · project.updated {project_id: prj_abc123} | 158 B",
            ),
            (message(Direction::Received, ack, answer), "↓ ack | req_001 · subscribed | 38 ms"),
            (
                message(Direction::Received, event, reading),
                "↓ event | project.updated · prj_abc123 · active | 159 B",
            ),
            (heartbeat, "⇅ ping/pong | req_hb_1 · answered | 84 B"),
            (
                closed(4_008, "too many requests", true),
                "× close 4008 | Rate limited · reason “too many requests” | clean",
            ),
            (closed(1_006, "", false), "× close 1006 | Abnormal close (no close frame) | unclean"),
            (
                Body::Note(Note::Reconnecting { attempt: 3, delay: Millis(4_000) }),
                "· reconnect | attempt 3 in 4 s — exponential backoff | ",
            ),
        ] {
            assert_eq!(line(body), expected);
        }
    }

    #[test]
    fn a_wait_that_is_no_backoff_is_not_called_one() {
        let note = Note::Reconnecting { attempt: 1, delay: Millis(60_000) };
        assert_eq!(of(Body::Note(note)).detail, "attempt 1 in 60 s");
    }

    #[test]
    fn a_publish_shows_its_data() {
        let text =
            r#"{"type":"publish","payload":{"channel":"presence","data":{"user_id":"u","n":[1]}}}"#;
        assert_eq!(
            words(asked(MessageType::Publish, text, Outcome::Lost)),
            (
                '↑',
                "publish".into(),
                Tone::Problem,
                "req_001 · presence {user_id: u, n: [1]} · lost with the connection".into(),
                "82 B".into()
            )
        );
    }

    #[test]
    fn an_answer_that_was_not_expected_says_so() {
        for (timing, remark) in [
            (Timing::Late, "late"),
            (Timing::Duplicate, "duplicate"),
            (Timing::Unknown, "no request has this id"),
        ] {
            let reading = Reading::Answer {
                kind: MessageType::Pong,
                request_id: "req_009".into(),
                request: None,
                round_trip: None,
                timing,
            };
            let summary = of(message(Direction::Received, "{}", reading));
            assert_eq!(summary.detail, format!("req_009 · {remark}"));
            assert_eq!((summary.tone, summary.trailing.as_str()), (Tone::Problem, "2 B"));
        }
    }

    #[test]
    fn an_echo_is_labelled_as_one() {
        let text = r#"{"type":"subscribe","payload":{"channel":"presence"}}"#;
        let reading = |request_id: Option<&str>| Reading::Echo {
            request_id: request_id.map(str::to_owned),
            request: None,
            round_trip: Some(Millis(12)),
        };
        let echo = |text, id| line(message(Direction::Received, text, reading(id)));
        assert_eq!(echo(text, Some("req_001")), "↓ echo | echo of req_001 · presence | 12 ms");
        assert_eq!(echo("hi", None), "↓ echo | echo of hi | 12 ms");
    }

    #[test]
    fn a_malformed_frame_gives_the_reason_and_its_start() {
        let error = EnvelopeError::NotJson { line: 1, column: 2 };
        let body = message(Direction::Received, "oh\u{202e}no", Reading::Malformed(error));
        assert_eq!(line(body), "↓ malformed | not JSON (line 1, column 2) · ohU+202Eno | 7 B");
        assert_eq!(
            line(Body::Binary { bytes: (0..20).collect() }),
            "↓ binary | 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f … | 20 B"
        );
    }

    #[test]
    fn a_huge_message_is_only_glanced_at() {
        let text = format!(
            r#"{{"type":"event","payload":{{"event_type":"presence","data":{{"user_id":"u","blob":"{}"}}}}}}"#,
            "é".repeat(1_000_000)
        );
        let reading = Reading::Event { channel: "presence".into() };
        let detail = of(message(Direction::Received, &text, reading)).detail;
        assert!(detail.starts_with("presence · u · \"éé") && detail.ends_with("é…"));
        assert_eq!(detail.chars().count(), 241);
    }

    #[test]
    fn notes_are_short_and_calm() {
        let endpoint = || "wss://host/".to_owned();
        let failed = |failure| Note::OpenFailed { endpoint: endpoint(), failure };
        let refused = |refusal| Note::NotSent { refusal };
        for (note, label, detail) in [
            (Note::Cancelled, "cancelled", "you stopped connecting"),
            (Note::Connecting { endpoint: endpoint(), attempt: 0 }, "connect", "wss://host/"),
            (
                Note::Connecting { endpoint: endpoint(), attempt: 2 },
                "connect",
                "wss://host/ · attempt 2",
            ),
            (Note::GaveUp { attempts: 1 }, "gave up", "after 1 attempt"),
            (Note::GaveUp { attempts: 5 }, "gave up", "after 5 attempts"),
            (
                failed(OpenFailure::TimedOut { after: Millis(5_000) }),
                "failed",
                "wss://host/ · no answer in 5 s",
            ),
            (
                failed(OpenFailure::Refused { name: "SecurityError".into() }),
                "failed",
                "wss://host/ · the browser refused it (SecurityError)",
            ),
            (
                failed(OpenFailure::Unreachable),
                "failed",
                "wss://host/ · no connection; a browser does not tell why",
            ),
            (refused(Refusal::NotOpen), "not sent", "no connection is open; connect first"),
            (
                refused(Refusal::TooLarge { size: 65_537, limit: 65_536 }),
                "not sent",
                "1 B over the limit of 64 KB",
            ),
            (
                refused(Refusal::SubscriptionLimit { limit: 50 }),
                "not sent",
                "50 subscriptions are the limit; unsubscribe from one first",
            ),
            (
                Note::Restoring { subscriptions: 2 },
                "restoring",
                "2 subscriptions with the same filters",
            ),
            (
                Note::Restored { subscriptions: 1 },
                "restored",
                "1 subscription with the same filters",
            ),
            (Note::Stopped, "stopped", "you stopped reconnecting"),
            (Note::Unconfirmed, "note", "the server did not confirm the close"),
        ] {
            let summary = of(Body::Note(note));
            assert_eq!((summary.label.as_str(), summary.detail.as_str()), (label, detail));
        }
    }

    #[test]
    fn a_close_of_our_own_is_no_problem() {
        let body =
            Body::Closed { code: CloseCode(1_000), reason: String::new(), clean: true, ours: true };
        let summary = of(body);
        assert_eq!(summary.detail, "Normal closure · closed by you");
        assert_eq!(summary.tone, Tone::Quiet);
    }

    #[test]
    fn an_opened_connection_shows_what_was_negotiated() {
        let body = Body::Opened {
            endpoint: "wss://host/".into(),
            extensions: "permessage-deflate".into(),
            protocol: String::new(),
            after: Millis(52),
        };
        assert_eq!(line(body), "· open | wss://host/ · permessage-deflate | 52 ms");
    }
}
