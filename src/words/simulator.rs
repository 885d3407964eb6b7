//! What happens on a simulated connection, and how fast.

use super::format::{counted, duration, visible};
use crate::protocol::{Incident, Millis, TimeScale};

/// Says what is made to go wrong, or that it is undone: `the server refuses every key`.
pub fn incident(incident: &Incident) -> String {
    let on_off = |on: &bool, wrong: &str, right: &str| if *on { wrong } else { right }.to_owned();
    match incident {
        Incident::Burst { events: 0 } => "no events at once: no channel is subscribed".to_owned(),
        Incident::Burst { events } => {
            format!("the server sends {} at once", counted(u64::from(*events), "event"))
        }
        Incident::Close { code, reason } if reason.is_empty() => {
            format!("the server closes with {code}")
        }
        Incident::Close { code, reason } => {
            format!("the server closes with {code} “{}”", visible(reason, REASON_CHARACTERS))
        }
        Incident::DelayAcks(Millis(0)) => "acks come at once".to_owned(),
        Incident::DelayAcks(delay) => format!("acks take {}", duration(*delay)),
        Incident::Drop => "the connection drops without a close frame".to_owned(),
        Incident::ForbidAddress(on) => {
            on_off(on, "the browser refuses the address", "the browser allows the address")
        }
        Incident::LoseAck(on) => on_off(on, "the next ack gets lost", "no ack gets lost"),
        Incident::Malformed => "the server sends a frame that is no envelope".to_owned(),
        Incident::Mute(on) => {
            on_off(on, "nothing passes in either direction", "messages pass again")
        }
        Incident::Oversize => "the server sends a message over the limit".to_owned(),
        Incident::Quiet(on) => on_off(
            on,
            "the server sends no pings and no events",
            "the server sends pings and events again",
        ),
        Incident::RefuseKeys(on) => {
            on_off(on, "the server refuses every key", "the server accepts keys again")
        }
        Incident::Unreachable(on) => {
            on_off(on, "there is nobody to connect to", "the server is there again")
        }
    }
}

/// Says how fast time passes from here on.
pub fn speed(scale: TimeScale) -> String {
    match scale {
        TimeScale::Paused => "time stands still from here on".to_owned(),
        TimeScale::Real => "time passes as on the clock from here on".to_owned(),
        TimeScale::Tenfold | TimeScale::Sixtyfold => {
            format!("time passes {} times faster from here on", scale.factor())
        }
    }
}

/// Says in two words that time does not pass as on the clock on the wall; empty if it does.
pub fn badge(scale: TimeScale) -> String {
    match scale {
        TimeScale::Real => String::new(),
        TimeScale::Paused => "time stands still".to_owned(),
        TimeScale::Tenfold | TimeScale::Sixtyfold => format!("{}× faster", scale.factor()),
    }
}

/// A close reason has 123 bytes at most.
const REASON_CHARACTERS: usize = 123;
