//! What a subscription is about: a channel and its filters.

use std::borrow::Cow;

use super::json::{self, quote};
use super::member;

/// The filters of a subscription: field names, each with a value as JSON text.
pub type Filters = Vec<(String, String)>;

/// A channel together with its filters: the identity of a subscription.
///
/// The limit of the page's row "Max subscriptions per connection" counts these.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Topic {
    /// The channel's name, such as `project.updated`.
    pub channel: String,
    /// The filters, sorted and written in one way, so that subscriptions with the same filters are the
    /// same subscription.
    filters: Filters,
    /// The same as a JSON object's text, empty where there are none.
    filters_json: String,
}

impl Topic {
    /// Returns the topic of `channel` with `filters`.
    pub fn new(channel: impl Into<String>, filters: &Filters) -> Self {
        let mut sorted = Filters::new();
        for (name, value) in filters {
            let filter = (name.clone(), canonical(value));
            let at = sorted.partition_point(|(other, _)| other < name);
            match sorted.get_mut(at) {
                // Of equal names the last one counts, as in JSON.parse.
                Some(same) if same.0 == *name => *same = filter,
                _ => sorted.insert(at, filter),
            }
        }
        let write = |(name, value): &(String, String)| format!("{}:{value}", quote(name));
        let members: Vec<_> = sorted.iter().map(write).collect();
        let filters_json = match members.as_slice() {
            [] => String::new(),
            members => format!("{{{}}}", members.join(",")),
        };
        Self { channel: channel.into(), filters: sorted, filters_json }
    }

    /// Returns the topic of `channel` with the filters in a JSON object's text.
    pub fn with_filters_json(channel: impl Into<String>, object: &str) -> Self {
        Self::new(channel, &read(object))
    }

    /// Returns the topic of `channel` without filters.
    pub fn channel(channel: impl Into<String>) -> Self {
        Self { channel: channel.into(), ..Self::default() }
    }

    /// Returns whether the topic has filters.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// Returns the filters as a JSON object's text, if there are any.
    pub fn filters_json(&self) -> Option<&str> {
        self.is_filtered().then_some(self.filters_json.as_str())
    }

    /// Returns the filters by field name.
    pub fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Returns whether an event of `channel` belongs to this topic: the channel is the same and every
    /// filter equals the field of its name in `data`, a JSON object's text.
    pub fn matches(&self, channel: &str, data: Option<&str>) -> bool {
        self.channel == channel && (!self.is_filtered() || self.admits(&EventFields::of(data)))
    }

    /// Returns whether every filter equals the field of its name.
    pub fn admits(&self, fields: &EventFields<'_>) -> bool {
        let equals = |(name, wanted): &(String, String)| {
            fields.named(name).is_some_and(|json| means(json, wanted))
        };
        self.filters.iter().all(equals)
    }
}

/// The fields of an event's data, read once for all topics that look at them.
#[derive(Clone, Debug)]
pub struct EventFields<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> EventFields<'a> {
    /// Reads `data`, a JSON object's text. Anything else has no fields.
    pub fn of(data: Option<&'a str>) -> Self {
        let data = data.unwrap_or_default();
        let mut fields = Vec::new();
        if !member::members(data, &mut |name, json| fields.push((name, json))) {
            let named = |it: json::Member<'a>| Some((json::decode(it.key)?, it.json()));
            fields = json::members(data).filter_map(named).collect();
        }
        Self(fields)
    }

    /// Returns the field of this name as JSON text; of equal names the last one counts, as in JSON.parse.
    fn named(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(other, _)| other == name).map(|(_, json)| *json)
    }
}

/// Returns whether a value means the same as one that is written in the canonical way.
fn means(value: &str, wanted: &str) -> bool {
    // Numbers, literals, and strings without an escape have one way of writing.
    let has_ways = value.starts_with(['{', '[']) || value.contains('\\');
    value == wanted || has_ways && canonical(value) == wanted
}

fn read(object: &str) -> Filters {
    json::members(object)
        .filter_map(|member| {
            Some((json::decode(member.key)?.into_owned(), member.json().to_owned()))
        })
        .collect()
}

/// Returns one way to write a value: strings that mean the same are the same text.
fn canonical(value: &str) -> String {
    match json::decode(value) {
        Some(text) => quote(&text),
        None => json::compact(value).unwrap_or_else(|_| value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_matches_when_every_filter_equals_its_field() {
        let filters = Filters::from([("project_id".into(), quote("prj_abc123"))]);
        let topic = Topic::new("project.updated", &filters);
        let data = r#"{"project_id": "prj_\u0061bc123", "status": "active"}"#;
        assert!(topic.matches("project.updated", Some(data)));
        assert!(!topic.matches("project.updated", Some(r#"{"project_id":"prj_def456"}"#)));
        assert!(!topic.matches("project.updated", None));
        assert!(!topic.matches("task.completed", Some(data)));
        assert!(Topic::channel("project.updated").matches("project.updated", None));
    }

    #[test]
    fn values_match_however_they_are_written_and_of_equal_names_the_last_one_counts() {
        let topic = Topic::with_filters_json("c", r#"{"a": [1, "x"], "b": 1.0}"#);
        for (data, is_match) in [
            (r#"{"a":[1,"x"],"b":1.0}"#, true),
            (r#"{ "\u0061" : [ 1 , "x" ] , "b" : 1.0 }"#, true),
            (r#"{"a":[1,"x"],"b":2,"b":1.0}"#, true),
            (r#"{"\ud800":0,"a":[1,"x"],"b":1.0}"#, true),
            (r#"{"a":[1,"x"],"b":1.0,"b":2}"#, false),
            (r#"{"a":[1,"x"],"b":1}"#, false),
            (r#"{"a":[1,"x"]}"#, false),
            ("[1]", false),
        ] {
            assert_eq!(topic.matches("c", Some(data)), is_match, "{data}");
        }
    }
}
