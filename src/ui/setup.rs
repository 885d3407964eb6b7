//! The menu of the connection, the link to its set-up, and what a page or a link presets.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Response};

use crate::driver;
use crate::session::Command;
use crate::setup::Setup;
use crate::words::file::NOT_PRESET;
use crate::words::issue;

use super::detail::copy;
use super::model::Model;
use super::state::State;
use super::view::{Element, div, input, label, li, p, span, text, ul};
use super::widget::{SMALL, unfolded};

/// Returns what the menu of the connection unfolds: how the playground behaves, the link to its set-up, and the
/// tables "Connection details" and "Common issues" of the description, under its title.
pub(super) fn menu(model: Model) -> Element {
    let api = model.api();
    let row = |name: &str, words: String| {
        let name = span().class("vp-settings__name").child(name.to_owned());
        li().child(name).child(" ").child(words)
    };
    let settings = api.settings.iter().map(|it| row(&it.name, it.value.clone()));
    let issues = api.issues.iter().map(|it| row(&it.symptom, issue::advice(it)));
    let list = |rows: Vec<Element>| ul().class("vp-settings__list").children(rows);
    // Of what the description does not say there is no title either.
    let part = |title: String, rows: Vec<Element>| {
        let list = (!rows.is_empty()).then(|| list(rows));
        list.map(|list| div().child(p().class("vp-settings__title").child(title)).child(list))
    };
    let habits = || {
        div()
            .class("vp-settings__habits")
            .child(switch(
                "stop-answering",
                "Stop answering pings",
                move || !model.read(|view| view.session.answers_pings()),
                move |on| model.command(Command::AnswerPings(!on)),
            ))
            .child(switch(
                "keep-alive",
                "Keep the connection alive",
                move || model.read(|view| view.session.keeps_alive()),
                move |on| model.command(Command::KeepAlive(on)),
            ))
    };
    unfolded("vp-menu__items vp-settings__panel")
        .children(api.has_envelope().then(habits))
        .child(share(model))
        .children(part(api.title.clone(), settings.collect()))
        .children(part("Common issues".to_owned(), issues.collect()))
}

/// Returns a check box that says how the playground behaves.
fn switch(
    id: &'static str,
    words: &'static str,
    is_on: impl Fn() -> bool + Send + 'static,
    turn: impl Fn(bool) + 'static,
) -> Element {
    let control = input()
        .attr("type", "checkbox")
        .test_id(id)
        .prop("checked", is_on)
        .on(ev::change, move |event| turn(event_target_checked(&event)));
    label().class("vp-switch").child(control).child(words)
}

/// Returns the button that copies a link to what is chosen and drafted.
fn share(model: Model) -> Element {
    let said = State::new(String::new());
    let act = move |_| match link(model) {
        link if link.len() > LONGEST_LINK => said.set(TOO_LONG.to_owned()),
        link => copy(link, said, COPIED.to_owned()),
    };
    let button = super::view::button()
        .class(SMALL)
        .test_id("setup-link")
        .on(ev::click, act)
        .child("Copy link to this set-up");
    let told = span().test_id("setup-link-said").attr("role", "status");
    div().class("vp-settings__share").child(button).child(told.child(text(move || said.get())))
}

const COPIED: &str =
    "Copied: target, address and message, without a key. Who opens it connects by hand.";
const TOO_LONG: &str = "The message is too long for a link.";

/// The characters of the longest link, which some programs would cut.
const LONGEST_LINK: usize = 8_000;

/// Returns the address of this page with the set-up; nothing of its query, which may hold a key.
fn link(model: Model) -> String {
    let setup = model.form(|form| {
        model.draft.with_untracked(|draft| Setup::of(form, draft, &model.api(), &model.keys()))
    });
    let location = window().location();
    let (origin, path) = (location.origin(), location.pathname());
    [&*origin.unwrap_or_default(), &*path.unwrap_or_default(), "#setup?", &setup.query()].concat()
}

/// Presets what a link says behind its `#setup?`.
pub(super) fn follow(model: Model, query: &str) {
    let mut setup = Setup::default();
    let wrong = setup.set_query(query, &model.api());
    apply(model, &setup, &Setup::default());
    let wrong = wrong.iter().map(|it| format!("in the link, {it}")).collect::<Vec<_>>();
    tell(model, &wrong);
}

/// Returns what presets the element's attributes, a text of its template, and the file that its attribute
/// `config` names.
pub(super) fn preset(model: Model) -> Rc<dyn Fn(String)> {
    let last = Rc::<RefCell<Setup>>::default();
    Rc::new(move |template| {
        let last = Rc::clone(&last);
        driver::spawn(async move {
            let element = model.place(|place| place.element.clone());
            let file = match element.get_attribute("config") {
                Some(address) => Some(read(&address).await),
                None => None,
            };
            if model.is_there() {
                page(model, &element, file, template, &mut last.borrow_mut());
            }
        });
    })
}

/// Presets what a page says. An attribute goes before the template, and that before the file; what is as
/// it was the last time is left alone.
fn page(
    model: Model,
    element: &HtmlElement,
    file: Option<Result<String, String>>,
    template: String,
    last: &mut Setup,
) {
    let api = model.api();
    let mut setup = Setup::default();
    let mut wrong = Vec::new();
    for (place, text) in
        [("config", file), ("template", (!template.is_empty()).then_some(Ok(template)))]
    {
        match text {
            Some(Ok(text)) => {
                let found = setup.set_members(&text, &api);
                wrong.extend(found.iter().map(|it| format!("in the {place}, {it}")));
            }
            Some(Err(why)) => wrong.push(format!("{place} {why}")),
            None => {}
        }
    }
    for name in ["target", "channel", "filters"] {
        let value = element.get_attribute(name);
        let set = value.map(|value| setup.set(name, &value, &api));
        wrong.extend(set.and_then(Result::err).map(|it| it.to_string()));
    }
    let theme = element.get_attribute("theme");
    if theme.is_some_and(|theme| !["auto", "light", "dark"].contains(&&*theme)) {
        wrong.push("theme must be auto, light or dark".to_owned());
    }
    wrong.extend(stretch(model, element).err());
    apply(model, &setup, last);
    *last = setup;
    tell(model, &wrong);
}

/// Gives the playground the height that its attribute says: that of its parent, or a length.
fn stretch(model: Model, element: &HtmlElement) -> Result<(), String> {
    let height = element.get_attribute("height").filter(|height| height != "fill");
    let style = model.place(|place| place.container.style());
    // What is no length leaves the style as it is.
    let _ = style.set_property("height", "");
    let Some(height) = height else {
        return Ok(());
    };
    let _ = style.set_property("height", &height);
    let is_taken = style.get_property_value("height").is_ok_and(|taken| !taken.is_empty());
    is_taken.then_some(()).ok_or("height must be fill or a length, such as 640px".to_owned())
}

/// Does what is asked for and was not before.
fn apply(model: Model, setup: &Setup, before: &Setup) {
    if let Some(target) = setup.target.filter(|_| setup.target != before.target) {
        model.choose(target);
    }
    if let Some(endpoint) = setup.endpoint.as_ref().filter(|_| setup.endpoint != before.endpoint) {
        model.change_form(|form| form.type_address(endpoint.to_string()));
    }
    let driver = model.driver();
    let (id, now) = (driver.read(|view| view.session.next_request_id()), driver.now().wall);
    let api = model.api();
    let text = setup.text(&api, &id, now);
    if let Some(text) = text.filter(|text| before.text(&api, &id, now).as_ref() != Some(text)) {
        model.composed.set(text);
    }
}

/// Says what could not be preset.
fn tell(model: Model, wrong: &[String]) {
    if !wrong.is_empty() {
        model.failure.set(format!("{NOT_PRESET}: {}.", wrong.join("; ")));
    }
}

/// Reads the file at an address, which may be relative to the page.
async fn read(address: &str) -> Result<String, String> {
    let unread = |_: JsValue| format!("cannot be read: {address}");
    let response = JsFuture::from(window().fetch_with_str(address)).await.map_err(unread)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(format!("cannot be read: {address} answered {}", response.status()));
    }
    let body = JsFuture::from(response.text().map_err(unread)?).await.map_err(unread)?;
    Ok(body.as_string().unwrap_or_default())
}
