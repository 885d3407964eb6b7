//! Requests and their answers: pairing by request id.

use veriops_playground::entry::{Body, Outcome, Reading, Seq, Timing};
use veriops_playground::protocol::{Envelope, MessageType, Millis};

use crate::client::{Client, presence};
use crate::link::Pair;

/// Returns what the session made of the latest answer.
fn answer(client: &Client) -> (Option<Seq>, Option<u64>, Timing) {
    match client.reading() {
        Reading::Answer { request, round_trip, timing, .. } => {
            (*request, round_trip.map(|it| it.0), *timing)
        }
        other => panic!("{other:?} is no answer"),
    }
}

fn receives_pong(client: &mut Client, id: &str) {
    client.receives(&Envelope::new(MessageType::Pong, id).encode());
}

#[test]
fn an_ack_in_time_is_paired_with_its_request() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    let request = client.log.last().unwrap().seq;
    client.wait(Millis(38));
    client.receives_ack(&id);
    assert_eq!(answer(&client), (Some(request), Some(38), Timing::InTime));
    let by = client.log.last().unwrap().seq;
    assert_eq!(client.outcome(&id), Outcome::Answered { by, round_trip: Millis(38) });
}

#[test]
fn answers_find_their_requests_in_any_order() {
    let mut client = Client::live();
    let ids: Vec<_> = (0..3).map(|_| client.ask(MessageType::Publish)).collect();
    for id in ids.iter().rev() {
        client.receives_ack(id);
        assert_eq!(answer(&client).2, Timing::InTime);
    }
}

#[test]
fn a_pong_answers_our_ping_and_an_ack_does_too() {
    for kind in [MessageType::Pong, MessageType::Ack] {
        let mut client = Client::live();
        let id = client.ask(MessageType::Ping);
        client.receives(&Envelope::new(kind, id.as_str()).encode());
        assert_eq!(answer(&client).2, Timing::InTime, "{kind}");
    }
}

#[test]
fn a_pong_answers_nothing_but_a_ping() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    receives_pong(&mut client, &id);
    assert_eq!(answer(&client), (None, None, Timing::Unknown));
    assert_eq!((client.outcome(&id), client.states()), (Outcome::Pending, vec!["pending"]));
}

#[test]
fn a_request_is_unanswered_after_ten_seconds() {
    let mut client = Client::live();
    let id = client.ask(MessageType::Publish);
    client.wait(Millis(9_999));
    assert_eq!(client.outcome(&id), Outcome::Pending);
    client.wait(Millis(1));
    assert_eq!(client.outcome(&id), Outcome::Unanswered);
}

#[test]
fn an_answer_after_that_is_late_and_still_counts() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.wait(Millis(12_000));
    client.receives_ack(&id);
    let by = client.log.last().unwrap().seq;
    assert_eq!(client.outcome(&id), Outcome::Late { by, round_trip: Millis(12_000) });
    assert_eq!(client.states(), ["active"]);
    assert_eq!(client.session.round_trip(), None, "a late answer is no measure");
}

#[test]
fn an_answer_is_late_even_if_the_timer_is_later() {
    let mut client = Client::live();
    let id = client.ask(MessageType::Ping);
    client.sleep(Millis(10_001));
    receives_pong(&mut client, &id);
    assert_eq!(answer(&client).2, Timing::Late);
}

#[test]
fn a_second_answer_is_a_duplicate_and_settles_nothing() {
    let mut client = Client::live();
    let id = client.subscribe(&presence());
    client.receives_ack(&id);
    let outcome = client.outcome(&id);
    client.wait(Millis(5));
    client.receives_ack(&id);
    assert_eq!(answer(&client).2, Timing::Duplicate);
    assert_eq!(client.outcome(&id), outcome);
}

#[test]
fn an_answer_to_an_unknown_id_is_paired_with_nothing() {
    let mut client = Client::live();
    client.receives_ack("req_999");
    assert_eq!(answer(&client), (None, None, Timing::Unknown));
}

#[test]
fn requests_in_flight_are_lost_with_the_connection_and_publishes_are_not_sent_again() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.subscribe(&presence());
    let publish =
        r#"{"type":"publish","request_id":"mine","payload":{"channel":"presence","data":{}}}"#;
    pair.client.send(publish);
    let ping = pair.client.ask(MessageType::Ping);
    pair.cut();
    assert_eq!(pair.client.outcome("mine"), Outcome::Lost);
    assert_eq!(pair.client.outcome(&ping), Outcome::Lost);
    pair.wait(Millis::seconds(30));
    assert_eq!(pair.client.outcome("mine"), Outcome::Lost);
    assert_eq!(pair.client.subscription(&presence()).unwrap().events, 0);
}

#[test]
fn an_answer_on_a_later_connection_is_late() {
    let mut client = Client::live();
    let id = client.ask(MessageType::Publish);
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    client.receives_ack(&id);
    let by = client.log.last().unwrap().seq;
    assert_eq!(client.outcome(&id), Outcome::Late { by, round_trip: Millis(1_000) });
    assert_eq!(answer(&client).2, Timing::Late);
}

#[test]
fn an_answered_request_is_not_lost() {
    let mut client = Client::live();
    let id = client.ask(MessageType::Publish);
    client.receives_ack(&id);
    client.closes(1006);
    assert!(matches!(client.outcome(&id), Outcome::Answered { .. }));
}

#[test]
fn an_id_that_is_used_again_has_its_full_time_again() {
    let mut client = Client::live();
    let ping = r#"{"type":"ping","request_id":"mine"}"#;
    client.send(ping);
    client.wait(Millis::seconds(6));
    client.send(ping);
    client.wait(Millis(9_999));
    assert_eq!(client.outcome("mine"), Outcome::Pending);
    client.wait(Millis(1));
    assert_eq!(client.outcome("mine"), Outcome::Unanswered);
}

#[test]
fn an_id_that_is_used_again_leaves_the_first_request_unanswered() {
    let mut client = Client::live();
    client.send(r#"{"type":"ping","request_id":"mine"}"#);
    let first = client.log.len() - 1;
    client.send(r#"{"type":"ping","request_id":"mine"}"#);
    receives_pong(&mut client, "mine");
    let unanswered = Reading::Request {
        kind: MessageType::Ping,
        request_id: "mine".into(),
        outcome: Outcome::Unanswered,
    };
    assert!(
        matches!(&client.log[first].body, Body::Message { reading, .. } if *reading == unanswered)
    );
    assert!(matches!(client.outcome("mine"), Outcome::Answered { .. }));
}

#[test]
fn no_request_stays_pending_however_many_there_are() {
    let mut client = Client::live();
    (0..2_500).for_each(|_| drop(client.ask(MessageType::Ping)));
    client.closes(1006);
    let pending = client.log.iter().filter(|it| format!("{it:?}").contains("Pending"));
    assert_eq!(pending.count(), 0);
}

#[test]
fn round_trips_have_a_median_and_a_95th_percentile() {
    let mut client = Client::live();
    for millis in 1..=100 {
        let id = client.ask(MessageType::Ping);
        client.wait(Millis(millis));
        receives_pong(&mut client, &id);
    }
    assert_eq!(client.session.round_trip(), Some((Millis(50), Millis(95))));
}

#[test]
fn ids_chosen_by_hand_are_skipped_by_the_counter() {
    let mut client = Client::live();
    client.send(r#"{"type":"ping","request_id":"req_001"}"#);
    assert_eq!(client.ask(MessageType::Ping), "req_002");
}

#[test]
fn what_expects_no_answer_is_no_request() {
    let mut client = Client::live();
    client.send(r#"{"type":"pong","request_id":"req_hb_1"}"#);
    client.wait(Millis::seconds(60));
    let plain = Reading::Plain { kind: MessageType::Pong, request_id: "req_hb_1".into() };
    assert_eq!(client.reading(), &plain);
}

#[test]
fn nothing_is_waited_for_once_every_request_is_answered() {
    let mut client = Client::live();
    let ids = [(); 3].map(|()| client.ask(MessageType::Ping));
    for id in [&ids[1], &ids[0], &ids[2]] {
        assert_eq!(client.session.poll_timeout(), Some(client.now.at + Millis::seconds(10)));
        client.receives_ack(id);
    }
    assert_eq!(client.session.poll_timeout(), None);
}

#[test]
fn two_thousand_requests_are_remembered() {
    let mut client = Client::live();
    let ids: Vec<_> = (0..2_001).map(|_| client.ask(MessageType::Ping)).collect();
    for (id, timing) in [(&ids[0], Timing::Unknown), (&ids[1], Timing::InTime)] {
        receives_pong(&mut client, id);
        assert_eq!(answer(&client).2, timing, "{id}");
    }
}
