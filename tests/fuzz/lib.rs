//! Fuzz targets: what must hold for any bytes whatever. Each `check` panics where it does not.
//!
//! The programs in `bin` feed them what libFuzzer makes up, `tests/corpus.rs` the committed seeds.

pub mod api;
pub mod endpoint;
pub mod envelope;
pub mod frame;
pub mod import;
pub mod json;
pub mod session;

#[allow(dead_code, reason = "the bench has more verbs than the targets use")]
#[path = "../support/client.rs"]
mod client;
