//! The client's own waits as the element's attribute `timings` overrides them, for a server that is known to
//! be faster or slower than most.

use crate::protocol::{Millis, json};
use crate::session::Config;

/// Returns the waits in a JSON object of milliseconds, such as `{"connect":1000,"silence":2000}`; what it
/// does not name stays as it is.
pub(super) fn config(object: &str) -> Config {
    let mut config = Config::default();
    for member in json::members(object) {
        let Ok(millis) = member.json().parse().map(Millis) else {
            continue;
        };
        match member.key {
            r#""answer""# => config.answer_patience = millis,
            r#""candidate""# => config.candidate_patience = millis,
            r#""close""# => config.close_patience = millis,
            r#""connect""# => config.connect_patience = millis,
            r#""probe""# => config.probe_patience = millis,
            r#""silence""# => config.silence = Some(millis),
            r#""stable""# => config.stable_after = millis,
            _ => {}
        }
    }
    config
}
