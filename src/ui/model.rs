//! What the components share: the driver, the reader's choices, and two signals that say when to look.

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::{Api, Server};
use crate::driver::{self, Driver, View};
use crate::entry::{Entry, Seq};
use crate::protocol::{Endpoint, EndpointError, Instant, Secret, Topic};
use crate::session::{Command, Phase, Target};

use super::storage;

/// A kind of target, as the reader chooses it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Choice {
    /// The simulator inside the page.
    Simulator,
    /// A public echo server.
    Echo,
    /// A server that speaks the API.
    Live,
}

/// The file that is being opened.
#[derive(Clone, Default)]
pub(super) struct Opening {
    /// Counts up with each that begins or ends.
    number: u32,
    pub(super) name: String,
    /// How much of it was read; none before there is anything worth saying.
    pub(super) percent: Option<u64>,
}

/// The state of one playground. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Model {
    driver: StoredValue<Driver, LocalStorage>,
    api: StoredValue<Arc<Api>>,
    /// Counts the frames in which session or log changed.
    revision: RwSignal<u64>,
    pub(super) choice: RwSignal<Choice>,
    pub(super) echo_address: RwSignal<String>,
    pub(super) live_address: RwSignal<String>,
    /// The key as typed. It lives here, in the field's own value and, once connecting, in the session.
    pub(super) key: RwSignal<String>,
    pub(super) keeps_key: RwSignal<bool>,
    /// The log entry whose detail is shown.
    pub(super) selected: RwSignal<Option<Seq>>,
    /// The log entry that is to come into sight.
    pub(super) revealed: RwSignal<Option<Seq>>,
    /// What is searched for in the log.
    pub(super) needle: RwSignal<String>,
    /// The message that the composer is to start from.
    pub(super) composed: RwSignal<String>,
    /// The name of the file that is replayed; empty while the log is the session's own.
    pub(super) replayed: RwSignal<String>,
    /// The file that is being opened, if there is one.
    pub(super) opening: RwSignal<Opening>,
    /// Why a file was not opened; empty if none was refused.
    pub(super) replay_error: RwSignal<String>,
    pub(super) phase: Memo<Phase>,
    /// What is subscribed, in the order of subscribing.
    pub(super) topics: Memo<Vec<Topic>>,
}

impl Model {
    /// Returns the model of a view whose driver counts its frames in `revision`.
    pub(super) fn new(driver: Driver, api: Arc<Api>, revision: RwSignal<u64>) -> Self {
        let address = |servers: &[Server]| {
            servers.first().map(|server| server.endpoint.to_string()).unwrap_or_default()
        };
        let kept_key = storage::kept_key();
        let driver = StoredValue::new_local(driver);
        let phase = Memo::new(move |_| {
            revision.track();
            driver.with_value(|driver| driver.read(|view| view.session.phase().clone()))
        });
        let topics = Memo::new(move |_| {
            revision.track();
            driver.with_value(|driver| {
                driver.read(|view| {
                    view.session.subscriptions().iter().map(|it| it.topic.clone()).collect()
                })
            })
        });
        Self {
            driver,
            revision,
            phase,
            topics,
            choice: RwSignal::new(Choice::Echo),
            echo_address: RwSignal::new(address(&api.echo)),
            live_address: RwSignal::new(address(&api.live)),
            keeps_key: RwSignal::new(kept_key.is_some()),
            key: RwSignal::new(kept_key.unwrap_or_default()),
            selected: RwSignal::new(None),
            revealed: RwSignal::new(None),
            needle: RwSignal::new(String::new()),
            composed: RwSignal::new(String::new()),
            replayed: RwSignal::new(String::new()),
            opening: RwSignal::new(Opening::default()),
            replay_error: RwSignal::new(String::new()),
            api: StoredValue::new(api),
        }
    }

    pub(super) fn driver(&self) -> Driver {
        self.driver.get_value()
    }

    pub(super) fn api(&self) -> Arc<Api> {
        self.api.get_value()
    }

    /// Reads session and log, and again after every frame in which they changed.
    pub(super) fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        self.revision.track();
        self.driver.with_value(|driver| driver.read(read))
    }

    /// Returns the time, and again twice a second while something is counting.
    pub(super) fn now(&self) -> Instant {
        self.revision.track();
        driver::now().at
    }

    pub(super) fn is_idle(&self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::Idle { .. }))
    }

    pub(super) fn command(&self, command: Command) {
        self.driver().command(command);
    }

    /// Returns the keys that must stand in nothing that leaves the page.
    pub(super) fn keys(&self) -> Vec<Secret> {
        let typed = self.key.with_untracked(|key| Secret::new(key));
        let used = self.driver().read(|view| view.session.key().cloned());
        typed.into_iter().chain(used).collect()
    }

    /// Shows an entry's detail and brings its row into sight.
    pub(super) fn show(&self, seq: Seq) {
        self.selected.set(Some(seq));
        self.revealed.set(Some(seq));
    }

    /// Takes note that a file is being opened, in the place of any other. Returns its number.
    pub(super) fn begin_opening(&self, name: &str) -> u32 {
        self.replay_error.set(String::new());
        let number = self.opening.with_untracked(|it| it.number + 1);
        self.opening.set(Opening { number, name: name.to_owned(), percent: None });
        number
    }

    /// Returns whether the file of this number is still wanted: no other was chosen, and the reader
    /// has neither stopped it nor left.
    pub(super) fn is_opening(&self, number: u32) -> bool {
        self.opening.try_with_untracked(|it| it.number) == Some(number)
    }

    /// Opens no file any more.
    pub(super) fn stop_opening(&self) {
        self.opening.update(|it| *it = Opening { number: it.number + 1, ..Opening::default() });
    }

    /// Shows a saved log in the place of the session's own, as it happened.
    pub(super) fn replay(&self, name: String, entries: Vec<Entry>) {
        self.replay_error.set(String::new());
        self.selected.set(None);
        self.driver().replay(entries);
        self.replayed.set(name);
    }

    /// Shows the session's own log again.
    pub(super) fn end_replay(&self) {
        self.stop_opening();
        if !self.replayed.with_untracked(String::is_empty) {
            self.selected.set(None);
            self.driver().end_replay();
            self.replayed.set(String::new());
        }
    }

    /// Connects to what the reader has chosen; does nothing while the address is wrong.
    pub(super) fn connect(&self) {
        if let Ok(target) = self.target() {
            self.end_replay();
            self.command(Command::Connect(target));
        }
    }

    pub(super) fn connect_if_idle(&self) {
        if self.is_idle() {
            self.connect();
        }
    }

    pub(super) fn connect_to_simulator(&self) {
        self.choice.set(Choice::Simulator);
        self.connect();
    }

    /// Chooses a kind of target. A connection to another kind ends.
    pub(super) fn choose(&self, choice: Choice) {
        if self.choice.get_untracked() != choice {
            self.command(Command::Disconnect);
            self.choice.set(choice);
        }
    }

    /// Returns the address field of the chosen kind, if it has one.
    pub(super) fn address(&self) -> Option<RwSignal<String>> {
        match self.choice.get() {
            Choice::Simulator => None,
            Choice::Echo => Some(self.echo_address),
            Choice::Live => Some(self.live_address),
        }
    }

    /// Returns the endpoint in the address field, if it is right.
    pub(super) fn endpoint(&self) -> Option<Result<Endpoint, EndpointError>> {
        let parsed = self.address()?.with(|address| Endpoint::parse(address));
        Some(parsed.map(|(endpoint, _)| endpoint))
    }

    /// Returns what the reader has chosen to connect to.
    ///
    /// # Errors
    ///
    /// Fails if the address is wrong.
    fn target(&self) -> Result<Target, EndpointError> {
        let endpoint = match self.endpoint() {
            None => return Ok(Target::Simulator),
            Some(endpoint) => endpoint?,
        };
        if self.choice.get_untracked() == Choice::Live {
            let key = self.key.with_untracked(|key| Secret::new(key));
            return Ok(Target::Live { endpoint, key });
        }
        let listed: Vec<_> = self.api().echo.iter().map(|server| server.endpoint.clone()).collect();
        // The list is tried as a whole; an address of the reader's own stands for itself.
        let candidates = if listed.first() == Some(&endpoint) { listed } else { vec![endpoint] };
        Ok(Target::Echo { candidates })
    }
}
