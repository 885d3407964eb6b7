//! The clients to take along.

#![allow(clippy::unwrap_used)]

mod fill;
mod highlight;
