//! The row "Reconnect strategy", and when it starts over.

use veriops_playground::entry::Note;
use veriops_playground::protocol::{MessageType, Millis};
use veriops_playground::session::{Command, SocketEvent};

use crate::client::{Client, echo, live};

#[test]
fn the_delays_are_those_of_the_page() {
    let mut client = Client::live();
    let mut delays = Vec::new();
    for _ in 0..8 {
        client.closes(1006);
        delays.push(client.delay().unwrap().0 / 1_000);
        client.wait(client.delay().unwrap());
        client.opens();
    }
    assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn an_attempt_comes_when_its_delay_is_over_and_no_sooner() {
    let mut client = Client::live();
    client.closes(1006);
    client.wait(Millis(999));
    assert_eq!(client.opened(), [""; 0]);
    client.wait(Millis(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn the_backoff_starts_over_after_ten_seconds_and_a_message_and_not_before() {
    for (open_for, messages, delay) in [
        (0, 0, 2),
        (0, 1, 2),
        (9_999, 1, 2),
        (10_000, 0, 2),
        (10_000, 1, 1),
        (600_000, 0, 2),
        (600_000, 9, 1),
    ] {
        let mut client = Client::live();
        client.closes(1006);
        client.wait(Millis::seconds(1));
        client.opens();
        (0..messages).for_each(|_| client.receives_event("presence", "prj_abc123"));
        client.wait(Millis(open_for));
        client.closes(1006);
        let told = (open_for, messages, client.delay());
        assert_eq!(told, (open_for, messages, Some(Millis::seconds(delay))));
    }
}

/// What a server says to a client.
type Saying = Box<dyn Fn(&mut Client) -> String>;

#[test]
fn only_an_envelope_of_the_server_starts_the_backoff_over() {
    let echoed = |client: &mut Client| {
        client.ask(MessageType::Ping);
        client.sent().pop().unwrap()
    };
    let said = |text: &'static str| move |_: &mut Client| text.to_owned();
    let sayings: [(Saying, u64); 7] = [
        (Box::new(said(r#"{"type":"ack","request_id":"req_1"}"#)), 1),
        (Box::new(said(r#"{"type":"ping","request_id":"hb_1"}"#)), 1),
        (Box::new(said("Request served by 4d896d95")), 2),
        (Box::new(said(r#"{"type":"hello","request_id":"a"}"#)), 2),
        (Box::new(said(r#"{"type":"event","request_id":"a"}"#)), 2),
        (Box::new(|_: &mut Client| "x".repeat(70_000)), 2),
        (Box::new(echoed), 2),
    ];
    for (say, delay) in sayings {
        let mut client = Client::live();
        client.closes(1006);
        client.wait(Millis::seconds(1));
        client.opens();
        client.sent();
        let text = say(&mut client);
        client.receives(&text);
        client.wait(Millis::seconds(10));
        client.closes(1006);
        assert_eq!(client.delay(), Some(Millis::seconds(delay)), "{text:.60}");
    }
}

#[test]
fn a_binary_frame_does_not_start_the_backoff_over() {
    let mut client = Client::live();
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    client.hears(SocketEvent::Binary(vec![1]));
    client.wait(Millis::seconds(10));
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis::seconds(2)));
}

#[test]
fn an_echo_server_that_echoes_starts_the_backoff_over_and_its_banner_does_not() {
    for (echoes, delay) in [(false, 2), (true, 1)] {
        let mut client = Client::echo();
        client.closes(1006);
        client.wait(Millis::seconds(1));
        client.opens();
        client.receives("Request served by 4d896d95");
        if echoes {
            client.send("hello");
            client.receives("hello");
        }
        client.wait(Millis::seconds(10));
        client.closes(1006);
        assert_eq!(client.delay(), Some(Millis::seconds(delay)), "{echoes}");
    }
}

#[test]
fn attempts_that_do_not_open_go_on_with_the_backoff() {
    let mut client = Client::live();
    client.closes(1006);
    for seconds in [1, 2, 4, 8, 16, 30, 30] {
        assert_eq!(client.delay(), Some(Millis::seconds(seconds)));
        client.wait(Millis::seconds(seconds));
        client.fails();
    }
}

#[test]
fn every_attempt_is_numbered_in_the_log() {
    let mut client = Client::live();
    assert!(matches!(client.notes()[0], Note::Connecting { attempt: 0, .. }));
    for attempt in 1..=3 {
        client.closes(1006);
        let delay = client.delay().unwrap();
        assert_eq!(
            client.notes().pop(),
            Some(&Note::Reconnecting { attempt, delay, is_backoff: true })
        );
        client.wait(delay);
        let note = client.notes().pop().unwrap();
        assert!(matches!(note, Note::Connecting { attempt: number, .. } if *number == attempt));
        client.opens();
    }
}

#[test]
fn reconnecting_by_hand_does_not_reset_the_backoff() {
    let mut client = Client::live();
    for seconds in [1, 2, 4] {
        client.closes(1006);
        assert_eq!(client.delay(), Some(Millis::seconds(seconds)));
        client.command(Command::ReconnectNow);
        assert_eq!(client.opened().len(), 1);
        client.opens();
    }
}

#[test]
fn reconnecting_by_hand_means_nothing_while_nothing_is_scheduled() {
    for mut client in [Client::new(), Client::live(), Client::echo()] {
        client.command(Command::ReconnectNow);
        assert_eq!(client.acts(), []);
    }
}

#[test]
fn connecting_by_hand_starts_the_backoff_over() {
    let mut client = Client::live();
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.fails();
    client.connect(live());
    client.fails();
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
}

#[test]
fn an_echo_server_that_accepts_and_closes_is_not_hammered_either() {
    let mut client = Client::open(echo());
    for seconds in [1, 2, 4, 8] {
        client.receives("Request served by 4d896d95");
        client.closes(1006);
        assert_eq!(client.delay(), Some(Millis::seconds(seconds)));
        client.wait(Millis::seconds(seconds));
        client.opens();
    }
}
