//! The echo sandbox: our own frames come back, and are never taken for answers.

use veriops_playground::entry::{Body, Outcome, Reading};
use veriops_playground::protocol::{EnvelopeError, MessageType, Millis};

use crate::client::{Client, echo, presence};

/// Sends everything back that was sent.
fn echoes(client: &mut Client) {
    for text in client.sent() {
        client.receives(&text);
    }
}

#[test]
fn the_banner_is_a_note() {
    for banner in ["Request served by 4d896d95", "{not quite json", ""] {
        let mut client = Client::echo();
        client.receives(banner);
        assert_eq!(client.reading(), &Reading::Banner, "{banner}");
    }
}

#[test]
fn plain_text_that_follows_is_the_servers_too() {
    let mut client = Client::echo();
    client.receives("Request served by 4d896d95");
    client.receives("closing for inactivity");
    assert_eq!(client.reading(), &Reading::Banner);
    client.receives("{\"type\":");
    assert!(matches!(client.reading(), Reading::Malformed(EnvelopeError::NotJson { .. })));
}

#[test]
fn a_frame_that_comes_back_is_an_echo_of_its_request() {
    let mut client = Client::echo();
    let id = client.subscribe(&presence());
    let request = client.log.last().unwrap().seq;
    assert_eq!(client.outcome(&id), Outcome::Unasked);
    client.wait(Millis(42));
    echoes(&mut client);
    let round_trip = Some(Millis(42));
    let reading =
        Reading::Echo { request_id: Some(id.clone()), request: Some(request), round_trip };
    assert_eq!(client.reading(), &reading);
    let by = client.log.last().unwrap().seq;
    assert_eq!(client.outcome(&id), Outcome::Echoed { by, round_trip: Millis(42) });
    assert_eq!(client.session.round_trip(), Some((Millis(42), Millis(42))));
}

#[test]
fn an_echo_that_comes_twice_settles_once() {
    let mut client = Client::echo();
    let id = client.subscribe(&presence());
    let text = client.sent().remove(0);
    client.receives(&text);
    let outcome = client.outcome(&id);
    client.wait(Millis(9));
    client.receives(&text);
    let reading = Reading::Echo { request_id: Some(id.clone()), request: None, round_trip: None };
    assert_eq!((client.reading(), client.outcome(&id)), (&reading, outcome));
}

#[test]
fn an_echoed_subscribe_subscribes_nothing() {
    let mut client = Client::echo();
    client.subscribe(&presence());
    echoes(&mut client);
    assert_eq!(client.states(), [""; 0]);
}

#[test]
fn no_type_of_message_that_comes_back_is_an_answer_or_is_answered() {
    for kind in MessageType::ALL {
        let mut client = Client::echo();
        client.ask(kind);
        echoes(&mut client);
        assert!(matches!(client.reading(), Reading::Echo { .. }), "{kind}");
        assert_eq!(client.sent(), [""; 0], "{kind}");
    }
}

#[test]
fn a_ping_that_is_not_ours_is_not_answered_either() {
    let mut client = Client::echo();
    client.receives(r#"{"type":"ping","request_id":"theirs"}"#);
    assert_eq!(client.sent(), [""; 0]);
    let plain = Reading::Plain { kind: MessageType::Ping, request_id: "theirs".into() };
    assert_eq!(client.reading(), &plain);
}

#[test]
fn a_malformed_frame_is_known_by_its_text_when_it_comes_back() {
    let mut client = Client::echo();
    client.send("{oops");
    let request = client.log.last().unwrap().seq;
    client.wait(Millis(3));
    echoes(&mut client);
    assert_eq!(
        client.reading(),
        &Reading::Echo { request_id: None, request: Some(request), round_trip: Some(Millis(3)) }
    );
}

#[test]
fn nothing_is_awaited_of_an_echo_server() {
    let mut client = Client::echo();
    let id = client.ask(MessageType::Ping);
    client.wait(Millis::seconds(600));
    assert_eq!(client.outcome(&id), Outcome::Unasked);
    client.closes(1006);
    assert_eq!(client.outcome(&id), Outcome::Unasked);
}

#[test]
fn the_limits_of_the_api_do_not_hold_at_an_echo_server() {
    let mut client = Client::echo();
    let text = "x".repeat(65_537);
    client.send(&text);
    (0..51).for_each(|_| drop(client.subscribe(&presence())));
    assert_eq!(client.refusals, []);
    echoes(&mut client);
    assert!(matches!(client.reading(), Reading::Echo { .. }));
}

#[test]
fn echoes_are_not_expected_across_connections() {
    let mut client = Client::echo();
    client.send("{oops");
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    client.receives("Request served by 4d896d95");
    client.receives("{oops");
    assert!(matches!(client.reading(), Reading::Malformed(_)));
}

#[test]
fn a_live_address_that_turns_out_to_echo_is_not_talked_to_for_ever() {
    let mut client = Client::live();
    client.ask(MessageType::Ping);
    client.subscribe(&presence());
    let mut frames = 0;
    loop {
        let sent = client.sent();
        if sent.is_empty() {
            break;
        }
        frames += sent.len();
        assert!(frames < 10, "a loop");
        for text in &sent {
            client.receives(text);
        }
    }
    assert_eq!(client.states(), ["unanswered"]);
}

#[test]
fn no_key_goes_to_an_echo_server() {
    let mut client = Client::live();
    client.connect(echo());
    client.closes(1000);
    assert!(client.opened().iter().skip(1).all(|url| !url.contains("token")));
    let opened = client.log.iter().filter(|it| matches!(it.body, Body::Opened { .. }));
    assert_eq!(opened.count(), 1);
}

#[test]
fn sixteen_frames_without_an_id_may_be_on_their_way_at_once() {
    let mut client = Client::echo();
    let frame = |number: u32| format!("{{oops {number}");
    (0..17).for_each(|number| client.send(&frame(number)));
    for number in (0..17).rev() {
        client.receives(&frame(number));
        let is_echo = matches!(client.reading(), Reading::Echo { .. });
        assert_eq!(is_echo, number > 0, "{number}");
    }
}
