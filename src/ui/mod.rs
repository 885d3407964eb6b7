//! The page. Components read the driver through [`Model`] and write nothing but commands.
//!
//! Views are built by the calls of [`view`], which says why and how to read one.

mod bar;
mod chunk;
mod composer;
mod connection;
mod detail;
mod experiment;
mod file;
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

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::api::Api;
use crate::driver::Driver;
use crate::session::Config;
use crate::words::file::NOT_PRESET;

use self::connection::header;
use self::gauge::gauges;
use self::guide::guide;
use self::log::log;
use self::model::{Later, Loading, Model, Setting, Stage};
use self::notice::notice;
use self::panel::panels;
use self::view::{Content as _, Element, MountedView, div};

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

    /// Does what a link asks for: shows its experiment, which `runs` in the simulator if the reader asked
    /// for that, or presets what it says. Nothing else runs, and nothing connects.
    pub(crate) fn follow(&self, link: String, runs: bool) {
        let Some(model) = self.model.get().copied() else {
            return;
        };
        match link.strip_prefix("#try=") {
            Some(id) => model.want(id, if runs { Stage::Asked } else { Stage::Ready }),
            None => model
                .with_setting(NOT_PRESET, Box::new(move |setting| (setting.follow)(model, &link))),
        }
    }

    /// Presets what the element's attributes and this text of its template say. Nothing connects by it.
    pub(crate) fn preset(&self, template: Option<String>) {
        if let Some(model) = self.model.get().copied() {
            let preset = move |setting: Setting| (setting.preset)(model, template);
            model.with_setting(NOT_PRESET, Box::new(preset));
        }
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
            Later::Detail => chunk::detail_view(model).await,
            Later::Setup => chunk::setup(model).await,
            // The page around hears of the simulator, too.
            Later::Simulator => match chunk::setup(model).await {
                Ok(()) => chunk::simulator(model).await,
                missing => missing,
            },
        }
        .is_ok()
    })
}

fn app(model: Model) -> Element {
    div()
        .class("vp-app")
        .attr("role", "region")
        .label(format!("{} playground", model.api().title))
        .attr("lang", "en")
        .attr("part", "frame")
        .attr("spellcheck", "false")
        .on(ev::pointerover, move |_| model.prepare())
        .on(ev::focusin, move |_| model.prepare())
        .child(header(model))
        .child(gauges(model))
        .child(guide(model))
        .child(notice(model))
        .child(panels(model))
        .child(log(model))
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
