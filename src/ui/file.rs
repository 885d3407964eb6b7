//! The menu of files: the log saved, and a saved log opened.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, MouseEvent};

use crate::driver;
use crate::words::file::{NOT_LOADED, NOT_OPENED, NOT_SAVED};

use super::chunk;
use super::model::Model;
use super::transfer::Transfer;
use super::view::{self, details, div, input, label, summary, words};
use super::widget::{SMALL, button};

pub(super) fn files(model: Model) -> view::Element {
    let ndjson = move |_| ask(model, Transfer::SaveNdjson);
    let har = move |_| ask(model, Transfer::SaveHar);
    let choose = move |event: Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|it| it.dyn_into().ok());
        let Some(file) = input.as_ref().and_then(|input| input.files()?.get(0)) else {
            return;
        };
        ask(model, Transfer::Open(file));
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
        .on(ev::change, choose);
    let items = div()
        .class("vp-menu__items")
        .on(ev::click, |event| close(&event))
        .child(button(SMALL, "save-ndjson", words("Save as NDJSON"), ndjson))
        .child(button(SMALL, "save-har", words("Save as HAR"), har))
        .child(label().class(SMALL).child("Open and replay …").child(field));
    // Whoever opens the menu will want what is in it.
    let prepare = move |_| driver::spawn(async { drop(chunk::load_files().await) });
    details()
        .class("vp-menu")
        .on(ev::toggle, prepare)
        .child(summary().class(SMALL).test_id("files").child("Save, open"))
        .child(items)
}

/// Has a file saved or opened, and says so if that part of the program does not come.
fn ask(model: Model, transfer: Transfer) {
    let what = if matches!(transfer, Transfer::Open(_)) { NOT_OPENED } else { NOT_SAVED };
    driver::spawn(async move {
        if chunk::transfer(model, transfer).await.is_err() {
            model.file_error.set(format!("{what}: {NOT_LOADED}."));
        }
    });
}

/// Closes the menu that was chosen from.
fn close(event: &MouseEvent) {
    let item = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    if let Some(menu) = item.and_then(|item| item.closest("details").ok()?) {
        // An element that lacks the attribute is closed already.
        let _ = menu.remove_attribute("open");
    }
}
