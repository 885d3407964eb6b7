//! What goes wrong on demand, as the server and the link do it.

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::protocol::{CloseCode, Incident, Instant, Millis, Now, UnixMillis};
use veriops_playground::simulator::{
    Conditions, Handshake, Link, LinkEvent, Network, ServerInput, ServerOutput, Settings,
};

use crate::client::{Client, documented, quiet};

#[test]
fn what_stands_stands_until_it_is_undone_and_what_is_over_never_does() {
    let mut conditions = Conditions::default();
    for incident in [
        Incident::Burst { events: 3 },
        Incident::Close { code: CloseCode(1001), reason: String::new() },
        Incident::Drop,
        Incident::Malformed,
        Incident::Oversize,
    ] {
        conditions.apply(&incident);
        assert_eq!(conditions.standing().count(), 0, "{incident:?}");
    }
    for incident in standing() {
        conditions.apply(&incident);
        conditions.apply(&incident);
        assert!(conditions.has(&incident), "{incident:?}");
    }
    assert!(conditions.standing().eq(&standing()), "each once, in their order");
    conditions.apply(&Incident::DelayAcks(Millis(9)));
    assert!(!conditions.has(&Incident::DelayAcks(Millis(7))), "one delay takes another's place");
    for incident in standing() {
        conditions.apply(&incident.undone().unwrap());
    }
    assert_eq!(conditions, Conditions::default());
}

#[test]
fn a_burst_is_events_of_the_subscribed_channels_in_turn_at_once() {
    let mut wire = Wire::open(quiet());
    for channel in ["presence", "project.updated"] {
        wire.subscribe(channel);
    }
    let staged = wire.link.stage(&Incident::Burst { events: 1_000 }, wire.now);
    assert_eq!(staged, Incident::Burst { events: 1_000 });
    let sent = wire.now.at;
    let events = wire.hear(60_000);
    assert_eq!(events.len(), 1_000);
    assert!(events.iter().all(|(at, _)| *at == sent + LATENCY));
    let types: Vec<_> = events[..4].iter().map(|(_, it)| &it["payload"]["event_type"]).collect();
    assert_eq!(types, ["presence", "project.updated", "presence", "project.updated"]);
}

#[test]
fn a_burst_without_a_subscribed_channel_has_no_events_and_says_so() {
    let mut wire = Wire::open(quiet());
    let staged = wire.link.stage(&Incident::Burst { events: 1_000 }, wire.now);
    assert_eq!(staged, Incident::Burst { events: 0 });
    assert_eq!(wire.hear(60_000), []);
}

#[test]
fn the_server_closes_with_any_code_and_a_reason_that_fits() {
    for (reason, said) in
        [("go away".to_owned(), "go away".to_owned()), ("é".repeat(90), "é".repeat(61))]
    {
        let mut wire = Wire::open(quiet());
        let code = CloseCode(4_321);
        wire.link.stage(&Incident::Close { code, reason }, wire.now);
        let closed = LinkEvent::Closed { code, reason: said, clean: true };
        assert_eq!(wire.link.poll(later(wire.now, 60_000)), Some((later(wire.now, 20), closed)));
    }
}

#[test]
fn a_dropped_connection_ends_without_a_close_frame() {
    let mut wire = Wire::open(quiet());
    wire.link.stage(&Incident::Drop, wire.now);
    let (code, reason) = (CloseCode::ABNORMAL, String::new());
    let closed = LinkEvent::Closed { code, reason, clean: false };
    assert_eq!(wire.link.poll(later(wire.now, 60_000)), Some((later(wire.now, 20), closed)));
}

#[test]
fn a_late_ack_comes_late_and_nothing_else_does() {
    let mut wire = Wire::open(quiet());
    wire.stage(&Incident::DelayAcks(Millis(12_000)));
    let sent = wire.now.at;
    wire.ask("subscribe", "presence");
    wire.ask("ping", "presence");
    let heard = wire.hear(60_000);
    let times: Vec<_> =
        heard.iter().map(|(at, it)| (it["type"].as_str().unwrap(), (*at - sent).0)).collect();
    assert_eq!(times, [("pong", 40), ("ack", 12_040)]);
    wire.stage(&Incident::DelayAcks(Millis(0)));
    let sent = wire.now.at;
    wire.ask("unsubscribe", "presence");
    assert_eq!(wire.hear(60_000)[0].0, sent + LATENCY + LATENCY);
}

#[test]
fn a_published_message_does_not_wait_for_its_late_ack() {
    let mut client = Client::open(quiet());
    client.ask("subscribe", json!({"channel": "presence"}));
    client.handle(ServerInput::Incident(&Incident::DelayAcks(Millis(500))));
    client.send("publish", json!({"channel": "presence", "data": {}}));
    assert!(matches!(client.outputs()[..], [ServerOutput::Broadcast(_)]));
    assert_eq!(client.wait(500).len(), 1);
}

#[test]
fn one_ack_is_lost_and_that_is_that() {
    let mut wire = Wire::open(quiet());
    wire.stage(&Incident::LoseAck(true));
    wire.ask("ping", "presence");
    assert_eq!(wire.hear(1_000).len(), 1, "a pong is no ack");
    assert!(wire.link.conditions().has(&Incident::LoseAck(true)));
    wire.ask("subscribe", "presence");
    assert_eq!(wire.hear(1_000), []);
    assert_eq!(wire.link.conditions(), &Conditions::default());
    wire.ask("subscribe", "presence");
    assert_eq!(wire.hear(1_000).len(), 1);
}

#[test]
fn a_malformed_frame_is_no_envelope() {
    let mut wire = Wire::open(quiet());
    wire.stage(&Incident::Malformed);
    let Some((_, LinkEvent::Text(text))) = wire.link.poll(later(wire.now, 60_000)) else {
        panic!("a frame")
    };
    assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
}

#[test]
fn an_oversize_frame_has_one_byte_more_than_a_message_may() {
    let mut wire = Wire::open(quiet());
    wire.stage(&Incident::Oversize);
    let Some((_, LinkEvent::Text(text))) = wire.link.poll(later(wire.now, 60_000)) else {
        panic!("a frame")
    };
    assert_eq!(text.len(), Api::veriops().limits.message_bytes.unwrap() + 1);
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(event["type"], "event");
}

#[test]
fn a_mute_connection_swallows_both_ways_while_the_server_goes_on() {
    let mut wire = Wire::open(documented());
    wire.subscribe("presence");
    wire.ask("subscribe", "project.updated");
    wire.stage(&Incident::Mute(true));
    wire.link.close(wire.now);
    assert_eq!(wire.hear(29_000), [], "no ack, no event, no close");
    wire.stage(&Incident::Mute(false));
    let heard = wire.hear(1_500);
    assert!(heard.iter().any(|(_, it)| it["type"] == "ping"), "its timers went on: {heard:?}");
    assert!(heard.iter().all(|(_, it)| it["payload"]["event_type"] != "project.updated"));
}

#[test]
fn a_server_that_drops_a_mute_connection_is_not_heard() {
    let mut wire = Wire::open(documented());
    wire.stage(&Incident::Mute(true));
    assert_eq!(wire.link.poll(later(wire.now, 400_000)), None);
    assert_eq!(wire.link.poll_timeout(), None, "it left after the second ping");
}

#[test]
fn a_quiet_server_neither_pings_nor_sends_events_and_then_does_again() {
    let mut wire = Wire::open(documented());
    wire.subscribe("presence");
    wire.stage(&Incident::Quiet(true));
    wire.subscribe("project.updated");
    assert_eq!(wire.hear(299_000), []);
    wire.stage(&Incident::Quiet(false));
    let sent = wire.now.at;
    let heard = wire.hear(31_000);
    let ping = heard.iter().find(|(_, it)| it["type"] == "ping").unwrap();
    assert_eq!(ping.0 - sent, Millis::seconds(30) + LATENCY);
    for channel in ["presence", "project.updated"] {
        let is_of = |(_, it): &(Instant, Value)| it["payload"]["event_type"] == channel;
        assert!(heard.iter().any(is_of), "{channel}");
    }
}

#[test]
fn a_ping_that_went_unanswered_is_forgiven_when_the_server_falls_silent() {
    let mut client = Client::open(Settings { event_interval: None, ..documented() });
    assert_eq!(client.wait(30_000).len(), 1);
    client.handle(ServerInput::Incident(&Incident::Quiet(true)));
    assert_eq!(client.wait(100_000), [Value::Null; 0]);
    client.handle(ServerInput::Incident(&Incident::Quiet(false)));
    assert_eq!(client.wait(30_000).len(), 1, "it pings again instead of leaving");
}

#[test]
fn what_stands_meets_the_next_connection_as_well() {
    let mut conditions = Conditions::default();
    conditions.apply(&Incident::RefuseKeys(true));
    let mut link = link(documented(), &conditions);
    assert!(matches!(link.poll(at(9_000)), Some((_, LinkEvent::Opened { .. }))));
    let Some((_, LinkEvent::Closed { code, .. })) = link.poll(at(9_000)) else { panic!("refused") };
    assert_eq!(code, CloseCode(4001));
    let mut conditions = Conditions::default();
    conditions.apply(&Incident::Quiet(true));
    let mut wire = Wire { link: self::link(documented(), &conditions), now: at(1_000) };
    wire.now = wire.link.poll(at(9_000)).unwrap().0;
    wire.subscribe("presence");
    assert_eq!(wire.hear(200_000), []);
    let mut conditions = Conditions::default();
    conditions.apply(&Incident::Mute(true));
    let mut link = self::link(documented(), &conditions);
    assert_eq!((link.poll(at(900_000)), link.poll_timeout()), (None, None), "the handshake hangs");
}

#[test]
fn a_forbidden_address_is_refused_at_once_by_the_browser() {
    let mut conditions = Conditions::default();
    for incident in [Incident::ForbidAddress(true), Incident::Mute(true)] {
        conditions.apply(&incident);
        let mut link = link(documented(), &conditions);
        let refused = LinkEvent::Refused { name: "SecurityError".to_owned() };
        assert_eq!(link.poll(at(900_000)), Some((at(1_000), refused)));
        assert_eq!((link.poll(at(900_000)), link.poll_timeout()), (None, None));
    }
}

#[test]
fn an_unreachable_server_opens_no_connection_and_keeps_the_one_that_is_open() {
    let mut conditions = Conditions::default();
    conditions.apply(&Incident::Unreachable(true));
    let mut refused = link(documented(), &conditions);
    let closed =
        LinkEvent::Closed { code: CloseCode::ABNORMAL, reason: String::new(), clean: false };
    assert_eq!(refused.poll(at(900_000)).map(|(_, event)| event), Some(closed));
    assert_eq!((refused.poll(at(900_000)), refused.poll_timeout()), (None, None));
    let mut wire = Wire::open(quiet());
    wire.link.stage(&Incident::Unreachable(true), wire.now);
    wire.subscribe("presence");
    conditions.apply(&Incident::Unreachable(false));
    let opened = link(documented(), &conditions).poll(at(900_000));
    assert!(matches!(opened, Some((_, LinkEvent::Opened { .. }))));
}

#[test]
fn the_handshake_negotiates_what_the_description_supports() {
    let mut api = (*Api::veriops()).clone();
    for (value, extensions) in
        [("permessage-deflate supported", "permessage-deflate"), ("none", "")]
    {
        api.settings.iter_mut().find(|it| it.name == "Compression").unwrap().value = value.into();
        let (network, none) = (network(), Conditions::default());
        let mut link = Link::open(api.clone().into(), quiet(), network, none, 7, at(1_000));
        let Some((_, LinkEvent::Opened { extensions: told })) = link.poll(at(9_000)) else {
            panic!("it opens")
        };
        assert_eq!(told, extensions);
    }
}

#[test]
fn the_next_arrival_is_what_is_heard_next() {
    let mut wire = Wire::open(documented());
    wire.subscribe("presence");
    for _ in 0..20 {
        let due = wire.link.next_arrival(later(wire.now, 60_000)).unwrap();
        assert!(due > wire.now.at);
        assert_eq!(wire.link.poll(later(wire.now, (due - wire.now.at).0 - 1)), None);
        let (now, event) = wire.link.poll(later(wire.now, 60_000)).unwrap();
        assert_eq!(now.at, due);
        wire.now = now;
        wire.answer(&event);
    }
    assert_eq!(wire.link.next_arrival(later(wire.now, 1)), None);
}

const LATENCY: Millis = Millis(20);

/// An open link, and the client's time.
struct Wire {
    link: Link,
    now: Now,
}

impl Wire {
    fn open(settings: Settings) -> Self {
        let mut link = link(settings, &Conditions::default());
        let (now, _) = link.poll(at(9_000)).expect("it opens");
        Self { link, now }
    }

    fn stage(&mut self, incident: &Incident) {
        assert_eq!(self.link.stage(incident, self.now), *incident);
    }

    fn ask(&mut self, kind: &str, channel: &str) {
        let payload = json!({"channel": channel});
        let message = json!({"type": kind, "request_id": "req_1", "payload": payload});
        self.link.send(message.to_string(), self.now);
    }

    fn subscribe(&mut self, channel: &str) {
        self.ask("subscribe", channel);
        let (now, _) = self.link.poll(later(self.now, 1_000)).expect("an ack");
        self.now = now;
    }

    /// Lets time pass and pings be answered; returns what came and when.
    fn hear(&mut self, millis: u64) -> Vec<(Instant, Value)> {
        let end = later(self.now, millis);
        let mut heard = Vec::new();
        while let Some((now, event)) = self.link.poll(end) {
            self.now = now;
            self.answer(&event);
            let LinkEvent::Text(text) = event else { panic!("{event:?}") };
            heard.push((now.at, serde_json::from_str(&text).unwrap()));
        }
        self.now = end;
        heard
    }

    fn answer(&mut self, event: &LinkEvent) {
        if let LinkEvent::Text(text) = event
            && text.starts_with(r#"{"type":"ping""#)
        {
            self.link.send(text.replace("ping", "pong"), self.now);
        }
    }
}

fn link(settings: Settings, conditions: &Conditions) -> Link {
    Link::open(Api::veriops(), settings, network(), conditions.clone(), 7, at(1_000))
}

fn network() -> Network {
    Network { latency: LATENCY, handshake: Handshake::Accept }
}

fn standing() -> [Incident; 7] {
    [
        Incident::DelayAcks(Millis(7)),
        Incident::ForbidAddress(true),
        Incident::LoseAck(true),
        Incident::Mute(true),
        Incident::Quiet(true),
        Incident::RefuseKeys(true),
        Incident::Unreachable(true),
    ]
}

fn at(millis: u64) -> Now {
    Now { at: Instant(millis), wall: UnixMillis(1_773_930_600_000 + millis) }
}

fn later(now: Now, millis: u64) -> Now {
    now.when(now.at + Millis(millis))
}
