//! Random sequences of inputs, with random pauses: what holds whatever a client does.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use veriops_playground::protocol::{CloseCode, Incident, Millis};
use veriops_playground::simulator::{Published, ServerInput, ServerOutput, Settings};

use crate::client::{Client, documented};

/// Something a client, the embedder or time does.
#[derive(Clone, Debug)]
enum Step {
    Bytes(Vec<u8>),
    Deliver { channel: &'static str, project: &'static str },
    End { shutdown: bool },
    Pong,
    Publish { channel: &'static str },
    Stage(Incident),
    Subscribe { channel: &'static str, project: Option<&'static str> },
    Text(String),
    Unsubscribe { channel: &'static str, project: Option<&'static str> },
}

fn step() -> impl Strategy<Value = Step> {
    let channel = || prop::sample::select(&["project.updated", "task.completed", "presence"][..]);
    let filtered = || prop::sample::select(&["project.updated", "task.completed"][..]);
    let project = || prop::sample::select(&["prj_abc123", "prj_def456", "prj_other"][..]);
    let topic = || {
        prop_oneof![
            channel().prop_map(|channel| (channel, None)),
            (filtered(), project()).prop_map(|(channel, project)| (channel, Some(project))),
        ]
    };
    prop_oneof![
        20 => topic().prop_map(|(channel, project)| Step::Subscribe { channel, project }),
        8 => topic().prop_map(|(channel, project)| Step::Unsubscribe { channel, project }),
        8 => (channel(), project())
            .prop_map(|(channel, project)| Step::Deliver { channel, project }),
        8 => Just(Step::Pong),
        4 => Just(Step::Publish { channel: "presence" }),
        1 => channel().prop_map(|channel| Step::Publish { channel }),
        1 => ".{0,40}".prop_map(Step::Text),
        1 => prop::collection::vec(any::<u8>(), 0..4).prop_map(Step::Bytes),
        1 => any::<bool>().prop_map(|shutdown| Step::End { shutdown }),
        8 => incident().prop_map(Step::Stage),
    ]
}

fn incident() -> impl Strategy<Value = Incident> {
    prop_oneof![
        4 => (0..5_u32).prop_map(|events| Incident::Burst { events }),
        1 => (any::<u16>(), ".{0,90}")
            .prop_map(|(code, reason)| Incident::Close { code: CloseCode(code), reason }),
        4 => prop::sample::select(vec![0, LATEST_ACK])
            .prop_map(|delay| Incident::DelayAcks(Millis(delay))),
        1 => Just(Incident::Drop),
        2 => Just(Incident::Malformed),
        1 => Just(Incident::Oversize),
        6 => any::<bool>().prop_map(Incident::Quiet),
        1 => any::<bool>().prop_map(Incident::RefuseKeys),
    ]
}

/// What the client knows, and the rules it holds the server to.
struct Observer {
    client: Client,
    topics: BTreeSet<(String, Option<String>)>,
    /// How often each request that was accepted still has to be answered.
    owed: BTreeMap<String, u32>,
    ping: Option<String>,
    /// How many frames are to come that are no envelopes.
    malformed: u32,
    is_quiet: bool,
    /// Whether somebody asked for what comes now.
    is_asked: bool,
    over: bool,
    requests: u32,
}

impl Observer {
    fn take(&mut self, step: &Step) {
        self.is_asked = true;
        match step {
            Step::Bytes(bytes) => self.client.handle(ServerInput::Binary(bytes)),
            Step::Deliver { channel, project } => {
                let data = json!({"project_id": project}).to_string();
                let published = Published { channel: (*channel).into(), data };
                self.client.handle(ServerInput::Deliver(&published));
            }
            Step::End { shutdown: true } => self.client.handle(ServerInput::Shutdown),
            Step::End { shutdown: false } => {
                self.client.handle(ServerInput::Closed);
                self.end();
            }
            Step::Pong => {
                let pong =
                    json!({"type": "pong", "request_id": self.ping.clone().unwrap_or_default()});
                self.client.handle(ServerInput::Text(&pong.to_string()));
            }
            Step::Publish { channel } => {
                let payload = json!({"channel": channel, "data": {"user_id": "usr_1"}});
                self.request("publish", &payload, *channel == "presence");
            }
            Step::Stage(incident) => {
                if !self.over {
                    self.malformed += u32::from(*incident == Incident::Malformed);
                    if let Incident::Quiet(on) = incident {
                        self.is_quiet = *on;
                    }
                }
                self.client.handle(ServerInput::Incident(incident));
            }
            Step::Subscribe { channel, project } => {
                if !self.over {
                    self.topics.insert(((*channel).into(), project.map(Into::into)));
                }
                self.request("subscribe", &topic(channel, *project), true);
            }
            Step::Text(text) => self.client.handle(ServerInput::Text(text)),
            Step::Unsubscribe { channel, project } => {
                self.topics.retain(|topic| {
                    topic.0 != *channel || project.is_some_and(|it| topic.1.as_deref() != Some(it))
                });
                self.request("unsubscribe", &topic(channel, *project), true);
            }
        }
        self.drain();
    }

    fn request(&mut self, kind: &str, payload: &Value, is_allowed: bool) {
        self.requests += 1;
        let id = format!("req_{}", self.requests);
        let message = json!({"type": kind, "request_id": id, "payload": payload});
        self.client.handle(ServerInput::Text(&message.to_string()));
        if is_allowed && !self.over {
            self.owed.insert(id, 1);
        }
    }

    /// Lets time pass; timeouts come when they are due, or all together late.
    fn wait(&mut self, millis: u64, punctual: bool) {
        self.is_asked = false;
        let end = self.client.now.at + Millis(millis);
        while let Some(due) = self.client.server.poll_timeout().filter(|due| *due <= end) {
            let to = if punctual { due } else { end };
            self.client.sleep((to - self.client.now.at).0);
            self.client.handle(ServerInput::Timeout);
            self.drain();
        }
        self.client.sleep((end - self.client.now.at).0);
    }

    fn drain(&mut self) {
        for output in self.client.outputs() {
            match output {
                ServerOutput::Broadcast(_) => {}
                output if self.over => panic!("{output:?} after the end"),
                ServerOutput::Send(text) => match serde_json::from_str(&text) {
                    Ok(message) => self.receive(&message),
                    Err(error) => {
                        let left = self.malformed.checked_sub(1);
                        self.malformed = left.unwrap_or_else(|| panic!("{text}: {error}"));
                    }
                },
                ServerOutput::Close { reason, .. } => {
                    assert!(reason.len() <= 123, "{reason}");
                    self.end();
                }
                ServerOutput::Drop => self.end(),
            }
        }
        if let Some(due) = self.client.server.poll_timeout() {
            assert!(due > self.client.now.at, "a timeout lies in the past");
        }
    }

    fn receive(&mut self, message: &Value) {
        let id = message["request_id"].as_str().unwrap();
        match message["type"].as_str().unwrap() {
            "ack" => {
                let owed = self.owed.get_mut(id).unwrap_or_else(|| panic!("{id} is not owed"));
                *owed = owed.checked_sub(1).unwrap_or_else(|| panic!("{id} is acked twice"));
            }
            "event" | "ping" if self.is_quiet && !self.is_asked => panic!("unasked: {message}"),
            // What is oversize belongs to nobody.
            "event" if message["payload"]["data"]["filler"].is_string() => {}
            "event" => {
                let payload = &message["payload"];
                let project = payload["data"]["project_id"].as_str();
                let wanted = |(channel, filter): &(String, Option<String>)| {
                    payload["event_type"] == channel.as_str()
                        && (filter.is_none() || filter.as_deref() == project)
                };
                assert!(self.topics.iter().any(wanted), "nobody asked for {message}");
            }
            "ping" => self.ping = Some(id.to_owned()),
            other => panic!("unexpected {other}"),
        }
    }

    fn end(&mut self) {
        self.over = true;
    }
}

fn topic(channel: &str, project: Option<&str>) -> Value {
    match project {
        Some(project) => json!({"channel": channel, "filters": {"project_id": project}}),
        None => json!({"channel": channel}),
    }
}

/// How long acks take at most, in milliseconds.
const LATEST_ACK: u64 = 700;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_client_does_the_server_keeps_its_rules(
        steps in prop::collection::vec((step(), 0_u64..9_000, any::<bool>()), 0..60),
        ack_delay in 0_u64..200,
    ) {
        let settings = Settings { ack_delay: Millis(ack_delay), ..documented() };
        let mut observer = Observer {
            client: Client::open(settings),
            topics: BTreeSet::new(),
            owed: BTreeMap::new(),
            ping: None,
            malformed: 0,
            is_quiet: false,
            is_asked: false,
            over: false,
            requests: 0,
        };
        for (step, pause, punctual) in &steps {
            observer.take(step);
            observer.wait(*pause, *punctual);
        }
        if !observer.over {
            observer.wait(ack_delay.max(LATEST_ACK), true);
            prop_assert_eq!(observer.malformed, 0);
            prop_assert!(observer.owed.values().all(|owed| *owed == 0), "{:?}", observer.owed);
        }
    }

    #[test]
    fn no_text_makes_the_server_panic(
        head in r#"[\[{"]{0,3}"#,
        texts in prop::collection::vec(any::<String>(), 1..4),
        kind in "(sub|unsub)scribe|publish|ping|pong|ack|event",
        payload in r#"(\{"channel":("presence"|[^"]{0,3}),?("data":\{?\}?)?\}?|\[\]|7)?"#,
    ) {
        for text in texts {
            Client::open(documented()).handle(ServerInput::Text(&(head.clone() + &text)));
            let message = format!(r#"{{"type":"{kind}","request_id":"r","payload":{payload}}}"#);
            let mut client = Client::open(documented());
            client.handle(ServerInput::Text(&message));
            prop_assert!(client.outputs().len() <= 2, "{message}");
        }
    }
}
