//! What happens in the simulated world: events, drawn from the description's examples.

use std::sync::Arc;

use super::random::Random;
use crate::api::Api;
use crate::protocol::json::quote;
use crate::protocol::{Envelope, Filters, MessageType, Millis, Now, Topic, json};

/// The source of events and of everything random about them.
#[derive(Debug)]
pub(super) struct World {
    api: Arc<Api>,
    events: u64,
    random: Random,
}

impl World {
    pub(super) fn new(api: Arc<Api>, seed: u64) -> Self {
        Self { api, events: 0, random: Random::new(seed) }
    }

    /// Returns the data of something that happened and that one of `topics`, all of them of
    /// `channel`, asks for. None if the description has no example of such an event.
    pub(super) fn happening(&mut self, channel: &str, topics: &[&Topic]) -> Option<String> {
        let examples = &self.api.channel(channel)?.examples;
        let example = self.random.pick(examples)?;
        let topic = self.random.pick(topics)?;
        Some(with_fields(example, topic.filters()))
    }

    /// Returns the message that tells of an event of `channel`.
    pub(super) fn event(&mut self, channel: &str, data: &str, now: Now) -> String {
        self.events += 1;
        let time = now.wall.to_string();
        let payload = format!(
            concat!(
                r#"{{"event_id":"evt_{:012x}","event_type":{},"occurred_at":"{}","#,
                r#""producer":"simulator","trace_id":"tr_{:012x}","schema_version":"1.0","#,
                r#""data":{}}}"#
            ),
            self.random.bits() >> 16,
            quote(channel),
            time,
            self.random.bits() >> 16,
            data,
        );
        Envelope::new(MessageType::Event, format!("req_ev_{}", self.events))
            .sent_at(time)
            .payload(payload)
            .encode()
    }

    /// Returns the time until a subscriber's first event: soon, so that a reader sees one.
    pub(super) fn first_pause(&mut self, interval: Millis) -> Millis {
        self.jittered(Millis(interval.0 / 5))
    }

    /// Returns the time until the next event.
    pub(super) fn pause(&mut self, interval: Millis) -> Millis {
        self.jittered(interval)
    }

    /// Returns a span between three and five quarters of `mean`.
    fn jittered(&mut self, mean: Millis) -> Millis {
        Millis(mean.0 - mean.0 / 4 + self.random.below(mean.0 / 2 + 1))
    }
}

/// Returns the JSON object `data` with the fields of `wanted` set; the others stay as they are.
fn with_fields(data: &str, wanted: &Filters) -> String {
    wanted.iter().fold(data.to_owned(), |data, (name, value)| {
        // Examples are objects, so every field can be set.
        json::set(&data, &[name], value).unwrap_or(data)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_filtered_field_is_set_and_the_others_stay_as_written() {
        let wanted = Filters::from([("project_id".into(), r#""prj_\"x""#.into())]);
        assert_eq!(
            with_fields(r#"{"z":[1e2,"é"],"project_id":"prj_1","a":{"b":null}}"#, &wanted),
            r#"{"z":[1e2,"é"],"project_id":"prj_\"x","a":{"b":null}}"#
        );
        assert_eq!(with_fields(r#"{"a":1}"#, &wanted), r#"{"a":1,"project_id":"prj_\"x"}"#);
        assert_eq!(with_fields("{}", &wanted), r#"{"project_id":"prj_\"x"}"#);
        assert_eq!(with_fields("{}", &Filters::new()), "{}");
    }

    #[test]
    fn pauses_stay_within_a_quarter_of_the_mean() {
        let mut world = World::new(Api::veriops(), 1);
        for _ in 0..1_000 {
            assert!((3_000..=5_000).contains(&world.pause(Millis(4_000)).0));
        }
        assert_eq!(world.pause(Millis(0)), Millis(0));
    }

    #[test]
    fn pauses_take_every_length_that_they_may() {
        let mut world = World::new(Api::veriops(), 1);
        let pauses: BTreeSet<_> = (0..100).map(|_| world.pause(Millis(4)).0).collect();
        assert_eq!(Vec::from_iter(pauses), [3, 4, 5]);
    }
}
