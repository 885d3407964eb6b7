//! The page. Components read the driver through [`Model`] and write nothing but commands.

mod composer;
mod connection;
mod detail;
mod gauge;
mod json;
mod log;
mod model;
mod notice;
mod storage;
mod subscription;
mod words;

use std::sync::Arc;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::HtmlElement;

use crate::api::Api;
use crate::driver::Driver;

use self::composer::Composer;
use self::connection::Header;
use self::gauge::Gauges;
use self::log::Log;
use self::model::Model;
use self::notice::Notice;
use self::subscription::Subscriptions;

/// Mounts a playground for `api` into `container`.
pub(crate) fn mount(
    container: HtmlElement,
    api: Arc<Api>,
) -> (Driver, UnmountHandle<AnyViewState>) {
    let mut driver = None;
    let view = mount_to(container, || {
        let model = Model::new(api);
        driver = Some(model.driver());
        view! { <App model /> }.into_any()
    });
    // The view function has run: mounting is synchronous.
    (driver.expect("a mounted view has a driver"), view)
}

#[component]
fn App(model: Model) -> impl IntoView {
    view! {
        <div class="vp-app">
            <Header model />
            <Gauges model />
            <Notice model />
            <Composer model />
            <Subscriptions model />
            <Log model />
        </div>
    }
}
