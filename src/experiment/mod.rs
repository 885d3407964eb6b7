//! Experiments: every row of the page's tables, made to happen and checked.
//!
//! [`experiments`] derives them from the API description, one for each row, by kind: a channel, a
//! close code, a limit, a timing, a message type. A [`Run`] is one of them under way: a state machine
//! that sees the log and nothing else. It asks for [`Action`]s, ticks its steps off from what really
//! appears, and ends with a [`Verdict`]. A [`Guide`] leads through the first minute in the same way.
//!
//! Both are driven like a session: **after every [`Run::handle`], poll until nothing is left**, and
//! carry each action out at the time of what was handled. [`Run::poll_timeout`] says when to come back,
//! in simulated time; so a run ends, whatever does not happen.
//!
//! ```
//! use veriops_playground::api::Api;
//! use veriops_playground::experiment::{Action, Before, Experiment, Run};
//!
//! let api = Api::veriops();
//! let experiment = Experiment::named(&api, "close-4008").expect("the table has a row 4008");
//! assert_eq!((&*experiment.title, &*experiment.claim), (
//!     "4008 · Rate limited",
//!     "Wait 60 seconds before reconnecting",
//! ));
//! let mut run = Run::new(&api, experiment, Before::default());
//! assert!(matches!(run.poll(), Some(Action::Command(_))));
//! assert!(run.verdict().is_none());
//! ```

mod derive;
mod expect;
mod guide;
mod plan;
mod run;
mod sample;
mod step;

use std::borrow::Cow;

use crate::api::{SettingKind, When};
use crate::entry::{Entry, Outcome, Seq};
use crate::protocol::{Incident, Instant, MessageType, TimeScale, Topic};
use crate::session::{Command, Phase, Session, SubscriptionState, Target};

pub use derive::experiments;
pub use guide::Guide;
pub use run::Run;

/// A row of the page's tables that can be made to happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// What links call it, such as `close-4008`: the same as long as the description is.
    pub id: String,
    /// The table.
    pub group: Group,
    /// The row's first column.
    pub title: String,
    /// What the row says of it.
    pub claim: String,
    kind: Kind,
}

/// A table of the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Group {
    /// "Connection details".
    Settings,
    /// "Message types".
    Messages,
    /// "Channel catalog".
    Channels,
    /// "WebSocket close codes".
    Closes,
    /// "Common issues".
    Issues,
}

impl Group {
    /// All tables, in the page's order.
    pub const ALL: [Self; 5] =
        [Self::Settings, Self::Messages, Self::Channels, Self::Closes, Self::Issues];

    /// Returns the table's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Settings => "Connection details",
            Self::Messages => "Message types",
            Self::Channels => "Channel catalog",
            Self::Closes => "WebSocket close codes",
            Self::Issues => "Common issues",
        }
    }
}

/// What an experiment is about; a number is the row's place in its table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Setting(Option<SettingKind>),
    Message(MessageType),
    Channel(usize),
    Close(usize),
    Issue(Option<When>),
}

/// Something that an experiment or the guided path wants to be done.
#[derive(Clone)]
pub enum Action {
    /// The session is told this.
    Command(Command),
    /// Time passes at this speed from here on.
    Scale(TimeScale),
    /// Something is made to go wrong, or is undone.
    Stage(Incident),
}

/// Something that happened, as the log has it.
#[derive(Clone, Copy, Debug)]
pub enum Observed<'a> {
    /// An entry was written.
    Entry(&'a Entry),
    /// A request was settled.
    Settled(Seq, Outcome),
    /// The time of [`Run::poll_timeout`] may have come.
    Timeout,
}

/// How things were before: what is put back.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Before {
    /// What the open connection leads to, as its entry says it; none while none is open.
    pub open: Option<String>,
    /// Whether the simulator is what the reader chose.
    pub is_simulated: bool,
    /// The subscriptions, those included that wait to be brought back.
    pub topics: Vec<Topic>,
    /// Whether pings were answered.
    pub answers_pings: bool,
    /// Whether a ping of ours kept the connection from idling.
    pub keeps_alive: bool,
    /// Whether subscriptions were restored.
    pub restores: bool,
    /// Whether a silent server was asked for a sign of life.
    pub watches_silence: bool,
    /// The speed of time.
    pub scale: TimeScale,
    /// The incidents that stand.
    pub standing: Vec<Incident>,
}

impl Before {
    /// Reads how things are.
    pub fn of(session: &Session, scale: TimeScale, standing: Vec<Incident>) -> Self {
        let open = match session.phase() {
            Phase::Open { endpoint, .. } => Some(endpoint.clone()),
            _ => None,
        };
        let subscriptions = session.subscriptions().iter();
        let kept = subscriptions.filter(|it| it.state != SubscriptionState::Refused);
        Self {
            open,
            is_simulated: session.target() == Some(&Target::Simulator),
            topics: kept.map(|it| it.topic.clone()).collect(),
            answers_pings: session.answers_pings(),
            keeps_alive: session.keeps_alive(),
            restores: session.restores(),
            watches_silence: session.watches_silence(),
            scale,
            standing,
        }
    }
}

impl Default for Before {
    /// Returns how things are on a page that was just opened.
    fn default() -> Self {
        Self {
            open: None,
            is_simulated: false,
            topics: Vec::new(),
            answers_pings: true,
            keeps_alive: false,
            restores: true,
            watches_silence: true,
            scale: TimeScale::Real,
            standing: Vec::new(),
        }
    }
}

/// A step of an experiment or of the guided path.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<'a> {
    /// What happens in it.
    pub words: Cow<'a, str>,
    /// Where it stands.
    pub state: StepState,
    /// When it comes to its point, if that is known: what a countdown counts to.
    pub until: Option<Instant>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is under way.
    Current,
    /// It was seen.
    Done,
    /// It was passed over, or the run ended without it.
    Skipped,
}

impl StepState {
    /// Returns the state as a word, for style sheets and tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Current => "current",
            Self::Done => "done",
            Self::Skipped => "skipped",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Everything that the row claims was seen.
    Shown,
    /// Something was not.
    NotShown {
        /// What, and why as far as that is known.
        reason: String,
    },
}
