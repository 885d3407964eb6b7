//! What a report for a ticket or a chat says around the facts.

use super::format::{bytes, counted, duration};
use crate::entry::{Body, Entry, Outcome, Reading, Timing};
use crate::protocol::UnixMillis;
use crate::session::Target;

/// The clipboard did not take the report: what was done instead.
pub const SAVED_INSTEAD: &str = "Not copied: the browser keeps its clipboard closed. The report was \
     saved as veriops-report.md; open it to copy from it.";

/// No connection ended.
pub const NOT_ENDED: &str = "No connection ended in this log.";

/// Another connection followed.
pub const OPENED_AGAIN: &str = "A connection was opened again after that.";

/// Says where the report comes from and what is not in it.
pub fn origin(version: &str, written: UnixMillis) -> String {
    format!(
        "Written by the WebSocket playground {version} at {written}. The API key is taken out. \
         “You” is whoever used the playground."
    )
}

/// Names what a session is connected to.
pub const fn target(target: Option<&Target>) -> &'static str {
    match target {
        Some(Target::Echo { .. }) => "Echo sandbox",
        Some(Target::Live { .. }) => "Live API",
        Some(Target::Simulator) => "Simulator in the page",
        None => "nothing connected yet",
    }
}

/// Says how many rows a log has and from when to when, and how many older ones it has no more.
pub fn log(rows: usize, span: Option<(UnixMillis, UnixMillis)>, gone: u64) -> String {
    let rows = counted(rows as u64, "row");
    let span = span.map_or(String::new(), |(first, last)| format!(", {first} to {last}"));
    match gone {
        0 => rows + &span,
        gone => format!("{rows}{span}, {gone} older not kept or cleared"),
    }
}

/// Says how large an entry's frame is; nothing for what is no frame.
pub fn size(entry: &Entry) -> String {
    let size = match &entry.body {
        Body::Binary { bytes } => bytes.len(),
        Body::Heartbeat { ping, .. } => ping.len(),
        Body::Message { size, .. } => *size,
        Body::Closed { .. } | Body::Note(_) | Body::Opened { .. } => return String::new(),
    };
    bytes(size as u64)
}

/// Says how many bytes a frame has, and how many of them are shown if not all.
pub fn frame_size(part: Option<usize>, all: usize) -> String {
    let size = bytes(all as u64);
    match part {
        Some(part) => format!("{size}, the first {} of it", bytes(part as u64)),
        None => size,
    }
}

/// Says by how much a report is shorter than its log.
pub fn shortened(shown: usize, all: usize, frame: usize) -> String {
    let rows = match all - shown {
        0 => String::new(),
        left => format!("{left} of {} left out. ", counted(all as u64, "row")),
    };
    format!("{rows}At most {} of a frame are shown. A saved log has all.", bytes(frame as u64))
}

/// Stands in the place of rows that are left out.
pub fn left_out(rows: usize, problems: usize) -> String {
    let rows = counted(rows as u64, "row");
    match problems {
        0 => format!("{rows} left out"),
        problems => format!("{rows} left out, {} among them", counted(problems as u64, "problem")),
    }
}

/// Says how many more subscriptions there are.
pub fn more_subscriptions(count: usize) -> String {
    format!("{count} more")
}

/// Says which end of a connection is told: the last one of this many.
pub fn last_end(row: u64, time: &str, ends: usize) -> String {
    match ends {
        0 | 1 => format!("Row {row}, {time} UTC."),
        ends => format!("Row {row}, {time} UTC, the last of {ends} ends in this log."),
    }
}

/// Says what came of an entry, or how it went; nothing where there is nothing to say.
pub fn outcome(entry: &Entry) -> String {
    let words = match &entry.body {
        Body::Closed { clean: true, .. } => "clean",
        Body::Closed { .. } => "unclean",
        Body::Heartbeat { pong: Some(_), .. } => "answered",
        Body::Heartbeat { .. } => "not answered",
        Body::Opened { after, .. } => return format!("in {}", duration(*after)),
        Body::Binary { .. } => "not understood",
        Body::Message { reading, .. } => match reading {
            Reading::Answer { round_trip, timing, .. } => {
                let late = match timing {
                    Timing::Duplicate => return "duplicate".to_owned(),
                    Timing::Unknown => return "no request has this id".to_owned(),
                    Timing::Late => "late, ",
                    Timing::InTime => "",
                };
                return round_trip
                    .map_or(String::new(), |trip| format!("{late}after {}", duration(trip)));
            }
            Reading::Echo { round_trip: Some(trip), .. } => {
                return format!("after {}", duration(*trip));
            }
            Reading::Malformed(_) => "not understood",
            Reading::Request { outcome, .. } => match outcome {
                Outcome::Answered { round_trip, .. } => {
                    return format!("answered in {}", duration(*round_trip));
                }
                Outcome::Echoed { round_trip, .. } => {
                    return format!("echoed in {}", duration(*round_trip));
                }
                Outcome::Late { round_trip, .. } => {
                    return format!("answered late, in {}", duration(*round_trip));
                }
                Outcome::Lost => "lost with the connection",
                Outcome::Pending => "waiting",
                Outcome::Unanswered => "no answer",
                Outcome::Unasked => "",
            },
            Reading::Banner
            | Reading::Echo { .. }
            | Reading::Event { .. }
            | Reading::Opaque
            | Reading::Plain { .. } => "",
        },
        Body::Note(_) => "",
    };
    words.to_owned()
}

/// Says that a report is in the clipboard, how long it is, and of how many rows it has how many.
pub fn copied(size: usize, shown: usize, all: usize) -> String {
    let size = bytes(size as u64);
    if shown == all {
        return format!("Copied as Markdown: {}, {size}", counted(all as u64, "row"));
    }
    format!("Copied as Markdown: {shown} of {}, {size}", counted(all as u64, "row"))
}
