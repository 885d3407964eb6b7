//! What is said of a common issue.

use crate::api::Issue;

/// Says what is behind an issue and what helps: the columns "Cause" and "Resolution" of the page's
/// table "Common issues".
pub fn advice(issue: &Issue) -> String {
    let Issue { cause, resolution, .. } = issue;
    format!("{cause}. {resolution}.")
}
