//! From one target to another: the old connection goes first.

use veriops_playground::entry::Reading;
use veriops_playground::protocol::Millis;
use veriops_playground::session::Target;

use crate::client::{Act, Client, echo, endpoint, live, presence, project, simulator};

const SIMULATOR: &str = "built-in simulator";

#[test]
fn an_open_connection_is_closed_before_the_next_is_opened() {
    let mut client = Client::live();
    client.connect(simulator());
    assert_eq!(client.acts(), [Act::Close]);
    client.closes(1000);
    assert_eq!(client.acts(), [Act::Open(SIMULATOR.into())]);
    assert!(client.session.target() == Some(&simulator()));
}

#[test]
fn a_server_that_does_not_confirm_delays_the_switch_by_four_seconds() {
    let mut client = Client::live();
    client.connect(simulator());
    client.acts();
    client.wait(Millis::seconds(4));
    assert_eq!(client.acts(), [Act::Abandon, Act::Open(SIMULATOR.into())]);
}

#[test]
fn a_handshake_under_way_is_abandoned_for_the_next_target() {
    let mut client = Client::new();
    client.connect(live());
    client.acts();
    client.connect(simulator());
    assert_eq!(client.acts(), [Act::Abandon, Act::Open(SIMULATOR.into())]);
}

#[test]
fn the_latest_of_several_targets_counts() {
    let mut client = Client::live();
    client.connect(echo());
    client.connect(simulator());
    client.acts();
    client.closes(1000);
    assert_eq!(client.acts(), [Act::Open(SIMULATOR.into())]);
}

#[test]
fn disconnecting_in_the_middle_of_a_switch_calls_it_off() {
    let mut client = Client::live();
    client.connect(simulator());
    client.disconnect();
    client.acts();
    client.closes(1000);
    assert_eq!((client.acts(), client.session.poll_timeout()), (vec![], None));
}

#[test]
fn a_target_chosen_while_waiting_is_connected_to_at_once() {
    let mut client = Client::live();
    client.closes(4008);
    client.connect(simulator());
    assert_eq!(client.acts(), [Act::Open(SIMULATOR.into())]);
    client.opens();
    client.wait(Millis::seconds(120));
    assert_eq!(client.acts(), []);
}

#[test]
fn subscriptions_stay_with_their_server() {
    for (target, states) in [(live(), vec!["restoring"]), (simulator(), vec![])] {
        let mut client = Client::live();
        client.subscribed(&presence());
        client.connect(target);
        client.closes(1000);
        client.opens();
        assert_eq!(client.states(), states);
    }
}

#[test]
fn a_server_is_the_same_if_it_is_of_the_same_kind_and_at_the_same_place() {
    let Target::Echo { mut candidates } = echo() else { panic!("an echo server") };
    candidates.reverse();
    let others = Target::Echo { candidates };
    let elsewhere = Target::Live { endpoint: endpoint("wss://elsewhere.example/"), key: None };
    let targets = [live(), elsewhere, simulator(), echo(), others];
    for (index, target) in targets.iter().enumerate() {
        let same: Vec<_> = targets.iter().map(|other| target.is_same_server(other)).collect();
        let expected: Vec<_> = (0..targets.len()).map(|other| other == index).collect();
        assert_eq!(same, expected, "{index}");
    }
}

#[test]
fn another_server_knows_nothing_of_our_requests() {
    let mut client = Client::live();
    client.subscribed(&project("prj_1"));
    assert!(client.session.round_trip().is_some());
    let id = client.subscribe(&presence());
    client.connect(simulator());
    client.closes(1000);
    client.opens();
    client.receives_ack(&id);
    assert!(matches!(client.reading(), Reading::Answer { request: None, .. }));
    assert_eq!(client.session.round_trip(), None);
}

#[test]
fn ids_go_on_counting_across_targets() {
    let mut client = Client::live();
    assert_eq!(client.subscribe(&presence()), "req_001");
    client.connect(simulator());
    client.closes(1000);
    client.opens();
    assert_eq!(client.subscribe(&presence()), "req_002");
}
