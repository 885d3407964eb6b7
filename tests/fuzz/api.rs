//! API descriptions: the shipped one with parts of it replaced, and any other text.

use std::sync::{Arc, LazyLock};

use veriops_playground::api::{Api, VERIOPS};
use veriops_playground::protocol::json::{self, Kind};
use veriops_playground::protocol::{Envelope, MessageType, Millis, Now, Topic};
use veriops_playground::session::Target;
use veriops_playground::simulator::{ServerInput, Settings, Simulator};

use super::client::Client;

/// Reads the input as a description, or as edits of the shipped one: lines, each the number of a
/// token, a space, and what stands there instead.
///
/// A description that is accepted must do for a session and a simulator.
pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let parsed =
        if input.starts_with('{') { Api::parse(&input) } else { Api::parse(&edited(&input)) };
    match parsed {
        Ok(api) => {
            let api = Arc::new(api);
            facts_hold(&api);
            a_session_can_use(&api);
            a_simulator_can_use(&api);
        }
        Err(error) => assert!(!error.reason.is_empty(), "{error}"),
    }
}

fn edited(lines: &str) -> String {
    static TOKENS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let tokens = json::tokens(VERIOPS).filter(|token| token.kind != Kind::Space);
        tokens.map(|token| token.text).collect()
    });
    let mut tokens = TOKENS.clone();
    for line in lines.lines() {
        let (number, text) = line.split_once(' ').unwrap_or((line, ""));
        if let Ok(number) = number.parse::<usize>() {
            let at = number % tokens.len();
            tokens[at] = text;
        }
    }
    tokens.concat()
}

fn facts_hold(api: &Api) {
    assert!(api.messages.iter().map(|message| message.kind).eq(MessageType::ALL));
    assert!(api.limits.message_bytes != Some(0) && api.limits.subscriptions != Some(0));
    assert!(api.timings.backoff.iter().all(|delay| *delay > Millis(0)));
    assert!(!api.timings.backoff.is_empty());
    assert!(api.live.iter().all(|server| api.trusts(&server.endpoint)));
    let mut examples = api.channels.iter().flat_map(|channel| &channel.examples);
    assert!(examples.all(|example| example.starts_with('{') && json::check(example).is_ok()));
}

fn a_session_can_use(api: &Arc<Api>) {
    let live = api.live.first().map(|server| server.endpoint.clone());
    let echo = api.echo.iter().map(|server| server.endpoint.clone()).collect();
    let live = live.map(|endpoint| Target::Live { endpoint, key: None });
    for target in [live, Some(Target::Echo { candidates: echo })].into_iter().flatten() {
        let mut client = Client::of(Arc::clone(api));
        client.connect(target);
        client.opens();
        client.subscribe(&topic(api));
        for close in &api.closes {
            client.closes(close.code.0);
            client.wait(Millis::seconds(5));
            client.opens();
        }
        let Now { at, .. } = client.now;
        assert!(client.session.idle_deadline().is_none_or(|deadline| deadline >= at));
    }
}

fn a_simulator_can_use(api: &Arc<Api>) {
    let mut server = Simulator::new(Arc::clone(api), Settings::of(api), 7);
    let subscribe = Envelope::new(MessageType::Subscribe, "req_001").about(&topic(api)).encode();
    let mut now = Now::default();
    server.handle(ServerInput::Opened { token: Some("key") }, now);
    server.handle(ServerInput::Text(&subscribe), now);
    for _ in 0..TIMEOUTS {
        while server.poll().is_some() {}
        let Some(due) = server.poll_timeout() else {
            break;
        };
        assert!(due >= now.at, "a timeout lies in the past");
        now.at = due;
        server.handle(ServerInput::Timeout, now);
    }
}

fn topic(api: &Api) -> Topic {
    Topic::channel(api.channels.first().map_or("presence", |channel| &channel.name))
}

/// Enough for pings, events and the idle timeout.
const TIMEOUTS: usize = 20;
