//! The header: target, endpoint, key, the one obvious button, the state.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, InputEvent, KeyboardEvent};

use crate::api::Server;
use crate::entry::NextStep;
use crate::session::{Command, Phase};
use crate::target::{Choice, ConnectionForm};
use crate::words::address as sentence;
use crate::words::format::{countdown, elapsed};

use super::model::Model;
use super::view::{
    Content as _, Element, aria, button, datalist, div, dynamic, input, label, option, p, section,
    span, text,
};
use super::widget::{labelled, tab_index, unfolding, walked};

pub(super) fn header(model: Model) -> Element {
    let has_key = move || model.choice.get() == Choice::Live;
    section()
        .class("vp-header")
        .attr("part", "header")
        .attr("data-state", text(move || model.phase.with(Phase::name).to_owned()))
        .label("Connection")
        .child(targets(model))
        .child(status(model))
        .child(address(model))
        .child(dynamic(move || {
            let parameter = model.api().key_parameter.clone().filter(|_| has_key())?;
            Some(key(model, parameter))
        }))
        .child(primary(model))
        .child(settings(model))
}

fn targets(model: Model) -> Element {
    let choices = [
        (Choice::Simulator, "target-simulator", "Simulator", "Sim"),
        (Choice::Echo, "target-echo", "Echo sandbox", "Echo"),
        (Choice::Live, "target-live", "Live API", "Live"),
    ];
    let offered = Choice::offered(&model.api());
    let choices: Vec<_> = choices.into_iter().filter(|it| offered.contains(&it.0)).collect();
    let chosen: Vec<_> = choices.iter().map(|it| it.0).collect();
    let group = NodeRef::<leptos::html::Div>::new();
    // One tab stop; the arrows choose, as in every group of radio buttons.
    let walk = move |event: KeyboardEvent| {
        let own = chosen.iter().position(|it| *it == model.choice.get_untracked());
        if let Some(to) = walked(&event, own.unwrap_or_default(), chosen.len(), true) {
            model.choose(chosen[to]);
            super::focus_child(group, to);
        }
    };
    let choice = |(choice, id, long, short): (Choice, &'static str, &'static str, &'static str)| {
        let is_chosen = move || model.choice.get() == choice;
        button()
            .class("vp-targets__choice")
            .attr("role", "radio")
            .test_id(id)
            .label(long)
            .attr("aria-checked", aria(is_chosen))
            .attr("tabindex", tab_index(is_chosen))
            .on(ev::click, move |_| model.choose(choice))
            .child(span().class("vp-targets__long").child(long))
            .child(span().class("vp-targets__short").child(short))
    };
    div()
        .class("vp-targets")
        .attr("role", "radiogroup")
        .label("Target")
        .node_ref(group)
        .on(ev::keydown, walk)
        .children(choices.into_iter().map(choice))
}

fn status(model: Model) -> Element {
    let words = move || {
        let now = model.now();
        model.phase.with(|phase| match phase {
            Phase::Closing { .. } => ("Closing…".to_owned(), String::new(), String::new()),
            Phase::Connecting { .. } => ("Connecting…".to_owned(), String::new(), String::new()),
            Phase::Idle { .. } => ("Not connected".to_owned(), String::new(), String::new()),
            Phase::Open { since, extensions, .. } => {
                let is_compressed = extensions.contains("permessage-deflate");
                let compressed = if is_compressed { " · deflate" } else { "" };
                ("Open".to_owned(), format!(" · {}", elapsed(now - *since)), compressed.to_owned())
            }
            Phase::Waiting { until, attempt, .. } => {
                let left = countdown(*until - now);
                ("Reconnecting".to_owned(), format!(" · {left}"), format!(" · attempt {attempt}"))
            }
        })
    };
    let now = span().attr("role", "status").child(text(move || words().0));
    let time = span().class("vp-status__time").child(text(move || words().1));
    let more = span().class("vp-status__more").child(text(move || words().2));
    div()
        .class("vp-status")
        .test_id("status")
        .attr("data-state", text(move || model.phase.with(Phase::name).to_owned()))
        .child(span().child(now).child(time).child(more))
}

fn address(model: Model) -> Element {
    let typed = move |event: Event| {
        let text = event_target_value(&event);
        let is_whole = is_whole(&event);
        model.change_form(|form| {
            if is_whole { form.paste_address(text) } else { form.type_address(text) }
        });
    };
    let complete = move || model.change_form(ConnectionForm::complete);
    let connect_on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            complete();
            model.connect_if_idle();
        }
    };
    let simulator = move || sentence::simulator(&model.api());
    let label = text(move || {
        match model.choice.get() {
            Choice::Echo => "Endpoint — no API key needed for the sandbox",
            Choice::Live => "Endpoint",
            Choice::Simulator => "Endpoint — no network, no API key",
        }
        .to_owned()
    });
    let field = input()
        .class("vp-input")
        .test_id("endpoint")
        .attr("type", "url")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "vp-endpoint-help")
        .attr("list", "vp-endpoints")
        .attr("aria-invalid", aria(move || address_error(model).is_some()))
        .prop("readOnly", move || model.choice.get() == Choice::Simulator || !model.is_idle())
        .value(text(move || {
            model.form(|form| form.address().map(str::to_owned)).unwrap_or_else(simulator)
        }))
        .on(ev::input, typed)
        .on(ev::blur, move |_| complete())
        .on(ev::keydown, connect_on_enter);
    let endpoints = move || {
        let api = model.api();
        let servers = match model.choice.get() {
            Choice::Live => &api.live[..],
            Choice::Echo => &api.echo[..],
            Choice::Simulator => &[],
        };
        let offer = |server: &Server| {
            let words = server.description.clone();
            option().attr("value", server.endpoint.to_string()).child(words)
        };
        servers.iter().map(offer).collect::<Vec<_>>()
    };
    let help = dynamic(move || {
        let (class, id, words) = match address_error(model) {
            Some(error) => ("vp-field__error", "endpoint-error", error),
            None => ("vp-field__hint", "endpoint-hint", address_hint(model)?),
        };
        Some(p().class(class).test_id(id).child(words))
    });
    div()
        .class("vp-endpoint vp-field")
        .child(labelled(label, field))
        .child(datalist().attr("id", "vp-endpoints").child(dynamic(endpoints)))
        .child(div().attr("id", "vp-endpoint-help").class("vp-endpoint__help").child(help))
}

/// Returns the menu of the connection. What it unfolds comes when the reader touches the playground.
fn settings(model: Model) -> Element {
    let menu = super::of_connection(model, |it, model| (it.menu)(model).view());
    unfolding("settings", "Connection details").child(menu)
}

/// Returns whether an event of the field brought its text as a whole. Only keystrokes and input methods
/// bring it in pieces; what a browser fills in by itself is no `InputEvent`.
fn is_whole(event: &Event) -> bool {
    let kind = event.dyn_ref::<InputEvent>().map(InputEvent::input_type);
    kind.is_none_or(|kind| {
        let pieces = ["insertText", "insertCompositionText", "delete", "history"];
        !pieces.iter().any(|piece| kind.starts_with(piece))
    })
}

fn address_error(model: Model) -> Option<String> {
    let error = model.form(|form| form.endpoint()?.err())?;
    Some(sentence::error(error, &model.api()))
}

fn address_hint(model: Model) -> Option<String> {
    let hint = model.phase.with(|phase| {
        let answered = match phase {
            Phase::Open { endpoint, .. } => Some(&**endpoint),
            _ => None,
        };
        model.form(|form| form.hint(answered))
    })?;
    Some(sentence::hint(&hint, model.choice.get()))
}

fn key(model: Model, parameter: String) -> Element {
    let is_refused = move || {
        model
            .phase
            .with(|phase| phase.ended().is_some_and(|ended| ended.next == NextStep::AskForKey))
    };
    let typed = move |event| {
        model.change_form(|form| form.type_key(event_target_value(&event)));
    };
    let kept = move |event| {
        model.change_form(|form| form.keep_key(event_target_checked(&event)));
    };
    let connect_on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            model.connect_if_idle();
        }
    };
    let keeps = move || model.form(ConnectionForm::keeps_key);
    let words_of_key = text(move || sentence::key_label(&parameter, keeps()));
    let field = input()
        .class("vp-input")
        .test_id("key")
        .attr("type", "password")
        .attr("autocomplete", "off")
        .attr("aria-invalid", aria(is_refused))
        .value(text(move || model.form(|form| form.key().to_owned())))
        .on(ev::input, typed)
        .on(ev::keydown, connect_on_enter);
    let keep = input()
        .attr("type", "checkbox")
        .test_id("keep-key")
        .prop("checked", keeps)
        .on(ev::change, kept);
    let row = div()
        .class("vp-key__row")
        .child(labelled(words_of_key, field))
        .child(label().class("vp-switch").child(keep).child("Keep for this tab"));
    div().class("vp-key").child(row)
}

fn primary(model: Model) -> Element {
    let label = move || {
        model.phase.with(|phase| match phase {
            Phase::Closing { .. } => "Closing…",
            Phase::Connecting { .. } => "Cancel",
            Phase::Idle { .. } => "Connect",
            Phase::Open { .. } => "Disconnect",
            Phase::Waiting { .. } => "Reconnect now",
        })
    };
    let act = move |_| match model.phase.get_untracked() {
        Phase::Closing { .. } => {}
        Phase::Connecting { .. } | Phase::Open { .. } => model.command(Command::Disconnect),
        Phase::Idle { .. } => model.connect(),
        Phase::Waiting { .. } => model.command(Command::ReconnectNow),
    };
    let is_disabled = move || model.is_idle() && address_error(model).is_some();
    // Disabled it would lose the keyboard of whoever has just pressed it.
    let is_closing = move || model.phase.with(|phase| matches!(phase, Phase::Closing { .. }));
    button()
        .class("vp-primary vp-button")
        .class_if("vp-button--primary", move || model.is_idle())
        .test_id("primary")
        .attr("part", "primary")
        .prop("disabled", is_disabled)
        .attr("aria-disabled", aria(is_closing))
        .on(ev::click, act)
        .child(text(move || label().to_owned()))
}
