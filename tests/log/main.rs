//! The log: what is kept, what is listed of it, the words of a row, files and replays.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod check;
mod detail;
#[allow(unreachable_pub, reason = "shared with other tests")]
#[path = "../support/environment.rs"]
mod environment;
mod file;
mod filter;
mod format;
mod har;
mod index;
mod listing;
mod markdown;
mod pace;
mod rate;
mod replay;
mod report;
mod ring;
mod sample;
mod step;
mod summary;
mod window;

use std::sync::{Arc, LazyLock};

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq};
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{MessageType, Now};

static API: LazyLock<Arc<Api>> = LazyLock::new(Api::veriops);

const ROOMY: Capacity = Capacity { entries: 1_000, bytes: 1 << 20 };

fn entry(seq: u64, body: Body) -> Entry {
    Entry { seq: Seq(seq), at: Now::default(), body }
}

fn message(direction: FrameDirection, text: &str, reading: Reading) -> Body {
    Body::Message { direction, text: text.to_owned(), size: text.len(), reading }
}

fn received(seq: u64, length: usize) -> Entry {
    let reading = Reading::Event { channel: "presence".into() };
    entry(seq, message(FrameDirection::Received, &"x".repeat(length), reading))
}

fn request(seq: u64) -> Entry {
    let reading = Reading::Request {
        kind: MessageType::Ping,
        request_id: "req_001".into(),
        outcome: Outcome::Pending,
    };
    entry(seq, message(FrameDirection::Sent, "{}", reading))
}

fn visible(ring: &Ring) -> Vec<u64> {
    ring.range(0..usize::MAX).map(|row| row.entry.seq.0).collect()
}
