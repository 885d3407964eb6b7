//! A WebSocket server that misbehaves on purpose: just enough of RFC 6455, on raw TCP, to break
//! every rule of it.
//!
//! Each fault is a path of the server's URL; [`fault`] lists them. A test starts its own server, so
//! that a handshake that hangs blocks no other test: a browser opens one connection at a time to
//! the same address.

// Each test binary uses a part of this.
#![allow(dead_code)]

mod fault;
pub mod frame;
pub mod handshake;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use handshake::Request;

/// A running chaos server. It ends, with all its connections, when it is dropped.
pub struct Chaos {
    port: u16,
    seen: watch::Receiver<Seen>,
    _tasks: JoinSet<()>,
}

impl Chaos {
    /// Starts a server on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (ledger, seen) = watch::channel(Seen::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::new(ledger)));
        Self { port, seen, _tasks: tasks }
    }

    /// Returns the URL of a fault, such as `/close?code=4001`.
    pub fn url(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns what the server has seen up to now.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until the server has seen what `condition` asks for, and returns it.
    ///
    /// # Panics
    ///
    /// After [`PATIENCE`], with what it has seen instead.
    pub async fn until(&self, what: &str, condition: impl FnMut(&Seen) -> bool) -> Seen {
        let mut seen = self.seen.clone();
        let met = tokio::time::timeout(PATIENCE, seen.wait_for(condition)).await;
        // The ledger lives as long as the server, so what is left is the deadline.
        met.map_or_else(
            |_| panic!("the server never saw {what}, but {:#?}", self.seen()),
            |seen| seen.unwrap().clone(),
        )
    }
}

/// What a chaos server has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Connections that are open now and have asked for something; browsers keep others in reserve.
    pub open: usize,
    /// Those of them that never get an answer to their handshake.
    pub hung: usize,
    /// Handshakes that were accepted since the start.
    pub handshakes: usize,
    /// The request lines since the start, such as `GET /echo HTTP/1.1`.
    pub requests: Vec<String>,
    /// The text messages received since the start, by connection.
    pub conversations: Vec<Vec<String>>,
    /// The whole messages sent since the start, as far as a browser can read them.
    pub sent: usize,
    /// The close codes received since the start; 1005 for a close frame without one.
    pub closes: Vec<u16>,
}

impl Seen {
    /// Returns every text message received since the start.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.conversations.iter().flatten().map(String::as_str)
    }

    /// Returns how often each connection was asked for this subscription: its channel, and what else
    /// its request contains.
    pub fn subscriptions(&self, channel: &str, filter: &str) -> Vec<usize> {
        let is_it = |message: &&String| {
            [r#""subscribe""#, channel, filter].iter().all(|part| message.contains(part))
        };
        self.conversations.iter().map(|messages| messages.iter().filter(is_it).count()).collect()
    }
}

/// How long a test waits for something that is bound to happen.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Where connections write down what they see.
type Ledger = Arc<watch::Sender<Seen>>;

async fn accept(listener: TcpListener, ledger: Ledger) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let ledger = Arc::clone(&ledger);
        connections.spawn(serve(stream, ledger));
    }
}

async fn serve(mut stream: TcpStream, ledger: Ledger) {
    // A client may leave at any point: that ends the connection, not the test.
    if let Ok(Some(request)) = Request::read(&mut stream).await {
        let is_hung = request.path == fault::HUNG;
        let _open = Open::count(&ledger, is_hung);
        ledger.send_modify(|seen| seen.requests.push(request.line.clone()));
        let _left = fault::misbehave(stream, &request, &ledger).await;
    }
}

/// Counts a connection as open as long as it lives.
struct Open {
    ledger: Ledger,
    is_hung: bool,
}

impl Open {
    fn count(ledger: &Ledger, is_hung: bool) -> Self {
        ledger.send_modify(|seen| {
            seen.open += 1;
            seen.hung += usize::from(is_hung);
        });
        Self { ledger: Arc::clone(ledger), is_hung }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.ledger.send_modify(|seen| {
            seen.open -= 1;
            seen.hung -= usize::from(self.is_hung);
        });
    }
}
