//! Experiments and the guided path, under virtual time: every row of the page's tables happens.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../support/desk.rs"]
mod desk;

mod log;
mod other;
mod walk;
