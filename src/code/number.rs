//! Numbers of JSON as literals that send the same number.

/// Returns a literal of JavaScript; none if it may not send the same number.
pub(super) fn javascript(json: &str) -> Option<String> {
    let decimal = Decimal::read(json);
    let is_zero_below = decimal.digits.is_empty() && decimal.is_negative;
    (decimal.is_double() && !is_zero_below).then(|| decimal.write())
}

/// Returns a literal of Python. A fraction with more digits than a double has is sent as the nearest
/// double: Python's JSON knows no other.
pub(super) fn python(json: &str) -> String {
    let decimal = Decimal::read(json);
    if decimal.digits.is_empty() && decimal.is_negative {
        return "-0.0".to_owned();
    }
    if decimal.is_double() {
        return decimal.write();
    }
    decimal.integer().unwrap_or_else(|| {
        let largest =
            if decimal.is_negative { "-1.7976931348623157e308" } else { "1.7976931348623157e308" };
        if decimal.point > LARGEST { largest.to_owned() } else { decimal.write() }
    })
}

/// Returns whether a key is what JavaScript makes of the number that it looks like: prettier takes the
/// quotes from it.
pub(super) fn is_key(name: &str) -> bool {
    let is_decimal = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && name.starts_with(|c: char| c.is_ascii_digit())
        && name.ends_with(|c: char| c.is_ascii_digit())
        && name.matches('.').count() < 2;
    is_decimal && javascript(name).is_some_and(|number| number == name)
}

/// A number as its digits and where they stand: 0.digits × 10^point.
#[derive(Debug, Eq, PartialEq)]
struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; none for 0.
    digits: String,
    point: i64,
}

impl Decimal {
    /// Reads a number of JSON.
    fn read(json: &str) -> Self {
        let (is_negative, rest) = match json.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, json),
        };
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // What is beyond an i64 is beyond every double as well.
        let beyond = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent = exponent.trim_start_matches('+').parse().unwrap_or(beyond);
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).unwrap_or(i64::MAX);
        let whole = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        let digits = digits.trim_end_matches('0').to_owned();
        let point = if digits.is_empty() { 0 } else { (whole - zeros).saturating_add(exponent) };
        Self { is_negative, digits, point }
    }

    /// Returns whether it comes out of a double as it went in, as far as its digits alone tell: a whole
    /// number up to 2^53, or no more digits than every double keeps.
    ///
    /// Not by parsing and printing: those of `core` would weigh more than all clients together.
    fn is_double(&self) -> bool {
        let len = self.digits.len();
        let is_kept = len <= KEPT && -LARGEST < self.point && self.point < LARGEST;
        is_kept
            || self
                .integer()
                .and_then(|it| it.trim_start_matches('-').parse().ok())
                .is_some_and(|it: u64| it <= 1 << 53)
    }

    /// Writes the number as JavaScript does.
    fn write(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let (digits, len) = (&self.digits, i64::try_from(self.digits.len()).unwrap_or(i64::MAX));
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let number = match self.point {
            _ if digits.is_empty() => "0".to_owned(),
            point if len <= point && point <= WHOLE => format!("{digits}{}", zeros(point - len)),
            point if 0 < point && point <= WHOLE => {
                let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
                format!("{whole}.{fraction}")
            }
            point if -6 < point && point <= 0 => format!("0.{}{digits}", zeros(-point)),
            point if len == 1 => format!("{digits}e{}", point - 1),
            point => format!("{}.{}e{}", &digits[..1], &digits[1..], point - 1),
        };
        format!("{sign}{number}")
    }

    /// Writes a whole number with all its digits, unless Python would not take as many.
    fn integer(&self) -> Option<String> {
        let len = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let is_whole = len <= self.point && self.point <= WHOLE_DIGITS;
        let zeros = usize::try_from(self.point - len).unwrap_or(0);
        let sign = if self.is_negative { "-" } else { "" };
        is_whole.then(|| format!("{sign}{}{}", self.digits, "0".repeat(zeros)))
    }
}

/// The digits that every double keeps.
const KEPT: usize = 15;

/// The largest [`Decimal::point`] of a double; doubles below its opposite lose digits.
const LARGEST: i64 = 308;

/// The digits of a whole number up to which JavaScript writes no exponent.
const WHOLE: i64 = 21;

/// The digits of a whole number that Python reads and writes.
const WHOLE_DIGITS: i64 = 4_300;
