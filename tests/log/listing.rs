//! The listing: what a filter leaves, and what a search finds in it.

use veriops_playground::entry::{EntryKind, Seq};
use veriops_playground::log::{Capacity, Listing, LogFilter, Ring};

use veriops_playground::protocol::MessageType;

use crate::{API, ROOMY, received, request};

/// Returns a ring of six entries: a request, then an event, and so on.
fn ring(capacity: Capacity) -> Ring {
    let mut ring = Ring::new(capacity);
    for seq in 0..6 {
        ring.push(if seq % 2 == 0 { request(seq) } else { received(seq, 10) });
    }
    ring
}

fn events() -> LogFilter {
    LogFilter { kind: Some(EntryKind::Message(MessageType::Event)), ..LogFilter::default() }
}

fn listed(listing: &Listing, ring: &Ring) -> Vec<u64> {
    listing.rows(ring, 0..usize::MAX).iter().map(|row| row.entry.seq.0).collect()
}

#[test]
fn without_a_filter_every_entry_is_listed() {
    let ring = ring(ROOMY);
    let listing = Listing::default();
    assert_eq!(listed(&listing, &ring), [0, 1, 2, 3, 4, 5]);
    assert_eq!(listing.len(&ring), 6);
    assert_eq!(listing.position(&ring, Seq(4)), Some(4));
    assert_eq!(listing.at(&ring, 2), Some(Seq(2)));
    assert_eq!(listing.found(), None);
}

#[test]
fn a_filter_leaves_what_it_admits() {
    let ring = ring(ROOMY);
    let mut listing = Listing::default();
    listing.choose(&events(), "".into());
    while !listing.advance(&ring, &API, 1) {}
    assert_eq!(listed(&listing, &ring), [1, 3, 5]);
    assert_eq!(listing.position(&ring, Seq(3)), Some(1));
    assert_eq!(listing.position(&ring, Seq(4)), None);
    assert_eq!((listing.came(&ring), listing.gone(&ring)), (3, 0));
}

#[test]
fn what_leaves_the_ring_leaves_the_listing() {
    let mut ring = ring(Capacity { entries: 6, ..ROOMY });
    let mut listing = Listing::default();
    listing.choose(&events(), "x".into());
    listing.advance(&ring, &API, 10);
    ring.push(received(6, 10));
    ring.push(received(7, 10));
    listing.advance(&ring, &API, 10);
    assert_eq!(listed(&listing, &ring), [3, 5, 6, 7]);
    assert_eq!((listing.came(&ring), listing.gone(&ring)), (5, 1));
    assert_eq!(listing.found(), Some(4));
}

#[test]
fn the_next_one_found_is_after_the_selected_one_and_goes_round() {
    let ring = ring(ROOMY);
    let mut listing = Listing::default();
    listing.search(&LogFilter::default(), "XX".into());
    listing.advance(&ring, &API, 10);
    assert_eq!(listing.found(), Some(3));
    assert_eq!(listing.place(Seq(3)), Some(1));
    assert_eq!([1, 2, 5].map(|seq| listing.place(Seq(seq))), [Some(0), None, Some(2)]);
    for (from, forward, backward) in
        [(None, 5, 5), (Some(1), 3, 5), (Some(2), 3, 1), (Some(5), 1, 3), (Some(0), 1, 5)]
    {
        let from = from.map(Seq);
        assert_eq!(listing.next_found(from, true), Some(Seq(forward)), "after {from:?}");
        assert_eq!(listing.next_found(from, false), Some(Seq(backward)), "before {from:?}");
    }
}

#[test]
fn a_search_that_finds_nothing_has_no_next() {
    let ring = ring(ROOMY);
    let mut listing = Listing::default();
    listing.search(&LogFilter::default(), "nowhere".into());
    listing.advance(&ring, &API, 10);
    assert_eq!(listing.found(), Some(0));
    assert_eq!(listing.next_found(None, true), None);
    assert_eq!(listing.next_found(Some(Seq(1)), false), None);
}

#[test]
fn a_listing_says_how_many_entries_it_has_not_seen_yet() {
    let ring = ring(ROOMY);
    let mut listing = Listing::default();
    assert_eq!(listing.behind(&ring), 0);
    listing.choose(&events(), "".into());
    assert_eq!(listing.behind(&ring), 6);
    listing.advance(&ring, &API, 4);
    assert_eq!(listing.behind(&ring), 2);
}
