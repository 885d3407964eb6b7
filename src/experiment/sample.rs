//! Channels and filters to try something with, taken from the description.

use crate::api::{Api, Channel, Direction};
use crate::protocol::json::quote;
use crate::protocol::{Filters, Topic};

/// Returns the topic of a channel that has events, with a filter if there is one to be had.
pub(super) fn sample(api: &Api, is_filtered: bool) -> Option<Topic> {
    let sends = api.channels.iter().filter(|it| it.direction != Direction::ClientToServer);
    // The first of equal ones, so that the page's first channel is the one.
    let rank = |it: &&Channel| (it.examples.is_empty(), is_filtered && it.filters.is_empty());
    sends.min_by_key(rank).map(|channel| topic(channel, is_filtered))
}

/// Returns the topic of a channel: with the filters that it asks for, or with all that it offers.
pub(super) fn topic(channel: &Channel, is_filtered: bool) -> Topic {
    let filters = channel.filters.iter().filter(|filter| is_filtered || filter.required);
    let filters: Filters = filters.map(|it| (it.name.clone(), quote(&it.example))).collect();
    Topic::new(&*channel.name, &filters)
}

/// Returns so many topics, all different; none if there are not as many.
pub(super) fn topics(api: &Api, count: usize) -> Option<Vec<Topic>> {
    let channel = api.channels.iter().find(|it| !it.filters.is_empty());
    if let Some(channel) = channel {
        let filters = topic(channel, true).filters().clone();
        let numbered = |number: usize| {
            let mut filters: Filters = filters.clone();
            if let Some((_, value)) = filters.first_mut().filter(|_| number > 0) {
                *value = quote(&["try_", &*number.to_string()].concat());
            }
            Topic::new(&*channel.name, &filters)
        };
        return Some((0..count).map(numbered).collect());
    }
    let channels = api.channels.iter();
    let topics: Vec<_> = channels.map(|it| topic(it, false)).take(count).collect();
    (topics.len() == count).then_some(topics)
}
