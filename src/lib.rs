//! The VeriOps WebSocket playground.
//!
//! | room | what it is |
//! |---|---|
//! | [`api`] | the API description: AsyncAPI 3 document to typed [`api::Api`] |
//! | [`protocol`] | envelopes, close codes, endpoints, request ids, timestamps, the key |
//! | [`entry`] | what happened, one by one: the facts of which the log is made |
//! | [`session`] | the client as a sans-IO state machine |
//! | [`target`] | what the reader chooses to connect to: kind of target, address, key |
//! | [`simulator`] | the server as a sans-IO state machine, with the link to it |
//! | [`log`] | the bounded ring of entries and what is listed of it: filter, search, window |
//! | [`archive`] | logs as files: export, import, replay; reports on them |
//! | [`compose`] | drafts of messages: form ⇄ JSON, checks, templates, history |
//! | [`experiment`] | every row of the page's tables, made to happen and checked; the guided path |
//! | [`code`] | clients to take along: real files, filled with the reader's endpoint and subscriptions |
//! | [`words`] | sentences made of facts: rows, notices, durations |
//! | [`setup`] | what a playground begins with, as its page or a link says |
//! | `driver` | wasm: run loop, sockets, clocks, frames |
//! | `ui` | wasm: Leptos components; they write nothing but commands |
//! | `embed` | wasm: the custom element, theme, storage |
//!
//! The first twelve are pure: they see no clock, no randomness, no IO and no browser. Time is an
//! argument, randomness a seed. The program adds `host`, its face on a machine: command line, tool
//! set-up, static server, local sandbox API, reference page, tests.
//!
//! Which rooms each of them uses; no other way is open:
//!
//! | room | uses |
//! |---|---|
//! | `protocol` | |
//! | `api` | `protocol` |
//! | `entry` | `protocol` |
//! | `session` | `api` `entry` `protocol` |
//! | `target` | `api` `protocol` `session` |
//! | `simulator` | `api` `protocol` |
//! | `words` | `api` `entry` `protocol` `session` `target` |
//! | `log` | `api` `entry` `protocol` `words` |
//! | `archive` | `api` `entry` `log` `protocol` `words` |
//! | `compose` | `api` `entry` `protocol` `words` |
//! | `experiment` | `api` `entry` `protocol` `session` `words` |
//! | `code` | `api` `protocol` |
//! | `setup` | `api` `compose` `protocol` `target` |
//! | `driver` | `api` `archive` `entry` `experiment` `log` `protocol` `session` `simulator` |
//! | `ui` | `api` `archive` `code` `compose` `driver` `entry` `experiment` `log` `protocol` `session` `setup` `target` `words` |
//! | `embed` | `api` `driver` `protocol` `session` `ui` |
//! | `host` | `api` `code` `experiment` `protocol` `simulator` |

pub mod api;
pub mod archive;
pub mod code;
pub mod compose;
pub mod entry;
pub mod experiment;
pub mod log;
pub mod protocol;
pub mod session;
pub mod setup;
pub mod simulator;
pub mod target;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub mod driver;
#[cfg(target_arch = "wasm32")]
pub mod embed;
#[cfg(target_arch = "wasm32")]
mod ui;
