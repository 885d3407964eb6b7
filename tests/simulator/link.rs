//! The link to a simulated server: order, time, and handshakes that come to nothing.

use proptest::prelude::*;
use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::protocol::{CloseCode, Instant, Millis, Now, UnixMillis};
use veriops_playground::simulator::{
    Conditions, Handshake, Link, LinkEvent, Network, ServerInput, Settings,
};

use crate::client::{documented, quiet};

#[test]
fn a_frame_takes_its_latency_each_way() {
    let mut link = open(quiet(), network(40));
    assert_eq!(link.poll(at(1_079)), None);
    assert_eq!(link.poll(at(9_000)), Some((at(1_080), opened())));
    link.send(ping(1), at(1_080));
    link.set_latency(Millis(100));
    assert_eq!(texts(&mut link, at(9_000)), [(at(1_220), 1)]);
    assert_eq!((link.is_busy(), link.poll_timeout()), (false, None));
}

#[test]
fn a_handshake_may_hang_or_fail() {
    let mut link = open(documented(), Network { handshake: Handshake::Hang, ..network(40) });
    assert_eq!((link.poll(at(1_000_000)), link.poll_timeout()), (None, None));
    let mut link = open(documented(), Network { handshake: Handshake::Refuse, ..network(40) });
    let (code, reason) = (CloseCode::ABNORMAL, String::new());
    let closed = LinkEvent::Closed { code, reason, clean: false };
    assert_eq!(link.poll(at(1_000_000)), Some((at(1_040), closed)));
}

#[test]
fn what_is_due_at_the_same_time_as_a_timer_comes_before_it() {
    let heartbeat = Settings { heartbeat: Some(Millis(1_000)), ..quiet() };
    let mut link = open(heartbeat, network(0));
    assert_eq!(link.poll(at(1_000)), Some((at(1_000), opened())));
    for number in 1..=3 {
        let due = at(1_000 + 1_000 * number);
        let Some((now, LinkEvent::Text(text))) = link.poll(at(60_000)) else {
            panic!("ping {number} is missing")
        };
        assert_eq!(now, due);
        // The answer comes as late as it may.
        link.send(text.replace("ping", "pong"), at(due.at.0 + 1_000));
    }
}

#[test]
fn a_close_is_confirmed_when_it_has_gone_both_ways() {
    let mut link = open(quiet(), network(40));
    let opened = LinkEvent::Opened { extensions: "permessage-deflate".to_owned() };
    assert_eq!(link.poll(at(1_080)), Some((at(1_080), opened)));
    link.close(at(2_000));
    assert_eq!(link.poll(at(2_079)), None);
    let (code, reason) = (CloseCode::NORMAL, String::new());
    let closed = LinkEvent::Closed { code, reason, clean: true };
    assert_eq!(link.poll(at(9_000)), Some((at(2_080), closed)));
}

#[test]
fn nothing_follows_the_end() {
    let mut link = open(documented(), network(40));
    link.poll(at(1_080));
    link.happen(ServerInput::Shutdown, at(2_000));
    link.send(ping(1), at(2_010));
    link.close(at(2_020));
    let Some((now, LinkEvent::Closed { code, .. })) = link.poll(at(60_000)) else {
        panic!("the server went away")
    };
    assert_eq!((now, code), (at(2_040), CloseCode::GOING_AWAY));
    assert_eq!((link.poll(at(60_000)), link.is_busy(), link.poll_timeout()), (None, false, None));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_come_in_the_order_of_the_questions_however_the_latency_changes_and_the_poll_lags(
        steps in prop::collection::vec((0_u64..3_000, 0_u64..5_000, any::<bool>()), 1..60),
    ) {
        let settings = Settings { rate_messages: usize::MAX, ..documented() };
        let mut link = open(settings, network(20));
        let mut now = at(1_000);
        let mut events = Vec::new();
        let mut asked = 0;
        for (latency, pause, is_awake) in steps {
            now = at(now.at.0 + pause);
            if !is_awake {
                continue;
            }
            while let Some((at, event)) = link.poll(now) {
                prop_assert!(at.at <= now.at, "{event:?} comes from the future");
                answer(&mut link, at, &event);
                events.push((at, event));
            }
            asked += 1;
            link.set_latency(Millis(latency));
            link.send(ping(asked), now);
        }
        now = at(now.at.0 + 20_000);
        while let Some((at, event)) = link.poll(now) {
            answer(&mut link, at, &event);
            events.push((at, event));
        }
        prop_assert_eq!(&events[0].1, &opened());
        prop_assert!(events.is_sorted_by_key(|(at, _)| at.at));
        let pongs: Vec<_> = events.iter().filter_map(|(_, event)| pong(event)).collect();
        prop_assert_eq!(pongs, (1..=asked).collect::<Vec<_>>());
        let is_over = |(_, event): &(Now, LinkEvent)| matches!(event, LinkEvent::Closed { .. });
        prop_assert!(!events.iter().any(is_over), "every ping was answered at its time");
    }
}

/// Answers a ping of the server at the time at which it came.
fn answer(link: &mut Link, at: Now, event: &LinkEvent) {
    if let LinkEvent::Text(text) = event
        && text.starts_with(r#"{"type":"ping""#)
    {
        link.send(text.replace("ping", "pong"), at);
    }
}

fn open(settings: Settings, network: Network) -> Link {
    Link::open(Api::veriops(), settings, network, Conditions::default(), 7, at(1_000))
}

fn opened() -> LinkEvent {
    LinkEvent::Opened { extensions: "permessage-deflate".to_owned() }
}

fn network(latency: u64) -> Network {
    Network { latency: Millis(latency), handshake: Handshake::Accept }
}

fn at(millis: u64) -> Now {
    Now { at: Instant(millis), wall: UnixMillis(1_773_930_600_000 + millis) }
}

fn ping(number: u64) -> String {
    json!({"type": "ping", "request_id": number.to_string()}).to_string()
}

/// Returns the number of the ping that this answers.
fn pong(event: &LinkEvent) -> Option<u64> {
    let LinkEvent::Text(text) = event else { return None };
    let message: Value = serde_json::from_str(text).unwrap();
    let number = message["request_id"].as_str()?.parse().ok();
    number.filter(|_| message["type"] == "pong")
}

/// Takes everything that arrives, which must be pongs; returns their times and numbers.
fn texts(link: &mut Link, until: Now) -> Vec<(Now, u64)> {
    core::iter::from_fn(|| link.poll(until))
        .map(|(at, event)| (at, pong(&event).expect("a pong")))
        .collect()
}
