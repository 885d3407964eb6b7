//! The sandbox API: [`Simulator`]s on real WebSockets, with what is made to go wrong on them, and an echo.

use std::collections::HashMap;
use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};
use yawc::IncomingUpgrade;

use veriops_playground::api::Api;
use veriops_playground::protocol::time::UnixMillis;
use veriops_playground::protocol::{CloseCode, Incident, Instant as Moment, Now};
use veriops_playground::simulator::{
    Conditions, Published, ServerInput, ServerOutput, Settings, Simulator,
};

use super::incident::{self, Incidents};
use super::journal::Journal;
use super::socket::{Received, ServerSocket};

/// What all connections share.
pub(super) struct Sandbox {
    api: Arc<Api>,
    settings: Settings,
    start: Instant,
    /// How many connections there have been; seeds their simulators.
    connections: AtomicU64,
    published: broadcast::Sender<Arc<Published>>,
    incidents: Incidents,
    journal: Journal,
    /// Becomes true when the server shuts down. Every connection holds a receiver.
    closing: watch::Sender<bool>,
}

impl Sandbox {
    pub(super) fn new(api: Arc<Api>, settings: Settings) -> Self {
        Self {
            api,
            settings,
            start: Instant::now(),
            connections: AtomicU64::new(0),
            published: broadcast::Sender::new(PUBLISHED_KEPT),
            incidents: Incidents::new(),
            journal: Journal::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Returns the routes `/realtime` and `/echo`, and those of the sandbox's own affairs.
    pub(super) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/realtime", any(realtime))
            .route("/echo", any(echo))
            .route("/sandbox/incidents", post(stage))
            .route("/sandbox/log", get(journal))
            .with_state(Arc::clone(self))
    }

    /// Closes every connection and waits until they are gone, or too slow.
    pub(super) async fn shut_down(&self) {
        self.closing.send_replace(true);
        let _ = timeout(SHUTDOWN_PATIENCE, self.closing.closed()).await;
    }

    /// Drives a simulator with what happens on a connection until one side ends it.
    async fn converse(
        &self,
        mut socket: ServerSocket,
        token: Option<String>,
        mut closing: watch::Receiver<bool>,
    ) {
        let mut published = self.published.subscribe();
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        self.journal.note(number, "opened", "/realtime");
        let mut simulator = Simulator::new(Arc::clone(&self.api), self.settings.clone(), number);
        let (mut conditions, mut incidents) = self.incidents.join();
        for incident in conditions.standing() {
            simulator.handle(ServerInput::Incident(incident), self.now());
        }
        simulator.handle(ServerInput::Opened { token: token.as_deref() }, self.now());
        loop {
            while let Some(output) = simulator.poll() {
                match output {
                    ServerOutput::Send(text) => {
                        let is_lost = self.incidents.conditions().swallow(&text);
                        if !is_lost && socket.send_text(text).await.is_err() {
                            return;
                        }
                    }
                    // Nobody listens only when every connection is gone.
                    ServerOutput::Broadcast(message) => {
                        drop(self.published.send(Arc::new(message)));
                    }
                    ServerOutput::Close { .. } | ServerOutput::Drop if conditions.is_mute() => {
                        return until_heard(conditions, incidents).await;
                    }
                    ServerOutput::Close { code, reason } => {
                        return socket.close(code, &reason).await;
                    }
                    ServerOutput::Drop => return,
                }
            }
            // In this order: an incident has happened before a frame that came after it, and a frame that waits
            // has come before the timer that is due only now, so that a pong is in time. How long it waited
            // cannot be known.
            tokio::select! {
                biased;
                incident = incidents.recv() => match incident {
                    Ok(incident) => {
                        conditions.apply(&incident);
                        simulator.handle(ServerInput::Incident(&incident), self.now());
                    }
                    Err(RecvError::Lagged(_)) => conditions = self.incidents.conditions().clone(),
                    Err(RecvError::Closed) => return,
                },
                received = socket.receive(), if !conditions.is_mute() => match received {
                    Received::Binary(bytes) => {
                        self.journal.note(number, "bytes", bytes.len());
                        simulator.handle(ServerInput::Binary(&bytes), self.now());
                    }
                    Received::Closed(code) => return self.journal.note(number, "closed", code.0),
                    Received::Text(text) => {
                        self.journal.note_text(number, &text);
                        simulator.handle(ServerInput::Text(&text), self.now());
                    }
                },
                message = published.recv() => match message {
                    Ok(message) => simulator.handle(ServerInput::Deliver(&message), self.now()),
                    Err(RecvError::Closed | RecvError::Lagged(_)) => {}
                },
                () = self.reach(simulator.poll_timeout()) => {
                    simulator.handle(ServerInput::Timeout, self.now());
                }
                () = told(&mut closing) => {
                    simulator.handle(ServerInput::Shutdown, self.now());
                }
            }
        }
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { at: Moment(millis(self.start.elapsed())), wall: UnixMillis(millis(wall)) }
    }

    /// Waits for a moment of the monotonic clock; for ever if there is none. A frame that has come by then
    /// is seen first, also by a process that did not run for a while.
    async fn reach(&self, deadline: Option<Moment>) {
        match deadline {
            Some(Moment(at)) => {
                sleep_until(self.start + Duration::from_millis(at)).await;
                // The runtime looks for frames before it comes back to this.
                yield_now().await;
            }
            None => future::pending().await,
        }
    }
}

/// The most published messages that a slow connection may lag behind before it misses some.
const PUBLISHED_KEPT: usize = 1024;

/// Longer than a socket waits for the client's close frame.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(3);

async fn realtime(
    State(sandbox): State<Arc<Sandbox>>,
    Query(mut fields): Query<HashMap<String, String>>,
    upgrade: IncomingUpgrade,
) -> Response {
    let (conditions, incidents) = sandbox.incidents.join();
    if conditions.has(&Incident::Unreachable(true)) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    until_heard(conditions, incidents).await;
    let closing = sandbox.closing.subscribe();
    let token = sandbox.api.key_parameter.as_ref().and_then(|name| fields.remove(name));
    ServerSocket::accept(upgrade, async move |socket| {
        sandbox.converse(socket, token, closing).await;
    })
}

/// Waits until something passes again on what joined with these conditions.
async fn until_heard(mut conditions: Conditions, mut incidents: broadcast::Receiver<Incident>) {
    while conditions.is_mute() {
        match incidents.recv().await {
            Ok(incident) => conditions.apply(&incident),
            Err(_) => return,
        }
    }
}

/// Lets something go wrong, and answers with the number of connections that it went wrong on.
///
/// A page of another origin can send such a request only with this server's consent, because of its content
/// type, and there is none.
async fn stage(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: String) -> Response {
    let is_json = headers.get(CONTENT_TYPE).is_some_and(|it| it == "application/json");
    if !is_json {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    match incident::read(&body) {
        Ok(incident) => {
            // It was read as an incident, so it is JSON.
            sandbox.journal.note_incident(&serde_json::from_str(&body).unwrap_or_default());
            let connections = sandbox.incidents.stage(incident);
            ([(CONTENT_TYPE, "application/json")], format!("{{\"connections\":{connections}}}\n"))
                .into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

/// Tells what the connections sent.
async fn journal(State(sandbox): State<Arc<Sandbox>>) -> Response {
    ([(CONTENT_TYPE, "application/x-ndjson")], sandbox.journal.text()).into_response()
}

/// Sends everything back, after the banner that public echo servers send.
async fn echo(State(sandbox): State<Arc<Sandbox>>, upgrade: IncomingUpgrade) -> Response {
    let mut closing = sandbox.closing.subscribe();
    ServerSocket::accept(upgrade, async move |mut socket: ServerSocket| {
        let mut sent = socket.send_text("Request served by the local sandbox".to_owned()).await;
        while sent.is_ok() {
            sent = tokio::select! {
                received = socket.receive() => match received {
                    Received::Binary(bytes) => socket.send_binary(bytes).await,
                    Received::Closed(_) => return,
                    Received::Text(text) => socket.send_text(text).await,
                },
                () = told(&mut closing) => {
                    return socket.close(CloseCode::GOING_AWAY, "server shutting down").await;
                }
            };
        }
    })
}

/// Waits until the server shuts down.
async fn told(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use yawc::WebSocket;

    use super::*;

    #[tokio::test]
    async fn the_key_is_read_from_the_parameter_that_the_api_names() {
        let mut api = Api::clone(&Api::veriops());
        api.key_parameter = Some("api_key".to_owned());
        let settings = Settings::of(&api);
        let router = Arc::new(Sandbox::new(Arc::new(api), settings)).router();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        for (query, reason) in [
            ("api_key=expired&token=key", "token expired"),
            ("token=key", "token missing; pass the API key as the api_key query parameter"),
        ] {
            let url = format!("ws://{address}/realtime?{query}").parse().unwrap();
            let mut socket = WebSocket::connect(url).await.unwrap();
            let close = socket.next_frame().await.unwrap();
            assert_eq!(close.close_reason().unwrap(), Some(reason), "{query}");
        }
    }
}
