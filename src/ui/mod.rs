//! The page. Components read the driver through [`Model`] and write nothing but commands.
//!
//! Views are built by the calls of [`view`], which says why and how to read one.

mod bar;
mod composer;
mod connection;
mod detail;
mod experiment;
mod file;
mod gauge;
mod guide;
mod json;
mod list;
mod log;
mod model;
mod notice;
mod pane;
mod panel;
mod replay;
mod rows;
mod state;
mod storage;
mod subscription;
mod time;
mod view;
mod widget;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::api::Api;
use crate::driver::Driver;
use crate::session::Config;

use self::connection::header;
use self::gauge::gauges;
use self::guide::guide;
use self::log::log;
use self::model::Model;
use self::notice::notice;
use self::panel::panels;
use self::state::State;
use self::view::{Content as _, Element, MountedView, div, text};

/// A playground in a page, as the way into it handles one.
pub(crate) struct Playground {
    driver: Driver,
    view: MountedView,
    wanted: Rc<OnceCell<State<String>>>,
}

impl Playground {
    /// Mounts a playground for `api` into `container`.
    pub(crate) fn mount(container: HtmlElement, api: Arc<Api>, config: Config) -> Self {
        let revision = ArcRwSignal::new(0);
        let frame = revision.clone();
        let driver =
            Driver::new(Arc::clone(&api), config, move || frame.update(|frame| *frame += 1));
        let wanted = Rc::<OnceCell<State<String>>>::default();
        let (own, asked) = (driver.clone(), Rc::clone(&wanted));
        let view = view::mount(container, move || {
            let model = Model::new(own, api, revision.into());
            asked.get_or_init(|| model.wanted);
            app(model).view()
        });
        Self { driver, view, wanted }
    }

    /// Shows the experiment of this id ready to run; nothing runs by itself.
    pub(crate) fn ready(&self, id: &str) {
        self.want(format!("ready {id}"));
    }

    /// Runs the experiment of this id, in the simulator.
    pub(crate) fn run(&self, id: &str) {
        self.want(format!("run {id}"));
    }

    fn want(&self, wanted: String) {
        if let Some(state) = self.wanted.get() {
            state.set(wanted);
        }
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
