//! Messages in the making: a draft's text, the form as a lens on it, and what to say before it goes
//! out.

pub mod check;
pub mod draft;

pub use check::{Check, Level, checks, grouped, wire_size};
pub use draft::{Draft, Form};
