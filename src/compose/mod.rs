//! Messages in the making: a draft's text, the form as a lens on it, what to say before it goes out,
//! and messages to start from.

pub mod check;
pub mod draft;
pub mod history;
pub mod received;
pub mod tab;
pub mod template;

pub use check::{Check, Level, Subscribed, checks, grouped, wire_size};
pub use draft::{Draft, Form};
pub use history::{History, SentMessage};
pub use tab::Tab;
pub use template::{Template, beginnings, templates};
