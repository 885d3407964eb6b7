//! Faults on demand: what goes wrong on the simulated connection at a click.

use leptos::ev;
use leptos::prelude::*;

use crate::protocol::{CloseCode, Incident, Millis};
use crate::session::{Phase, Target};
use crate::words::incident as words;

use super::model::Model;
use super::state::{Derived, State};
use super::view::{
    Element, aria, button, details, div, dynamic, h2, input, li, option, p, section, select,
    summary, text, ul,
};
use super::widget::{SMALL, labelled};

/// Returns the controls, which act on the simulator and on nothing else.
pub(super) fn incidents(model: Model) -> Element {
    let desk = Desk {
        model,
        standing: Derived::new(move || model.read(|view| view.standing.clone())),
        reach: Derived::new(move || Reach::read(model)),
    };
    let reason = text(move || {
        match desk.reach.get() {
            Reach::Nothing => words::NOT_YET,
            Reach::Standing => words::NOT_OPEN,
            Reach::Everything => "",
        }
        .to_owned()
    });
    let chips = dynamic(move || {
        let standing = desk.standing.get().into_iter();
        standing.filter_map(|it| desk.chip(&it)).collect::<Vec<_>>()
    });
    section()
        .class("vp-incidents")
        .label("Faults on demand")
        .test_id("incidents")
        .child(h2().class("vp-experiments__title").child("Faults on demand"))
        .child(p().class("vp-incidents__reason").attr("id", REASON).child(reason))
        .child(
            div()
                .class("vp-incidents__buttons")
                .child(closing(desk))
                .children(offered().map(|incident| desk.button(incident))),
        )
        .child(ul().class("vp-incidents__standing").label("What stands").child(chips))
}

/// What stands below each other in the panel, after the form for a close.
fn offered() -> [Incident; 9] {
    [
        Incident::Drop,
        Incident::Mute(true),
        Incident::Quiet(true),
        Incident::LoseAck(true),
        Incident::DelayAcks(Millis::seconds(2)),
        Incident::Burst { events: 1_000 },
        Incident::Oversize,
        Incident::Malformed,
        Incident::RefuseKeys(true),
    ]
}

#[derive(Clone, Copy)]
struct Desk {
    model: Model,
    standing: Derived<Vec<Incident>>,
    reach: Derived<Reach>,
}

/// What can go wrong now.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// Nothing: the simulator is not what was connected to.
    Nothing,
    /// What stands; the rest needs an open connection.
    Standing,
    Everything,
}

impl Reach {
    fn read(model: Model) -> Self {
        let is_open = model.phase.with(Phase::is_open);
        let is_simulated = model.read(|view| view.session.target() == Some(&Target::Simulator));
        match (is_simulated, is_open) {
            (false, _) => Self::Nothing,
            (true, false) => Self::Standing,
            (true, true) => Self::Everything,
        }
    }
}

impl Desk {
    /// Returns what stands of this kind.
    fn standing(&self, incident: &Incident) -> Option<Incident> {
        let undone = incident.undone()?;
        self.standing
            .with(|all| all.iter().find(|it| it.undone().as_ref() == Some(&undone)).cloned())
    }

    fn can(&self, incident: &Incident) -> bool {
        match self.reach.get() {
            Reach::Nothing => false,
            Reach::Standing => incident.undone().is_some(),
            Reach::Everything => true,
        }
    }

    /// Returns the button that lets it go wrong, or undoes it.
    fn button(self, incident: Incident) -> Element {
        let [disabled, hint, staged] = core::array::from_fn(|_| incident.clone());
        let title = text(move || {
            let standing = self.standing(&hint);
            words::hint(standing.as_ref().unwrap_or(&hint), standing.is_some())
        });
        let act = move |_| {
            let undone = self.standing(&staged).and_then(|it| it.undone());
            self.model.driver().stage(&undone.unwrap_or_else(|| staged.clone()));
        };
        let button = button()
            .class(SMALL)
            .test_id(["incident-", words::name(&incident)].concat())
            .attr("title", title)
            .attr("aria-describedby", REASON)
            .prop("disabled", move || !self.can(&disabled))
            .on(ev::click, act)
            .child(words::button(&incident));
        if incident.undone().is_none() {
            return button;
        }
        button.attr("aria-pressed", aria(move || self.standing(&incident).is_some()))
    }

    /// Returns what says that it stands, and undoes it.
    fn chip(self, incident: &Incident) -> Option<Element> {
        let undone = incident.undone()?;
        let words = words::standing(incident);
        let chip = button()
            .class("vp-incidents__chip")
            .test_id(["incident-undo-", words::name(incident)].concat())
            .label(format!("{words}: end it"))
            .on(ev::click, move |_| self.model.driver().stage(&undone))
            .child(words)
            .child(" ✕");
        Some(li().child(chip))
    }
}

/// Returns the form for a close of the server's.
fn closing(desk: Desk) -> Element {
    let api = desk.model.api();
    // Nobody can send a close frame that says there was none.
    let closes = api.closes.iter().filter(|close| close.code != CloseCode::ABNORMAL);
    let closes: Vec<_> = closes.map(|close| (close.code, close.meaning.clone())).collect();
    let code = State::new(closes.first().map_or(CloseCode::NORMAL, |(code, _)| *code));
    let reason = State::new(String::new());
    let choice = |(code, meaning): (CloseCode, String)| {
        option().attr("value", code.to_string()).child(format!("{code} · {meaning}"))
    };
    let field = select()
        .class("vp-input")
        .test_id("incident-close-code")
        .on(ev::change, move |event| {
            if let Ok(number) = event_target_value(&event).parse() {
                code.set(CloseCode(number));
            }
        })
        .children(closes.into_iter().map(choice));
    let typed = input()
        .class("vp-input")
        .attr("autocomplete", "off")
        .test_id("incident-close-reason")
        .attr("aria-invalid", aria(move || !reason.with(|it| words::too_long(it)).is_empty()))
        .on(ev::input, move |event| reason.set(event_target_value(&event)));
    let error = p()
        .class("vp-field__error")
        .attr("role", "alert")
        .child(text(move || reason.with(|it| words::too_long(it))));
    let staged =
        move || Incident::Close { code: code.get_untracked(), reason: reason.get_untracked() };
    let first = staged();
    let close = button()
        .class(SMALL)
        .test_id("incident-close-now")
        .attr("title", words::hint(&first, false))
        .attr("aria-describedby", REASON)
        .prop("disabled", move || {
            !desk.can(&first) || !reason.with(|it| words::too_long(it)).is_empty()
        })
        .on(ev::click, move |_| desk.model.driver().stage(&staged()))
        .child(words::button(&staged()));
    let form = div()
        .class("vp-incidents__form")
        .child(labelled(text(|| "Code".to_owned()), field))
        .child(labelled(text(|| "Reason, if any".to_owned()), typed))
        .child(close)
        .child(error);
    details()
        .class("vp-incidents__close")
        .child(summary().class(SMALL).test_id("incident-close").child("Close …"))
        .child(form)
}

/// Why some of it cannot be done now.
const REASON: &str = "vp-incidents-reason";
