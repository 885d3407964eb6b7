//! Which experiments a description has, and what links call them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use veriops_playground::api::{Api, Looks, Sentences, VERIOPS, VERIOPS_EXPERIMENTS};
use veriops_playground::experiment::{Experiment, Group, experiments};

use crate::other;

#[test]
fn the_ids_of_the_page_stay() {
    let api = Api::veriops();
    let all = experiments(&api);
    let ids: Vec<_> = all.iter().map(|experiment| &*experiment.id).collect();
    assert_eq!(ids, IDS);
}

#[test]
fn every_row_has_an_experiment_and_every_experiment_a_row() {
    for api in [Api::veriops(), other::api()] {
        let all = experiments(&api);
        let count = |group| all.iter().filter(|experiment| experiment.group == group).count();
        assert_eq!(count(Group::Settings), api.settings.len());
        assert_eq!(count(Group::Messages), api.messages.len());
        assert_eq!(count(Group::Channels), api.channels.len());
        assert_eq!(count(Group::Closes), api.closes.len());
        assert_eq!(count(Group::Issues), api.issues.len());
        let groups: Vec<_> = all.iter().map(|experiment| experiment.group).collect();
        assert!(groups.is_sorted_by_key(|group| Group::ALL.iter().position(|it| it == group)));
    }
}

#[test]
fn rows_of_equal_names_have_ids_of_their_own() {
    let api = other::api();
    let ids: Vec<_> = experiments(&api).into_iter().map(|experiment| experiment.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for id in [
        "setting-heartbeat-interval",
        "setting-heartbeat-interval-2",
        "setting-r-gion-c-te",
        "setting-row",
        "channel-ship-moved",
        "issue-dropped-after-a-while",
        "issue-dropped-after-a-while-2",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id} in {ids:?}");
        assert_eq!(Experiment::named(&api, id).unwrap().id, id);
    }
    assert_eq!(Experiment::named(&api, "close-4008"), None);
}

#[test]
fn a_name_that_looks_like_a_number_of_another_row_takes_nobodys_id() {
    let mut document: Value = serde_json::from_str(VERIOPS).unwrap();
    let row = |name: &str| json!({"name": name, "value": ""});
    document["x-settings"] = json!([row("A 2"), row("A"), row("a"), row("a!"), row("a-2")]);
    let api = Api::parse(&document.to_string()).unwrap();
    let ids: Vec<_> = experiments(&api).into_iter().map(|experiment| experiment.id).collect();
    let ids: Vec<_> = ids.iter().map(|id| &**id).take(5).collect();
    assert_eq!(ids, ["setting-a-2", "setting-a", "setting-a-3", "setting-a-4", "setting-a-2-2"]);
}

#[test]
fn every_experiment_of_the_page_has_one_sentence() {
    let sentences = Sentences::parse(VERIOPS_EXPERIMENTS).unwrap();
    let ids: Vec<_> = sentences.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, IDS);
    for (id, sentence) in sentences.iter() {
        assert!(sentence.ends_with('.') && sentence.len() > 40, "{id}");
        assert!(!sentence[..sentence.len() - 1].contains(". ") || id == "close-4008", "{id}");
        assert_eq!(sentences.of(id), Some(sentence));
    }
    assert_eq!(sentences.of("close-4007"), None);
    assert_eq!(Api::veriops().experiments, Looks::At("veriops.experiments.json".into()));
}

#[test]
fn sentences_may_stand_in_the_description() {
    let api = other::api();
    let Looks::Here(sentences) = &api.experiments else { panic!("they stand there") };
    assert_eq!(sentences.of("channel-tide"), Some("Look at the water."));
    let mut document: Value = serde_json::from_str(VERIOPS).unwrap();
    document.as_object_mut().unwrap().remove("x-experiments");
    let without = Api::parse(&document.to_string()).unwrap();
    assert_eq!(without.experiments, Looks::Here(Sentences::default()));
}

#[test]
fn broken_sentences_have_a_readable_error() {
    for (text, error) in [
        ("", "the sentences of experiments: not JSON"),
        ("[]", "the sentences of experiments: expected an object"),
        (r#"{"close-4008": 1}"#, "close-4008: expected a string"),
        (r#"{"close-4008": "Look."#, "the sentences of experiments: not JSON"),
    ] {
        let found = Sentences::parse(text).unwrap_err().to_string();
        assert!(found.starts_with(error), "{found}");
    }
}

/// What links call the rows of the reference page.
const IDS: [&str; 32] = [
    "setting-endpoint",
    "setting-authentication",
    "setting-protocol",
    "setting-heartbeat-interval",
    "setting-reconnect-strategy",
    "setting-max-message-size",
    "setting-idle-timeout",
    "setting-max-subscriptions",
    "setting-compression",
    "message-subscribe",
    "message-unsubscribe",
    "message-publish",
    "message-ping",
    "message-pong",
    "message-ack",
    "message-event",
    "channel-project-updated",
    "channel-project-created",
    "channel-task-completed",
    "channel-presence",
    "close-1000",
    "close-1001",
    "close-1006",
    "close-1008",
    "close-4001",
    "close-4002",
    "close-4008",
    "close-4009",
    "issue-missed-ping",
    "issue-idle",
    "issue-mixed-content",
    "issue-missed-events",
];
