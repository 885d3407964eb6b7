//! Numbers as people read them, and text made safe to look at.

use std::fmt::Write;

use crate::protocol::{Millis, UnixMillis};

/// Formats a size: `171 B`, `9.1 KB`, `64 KB`, `1.5 MB`; 1 KB is 1,024 bytes.
pub fn bytes(size: u64) -> String {
    let (unit, name) = match size {
        0..KILOBYTE => return format!("{size} B"),
        KILOBYTE..MEGABYTE => (KILOBYTE, "KB"),
        _ => (MEGABYTE, "MB"),
    };
    format!("{} {name}", tenths(size / unit, size % unit * 10 / unit))
}

/// Formats a span: `38 ms`, `1.2 s`, `4:48`, `1:02:03`.
pub fn duration(span: Millis) -> String {
    match span.0 {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{} s", tenths(ms / 1_000, ms % 1_000 / 100)),
        _ => countdown(span),
    }
}

/// Formats the whole seconds of a span, rounded up: `0:58`, `4:48`, `1:02:03`.
pub fn countdown(span: Millis) -> String {
    let seconds = span.seconds_ceil();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Formats how long something has lasted: `01:02`, `1:00:03`.
pub fn elapsed(span: Millis) -> String {
    let seconds = span.0 / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// Returns `1 subscription` or `2 subscriptions`.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Formats the time of day, `14:30:00.123`, in a zone this many minutes east of UTC.
pub fn clock(wall: UnixMillis, minutes_east: i32) -> String {
    let shift = i64::from(minutes_east) * 60_000;
    let ms = wall.0.saturating_add_signed(shift) % 86_400_000;
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, milli) = (ms / 1_000 % 60, ms % 1_000);
    format!("{hour:02}:{minute:02}:{second:02}.{milli:03}")
}

/// Formats the time of day to the second, `14:30:07`, in a zone this many minutes east of UTC.
pub fn second(wall: UnixMillis, minutes_east: i32) -> String {
    let mut time = clock(wall, minutes_east);
    time.truncate("14:30:07".len());
    time
}

/// Returns the first `limit` characters of a text, on one line and with nothing in it that hides or
/// reorders what stands around it: `␊` for a line feed, `U+202E` for a right-to-left override.
pub fn visible(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    for character in rest.by_ref().take(limit) {
        match u32::from(character) {
            // Unicode has a picture for each of these, in the same order.
            code @ 0..0x20 => out.extend(char::from_u32(0x2400 + code)),
            0x7f => out.push('␡'),
            code @ (0x80..0xa0
            | 0xad
            | 0x61c
            | 0x200b
            | 0x200e..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0xfeff
            | 0xe0000..=0xe007f) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "U+{code:04X}");
            }
            _ => out.push(character),
        }
    }
    if rest.next().is_some() {
        out.push('…');
    }
    out
}

/// Formats bytes as rows of sixteen: the position, the bytes, and the characters that ASCII has for
/// them. `start` is the position of the first.
pub fn hex(bytes: &[u8], start: usize) -> String {
    // Without the formatter of numbers: it takes several times as long.
    let digit = |value: usize| char::from(b"0123456789abcdef"[value & 15]);
    let mut out = String::with_capacity(bytes.len().div_ceil(HEX_COLUMNS) * HEX_ROW);
    for (row, bytes) in bytes.chunks(HEX_COLUMNS).enumerate() {
        let position = start + row * HEX_COLUMNS;
        out.extend((0..8).rev().map(|place| digit(position >> (4 * place))));
        out.push(' ');
        for column in 0..HEX_COLUMNS {
            out.push(' ');
            match bytes.get(column).copied().map(usize::from) {
                Some(byte) => out.extend([digit(byte >> 4), digit(byte)]),
                None => out.push_str("  "),
            }
        }
        out.push_str("  ");
        out.extend(bytes.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '·',
        }));
        out.push('\n');
    }
    out
}

fn tenths(whole: u64, tenth: u64) -> String {
    if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
}

/// The bytes in a row, and those of its text where all of them are ASCII.
const HEX_COLUMNS: usize = 16;
const HEX_ROW: usize = 76;
const KILOBYTE: u64 = 1_024;
const MEGABYTE: u64 = KILOBYTE * 1_024;
