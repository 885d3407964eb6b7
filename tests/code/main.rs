//! The clients to take along: their settings, their colours, the command that writes them.

#![allow(clippy::unwrap_used)]

mod command;
mod fill;
mod highlight;
