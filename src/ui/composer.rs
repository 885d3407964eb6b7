//! The composer: forms and the JSON they write, which can be edited as well.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::api::{Channel, Filter};
use crate::compose::{
    Check, Draft, Form, History, Level, Subscribed, Template, checks, grouped, templates, wire_size,
};
use crate::driver;
use crate::entry::Refusal;
use crate::protocol::MessageType;
use crate::session::Command;
use crate::words::format::visible;
use crate::words::row::refused;

use super::dom::{fill, write};
use super::element::{
    Content as _, Element, button, div, dynamic, fieldset, input, legend, li, option, p, section,
    select, span, textarea, ul,
};
use super::erased::{aria, text, words};
use super::json::write_coloured;
use super::model::Model;
use super::widget::{self, PRIMARY, SMALL, labelled, menu, tab_index};

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
struct ComposerState {
    model: Model,
    draft: RwSignal<Draft>,
    tab: RwSignal<Tab>,
    history: StoredValue<History>,
    /// How many messages were sent.
    sent: RwSignal<u64>,
}

impl ComposerState {
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
        Self { model, draft, tab, history: StoredValue::default(), sent: RwSignal::new(0) }
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
            self.history.update_value(|history| history.push(&text));
            self.sent.update(|sent| *sent += 1);
            self.model.command(Command::Send { text, force });
        }
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
        .label(text(move || state.tab.get().label().to_owned()))
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
        let last = Tab::ALL.len() - 1;
        let current = Tab::ALL.iter().position(|tab| *tab == state.tab.get_untracked());
        let current = current.unwrap_or_default();
        let index = match event.key().as_str() {
            "ArrowRight" => (current + 1) % Tab::ALL.len(),
            "ArrowLeft" => (current + last) % Tab::ALL.len(),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        state.choose(Tab::ALL[index]);
        super::focus_child(group, index);
    };
    let tab = |tab: Tab| {
        let is_chosen = move || state.tab.get() == tab;
        button()
            .class("vp-tab")
            .attr("role", "tab")
            .test_id(tab.test_id())
            .attr("aria-controls", PANEL)
            .attr("aria-selected", aria(is_chosen))
            .attr("tabindex", tab_index(is_chosen))
            .on(ev::click, move |_| state.choose(tab))
            .child(tab.label())
    };
    div()
        .class("vp-tabs")
        .attr("role", "tablist")
        .label("Message type")
        .node_ref(group)
        .on(ev::keydown, walk)
        .children(Tab::ALL.map(tab))
}

/// Returns what a message can be started from: the description's templates, and what was sent before.
fn beginnings(state: ComposerState) -> AnyView {
    dynamic(move || {
        state.sent.track();
        let id = state.model.driver().read(|view| view.session.next_request_id());
        let mut found = templates(&state.model.api(), &id, driver::now().wall);
        state.history.with_value(|history| {
            for text in history.texts() {
                found.push(Template { title: title(text), text: text.clone() });
            }
        });
        let titles = found.iter().map(|it| it.title.clone()).collect();
        menu("start-from", "Template or history …", titles, move |title| {
            if let Some(it) = found.iter().find(|it| it.title == title) {
                state.model.composed.set(it.text.clone());
            }
        })
    })
}

/// Returns the beginning of a text that was sent, as a choice.
fn title(text: &str) -> String {
    format!("sent: {}", visible(text, LONGEST_TITLE))
}

const LONGEST_TITLE: usize = 80;

fn fields(state: ComposerState, kind: MessageType) -> Element {
    let is_json = move || state.draft.with(|draft| draft.form().is_ok());
    let about = state
        .model
        .api()
        .messages
        .iter()
        .find(|message| message.kind == kind)
        .map(|message| format!("{} · {}", message.direction.words(), message.description));
    let has_channel =
        matches!(kind, MessageType::Subscribe | MessageType::Unsubscribe | MessageType::Publish);
    let has_filters = matches!(kind, MessageType::Subscribe | MessageType::Unsubscribe);
    let first = if has_channel {
        channel_field(state)
    } else {
        p().class("vp-field__hint").children(about)
    };
    let set = fieldset()
        .class("vp-form")
        .prop("disabled", move || !is_json())
        .child(legend().class("vp-hidden").child(kind.name()))
        .child(first)
        .children(has_filters.then(|| filter_fields(state)))
        .children((kind == MessageType::Publish).then(|| data_field(state)));
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
    let channel = Memo::new(move |_| state.shown(|form| form.channel.clone()));
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
    let draft = Memo::new(move |_| state.draft.with(|draft| draft.text().to_owned()));
    let size = move || draft.with(|text| wire_size(text));
    let subscribed = Memo::new(move |_| {
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
    Effect::new(move |_| {
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
    let reason =
        Memo::new(move |_| state.model.read(|view| view.refusal.map(refused)).unwrap_or_default());
    let label = move || match state.tab.get() {
        Tab::Form(kind) => format!("Send {kind}"),
        Tab::Raw => "Send".to_owned(),
    };
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
        .child(beginnings(state))
        .child(refusal)
}

/// The panel that the tabs control.
const PANEL: &str = "vp-composer-panel";
