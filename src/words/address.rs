//! What is said of an address and its key, beside their fields.

use crate::api::{Api, When};
use crate::target::{AddressError, Choice, Hint};

/// Says what is wrong with an address, before a browser sees it.
pub fn error(error: AddressError, api: &Api) -> String {
    match error {
        AddressError::Endpoint(error) => {
            let mut message = error.to_string();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            message + "."
        }
        AddressError::MixedContent => {
            let issue = api.issue(When::MixedContent);
            let help = issue.map_or("Use a wss:// address", |issue| &issue.resolution);
            format!(
                "This page came over https, so the browser blocks ws:// as mixed content. {help}."
            )
        }
    }
}

/// Says what is worth knowing of the address of this kind of target.
pub fn hint(hint: &Hint, choice: Choice) -> String {
    match (hint, choice) {
        (Hint::Answered { endpoint }, _) => format!("{endpoint} answered."),
        (Hint::KeyMoved, Choice::Live) => "The key moved to the key field.".to_owned(),
        (Hint::KeyMoved, _) => {
            "No key is sent here; it moved to the key field of the live API.".to_owned()
        }
        (Hint::KeyWillMove, _) => {
            "The key moves to the key field when you leave this one.".to_owned()
        }
        (Hint::NoKeySent, _) => {
            "Not an endpoint of the API description: it is sent no key.".to_owned()
        }
        (Hint::OthersFollow { count: 1 }, _) => {
            "No API key needed. If it does not answer in time, another one is tried.".to_owned()
        }
        (Hint::OthersFollow { count }, _) => {
            format!("No API key needed. If it does not answer in time, {count} others are tried.")
        }
    }
}

/// Names the key field, whose key goes into this parameter.
pub fn key_label(parameter: &str, keeps_key: bool) -> String {
    let place = if keeps_key { "for this tab" } else { "in memory only" };
    format!("API key — sent as the {parameter} parameter, kept {place}")
}

/// Stands where an address would, for the simulator of an API.
pub fn simulator(api: &Api) -> String {
    format!("Simulator of the {}", api.title)
}
