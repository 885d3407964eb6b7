//! Exports: the visible entries as NDJSON, to have the same log again, and as HAR, for the developer
//! tools of a browser.

use super::ring::Ring;
use crate::protocol::{Secret, UnixMillis};

/// Writes the visible entries as NDJSON: a line that says what this is, then one object an entry, with
/// everything that [`import`](super::import::import) needs to give the same entries again.
///
/// `exported` is when, `keys` are taken out of every text, `sink` takes the file in pieces.
pub fn ndjson(ring: &Ring, exported: UnixMillis, keys: &[Secret], sink: &mut dyn FnMut(&str)) {
    let _ = (ring, exported, keys, sink);
    todo!()
}

/// Writes the visible entries as an HTTP archive, HAR 1.2: one entry a connection, its frames in
/// `_webSocketMessages` as Chromium's developer tools write them.
///
/// `keys` are taken out of every text, `sink` takes the file in pieces.
pub fn har(ring: &Ring, keys: &[Secret], sink: &mut dyn FnMut(&str)) {
    let _ = (ring, keys, sink);
    todo!()
}
