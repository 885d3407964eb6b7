//! When the view is brought up to date.

use proptest::prelude::*;
use veriops_playground::log::Pace;
use veriops_playground::protocol::{Instant, Millis};

#[test]
fn an_entry_now_and_then_is_shown_with_the_next_frame() {
    let mut pace = Pace::default();
    for at in (1_000..5_000).step_by(50) {
        pace.came(1, Instant(at));
        assert_eq!(pace.wait(Instant(at)), Millis(0), "{at}");
        pace.shown(Instant(at + 10), Instant(at + 12));
    }
}

#[test]
fn the_first_of_a_flood_is_shown_at_once_and_the_rest_every_tenth_of_a_second() {
    let views = views_of_a_second(|at| u64::from(at % 5 == 0));

    // The first few are no flood yet.
    let few = (1_000..1_040).step_by(5);
    assert_eq!(views, few.chain((1_135..2_000).step_by(100)).collect::<Vec<_>>());
}

#[test]
fn what_nobody_can_read_is_shown_five_times_a_second() {
    let views = views_of_a_second(|_| 20);

    assert_eq!(views, [1_000, 1_100, 1_300, 1_500, 1_700, 1_900]);
}

/// Returns the milliseconds of views in a second from 1,000 on, in each of which `count` entries come.
fn views_of_a_second(count: impl Fn(u64) -> u64) -> Vec<u64> {
    let mut pace = Pace::default();
    let mut views = Vec::new();
    for at in 1_000..2_000 {
        pace.came(count(at), Instant(at));
        if count(at) > 0 && pace.wait(Instant(at)) == Millis(0) {
            pace.shown(Instant(at), Instant(at));
            views.push(at);
        }
    }
    views
}

#[test]
fn what_came_last_is_shown_when_it_calms_down() {
    let mut pace = flooded(1_000);
    pace.came(20, Instant(1_010));
    assert_eq!(pace.wait(Instant(1_010)), Millis(30));
    assert_eq!(pace.wait(Instant(1_025)), Millis(15));
    assert_eq!(pace.wait(Instant(1_040)), Millis(0));
}

#[test]
fn a_pause_too_short_to_be_seen_ends_no_rest() {
    let mut pace = flooded(1_000);
    pace.came(20, Instant(1_010));
    pace.came(20, Instant(1_035));
    assert_eq!(pace.wait(Instant(1_040)), Millis(25));
}

#[test]
fn a_reader_who_does_something_waits_for_nothing() {
    let mut pace = flooded(1_000);
    pace.came(20, Instant(1_010));
    pace.hurry();
    assert_eq!(pace.wait(Instant(1_010)), Millis(0));
}

#[test]
fn a_view_that_took_long_is_followed_by_a_longer_rest() {
    let mut pace = Pace::default();
    pace.came(100, Instant(1_000));
    pace.shown(Instant(1_000), Instant(1_050));
    for at in 1_050..1_450 {
        pace.came(1, Instant(at));
        assert_ne!(pace.wait(Instant(at)), Millis(0), "{at}");
    }
    pace.came(1, Instant(1_450));
    assert_eq!(pace.wait(Instant(1_450)), Millis(0));
}

#[test]
fn a_flood_that_ended_a_while_ago_holds_nothing_up() {
    let mut pace = flooded(1_000);
    pace.came(1, Instant(1_300));
    assert_eq!(pace.wait(Instant(1_300)), Millis(0));
}

proptest! {
    /// However it comes: nothing waits longer than a rest, and who waits as long as told gets through.
    #[test]
    fn nothing_waits_for_ever(comes in prop::collection::vec((0_u64..40, 0_u64..50), 1..200)) {
        let mut pace = Pace::default();
        let (mut now, mut waiting) = (Instant(0), None);
        for (after, count) in comes {
            now = now + Millis(after);
            pace.came(count, now);
            let since = *waiting.get_or_insert(now);
            prop_assert!(now - since <= Millis(240), "since {since:?}, now {now:?}");
            if pace.wait(now) == Millis(0) {
                pace.shown(now, now);
                waiting = None;
            }
        }
        prop_assert!(pace.wait(now) <= Millis(30));
        prop_assert_eq!(pace.wait(now + pace.wait(now)), Millis(0));
    }
}

/// Returns a pace under a flood whose view was brought up to date at this time.
fn flooded(at: u64) -> Pace {
    let mut pace = Pace::default();
    pace.came(100, Instant(at));
    pace.shown(Instant(at), Instant(at));
    pace
}
