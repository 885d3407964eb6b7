//! What is said after a connection ended: what the code means, what the client does, what may help.

use super::format::{counted, duration, visible};
use crate::api::Api;
use crate::entry::{Ended, OpenFailure, POLICY_VIOLATION};
use crate::protocol::CloseCode;
use crate::protocol::close::Reaction;

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
    /// How serious it is, for style sheets: `plain`, `caution` or `danger`.
    pub tone: &'static str,
    /// Whether the simulator would help.
    pub offers_simulator: bool,
}

impl Notice {
    /// Returns what to say of a connection's end, if it needs a word. `is_waiting` is whether another
    /// attempt is scheduled, which brings back this many `subscriptions`.
    pub fn of(ended: &Ended, is_waiting: bool, api: &Api, subscriptions: usize) -> Option<Self> {
        let tone = if is_waiting { "caution" } else { "danger" };
        let plain = |title: &str, action: String| Self {
            code: None,
            title: title.to_owned(),
            action,
            causes: &[],
            tone,
            offers_simulator: false,
        };
        Some(match ended {
            Ended::Asked => return None,
            Ended::Closed { code, reason, .. } => {
                let mut notice = Self::closed(*code, reason, api);
                if is_waiting && subscriptions > 0 {
                    let kept = counted(subscriptions as u64, "subscription");
                    let whose = if subscriptions == 1 { "its" } else { "their" };
                    let action = notice.action;
                    notice.action =
                        format!("{action} {kept} will be restored with {whose} filters.");
                }
                notice.tone = match code {
                    &CloseCode::NORMAL => "plain",
                    _ => tone,
                };
                notice
            }
            Ended::GaveUp { attempts } => Self {
                causes: &OPEN_FAILURE_CAUSES,
                offers_simulator: true,
                ..plain(
                    "Could not connect.",
                    format!("{attempts} attempts failed. What may be behind it:"),
                )
            },
            Ended::NoEcho => Self {
                offers_simulator: true,
                ..plain(
                    "No echo server answered.",
                    "The network may block them. The simulator needs no network and shows the whole API."
                        .to_owned(),
                )
            },
            Ended::OpenFailed(failure) => {
                let why = match failure {
                    OpenFailure::TimedOut { after } => {
                        format!("No answer in {}. Trying again.", duration(*after))
                    }
                    OpenFailure::Refused { .. } | OpenFailure::Unreachable => {
                        "The handshake failed; browsers do not tell why. Trying again.".to_owned()
                    }
                };
                plain("No connection yet.", why)
            }
            Ended::Refused { name } if name == POLICY_VIOLATION => Self {
                offers_simulator: true,
                ..plain(
                    "Blocked by this page's content security policy.",
                    "Add the address to its connect-src, or open the playground elsewhere.".to_owned(),
                )
            },
            Ended::Silent => plain(
                "No sign of life.",
                "The server sent nothing for too long. Connecting anew.".to_owned(),
            ),
            Ended::Refused { name } => Self {
                offers_simulator: true,
                ..plain(
                    "The browser refused the address.",
                    format!("It says {name}. Check the address; on an https page use wss://."),
                )
            },
            Ended::Unconfirmed => plain(
                "Disconnected.",
                "The server did not confirm the close in time.".to_owned(),
            ),
        })
    }

    fn closed(code: CloseCode, reason: &str, api: &Api) -> Self {
        let row = api.close(code);
        let meaning = row.map_or(code.standard_meaning(), |row| row.meaning.as_str());
        let action = match row {
            Some(row) => row.action.clone(),
            None => match api.reaction(code) {
                Reaction::Stop => {
                    "Not retried: only the server's owner knows what it means.".into()
                }
                _ => "Reconnecting with exponential backoff".into(),
            },
        };
        let stop = if action.ends_with('.') { "" } else { "." };
        let said = match reason {
            "" => String::new(),
            reason => format!(" The server says “{}”.", visible(reason, REASON_CHARACTERS)),
        };
        Self {
            code: Some(code),
            title: format!("{meaning}."),
            action: format!("{action}{stop}{said}"),
            causes: &[],
            tone: "danger",
            offers_simulator: false,
        }
    }
}

/// A close reason has 123 bytes at most.
const REASON_CHARACTERS: usize = 123;

/// What may be behind a connection that never opened. A browser knows no more than this.
const OPEN_FAILURE_CAUSES: [&str; 4] = [
    "The address is wrong, or nothing listens there.",
    "A firewall, proxy or browser extension blocks WebSockets.",
    "The server refused the handshake, for example over the key. Browsers do not tell.",
    "The certificate is not valid, or the page may not connect there.",
];
