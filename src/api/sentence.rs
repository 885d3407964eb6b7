//! Sentences that only a person can write: what to look at in an experiment.

use super::document::{ApiError, Node};

/// A sentence for each experiment that has one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sentences(Vec<(String, String)>);

impl Sentences {
    /// Parses a JSON object with a sentence for each experiment's id.
    ///
    /// # Errors
    ///
    /// Names the member at fault and what is expected there.
    pub fn parse(json: &str) -> Result<Self, ApiError> {
        let here = |mut error: ApiError| {
            if error.path.is_empty() {
                error.path.push_str("the sentences of experiments");
            }
            error
        };
        Node::document(json).and_then(|document| Self::read(&document)).map_err(here)
    }

    /// Reads the object at `node`.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ApiError> {
        let mut sentences = Vec::new();
        for (id, sentence) in node.members()? {
            sentences.push((id, sentence.text()?));
        }
        Ok(Self(sentences))
    }

    /// Returns the sentence for the experiment with this id.
    pub fn of(&self, id: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == id).map(|(_, sentence)| sentence)
    }

    /// Returns every id with its sentence, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, sentence)| (id.as_str(), sentence.as_str()))
    }
}
