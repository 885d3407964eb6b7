//! The page. Components read the driver through [`Model`] and write nothing but commands.
//!
//! Views are built by the calls of [`view`], which says why and how to read one.

mod bar;
mod composer;
mod connection;
mod detail;
mod file;
mod gauge;
mod json;
mod list;
mod log;
mod model;
mod notice;
mod pane;
mod replay;
mod rows;
mod storage;
mod subscription;
mod view;
mod widget;

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::api::Api;
use crate::driver::Driver;
use crate::session::Config;

use self::composer::composer;
use self::connection::header;
use self::gauge::gauges;
use self::log::log;
use self::model::Model;
use self::notice::notice;
use self::subscription::subscriptions;
use self::view::{Content as _, Element, MountedView, div, text};

/// A playground in a page, as the way into it handles one.
pub(crate) struct Playground {
    driver: Driver,
    view: MountedView,
    wanted: ArcRwSignal<String>,
}

impl Playground {
    /// Mounts a playground for `api` into `container`.
    pub(crate) fn mount(container: HtmlElement, api: Arc<Api>, config: Config) -> Self {
        let revision = ArcRwSignal::new(0);
        let frame = revision.clone();
        let driver =
            Driver::new(Arc::clone(&api), config, move || frame.update(|frame| *frame += 1));
        let wanted = ArcRwSignal::new(String::new());
        let (own, asked) = (driver.clone(), wanted.clone());
        let view = view::mount(container, move || {
            let model = Model::new(own, api, revision.into(), asked.into());
            app(model).view()
        });
        Self { driver, view, wanted }
    }

    /// Shows the experiment of this id ready to run; nothing runs by itself.
    pub(crate) fn ready(&self, id: &str) {
        self.wanted.set(format!("ready {id}"));
    }

    /// Runs the experiment of this id, in the simulator.
    pub(crate) fn run(&self, id: &str) {
        self.wanted.set(format!("run {id}"));
    }

    /// Closes the connection, stops every timer and removes the view.
    pub(crate) fn unmount(self) {
        self.driver.shut_down();
        drop(self.view);
    }
}

fn app(model: Model) -> Element {
    div()
        .class("vp-app")
        .attr("role", "region")
        .label(format!("{} playground", model.api().title))
        .attr("spellcheck", "false")
        .attr("data-wanted", text(move || model.wanted.get()))
        .child(header(model))
        .child(gauges(model))
        .child(notice(model))
        .child(composer(model))
        .child(subscriptions(model))
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
