//! Time as an argument: a monotonic clock for durations, a wall clock for what people read.

use core::fmt;
use core::ops::{Add, Sub};

/// A span of time, in milliseconds.
///
/// Arithmetic saturates, here and with an [`Instant`]: a clock that steps back yields a span of zero,
/// never a panic.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Millis(pub u64);

impl Millis {
    /// The span that never ends.
    pub const MAX: Self = Self(u64::MAX);

    /// Returns a span of `seconds`.
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// Returns the whole seconds in this span, rounded up: a countdown never shows 0 too early.
    pub const fn seconds_ceil(self) -> u64 {
        self.0.div_ceil(1_000)
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A moment on the monotonic clock, in milliseconds since the clock began.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Instant(pub u64);

impl Instant {
    /// The moment that never comes.
    pub const NEVER: Self = Self(u64::MAX);
}

impl Add<Millis> for Instant {
    type Output = Self;

    fn add(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Millis> for Instant {
    type Output = Self;

    fn sub(self, span: Millis) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Instant {
    type Output = Millis;

    /// Returns how long ago `earlier` was; zero if it is yet to come.
    fn sub(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

/// Milliseconds since the Unix epoch, for display and for `sent_at`. Never used for durations.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// Parses ISO 8601 as a computer writes it: `2026-03-19T14:30:00.000Z`, with any number of decimals
    /// and with any offset in place of the `Z`. What is finer than a millisecond is cut off.
    ///
    /// Returns nothing for another format, and for years before 1970 and after 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let (time, zone) = rest.split_at(rest.find(['Z', '+', '-'])?);
        let (time, decimals) = time.split_once('.').unwrap_or((time, ""));
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        let is_right = (1_970..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of(month, year)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !is_right {
            return None;
        }
        let utc = days_from_civil(year, month, day) * DAY
            + (hour * 3_600 + minute * 60 + second) * 1_000
            + milliseconds(decimals);
        let zone_digits = if zone == "Z" { "0:0" } else { zone.strip_prefix(['+', '-'])? };
        let [hours, minutes] = numbers(zone_digits, ':')?;
        let offset = (hours * 60 + minutes) * 60_000;
        let utc = if zone.starts_with('-') { utc + offset } else { utc.checked_sub(offset)? };
        (utc < END).then_some(Self(utc))
    }

    /// Parses decimal seconds since the epoch, `1773930600.123`, up to the year 9999.
    pub fn from_seconds(text: &str) -> Option<Self> {
        let (seconds, decimals) = text.split_once('.').unwrap_or((text, ""));
        let seconds: u64 = seconds.parse().ok()?;
        let utc = seconds.saturating_mul(1_000).saturating_add(milliseconds(decimals));
        (utc < END).then_some(Self(utc))
    }
}

/// Formats as ISO 8601 in UTC with milliseconds, as `sent_at` wants it: `2026-03-19T14:30:00.000Z`.
impl fmt::Display for UnixMillis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, in_day) = (self.0 / DAY, self.0 % DAY);
        let (year, month, day) = civil_from_days(days);
        let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
        let (second, milli) = (in_day / 1_000 % 60, in_day % 1_000);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
        )
    }
}

/// Both clocks, read at the same moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Now {
    /// The monotonic clock: every duration and deadline.
    pub at: Instant,
    /// The wall clock: what is shown and sent.
    pub wall: UnixMillis,
}

impl Now {
    /// Returns what both clocks showed, or will show, at another moment.
    #[must_use]
    pub fn when(self, at: Instant) -> Self {
        let (ahead, back) = ((at - self.at).0, (self.at - at).0);
        Self { at, wall: UnixMillis(self.wall.0.saturating_add(ahead).saturating_sub(back)) }
    }

    /// Returns the later of two times by the monotonic clock.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if other.at > self.at { other } else { self }
    }
}

const DAY: u64 = 86_400_000;

/// The first moment of the year 10000, which a timestamp has no room for.
const END: u64 = 253_402_300_800_000;

/// Returns year, month and day of a day number counted from 1970-01-01.
///
/// Counts in 400-year cycles from a year that begins in March, so that the leap day comes last.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Returns the day number of a date, counted from 1970-01-01: the other way round.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Returns how many days a month has.
fn days_of(month: u64, year: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the numbers between separators, if there are that many and each has few digits.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next()?;
        let is_number = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = if is_number { part.parse().ok()? } else { return None };
    }
    parts.next().is_none().then_some(numbers)
}

/// Returns the milliseconds in the decimals of a second.
fn milliseconds(decimals: &str) -> u64 {
    let digits = decimals.bytes().map_while(|byte| char::from(byte).to_digit(10));
    digits.chain([0; 3]).take(3).fold(0, |number, digit| number * 10 + u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_iso_8601_in_utc() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_798_675_200_000, "2026-12-31T00:00:00.000Z"),
            (1_773_930_600_000, "2026-03-19T14:30:00.000Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(UnixMillis(unix).to_string(), text);
            assert_eq!(UnixMillis::parse(text), Some(UnixMillis(unix)));
        }
    }

    #[test]
    fn times_are_read_with_any_offset_and_any_decimals() {
        let time = Some(UnixMillis(1_773_930_600_500));
        for text in [
            "2026-03-19T14:30:00.5Z",
            "2026-03-19T14:30:00.500999Z",
            "2026-03-19T16:30:00.500+02:00",
            "2026-03-19T05:00:00.5-09:30",
        ] {
            assert_eq!(UnixMillis::parse(text), time, "{text}");
        }
        assert_eq!(UnixMillis::from_seconds("1773930600.5004"), time);
        assert_eq!(UnixMillis::from_seconds("12"), Some(UnixMillis(12_000)));
    }

    #[test]
    fn the_first_and_the_last_of_everything_is_read() {
        for (text, time) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-31T23:59:59.999Z", 2_678_399_999),
            // A leap second is the first of the next minute.
            ("1970-01-01T00:59:60Z", 3_600_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] {
            assert_eq!(UnixMillis::parse(text), Some(UnixMillis(time)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "2026-03-19",
            "2026-03-19T14:30:00",
            "2026-03-19T14:30Z",
            "2026-13-19T14:30:00Z",
            "2026-00-19T14:30:00Z",
            "2026-03-00T14:30:00Z",
            "2026-02-29T14:30:00Z",
            "2024-02-30T14:30:00Z",
            "2100-02-29T14:30:00Z",
            "2026-04-31T14:30:00Z",
            "2026-12-32T14:30:00Z",
            "2026-03-19T24:00:00Z",
            "2026-03-19T14:60:00Z",
            "2026-03-19T14:30:61Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "99999-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "9999-12-31T23:59:60Z",
            "2026-03-19T+4:30:00Z",
            "+026-03-19T14:30:00Z",
            "02026-03-19T14:30:00Z",
            "2026-03-19T14:30:00Z01:00",
            "Today",
        ] {
            assert_eq!(UnixMillis::parse(text), None, "{text}");
        }
        for text in ["", "-1", "1e9", "253402300800", "18446744073709551615"] {
            assert_eq!(UnixMillis::from_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn both_clocks_go_to_another_moment_together() {
        let now = |at, wall| Now { at: Instant(at), wall: UnixMillis(wall) };
        assert_eq!(now(500, 9_000).when(Instant(200)), now(200, 8_700));
        assert_eq!(now(500, 9_000).when(Instant(700)), now(700, 9_200));
        assert_eq!(now(500, 100).when(Instant(0)), now(0, 0));
        // The wall clock may be set; the monotonic one decides.
        assert_eq!(now(500, 9_000).later(now(499, 9_999)), now(500, 9_000));
        assert_eq!(now(500, 9_000).later(now(501, 7)), now(501, 7));
        assert_eq!(now(500, 9_000).later(now(500, 7)), now(500, 9_000));
    }

    #[test]
    fn a_clock_that_steps_back_yields_zero() {
        assert_eq!(Instant(5) - Instant(9), Millis(0));
    }
}
