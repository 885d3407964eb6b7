//! What the components share: the driver, the reader's choices, and two signals that say when to look.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

use crate::api::{Api, Sentences};
use crate::compose::Draft;
use crate::driver::{self, Driver, View};
use crate::entry::{Entry, Seq};
use crate::protocol::{Instant, Secret, Topic};
use crate::session::{Command, Phase, Target};
use crate::target::{Choice, ConnectionForm};
use crate::words::file::{CHANGED, NO_EXPERIMENTS, NOT_CONNECTED, NOT_LOADED, NOT_SHOWN};

use super::simulation::{Simulation, Turn};
use super::state::{Derived, State, effect};
use super::storage::{self, KEY, SHOWN};
use super::view::Element;

/// What of the program comes later.
#[derive(Clone, Copy)]
pub(super) enum Later {
    Code,
    Connection,
    Detail,
    Simulator,
}

/// Where in a page a playground is.
#[derive(Clone)]
pub(crate) struct Place {
    /// The custom element.
    pub(crate) element: HtmlElement,
    /// Its shadow root.
    pub(crate) root: ShadowRoot,
    /// What the playground is mounted into.
    pub(crate) container: HtmlElement,
    /// Takes the name of an event and the members of its detail as JSON. Returns false where a listener
    /// forbids what is about to happen.
    pub(crate) announce: Function,
}

/// The way to what a connection needs: the page around is asked for leave, and a menu, gauges and a notice
/// are beside it.
#[derive(Clone)]
pub(super) struct Connection {
    /// Connects to what the reader has chosen, if the page around allows it.
    pub(super) connect: fn(Model),
    /// Presets what a link asks for.
    pub(super) follow: fn(Model, &str),
    pub(super) gauges: fn(Model) -> Element,
    /// Keeps the keyboard in the playground when what has it goes away.
    pub(super) keep_focus: fn(Model),
    /// Makes what the menu of the connection unfolds.
    pub(super) menu: fn(Model) -> Element,
    pub(super) notice: fn(Model) -> AnyView,
    /// Presets what the page asks for: its attributes, and this text of its template.
    pub(super) preset: Rc<dyn Fn(String)>,
    /// Has the log printed, for as long as it is kept.
    #[expect(dead_code, reason = "it acts by itself")]
    pub(super) printing: Rc<dyn Any>,
}

/// Waits for a part of the program, and tells whether it came.
pub(super) type Loading = Pin<Box<dyn Future<Output = bool>>>;

/// The file that is being opened.
#[derive(Clone, Default)]
pub(super) struct Opening {
    /// Counts up with each that begins or ends.
    number: u32,
    pub(super) name: String,
    /// How much of it was read; none before there is anything worth saying.
    pub(super) percent: Option<u64>,
}

/// What the panel of experiments is about.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    /// The id of an experiment, which there may not be; empty before any is chosen.
    pub(super) id: String,
    pub(super) stage: Stage,
}

/// How far a wanted experiment is.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Stage {
    /// It is shown, and nothing runs.
    #[default]
    Ready,
    /// It is to run as soon as there is a panel for it.
    Asked,
    /// It was begun.
    Begun,
}

/// The state of one playground. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Model {
    driver: State<Driver>,
    /// The API, the address that its description was read from, and where the playground is.
    api: State<(Arc<Api>, String, Place)>,
    /// Counts the frames in which session or log changed.
    revision: RwSignal<u64>,
    /// Target, address and key as chosen and typed. The key lives here, in its field's own value and,
    /// once connecting, in the session.
    form: State<ConnectionForm>,
    pub(super) choice: Derived<Choice>,
    /// The panel that is shown: [`COMPOSE`], [`EXPERIMENTS`] or [`CODE`].
    pub(super) panel: State<usize>,
    /// The log entry whose detail is shown.
    pub(super) selected: State<Option<Seq>>,
    /// The log entry that is to come into sight.
    pub(super) revealed: State<Option<Seq>>,
    /// What is searched for in the log.
    pub(super) needle: State<String>,
    /// The experiment that a link, an address or a row asks for. It is told anew each time.
    pub(super) wanted: State<Wanted>,
    /// The experiments that were shown in this tab.
    pub(super) shown: State<Vec<String>>,
    /// What to look at in experiments; none before it was read.
    pub(super) sentences: State<Option<Sentences>>,
    /// The message in the composer.
    pub(super) draft: State<Draft>,
    /// The message that the composer is to start from.
    pub(super) composed: State<String>,
    /// The name of the file that is replayed; empty while the log is the session's own.
    pub(super) replayed: State<String>,
    /// Makes the line that says how far a replay is, once that is there.
    pub(super) progress: State<Option<Rc<dyn Fn() -> Element>>>,
    /// The file that is being opened, if there is one.
    pub(super) opening: State<Opening>,
    /// What could not be done, in a sentence, or that a report was copied; empty if there is nothing to say.
    pub(super) failure: State<String>,
    /// Whether what comes later was asked for.
    is_prepared: State<bool>,
    /// Has a part of the program come.
    load: fn(Model, Later) -> Loading,
    /// Makes the detail of an entry, once that is there.
    pub(super) detail: State<Option<Rc<dyn Fn() -> AnyView>>>,
    /// Makes the panel of code, once that is there.
    pub(super) code: State<Option<Rc<dyn Fn() -> Element>>>,
    /// The way to what a connection needs, once that is there.
    pub(super) connection: State<Option<Connection>>,
    /// The way to what comes with the simulator, once that is there.
    pub(super) simulation: State<Option<Simulation>>,
    pub(super) phase: Derived<Phase>,
    /// What is subscribed, in the order of subscribing.
    pub(super) topics: Derived<Vec<Topic>>,
}

impl Model {
    /// Returns the model of a view whose driver counts its frames in `revision`. `source` is the address
    /// that `api` was read from.
    pub(super) fn new(
        driver: Driver,
        api: Arc<Api>,
        source: String,
        place: Place,
        revision: RwSignal<u64>,
        load: fn(Model, Later) -> Loading,
    ) -> Self {
        let form = ConnectionForm::new(Arc::clone(&api), page_is_https(), storage::kept(KEY));
        let form = State::new(form);
        let driver = State::new(driver);
        let phase = Derived::new(move || {
            revision.track();
            driver.with_untracked(|driver| driver.read(|view| view.session.phase().clone()))
        });
        let topics = Derived::new(move || {
            revision.track();
            driver.with_untracked(|driver| {
                driver.read(|view| {
                    view.session.subscriptions().iter().map(|it| it.topic.clone()).collect()
                })
            })
        });
        let (id, now) = driver.with_untracked(|driver| {
            (driver.read(|view| view.session.next_request_id()), driver.now().wall)
        });
        let draft = Draft::first(&api, &id, now);
        let shown = storage::kept(SHOWN).unwrap_or_default();
        let model = Self {
            driver,
            revision,
            phase,
            topics,
            form,
            choice: Derived::new(move || form.with(ConnectionForm::choice)),
            panel: State::new(COMPOSE),
            selected: State::new(None),
            revealed: State::new(None),
            needle: State::new(String::new()),
            wanted: State::new(Wanted::default()),
            shown: State::new(shown.split_whitespace().map(str::to_owned).collect()),
            sentences: State::new(None),
            draft: State::new(draft),
            composed: State::new(String::new()),
            replayed: State::new(String::new()),
            progress: State::new(None),
            opening: State::new(Opening::default()),
            failure: State::new(String::new()),
            load,
            is_prepared: State::new(false),
            detail: State::new(None),
            code: State::new(None),
            connection: State::new(None),
            simulation: State::new(None),
            api: State::new((api, source, place)),
        };
        // Whoever connects to the simulator, the form says so.
        let is_simulated = Derived::new(move || model.is_simulated());
        effect(move || {
            if is_simulated.get() && model.choice.get_untracked() != Choice::Simulator {
                model.change_form(|form| form.choose(Choice::Simulator));
            }
        });
        model
    }

    pub(super) fn driver(&self) -> Driver {
        self.driver.get_untracked()
    }

    pub(super) fn api(&self) -> Arc<Api> {
        self.api.with_untracked(|(api, ..)| Arc::clone(api))
    }

    /// Returns the address that the API description was read from.
    pub(super) fn source(&self) -> String {
        self.api.with_untracked(|(_, source, _)| source.clone())
    }

    /// Reads where the playground is.
    pub(super) fn place<R>(&self, read: impl FnOnce(&Place) -> R) -> R {
        self.api.with_untracked(|(.., place)| read(place))
    }

    /// Reads session and log, and again after every frame in which they changed.
    pub(super) fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        self.revision.track();
        self.driver.with_untracked(|driver| driver.read(read))
    }

    /// Returns the time of the session, and again twice a second while something is counting.
    pub(super) fn now(&self) -> Instant {
        self.revision.track();
        self.driver.with_untracked(Driver::now).at
    }

    pub(super) fn is_idle(&self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::Idle { .. }))
    }

    /// Returns whether a connection to the simulator is there, or on its way.
    pub(super) fn is_simulated(&self) -> bool {
        let is_live =
            self.phase.with(|phase| !matches!(phase, Phase::Closing { .. } | Phase::Idle { .. }));
        is_live && self.read(|view| view.session.target() == Some(&Target::Simulator))
    }

    pub(super) fn command(&self, command: Command) {
        self.driver().command(command);
    }

    /// Returns the keys that must stand in nothing that leaves the page.
    pub(super) fn keys(&self) -> Vec<Secret> {
        let used = self.driver().read(|view| view.session.key().cloned());
        self.form.with_untracked(ConnectionForm::keys).into_iter().chain(used).collect()
    }

    /// Reads the form, and again when it changes.
    pub(super) fn form<R>(&self, read: impl FnOnce(&ConnectionForm) -> R) -> R {
        self.form.with(read)
    }

    /// Changes the form, and keeps for the tab what the reader wants kept.
    pub(super) fn change_form<R>(&self, change: impl FnOnce(&mut ConnectionForm) -> R) -> R {
        let changed = self.form.change(|form| {
            let kept = form.kept_key().map(str::to_owned);
            let changed = change(form);
            if form.kept_key() != kept.as_deref() {
                storage::keep(KEY, form.kept_key());
            }
            changed
        });
        changed.expect("the form is there as long as the page")
    }

    /// Opens the panel of experiments with the one of this id; says so if the API has none.
    pub(super) fn want(&self, id: &str, stage: Stage) {
        if !self.api().has_envelope() {
            return self.failure.set([NOT_SHOWN, ": ", NO_EXPERIMENTS, "."].concat());
        }
        self.wanted.set(Wanted { id: id.to_owned(), stage });
        self.panel.settle(EXPERIMENTS);
    }

    /// Takes note that an experiment was shown.
    pub(super) fn note_shown(&self, id: &str) {
        if self.shown.with_untracked(|shown| !shown.iter().any(|it| it == id)) {
            self.shown.update(|shown| shown.push(id.to_owned()));
            storage::keep(SHOWN, Some(&self.shown.with_untracked(|shown| shown.join(" "))));
        }
    }

    /// Shows an entry's detail and brings its row into sight.
    pub(super) fn show(&self, seq: Seq) {
        self.selected.set(Some(seq));
        self.revealed.set(Some(seq));
    }

    /// Takes note that a file is being opened, in the place of any other. Returns its number.
    pub(super) fn begin_opening(&self, name: &str) -> u32 {
        self.failure.set(String::new());
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
        self.failure.set(String::new());
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

    /// Acts as soon as the simulator is there; says so if it does not come.
    pub(super) fn with_simulator(&self, act: impl FnOnce() + 'static) {
        if self.simulation.with_untracked(Option::is_some) {
            return act();
        }
        self.after(Later::Simulator, NOT_CONNECTED, Box::new(act));
    }

    /// Acts with what a connection needs, as soon as that is there; says what is `not_done` if it does not
    /// come.
    pub(super) fn with_connection(&self, not_done: &'static str, act: Box<dyn FnOnce(Connection)>) {
        if let Some(connection) = self.connection.get_untracked() {
            return act(connection);
        }
        let model = *self;
        let act = move || {
            if let Some(connection) = model.connection.get_untracked() {
                act(connection);
            }
        };
        self.after(Later::Connection, not_done, Box::new(act));
    }

    /// Acts when a part of the program has come; says what is `not_done` if it does not.
    fn after(&self, part: Later, not_done: &'static str, act: Box<dyn FnOnce()>) {
        let model = *self;
        driver::spawn(async move {
            let has_come = (model.load)(model, part).await;
            if has_come && model.is_there() {
                act();
            } else {
                model.tell_missing(not_done);
            }
        });
    }

    /// Has what comes later come now: the reader is about to use it, and after that no server is needed.
    pub(super) fn prepare(&self) {
        if self.is_prepared.with_untracked(|it| *it) {
            return;
        }
        self.is_prepared.set(true);
        let model = *self;
        driver::spawn(async move {
            for part in [Later::Simulator, Later::Detail] {
                // Who needs it asks again, and is told what is wrong.
                let _ = (model.load)(model, part).await;
            }
        });
    }

    /// Returns whether the page is there that this is the model of. Who waited for something must ask.
    pub(super) fn is_there(&self) -> bool {
        self.driver.try_with_untracked(|_| ()).is_some()
    }

    /// Has what the reader wants to look at come; says so if it does not.
    pub(super) fn fetch(&self, part: Later) {
        self.after(part, NOT_SHOWN, Box::new(|| {}));
    }

    /// Says what could not be done because that part of the program did not come.
    pub(super) fn tell_missing(&self, what: &str) {
        let why = if changed() { CHANGED } else { NOT_LOADED };
        self.failure.set([what, ": ", why, "."].concat());
    }

    /// Takes a turn on the guided path, once there is one.
    pub(super) fn turn(&self, turn: Turn) {
        let simulation = self.simulation;
        self.with_simulator(move || {
            if let Some(simulation) = simulation.get_untracked() {
                (simulation.turn)(turn);
            }
        });
    }

    /// Connects to what the reader has chosen, if the page around allows it; does nothing while the
    /// address is wrong.
    pub(super) fn connect(&self) {
        let model = *self;
        self.with_connection(NOT_CONNECTED, Box::new(move |it| (it.connect)(model)));
    }

    /// Connects to this target.
    pub(super) fn connect_to(&self, target: Target) {
        self.end_replay();
        if target == Target::Simulator {
            let model = *self;
            model.with_simulator(move || model.command(Command::Connect(target)));
        } else {
            self.command(Command::Connect(target));
            // The guided path goes along.
            self.with_simulator(|| {});
        }
    }

    pub(super) fn connect_if_idle(&self) {
        if self.is_idle() {
            self.connect();
        }
    }

    pub(super) fn connect_to_simulator(&self) {
        self.change_form(|form| form.choose(Choice::Simulator));
        self.connect();
    }

    /// Chooses a kind of target. A connection to another kind ends.
    pub(super) fn choose(&self, choice: Choice) {
        if self.choice.get_untracked() != choice {
            self.command(Command::Disconnect);
            self.change_form(|form| form.choose(choice));
        }
    }
}

/// The panels, by the places of their tabs.
pub(super) const COMPOSE: usize = 0;
pub(super) const EXPERIMENTS: usize = 1;
pub(super) const CODE: usize = 2;

fn page_is_https() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "https:")
}

#[wasm_bindgen]
extern "C" {
    /// Returns whether the last part that did not come is there, but changed; `src/embed/chunk.js` says.
    fn changed() -> bool;
}
