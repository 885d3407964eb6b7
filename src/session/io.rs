//! What goes into a session and what comes out of it.

use crate::entry::{Entry, Note, Outcome, Refusal, Seq};
use crate::protocol::{CloseCode, Endpoint, QueryKey, Secret, Topic};

/// The number of a connection. Later connections have higher numbers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConnectionId(pub u64);

/// Something that happened.
#[derive(Clone)]
pub enum Input {
    /// This many bytes wait in the browser's send buffer. Comes before a command to send.
    Buffered(usize),
    /// The reader asks for something.
    Command(Command),
    /// Something belongs into the log that the session has no part in: a line that the reader drew, a
    /// change of the time's speed, something that is made to go wrong.
    Noted(Note),
    /// Something happened to the page.
    Page(PageEvent),
    /// A connection has something to say.
    Socket {
        /// The connection.
        connection: ConnectionId,
        /// What it says.
        event: SocketEvent,
    },
    /// The time that [`Session::poll_timeout`](super::Session::poll_timeout) named may have come.
    Timeout,
}

/// Something the reader asks for.
#[derive(Clone)]
pub enum Command {
    /// Answer the server's pings, or stop answering to see what happens.
    AnswerPings(bool),
    /// Close the open connection from this side as if the network had broken, and go on as after a
    /// break. Does nothing while none is open.
    Break,
    /// Connect to this target; from another one, if need be.
    Connect(Target),
    /// Disconnect, cancel connecting, or stop reconnecting: whatever is under way.
    Disconnect,
    /// Keep the connection from idling by a ping of ours, or stop doing so.
    KeepAlive(bool),
    /// Do not wait for the next attempt. The server may refuse.
    ReconnectNow,
    /// Ask for the lost subscriptions again when a connection is back, or leave them lost to see what
    /// is missed.
    Restore(bool),
    /// Send a frame.
    Send {
        /// Its text.
        text: String,
        /// Whether to send it even though it breaks a limit of the API.
        force: bool,
    },
    /// End a subscription, or forget it while no connection is open.
    Unsubscribe(Topic),
    /// Ask a server that is silent for too long for a sign of life, or let it be silent.
    WatchSilence(bool),
}

/// Something that happened to the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PageEvent {
    /// Nobody sees it any more.
    Hidden,
    /// The browser says that there is no network. It may err.
    Offline,
    /// The browser says that the network is back.
    Online,
    /// It runs again after a suspension.
    Resumed,
    /// The browser suspends it: frozen, or kept for the way back.
    Suspended,
    /// It is seen again.
    Visible,
}

/// What to connect to.
#[derive(Clone, PartialEq)]
pub enum Target {
    /// The first echo server that answers.
    Echo {
        /// The servers, in the order in which to try them.
        candidates: Vec<Endpoint>,
    },
    /// A server that speaks the API.
    Live {
        /// Where it is.
        endpoint: Endpoint,
        /// The API key; sent only if the API description names the endpoint as live.
        key: Option<Secret>,
    },
    /// The simulator inside the page.
    Simulator,
}

impl Target {
    /// Returns whether subscriptions made at `self` make sense at `other`.
    pub fn is_same_server(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Echo { candidates }, Self::Echo { candidates: others }) => candidates == others,
            (Self::Live { endpoint, .. }, Self::Live { endpoint: other, .. }) => {
                endpoint.is_same_server(other)
            }
            (Self::Simulator, Self::Simulator) => true,
            _ => false,
        }
    }
}

/// Something a connection has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum SocketEvent {
    /// A binary frame arrived.
    Binary(Vec<u8>),
    /// The page's content security policy does not allow the address. Nothing follows.
    Blocked,
    /// The connection ended, or could not be made. Nothing follows.
    Closed {
        /// The close code.
        code: CloseCode,
        /// The reason as sent.
        reason: String,
        /// Whether a close frame was exchanged.
        clean: bool,
    },
    /// The connection is open.
    Opened {
        /// The negotiated extensions as the browser reports them.
        extensions: String,
        /// The negotiated subprotocol as the browser reports it.
        protocol: String,
    },
    /// The browser refused the address. Nothing follows.
    Refused {
        /// The browser's error name, such as `SecurityError`.
        name: String,
    },
    /// A text frame arrived.
    Text(String),
}

/// Something to do.
pub enum Output {
    /// Close the connection and forget it: whatever it still says is ignored.
    Abandon {
        /// The connection.
        connection: ConnectionId,
    },
    /// Close the connection with code 1000 and report when it has closed.
    Close {
        /// The connection.
        connection: ConnectionId,
    },
    /// Keep this entry in the log.
    Log(Entry),
    /// Open a connection.
    Open {
        /// Its number.
        connection: ConnectionId,
        /// Where it leads.
        link: Route,
    },
    /// Tell the reader why a message was not sent.
    Refused(Refusal),
    /// Send a frame.
    Send {
        /// The connection.
        connection: ConnectionId,
        /// The frame's text.
        text: String,
    },
    /// Note what became of a request.
    Settle(Seq, Outcome),
}

/// Where a connection leads.
pub enum Route {
    /// Into the page's own simulator.
    Simulator,
    /// Over a WebSocket.
    Socket {
        /// The endpoint.
        endpoint: Endpoint,
        /// The key to send along.
        key: Option<QueryKey>,
    },
}

impl Route {
    /// Returns the address as it may be shown.
    pub fn shown(&self) -> String {
        match self {
            Self::Simulator => SIMULATOR.to_owned(),
            Self::Socket { endpoint, key: None } => endpoint.to_string(),
            Self::Socket { endpoint, key: Some(key) } => endpoint.shown_with(key),
        }
    }
}

/// What stands for an address where there is none.
pub(super) const SIMULATOR: &str = "built-in simulator";
