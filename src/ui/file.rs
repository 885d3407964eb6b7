//! Files: the log saved, and a saved log opened.

use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, Element, Event, HtmlElement, HtmlInputElement, MouseEvent, Url,
};

use crate::archive::export;
use crate::archive::import;
use crate::driver;

use super::model::Model;
use super::view::{self, details, div, input, label, summary, words};
use super::widget::{SMALL, button};

pub(super) fn files(model: Model) -> view::Element {
    let ndjson = move |_| {
        save("veriops-log.ndjson", "application/x-ndjson", |sink| {
            let now = driver::now().wall;
            model.driver().read(|view| export::ndjson(view.log, now, &model.keys(), sink));
        });
    };
    let har = move |_| {
        save("veriops-log.har", "application/json", |sink| {
            model.driver().read(|view| export::har(view.log, &model.keys(), sink));
        });
    };
    let open = move |event: Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|it| it.dyn_into().ok());
        let Some(file) = input.as_ref().and_then(|input| input.files()?.get(0)) else {
            return;
        };
        spawn_local(async move {
            // A file that cannot be read is as good as an empty one: the importer says so.
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            match import(&text.unwrap_or_default()) {
                Ok(entries) => model.replay(file.name(), entries),
                Err(error) => model.replay_error.set(format!("{}: {error}", file.name())),
            }
        });
        // The same file can be opened again.
        if let Some(input) = input {
            input.set_value("");
        }
    };
    let field = input()
        .class("vp-hidden")
        .attr("type", "file")
        .attr("accept", ".ndjson,.har,.json")
        .test_id("open")
        .on(ev::change, open);
    let items = div()
        .class("vp-menu__items")
        .on(ev::click, |event| close(&event))
        .child(button(SMALL, "save-ndjson", words("Save as NDJSON"), ndjson))
        .child(button(SMALL, "save-har", words("Save as HAR"), har))
        .child(label().class(SMALL).child("Open and replay …").child(field));
    details()
        .class("vp-menu")
        .child(summary().class(SMALL).test_id("files").child("Save, open"))
        .child(items)
}

/// Closes the menu that was chosen from.
fn close(event: &MouseEvent) {
    let item = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    if let Some(menu) = item.and_then(|item| item.closest("details").ok()?) {
        // An element that lacks the attribute is closed already.
        let _ = menu.remove_attribute("open");
    }
}

/// Offers what `write` writes as a download. The pieces are not put together here: a log may fill much
/// of the memory.
fn save(name: &str, kind: &str, write: impl FnOnce(&mut dyn FnMut(&str))) {
    let parts = js_sys::Array::new();
    write(&mut |part| {
        parts.push(&JsValue::from_str(part));
    });
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options);
    let Some((link, address)) = blob
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .and_then(|address| Ok((document().create_element("a")?, address)))
        .ok()
    else {
        return;
    };
    view::plain::set(&link, "href", &address);
    view::plain::set(&link, "download", name);
    link.unchecked_into::<HtmlElement>().click();
    // Some browsers look at the address only after the click.
    Timeout::new(HOLD, move || {
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
}

/// Milliseconds for which a download may look its address up.
const HOLD: u32 = 10_000;
