//! What is said after a connection ended: what the code means, what the client does, what may help.

use super::format::{counted, duration, visible};
use crate::api::Api;
use crate::entry::{EndCause, Ended, NextStep, OpenFailure};
use crate::protocol::CloseCode;

/// What to say of a connection that ended.
pub struct Notice {
    /// The close code, if there was one.
    pub code: Option<CloseCode>,
    /// What happened.
    pub title: String,
    /// What the client does, or what the reader can do.
    pub action: String,
    /// What may be behind it.
    pub causes: &'static [&'static str],
    /// How serious it is.
    pub tone: NoticeTone,
    /// Whether the simulator would help.
    pub offers_simulator: bool,
}

/// How serious a notice is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoticeTone {
    /// It mends itself.
    Caution,
    /// The reader has to do something.
    Danger,
    /// As it should be.
    Plain,
}

impl NoticeTone {
    /// Returns the tone as a word, for style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Caution => "caution",
            Self::Danger => "danger",
            Self::Plain => "plain",
        }
    }
}

impl Notice {
    /// Returns what to say of a connection's end, if it needs a word. Another attempt, if one follows,
    /// brings back this many `subscriptions`.
    pub fn of(ended: &Ended, api: &Api, subscriptions: usize) -> Option<Self> {
        let next = ended.next;
        let has_simulator = api.has_envelope();
        let simulator = if has_simulator {
            " The simulator needs no network and shows the whole API."
        } else {
            ""
        };
        let mut notice = match &ended.cause {
            EndCause::Asked => return None,
            EndCause::Broken => {
                let follows = follows(next, "Reconnecting with exponential backoff.");
                let action = format!("It was closed from this side.{follows}");
                let mut notice = Self::new("Connection broken.", action, next);
                if next.tries_again() && subscriptions > 0 {
                    notice.action.push_str(&coming_back(subscriptions));
                }
                notice
            }
            EndCause::Closed { code, reason, clean } => {
                let mut notice = Self::closed(*code, reason, *clean, next, api);
                if next.tries_again() && subscriptions > 0 {
                    notice.action.push_str(&coming_back(subscriptions));
                }
                notice
            }
            EndCause::GaveUp { attempts } => Self {
                causes: &OPEN_FAILURE_CAUSES,
                offers_simulator: true,
                ..Self::new(
                    "Could not connect.",
                    format!("{attempts} attempts failed. What may be behind it:"),
                    next,
                )
            },
            EndCause::NoEcho => Self {
                offers_simulator: true,
                ..Self::new(
                    "No echo server answered.",
                    ["The network may block them.", simulator].concat(),
                    next,
                )
            },
            EndCause::OpenFailed(failure) => Self::open_failed(failure, next),
            EndCause::Silent => {
                let follows = follows(next, "Connecting anew.");
                let action = format!("The server sent nothing for too long.{follows}");
                Self::new("No sign of life.", action, next)
            }
            EndCause::Unconfirmed => Self::new(
                "Disconnected.",
                "The server did not confirm the close in time.".to_owned(),
                next,
            ),
        };
        notice.offers_simulator &= has_simulator;
        Some(notice)
    }

    fn closed(code: CloseCode, reason: &str, clean: bool, next: NextStep, api: &Api) -> Self {
        let row = api.close(code);
        let meaning = row.map_or(code.standard_meaning(), |row| row.meaning.as_str());
        let action = match (next, row) {
            (NextStep::Stopped, _) => STOPPED,
            (_, Some(row)) => row.action.as_str(),
            (NextStep::AskForKey, None) => "Check the API key",
            (NextStep::Rest, None) => "Not retried: only the server's owner knows what it means.",
            (NextStep::Retry, None) => "Reconnecting with exponential backoff",
            (NextStep::Wait, None) => "Reconnecting after the wait that the server asked for",
        };
        let stop = if action.ends_with('.') { "" } else { "." };
        let said = match reason {
            "" => String::new(),
            reason => format!(" The server says “{}”.", visible(reason, REASON_CHARACTERS)),
        };
        let clean = if clean { "clean" } else { "unclean" };
        let action = format!("{action}{stop}{said} The close was {clean}.");
        let mut notice = Self::new(&format!("{meaning}."), action, next);
        notice.code = Some(code);
        if code == CloseCode::NORMAL {
            notice.tone = NoticeTone::Plain;
        }
        notice
    }

    fn open_failed(failure: &OpenFailure, next: NextStep) -> Self {
        let follows = follows(next, "Trying again.");
        match failure {
            OpenFailure::Blocked => Self {
                offers_simulator: true,
                ..Self::new(
                    "Blocked by this page's content security policy.",
                    "Add the address to its connect-src, or open the playground elsewhere."
                        .to_owned(),
                    next,
                )
            },
            OpenFailure::Refused { name } => Self {
                offers_simulator: true,
                ..Self::new(
                    "The browser refused the address.",
                    format!("It says {name}. Check the address; on an https page use wss://."),
                    next,
                )
            },
            OpenFailure::TimedOut { after } => {
                let action = format!("No answer in {}.{follows}", duration(*after));
                Self::new("No connection yet.", action, next)
            }
            OpenFailure::Unreachable => {
                let action = format!("The handshake failed; browsers do not tell why.{follows}");
                Self::new("No connection yet.", action, next)
            }
        }
    }

    fn new(title: &str, action: String, next: NextStep) -> Self {
        Self {
            code: None,
            title: title.to_owned(),
            action,
            causes: &[],
            tone: match next {
                NextStep::AskForKey | NextStep::Rest => NoticeTone::Danger,
                NextStep::Retry | NextStep::Wait => NoticeTone::Caution,
                NextStep::Stopped => NoticeTone::Plain,
            },
            offers_simulator: false,
        }
    }
}

/// Returns what follows, as a sentence after another one; `trying` says that it is tried again.
fn follows(next: NextStep, trying: &str) -> String {
    match next {
        NextStep::Retry | NextStep::Wait => format!(" {trying}"),
        NextStep::Stopped => format!(" {STOPPED}"),
        NextStep::AskForKey | NextStep::Rest => String::new(),
    }
}

fn coming_back(subscriptions: usize) -> String {
    let kept = counted(subscriptions as u64, "subscription");
    let whose = if subscriptions == 1 { "its" } else { "their" };
    format!(" {kept} will be restored with {whose} filters.")
}

const STOPPED: &str = "You stopped the attempts; Connect starts over.";

/// A close reason has 123 bytes at most.
const REASON_CHARACTERS: usize = 123;

/// What may be behind a connection that never opened. A browser knows no more than this.
const OPEN_FAILURE_CAUSES: [&str; 4] = [
    "The address is wrong, or nothing listens there.",
    "A firewall, proxy or browser extension blocks WebSockets.",
    "The server refused the handshake, for example over the key. Browsers do not tell.",
    "The certificate is not valid, or the page may not connect there.",
];
