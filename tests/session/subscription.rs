//! Subscriptions: their states, their limit, and their way back after a reconnect.

use veriops_playground::api::Api;
use veriops_playground::compose::checks;
use veriops_playground::entry::Ended;
use veriops_playground::entry::{Note, Refusal};
use veriops_playground::protocol::{Envelope, MessageType, Millis, Topic};
use veriops_playground::session::Command;

use crate::client::{Client, presence, project};
use crate::link::Pair;

#[test]
fn a_subscription_is_pending_until_its_ack() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    assert_eq!(client.states(), ["pending"]);
    client.receives_ack(&id);
    assert_eq!(client.states(), ["active"]);
}

#[test]
fn a_subscription_ends_with_the_ack_of_its_unsubscribe() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.sent();
    client.command(Command::Unsubscribe(presence()));
    assert_eq!(client.states(), ["ending"]);
    let sent = client.sent();
    let message = Envelope::decode(&sent[0]).unwrap();
    assert_eq!((message.kind, message.topic()), (MessageType::Unsubscribe, Ok(presence())));
    client.receives_ack(&message.request_id);
    assert_eq!(client.states(), [""; 0]);
}

#[test]
fn an_unsubscribe_that_overtakes_the_ack_still_ends_the_subscription() {
    let mut client = Client::live();
    let subscribe = client.subscribe(&presence());
    let unsubscribe = client.session.next_request_id();
    client.command(Command::Unsubscribe(presence()));
    client.receives_ack(&subscribe);
    assert_eq!(client.states(), ["ending"]);
    client.receives_ack(&unsubscribe);
    assert_eq!(client.states(), [""; 0]);
}

#[test]
fn subscribing_again_while_ending_keeps_the_subscription() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&presence());
    pair.client.command(Command::Unsubscribe(presence()));
    pair.client.subscribe(&presence());
    pair.drive();
    assert_eq!(pair.client.states(), ["active"]);
    assert!(pair.topics().contains_key(&presence()));
}

#[test]
fn an_unsubscribe_without_filters_ends_all_of_the_channel() {
    let mut pair = Pair::quiet();
    pair.connect();
    for topic in [project("prj_abc123"), Topic::channel("project.updated"), presence()] {
        pair.subscribe(&topic);
    }
    pair.client.command(Command::Unsubscribe(Topic::channel("project.updated")));
    assert_eq!(pair.client.states(), ["ending", "ending", "active"]);
    pair.drive();
    assert_eq!(pair.client.states(), ["active"]);
    assert_eq!(pair.topics().into_keys().collect::<Vec<_>>(), [presence()]);
}

#[test]
fn an_unsubscribe_with_filters_ends_only_that_topic() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&project("prj_abc123"));
    pair.subscribe(&Topic::channel("project.updated"));
    pair.client.command(Command::Unsubscribe(project("prj_abc123")));
    pair.drive();
    assert!(pair.client.subscription(&project("prj_abc123")).is_none());
    assert_eq!(pair.client.states(), ["active"]);
}

#[test]
fn an_unsubscribe_while_no_connection_is_open_forgets() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.subscribed(&project("prj_abc123"));
    client.sent();
    client.closes(1006);
    client.command(Command::Unsubscribe(presence()));
    assert_eq!((client.states(), client.sent()), (vec!["lost"], vec![]));
}

#[test]
fn topics_of_one_channel_count_their_events_separately() {
    let mut client = Client::live();
    let (one, two) = (project("prj_abc123"), project("prj_def456"));
    let all = Topic::channel("project.updated");
    for topic in [&one, &two, &all, &presence()] {
        client.subscribed(topic);
    }
    client.receives_event("project.updated", "prj_abc123");
    client.wait(Millis(7));
    client.receives_event("project.updated", "prj_abc123");
    client.receives_event("project.updated", "prj_def456");
    client.receives_event("project.updated", "prj_none");
    let events = |topic| client.subscription(topic).unwrap().events;
    assert_eq!([events(&one), events(&two), events(&all), events(&presence())], [2, 1, 4, 0]);
    assert_eq!(client.subscription(&one).unwrap().last_event, Some(client.now));
    assert_eq!(client.subscription(&presence()).unwrap().last_event, None);
}

#[test]
fn subscriptions_come_back_with_their_filters_under_new_ids() {
    let mut pair = Pair::quiet();
    pair.connect();
    let topics = [project("prj_abc123"), presence(), project("prj_def456")];
    for topic in &topics {
        pair.subscribe(topic);
    }
    pair.cut();
    assert_eq!(pair.client.states(), ["lost"; 3]);
    let ids = pair.client.session.next_request_id();
    pair.wait(Millis(1_060));
    assert_eq!(pair.client.states(), ["restoring"; 3]);
    assert_eq!(pair.client.notes().last(), Some(&&Note::Restoring { subscriptions: 3 }));
    pair.drive();
    assert_eq!(pair.client.states(), ["active"; 3]);
    assert_eq!(pair.client.notes().last(), Some(&&Note::Restored { subscriptions: 3 }));
    assert_eq!(pair.topics(), topics.into_iter().map(|topic| (topic, 1)).collect());
    assert_eq!(
        (ids.as_str(), pair.client.session.next_request_id().as_str()),
        ("req_004", "req_007")
    );
}

#[test]
fn a_restored_subscription_counts_on() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&project("prj_abc123"));
    let data = r#"{"project_id":"prj_abc123","status":"active"}"#;
    pair.publish("project.updated", data);
    pair.cut();
    pair.publish("project.updated", data);
    pair.wait(Millis::seconds(2));
    pair.publish("project.updated", data);
    pair.publish("project.updated", r#"{"project_id":"prj_def456"}"#);
    assert_eq!(pair.client.subscription(&project("prj_abc123")).unwrap().events, 2);
}

#[test]
fn a_subscription_that_was_pending_is_restored_too() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.client.subscribe(&presence());
    pair.cut();
    pair.wait(Millis::seconds(2));
    assert_eq!(pair.client.states(), ["active"]);
}

#[test]
fn a_subscription_that_was_ending_is_not_restored() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&presence());
    pair.client.command(Command::Unsubscribe(presence()));
    pair.cut();
    pair.wait(Millis::seconds(2));
    assert_eq!(pair.client.states(), [""; 0]);
    assert!(pair.topics().is_empty());
}

#[test]
fn a_restore_that_is_cut_short_starts_over() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&presence());
    pair.cut();
    pair.wait(Millis(1_060));
    assert_eq!(pair.client.states(), ["restoring"]);
    pair.cut();
    pair.wait(Millis::seconds(3));
    assert_eq!(pair.client.states(), ["active"]);
    let restored = |note: &&&Note| matches!(note, Note::Restored { .. });
    assert_eq!(pair.client.notes().iter().filter(restored).count(), 1);
}

#[test]
fn an_ack_from_before_the_reconnect_confirms_nothing() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    client.receives_ack(&id);
    assert_eq!(client.states(), ["restoring"]);
}

#[test]
fn without_subscriptions_there_is_nothing_to_restore() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.cut();
    pair.wait(Millis::seconds(2));
    let restoring = |note: &&Note| matches!(note, Note::Restoring { .. } | Note::Restored { .. });
    assert!(!pair.client.notes().into_iter().any(|note| restoring(&note)));
}

/// Returns a pair with this many subscriptions, all active.
fn subscribed(count: usize) -> Pair {
    let mut pair = Pair::quiet();
    pair.connect();
    for number in 0..count {
        pair.subscribe(&project(&format!("prj_{number}")));
    }
    assert_eq!(pair.client.states(), vec!["active"; count]);
    pair
}

/// Subscribes although the limit speaks against it.
fn force(pair: &mut Pair, topic: &Topic) {
    let id = pair.client.session.next_request_id();
    pair.client.force(&Envelope::new(MessageType::Subscribe, id).about(topic).encode());
    pair.drive();
}

#[test]
fn the_fiftieth_subscription_passes_and_the_next_is_refused() {
    let mut pair = subscribed(50);
    let limit = Api::veriops().limits.subscriptions;
    assert_eq!(pair.client.refusals, []);
    pair.subscribe(&presence());
    assert_eq!(pair.client.refusals, [Refusal::SubscriptionLimit { limit }]);
    assert_eq!((pair.client.session.subscription_count(), pair.topics().len()), (50, 50));
}

#[test]
fn a_topic_that_is_subscribed_already_passes_at_the_limit() {
    let mut pair = subscribed(50);
    pair.subscribe(&project("prj_0"));
    assert_eq!(pair.client.refusals, []);
    assert_eq!(pair.client.session.subscription_count(), 50);
}

#[test]
fn one_too_many_sent_all_the_same_is_answered_with_4002_and_a_stop() {
    let mut pair = subscribed(50);
    force(&mut pair, &presence());
    assert!(matches!(
        pair.client.rest(),
        Some(Ended::Closed { code, .. }) if code.0 == 4002
    ));
    assert_eq!(pair.client.subscription(&presence()).unwrap().state.name(), "refused");
    assert_eq!(pair.client.session.subscription_count(), 50);
    pair.wait(Millis::seconds(600));
    assert!(!pair.client.has_socket());
}

#[test]
fn a_refused_subscription_is_not_restored() {
    let mut pair = subscribed(50);
    force(&mut pair, &presence());
    pair.connect();
    assert_eq!(pair.topics().len(), 50);
    assert_eq!(pair.client.subscription(&presence()).unwrap().state.name(), "refused");
    assert_eq!(pair.client.notes().last(), Some(&&Note::Restored { subscriptions: 50 }));
}

#[test]
fn the_composer_warns_of_the_limit_exactly_when_the_session_refuses() {
    let mut pair = subscribed(50);
    force(&mut pair, &presence());
    pair.connect();
    let warns = |pair: &Pair| {
        let counted: Vec<_> = pair.client.session.counted_topics().cloned().collect();
        let text = Envelope::new(MessageType::Subscribe, "req_1").about(&presence()).encode();
        !checks(&text, &Api::veriops(), &counted).is_empty()
    };
    assert!(warns(&pair));
    pair.subscribe(&presence());
    assert_eq!(pair.client.refusals.len(), 1);
    pair.client.command(Command::Unsubscribe(project("prj_0")));
    pair.drive();
    assert!(!warns(&pair));
    pair.subscribe(&presence());
    assert_eq!(pair.client.refusals.len(), 1);
}

#[test]
fn a_refused_subscription_counts_no_events() {
    let mut client = Client::live();
    client.subscribed(&project("prj_abc123"));
    let all = Topic::channel("project.updated");
    client.subscribe(&all);
    client.closes(4002);
    client.wait(Millis::seconds(1));
    client.opens();
    client.receives_event("project.updated", "prj_abc123");
    assert_eq!(client.subscription(&all).unwrap().events, 0);
}

#[test]
fn a_refused_subscription_can_be_asked_for_again_or_forgotten() {
    for ask in [true, false] {
        let mut client = Client::live();
        client.subscribe(&presence());
        client.closes(4002);
        client.wait(Millis::seconds(1));
        client.opens();
        if ask {
            client.subscribe(&presence());
            assert_eq!(client.states(), ["pending"]);
        } else {
            client.command(Command::Unsubscribe(presence()));
            assert_eq!(client.states(), [""; 0]);
        }
    }
}

#[test]
fn below_the_limit_4002_reconnects_with_backoff() {
    for (active, delay) in [(49, Some(Millis::seconds(1))), (50, None)] {
        let mut client = Client::live();
        (0..active).for_each(|number| client.subscribed(&project(&format!("prj_{number}"))));
        client.closes(4002);
        assert_eq!(client.delay(), delay, "{active}");
    }
}

#[test]
fn codes_that_accuse_nobody_refuse_nothing() {
    for (code, state) in [
        (1000, "lost"),
        (1001, "lost"),
        (1006, "lost"),
        (4001, "lost"),
        (4008, "lost"),
        (1008, "refused"),
        (4002, "refused"),
        (4009, "refused"),
    ] {
        let mut client = Client::live();
        client.subscribe(&presence());
        client.closes(code);
        assert_eq!(client.states(), [state], "{code}");
    }
}
