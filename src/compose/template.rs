//! Templates: messages that are ready to send.

use crate::api::Api;
use crate::protocol::UnixMillis;

/// A message that is ready to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    /// What it does: `subscribe project.updated`.
    pub title: String,
    /// Its text, laid out for the editor.
    pub text: String,
}

/// Returns a template for every type that a client may send and every channel it may name, in the
/// description's order and with its examples.
pub fn templates(api: &Api, request_id: &str, now: UnixMillis) -> Vec<Template> {
    let _ = (api, request_id, now);
    todo!()
}
