//! The ring: what is kept, counted and dropped.

use proptest::prelude::*;
use veriops_playground::entry::{Body, Entry, Note, Outcome, Reading, Seq};
use veriops_playground::log::{Capacity, Counters, Counts, Ring};
use veriops_playground::protocol::Millis;

use crate::{ROOMY, entry, received, request, sample, visible};

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
fn a_ring_is_empty_until_an_entry_comes_and_after_it_is_cleared() {
    let mut ring = Ring::new(ROOMY);
    assert!(ring.is_empty());
    ring.push(received(0, 10));
    assert!(!ring.is_empty());
    ring.clear();
    assert!(ring.is_empty());
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
    let Body::Message { reading: Reading::Request { outcome, .. }, .. } = &row.entry.body else {
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

#[test]
fn a_place_is_where_an_entry_stands_or_would_stand() {
    let mut ring = Ring::new(ROOMY);
    for seq in [2, 4, 6, 8] {
        ring.push(received(seq, 1));
        if seq == 2 {
            ring.clear();
        }
    }
    for (seq, place) in [(0, Err(0)), (2, Err(0)), (4, Ok(0)), (5, Err(1)), (8, Ok(2)), (9, Err(3))]
    {
        assert_eq!(ring.place(Seq(seq)), place, "{seq}");
    }
}

/// Counts the visible entries one by one.
fn recounted(ring: &Ring) -> Counts {
    let count = |is_one: fn(&Entry) -> bool| {
        ring.range(0..usize::MAX).filter(|row| is_one(&row.entry)).count()
    };
    Counts {
        acks: count(|it| it.kind().name() == "ack"),
        events: count(|it| it.kind().name() == "event"),
        heartbeats: count(|it| it.kind().name() == "heartbeat"),
        problems: count(Entry::is_problem),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_counted_by_kind_is_what_is_visible(
        capacity in 1..30_usize,
        entries in sample::entries(),
        steps in prop::collection::vec((0..20_u8, 0..60_u64), 40),
    ) {
        let mut ring = Ring::new(Capacity { entries: capacity, ..ROOMY });
        for (entry, (step, seq)) in entries.into_iter().zip(steps) {
            ring.push(entry);
            match step {
                0 => ring.clear(),
                1..8 => ring.settle(Seq(seq), Outcome::Lost),
                8..12 => ring.settle(Seq(seq), Outcome::Unasked),
                _ => {}
            }
            prop_assert_eq!(ring.counts(), recounted(&ring));
        }
    }

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

#[test]
fn positions_count_from_the_first_entry_that_is_not_hidden() {
    let mut ring = Ring::new(ROOMY);
    (0..3).for_each(|seq| ring.push(received(seq, 10)));
    ring.clear();
    (3..6).for_each(|seq| ring.push(received(seq, 10)));
    let at = |position| ring.at(position).map(|row| row.entry.seq);
    assert_eq!([at(0), at(2), at(3)], [Some(Seq(3)), Some(Seq(5)), None]);
}

#[test]
fn every_settlement_is_counted() {
    let mut ring = Ring::new(ROOMY);
    ring.push(request(7));
    ring.settle(Seq(7), Outcome::Unanswered);
    ring.settle(Seq(7), Outcome::Lost);
    assert_eq!(ring.settlements(), 2);
}

#[test]
fn a_ring_may_be_filled_to_the_last_byte_and_the_last_entry() {
    let mut ring = Ring::new(Capacity { entries: 3, bytes: 100 });
    for (seq, length) in [(0, 40), (1, 40), (2, 20)] {
        ring.push(received(seq, length));
    }
    assert_eq!(visible(&ring), [0, 1, 2]);
    ring.push(received(3, 0));
    assert_eq!(visible(&ring), [1, 2, 3]);
}

#[test]
fn a_heartbeat_takes_the_room_of_both_its_frames() {
    let mut ring = Ring::new(Capacity { bytes: 100, ..ROOMY });
    let heartbeat = |seq, length: usize| {
        let (ping, pong) = ("x".repeat(length), Some("x".repeat(length)));
        entry(seq, Body::Heartbeat { request_id: "hb".into(), ping, pong })
    };
    (0..3).for_each(|seq| ring.push(heartbeat(seq, 20)));
    assert_eq!(visible(&ring), [1, 2]);
    ring.push(heartbeat(3, 10));
    assert_eq!(visible(&ring), [1, 2, 3]);
}

#[test]
fn nothing_is_told_of_a_settlement_whose_entry_is_gone() {
    let mut ring = Ring::new(Capacity { entries: 2, ..ROOMY });
    (0..2).for_each(|seq| ring.push(request(seq)));
    (0..2).for_each(|seq| ring.settle(Seq(seq), Outcome::Lost));
    ring.push(request(2));
    assert_eq!(ring.settled(0).collect::<Vec<_>>(), [Seq(1)]);
    assert_eq!(ring.settled(1).collect::<Vec<_>>(), [Seq(1)]);
    assert_eq!((ring.settled(2).collect::<Vec<_>>(), ring.settlements()), (vec![], 2));
}
