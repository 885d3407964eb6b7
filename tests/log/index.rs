//! Indexes: what a filter admits of a ring, kept up with little work.

use proptest::prelude::*;
use veriops_playground::entry::{Body, Entry, EntryKind, Note, Outcome, Seq};
use veriops_playground::log::{Capacity, Index, LogFilter, Ring};
use veriops_playground::protocol::Millis;

use crate::{API, ROOMY, entry, received, request};

fn problems() -> LogFilter {
    LogFilter { problems: true, ..LogFilter::default() }
}

fn of_kind(kind: &str) -> LogFilter {
    LogFilter { kind: EntryKind::from_name(kind), ..LogFilter::default() }
}

fn note(seq: u64) -> Entry {
    entry(seq, Body::Note(Note::Stopped))
}

fn hits(index: &Index) -> Vec<u64> {
    (0..index.len()).filter_map(|at| index.get(at)).map(|seq| seq.0).collect()
}

/// Returns what an index finds that examines everything at once.
fn afresh(filter: &LogFilter, ring: &Ring) -> Vec<u64> {
    let mut index = Index::new(filter.clone());
    assert!(index.advance(ring, &API, usize::MAX));
    hits(&index)
}

#[test]
fn entries_are_examined_a_few_at_a_time() {
    let mut ring = Ring::new(ROOMY);
    for seq in 0..10 {
        ring.push(if seq % 2 == 0 { note(seq) } else { received(seq, 1) });
    }
    let mut index = Index::new(of_kind("note"));
    assert!(!index.advance(&ring, &API, 4));
    assert_eq!((hits(&index), index.behind(&ring)), (vec![0, 2], 6));
    assert!(!index.advance(&ring, &API, 5));
    assert!(index.advance(&ring, &API, 5));
    assert_eq!((hits(&index), index.behind(&ring)), (vec![0, 2, 4, 6, 8], 0));
    assert!(!index.is_empty());
    assert_eq!((index.place(Seq(4)), index.place(Seq(5))), (Ok(2), Err(3)));
}

#[test]
fn what_is_dropped_or_cleared_is_no_longer_found() {
    let mut ring = Ring::new(Capacity { entries: 4, ..ROOMY });
    (0..4).for_each(|seq| ring.push(note(seq)));
    let mut index = Index::new(of_kind("note"));
    assert!(index.advance(&ring, &API, 4));
    (4..6).for_each(|seq| ring.push(note(seq)));
    assert!(index.advance(&ring, &API, 2));
    assert_eq!(hits(&index), [2, 3, 4, 5]);
    ring.clear();
    assert!(index.advance(&ring, &API, 0));
    assert!(index.is_empty());
}

#[test]
fn a_request_is_examined_again_when_it_is_settled() {
    let mut ring = Ring::new(ROOMY);
    (0..3).for_each(|seq| ring.push(request(seq)));
    let mut index = Index::new(problems());
    assert!(index.advance(&ring, &API, 9));
    assert!(index.is_empty());
    ring.settle(Seq(2), Outcome::Unanswered);
    ring.settle(Seq(0), Outcome::Lost);
    assert!(index.advance(&ring, &API, 0));
    assert_eq!(hits(&index), [0, 2]);
    ring.settle(Seq(0), Outcome::Late { by: Seq(3), round_trip: Millis(12_000) });
    assert!(index.advance(&ring, &API, 0));
    assert_eq!(hits(&index), [2]);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_index_that_kept_up_is_like_a_fresh_one(
        entries in 1..9_usize,
        steps in prop::collection::vec((0..5_u8, 0..12_u64, 0..5_usize), 0..80),
    ) {
        let filters = [problems(), of_kind("note"), LogFilter::default()];
        let mut ring = Ring::new(Capacity { entries, ..ROOMY });
        let mut indexes = filters.clone().map(Index::new);
        let mut seq = 0;
        for (step, back, budget) in steps {
            let earlier = Seq(seq - back.min(seq));
            match step {
                0 => ring.clear(),
                1 => ring.settle(earlier, Outcome::Lost),
                2 => ring.settle(earlier, Outcome::Late { by: Seq(seq), round_trip: Millis(1) }),
                3 => ring.push(note(seq)),
                _ => ring.push(request(seq)),
            }
            seq += u64::from(step > 2);
            for (filter, index) in filters.iter().zip(&mut indexes) {
                let is_done = index.advance(&ring, &API, budget);
                prop_assert_eq!(is_done, index.behind(&ring) == 0);
                let (found, all) = (hits(index), afresh(filter, &ring));
                prop_assert!(all.starts_with(&found), "{found:?} of {all:?}");
                prop_assert!(!is_done || found.len() == all.len());
            }
        }
    }
}

#[test]
fn a_request_is_examined_again_though_one_settled_before_is_gone() {
    let mut ring = Ring::new(Capacity { entries: 2, ..ROOMY });
    (0..2).for_each(|seq| ring.push(request(seq)));
    ring.settle(Seq(0), Outcome::Lost);
    let mut index = Index::new(problems());
    assert!(index.advance(&ring, &API, 9));
    ring.push(request(2));
    ring.settle(Seq(1), Outcome::Lost);
    assert!(index.advance(&ring, &API, 9));
    assert_eq!(hits(&index), [1]);
}
