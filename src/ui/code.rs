//! The panel of code: a client to take along that does what the session does, in a language of choice.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::Element as Node;

use crate::code::{ClientFile, Kind, Language, Patience, Setup, fill, highlight};
use crate::protocol::{Endpoint, Secret, Topic, json};
use crate::target::Choice;
use crate::words::code as words;

use super::detail::copy;
use super::model::Model;
use super::state::{Derived, State, effect};
use super::storage::{self, LANGUAGE};
use super::transfer::save;
use super::view::plain::{self, append_plain, write_plain};
use super::view::{Element, button, div, dynamic, h2, li, p, span, text, ul};
use super::widget::{SMALL, tab_panel, tabs};

pub(super) fn code(model: Model) -> Element {
    let names = Language::ALL.map(|it| (it.name(), it.title()));
    let kept = storage::kept(LANGUAGE).and_then(|kept| names.iter().position(|it| it.0 == kept));
    let chosen = State::new(kept.unwrap_or_default());
    effect(move || storage::keep(LANGUAGE, Some(names[chosen.get()].0)));
    let wanted = wanted(model);
    div().class("vp-client").child(tabs("code-", "Languages", &names, chosen)).children(
        Language::ALL.into_iter().enumerate().map(|(own, language)| {
            let is_chosen = Derived::new(move || chosen.get() == own);
            // Each has a place of its own: what was written into the code of one is in no other.
            tab_panel(language.name())
                .prop("hidden", move || !is_chosen.get())
                .child(dynamic(move || is_chosen.get().then(|| client(model, wanted, language))))
        }),
    )
}

/// What the session gives to a client.
#[derive(Clone, PartialEq)]
struct Wanted {
    /// Where it connects to; empty for the API's own endpoint.
    endpoint: String,
    /// What stands for what, if that endpoint does.
    choice: Choice,
    topics: Vec<Topic>,
}

impl Wanted {
    /// Returns what the session does not say, and what the client has in its place.
    fn remarks(&self, model: Model) -> String {
        let is_named = !model.api().live.is_empty();
        let own = self.endpoint.is_empty().then(|| words::own_endpoint(self.choice, is_named));
        let example = self.topics.is_empty().then_some(words::EXAMPLE);
        own.into_iter().chain(example).collect::<Vec<_>>().join(" ")
    }
}

/// Reads endpoint and subscriptions, and again when they differ. A key is in neither.
fn wanted(model: Model) -> Derived<Wanted> {
    let topics = Derived::new(move || {
        model.read(|view| {
            let wanted = view.session.subscriptions().iter().filter(|it| it.state.is_wanted());
            wanted.map(|it| it.topic.clone()).collect::<Vec<_>>()
        })
    });
    Derived::new(move || {
        let endpoint = typed(model);
        let keys = model.keys();
        Wanted {
            endpoint: hide(&keys, endpoint.unwrap_or_default()),
            choice: model.choice.get(),
            topics: topics.with(|topics| topics.iter().map(|it| without(&keys, it)).collect()),
        }
    })
}

/// Returns the endpoint that the reader has typed, once it is one; it is that of the connection while there
/// is one. Without a server of the API there is none.
fn typed(model: Model) -> Option<String> {
    let parameter = model.api().key_parameter.clone();
    model.form(|form| {
        let address = form.address().filter(|_| form.choice() == Choice::Live)?;
        // What a page over https may not open, a client may.
        let (endpoint, _) = Endpoint::parse(address, parameter.as_deref()).ok()?;
        Some(endpoint.to_string())
    })
}

fn hide(keys: &[Secret], text: String) -> String {
    keys.iter().fold(text, |text, key| key.redact(text))
}

/// Returns the topic without the keys, which somebody may have typed into a filter.
fn without(keys: &[Secret], topic: &Topic) -> Topic {
    let filters = topic.filters().iter().map(|(name, value)| {
        let told = json::decode(value).map_or_else(|| value.clone(), Into::into);
        let hidden = hide(keys, told.clone());
        let value = if hidden == told { value.clone() } else { json::quote(&hidden) };
        (hide(keys, name.clone()), value)
    });
    Topic::new(hide(keys, topic.channel.clone()), &filters.collect())
}

/// Returns the client in this language, with what it takes to run it.
fn client(model: Model, wanted: Derived<Wanted>, language: Language) -> Element {
    let remarks = text(move || wanted.with(|it| it.remarks(model)));
    let install = language.install().map(|line| command("Install", "install line", INSTALL, line));
    let limits = language.limits();
    let limits = (!limits.is_empty()).then(|| {
        ul().class("vp-client__limits")
            .test_id("code-limits")
            .children(limits.iter().map(|it| li().child(*it)))
    });
    let files = language.files().iter().enumerate();
    div()
        .class("vp-client__panel")
        .child(p().class("vp-client__remarks").test_id("code-remarks").child(remarks))
        .child(limits)
        .children(files.map(|(at, it)| file(model, wanted, language, it, IDS[at.min(1)])))
        .children(install)
        .child(command("Run", "run line", RUN, language.run()))
}

/// Names for tests: of a file's text, and of the buttons that copy and download it.
type Ids = [&'static str; 3];

/// The client's own file, and what it needs beside it.
const IDS: [Ids; 2] = [
    ["code-text", "code-copy", "code-download"],
    ["code-second", "code-second-copy", "code-second-download"],
];

/// The same of the lines for a terminal.
const INSTALL: [&str; 2] = ["code-install", "code-install-copy"];
const RUN: [&str; 2] = ["code-run", "code-run-copy"];

fn file(
    model: Model,
    wanted: Derived<Wanted>,
    language: Language,
    file: &'static ClientFile,
    [id, copy_id, download_id]: Ids,
) -> Element {
    let source = Derived::new(move || {
        let api = model.api();
        let patience = Patience::of(&api);
        wanted.with(|Wanted { endpoint, topics, .. }| {
            fill(file, language, &Setup { api: &api, endpoint, topics, patience })
        })
    });
    let said = State::new(String::new());
    let area = NodeRef::<Div>::new();
    effect(move || {
        // What was copied is not what stands there now.
        said.settle(String::new());
        if let Some(area) = area.get() {
            source.with(|source| plain::fill(&area, |filled| write(filled, source, language)));
        }
    });
    let download = move |_| {
        save(file.name, "text/plain", |sink| sink(&source.get_untracked()));
        said.set(words::DOWNLOADED.to_owned());
    };
    let head = div()
        .class("vp-client__head")
        .child(h2().class("vp-client__name").child(file.name))
        .child(status(said))
        .child(copier(copy_id, file.name, said, move || source.get_untracked()))
        .child(
            button()
                .class(SMALL)
                .test_id(download_id)
                .label(["Download ", file.name].concat())
                .on(ev::click, download)
                .child("Download"),
        );
    let code = div()
        .class("vp-client__code vp-code")
        .attr("role", "group")
        .label(file.name)
        .attr("tabindex", "0")
        .test_id(id)
        .node_ref(area);
    div().class("vp-client__file").child(head).child(code)
}

/// Writes code with a colour for each kind of part.
fn write(area: &Node, source: &str, language: Language) {
    for span in highlight(source, language) {
        let class = match span.kind {
            Kind::Comment => "vp-client__comment",
            Kind::Keyword => "vp-client__keyword",
            Kind::Number => "vp-client__number",
            Kind::String => "vp-client__string",
            Kind::Plain => {
                write_plain(area, span.text);
                continue;
            }
        };
        append_plain(area, "span", class, span.text);
    }
}

/// Returns a line for a terminal.
fn command(
    title: &'static str,
    name: &'static str,
    [id, copy_id]: [&'static str; 2],
    line: &'static str,
) -> Element {
    let said = State::new(String::new());
    div()
        .class("vp-client__command")
        .child(h2().class("vp-client__name").child(title))
        .child(div().class("vp-client__line vp-code").test_id(id).child(line))
        .child(status(said))
        .child(copier(copy_id, name, said, move || line.to_owned()))
}

fn copier(
    id: &'static str,
    what: &'static str,
    said: State<String>,
    read: impl Fn() -> String + 'static,
) -> Element {
    button()
        .class(SMALL)
        .test_id(id)
        .label(["Copy ", what].concat())
        .on(ev::click, move |_| copy(read(), said, "Copied".to_owned()))
        .child("Copy")
}

fn status(said: State<String>) -> Element {
    span().class("vp-client__said").attr("role", "status").child(text(move || said.get()))
}
