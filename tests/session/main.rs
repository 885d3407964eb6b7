//! The client as a state machine, under virtual time.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../support/client.rs"]
mod client;
#[path = "../support/link.rs"]
mod link;

mod backoff;
mod close;
mod connection;
mod echo;
mod frame;
mod heartbeat;
mod incident;
mod late;
mod liveness;
mod opaque;
mod random;
mod replay;
mod request;
mod secret;
mod speed;
mod subscription;
mod switch;
