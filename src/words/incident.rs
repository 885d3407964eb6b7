//! What can be made to go wrong on demand: the controls' names, what they do, what stands.

use super::format::{counted, duration};
use crate::protocol::Incident;

/// Nothing can go wrong yet.
pub const NOT_YET: &str = "Connect to the simulator first; then anything can go wrong.";

/// What happens once needs a connection.
pub const NOT_OPEN: &str =
    "No connection is open. What stands can be set already; the rest waits for one.";

/// Returns the name of an incident in attributes.
pub const fn name(incident: &Incident) -> &'static str {
    match incident {
        Incident::Burst { .. } => "burst",
        Incident::Close { .. } => "close",
        Incident::DelayAcks(_) => "delay-acks",
        Incident::Drop => "drop",
        Incident::ForbidAddress(_) => "forbid-address",
        Incident::LoseAck(_) => "lose-ack",
        Incident::Malformed => "malformed",
        Incident::Mute(_) => "mute",
        Incident::Oversize => "oversize",
        Incident::Quiet(_) => "quiet",
        Incident::RefuseKeys(_) => "refuse-keys",
        Incident::Unreachable(_) => "unreachable",
    }
}

/// Returns what the button for an incident says.
pub fn button(incident: &Incident) -> String {
    match incident {
        Incident::Burst { events } => return format!("Burst of {}", thousands(*events)),
        Incident::Close { .. } => "Close now",
        Incident::DelayAcks(_) => "Delay acks",
        Incident::Drop => "Drop",
        Incident::ForbidAddress(_) => "Forbid the address",
        Incident::LoseAck(_) => "Lose the next ack",
        Incident::Malformed => "Malformed",
        Incident::Mute(_) => "Go silent",
        Incident::Oversize => "Oversize",
        Incident::Quiet(_) => "Say nothing",
        Incident::RefuseKeys(_) => "Refuse keys",
        Incident::Unreachable(_) => "Be unreachable",
    }
    .to_owned()
}

/// Says what happens when its button is pressed.
pub fn hint(incident: &Incident, is_standing: bool) -> String {
    if is_standing {
        return format!("{}. Press again to end it.", standing(incident));
    }
    match incident {
        Incident::Burst { events } => {
            return format!(
                "The server sends {} at once, of what is subscribed",
                counted(u64::from(*events), "event")
            );
        }
        Incident::DelayAcks(delay) => return format!("Every ack takes {}", duration(*delay)),
        Incident::Close { .. } => "The server closes with this code and reason",
        Incident::Drop => "The connection breaks without a close frame: 1006",
        Incident::ForbidAddress(_) => {
            "The browser refuses the address, as it does for mixed content"
        }
        Incident::LoseAck(_) => "The next request gets no ack",
        Incident::Malformed => "The server sends a frame that is no envelope",
        Incident::Mute(_) => "Nothing passes in either direction, and nobody says so",
        Incident::Oversize => "The server sends one byte more than the largest message",
        Incident::Quiet(_) => "The server sends no pings and no events",
        Incident::RefuseKeys(_) => "The server refuses every key, from the next connection on",
        Incident::Unreachable(_) => "Every attempt to connect fails",
    }
    .to_owned()
}

/// Says what stands, in the words of its chip.
pub fn standing(incident: &Incident) -> String {
    match incident {
        Incident::DelayAcks(delay) => return format!("Acks take {}", duration(*delay)),
        Incident::ForbidAddress(_) => "The browser refuses the address",
        Incident::LoseAck(_) => "The next ack gets lost",
        Incident::Mute(_) => "Nothing passes",
        Incident::Quiet(_) => "No pings, no events",
        Incident::RefuseKeys(_) => "Every key is refused",
        Incident::Unreachable(_) => "Nobody answers",
        Incident::Burst { .. }
        | Incident::Close { .. }
        | Incident::Drop
        | Incident::Malformed
        | Incident::Oversize => "Over already",
    }
    .to_owned()
}

/// Says that a reason does not fit a close frame; empty if it does.
pub fn too_long(reason: &str) -> String {
    if reason.len() <= REASON_BYTES {
        return String::new();
    }
    format!("A close frame has room for {REASON_BYTES} bytes; these are {}.", reason.len())
}

fn thousands(count: u32) -> String {
    match count {
        0..1_000 => count.to_string(),
        _ => format!("{},{:03}", count / 1_000, count % 1_000),
    }
}

/// What RFC 6455 leaves to a reason: 125 bytes of a control frame without the code.
const REASON_BYTES: usize = 123;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CloseCode, Millis};

    #[test]
    fn a_reason_of_123_bytes_fits_a_close_frame_and_one_of_124_does_not() {
        let longest = format!("{}!", "é".repeat(61));
        assert_eq!(too_long(&longest), "");
        let words = "A close frame has room for 123 bytes; these are 124.";
        assert_eq!(too_long(&"é".repeat(62)), words);
    }

    #[test]
    fn a_button_says_what_pressing_it_does_now() {
        let delay = Incident::DelayAcks(Millis(2_000));
        assert_eq!(hint(&delay, false), "Every ack takes 2 s");
        assert_eq!(hint(&delay, true), "Acks take 2 s. Press again to end it.");
    }

    #[test]
    fn a_burst_says_how_large_it_is() {
        assert_eq!(button(&Incident::Burst { events: 999 }), "Burst of 999");
        assert_eq!(button(&Incident::Burst { events: 1_005 }), "Burst of 1,005");
    }

    #[test]
    fn a_page_finds_each_incident_by_its_name() {
        let close = Incident::Close { code: CloseCode(4008), reason: String::new() };
        let incidents = [
            (Incident::Burst { events: 1 }, "burst"),
            (close, "close"),
            (Incident::DelayAcks(Millis(1)), "delay-acks"),
            (Incident::Drop, "drop"),
            (Incident::ForbidAddress(true), "forbid-address"),
            (Incident::LoseAck(true), "lose-ack"),
            (Incident::Malformed, "malformed"),
            (Incident::Mute(true), "mute"),
            (Incident::Oversize, "oversize"),
            (Incident::Quiet(true), "quiet"),
            (Incident::RefuseKeys(true), "refuse-keys"),
            (Incident::Unreachable(true), "unreachable"),
        ];
        for (incident, known) in incidents {
            assert_eq!(name(&incident), known);
        }
    }
}
