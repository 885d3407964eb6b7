//! Replays: the same entries at the same intervals, and in the end the same log.

use proptest::prelude::*;
use veriops_playground::archive::{Replay, Speed};
use veriops_playground::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq, Timing};
use veriops_playground::log::Capacity;
use veriops_playground::protocol::{CloseCode, Instant, MessageType, Millis, Now};

use crate::file::{file, file_of};
use crate::{ROOMY, message, sample};

const UNBOUNDED: Capacity = Capacity { entries: usize::MAX, bytes: usize::MAX };

fn at(milli: u64, seq: u64, body: Body) -> Entry {
    Entry { seq: Seq(seq), at: Now { at: Instant(milli), ..Now::default() }, body }
}

fn asked(milli: u64, seq: u64, outcome: Outcome) -> Entry {
    let reading = Reading::Request { kind: MessageType::Ping, request_id: "r".into(), outcome };
    at(milli, seq, message(FrameDirection::Sent, "?", reading))
}

fn answer(milli: u64, seq: u64, request: u64) -> Entry {
    let reading = Reading::Answer {
        kind: MessageType::Pong,
        request_id: "r".into(),
        request: Some(Seq(request)),
        round_trip: None,
        timing: Timing::InTime,
    };
    at(milli, seq, message(FrameDirection::Received, "!", reading))
}

fn closed(milli: u64, seq: u64) -> Entry {
    let (code, reason) = (CloseCode::ABNORMAL, String::new());
    at(milli, seq, Body::Closed { code, reason, clean: false, ours: false })
}

fn frames(times: &[u64]) -> Vec<Entry> {
    let entry = |(seq, milli): (u64, &u64)| {
        at(*milli, seq, message(FrameDirection::Received, "hi", Reading::Banner))
    };
    (0..).zip(times).map(entry).collect()
}

/// Goes on until the end, from timeout to timeout. Returns when entries came, and how many had.
fn run(replay: &mut Replay) -> Vec<(u64, usize)> {
    let mut came = Vec::new();
    while let Some(now) = replay.poll_timeout() {
        assert!(replay.handle_timeout(now), "a timeout is on time");
        came.push((now.0, replay.position()));
    }
    assert!(replay.is_done() && !replay.is_playing());
    came
}

fn outcomes(replay: &Replay) -> Vec<Option<Outcome>> {
    replay.ring().range(0..usize::MAX).map(|row| row.entry.outcome()).collect()
}

#[test]
fn entries_come_at_the_intervals_at_which_they_came() {
    for (speed, expected) in [
        (Speed::Real, vec![(100, 2), (350, 3), (2_100, 4)]),
        (Speed::Double, vec![(100, 2), (225, 3), (1_100, 4)]),
        (Speed::Tenfold, vec![(100, 2), (125, 3), (300, 4)]),
        (Speed::AtOnce, vec![(100, 4)]),
    ] {
        let mut replay = Replay::new(frames(&[5_000, 5_000, 5_250, 7_000]), ROOMY);
        assert_eq!((replay.poll_timeout(), replay.position(), replay.len()), (None, 0, 4));
        replay.play(speed, Instant(100));
        assert_eq!(run(&mut replay), expected, "{speed:?}");
        assert_eq!(replay.clock(Instant(99_999)), Instant(7_000));
    }
}

#[test]
fn a_timeout_that_comes_early_or_late_is_harmless() {
    let mut replay = Replay::new(frames(&[0, 100, 200]), ROOMY);
    assert!(!replay.handle_timeout(Instant(50)));
    replay.play(Speed::Real, Instant(50));
    assert!(replay.handle_timeout(Instant(60)));
    assert!(!replay.handle_timeout(Instant(149)));
    assert!(replay.handle_timeout(Instant(900)));
    assert!(replay.is_done());
    assert!(!replay.handle_timeout(Instant(901)));
}

#[test]
fn it_stands_still_and_changes_its_speed_where_it_is() {
    let mut replay = Replay::new(frames(&[0, 1_000, 2_000, 3_000]), ROOMY);
    assert!(!replay.is_empty() && !replay.is_playing());
    replay.play(Speed::Real, Instant(0));
    assert!(replay.is_playing());
    replay.handle_timeout(Instant(500));
    replay.play(Speed::Paused, Instant(500));
    assert_eq!((replay.is_playing(), replay.poll_timeout()), (false, None));
    assert_eq!(replay.clock(Instant(9_000)), Instant(500));
    replay.play(Speed::Real, Instant(10_000));
    assert_eq!(replay.poll_timeout(), Some(Instant(10_500)));
    replay.handle_timeout(Instant(10_500));
    replay.play(Speed::Tenfold, Instant(10_500));
    assert_eq!(run(&mut replay), [(10_600, 3), (10_700, 4)]);
    replay.play(Speed::Real, Instant(20_000));
    assert!(!replay.is_playing());
}

#[test]
fn an_outcome_shows_when_its_answer_comes() {
    let answered = Outcome::Answered { by: Seq(3), round_trip: Millis(20) };
    let echoed = Outcome::Echoed { by: Seq(4), round_trip: Millis(30) };
    let entries = vec![
        asked(0, 0, answered),
        asked(10, 1, echoed),
        answer(15, 2, 0),
        answer(20, 3, 0),
        answer(40, 4, 1),
    ];
    let mut replay = Replay::new(entries, ROOMY);
    replay.play(Speed::Real, Instant(0));
    for (now, expected) in [
        (15, [Outcome::Pending, Outcome::Unasked]),
        (20, [answered, Outcome::Unasked]),
        (40, [answered, echoed]),
    ] {
        replay.handle_timeout(Instant(now));
        assert_eq!(outcomes(&replay)[..2], expected.map(Some));
    }
}

#[test]
fn what_never_was_answered_shows_so_when_its_connection_ends() {
    let late = Outcome::Late { by: Seq(4), round_trip: Millis(30) };
    let entries = vec![
        asked(0, 0, Outcome::Lost),
        asked(0, 1, Outcome::Unanswered),
        asked(0, 2, late),
        closed(20, 3),
        answer(30, 4, 2),
        asked(40, 5, Outcome::Unanswered),
    ];
    let mut replay = Replay::new(entries, ROOMY);
    replay.play(Speed::Real, Instant(0));
    for (now, expected) in [
        (19, [Outcome::Pending; 3]),
        (20, [Outcome::Lost, Outcome::Unanswered, Outcome::Lost]),
        (30, [Outcome::Lost, Outcome::Unanswered, late]),
    ] {
        replay.handle_timeout(Instant(now));
        assert_eq!(outcomes(&replay)[..3], expected.map(Some));
    }
    replay.handle_timeout(Instant(40));
    assert_eq!(outcomes(&replay)[5], Some(Outcome::Unanswered));
}

#[test]
fn what_was_answered_stays_so_when_its_connection_ends() {
    let answered = Outcome::Answered { by: Seq(1), round_trip: Millis(20) };
    let entries = vec![asked(0, 0, answered), answer(20, 1, 0), closed(30, 2), closed(90, 3)];
    let mut replay = Replay::new(entries, ROOMY);
    replay.play(Speed::Real, Instant(0));
    replay.handle_timeout(Instant(30));
    assert_eq!((replay.is_done(), outcomes(&replay)[0]), (false, Some(answered)));
}

#[test]
fn a_replay_can_begin_again() {
    let answered = Outcome::Answered { by: Seq(1), round_trip: Millis(20) };
    let entries = vec![asked(0, 0, answered), answer(20, 1, 0), closed(90, 2)];
    let mut replay = Replay::new(entries.clone(), ROOMY);
    replay.play(Speed::Real, Instant(0));
    replay.handle_timeout(Instant(0));
    replay.rewind();
    assert_eq!((replay.position(), replay.len(), replay.is_playing()), (0, 3, false));
    replay.play(Speed::AtOnce, Instant(50));
    assert_eq!(run(&mut replay), [(50, 3)]);
    replay.rewind();
    replay.play(Speed::Real, Instant(100));
    assert_eq!(run(&mut replay), [(100, 1), (120, 2), (190, 3)]);
    assert_eq!(file(replay.ring(), &[]), file_of(&entries));
}

#[test]
fn entries_that_have_come_can_be_hidden_and_the_others_still_come() {
    let mut replay = Replay::new(frames(&[0, 100]), ROOMY);
    replay.play(Speed::Real, Instant(0));
    replay.handle_timeout(Instant(0));
    replay.clear();
    assert_eq!((replay.ring().len(), replay.position()), (0, 1));
    replay.handle_timeout(Instant(100));
    assert_eq!((replay.ring().len(), replay.position()), (1, 2));
}

#[test]
fn a_long_log_comes_in_steps_and_what_the_ring_cannot_keep_is_counted() {
    let capacity = Capacity { entries: 1_000, bytes: 1 << 20 };
    let mut replay = Replay::new(frames(&vec![0; 10_000]), capacity);
    replay.play(Speed::AtOnce, Instant(7));
    assert!(replay.handle_timeout(Instant(7)));
    assert_eq!((replay.position(), replay.is_done()), (4_000, false));
    assert_eq!(replay.clock(Instant(900)), Instant(0));
    assert_eq!(replay.poll_timeout(), Some(Instant(7)));
    run(&mut replay);
    assert_eq!((replay.position(), replay.ring().len()), (10_000, 1_000));
    assert_eq!(replay.ring().counters().dropped, 9_000);
}

#[test]
fn every_speed_has_a_name_of_its_own() {
    for speed in Speed::ALL {
        assert_eq!(Speed::from_name(speed.name()), Some(speed));
    }
    assert_eq!(Speed::from_name("3 ×"), None);
}

#[test]
fn an_empty_replay_is_done() {
    let mut replay = Replay::new(Vec::new(), ROOMY);
    replay.play(Speed::Real, Instant(0));
    assert!(replay.is_empty() && replay.is_done() && !replay.is_playing());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_replay_ends_in_the_same_log(
        entries in sample::entries(),
        speed in prop::sample::select(&Speed::ALL[1..]),
        pauses in prop::collection::vec(0..9_000_u64, 0..4),
    ) {
        let mut replay = Replay::new(entries.clone(), UNBOUNDED);
        let mut now = Instant(0);
        for pause in pauses {
            replay.play(Speed::Real, now);
            now = now + Millis(pause);
            replay.handle_timeout(now);
            replay.play(Speed::Paused, now);
            prop_assert_eq!(replay.ring().len(), replay.position());
        }
        replay.play(speed, now);
        run(&mut replay);
        prop_assert_eq!(file(replay.ring(), &[]), file_of(&entries));
    }
}
