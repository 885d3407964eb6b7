//! What a subscription is about: a channel and its filters.

use std::collections::BTreeMap;

use serde_json::Value;

/// The filters of a subscription, by field name.
///
/// Sorted, so that two subscriptions with the same filters are the same subscription.
pub type Filters = BTreeMap<String, Value>;

/// A channel together with its filters: the identity of a subscription.
///
/// The limit of the page's row "Max subscriptions per connection" counts these.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Topic {
    /// The channel's name, such as `project.updated`.
    pub channel: String,
    /// The filters as canonical JSON text, empty where there are none.
    filters: String,
}

impl Topic {
    /// Returns the topic of `channel` with `filters`.
    pub fn new(channel: impl Into<String>, filters: &Filters) -> Self {
        let filters = if filters.is_empty() {
            String::new()
        } else {
            // A map with string keys always serialises.
            serde_json::to_string(filters).unwrap_or_default()
        };
        Self { channel: channel.into(), filters }
    }

    /// Returns the topic of `channel` without filters.
    pub fn channel(channel: impl Into<String>) -> Self {
        Self { channel: channel.into(), filters: String::new() }
    }

    /// Returns whether the topic has filters.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// Returns the filters as a JSON object's text, if there are any.
    pub fn filters_json(&self) -> Option<&str> {
        self.is_filtered().then_some(self.filters.as_str())
    }

    /// Returns the filters by field name.
    pub fn filters(&self) -> Filters {
        serde_json::from_str(&self.filters).unwrap_or_default()
    }

    /// Returns whether an event of `channel` with the fields `data` belongs to this topic: the
    /// channel is the same and every filter equals the field of its name.
    pub fn matches(&self, channel: &str, data: Option<&Value>) -> bool {
        self.channel == channel
            && (!self.is_filtered()
                || self
                    .filters()
                    .iter()
                    .all(|(name, wanted)| data.and_then(|data| data.get(name)) == Some(wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_matches_when_every_filter_equals_its_field() {
        let filters = Filters::from([("project_id".into(), "prj_abc123".into())]);
        let topic = Topic::new("project.updated", &filters);
        let data = serde_json::json!({"project_id": "prj_abc123", "status": "active"});
        let other = serde_json::json!({"project_id": "prj_def456"});
        assert!(topic.matches("project.updated", Some(&data)));
        assert!(!topic.matches("project.updated", Some(&other)));
        assert!(!topic.matches("project.updated", None));
        assert!(!topic.matches("task.completed", Some(&data)));
        assert!(Topic::channel("project.updated").matches("project.updated", None));
    }
}
