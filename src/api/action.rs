//! Who sends what, as the document's operations tell it.

use super::Direction;
use super::document::{ApiError, Node};

/// Who sends what: the document's operations, told from the server's side.
pub(super) struct Actions {
    sent: Vec<String>,
    received: Vec<String>,
}

impl Actions {
    /// Collects the channels and messages that operations refer to.
    pub(super) fn of(document: &Node<'_>) -> Result<Self, ApiError> {
        let mut actions = Self { sent: Vec::new(), received: Vec::new() };
        let Some(operations) = document.optional("operations")? else { return Ok(actions) };
        for (_, operation) in operations.members()? {
            let operation = operation.follow()?;
            let action = operation.field("action")?;
            let references = match action.text()?.as_str() {
                "receive" => &mut actions.received,
                "send" => &mut actions.sent,
                _ => return Err(action.expected(r#""send" or "receive""#)),
            };
            references.push(operation.field("channel")?.field("$ref")?.text()?);
            if let Some(messages) = operation.optional("messages")? {
                for message in messages.items()? {
                    references.push(message.member_text("$ref")?);
                }
            }
        }
        Ok(actions)
    }

    /// Returns the direction of the channel or message `node` that operations call `reference`.
    pub(super) fn direction(
        &self,
        reference: &str,
        node: &Node<'_>,
    ) -> Result<Direction, ApiError> {
        self.known(reference)
            .ok_or_else(|| node.expected(&format!("an operation that refers to {reference}")))
    }

    /// Returns the direction of what operations call `reference`, if any of them does.
    pub(super) fn known(&self, reference: &str) -> Option<Direction> {
        let is_in = |references: &[String]| references.iter().any(|found| found == reference);
        match (is_in(&self.sent), is_in(&self.received)) {
            (true, true) => Some(Direction::Bidirectional),
            (true, false) => Some(Direction::ServerToClient),
            (false, true) => Some(Direction::ClientToServer),
            (false, false) => None,
        }
    }
}
