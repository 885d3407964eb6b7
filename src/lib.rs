//! The VeriOps WebSocket playground.
//!
//! | room | what it is |
//! |---|---|
//! | [`api`] | the API description: AsyncAPI 3 document to typed [`api::Api`] |
//! | [`protocol`] | envelopes, close codes, endpoints, request ids, timestamps, the key |
//! | [`session`] | the client as a sans-IO state machine |
//! | [`simulator`] | the server as a sans-IO state machine |
//! | [`log`] | what happened: entries, the bounded ring, what is listed of it, files and replays |
//! | [`compose`] | drafts of messages: form ⇄ JSON, checks |
//! | `driver` | wasm: run loop, sockets, the simulated link, clocks, frames |
//! | `ui` | wasm: Leptos components; they write nothing but commands |
//! | `embed` | wasm: the custom element, theme, storage |
//!
//! The first six are pure: they see no clock, no randomness, no IO and no browser. Time is an
//! argument, randomness a seed. The program adds `host`, its face on a machine: command line, tool
//! set-up, static server, local sandbox API, tests.

pub mod api;
pub mod compose;
pub mod log;
pub mod protocol;
pub mod session;
pub mod simulator;

#[cfg(target_arch = "wasm32")]
pub mod driver;
#[cfg(target_arch = "wasm32")]
pub mod embed;
#[cfg(target_arch = "wasm32")]
mod ui;
