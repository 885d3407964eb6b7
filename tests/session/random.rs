//! Random readers, servers and networks: what holds whatever happens.
//!
//! The bench checks every output: never two sockets, nothing for a connection that is not live,
//! everything sent is logged once, entries numbered one by one, requests settled at most as sense
//! allows, no timeout in the past.

use std::collections::BTreeSet;

use proptest::prelude::*;
use veriops_playground::entry::{Body, Entry, NextStep, Note, Outcome, Reading};
use veriops_playground::protocol::{CloseCode, Envelope, MessageType, Millis, Topic};
use veriops_playground::session::{Command, ConnectionId, SocketEvent, SubscriptionState};

use crate::client::{Client, echo, live, presence, project, simulator};
use crate::link::{Handshake, Pair};

/// Something that happens to a session.
#[derive(Clone, Debug)]
enum Step {
    Ack { request: usize },
    Connect { target: u8 },
    Disconnect,
    Hear { back: u64, event: SocketEvent },
    ReconnectNow,
    Send { text: String, force: bool },
    Subscribe { topic: Topic },
    Timeout,
    Unsubscribe { topic: Topic },
    Wait { span: Millis, punctual: bool },
}

pub(crate) fn topic() -> impl Strategy<Value = Topic> {
    let topics = [
        presence(),
        project("prj_abc123"),
        project("prj_def456"),
        Topic::channel("project.updated"),
    ];
    prop::sample::select(topics.to_vec())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ("subscribe|unsubscribe|publish|ping|pong|ack|event|other", 0..30_u32, topic()).prop_map(
            |(kind, number, topic)| {
                let filters = topic.filters_json().unwrap_or("{}");
                let channel = &topic.channel;
                format!(
                    r#"{{"type":"{kind}","request_id":"req_{number:03}","payload":{{"channel":"{channel}","filters":{filters},"event_type":"{channel}","data":{filters}}}}}"#
                )
            }
        ),
        ".{0,20}",
    ]
}

fn event() -> impl Strategy<Value = SocketEvent> {
    let code = prop_oneof![
        prop::sample::select(vec![1000, 1001, 1005, 1006, 1008, 4001, 4002, 4008, 4009]),
        any::<u16>(),
    ];
    prop_oneof![
        6 => text().prop_map(SocketEvent::Text),
        4 => Just(SocketEvent::Opened { extensions: String::new(), protocol: String::new() }),
        2 => (code, ".{0,9}", any::<bool>()).prop_map(|(code, reason, clean)| {
            SocketEvent::Closed { code: CloseCode(code), reason, clean }
        }),
        1 => prop::collection::vec(any::<u8>(), 0..4).prop_map(SocketEvent::Binary),
        1 => Just(SocketEvent::Blocked),
        1 => Just(SocketEvent::Refused { name: "SecurityError".into() }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize).prop_map(|request| Step::Ack { request }),
        3 => (0..3_u8).prop_map(|target| Step::Connect { target }),
        1 => Just(Step::Disconnect),
        8 => event().prop_map(|event| Step::Hear { back: 0, event }),
        2 => (1..4_u64, event()).prop_map(|(back, event)| Step::Hear { back, event }),
        1 => Just(Step::ReconnectNow),
        2 => (text(), any::<bool>()).prop_map(|(text, force)| Step::Send { text, force }),
        4 => topic().prop_map(|topic| Step::Subscribe { topic }),
        1 => Just(Step::Timeout),
        2 => topic().prop_map(|topic| Step::Unsubscribe { topic }),
        4 => (0..12_000_u64, any::<bool>())
            .prop_map(|(millis, punctual)| Step::Wait { span: Millis(millis), punctual }),
    ]
}

fn take(client: &mut Client, ids: &mut Vec<String>, step: Step) {
    match step {
        Step::Ack { request } => {
            if let Some(id) = ids.iter().rev().nth(request).cloned() {
                client.receives_ack(&id);
            }
        }
        Step::Connect { target } => {
            client.connect([live(), echo(), simulator()][usize::from(target)].clone());
        }
        Step::Disconnect => client.disconnect(),
        Step::Hear { back, event } => {
            let connection = ConnectionId(client.latest().0.saturating_sub(back));
            client.hears_from(connection, event);
        }
        Step::ReconnectNow => client.command(Command::ReconnectNow),
        Step::Send { text, force } => client.command(Command::Send { text, force }),
        Step::Subscribe { topic } => ids.push(client.subscribe(&topic)),
        Step::Timeout => client.timeout(),
        Step::Unsubscribe { topic } => {
            ids.push(client.session.next_request_id());
            client.command(Command::Unsubscribe(topic));
        }
        Step::Wait { span, punctual: true } => client.wait(span),
        Step::Wait { span, punctual: false } => client.sleep(span),
    }
}

/// Checks that nothing waits for ever: a subscription waits only with a request that does, an end of
/// which another attempt follows has one scheduled, and a restore says no more than is so.
pub(crate) fn check_waits(client: &Client) -> Result<(), TestCaseError> {
    let pending: Vec<_> = client.log.iter().filter_map(pending_topic).collect();
    for subscription in client.session.subscriptions() {
        let topic = &subscription.topic;
        let is_awaited = match subscription.state {
            SubscriptionState::Pending | SubscriptionState::Restoring => {
                pending.contains(&(MessageType::Subscribe, topic.clone()))
            }
            SubscriptionState::Ending => pending.iter().any(|(kind, ended)| {
                let is_whole = !ended.is_filtered() && ended.channel == topic.channel;
                *kind == MessageType::Unsubscribe && (ended == topic || is_whole)
            }),
            _ => true,
        };
        prop_assert!(is_awaited, "{subscription:?} waits for nothing");
    }
    let tries_again = client.next().is_some_and(NextStep::tries_again);
    prop_assert_eq!(tries_again, client.delay().is_some());
    Ok(())
}

/// Checks what was said last of a restore, at the moment it was: a subscription may be forgotten
/// without an entry later.
fn check_restored(new: &[Entry], states: &[&str]) -> Result<(), TestCaseError> {
    if let Some(Note::Restored { subscriptions, .. }) = new.last().and_then(note) {
        let active = states.iter().filter(|state| **state == "active").count();
        prop_assert!(*subscriptions <= active, "{subscriptions} are not {states:?}");
    }
    Ok(())
}

fn note(entry: &Entry) -> Option<&Note> {
    if let Body::Note(note) = &entry.body { Some(note) } else { None }
}

/// Returns what a request that is waited for is about.
fn pending_topic(entry: &Entry) -> Option<(MessageType, Topic)> {
    match &entry.body {
        Body::Message {
            text,
            reading: Reading::Request { kind, outcome: Outcome::Pending, .. },
            ..
        } => Some((*kind, Envelope::decode(text).ok()?.topic().ok()?)),
        _ => None,
    }
}

/// Something that happens between a reader and a healthy server on a poor network.
#[derive(Clone, Debug)]
enum Trouble {
    Connect,
    Cut,
    Disconnect,
    Handshake(Handshake),
    Latency(Millis),
    ReconnectNow,
    ShutDown,
    Subscribe(Topic),
    Unsubscribe(Topic),
    Wait(Millis),
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let handshake = prop::sample::select(vec![
        Handshake::Accept,
        Handshake::Accept,
        Handshake::Hang,
        Handshake::Refuse,
    ]);
    prop_oneof![
        1 => Just(Trouble::Connect),
        2 => Just(Trouble::Cut),
        1 => Just(Trouble::Disconnect),
        1 => handshake.prop_map(Trouble::Handshake),
        1 => (0..3_000_u64).prop_map(|millis| Trouble::Latency(Millis(millis))),
        1 => Just(Trouble::ReconnectNow),
        1 => Just(Trouble::ShutDown),
        6 => topic().prop_map(Trouble::Subscribe),
        4 => topic().prop_map(Trouble::Unsubscribe),
        6 => (0..5_000_u64).prop_map(|millis| Trouble::Wait(Millis(millis))),
    ]
}

/// What the reader wants, kept apart from the session's own account.
#[derive(Default)]
struct Wishes(BTreeSet<Topic>);

impl Wishes {
    fn meet(&mut self, pair: &mut Pair, trouble: Trouble) {
        let is_open = pair.client.session.phase().is_open();
        match trouble {
            Trouble::Connect => pair.client.connect(live()),
            Trouble::Cut => pair.cut(),
            Trouble::Disconnect => pair.client.disconnect(),
            Trouble::Handshake(handshake) => pair.network.handshake = handshake,
            Trouble::Latency(latency) => {
                // One connection keeps its order: the latency changes between frames only.
                pair.drive();
                pair.network.latency = latency;
            }
            Trouble::ReconnectNow => pair.client.command(Command::ReconnectNow),
            Trouble::ShutDown => pair.shut_down(),
            Trouble::Subscribe(topic) => {
                pair.client.subscribe(&topic);
                if is_open {
                    self.0.insert(topic);
                }
            }
            Trouble::Unsubscribe(topic) => {
                // Without a filter the server ends all of the channel; a session that has nothing
                // to ask it for forgets just this one.
                let asks = is_open && pair.client.subscription(&topic).is_some();
                let ends_all = asks && !topic.is_filtered();
                self.0.retain(|it| *it != topic && !(ends_all && it.channel == topic.channel));
                pair.client.command(Command::Unsubscribe(topic));
            }
            Trouble::Wait(span) => pair.wait(span),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_session_keeps_its_rules(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut client = Client::new();
        let mut ids = Vec::new();
        for step in steps {
            let logged = client.log.len();
            take(&mut client, &mut ids, step);
            check_waits(&client)?;
            check_restored(&client.log[logged..], &client.states())?;
        }
    }

    #[test]
    fn after_any_trouble_the_server_has_what_the_reader_wants(
        troubles in prop::collection::vec(trouble(), 0..40),
    ) {
        let mut pair = Pair::quiet();
        pair.settings.rate_messages = usize::MAX;
        let mut wishes = Wishes::default();
        pair.connect();
        for trouble in troubles {
            wishes.meet(&mut pair, trouble);
        }
        pair.network.handshake = Handshake::Accept;
        pair.network.latency = Millis(20);
        if !pair.client.session.phase().is_open() {
            pair.client.connect(live());
        }
        pair.wait(Millis::seconds(120));

        prop_assert!(pair.client.session.phase().is_open());
        let mut topics: Vec<_> =
            pair.client.session.subscriptions().iter().map(|it| it.topic.clone()).collect();
        topics.sort();
        prop_assert_eq!(&topics, &wishes.0.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(&topics, &pair.topics().into_keys().collect::<Vec<_>>());
        prop_assert!(pair.client.states().iter().all(|state| *state == "active"));
        prop_assert_eq!(pair.client.session.poll_timeout(), None, "nothing is left to wait for");
        for topic in topics {
            let before = pair.client.subscription(&topic).unwrap().events;
            pair.publish(&topic.channel, topic.filters_json().unwrap_or("{}"));
            prop_assert_eq!(pair.client.subscription(&topic).unwrap().events, before + 1);
        }
    }

    #[test]
    fn no_frame_makes_the_session_panic(text in any::<String>(), is_echo in any::<bool>()) {
        let mut client = if is_echo { Client::echo() } else { Client::live() };
        client.receives(&text);
        client.send(&text);
        client.receives(&text);
        prop_assert!(client.session.phase().is_open());
    }

    #[test]
    fn decoding_what_was_encoded_gives_the_same_message(
        id in any::<String>(),
        time in any::<Option<String>>(),
        topic in topic(),
        number in 0..MessageType::ALL.len(),
    ) {
        let mut message = Envelope::new(MessageType::ALL[number], id).about(&topic);
        if let Some(time) = time {
            message = message.sent_at(time);
        }
        let text = message.encode();
        let decoded = Envelope::decode(&text).unwrap();
        prop_assert_eq!(decoded.topic(), Ok(topic));
        prop_assert_eq!(decoded.encode(), text);
    }
}
