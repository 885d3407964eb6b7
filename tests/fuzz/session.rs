//! A session and everything that can happen to it.

use veriops_playground::entry::{Body, Outcome, Reading};
use veriops_playground::protocol::{CloseCode, MessageType, Millis, Topic, UnixMillis};
use veriops_playground::session::{
    Command, ConnectionId, Input, PageEvent, Phase, SocketEvent, Target,
};

use super::client::{Act, Client, echo, endpoint, key, live, presence, project, simulator};

/// Reads the input as a script, one byte a step: letters act, some with the rest of their line, and
/// every other byte lets time pass.
///
/// The bench checks every output: never two sockets, nothing said to one that is gone, entries
/// numbered one by one, requests settled as sense allows, no key in the log, no timeout in the past.
pub fn check(input: &[u8]) {
    let mut script = Script {
        client: Client::watched(),
        rest: input,
        ids: Vec::new(),
        last_sent: None,
        is_hidden: false,
        is_offline: false,
    };
    while let Some((step, rest)) = script.rest.split_first() {
        script.rest = rest;
        script.take(*step);
        script.look();
    }
    let client = &mut script.client;
    client.disconnect();
    client.wait(Millis::seconds(60));
    assert!(matches!(client.session.phase(), Phase::Idle { .. }), "disconnect means rest");
    assert_eq!(client.session.poll_timeout(), None, "nothing is left to wait for");
    assert!(!client.has_socket());
    let mut readings = client.log.iter().filter_map(|entry| match &entry.body {
        Body::Message { reading, .. } => Some(reading),
        _ => None,
    });
    assert!(
        !readings.any(|it| matches!(it, Reading::Request { outcome: Outcome::Pending, .. })),
        "a request is left without an outcome"
    );
}

struct Script<'a> {
    client: Client,
    rest: &'a [u8],
    /// The ids of the reader's requests.
    ids: Vec<String>,
    last_sent: Option<String>,
    is_hidden: bool,
    is_offline: bool,
}

impl Script<'_> {
    fn take(&mut self, step: u8) {
        let client = &mut self.client;
        match step {
            b'a' => self.acknowledge(0),
            b'A' => self.acknowledge(1),
            b'b' => client.hears(SocketEvent::Binary(vec![0, 255])),
            b'B' => client.handle(Input::Buffered(usize::MAX)),
            b'c' => client.connect(live()),
            // The key is for the live API, whatever the reader typed.
            b'C' => client.connect(Target::Live {
                endpoint: endpoint("wss://other.example/"),
                key: Some(key()),
            }),
            b'd' => client.disconnect(),
            b'e' => client.connect(echo()),
            b'E' => client.connect(Target::Echo { candidates: Vec::new() }),
            b'f' => client.hears(SocketEvent::Refused { name: "SecurityError".into() }),
            b'g' => self.ids.push(client.ask(MessageType::Ping)),
            b'h' => client.receives(r#"{"type":"ping","request_id":"srv_1"}"#),
            b'i' => client.connect(simulator()),
            // The wall clock is set.
            b'j' => client.now.wall.0 += 3_600_000,
            b'J' => client.now.wall = UnixMillis(0),
            b'k' => client.command(Command::KeepAlive(true)),
            b'K' => client.command(Command::KeepAlive(false)),
            b'm' => client.command(Command::AnswerPings(false)),
            b'M' => client.command(Command::AnswerPings(true)),
            b'n' => self.page(PageEvent::Offline),
            b'N' => self.page(PageEvent::Online),
            b'o' => client.opens(),
            b'O' => self.hear_from_before(SocketEvent::Opened {
                extensions: String::new(),
                protocol: String::new(),
            }),
            b'p' => self.ids.push(client.ask(MessageType::Publish)),
            b'q' => self.page(PageEvent::Suspended),
            b'Q' => self.page(PageEvent::Resumed),
            b'r' => client.command(Command::ReconnectNow),
            b's' => self.ids.push(client.subscribe(&project("prj_1"))),
            b'S' => self.ids.push(client.subscribe(&presence())),
            b't' => client.timeout(),
            b'u' => self.unsubscribe(project("prj_1")),
            b'U' => self.unsubscribe(Topic::channel("project.updated")),
            b'v' => client.receives_event("project.updated", "prj_1"),
            b'w' => self.page(PageEvent::Hidden),
            b'W' => self.page(PageEvent::Visible),
            b'x' => client.closes(CloseCode::ABNORMAL.0),
            b'X' => self.hear_from_before(SocketEvent::Closed {
                code: CloseCode::ABNORMAL,
                reason: String::new(),
                clean: false,
            }),
            b'y' => client.handle(Input::Buffered(0)),
            b'z' => {
                if let Some(text) = self.last_sent.clone() {
                    let text = self.known(text);
                    self.client.receives(&text);
                }
            }
            // A close: its code, a space, its reason.
            b'!' => {
                let line = self.line();
                let (code, reason) = line.split_once(' ').unwrap_or((&line, ""));
                self.client.closes_with(code.parse().unwrap_or_default(), reason);
            }
            b'<' => {
                let line = self.line();
                self.client.receives(&line);
            }
            b'>' => {
                let line = self.line();
                self.client.send(&line);
            }
            b']' => {
                let line = self.line();
                self.client.force(&line);
            }
            // Time passes with every timeout missed,
            b'0'..=b'9' => client.sleep(Millis::seconds(1 << (step - b'0'))),
            // or with every timeout on time.
            _ => client.wait(Millis(u64::from(step) * 100)),
        }
    }

    /// Looks at what came of the step.
    fn look(&mut self) {
        for act in self.client.acts() {
            match act {
                Act::Open(url) => {
                    let is_live = url.starts_with("wss://api.veriops.example/realtime");
                    assert_eq!(url.contains("token="), is_live, "{url}");
                }
                Act::Send(text) => self.last_sent = Some(text),
                Act::Abandon | Act::Close => {}
            }
        }
        let session = &self.client.session;
        let is_simulated = matches!(session.target(), Some(Target::Simulator));
        let is_held = (self.is_hidden || self.is_offline) && !is_simulated;
        let (has_socket, has_timer) = match session.phase() {
            Phase::Closing { .. } | Phase::Connecting { .. } => (true, true),
            // The silence of an echo server means nothing.
            Phase::Open { .. } => (true, !session.is_echo()),
            // An attempt that is held back waits for the page.
            Phase::Waiting { .. } => (false, !is_held),
            Phase::Idle { .. } => (false, false),
        };
        assert_eq!(self.client.has_socket(), has_socket, "{:?}", session.phase());
        assert!(!has_timer || session.poll_timeout().is_some(), "a wait without an end");
    }

    fn page(&mut self, event: PageEvent) {
        match event {
            PageEvent::Hidden | PageEvent::Visible => self.is_hidden = event == PageEvent::Hidden,
            PageEvent::Offline | PageEvent::Online => self.is_offline = event == PageEvent::Offline,
            PageEvent::Resumed | PageEvent::Suspended => {}
        }
        self.client.handle(Input::Page(event));
    }

    fn acknowledge(&mut self, back: usize) {
        if let Some(id) = self.ids.iter().rev().nth(back) {
            self.client.receives_ack(id);
        }
    }

    fn hear_from_before(&mut self, event: SocketEvent) {
        let ConnectionId(latest) = self.client.latest();
        self.client.hears_from(ConnectionId(latest.saturating_sub(1)), event);
    }

    fn unsubscribe(&mut self, topic: Topic) {
        self.ids.push(self.client.session.next_request_id());
        self.client.command(Command::Unsubscribe(topic));
    }

    /// Returns the text without the key, unless the session has one: what it does not know it cannot
    /// hide.
    fn known(&self, text: String) -> String {
        let has_key = matches!(self.client.session.target(), Some(Target::Live { .. }));
        if has_key { text } else { key().redact(text) }
    }

    /// Takes the rest of the line.
    fn line(&mut self) -> String {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.known(String::from_utf8_lossy(line).into_owned())
    }
}
