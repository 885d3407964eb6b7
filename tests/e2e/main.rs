//! Journeys through the playground in a real browser, over real sockets.
//!
//! Each test has its own browser and its own servers. Waiting is for something that is bound to
//! happen; how long it takes is never asserted.
//!
//! TABLE.md says which journey covers which way for a connection to fail. The module [`chromium`] holds the
//! journeys that need the protocol of Chrome's developer tools; every other journey runs in Firefox as
//! well.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

mod accessibility;
mod address;
mod arrival;
mod caret;
mod chromium;
mod close;
mod code_panel;
mod composer;
mod content;
mod crash;
mod description;
mod echo;
mod embedding;
mod ending;
mod experiment;
mod fallback;
mod fault;
mod fit;
mod foreign;
mod guide;
mod handshake;
mod history;
mod host;
mod incident;
mod independent;
mod isolation;
mod journey;
mod keyboard;
mod layout;
mod leak;
mod liveness;
mod loading;
mod log;
mod notice;
mod opening;
mod preset;
mod reconnect;
mod reference;
mod release;
mod report;
mod secret;
mod shape;
mod table;
mod taken;
mod theme;
mod time;
mod tour;
mod try_link;

/// What the rows of the page's tables claim.
#[path = "../experiment"]
#[expect(dead_code, unreachable_pub, reason = "the native walk uses the rest")]
mod row {
    pub mod claim;
    pub mod log;
}

#[path = "../support"]
mod support {
    pub mod aftermath;
    pub mod broken;
    pub mod browser;
    pub mod canary;
    pub mod chaos;
    pub mod environment;
    pub mod home;
    pub mod http;
    pub mod key;
    pub mod page;
    pub mod proxy;
    pub mod release;
    pub mod server;
    pub mod site;
    pub mod taken;
    pub mod web;
}
