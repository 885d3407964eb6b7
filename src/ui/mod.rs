//! The page. Components read the driver through [`Model`] and write nothing but commands.
//!
//! Views are built by the calls of [`view`], which says why and how to read one.

mod bar;
mod chunk;
mod code;
mod composer;
mod connection;
mod detail;
mod experiment;
mod file;
mod focus;
mod gauge;
mod guide;
mod host;
mod incident;
mod json;
mod list;
mod log;
mod model;
mod notice;
mod pane;
mod panel;
mod print;
mod replay;
mod rows;
mod search;
mod setup;
mod simulation;
mod state;
mod storage;
mod style;
mod subscription;
mod time;
mod transfer;
mod view;
mod widget;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::api::Api;
use crate::driver::Driver;
use crate::session::Config;
use crate::words::file::NOT_PRESET;

use self::connection::header;
use self::guide::guide;
use self::log::log;
use self::model::{Connection, Later, Loading, Model, Stage};
use self::panel::panels;
use self::state::{State, effect};
use self::view::{Content as _, Element, MountedView, div, dynamic};

pub(crate) use self::model::Place;
pub(crate) use self::style::begin as style;

/// A playground in a page, as the way into it handles one.
pub(crate) struct Playground {
    driver: Driver,
    view: MountedView,
    model: Rc<OnceCell<Model>>,
}

impl Playground {
    /// Mounts a playground for `api`, which was read from `source`.
    pub(crate) fn mount(place: Place, api: Arc<Api>, source: String, config: Config) -> Self {
        let revision = ArcRwSignal::new(0);
        let frame = revision.clone();
        let driver =
            Driver::new(Arc::clone(&api), config, move || frame.update(|frame| *frame += 1));
        let model = Rc::<OnceCell<Model>>::default();
        let (own, made) = (driver.clone(), Rc::clone(&model));
        let view = view::mount(place.container.clone(), move || {
            let model = Model::new(own, api, source, place, revision.into(), load);
            made.get_or_init(|| model);
            app(model).view()
        });
        Self { driver, view, model }
    }

    /// Does what is asked for. A link with `#try=` shows an experiment, which `runs` in the simulator if the
    /// reader asked for that, and one with `#setup?` presets what it says. Without a link, what the element's
    /// attributes say is preset, and this text of its template. Nothing else runs, and nothing connects.
    pub(crate) fn follow(&self, asked: String, runs: bool) {
        let Some(model) = self.model.get().copied() else {
            return;
        };
        if let Some(id) = asked.strip_prefix("#try=") {
            return model.want(id, if runs { Stage::Asked } else { Stage::Ready });
        }
        let preset = move |it: Connection| match asked.strip_prefix("#setup?") {
            Some(link) => (it.follow)(model, link),
            None => (it.preset)(asked),
        };
        model.with_connection(NOT_PRESET, Box::new(preset));
    }

    /// Closes the connection, stops every timer and removes the view.
    pub(crate) fn unmount(self) {
        self.driver.shut_down();
        drop(self.view);
    }
}

fn load(model: Model, part: Later) -> Loading {
    Box::pin(async move {
        match part {
            Later::Code => chunk::code_view(model).await,
            Later::Detail => chunk::detail_view(model).await,
            Later::Connection => chunk::connection(model).await,
            // The page around hears of the simulator, too.
            Later::Simulator => match chunk::connection(model).await {
                Ok(()) => chunk::simulator(model).await,
                missing => missing,
            },
        }
        .is_ok()
    })
}

fn app(model: Model) -> Element {
    effect(move || {
        if let Some(keep) = model.connection.with(|it| Some(it.as_ref()?.keep_focus)) {
            keep(model);
        }
    });
    div()
        .class("vp-app")
        .attr("role", "region")
        .label(format!("{} playground", model.api().title))
        .attr("lang", "en")
        .attr("part", "frame")
        .attr("spellcheck", "false")
        .on(ev::pointerover, move |_| model.prepare())
        .on(ev::focusin, move |_| model.prepare())
        .on(ev::keydown, |event| keep_typed(&event))
        .child(header(model))
        .child(of_connection(model, |it, model| (it.gauges)(model).view()))
        .child(after_first_frame(model, below))
}

/// Returns what stands below the button that connects.
fn below(model: Model) -> AnyView {
    let notice = of_connection(model, |it, model| (it.notice)(model));
    vec![guide(model).view(), notice, panels(model).view(), log(model).view()].view()
}

/// Returns a view that is made when the first frame has been seen, so that what that shows is usable
/// sooner. A page that nobody sees has no frames.
fn after_first_frame(model: Model, make: fn(Model) -> AnyView) -> AnyView {
    let is_over = State::new(document().hidden());
    if !is_over.get_untracked() {
        let end = move || {
            if model.is_there() {
                is_over.set(true);
            }
        };
        request_animation_frame(move || set_timeout(end, Duration::ZERO));
    }
    dynamic(move || is_over.get().then(|| make(model)))
}

/// Returns a view that comes with the first connection.
fn of_connection(model: Model, make: fn(&Connection, Model) -> AnyView) -> AnyView {
    dynamic(move || model.connection.with(|it| Some(make(it.as_ref()?, model))))
}

/// Keeps what is typed into a field from the page around, for which a key may be a shortcut: seen from there,
/// a field of a shadow root is none.
fn keep_typed(event: &KeyboardEvent) {
    let field = event.target().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let is_field = field.is_some_and(|it| it.matches("input, select, textarea") == Ok(true));
    if is_field && !event.ctrl_key() && !event.meta_key() && event.key().chars().count() == 1 {
        event.stop_propagation();
    }
}

/// Moves the focus to a child, as the arrow keys do in a group.
fn focus_child(group: NodeRef<leptos::html::Div>, index: usize) {
    let child = u32::try_from(index)
        .ok()
        .and_then(|index| group.get_untracked()?.children().item(index))
        .and_then(|child| child.dyn_into::<HtmlElement>().ok());
    if let Some(child) = child {
        // An element that cannot take the focus leaves it where it is.
        let _ = child.focus();
    }
}
