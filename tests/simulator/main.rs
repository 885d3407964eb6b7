//! The server side of a connection, under virtual time.

#![allow(clippy::unwrap_used)]

mod client;
mod clock;
mod events;
mod incident;
mod link;
mod opening;
mod random;
mod refusals;
mod requests;
mod timers;
