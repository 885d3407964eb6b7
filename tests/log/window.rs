//! The window: what is rendered, and where the tail is followed.

use veriops_playground::log::{Pane, Tail, Window};

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
fn scrolling_on_after_the_tail_was_left_counts_from_where_it_was_left() {
    let mut tail = Tail::default();
    assert_eq!(tail.place(&pane(0), 30, 0), 600);
    tail.scrolled(&pane(500), 30, 30);
    tail.scrolled(&pane(400), 34, 34);
    assert_eq!(tail.unseen(40), 10);
}

#[test]
fn scrolling_down_without_reaching_the_end_changes_nothing() {
    let mut tail = Tail::default();
    tail.place(&pane(0), 30, 0);
    tail.scrolled(&pane(900), 50, 50);
    assert!(tail.is_following());
}

#[test]
fn a_browser_that_rounds_has_not_scrolled_up() {
    let mut tail = Tail::default();
    assert_eq!(tail.place(&pane(0), 30, 0), 600);
    tail.scrolled(&pane(598), 50, 50);
    assert!(tail.is_following());
}

#[test]
fn a_row_is_revealed_with_as_little_movement_as_possible() {
    let pane = pane(300);
    assert_eq!(pane.reveal(0), 0);
    assert_eq!(pane.reveal(12), 300);
    assert_eq!(pane.reveal(40), 40 * pane.row + pane.row - pane.height);
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
fn the_scroll_event_of_the_last_step_after_the_tail_does_not_undo_a_pause() {
    for (len, end) in [(30, 600), (3, 0)] {
        let mut tail = Tail::default();
        assert_eq!(tail.place(&pane(0), len, 0), end);
        tail.stay(30);
        // Far down, a browser keeps fractions.
        tail.scrolled(&pane(end.saturating_sub(1)), len, 30);
        assert!(!tail.is_following(), "{len}");
        assert_eq!(tail.unseen(35), 5);
    }
}

#[test]
fn a_scroll_by_single_pixels_leaves_the_tail_too() {
    let mut tail = Tail::default();
    assert_eq!(tail.place(&pane(0), 30, 0), 600);
    for scroll_top in (590..600).rev() {
        tail.scrolled(&pane(scroll_top), 30, 30);
    }
    assert!(!tail.is_following());
}

#[test]
fn a_page_has_the_rows_that_are_wholly_in_sight_and_never_none() {
    for (height, row, rows) in [(300, 30, 10), (329, 30, 10), (29, 30, 1), (0, 0, 1)] {
        assert_eq!(Pane { scroll_top: 7, height, row }.page(), rows, "{height} by {row}");
    }
}

#[test]
fn a_reader_who_asks_for_the_tail_is_there_with_the_next_frame() {
    let mut tail = Tail::default();
    tail.stay(30);
    tail.follow();
    assert_eq!(tail.place(&pane(100), 30, 0), 600);
    assert_eq!(tail.unseen(40), 0);
}

#[test]
fn a_pane_two_pixels_from_the_end_is_at_the_end_and_one_further_up_is_not() {
    let at_end = |scroll_top| pane(scroll_top).is_at_end(30);
    assert_eq!([597, 598, 600].map(at_end), [false, true, true]);
}
