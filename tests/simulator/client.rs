//! A client of the simulated server, in its own time.

use std::sync::Arc;

use serde_json::{Value, json};
use veriops_playground::api::Api;
use veriops_playground::protocol::{CloseCode, Instant, Millis, Now, UnixMillis};
use veriops_playground::simulator::{ServerInput, ServerOutput, Settings, Simulator};

/// A client, the server side of its connection, and the time.
pub(crate) struct Client {
    pub(crate) server: Simulator,
    pub(crate) now: Now,
    requests: u32,
}

impl Client {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::of(Api::veriops(), settings)
    }

    pub(crate) fn of(api: Arc<Api>, settings: Settings) -> Self {
        // The moment of the page's example envelope.
        let now = Now { at: Instant(1_000), wall: UnixMillis(1_773_930_600_000) };
        let server = Simulator::new(api, settings, 42);
        Self { server, now, requests: 0 }
    }

    pub(crate) fn open(settings: Settings) -> Self {
        let mut client = Self::new(settings);
        client.handle(ServerInput::Opened { token: Some("key") });
        client
    }

    pub(crate) fn handle(&mut self, input: ServerInput<'_>) {
        self.server.handle(input, self.now);
    }

    pub(crate) fn outputs(&mut self) -> Vec<ServerOutput> {
        core::iter::from_fn(|| self.server.poll()).collect()
    }

    /// Takes the next output, which must be a message.
    pub(crate) fn message(&mut self) -> Value {
        match self.server.poll() {
            Some(ServerOutput::Send(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a message, not {other:?}"),
        }
    }

    /// Sends a message under a fresh id.
    #[expect(clippy::needless_pass_by_value, reason = "tests write the payload where they send it")]
    pub(crate) fn send(&mut self, kind: &str, payload: Value) {
        self.requests += 1;
        let id = format!("req_{}", self.requests);
        let message = json!({"type": kind, "request_id": id, "payload": payload});
        self.handle(ServerInput::Text(&message.to_string()));
    }

    /// Sends a message and returns the answer, which must carry its id.
    pub(crate) fn ask(&mut self, kind: &str, payload: Value) -> Value {
        self.send(kind, payload);
        let answer = self.message();
        assert_eq!(answer["request_id"], format!("req_{}", self.requests));
        while let Some(ServerOutput::Broadcast(_)) = self.server.poll() {}
        answer
    }

    pub(crate) fn pong(&mut self, ping: &Value) {
        let answer = json!({"type": "pong", "request_id": ping["request_id"]});
        self.handle(ServerInput::Text(&answer.to_string()));
    }

    /// Lets time pass without telling the server.
    pub(crate) fn sleep(&mut self, millis: u64) {
        self.now.at = self.now.at + Millis(millis);
        self.now.wall.0 += millis;
    }

    /// Lets time pass with every timeout on time; returns the messages that came.
    pub(crate) fn wait(&mut self, millis: u64) -> Vec<Value> {
        let end = self.now.at + Millis(millis);
        let mut messages = Vec::new();
        while let Some(due) = self.server.poll_timeout().filter(|due| *due <= end) {
            assert!(due > self.now.at, "a timeout lies in the past");
            self.sleep((due - self.now.at).0);
            self.handle(ServerInput::Timeout);
            for output in self.outputs() {
                match output {
                    ServerOutput::Send(text) => messages.push(serde_json::from_str(&text).unwrap()),
                    other => panic!("expected messages only, not {other:?}"),
                }
            }
        }
        self.sleep((end - self.now.at).0);
        messages
    }

    pub(crate) fn sees_close(&mut self, code: u16, reason: &str) {
        let close = ServerOutput::Close { code: CloseCode(code), reason: reason.into() };
        assert_eq!(self.outputs(), [close]);
        self.is_over();
    }

    pub(crate) fn is_over(&mut self) {
        self.send("ping", json!(null));
        self.handle(ServerInput::Timeout);
        self.handle(ServerInput::Shutdown);
        assert_eq!((self.outputs(), self.server.poll_timeout()), (vec![], None));
    }
}

/// Settings as the description has them.
pub(crate) fn documented() -> Settings {
    Settings::of(&Api::veriops())
}

/// Settings with events, and nothing else that happens by itself.
pub(crate) fn lively() -> Settings {
    Settings { heartbeat: None, idle: None, ..documented() }
}

/// Settings without anything that happens by itself.
pub(crate) fn quiet() -> Settings {
    Settings { event_interval: None, ..lively() }
}
