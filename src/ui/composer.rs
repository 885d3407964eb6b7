//! The composer: forms and the JSON they write, which can be edited as well.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as Node, EventTarget, HtmlElement, KeyboardEvent, ShadowRoot};

use crate::api::Filter;
use crate::compose::{
    Check, Draft, Form, History, Level, Subscribed, Tab, beginnings, checks, grouped, wire_size,
};
use crate::driver;
use crate::entry::Refusal;
use crate::log::Needle;
use crate::protocol::MessageType;
use crate::session::{Command, Phase};
use crate::words::row::refused;

use super::json::write_coloured;
use super::model::Model;
use super::state::{Derived, State, effect};
use super::view::plain::{fill, write_plain};
use super::view::{
    Content as _, Element, aria, button, div, dynamic, fieldset, input, legend, li, option, p,
    section, select, span, text, textarea, ul, words,
};
use super::widget::{self, SMALL, field, labelled, menu};

/// The state of a composer. Copies share it.
#[derive(Clone, Copy)]
struct ComposerState {
    model: Model,
    draft: State<Draft>,
    tab: State<Tab>,
    history: State<History>,
    /// Whether the reader opened the JSON, where there is no room for it beside the form.
    is_open: State<bool>,
    /// Whether the form is folded to a line, where it would take much of the height.
    is_folded: State<bool>,
    /// Whether the message is sent as soon as a connection is open.
    is_due: State<bool>,
}

impl ComposerState {
    fn new(model: Model) -> Self {
        let next_id = Derived::new(move || model.read(|view| view.session.next_request_id()));
        let draft = model.draft;
        effect(move || {
            let id = next_id.get();
            draft.update(|draft| draft.refresh(&id, model.driver().now().wall));
        });
        let tab = State::new(Tab::offered(&model.api())[0]);
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
        let state = Self {
            model,
            draft,
            tab,
            history: State::new(History::default()),
            is_open: State::new(false),
            is_folded: State::new(false),
            is_due: State::new(false),
        };
        effect(move || {
            let (is_open, is_idle) =
                model.phase.with(|phase| (phase.is_open(), matches!(phase, Phase::Idle { .. })));
            if (is_open || is_idle) && state.is_due.get_untracked() {
                state.is_due.set(false);
                if is_open {
                    state.send(false);
                }
            }
        });
        state
    }

    fn next_id(&self) -> String {
        self.model.driver().read(|view| view.session.next_request_id())
    }

    fn is_json(&self) -> bool {
        self.draft.with(|draft| draft.form().is_ok())
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
            self.is_folded.set(true);
        }
    }

    /// Sends the message; without a connection, once there is one. Nothing connects but a reader who
    /// pressed a button that says so.
    fn send_or_connect(&self) {
        if self.model.phase.get_untracked().is_open() {
            self.send(false);
        } else {
            self.is_due.update(|is_due| *is_due = !*is_due);
            self.model.connect_if_idle();
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
    let form = div().class("vp-form").child(kinds(state)).child(form);
    let folded = text(move || {
        let channel = state.shown(|form| form.channel.clone());
        format!("{} {channel}", state.tab.get().name())
    });
    let unfold = move |_| state.is_folded.set(false);
    let is_shown = move || state.is_open.get() || state.tab.get() == Tab::Raw;
    let toggle = button()
        .class("vp-composer__json vp-button")
        .test_id("json")
        .attr("aria-expanded", aria(is_shown))
        .prop("disabled", move || state.tab.get() == Tab::Raw)
        .on(ev::click, move |_| state.is_open.update(|is_open| *is_open = !*is_open))
        .child("{ } JSON");
    section()
        .class("vp-composer")
        .attr("part", "composer")
        .class_if("vp-composer--open", is_shown)
        .class_if("vp-composer--folded", move || state.is_folded.get())
        .label("Composer")
        .on(ev::keydown, keys)
        .child(widget::button("vp-composer__unfold vp-button", "unfold", folded, unfold))
        .child(form)
        .child(send(state))
        .child(toggle)
        .child(about(state))
        .child(envelope(state))
        .child(foot(state))
        .child(refusal(state))
}

/// Returns the choice of what is composed.
fn kinds(state: ComposerState) -> Element {
    let choice = |tab: Tab| {
        option()
            .test_id(format!("tab-{}", tab.name()))
            .attr("value", tab.name())
            .prop("selected", move || state.tab.get() == tab)
            .child(tab.title())
    };
    let tabs = Tab::offered(&state.model.api());
    let offered = tabs.clone();
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some(tab) = offered.iter().find(|tab| tab.name() == chosen) {
            state.choose(*tab);
        }
    };
    select()
        .class("vp-input")
        .label("Message type")
        .test_id("message-type")
        .on(ev::change, choose)
        .prop("hidden", {
            let is_alone = tabs.len() == 1;
            move || is_alone
        })
        .children(tabs.into_iter().map(choice))
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
    let tab = Tab::Form(kind);
    fieldset()
        .class("vp-form__fields")
        .prop("disabled", move || !state.is_json())
        .child(legend().class("vp-hidden").child(kind.name()))
        .children(tab.has_channel().then(|| channel_field(state)))
        .children(tab.has_filters().then(|| filter_fields(state)))
        .children(tab.has_data().then(|| data_field(state)))
}

/// Returns what the description says of the channel or, without one, of the type; and, while the form
/// cannot be used, why.
fn about(state: ComposerState) -> Element {
    let api = state.model.api();
    let told = move || match state.tab.get() {
        tab if tab.has_channel() => api
            .channel(&state.shown(|form| form.channel.clone()))
            .map(|it| format!("{} · {}", it.direction.words(), it.description)),
        Tab::Form(kind) => {
            let message = api.messages.iter().find(|message| message.kind == kind);
            message.map(|it| format!("{} · {}", it.direction.words(), it.description))
        }
        Tab::Raw => None,
    };
    let is_waiting = move || !state.is_json() && state.tab.get() != Tab::Raw;
    let waits = "The form follows again once the envelope is JSON.";
    let hint = dynamic(move || is_waiting().then(|| p().class("vp-field__hint").child(waits)));
    div()
        .class("vp-composer__about")
        .child(
            p().class("vp-composer__told vp-field__hint")
                .child(text(move || told().unwrap_or_default())),
        )
        .child(hint)
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
    labelled(words("Channel"), control)
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
    let label = name.clone();
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
        .attr("placeholder", format!("{need}, such as {example}"))
        .value(text(shown))
        .on(ev::input, typed);
    field("vp-field vp-field--inside", text(move || label.clone()), control)
}

fn data_field(state: ComposerState) -> Element {
    let typed = move |event| state.edit(|draft| draft.set_data(&event_target_value(&event)));
    let control = textarea()
        .class("vp-input")
        .test_id("data")
        .attr("rows", "1")
        .attr("autocomplete", "off")
        .value(text(move || state.shown(|form| form.data.clone())))
        .on(ev::input, typed);
    field("vp-field vp-field--inside", words("data"), control)
}

fn envelope(state: ComposerState) -> Element {
    let draft = Derived::new(move || state.draft.with(|draft| draft.text().to_owned()));
    let typed = move |event| state.edit(|draft| draft.set_text(event_target_value(&event)));
    let copy = NodeRef::<Div>::new();
    effect(move || {
        if let Some(copy) = copy.get() {
            fill(&copy, |copy| {
                draft.with(|text| write_coloured(copy, text, &Needle::default()));
                // Gives a last empty line its height.
                write_plain(copy, "\n");
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
    let name = if state.model.api().has_envelope() {
        "Envelope — edit here or in the form"
    } else {
        "Message"
    };
    field("vp-envelope vp-field", words(name), editor)
}

fn foot(state: ComposerState) -> Element {
    let limit = state.model.api().limits.message_bytes;
    let size = move || state.draft.with(|draft| wire_size(draft.text()));
    let subscribed = Derived::new(move || {
        state.model.read(|view| Subscribed {
            topics: view.session.counted_topics().cloned().collect(),
            is_full: view.session.is_full(),
        })
    });
    let found = move || {
        let api = state.model.api();
        state
            .draft
            .with(|draft| subscribed.with(|subscribed| checks(draft.text(), &api, subscribed)))
    };
    let checks = dynamic(move || {
        let found = found();
        if found.is_empty() {
            return vec![li().class("vp-checks__valid").child("✓ valid")];
        }
        found.into_iter().map(complaint).collect()
    });
    let meter = span()
        .class("vp-composer__meter")
        .test_id("meter")
        .attr("data-over", aria(move || limit.is_some_and(|limit| size() > limit)))
        .child(text(move || {
            let of = limit.map(|limit| format!(" of {}", grouped(limit)));
            format!("{}{} bytes", grouped(size()), of.unwrap_or_default())
        }));
    div()
        .class("vp-composer__foot")
        .child(ul().class("vp-checks").attr("id", "vp-checks").test_id("checks").child(checks))
        .child(meter)
        .child(start_from(state))
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
    let model = state.model;
    let label = move || {
        model.phase.with(|phase| match phase {
            Phase::Open { .. } => "Send",
            Phase::Idle { .. } => "Connect and send",
            _ if state.is_due.get() => "Sends once open",
            _ => "Send once open",
        })
    };
    let is_disabled = move || {
        model.phase.with(|phase| match phase {
            Phase::Closing { .. } => true,
            Phase::Idle { .. } => model.form(|form| matches!(form.endpoint(), Some(Err(_)))),
            _ => false,
        })
    };
    let button = button()
        .class("vp-button")
        .class_if("vp-button--primary", move || model.phase.with(Phase::is_open))
        .test_id("send")
        .prop("disabled", is_disabled)
        .on(ev::click, move |_| state.send_or_connect())
        .child(text(move || label().to_owned()));
    div().class("vp-send").child(button).child(span().class("vp-send__hint").child("Ctrl ↵"))
}

fn refusal(state: ComposerState) -> AnyView {
    let reason = Derived::new(move || {
        state.model.read(|view| view.refusal.map(refused)).unwrap_or_default()
    });
    dynamic(move || {
        let reason = reason.get();
        let can_be_forced =
            state.model.driver().read(|view| view.refusal.is_some_and(Refusal::can_be_forced));
        let again = move |_| state.send(true);
        let anyway = || widget::button(SMALL, "send-anyway", words("Send anyway"), again);
        (!reason.is_empty()).then(|| {
            div()
                .class("vp-composer__refusal")
                .attr("role", "alert")
                .child(span().test_id("refusal").child(format!("Not sent: {reason}.")))
                .children(can_be_forced.then(anyway))
        })
    })
}
