//! Subscriptions: their states, their limit, and their way back after a reconnect.

use veriops_playground::api::Api;
use veriops_playground::compose::{Subscribed, checks};
use veriops_playground::entry::{EndCause, Note, Outcome, Refusal};
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
fn a_subscription_without_an_ack_is_unanswered_after_ten_seconds() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.wait(Millis(9_999));
    assert_eq!(client.states(), ["pending"]);
    client.wait(Millis(1));
    assert_eq!((client.states(), client.outcome(&id)), (vec!["unanswered"], Outcome::Unanswered));
}

#[test]
fn an_unanswered_subscription_is_asked_for_again_with_the_next_connection() {
    let mut client = Client::live();
    client.subscribe(&project("prj_abc123"));
    client.wait(Millis::seconds(600));
    assert_eq!(client.sent().len(), 1, "not on this connection");
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    assert_eq!(client.states(), ["restoring"]);
    let sent = client.sent();
    assert_eq!(Envelope::decode(&sent[0]).unwrap().topic(), Ok(project("prj_abc123")));
}

#[test]
fn a_late_ack_still_confirms() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.wait(Millis::seconds(11));
    assert_eq!(client.states(), ["unanswered"]);
    client.receives_ack(&id);
    assert_eq!(client.states(), ["active"]);
}

#[test]
fn a_subscription_that_is_asked_for_again_by_hand_waits_its_ten_seconds_anew() {
    let mut client = Client::live();
    client.subscribe(&presence());
    client.wait(Millis::seconds(8));
    client.subscribe(&presence());
    client.wait(Millis::seconds(9));
    assert_eq!(client.states(), ["pending"], "the later request has a second left");
    client.wait(Millis::seconds(1));
    assert_eq!(client.states(), ["unanswered"]);
    client.subscribe(&presence());
    assert_eq!(client.states(), ["pending"]);
}

#[test]
fn an_unanswered_subscription_counts_against_the_limit_and_counts_its_events() {
    let mut client = Client::live();
    client.subscribe(&project("prj_abc123"));
    client.wait(Millis::seconds(10));
    client.receives_event("project.updated", "prj_abc123");
    assert_eq!(client.session.subscription_count(), 1);
    assert_eq!(client.subscription(&project("prj_abc123")).unwrap().events, 1);
}

#[test]
fn an_unsubscribe_without_an_ack_says_so_after_ten_seconds() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.command(Command::Unsubscribe(presence()));
    client.wait(Millis(9_999));
    assert_eq!(client.states(), ["ending"]);
    client.wait(Millis(1));
    assert_eq!(client.states(), ["end-unanswered"]);
    assert_eq!(client.session.subscription_count(), 1, "the server may still have it");
    client.closes(1006);
    assert_eq!(client.states(), [""; 0], "it ends with its connection at the latest");
}

#[test]
fn an_unsubscribe_that_is_acknowledged_late_still_ends_the_subscription() {
    let mut client = Client::live();
    client.subscribed(&presence());
    let id = client.session.next_request_id();
    client.command(Command::Unsubscribe(presence()));
    client.wait(Millis::seconds(11));
    client.receives_ack(&id);
    assert_eq!(client.states(), [""; 0]);
}

#[test]
fn an_unanswered_subscription_can_be_ended() {
    let mut client = Client::live();
    let subscribe = client.subscribe(&presence());
    client.wait(Millis::seconds(10));
    let unsubscribe = client.session.next_request_id();
    client.command(Command::Unsubscribe(presence()));
    client.receives_ack(&subscribe);
    assert_eq!(client.states(), ["ending"]);
    client.receives_ack(&unsubscribe);
    assert_eq!(client.states(), [""; 0]);
}

#[test]
fn an_ack_from_before_an_unsubscribe_does_not_confirm_what_was_asked_for_after_it() {
    let mut client = Client::live();
    let first = client.subscribe(&presence());
    client.command(Command::Unsubscribe(presence()));
    client.subscribe(&presence());
    client.receives_ack(&first);
    assert_eq!(client.states(), ["pending"]);
    client.wait(Millis::seconds(10));
    assert_eq!(client.states(), ["unanswered"]);
}

#[test]
fn a_subscribe_whose_id_is_used_again_does_not_wait_for_ever() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.send(&Envelope::new(MessageType::Ping, id).encode());
    assert_eq!(client.states(), ["unanswered"]);
}

#[test]
fn a_subscribe_that_comes_back_from_an_echo_does_not_wait_for_ever() {
    let mut client = Client::live();
    client.subscribe(&presence());
    let text = client.sent().remove(0);
    client.receives(&text);
    assert_eq!(client.states(), ["unanswered"]);
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
    assert_eq!(
        pair.client.notes().last(),
        Some(&&Note::Restored { subscriptions: 3, unanswered: 0 })
    );
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

/// Returns a client that restores three subscriptions, and the ids of the requests.
fn restoring() -> (Client, Vec<String>) {
    let mut client = Client::live();
    for topic in [project("prj_abc123"), presence(), project("prj_def456")] {
        client.subscribed(&topic);
    }
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.sent();
    client.opens();
    let id = |text: String| Envelope::decode(&text).unwrap().request_id.into_owned();
    let ids = client.sent().into_iter().map(id).collect();
    (client, ids)
}

#[test]
fn a_restore_without_an_ack_is_unanswered_after_ten_seconds_and_the_log_says_so() {
    let (mut client, ids) = restoring();
    client.receives_ack(&ids[0]);
    client.receives_ack(&ids[2]);
    client.wait(Millis(9_999));
    assert_eq!(client.states(), ["active", "restoring", "active"]);
    assert_eq!(client.notes().last(), Some(&&Note::Restoring { subscriptions: 3 }));
    client.wait(Millis(1));
    assert_eq!(client.states(), ["active", "unanswered", "active"]);
    let note = Note::Restored { subscriptions: 2, unanswered: 1 };
    assert_eq!(client.notes().last(), Some(&&note));
    client.receives_ack(&ids[1]);
    assert_eq!(client.states(), ["active"; 3]);
    let restored = |note: &&&Note| matches!(note, Note::Restored { .. });
    assert_eq!(client.notes().iter().filter(restored).count(), 1);
}

#[test]
fn a_restore_counts_only_what_came_back() {
    let (mut client, ids) = restoring();
    client.receives_ack(&ids[0]);
    client.receives_ack(&ids[1]);
    client.command(Command::Unsubscribe(project("prj_def456")));
    let note = Note::Restored { subscriptions: 2, unanswered: 0 };
    assert_eq!(client.notes().last(), Some(&&note));
}

#[test]
fn a_restored_subscription_that_is_asked_for_by_hand_as_well_is_still_restored() {
    let (mut client, ids) = restoring();
    client.subscribe(&presence());
    for id in &ids {
        client.receives_ack(id);
    }
    let note = Note::Restored { subscriptions: 3, unanswered: 0 };
    assert_eq!(client.notes().last(), Some(&&note));
}

#[test]
fn a_policy_violation_in_the_middle_of_a_restore_refuses_nothing() {
    let (mut client, ids) = restoring();
    client.receives_ack(&ids[0]);
    client.closes(1008);
    assert_eq!(client.states(), ["lost"; 3]);
}

#[test]
fn the_one_restored_subscription_that_is_left_is_what_a_policy_violation_is_about() {
    let (mut client, ids) = restoring();
    client.receives_ack(&ids[0]);
    client.receives_ack(&ids[1]);
    client.closes(1008);
    assert_eq!(client.states(), ["lost", "lost", "refused"]);
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
    let limit = Api::veriops().limits.subscriptions.unwrap();
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
        Some(EndCause::Closed { code, .. }) if code.0 == 4002
    ));
    assert_eq!(pair.client.subscription(&presence()).unwrap().state.name(), "refused");
    assert_eq!(pair.client.session.subscription_count(), 50);
    pair.wait(Millis::seconds(600));
    assert!(!pair.client.has_socket());
}

#[test]
fn refused_subscriptions_do_not_count_and_every_other_does() {
    let mut client = Client::live();
    for number in 0..49 {
        client.subscribed(&project(&format!("prj_{number}")));
    }
    assert!(!client.session.is_full());
    client.subscribe(&presence());
    assert!(client.session.is_full(), "one that is pending counts");
    client.wait(Millis::seconds(10));
    assert!(client.session.is_full(), "so does one that is unanswered");
    client.closes(4002);
    assert_eq!(client.subscription(&presence()).unwrap().state.name(), "refused");
    assert!(!client.session.is_full());
    assert!(!client.session.counted_topics().any(|topic| *topic == presence()));
}

#[test]
fn a_refused_subscription_is_not_restored() {
    let mut pair = subscribed(50);
    force(&mut pair, &presence());
    pair.connect();
    assert_eq!(pair.topics().len(), 50);
    assert_eq!(pair.client.subscription(&presence()).unwrap().state.name(), "refused");
    assert_eq!(
        pair.client.notes().last(),
        Some(&&Note::Restored { subscriptions: 50, unanswered: 0 })
    );
}

#[test]
fn the_composer_warns_of_the_limit_exactly_when_the_session_refuses() {
    let mut pair = subscribed(50);
    force(&mut pair, &presence());
    pair.connect();
    let warns = |pair: &Pair| {
        let session = &pair.client.session;
        let topics = session.counted_topics().cloned().collect();
        let subscribed = Subscribed { topics, is_full: session.is_full() };
        let text = Envelope::new(MessageType::Subscribe, "req_1").about(&presence()).encode();
        !checks(&text, &Api::veriops(), &subscribed).is_empty()
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
fn a_close_refuses_only_what_its_code_is_about() {
    for (code, state) in [
        (1000, "lost"),
        (1001, "lost"),
        (1006, "lost"),
        // Nothing is known of what these are about.
        (1002, "lost"),
        (1007, "lost"),
        (4100, "lost"),
        (4001, "lost"),
        (4008, "lost"),
        // No message was too large.
        (4009, "lost"),
        // The one request that is under way.
        (1008, "refused"),
        (4002, "refused"),
    ] {
        let mut client = Client::live();
        client.subscribe(&presence());
        client.closes(code);
        assert_eq!(client.states(), [state], "{code}");
    }
}

#[test]
fn a_policy_violation_of_another_message_refuses_no_subscription() {
    let publish = r#"{"type":"publish","request_id":"mine","payload":{"channel":"x","data":{}}}"#;
    for text in ["{oops", publish] {
        let mut client = Client::live();
        client.subscribe(&presence());
        client.send(text);
        client.closes(1008);
        assert_eq!(client.states(), ["lost"], "{text}");
    }
}

#[test]
fn a_frame_that_is_no_envelope_is_blamed_before_a_subscribe_after_it() {
    let mut client = Client::live();
    client.send("{oops");
    client.subscribe(&presence());
    client.closes(1008);
    assert_eq!(client.states(), ["lost"]);
}

#[test]
fn a_frame_that_the_server_let_pass_is_blamed_no_more() {
    let mut client = Client::live();
    client.send("{oops");
    client.subscribed(&project("prj_abc123"));
    client.subscribe(&Topic::channel("no.such"));
    client.closes(1008);
    assert_eq!(client.states(), ["lost", "refused"]);
}

#[test]
fn of_several_requests_under_way_the_latest_is_blamed() {
    let mut client = Client::live();
    client.subscribe(&presence());
    client.subscribe(&Topic::channel("no.such"));
    client.closes(1008);
    assert_eq!(client.states(), ["lost", "refused"]);
}

#[test]
fn a_policy_violation_after_the_latest_request_was_answered_refuses_nothing() {
    let mut client = Client::live();
    client.subscribe(&presence());
    let ping = client.ask(MessageType::Ping);
    client.receives(&Envelope::new(MessageType::Pong, ping).encode());
    client.closes(1008);
    assert_eq!(client.states(), ["lost"]);
}

#[test]
fn a_message_that_is_too_large_refuses_a_subscription_only_if_it_was_its_subscribe() {
    let mut client = Client::live();
    let large = Topic::channel("x".repeat(Api::veriops().limits.message_bytes.unwrap()));
    client.subscribe(&presence());
    client.force(&Envelope::new(MessageType::Subscribe, "large").about(&large).encode());
    client.closes(4009);
    assert_eq!(client.states(), ["lost", "refused"]);
    let mut client = Client::live();
    let limit = Api::veriops().limits.message_bytes.unwrap();
    let about = |length| {
        let topic = Topic::channel("x".repeat(length));
        Envelope::new(MessageType::Subscribe, "fits").about(&topic).encode()
    };
    let fits = about(limit - about(0).len());
    assert_eq!(fits.len(), limit);
    client.send(&fits);
    client.closes(4009);
    assert_eq!(client.states(), ["lost"]);
    let mut client = Client::live();
    client.subscribe(&presence());
    client.force(&"x".repeat(Api::veriops().limits.message_bytes.unwrap() + 1));
    client.closes(4009);
    assert_eq!(client.states(), ["lost"]);
}

#[test]
fn the_limit_refuses_as_many_of_the_latest_as_are_over_it() {
    let mut client = Client::live();
    (0..48).for_each(|number| client.subscribed(&project(&format!("prj_{number}"))));
    for number in 48..53 {
        let topic = project(&format!("prj_{number}"));
        let id = client.session.next_request_id();
        client.force(&Envelope::new(MessageType::Subscribe, id).about(&topic).encode());
    }
    client.closes(4002);
    let states = client.states();
    assert_eq!(states[..50], ["lost"; 50]);
    assert_eq!(states[50..], ["refused"; 3]);
}

#[test]
fn a_limit_below_the_documented_one_costs_one_subscription_at_a_time() {
    let mut client = Client::live();
    client.subscribed(&project("prj_1"));
    client.subscribe(&project("prj_2"));
    client.subscribe(&project("prj_3"));
    client.closes(4002);
    assert_eq!(client.states(), ["lost", "lost", "refused"]);
    client.wait(Millis::seconds(1));
    client.opens();
    assert_eq!(client.states(), ["restoring", "restoring", "refused"]);
    client.closes(4002);
    assert_eq!(client.states(), ["lost", "refused", "refused"]);
}
