//! The notice after a connection ended: what the code means, what the client does, what the reader can do.

use leptos::prelude::*;

use crate::protocol::Instant;
use crate::session::{Command, Phase};
use crate::target::Choice;
use crate::words::format::countdown;
use crate::words::notice::Notice;

use super::model::Model;
use super::view::{
    Content as _, Element, code, div, dynamic, li, section, span, text, ul, words as fixed,
};
use super::widget::{SMALL, button};

pub(super) fn notice(model: Model) -> AnyView {
    dynamic(move || {
        let phase = model.phase.get();
        let until = match phase {
            Phase::Waiting { until, .. } => Some(until),
            _ => None,
        };
        let kept = model.driver().read(|view| view.session.subscription_count());
        let words = Notice::of(phase.ended()?, &model.api(), kept)?;
        let offers_simulator = words.offers_simulator && model.choice.get() != Choice::Simulator;
        let actions = div()
            .class("vp-notice__actions")
            .children(until.into_iter().flat_map(|until| retry(model, until)))
            .children(offers_simulator.then(|| simulator(model)));
        Some(said(words).child(actions))
    })
}

/// Returns the notice without its buttons.
fn said(words: Notice) -> Element {
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
        .attr("data-tone", words.tone.name())
        .attr("data-code", code_words.clone())
        .child(code().class("vp-notice__code").child(code_words))
        .child(text)
}

fn retry(model: Model, until: Instant) -> [AnyView; 3] {
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
