//! The header: target, endpoint, key, the one obvious button, the state.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::log::format::countdown;
use crate::protocol::Endpoint;
use crate::protocol::close::Reaction;
use crate::session::{Command, Ended, Phase};

use super::erased::{aria, dynamic, flag, on, text, words as fixed};
use super::model::{Choice, Model};
use super::widget::labelled;
use super::{storage, words};

#[component]
pub(super) fn Header(model: Model) -> impl IntoView {
    view! {
        <section class="vp-header" aria-label="Connection">
            <Targets model />
            <Status model />
            <Address model />
            {dynamic(move || {
                (model.choice.get() == Choice::Live).then(|| view! { <Key model /> })
            })}
            <Primary model />
        </section>
    }
}

#[component]
fn Targets(model: Model) -> impl IntoView {
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
    view! {
        <div class="vp-targets" role="radiogroup" aria-label="Target" node_ref=group on:keydown=on(walk)>
            {choices
                .map(|(choice, id, long, short)| {
                    let is_chosen = move || model.choice.get() == choice;
                    view! {
                        <button
                            class="vp-targets__choice"
                            role="radio"
                            data-testid=id
                            aria-label=long
                            aria-checked=aria(is_chosen)
                            tabindex=text(move || if is_chosen() { "0" } else { "-1" }.to_owned())
                            on:click=on(move |_| model.choose(choice))
                        >
                            <span class="vp-targets__long">{long}</span>
                            <span class="vp-targets__short">{short}</span>
                        </button>
                    }
                })
                .into_iter()
                .collect_view()}
        </div>
    }
}

#[component]
fn Status(model: Model) -> impl IntoView {
    let words = move || {
        let now = model.now();
        model.phase.with(|phase| match phase {
            Phase::Closing { .. } => ("Closing…".to_owned(), String::new()),
            Phase::Connecting { .. } => ("Connecting…".to_owned(), String::new()),
            Phase::Idle { .. } => ("Not connected".to_owned(), String::new()),
            Phase::Open { since, extensions, .. } => {
                let deflate =
                    if extensions.contains("permessage-deflate") { " · deflate" } else { "" };
                ("Open".to_owned(), format!(" · {}{deflate}", words::elapsed(now - *since)))
            }
            Phase::Waiting { until, attempt, .. } => {
                let left = countdown(*until - now);
                ("Reconnecting".to_owned(), format!(" · attempt {attempt} · {left}"))
            }
        })
    };
    view! {
        <div class="vp-status" data-testid="status" data-state=text(move || state(model).to_owned())>
            <span>
                <span role="status">{text(move || words().0)}</span>
                <span class="vp-status__more">{text(move || words().1)}</span>
            </span>
        </div>
    }
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

#[component]
fn Address(model: Model) -> impl IntoView {
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
    let input = view! {
            <input
                class="vp-input"
                data-testid="endpoint"
                type="url"
                autocomplete="off"
                aria-describedby="vp-endpoint-help"
                aria-invalid=aria(move || address_error(model).is_some())
                prop:readOnly=flag(move || {
                    model.choice.get() == Choice::Simulator || !model.is_idle()
                })
                prop:value=text(move || match model.address() {
                    Some(address) => address.get(),
                    None => SIMULATOR_ADDRESS.to_owned(),
                })
                on:input=on(typed)
                on:keydown=on(connect_on_enter)
            />
    };
    view! {
        <div class="vp-endpoint vp-field">
            {labelled(label, input.into_any())}
            <div id="vp-endpoint-help" class="vp-endpoint__help">
                {dynamic(move || {
                    let (class, id, words) = match address_error(model) {
                        Some(error) => ("vp-field__error", "endpoint-error", error),
                        None => ("vp-field__hint", "endpoint-hint", address_hint(model)?),
                    };
                    Some(view! { <p class=class data-testid=id>{words}</p> })
                })}
            </div>
        </div>
    }
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

#[component]
fn Key(model: Model) -> impl IntoView {
    let is_refused = move || {
        model.phase.with(|phase| match phase {
            Phase::Idle { ended: Some(Ended::Closed { code, .. }) } => {
                model.api().reaction(*code) == Reaction::AskForKey
            }
            _ => false,
        })
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
    let input = view! {
                <input
                    class="vp-input"
                    data-testid="key"
                    type="password"
                    autocomplete="off"
                    aria-invalid=aria(is_refused)
                    prop:value=text(move || model.key.get())
                    on:input=on(typed)
                    on:keydown=on(connect_on_enter)
                />
    };
    view! {
        <div class="vp-key">
            <div class="vp-key__row">
                {labelled(words_of_key, input.into_any())}
                <label class="vp-key__keep">
                    <input
                        type="checkbox"
                        data-testid="keep-key"
                        prop:checked=flag(move || model.keeps_key.get())
                        on:change=on(kept)
                    />
                    "Keep for this tab"
                </label>
            </div>
        </div>
    }
}

fn keep(model: Model) {
    if model.keeps_key.get_untracked() {
        model.key.with_untracked(|key| storage::keep_key(key));
    } else {
        storage::forget_key();
    }
}

#[component]
fn Primary(model: Model) -> impl IntoView {
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
    view! {
        <button
            class="vp-primary vp-button"
            class:vp-button--primary=flag(move || model.is_idle())
            data-testid="primary"
            prop:disabled=flag(is_disabled)
            on:click=on(act)
        >
            {text(move || label().to_owned())}
        </button>
    }
}

fn page_is_https() -> bool {
    web_sys::window()
        .and_then(|window| window.location().protocol().ok())
        .is_some_and(|protocol| protocol == "https:")
}

const SIMULATOR_ADDRESS: &str = "Built-in VeriOps simulator — no network, no key";
