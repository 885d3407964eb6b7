//! What is said of a common issue where it happens.

use crate::api::Issue;

/// Says by which name the page lists an issue, what is behind it and what helps.
pub fn advice(issue: &Issue) -> String {
    let Issue { symptom, cause, resolution, .. } = issue;
    format!("Known issue “{symptom}”. Cause: {cause}. What helps: {resolution}.")
}
