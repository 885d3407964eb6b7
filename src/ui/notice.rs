//! The notice after a connection ended: what the code means, what the client does, what the reader can do.

use leptos::prelude::*;

use crate::api::Api;
use crate::driver::POLICY_VIOLATION;
use crate::log::OpenFailure;
use crate::log::format::{countdown, duration, visible};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Millis};
use crate::session::{Command, Ended, Phase};

use super::element::{Content as _, Element, code, div, dynamic, li, section, span, ul};
use super::erased::{text, words as fixed};
use super::model::{Choice, Model};
use super::widget::{SMALL, button};
use super::words;

pub(super) fn notice(model: Model) -> AnyView {
    dynamic(move || {
        let phase = model.phase.get();
        let until = match phase {
            Phase::Waiting { until, .. } => Some(until),
            _ => None,
        };
        let kept = model.driver().read(|view| view.session.subscription_count());
        let words = Words::of(&phase, &model.api(), kept)?;
        let offers_simulator = words.offers_simulator && model.choice.get() != Choice::Simulator;
        let actions = div()
            .class("vp-notice__actions")
            .children(until.into_iter().flat_map(|until| retry(model, until)))
            .children(offers_simulator.then(|| simulator(model)));
        Some(said(words).child(actions))
    })
}

/// Returns the notice without its buttons.
fn said(words: Words) -> Element {
    let code_words = words.code.map(|code| code.to_string()).unwrap_or_default();
    let causes = (!words.causes.is_empty()).then(|| {
        ul().class("vp-notice__list").children(words.causes.iter().map(|it| li().child(*it)))
    });
    let text = div()
        .class("vp-notice__text")
        .attr("role", "alert")
        .child(span().class("vp-notice__title").test_id("notice-title").child(words.title))
        .child(" ")
        .child(span().test_id("notice-action").child(words.action))
        .children(causes);
    section()
        .class("vp-notice")
        .label("What happened")
        .test_id("notice")
        .attr("data-tone", words.tone)
        .attr("data-code", code_words.clone())
        .child(code().class("vp-notice__code").child(code_words))
        .child(text)
}

fn retry(model: Model, until: Millis) -> [AnyView; 3] {
    let wait = text(move || {
        if model.read(|view| view.session.waits_for_network()) {
            "waiting for the network".to_owned()
        } else {
            countdown(until - model.now())
        }
    });
    let reconnect = move |_| model.command(Command::ReconnectNow);
    let stop = move |_| model.command(Command::Disconnect);
    [
        code().class("vp-notice__countdown").test_id("countdown").child(wait).view(),
        button(SMALL, "reconnect-now", fixed("Reconnect now"), reconnect),
        button(SMALL, "stop", fixed("Stop"), stop),
    ]
}

fn simulator(model: Model) -> AnyView {
    let start = move |_| model.connect_to_simulator();
    button(SMALL, "start-simulator", fixed("Start the simulator"), start)
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
