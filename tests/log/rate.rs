//! The rate: frames per second over the last minute.

use veriops_playground::entry::Body;
use veriops_playground::log::rate::BARS;
use veriops_playground::log::{Rate, Ring};
use veriops_playground::protocol::Instant;

use crate::{ROOMY, entry, received};

/// Returns the bars that are not empty, with their age in seconds.
fn ages(rate: &Rate, now: u64) -> Vec<(usize, u32)> {
    let bars = rate.bars(Instant(now));
    let full = |(age, bar): (usize, &u32)| (*bar > 0).then_some((age, *bar));
    (1..).zip(bars.iter().rev()).filter_map(full).collect()
}

#[test]
fn frames_are_counted_by_full_seconds() {
    let mut rate = Rate::default();
    for at in [0, 999, 1_000, 2_500, 2_501, 2_502] {
        rate.count(Instant(at), 1);
    }
    assert_eq!(ages(&rate, 2_999), [(1, 1), (2, 2)]);
    assert_eq!(ages(&rate, 3_000), [(1, 3), (2, 1), (3, 2)]);
    assert_eq!(ages(&rate, 62_999), [(60, 3)]);
    assert_eq!(ages(&rate, 63_000), []);
}

#[test]
fn a_pause_empties_the_seconds_it_lasts() {
    let mut rate = Rate::default();
    (0..200).for_each(|second| rate.count(start_of(second), 5));
    assert_eq!(rate.bars(start_of(200)), [5; BARS]);
    rate.count(start_of(230), 1);
    let expected: Vec<_> = [(1, 1)].into_iter().chain((32..=60).map(|age| (age, 5))).collect();
    assert_eq!(ages(&rate, 231_000), expected);
    rate.count(start_of(1_000_000), 2);
    assert_eq!(ages(&rate, 1_000_001_000), [(1, 2)]);
}

#[test]
fn a_clock_that_steps_back_loses_no_frame() {
    let mut rate = Rate::default();
    rate.count(Instant(9_000), 1);
    rate.count(Instant(1_000), 1);
    assert_eq!(ages(&rate, 10_000), [(1, 2)]);
    assert_eq!(ages(&rate, 0), []);
}

#[test]
fn a_ring_counts_the_frames_of_both_sides() {
    let mut ring = Ring::new(ROOMY);
    ring.push(received(0, 1));
    for (seq, pong) in [(1, None), (2, Some(String::new()))] {
        let body = Body::Heartbeat { request_id: String::new(), ping: String::new(), pong };
        ring.push(entry(seq, body));
    }
    assert_eq!(ages(ring.rate(), 1_000), [(1, 4)]);
}

#[test]
fn the_present_second_leaves_that_of_a_minute_ago_as_it_was() {
    let mut rate = Rate::default();
    rate.count(start_of(0), 5);
    rate.count(start_of(60), 7);
    assert_eq!(rate.bars(start_of(60))[0], 5);
}

fn start_of(number: u64) -> Instant {
    Instant(number * 1_000)
}
