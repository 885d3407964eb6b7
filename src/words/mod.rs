//! Sentences made of facts: what a row, a notice or a gauge says.
//!
//! Nothing here decides anything. What a fact means for the session was decided where it happened and
//! travels with it.

pub mod address;
pub mod code;
pub mod detail;
pub mod experiment;
pub mod file;
pub mod format;
pub mod guide;
pub mod incident;
pub mod issue;
pub mod message;
pub mod notice;
pub mod report;
pub mod row;
pub mod simulator;
pub mod subscription;

pub use row::{Summary, Tone};
