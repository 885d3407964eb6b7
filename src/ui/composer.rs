//! The composer: forms and the JSON they write, which can be edited as well.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::api::{Channel, Filter};
use crate::compose::{Draft, Form, Level, checks, grouped, wire_size};
use crate::driver;
use crate::log::Refusal;
use crate::log::summary::refused;
use crate::protocol::MessageType;
use crate::session::Command;

use super::dom::write;
use super::erased::{aria, dynamic, flag, on, text, words};
use super::json::write_coloured;
use super::model::Model;
use super::widget::{PRIMARY, SMALL, button, labelled};

/// What a tab of the composer shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tab {
    /// The form of a message type beside its JSON.
    Form(MessageType),
    /// The JSON alone.
    Raw,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Form(MessageType::Subscribe),
        Self::Form(MessageType::Unsubscribe),
        Self::Form(MessageType::Publish),
        Self::Form(MessageType::Ping),
        Self::Form(MessageType::Pong),
        Self::Raw,
    ];

    const fn test_id(self) -> &'static str {
        match self {
            Self::Form(MessageType::Subscribe) => "tab-subscribe",
            Self::Form(MessageType::Unsubscribe) => "tab-unsubscribe",
            Self::Form(MessageType::Publish) => "tab-publish",
            Self::Form(MessageType::Ping) => "tab-ping",
            Self::Form(MessageType::Pong) => "tab-pong",
            Self::Form(_) | Self::Raw => "tab-raw",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Form(MessageType::Subscribe) => "Subscribe",
            Self::Form(MessageType::Unsubscribe) => "Unsubscribe",
            Self::Form(MessageType::Publish) => "Publish",
            Self::Form(MessageType::Ping) => "Ping",
            Self::Form(MessageType::Pong) => "Pong",
            Self::Form(_) | Self::Raw => "Raw",
        }
    }
}

/// The state of a composer. Copies share it.
#[derive(Clone, Copy)]
struct Bench {
    model: Model,
    draft: RwSignal<Draft>,
    tab: RwSignal<Tab>,
}

impl Bench {
    fn new(model: Model) -> Self {
        let next_id = move || model.read(|view| view.session.next_request_id());
        let now = driver::now().wall;
        let id = untrack(next_id);
        let first = Draft::new(MessageType::Subscribe, &model.api(), &id, now);
        let draft = RwSignal::new(first);
        Effect::new(move |before: Option<String>| {
            let id = next_id();
            if before.as_ref() != Some(&id) {
                draft.update(|draft| draft.refresh(&id, driver::now().wall));
            }
            id
        });
        let tab = RwSignal::new(Tab::ALL[0]);
        // A type that the reader writes into the JSON brings its form along.
        Effect::new(move |_| {
            let kind = draft.with(|draft| draft.form().ok()?.kind);
            if let (Some(kind), Tab::Form(shown)) = (kind, tab.get_untracked())
                && kind != shown
                && kind.is_client_sent()
            {
                tab.set(Tab::Form(kind));
            }
        });
        // A message from the log, a template or the history takes the place of the draft.
        Effect::new(move |_| {
            let text = model.composed.get();
            if !text.is_empty() {
                let id = untrack(next_id);
                model.driver().dismiss_refusal();
                draft.update(|draft| draft.start_from(&text, &id, driver::now().wall));
            }
        });
        Self { model, draft, tab }
    }

    fn edit(&self, edit: impl FnOnce(&mut Draft)) {
        self.model.driver().dismiss_refusal();
        self.draft.update(edit);
    }

    fn choose(&self, tab: Tab) {
        if let Tab::Form(kind) = tab {
            let api = self.model.api();
            self.edit(|draft| draft.set_kind(kind, &api));
        }
        self.tab.set(tab);
    }

    fn send(&self, force: bool) {
        let id = self.model.driver().read(|view| view.session.next_request_id());
        let text = self.draft.try_update(|draft| draft.to_send(&id, driver::now().wall));
        if let Some(text) = text {
            self.model.command(Command::Send { text, force });
        }
    }

    /// Returns what the form shows of the draft; of a text that is not JSON, nothing.
    fn shown(&self, read: impl FnOnce(&Form) -> Option<String>) -> String {
        self.draft.with(|draft| draft.form().ok().as_ref().and_then(read)).unwrap_or_default()
    }
}

#[component]
pub(super) fn Composer(model: Model) -> impl IntoView {
    let bench = Bench::new(model);
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            bench.send(false);
        }
        // A text field must not keep the keyboard.
        "Escape" => {
            let field = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            if let Some(field) = field {
                let _ = field.blur();
            }
        }
        _ => {}
    };
    view! {
        <section class="vp-composer" aria-label="Composer" on:keydown=on(keys)>
            <Tabs bench />
            <div
                class="vp-composer__body"
                class:vp-composer__body--raw=flag(move || bench.tab.get() == Tab::Raw)
                id="vp-composer-panel"
                role="tabpanel"
                aria-label=text(move || bench.tab.get().label().to_owned())
            >
                {dynamic(move || match bench.tab.get() {
                    Tab::Form(kind) => Some(view! { <Fields bench kind /> }),
                    Tab::Raw => None,
                })}
                <Envelope bench />
                <Send bench />
            </div>
        </section>
    }
}

#[component]
fn Tabs(bench: Bench) -> impl IntoView {
    let group = NodeRef::<Div>::new();
    let walk = move |event: KeyboardEvent| {
        let last = Tab::ALL.len() - 1;
        let current = Tab::ALL.iter().position(|tab| *tab == bench.tab.get_untracked());
        let current = current.unwrap_or_default();
        let index = match event.key().as_str() {
            "ArrowRight" => (current + 1) % Tab::ALL.len(),
            "ArrowLeft" => (current + last) % Tab::ALL.len(),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        bench.choose(Tab::ALL[index]);
        super::focus_child(group, index);
    };
    view! {
        <div class="vp-tabs" role="tablist" aria-label="Message type" node_ref=group on:keydown=on(walk)>
            {Tab::ALL
                .map(|tab| {
                    let is_chosen = move || bench.tab.get() == tab;
                    view! {
                        <button
                            class="vp-tab"
                            role="tab"
                            data-testid=tab.test_id()
                            aria-controls="vp-composer-panel"
                            aria-selected=aria(is_chosen)
                            tabindex=text(move || if is_chosen() { "0" } else { "-1" }.to_owned())
                            on:click=on(move |_| bench.choose(tab))
                        >
                            {tab.label()}
                        </button>
                    }
                })
                .into_iter()
                .collect_view()}
        </div>
    }
}

#[component]
fn Fields(bench: Bench, kind: MessageType) -> impl IntoView {
    let is_json = move || bench.draft.with(|draft| draft.form().is_ok());
    let about = bench
        .model
        .api()
        .messages
        .iter()
        .find(|message| message.kind == kind)
        .map(|message| format!("{} · {}", message.direction.words(), message.description));
    let has_channel =
        matches!(kind, MessageType::Subscribe | MessageType::Unsubscribe | MessageType::Publish);
    view! {
        <div class="vp-form">
            <fieldset class="vp-form" prop:disabled=flag(move || !is_json())>
                <legend class="vp-hidden">{kind.name()}</legend>
                {if has_channel {
                    view! { <ChannelField bench /> }.into_any()
                } else {
                    view! { <p class="vp-field__hint">{about}</p> }.into_any()
                }}
                {matches!(kind, MessageType::Subscribe | MessageType::Unsubscribe)
                    .then(|| view! { <FilterFields bench /> })}
                {(kind == MessageType::Publish).then(|| view! { <DataField bench /> })}
            </fieldset>
            {dynamic(move || {
                let words = "The form follows again once the envelope is JSON.";
                (!is_json()).then(|| view! { <p class="vp-field__hint">{words}</p> })
            })}
        </div>
    }
}

#[component]
fn ChannelField(bench: Bench) -> impl IntoView {
    let api = bench.model.api();
    let chosen = move || bench.shown(|form| form.channel.clone());
    let known: Vec<_> = api.channels.iter().map(|channel| channel.name.clone()).collect();
    let names = move || {
        let mut names = known.clone();
        // A channel that stands only in the JSON is shown as well.
        let name = chosen();
        if !names.contains(&name) {
            names.push(name);
        }
        names
    };
    let about = move || {
        let about =
            |channel: &Channel| format!("{} · {}", channel.direction.words(), channel.description);
        api.channel(&chosen()).map_or_else(String::new, about)
    };
    let pick = move |event| {
        let api = bench.model.api();
        bench.edit(|draft| draft.set_channel(&event_target_value(&event), &api));
    };
    let select = view! {
            <select class="vp-input" data-testid="channel" on:change=on(pick)>
                {dynamic(move || {
                    let chosen = chosen();
                    names()
                        .into_iter()
                        .map(|name| {
                            let selected = name == chosen;
                            view! {
                                <option value=name.clone() selected=selected>
                                    {name.clone()}
                                </option>
                            }
                        })
                        .collect_view()
                })}
            </select>
    };
    view! {
        <div class="vp-field">
            {labelled(words("Channel"), select.into_any())}
            <p class="vp-field__hint">{text(about)}</p>
        </div>
    }
}

#[component]
fn FilterFields(bench: Bench) -> impl IntoView {
    let channel = Memo::new(move |_| bench.shown(|form| form.channel.clone()));
    dynamic(move || {
        let api = bench.model.api();
        let offered = api.channel(&channel.get()).map(|channel| channel.filters.clone());
        let fields = offered.unwrap_or_default().into_iter();
        fields.map(|filter| view! { <FilterField bench filter /> }).collect_view()
    })
}

#[component]
fn FilterField(bench: Bench, filter: Filter) -> impl IntoView {
    let Filter { name, required, example } = filter;
    let need = if required { "required" } else { "optional" };
    let label = format!("{name} ({need} filter)");
    let test_id = format!("filter-{name}");
    let shown = {
        let name = name.clone();
        move || bench.shown(|form| Some(form.filter(&name).to_owned()))
    };
    let typed = move |event| {
        bench.edit(|draft| draft.set_filter(&name, &event_target_value(&event)));
    };
    let input = view! {
        <input
            class="vp-input"
            data-testid=test_id
            type="text"
            autocomplete="off"
            placeholder=format!("such as {example}")
            prop:value=text(shown)
            on:input=on(typed)
        />
    };
    labelled(text(move || label.clone()), input.into_any())
}

#[component]
fn DataField(bench: Bench) -> impl IntoView {
    let typed = move |event| bench.edit(|draft| draft.set_data(&event_target_value(&event)));
    let area = view! {
        <textarea
            class="vp-input"
            data-testid="data"
            autocomplete="off"
            prop:value=text(move || bench.shown(|form| form.data.clone()))
            on:input=on(typed)
        ></textarea>
    };
    labelled(words("Data — JSON"), area.into_any())
}

#[component]
fn Envelope(bench: Bench) -> impl IntoView {
    let limit = bench.model.api().limits.message_bytes;
    let draft = Memo::new(move |_| bench.draft.with(|draft| draft.text().to_owned()));
    let size = move || draft.with(|text| wire_size(text));
    let found = move || {
        let api = bench.model.api();
        draft.with(|text| bench.model.topics.with(|topics| checks(text, &api, topics)))
    };
    let typed = move |event| bench.edit(|draft| draft.set_text(event_target_value(&event)));
    let copy = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(copy) = copy.get() {
            copy.replace_children_with_node_0();
            draft.with(|text| write_coloured(&copy, text, ""));
            // Gives a last empty line its height.
            write(&copy, "\n", "");
        }
    });
    let editor = view! {
            <span class="vp-editor">
                <div class="vp-editor__copy" aria-hidden="true" node_ref=copy></div>
                <textarea
                    class="vp-editor__text"
                    data-testid="envelope"
                    autocomplete="off"
                    aria-describedby="vp-checks"
                    prop:value=text(move || draft.get())
                    on:input=on(typed)
                ></textarea>
            </span>
    };
    view! {
        <div class="vp-envelope">
            {labelled(words("Envelope — edit here or in the form"), editor.into_any())}
            <div class="vp-envelope__foot">
                <ul class="vp-checks" id="vp-checks" data-testid="checks">
                    {dynamic(move || {
                        let found = found();
                        if found.is_empty() {
                            return view! { <li class="vp-envelope__valid">{"✓ valid envelope"}</li> }
                                .into_any();
                        }
                        found
                            .into_iter()
                            .map(|check| {
                                let level = match check.level {
                                    Level::Error => "error",
                                    Level::Warning => "warning",
                                };
                                let path = (!check.path.is_empty())
                                    .then(|| {
                                        view! { <span class="vp-checks__path">{check.path}</span> ": " }
                                    });
                                view! {
                                    <li class="vp-checks__item" data-testid="check" data-level=level>
                                        {path}
                                        {check.message}
                                    </li>
                                }
                            })
                            .collect_view()
                            .into_any()
                    })}
                </ul>
                <span
                    class="vp-envelope__meter"
                    data-testid="meter"
                    data-over=aria(move || size() > limit)
                >
                    {text(move || format!("{} of {} bytes", grouped(size()), grouped(limit)))}
                </span>
            </div>
        </div>
    }
}

#[component]
fn Send(bench: Bench) -> impl IntoView {
    let reason =
        Memo::new(move |_| bench.model.read(|view| view.refusal.map(refused)).unwrap_or_default());
    let label = move || match bench.tab.get() {
        Tab::Form(kind) => format!("Send {kind}"),
        Tab::Raw => "Send".to_owned(),
    };
    view! {
        <div class="vp-send">
            {button(PRIMARY, "send", text(label), move |_| bench.send(false))}
            <span class="vp-send__hint">{"Ctrl ↵"}</span>
            {dynamic(move || {
                let reason = reason.get();
                let can_be_forced = bench
                    .model
                    .driver()
                    .read(|view| view.refusal.is_some_and(Refusal::can_be_forced));
                let again = move |_| bench.send(true);
                (!reason.is_empty()).then(|| {
                    view! {
                        <div class="vp-send__refusal" role="alert">
                            <span data-testid="refusal">{format!("Not sent: {reason}.")}</span>
                            {can_be_forced
                                .then(|| {
                                    button(SMALL, "send-anyway", words("Send anyway"), again)
                                })}
                        </div>
                    }
                })
            })}
        </div>
    }
}
