//! The session's own time: faster, standing still, in leaps, and the machine's.

use proptest::prelude::*;
use veriops_playground::protocol::{Instant, Millis, Now, TimeScale, UnixMillis};
use veriops_playground::simulator::Clock;
use veriops_playground::words::simulator;

#[test]
fn a_clock_that_nobody_touched_is_the_machines() {
    let clock = Clock::default();
    assert_eq!((clock.scale(), clock.read(real(1_234))), (TimeScale::Real, real(1_234)));
    assert_eq!(clock.real(Instant(7_000)), Some(Instant(7_000)));
}

#[test]
fn a_speed_is_called_by_its_factor_and_none_where_time_stands_still() {
    let names = TimeScale::ALL.map(|scale| scale.to_string());
    assert_eq!(names, ["paused", "1×", "10×", "60×"]);
    let badges = TimeScale::ALL.map(simulator::badge);
    assert_eq!(badges, ["time stands still", "", "10× faster", "60× faster"]);
}

#[test]
fn a_minute_passes_in_a_second_from_the_moment_of_the_change_on() {
    let mut clock = Clock::default();
    clock.set_scale(TimeScale::Sixtyfold, real(1_000), real(1_000));
    assert_eq!(clock.read(real(1_000)), real(1_000));
    assert_eq!(clock.read(real(2_000)), real(61_000));
    assert_eq!(clock.real(Instant(61_000)), Some(Instant(2_000)));
    assert_eq!(clock.real(Instant(1_001)), Some(Instant(1_001)), "not before it comes");
    clock.set_scale(TimeScale::Tenfold, clock.read(real(2_000)), real(2_000));
    assert_eq!(clock.read(real(3_000)), real(71_000));
}

#[test]
fn a_clock_that_stands_still_says_that_nothing_comes_but_what_has_come() {
    let mut clock = Clock::default();
    clock.set_scale(TimeScale::Paused, real(5_000), real(5_000));
    assert_eq!(clock.read(real(60_000)), real(5_000));
    assert_eq!(clock.real(Instant(5_001)), None);
    assert_eq!(clock.real(Instant(4_000)), Some(Instant(5_000)));
    clock.set_scale(TimeScale::Real, clock.read(real(60_000)), real(60_000));
    assert_eq!(clock.read(real(61_000)).at, Instant(6_000), "the pause did not happen");
}

#[test]
fn a_change_in_the_past_puts_the_clock_back_to_it() {
    let mut clock = Clock::default();
    clock.set_scale(TimeScale::Sixtyfold, real(0), real(0));
    assert_eq!(clock.read(real(1_000)), real(60_000));
    clock.set_scale(TimeScale::Real, real(58_000), real(1_000));
    assert_eq!(clock.read(real(1_500)).at, Instant(58_500));
}

#[test]
fn a_leap_goes_ahead_and_never_back_and_the_speed_stays() {
    for scale in TimeScale::ALL {
        let mut clock = Clock::default();
        clock.set_scale(scale, real(1_000), real(1_000));
        clock.advance_to(Instant(25_000), real(1_000));
        assert_eq!((clock.read(real(1_000)), clock.scale()), (real(25_000), scale));
        clock.advance_to(Instant(3_000), real(1_000));
        assert_eq!(clock.read(real(1_000)), real(25_000));
        let later = 25_000 + 10 * u64::from(scale.factor());
        assert_eq!(clock.read(real(1_010)).at, Instant(later));
    }
}

#[test]
fn on_a_real_connection_the_wall_clock_is_true_again_and_the_other_goes_on() {
    let mut clock = Clock::default();
    clock.set_scale(TimeScale::Sixtyfold, real(0), real(0));
    clock.follow(real(10_000));
    let now = clock.read(real(12_000));
    assert_eq!((now.at, now.wall), (Instant(602_000), real(12_000).wall));
    assert_eq!(clock.real(Instant(603_000)), Some(Instant(13_000)));
    // The machine slept for an hour; its monotonic clock did not go.
    let woken = Now { wall: UnixMillis(real(12_000).wall.0 + 3_600_000), ..real(12_000) };
    assert_eq!(clock.read(woken), Now { wall: woken.wall, ..now });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_to_come_at_a_time_has_come_then_and_not_a_millisecond_before(
        changes in prop::collection::vec((0..4_usize, 0..5_000_u64, 0..90_000_u64), 0..12),
        ahead in 1..400_000_u64,
    ) {
        let mut clock = Clock::default();
        let (mut now, mut read) = (real(0), real(0));
        for (scale, span, leap) in changes {
            now = real(now.at.0 + span);
            prop_assert!(clock.read(now).at >= read.at, "it went back");
            if leap % 3 == 0 {
                clock.advance_to(clock.read(now).at + Millis(leap), now);
            }
            clock.set_scale(TimeScale::ALL[scale], clock.read(now), now);
            read = clock.read(now);
        }
        let due = read.at + Millis(ahead);
        match clock.real(due) {
            None => prop_assert_eq!(clock.scale(), TimeScale::Paused),
            Some(at) => {
                prop_assert!(clock.read(real(at.0)).at >= due);
                prop_assert!(clock.read(real(at.0 - 1)).at < due);
            }
        }
    }
}

/// Returns a moment of the machine.
fn real(millis: u64) -> Now {
    Now { at: Instant(millis), wall: UnixMillis(1_773_930_600_000 + millis) }
}
