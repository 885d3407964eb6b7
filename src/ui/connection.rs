//! The header: target, endpoint, key, the one obvious button, the state.

use leptos::ev;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::entry::NextStep;
use crate::protocol::Endpoint;
use crate::session::{Command, Phase};
use crate::words::format::{countdown, elapsed};

use super::element::{Element, button, div, dynamic, input, label, p, section, span};
use super::erased::{aria, text, words as fixed};
use super::model::{Choice, Model};
use super::storage;
use super::widget::{labelled, tab_index};

pub(super) fn header(model: Model) -> Element {
    let is_live = move || model.choice.get() == Choice::Live;
    section()
        .class("vp-header")
        .label("Connection")
        .child(targets(model))
        .child(status(model))
        .child(address(model))
        .child(dynamic(move || is_live().then(|| key(model))))
        .child(primary(model))
}

fn targets(model: Model) -> Element {
    let choices = [
        (Choice::Simulator, "target-simulator", "Simulator", "Sim"),
        (Choice::Echo, "target-echo", "Echo sandbox", "Echo"),
        (Choice::Live, "target-live", "Live API", "Live"),
    ];
    let group = NodeRef::<leptos::html::Div>::new();
    // One tab stop; the arrows choose, as in every group of radio buttons.
    let walk = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => choices.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let current = choices.iter().position(|it| it.0 == model.choice.get_untracked());
        let index = (current.unwrap_or_default() + step) % choices.len();
        model.choose(choices[index].0);
        super::focus_child(group, index);
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
        .children(choices.map(choice))
}

fn status(model: Model) -> Element {
    let words = move || {
        let now = model.now();
        model.phase.with(|phase| match phase {
            Phase::Closing { .. } => ("Closing…".to_owned(), String::new()),
            Phase::Connecting { .. } => ("Connecting…".to_owned(), String::new()),
            Phase::Idle { .. } => ("Not connected".to_owned(), String::new()),
            Phase::Open { since, extensions, .. } => {
                let deflate =
                    if extensions.contains("permessage-deflate") { " · deflate" } else { "" };
                ("Open".to_owned(), format!(" · {}{deflate}", elapsed(now - *since)))
            }
            Phase::Waiting { until, attempt, .. } => {
                let left = countdown(*until - now);
                ("Reconnecting".to_owned(), format!(" · attempt {attempt} · {left}"))
            }
        })
    };
    let now = span().attr("role", "status").child(text(move || words().0));
    let more = span().class("vp-status__more").child(text(move || words().1));
    div()
        .class("vp-status")
        .test_id("status")
        .attr("data-state", text(move || state(model).to_owned()))
        .child(span().child(now).child(more))
}

/// Returns the phase's name, for style sheets and tests.
fn state(model: Model) -> &'static str {
    model.phase.with(|phase| match phase {
        Phase::Closing { .. } => "closing",
        Phase::Connecting { .. } => "connecting",
        Phase::Idle { .. } => "idle",
        Phase::Open { .. } => "open",
        Phase::Waiting { .. } => "waiting",
    })
}

fn address(model: Model) -> Element {
    let typed = move |event| {
        if let Some(address) = model.address() {
            address.set(without_key(model, event_target_value(&event)));
        }
    };
    let connect_on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            model.connect_if_idle();
        }
    };
    let label = text(move || {
        match model.choice.get() {
            Choice::Echo => "Endpoint — no API key needed for the sandbox",
            Choice::Live | Choice::Simulator => "Endpoint",
        }
        .to_owned()
    });
    let field = input()
        .class("vp-input")
        .test_id("endpoint")
        .attr("type", "url")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "vp-endpoint-help")
        .attr("aria-invalid", aria(move || address_error(model).is_some()))
        .prop("readOnly", move || model.choice.get() == Choice::Simulator || !model.is_idle())
        .value(text(move || match model.address() {
            Some(address) => address.get(),
            None => SIMULATOR_ADDRESS.to_owned(),
        }))
        .on(ev::input, typed)
        .on(ev::keydown, connect_on_enter);
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
        .child(div().attr("id", "vp-endpoint-help").class("vp-endpoint__help").child(help))
}

/// Says what is wrong with the address, before a browser sees it.
fn address_error(model: Model) -> Option<String> {
    match model.endpoint()? {
        Err(error) => {
            let mut message = error.to_string();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Some(message + ".")
        }
        Ok(endpoint) if endpoint.is_mixed_content(page_is_https()) => Some(
            "This page came over https, so the browser blocks ws:// as mixed content. Use a wss:// address."
                .to_owned(),
        ),
        Ok(_) => None,
    }
}

/// Says what the reader may want to know of the address.
fn address_hint(model: Model) -> Option<String> {
    if let Phase::Open { endpoint, .. } = model.phase.get() {
        let is_other = model.address().is_some_and(|address| {
            let parsed = address.with(|address| Endpoint::parse(address));
            parsed.is_ok_and(|(typed, _)| typed.to_string() != endpoint)
        });
        return is_other.then(|| format!("{endpoint} answered."));
    }
    match model.choice.get() {
        Choice::Simulator => None,
        Choice::Echo => {
            let others = model.api().echo.len().saturating_sub(1);
            let first = model.api().echo.first().map(|server| server.endpoint.clone());
            let is_listed = model.endpoint().and_then(Result::ok) == first;
            (is_listed && others > 0).then(|| {
                format!(
                    "If it does not answer in time, {} tried.",
                    match others {
                        1 => "another one is".to_owned(),
                        _ => format!("{others} others are"),
                    }
                )
            })
        }
        Choice::Live => {
            let endpoint = model.endpoint()?.ok()?;
            let is_trusted = model.api().trusts(&endpoint);
            (!is_trusted)
                .then(|| "Not an endpoint of the API description: it is sent no key.".to_owned())
        }
    }
}

/// Moves a key that was typed into the address to the key field, where it is not shown.
fn without_key(model: Model, typed: String) -> String {
    match Endpoint::parse(&typed) {
        Ok((endpoint, Some(_))) => {
            if let Some(key) = typed_key(&typed) {
                model.key.set(key);
            }
            endpoint.to_string()
        }
        _ => typed,
    }
}

fn typed_key(typed: &str) -> Option<String> {
    let (_, query) = typed.split_once('?')?;
    let value = query.split('&').find_map(|part| part.strip_prefix("token="))?;
    js_sys::decode_uri_component(value).ok().and_then(|value| value.as_string())
}

fn key(model: Model) -> Element {
    let is_refused = move || {
        model
            .phase
            .with(|phase| phase.ended().is_some_and(|ended| ended.next == NextStep::AskForKey))
    };
    let typed = move |event| {
        model.key.set(event_target_value(&event));
        keep(model);
    };
    let kept = move |event| {
        model.keeps_key.set(event_target_checked(&event));
        keep(model);
    };
    let connect_on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            model.connect_if_idle();
        }
    };
    let words_of_key = fixed("API key — sent as the token parameter, kept in memory only");
    let field = input()
        .class("vp-input")
        .test_id("key")
        .attr("type", "password")
        .attr("autocomplete", "off")
        .attr("aria-invalid", aria(is_refused))
        .value(text(move || model.key.get()))
        .on(ev::input, typed)
        .on(ev::keydown, connect_on_enter);
    let keep = input()
        .attr("type", "checkbox")
        .test_id("keep-key")
        .prop("checked", move || model.keeps_key.get())
        .on(ev::change, kept);
    let row = div()
        .class("vp-key__row")
        .child(labelled(words_of_key, field))
        .child(label().class("vp-key__keep").child(keep).child("Keep for this tab"));
    div().class("vp-key").child(row)
}

fn keep(model: Model) {
    if model.keeps_key.get_untracked() {
        model.key.with_untracked(|key| storage::keep_key(key));
    } else {
        storage::forget_key();
    }
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
    let is_disabled = move || match model.phase.get() {
        Phase::Closing { .. } => true,
        Phase::Idle { .. } => address_error(model).is_some(),
        _ => false,
    };
    button()
        .class("vp-primary vp-button")
        .class_if("vp-button--primary", move || model.is_idle())
        .test_id("primary")
        .prop("disabled", is_disabled)
        .on(ev::click, act)
        .child(text(move || label().to_owned()))
}

fn page_is_https() -> bool {
    web_sys::window()
        .and_then(|window| window.location().protocol().ok())
        .is_some_and(|protocol| protocol == "https:")
}

const SIMULATOR_ADDRESS: &str = "Built-in VeriOps simulator — no network, no key";
