//! The block of settings at the top of a client.

use super::{ClientFile, Language, Setup};

/// Returns the text of a file with its block filled; a file without a block as it stands.
pub fn fill(file: &ClientFile, _language: Language, _setup: &Setup<'_>) -> String {
    file.template.to_owned()
}
