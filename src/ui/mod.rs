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
mod state;
mod storage;
mod subscription;
mod time;
mod transfer;
mod view;
mod widget;

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
use self::view::{Content as _, Element, div};

pub(crate) use self::view::MountedView;

/// Mounts a playground for `api` into `container`.
pub(crate) fn mount(
    container: HtmlElement,
    api: Arc<Api>,
    config: Config,
) -> (Driver, MountedView) {
    let revision = ArcRwSignal::new(0);
    let frame = revision.clone();
    let driver = Driver::new(Arc::clone(&api), config, move || frame.update(|frame| *frame += 1));
    let own = driver.clone();
    let view = view::mount(container, move || {
        let model = Model::new(own, api, revision.into());
        app(model).view()
    });
    (driver, view)
}

fn app(model: Model) -> Element {
    div()
        .class("vp-app")
        .attr("role", "region")
        .label(format!("{} playground", model.api().title))
        .attr("spellcheck", "false")
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
