//! Journeys through the playground in a real Chromium, over real sockets.
//!
//! Each test has its own browser and its own servers. Waiting is for something that is bound to
//! happen; how long it takes is never asserted.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

mod address;
mod close;
mod documentation;
mod echo;
mod embedding;
mod fault;
mod independent;
mod journey;
mod reconnect;
mod secret;
mod shape;

#[path = "../support"]
mod support {
    pub mod aftermath;
    pub mod browser;
    pub mod canary;
    pub mod chaos;
    pub mod environment;
    pub mod http;
    pub mod page;
    pub mod proxy;
    pub mod server;
    pub mod site;
}
