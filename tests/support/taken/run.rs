//! A client that runs against a server, and what can be waited for.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use veriops_playground::code::{Language, Patience};

use super::filling::{self, PATIENT};
use super::independent::Independent;
use super::record::{Record, messages};
use super::server::Server;
use super::{Line, Subject};

/// A client and its server.
pub struct Run<S> {
    /// The client.
    pub subject: S,
    /// What stands opposite it.
    pub server: Server,
    /// What the client is written in.
    pub language: Language,
}

/// How a run begins.
pub struct Beginning<'a, S: Subject> {
    /// Where the client runs.
    pub place: &'a S::Place,
    /// What it is written in.
    pub language: Language,
    /// How long it waits.
    pub patience: Patience,
}

impl<'a, S: Subject> Beginning<'a, S> {
    /// Returns one with a client that has patience.
    pub fn new(place: &'a S::Place, language: Language) -> Self {
        Self { place, language, patience: PATIENT }
    }

    /// Starts the client opposite the independent server, which follows this script.
    pub async fn independent(&self, connections: Value) -> Run<S> {
        let server = Server::Independent { key: key("scripted"), is_secure: false };
        self.scripted(server, connections).await
    }

    /// Does so over TLS.
    pub async fn secure(&self, connections: Value) -> Run<S> {
        let server = Server::Independent { key: key("secure"), is_secure: true };
        self.scripted(server, connections).await
    }

    /// Starts the client opposite a sandbox.
    pub async fn sandbox(&self, server: Server) -> Run<S> {
        self.start(server, Some(&key("sandbox"))).await
    }

    /// Starts the client with this key.
    pub async fn start(&self, server: Server, key: Option<&str>) -> Run<S> {
        let client = filling::client(self.language, &server, self.patience);
        let subject = S::start(self.place, &client, key).await;
        Run { subject, server, language: self.language }
    }

    async fn scripted(&self, server: Server, connections: Value) -> Run<S> {
        let Server::Independent { key, .. } = &server else { panic!("only this one has scripts") };
        let key = key.clone();
        Independent::shared().follow(&key, &connections);
        self.start(server, Some(&key)).await
    }
}

/// Returns a key of the test's own in which little may stand in an address as it is.
pub fn key(what: &str) -> String {
    let thread = std::thread::current();
    format!("100% {} & {what} + ä/?#=", thread.name().unwrap_or_default())
}

impl<S: Subject> Run<S> {
    /// Waits until the client has told a line with these words, and returns it.
    pub async fn until_said(&mut self, words: &str) -> String {
        self.until_said_times(words, 1).await
    }

    /// Waits until the client has told this many lines with these words, and returns the last of them.
    pub async fn until_said_times(&mut self, words: &str, times: usize) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.subject.said().await;
            let line = said.iter().filter(|line| line.text.contains(words)).nth(times - 1);
            match line {
                Some(line) => return line.text.clone(),
                None if Instant::now() > deadline => {
                    self.give_up(&format!("it said {words:?} {times} times")).await;
                }
                None => sleep(PULSE).await,
            }
        }
    }

    /// Waits until the server's notes have something.
    pub async fn until_noted<T>(&mut self, what: &str, pick: impl Fn(&[Record]) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match pick(&self.server.records()) {
                Some(found) => return found,
                None if Instant::now() > deadline => self.give_up(what).await,
                None => sleep(PULSE).await,
            }
        }
    }

    /// Waits until both subscriptions have come on a connection.
    pub async fn until_asked(&mut self, connection: u64) {
        let asked = |records: &[Record]| {
            (messages(records, connection, "subscribe").len() >= 2).then_some(())
        };
        self.until_noted(&format!("connection {connection} asks for both channels"), asked).await;
    }

    /// Waits until the client has ended for good, and returns its exit code.
    pub async fn until_ended(&mut self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.subject.ended().await {
                Some(code) => return code,
                None if Instant::now() > deadline => self.give_up("it ended").await,
                None => sleep(PULSE).await,
            }
        }
    }

    /// Returns what the client told so far.
    pub async fn said(&mut self) -> Vec<Line> {
        self.subject.said().await
    }

    /// Returns whether the client told a line with these words.
    pub async fn has_said(&mut self, words: &str) -> bool {
        self.said().await.iter().any(|line| line.text.contains(words))
    }

    async fn give_up(&mut self, what: &str) -> ! {
        let said = self.subject.said().await;
        let said: Vec<_> = said.into_iter().map(|line| line.text).collect();
        panic!(
            "waited in vain until {what}\nclient, at {}: {said:#?}\nserver: {:#?}",
            self.server.endpoint(),
            self.server.records()
        );
    }
}

/// How long something may take that is bound to happen.
const PATIENCE: Duration = Duration::from_secs(90);

/// The time between two looks.
const PULSE: Duration = Duration::from_millis(20);
