//! The composer: forms and the JSON they write, which can be edited as well.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as Node, EventTarget, HtmlElement, KeyboardEvent, ShadowRoot};

use crate::api::{Channel, Filter};
use crate::compose::{
    Check, Draft, Form, History, Level, Subscribed, Tab, beginnings, checks, grouped, wire_size,
};
use crate::driver;
use crate::entry::Refusal;
use crate::protocol::MessageType;
use crate::session::Command;
use crate::words::row::refused;

use super::json::write_coloured;
use super::model::Model;
use super::state::{Derived, State, effect};
use super::view::plain::{fill, write};
use super::view::{
    Content as _, Element, aria, button, div, dynamic, fieldset, input, legend, li, option, p,
    section, select, span, text, textarea, ul, words,
};
use super::widget::{self, PRIMARY, SMALL, labelled, menu, tab_index};

/// The state of a composer. Copies share it.
#[derive(Clone, Copy)]
struct ComposerState {
    model: Model,
    draft: State<Draft>,
    tab: State<Tab>,
    history: State<History>,
}

impl ComposerState {
    fn new(model: Model) -> Self {
        let next_id = Derived::new(move || model.read(|view| view.session.next_request_id()));
        let now = model.driver().now().wall;
        let first = Draft::new(MessageType::Subscribe, &model.api(), &next_id.get_untracked(), now);
        let draft = State::new(first);
        effect(move || {
            let id = next_id.get();
            draft.update(|draft| draft.refresh(&id, model.driver().now().wall));
        });
        let tab = State::new(Tab::ALL[0]);
        // A type that the reader writes into the JSON brings its form along.
        effect(move || {
            let kind = draft.with(|draft| draft.form().ok()?.kind);
            let (shown, following) = (tab.get_untracked(), tab.get_untracked().following(kind));
            if following != shown {
                tab.set(following);
            }
        });
        // A message from the log, a template or the history takes the place of the draft.
        effect(move || {
            let text = model.composed.get();
            if !text.is_empty() {
                let id = next_id.get_untracked();
                model.driver().dismiss_refusal();
                draft.update(|draft| draft.start_from(&text, &id, model.driver().now().wall));
            }
        });
        Self { model, draft, tab, history: State::new(History::default()) }
    }

    fn next_id(&self) -> String {
        self.model.driver().read(|view| view.session.next_request_id())
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
        let (id, now) = (self.next_id(), self.model.driver().now().wall);
        let text = self.draft.with_untracked(|draft| draft.to_send(&id, now));
        self.model.command(Command::Send { text: text.clone(), force });
        if self.model.driver().read(|view| view.refusal.is_none()) {
            self.history.update(|history| history.push(text, now));
        }
    }

    /// Says whether the caret is in the editor. What waited for it to leave is brought up to date.
    fn hold(&self, is_held: bool) {
        let id = self.next_id();
        self.draft.update(|draft| {
            draft.hold(is_held);
            draft.refresh(&id, self.model.driver().now().wall);
        });
    }

    /// Returns what the form shows of the draft; of a text that is not JSON, nothing.
    fn shown(&self, read: impl FnOnce(&Form) -> Option<String>) -> String {
        self.draft.with(|draft| draft.form().ok().as_ref().and_then(read)).unwrap_or_default()
    }
}

pub(super) fn composer(model: Model) -> Element {
    let state = ComposerState::new(model);
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            state.send(false);
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
    let form = dynamic(move || match state.tab.get() {
        Tab::Form(kind) => Some(fields(state, kind)),
        Tab::Raw => None,
    });
    let body = div()
        .class("vp-composer__body")
        .class_if("vp-composer__body--raw", move || state.tab.get() == Tab::Raw)
        .attr("id", PANEL)
        .attr("role", "tabpanel")
        .label(text(move || state.tab.get().title()))
        .child(form)
        .child(envelope(state))
        .child(send(state));
    section()
        .class("vp-composer")
        .label("Composer")
        .on(ev::keydown, keys)
        .child(tabs(state))
        .child(body)
}

fn tabs(state: ComposerState) -> Element {
    let group = NodeRef::<Div>::new();
    let walk = move |event: KeyboardEvent| {
        if let Some(index) = state.tab.get_untracked().after_key(&event.key()) {
            event.prevent_default();
            state.choose(Tab::ALL[index]);
            super::focus_child(group, index);
        }
    };
    let tab = |tab: Tab| {
        let is_chosen = move || state.tab.get() == tab;
        button()
            .class("vp-tab")
            .attr("role", "tab")
            .test_id(format!("tab-{}", tab.name()))
            .attr("aria-controls", PANEL)
            .attr("aria-selected", aria(is_chosen))
            .attr("tabindex", tab_index(is_chosen))
            .on(ev::click, move |_| state.choose(tab))
            .child(tab.title())
    };
    div()
        .class("vp-tabs")
        .attr("role", "tablist")
        .label("Message type")
        .node_ref(group)
        .on(ev::keydown, walk)
        .children(Tab::ALL.map(tab))
}

/// Returns the menu of what a message can be started from.
fn start_from(state: ComposerState) -> AnyView {
    dynamic(move || {
        let (id, now) = (state.next_id(), state.model.driver().now().wall);
        let zone = driver::utc_offset_minutes();
        let found =
            state.history.with(|history| beginnings(&state.model.api(), history, &id, now, zone));
        let titles = found.iter().map(|it| it.title.clone()).collect();
        menu("start-from", "Template or history …", titles, move |title| {
            if let Some(it) = found.iter().find(|it| it.title == title) {
                state.model.composed.set(it.text.clone());
            }
        })
    })
}

fn fields(state: ComposerState, kind: MessageType) -> Element {
    let is_json = move || state.draft.with(|draft| draft.form().is_ok());
    let about = state
        .model
        .api()
        .messages
        .iter()
        .find(|message| message.kind == kind)
        .map(|message| format!("{} · {}", message.direction.words(), message.description));
    let tab = Tab::Form(kind);
    let first = if tab.has_channel() {
        channel_field(state)
    } else {
        p().class("vp-field__hint").children(about)
    };
    let set = fieldset()
        .class("vp-form")
        .prop("disabled", move || !is_json())
        .child(legend().class("vp-hidden").child(kind.name()))
        .child(first)
        .children(tab.has_filters().then(|| filter_fields(state)))
        .children(tab.has_data().then(|| data_field(state)));
    let words = "The form follows again once the envelope is JSON.";
    let hint = dynamic(move || (!is_json()).then(|| p().class("vp-field__hint").child(words)));
    div().class("vp-form").child(set).child(hint)
}

fn channel_field(state: ComposerState) -> Element {
    let api = state.model.api();
    let chosen = move || state.shown(|form| form.channel.clone());
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
        let api = state.model.api();
        state.edit(|draft| draft.set_channel(&event_target_value(&event), &api));
    };
    let options = dynamic(move || {
        let chosen = chosen();
        let choice = |name: String| {
            let is_chosen = name == chosen;
            option().attr("value", name.clone()).prop("selected", move || is_chosen).child(name)
        };
        names().into_iter().map(choice).collect::<Vec<_>>()
    });
    let control = select().class("vp-input").test_id("channel").on(ev::change, pick).child(options);
    div()
        .class("vp-field")
        .child(labelled(words("Channel"), control))
        .child(p().class("vp-field__hint").child(text(about)))
}

fn filter_fields(state: ComposerState) -> AnyView {
    let channel = Derived::new(move || state.shown(|form| form.channel.clone()));
    dynamic(move || {
        let api = state.model.api();
        let offered = api.channel(&channel.get()).map(|channel| channel.filters.clone());
        let fields = offered.unwrap_or_default().into_iter();
        fields.map(|filter| filter_field(state, filter)).collect::<Vec<_>>()
    })
}

fn filter_field(state: ComposerState, filter: Filter) -> Element {
    let Filter { name, required, example } = filter;
    let need = if required { "required" } else { "optional" };
    let label = format!("{name} ({need} filter)");
    let test_id = format!("filter-{name}");
    let shown = {
        let name = name.clone();
        move || state.shown(|form| Some(form.filter(&name).to_owned()))
    };
    let typed = move |event| {
        state.edit(|draft| draft.set_filter(&name, &event_target_value(&event)));
    };
    let control = input()
        .class("vp-input")
        .test_id(test_id)
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("placeholder", format!("such as {example}"))
        .value(text(shown))
        .on(ev::input, typed);
    labelled(text(move || label.clone()), control)
}

fn data_field(state: ComposerState) -> Element {
    let typed = move |event| state.edit(|draft| draft.set_data(&event_target_value(&event)));
    let control = textarea()
        .class("vp-input")
        .test_id("data")
        .attr("autocomplete", "off")
        .value(text(move || state.shown(|form| form.data.clone())))
        .on(ev::input, typed);
    labelled(words("Data — JSON"), control)
}

fn envelope(state: ComposerState) -> Element {
    let limit = state.model.api().limits.message_bytes;
    let draft = Derived::new(move || state.draft.with(|draft| draft.text().to_owned()));
    let size = move || draft.with(|text| wire_size(text));
    let subscribed = Derived::new(move || {
        state.model.read(|view| Subscribed {
            topics: view.session.counted_topics().cloned().collect(),
            is_full: view.session.is_full(),
        })
    });
    let found = move || {
        let api = state.model.api();
        draft.with(|text| subscribed.with(|subscribed| checks(text, &api, subscribed)))
    };
    let typed = move |event| state.edit(|draft| draft.set_text(event_target_value(&event)));
    let copy = NodeRef::<Div>::new();
    effect(move || {
        if let Some(copy) = copy.get() {
            fill(&copy, |copy| {
                draft.with(|text| write_coloured(copy, text, ""));
                // Gives a last empty line its height.
                write(copy, "\n", "");
            });
        }
    });
    let shown = span().class("vp-editor__copy").attr("aria-hidden", "true").node_ref(copy);
    let control = textarea()
        .class("vp-editor__text")
        .test_id("envelope")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "vp-checks")
        .value(text(move || draft.get()))
        .on(ev::focus, move |_| state.hold(true))
        .on(ev::blur, move |event| state.hold(has_focus(event.current_target())))
        .on(ev::input, typed);
    let editor = span().class("vp-editor").child(shown).child(control);
    let checks = dynamic(move || {
        let found = found();
        if found.is_empty() {
            return vec![li().class("vp-envelope__valid").child("✓ valid envelope")];
        }
        found.into_iter().map(complaint).collect()
    });
    let meter = span()
        .class("vp-envelope__meter")
        .test_id("meter")
        .attr("data-over", aria(move || size() > limit))
        .child(text(move || format!("{} of {} bytes", grouped(size()), grouped(limit))));
    let foot = div()
        .class("vp-envelope__foot")
        .child(ul().class("vp-checks").attr("id", "vp-checks").test_id("checks").child(checks))
        .child(meter);
    div()
        .class("vp-envelope")
        .child(labelled(words("Envelope — edit here or in the form"), editor))
        .child(foot)
}

/// Returns whether an element keeps the focus of its page, though the window may have lost it.
fn has_focus(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|it| it.dyn_into::<Node>().ok());
    let root = element.as_ref().and_then(|it| it.get_root_node().dyn_into::<ShadowRoot>().ok());
    root.is_some_and(|root| element.is_some() && root.active_element() == element)
}

fn complaint(check: Check) -> Element {
    let level = match check.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let path = (!check.path.is_empty())
        .then(|| [span().class("vp-checks__path").child(check.path).view(), ": ".view()]);
    li().class("vp-checks__item")
        .test_id("check")
        .attr("data-level", level)
        .children(path.into_iter().flatten())
        .child(check.message)
}

fn send(state: ComposerState) -> Element {
    let reason = Derived::new(move || {
        state.model.read(|view| view.refusal.map(refused)).unwrap_or_default()
    });
    let label = move || state.tab.get().send_words();
    let refusal = dynamic(move || {
        let reason = reason.get();
        let can_be_forced =
            state.model.driver().read(|view| view.refusal.is_some_and(Refusal::can_be_forced));
        let again = move |_| state.send(true);
        let anyway = || widget::button(SMALL, "send-anyway", words("Send anyway"), again);
        (!reason.is_empty()).then(|| {
            div()
                .class("vp-send__refusal")
                .attr("role", "alert")
                .child(span().test_id("refusal").child(format!("Not sent: {reason}.")))
                .children(can_be_forced.then(anyway))
        })
    });
    div()
        .class("vp-send")
        .child(widget::button(PRIMARY, "send", text(label), move |_| state.send(false)))
        .child(span().class("vp-send__hint").child("Ctrl ↵"))
        .child(start_from(state))
        .child(refusal)
}

/// The panel that the tabs control.
const PANEL: &str = "vp-composer-panel";
