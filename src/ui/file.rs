//! The menu of the log: its rarer filters, the log cleared, saved or copied, and a saved log opened.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, MouseEvent};

use crate::driver;
use crate::words::file::{NOT_OPENED, NOT_SAVED};

use super::chunk;
use super::list::LogView;
use super::model::Model;
use super::transfer::Transfer;
use super::view::{self, div, input, label, words};
use super::widget::{self, SMALL, button};

pub(super) fn menu(log_view: &LogView, filters: [view::Element; 3]) -> view::Element {
    let log_view = *log_view;
    let model = log_view.model;
    let clear = move |_| {
        model.selected.set(None);
        model.driver().clear_log();
        // There is nothing left to stay at.
        log_view.follow();
    };
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
    let act = |id, title, transfer: Transfer| {
        button(SMALL, id, words(title), move |_| ask(model, transfer.clone()))
    };
    let acts = div()
        .class("vp-menu__acts")
        .on(ev::click, |event| close(&event))
        .child(button(SMALL, "clear", words("Clear"), clear))
        .child(act("save-ndjson", "Save as NDJSON", Transfer::SaveNdjson))
        .child(act("save-har", "Save as HAR", Transfer::SaveHar))
        .child(act("copy-report", "Copy as Markdown", Transfer::CopyReport))
        .child(label().class(SMALL).child("Open and replay …").child(field));
    // Whoever opens the menu will want what is in it.
    let prepare = move |_| driver::spawn(async { drop(chunk::load_files().await) });
    widget::unfolding("files", "More: filters, save, open")
        .on(ev::toggle, prepare)
        .child(widget::unfolded("vp-menu__items").children(filters).child(acts))
}

/// Has a file saved or opened, or a report copied, and says so if that part of the program does not come.
fn ask(model: Model, transfer: Transfer) {
    let what = if matches!(transfer, Transfer::Open(_)) { NOT_OPENED } else { NOT_SAVED };
    driver::spawn(async move {
        if chunk::transfer(model, transfer).await.is_err() {
            model.tell_missing(what);
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
