//! Fuzz targets: what must hold for any bytes whatever. Each `check` panics where it does not.
//!
//! The programs in `bin` feed them what libFuzzer makes up, `tests/corpus.rs` the committed seeds.

pub mod api;
pub mod endpoint;
pub mod envelope;
pub mod experiment;
pub mod frame;
pub mod import;
pub mod json;
pub mod reading;
pub mod session;

#[allow(dead_code, reason = "the bench has more verbs than the targets use")]
#[path = "../support/client.rs"]
mod client;

#[allow(dead_code, reason = "the desk has more verbs than the target uses")]
#[path = "../support/desk.rs"]
mod desk;
