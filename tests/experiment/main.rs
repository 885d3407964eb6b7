//! Experiments and the guided path, under virtual time: every row of the page's tables happens.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../support/desk.rs"]
mod desk;

mod broken;
mod claim;
mod derive;
mod guide;
mod log;
mod order;
mod other;
mod path;
mod step;
mod walk;
mod word;
