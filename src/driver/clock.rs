//! The clocks of a browser.

use crate::protocol::{Instant, Now, UnixMillis};

/// Reads both clocks.
pub fn now() -> Now {
    let monotonic =
        web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    Now { at: Instant(whole(monotonic)), wall: UnixMillis(whole(js_sys::Date::now())) }
}

/// Returns the moment that an event of the browser carries. It is of the same clock as [`now`].
pub(super) fn moment(event: &web_sys::Event) -> Instant {
    Instant(whole(event.time_stamp()))
}

/// Returns the minutes to add to UTC for the reader's own time.
pub fn utc_offset_minutes() -> i32 {
    // JavaScript counts the other way round.
    #[expect(clippy::cast_possible_truncation, reason = "offsets are less than a day")]
    let minutes = -js_sys::Date::new_0().get_timezone_offset() as i32;
    minutes
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clocks are positive")]
fn whole(millis: f64) -> u64 {
    millis.max(0.0) as u64
}
