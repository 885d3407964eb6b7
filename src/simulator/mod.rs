//! The server side of one connection, as a sans-IO state machine.
//!
//! The simulator does no networking and never reads a clock. What arrives goes in through
//! [`Simulator::handle`], together with the time; what is to be done comes out of
//! [`Simulator::poll`]. **After every `handle`, poll until nothing is left**, then wait for the next
//! input or for [`Simulator::poll_timeout`], whichever is first. A timeout that comes late, early
//! or twice does no harm.
//!
//! ```
//! use veriops_playground::api::Api;
//! use veriops_playground::protocol::{Instant, Now};
//! use veriops_playground::simulator::{ServerInput, ServerOutput, Settings, Simulator};
//!
//! let api = Api::veriops();
//! let mut server = Simulator::new(api.clone(), Settings::of(&api), 7);
//! server.handle(ServerInput::Opened { token: Some("key") }, Now::default());
//! server.handle(ServerInput::Text(r#"{"type":"ping","request_id":"req_001"}"#), Now::default());
//! let Some(ServerOutput::Send(pong)) = server.poll() else { panic!("a ping is answered") };
//! assert!(pong.starts_with(r#"{"type":"pong","request_id":"req_001""#));
//! assert_eq!(server.poll(), None);
//! assert!(server.poll_timeout().is_some_and(|next| next > Instant(0)));
//! ```

mod clock;
mod condition;
mod connection;
mod link;
mod random;
mod rate_limit;
mod settings;
mod violation;
mod world;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::api::Api;
use crate::protocol::{CloseCode, Incident, Instant, Now};

use connection::Connection;
use violation::Violation;
use world::World;

pub use clock::Clock;
pub use condition::Conditions;
pub use link::{Handshake, Link, LinkEvent, Network};
pub use settings::Settings;

/// The server side of one connection.
#[derive(Debug)]
pub struct Simulator {
    state: State,
    outbox: VecDeque<ServerOutput>,
}

impl Simulator {
    /// Returns the server side of a connection that is not open yet. The same seed and the same
    /// inputs lead to the same outputs.
    pub fn new(api: Arc<Api>, settings: Settings, seed: u64) -> Self {
        let world = World::new(Arc::clone(&api), seed);
        let connection = Connection::new(api, settings, world);
        Self { state: State::Opening(Box::new(connection)), outbox: VecDeque::new() }
    }

    /// Feeds in what happened. Other inputs than [`ServerInput::Incident`] before
    /// [`ServerInput::Opened`], and all after the end, are ignored.
    pub fn handle(&mut self, input: ServerInput<'_>, now: Now) {
        let state = core::mem::replace(&mut self.state, State::Closed);
        self.state = match (state, input) {
            (State::Opening(mut connection), ServerInput::Opened { token }) => {
                let opened = connection.open(token, now);
                self.settle(connection, opened)
            }
            (State::Open(connection), ServerInput::Closed) => {
                // What a client published just before it went still reaches the others.
                let is_public =
                    |output: &ServerOutput| matches!(output, ServerOutput::Broadcast(_));
                self.outbox.extend(connection.into_rest().filter(is_public));
                State::Closed
            }
            (State::Opening(_), ServerInput::Closed) => State::Closed,
            (State::Opening(mut connection), ServerInput::Incident(incident)) => {
                connection.conditions.apply(incident);
                State::Opening(connection)
            }
            (State::Open(mut connection), input) => {
                let handled =
                    connection.handle(input, now).and_then(|()| connection.fire_timers(now));
                self.settle(connection, handled)
            }
            (state, _) => state,
        };
    }

    /// Returns the next thing to do. May have something new after every [`Simulator::handle`].
    #[must_use]
    pub fn poll(&mut self) -> Option<ServerOutput> {
        self.outbox.pop_front()
    }

    /// Returns when, on the monotonic clock, the next [`ServerInput::Timeout`] is due. May have changed
    /// after every [`Simulator::handle`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Open(connection) => connection.next_deadline(),
            State::Opening(_) | State::Closed => None,
        }
    }

    /// Takes over what the connection wants to be done, and ends it if that is what it came to.
    fn settle(&mut self, mut connection: Box<Connection>, handled: Result<(), End>) -> State {
        let Err(end) = handled else {
            self.outbox.extend(connection.outbox.drain(..));
            return State::Open(connection);
        };
        self.outbox.extend(connection.into_rest());
        self.outbox.push_back(match end {
            End::Close { code, reason } => ServerOutput::Close { code, reason },
            End::Drop => ServerOutput::Drop,
        });
        State::Closed
    }
}

/// What happened on the connection.
#[derive(Clone, Copy, Debug)]
pub enum ServerInput<'a> {
    /// The handshake is done.
    Opened {
        /// The key, from the query parameter that carries it, decoded.
        token: Option<&'a str>,
    },
    /// A text frame arrived.
    Text(&'a str),
    /// A binary frame arrived.
    Binary(&'a [u8]),
    /// The connection is gone, whoever ended it.
    Closed,
    /// The time of [`Simulator::poll_timeout`] has come.
    Timeout,
    /// A client of this server, maybe this one, published.
    Deliver(&'a Published),
    /// The server goes away.
    Shutdown,
    /// This goes wrong, or is undone, as far as it is the server's doing. Before
    /// [`ServerInput::Opened`] only what stands counts.
    Incident(&'a Incident),
}

/// What the embedder is to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ServerOutput {
    /// Send a text frame.
    Send(String),
    /// Close with this code; nothing follows.
    Close {
        /// The code.
        code: CloseCode,
        /// The reason: at most 123 UTF-8 bytes, as a close frame can carry.
        reason: String,
    },
    /// Drop the connection without a close frame; nothing follows.
    Drop,
    /// Hand this to every connection of the server, this one included, as [`ServerInput::Deliver`].
    Broadcast(Published),
}

/// A message that a client published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Published {
    /// The channel's name.
    pub channel: String,
    /// The data as a JSON object's text.
    pub data: String,
}

#[derive(Debug)]
enum State {
    /// The handshake is not done.
    Opening(Box<Connection>),
    /// Messages flow.
    Open(Box<Connection>),
    /// The connection ended, or this side has asked for it.
    Closed,
}

/// How this side ends a connection.
#[derive(Debug)]
enum End {
    /// With a close frame.
    Close { code: CloseCode, reason: String },
    /// Without one.
    Drop,
}

impl End {
    /// Returns the end that the refused client gets to see.
    fn refused(refusal: &Violation, api: &Api) -> Self {
        Self::Close { code: api.code_for(refusal.fault()), reason: refusal.reason() }
    }

    /// Returns the end of a server, or of its patience with a silent client.
    fn going_away(reason: &str) -> Self {
        Self::Close { code: CloseCode::GOING_AWAY, reason: reason.to_owned() }
    }
}
