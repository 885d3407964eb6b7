//! From asking for a connection to having one, or to the reason why not.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EndCause, Note, OpenFailure, Refusal};
use veriops_playground::protocol::{CloseCode, Millis};
use veriops_playground::session::{ConnectionId, Phase, SocketEvent, Target};

use crate::client::{Act, Client, echo, endpoint, key, live};
use crate::link::{Handshake, Pair};

#[test]
fn a_handshake_may_take_ten_seconds() {
    let mut client = Client::new();
    client.connect(live());
    client.acts();
    client.wait(Millis(9_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.acts(), [Act::Abandon]);
    assert_eq!(client.failures(), [&OpenFailure::TimedOut { after: Millis::seconds(10) }]);
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
}

#[test]
fn an_echo_candidate_may_take_five_seconds() {
    let mut client = Client::new();
    client.connect(echo());
    client.acts();
    client.wait(Millis(4_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    let next = Api::veriops().echo[1].endpoint.to_string();
    assert_eq!(client.acts(), [Act::Abandon, Act::Open(next)]);
    assert_eq!(client.failures(), [&OpenFailure::TimedOut { after: Millis::seconds(5) }]);
}

#[test]
fn echo_candidates_are_tried_in_order_without_a_pause_until_none_is_left() {
    let mut client = Client::new();
    client.connect(echo());
    while client.has_socket() {
        client.fails();
    }
    let api = Api::veriops();
    let urls = api.echo.iter().map(|server| server.endpoint.to_string());
    assert_eq!(client.opened(), urls.collect::<Vec<_>>());
    assert_eq!(client.rest(), Some(&EndCause::NoEcho));
    assert_eq!(client.session.poll_timeout(), None);
}

#[test]
fn a_hanging_network_leaves_no_echo_after_five_seconds_a_candidate() {
    let mut pair = Pair::quiet();
    pair.network.handshake = Handshake::Hang;
    let start = pair.client.now.at;
    pair.connect_to(echo());
    let patience = Millis::seconds(5 * Api::veriops().echo.len() as u64);
    while pair.step(start + patience) {}
    assert_eq!(pair.client.rest(), Some(&EndCause::NoEcho));
    assert_eq!(pair.client.now.at, start + patience);
}

#[test]
fn the_log_says_which_candidate_answered() {
    let mut client = Client::new();
    client.connect(echo());
    client.fails();
    client.opens();
    let Body::Opened { endpoint, .. } = client.last() else { panic!("{:?}", client.last()) };
    assert_eq!(*endpoint, Api::veriops().echo[1].endpoint.to_string());
}

#[test]
fn the_candidate_that_answered_is_the_first_to_be_tried_again() {
    let mut client = Client::new();
    client.connect(echo());
    client.fails();
    client.opens();
    client.closes(1006);
    client.opened();
    client.wait(Millis::seconds(1));
    let urls: Vec<_> = Api::veriops().echo.iter().map(|it| it.endpoint.to_string()).collect();
    assert_eq!(client.opened(), [urls[1].as_str()]);
    client.fails();
    assert_eq!(client.opened(), [urls[2].as_str()]);
}

#[test]
fn echo_servers_that_once_answered_are_tried_again_with_backoff() {
    let mut client = Client::echo();
    client.closes(1006);
    client.wait(Millis::seconds(1));
    while client.has_socket() {
        client.fails();
    }
    assert_eq!(client.delay(), Some(Millis::seconds(2)));
}

#[test]
fn no_candidate_is_no_echo() {
    let mut client = Client::new();
    client.connect(Target::Echo { candidates: vec![] });
    assert_eq!((client.acts(), client.rest()), (vec![], Some(&EndCause::NoEcho)));
}

#[test]
fn a_connection_that_never_opened_is_tried_five_times() {
    let mut client = Client::new();
    client.connect(live());
    let mut delays = Vec::new();
    client.fails();
    while let Some(delay) = client.delay() {
        delays.push(delay.0 / 1_000);
        client.wait(delay);
        client.fails();
    }
    assert_eq!(delays, [1, 2, 4, 8]);
    assert_eq!(client.opened().len(), 5);
    assert_eq!(client.rest(), Some(&EndCause::GaveUp { attempts: 5 }));
    assert_eq!(client.last(), &Body::Note(Note::GaveUp { attempts: 5 }));
    client.connect(live());
    client.fails();
    assert_eq!(client.delay(), Some(Millis::seconds(1)), "asking again starts over");
}

#[test]
fn a_connection_that_once_opened_is_never_given_up() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.network.handshake = Handshake::Refuse;
    pair.cut();
    pair.wait(Millis::seconds(3_600));
    assert_eq!(pair.client.delay(), Some(Millis::seconds(30)));
    pair.network.handshake = Handshake::Accept;
    pair.wait(Millis::seconds(31));
    assert!(pair.client.session.phase().is_open());
}

#[test]
fn cancelling_is_no_error_and_never_reconnects() {
    let mut client = Client::new();
    client.connect(live());
    client.acts();
    client.wait(Millis(50));
    client.disconnect();
    assert_eq!(client.acts(), [Act::Abandon]);
    assert_eq!(client.session.phase(), &Phase::Idle { ended: None });
    assert_eq!(client.session.poll_timeout(), None);
    assert!(client.log.iter().all(|entry| !entry.is_problem()));
    client.closes(1006);
    assert_eq!((client.acts(), client.session.poll_timeout()), (vec![], None));
}

#[test]
fn an_address_that_the_security_policy_blocks_is_told_alike_in_every_browser() {
    let firefox = SocketEvent::Refused { name: "NS_ERROR_CONTENT_BLOCKED".to_owned() };
    for event in [SocketEvent::Blocked, firefox] {
        let mut client = Client::new();
        client.connect(live());
        client.hears(event);
        assert_eq!(client.rest(), Some(&EndCause::OpenFailed(OpenFailure::Blocked)));
    }
}

#[test]
fn an_address_that_the_browser_refuses_is_not_tried_again() {
    let mut client = Client::new();
    client.connect(live());
    let name = "SecurityError".to_owned();
    client.hears(SocketEvent::Refused { name: name.clone() });
    assert_eq!(client.rest(), Some(&EndCause::OpenFailed(OpenFailure::Refused { name })));
    assert_eq!(client.session.poll_timeout(), None);
}

#[test]
fn an_address_that_the_pages_policy_blocks_is_not_tried_again_and_named_so() {
    let mut client = Client::new();
    client.connect(live());
    client.hears(SocketEvent::Blocked);
    assert_eq!(client.rest(), Some(&EndCause::OpenFailed(OpenFailure::Blocked)));
    assert_eq!(client.session.poll_timeout(), None);
    assert!(
        client.notice().unwrap().starts_with("Blocked by this page's content security policy.")
    );
}

#[test]
fn an_echo_candidate_that_the_browser_refuses_gives_way_to_the_next() {
    let mut client = Client::new();
    client.connect(echo());
    client.hears(SocketEvent::Refused { name: "SecurityError".into() });
    assert_eq!(client.opened().len(), 2);
}

#[test]
fn a_timeout_at_any_time_does_no_harm() {
    let mut client = Client::new();
    client.timeout();
    client.connect(live());
    client.sleep(Millis(9_999));
    client.timeout();
    client.opens();
    client.timeout();
    client.sleep(Millis::seconds(3_600));
    client.timeout();
    client.timeout();
    assert!(client.session.phase().is_open());
    assert_eq!(client.acts().len(), 1);
}

#[test]
fn a_connection_that_opens_before_a_late_timeout_stays() {
    let mut client = Client::new();
    client.connect(live());
    client.sleep(Millis::seconds(60));
    client.opens();
    client.timeout();
    assert!(client.session.phase().is_open());
}

#[test]
fn words_of_an_older_connection_are_ignored() {
    let mut client = Client::live();
    let older = client.latest();
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    let entries = client.log.len();
    let nothing = String::new;
    for event in [
        SocketEvent::Opened { extensions: nothing(), protocol: nothing() },
        SocketEvent::Text("{}".into()),
        SocketEvent::Binary(vec![1]),
        SocketEvent::Refused { name: "SyntaxError".into() },
        SocketEvent::Closed { code: CloseCode(4001), reason: nothing(), clean: true },
    ] {
        for connection in [older, ConnectionId(0), ConnectionId(u64::MAX)] {
            client.hears_from(connection, event.clone());
        }
    }
    assert!(client.session.phase().is_open());
    assert_eq!(client.log.len(), entries);
}

#[test]
fn the_key_goes_to_the_endpoints_of_the_description_and_nowhere_else() {
    let sent = "?token=canary%2Bkey%2F42%3D";
    for (url, token) in [
        ("wss://api.veriops.example/realtime", sent),
        ("wss://API.veriops.example:443/realtime", sent),
        ("ws://api.veriops.example/realtime", ""),
        ("wss://api.veriops.example/other", ""),
        ("wss://api.veriops.example:8443/realtime", ""),
        ("wss://api.veriops.example.evil.test/realtime", ""),
        ("wss://evil.test/realtime", ""),
        ("wss://echo.websocket.org", ""),
    ] {
        let endpoint = endpoint(url);
        let mut client = Client::new();
        client.connect(Target::Live { endpoint: endpoint.clone(), key: Some(key()) });
        assert_eq!(client.opened(), [format!("{endpoint}{token}")], "{url}");
    }
}

#[test]
fn nothing_is_sent_while_no_connection_is_open() {
    let mut idle = Client::new();
    idle.send("{}");
    let mut connecting = Client::new();
    connecting.connect(live());
    connecting.force("{}");
    let mut closing = Client::live();
    closing.disconnect();
    closing.force("{}");
    let mut waiting = Client::live();
    waiting.closes(1006);
    waiting.force("{}");
    for mut client in [idle, connecting, closing, waiting] {
        assert_eq!(client.refusals, [Refusal::NotOpen]);
        assert_eq!(client.last(), &Body::Note(Note::NotSent { refusal: Refusal::NotOpen }));
        assert_eq!(client.sent(), [""; 0]);
    }
}
