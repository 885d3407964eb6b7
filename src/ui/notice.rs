//! The notice after a connection ended: what the code means, what the client does, what the reader can do.

use leptos::prelude::*;

use crate::api::Api;
use crate::driver::POLICY_VIOLATION;
use crate::log::OpenFailure;
use crate::log::format::{countdown, duration, visible};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Millis};
use crate::session::{Command, Ended, Phase};

use super::erased::{dynamic, text, words as fixed};
use super::model::{Choice, Model};
use super::widget::{SMALL, button};
use super::words;

#[component]
pub(super) fn Notice(model: Model) -> impl IntoView {
    dynamic(move || {
        let phase = model.phase.get();
        let until = match phase {
            Phase::Waiting { until, .. } => Some(until),
            _ => None,
        };
        let kept = model.driver().read(|view| view.session.subscription_count());
        Words::of(&phase, &model.api(), kept).map(|words| {
            let offers_simulator =
                words.offers_simulator && model.choice.get() != Choice::Simulator;
            view! {
                <section
                    class="vp-notice"
                    aria-label="What happened"
                    data-testid="notice"
                    data-tone=words.tone
                    data-code=words.code.map(|code| code.to_string())
                >
                    <code class="vp-notice__code">
                        {words.code.map(|code| code.to_string())}
                    </code>
                    <div class="vp-notice__text" role="alert">
                        <span class="vp-notice__title" data-testid="notice-title">
                            {words.title}
                        </span>
                        " "
                        <span data-testid="notice-action">{words.action}</span>
                        {(!words.causes.is_empty())
                            .then(|| {
                                let causes = words.causes.iter();
                                view! {
                                    <ul class="vp-notice__list">
                                        {causes.map(|cause| view! { <li>{*cause}</li> }).collect_view()}
                                    </ul>
                                }
                            })}
                    </div>
                    <div class="vp-notice__actions">
                        {until.map(|until| retry(model, until))}
                        {offers_simulator
                            .then(|| {
                                button(
                                    SMALL,
                                    "start-simulator",
                                    fixed("Start the simulator"),
                                    move |_| model.connect_to_simulator(),
                                )
                            })}
                    </div>
                </section>
            }
        })
    })
}

fn retry(model: Model, until: Millis) -> impl IntoView {
    let wait = text(move || {
        if model.read(|view| view.session.waits_for_network()) {
            "waiting for the network".to_owned()
        } else {
            countdown(until - model.now())
        }
    });
    view! {
        <code class="vp-notice__countdown" data-testid="countdown">
            {wait}
        </code>
        {button(SMALL, "reconnect-now", fixed("Reconnect now"), move |_| model.command(Command::ReconnectNow))}
        {button(SMALL, "stop", fixed("Stop"), move |_| model.command(Command::Disconnect))}
    }
}

struct Words {
    code: Option<CloseCode>,
    title: String,
    action: String,
    causes: &'static [&'static str],
    tone: &'static str,
    offers_simulator: bool,
}

impl Words {
    /// Returns what to say of a phase, if the last connection's end needs a word.
    fn of(phase: &Phase, api: &Api, subscriptions: usize) -> Option<Self> {
        let is_waiting = matches!(phase, Phase::Waiting { .. });
        let tone = if is_waiting { "caution" } else { "danger" };
        let plain = |title: &str, action: String| Self {
            code: None,
            title: title.to_owned(),
            action,
            causes: &[],
            tone,
            offers_simulator: false,
        };
        Some(match phase.ended()? {
            Ended::Asked => return None,
            Ended::Closed { code, reason, .. } => {
                let mut words = Self::closed(*code, reason, api);
                if is_waiting && subscriptions > 0 {
                    let kept = words::counted(subscriptions, "subscription");
                    let whose = if subscriptions == 1 { "its" } else { "their" };
                    let action = words.action;
                    words.action =
                        format!("{action} {kept} will be restored with {whose} filters.");
                }
                words.tone = match code {
                    &CloseCode::NORMAL => "plain",
                    _ => tone,
                };
                words
            }
            Ended::GaveUp { attempts } => Self {
                causes: &words::OPEN_FAILURE_CAUSES,
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
