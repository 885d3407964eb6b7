//! A page whose timers come late: hidden, throttled or asleep. What is due happens at its own time.

use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Note};
use veriops_playground::protocol::{Instant, Millis};
use veriops_playground::session::{Command, Phase};
use veriops_playground::simulator::Settings;

use crate::client::{Client, presence, project};
use crate::link::Pair;

#[test]
fn a_page_whose_timers_come_once_a_minute_stays_connected_for_an_hour() {
    let mut pair = documented();
    for minute in 1..=60 {
        pair.oversleep(Millis::seconds(60));
        assert!(pair.client.session.phase().is_open(), "minute {minute}");
        assert!(!pair.client.session.is_ping_missed(pair.client.now.at), "minute {minute}");
    }
    assert_eq!((heartbeats(&pair.client), notes(&pair.client)), (120, 1));
}

#[test]
fn a_page_that_slept_for_ten_minutes_has_answered_every_ping_at_its_time() {
    let mut pair = documented();
    pair.oversleep(Millis::seconds(600));
    assert!(pair.client.session.phase().is_open());
    assert!(!pair.client.session.is_ping_missed(pair.client.now.at));
    let pings = pair.client.log.iter().filter(|it| matches!(it.body, Body::Heartbeat { .. }));
    let times: Vec<_> = pings.map(|it| it.at.at).collect();
    let opened = Instant(1_000 + 20);
    let due = |number: u64| opened + Millis::seconds(30 * number) + Millis(20);
    assert_eq!(times, (1..=20).map(due).collect::<Vec<_>>());
}

#[test]
fn a_page_that_slept_through_a_drop_has_reconnected_in_its_sleep() {
    let mut pair = documented();
    pair.client.command(Command::AnswerPings(false));
    pair.wait(Millis::seconds(31));
    pair.client.command(Command::AnswerPings(true));
    pair.oversleep(Millis::seconds(600));
    let Phase::Open { since, .. } = pair.client.session.phase() else {
        panic!("{:?}", pair.client.session.phase())
    };
    let opened = Instant(1_000 + 20);
    // Dropped with the second ping, noticed 20 ms later; a second's wait, and there and back again.
    assert_eq!(*since, opened + Millis::seconds(61) + Millis(20 + 40));
}

#[test]
fn answers_that_came_in_a_sleep_took_no_longer_for_it() {
    let mut pair = documented();
    let id = pair.client.subscribe(&presence());
    pair.oversleep(Millis::seconds(60));
    assert_eq!(pair.client.states(), ["active"], "{id}");
    assert_eq!(pair.client.session.round_trip(), Some((Millis(40), Millis(40))));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_late_page_sees_what_a_punctual_one_sees(
        spans in prop::collection::vec((1_u64..200_000, any::<bool>(), 0..4_usize), 1..20),
        latency in 0_u64..3_000,
    ) {
        let mut late = documented();
        let mut punctual = documented();
        for pair in [&mut late, &mut punctual] {
            pair.network.latency = Millis(latency);
        }
        for (span, sleeps, asked) in spans {
            for pair in [&mut late, &mut punctual] {
                if pair.client.session.phase().is_open() {
                    match asked {
                        0 => drop(pair.client.subscribe(&presence())),
                        1 => drop(pair.client.subscribe(&project("prj_abc123"))),
                        2 => pair.client.send("not an envelope"),
                        _ => {}
                    }
                }
            }
            punctual.wait(Millis(span));
            if sleeps {
                late.oversleep(Millis(span));
            } else {
                late.wait(Millis(span));
            }
        }
        let seen = |pair: &Pair| {
            pair.client.log.iter().map(|entry| format!("{entry:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(seen(&late), seen(&punctual));
        let times = late.client.log.iter().map(|entry| entry.at.at);
        prop_assert!(times.is_sorted());
    }
}

/// Returns an open connection to a server that does all that is documented, and a client that watches
/// it.
fn documented() -> Pair {
    let mut pair = Pair::watched(Settings::of(&Api::veriops()));
    pair.connect();
    pair
}

fn heartbeats(client: &Client) -> usize {
    client.log.iter().filter(|entry| matches!(entry.body, Body::Heartbeat { .. })).count()
}

/// Counts what the session remarked on: the first attempt to connect, and whatever went wrong.
fn notes(client: &Client) -> usize {
    client.notes().iter().filter(|note| !matches!(note, Note::Restored { .. })).count()
}
