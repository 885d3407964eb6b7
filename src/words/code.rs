//! What a client to take along has of the session, and what it has instead.

use crate::target::Choice;

/// Nothing is subscribed to that the client could ask for.
pub const EXAMPLE: &str = "Nothing is subscribed to yet, so the code asks for an example.";

/// Says why the client connects to the API's own endpoint, if there is one, and not to what is chosen.
pub const fn own_endpoint(choice: Choice, is_named: bool) -> &'static str {
    match (choice, is_named) {
        (_, false) => "The description names no live endpoint: put yours after ENDPOINT.",
        (Choice::Simulator, _) => {
            "The simulator has no address, so the code has that of the live API."
        }
        (Choice::Echo, _) => {
            "An echo server does not speak the API, so the code has the address of the live API."
        }
        (Choice::Live, _) => {
            "The address cannot be used yet, so the code has that of the live API."
        }
    }
}

/// What became of a file that was asked for.
pub const DOWNLOADED: &str = "Downloaded";
