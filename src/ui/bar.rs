//! The bar of the log: search, filters, and what can be done with the whole log.

use leptos::ev;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent};

use crate::entry::{EntryKind, FrameDirection};

use super::file::files;
use super::list::LogView;
use super::view::{self, Element, aria, div, h2, input, label, span, text, words};
use super::widget::{SMALL, button, picker};

pub(super) fn bar(log_view: &LogView) -> Element {
    let log_view = *log_view;
    let model = log_view.model;
    let api = model.api();
    let clear = move |_| {
        model.selected.set(None);
        model.driver().clear_log();
        // There is nothing left to stay at.
        log_view.follow();
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            log_view.step(!event.shift_key());
        }
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let kinds = EntryKind::all().map(|kind| kind.name().to_owned()).collect();
    let directions = names(&FrameDirection::ALL.map(FrameDirection::name));
    let channels = api.channels.iter().map(|channel| channel.name.clone()).collect();
    let field = input()
        .class("vp-input vp-input--small")
        .attr("type", "search")
        .attr("placeholder", "Search")
        .label("Search the log")
        .attr("autocomplete", "off")
        .test_id("search")
        .on(ev::input, move |event| model.needle.set(event_target_value(&event)))
        .on(ev::keydown, keys);
    let found = span()
        .class("vp-log__found")
        .test_id("search-count")
        .attr("role", "status")
        .child(text(move || log_view.found.get()));
    let search = div()
        .class("vp-log__search")
        .child(field)
        .child(found)
        .child(arrow("search-previous", "Found before", "↑", move |_| log_view.step(false)))
        .child(arrow("search-next", "Found next", "↓", move |_| log_view.step(true)));
    let problems =
        input().attr("type", "checkbox").test_id("show-problems").on(ev::change, move |event| {
            log_view.choose(|filter| filter.problems = event_target_checked(&event));
        });
    let filters = div()
        .class("vp-log__line")
        .child(picker("show-kind", "Every kind", kinds, move |name| {
            log_view.choose(|filter| filter.kind = EntryKind::from_name(&name));
        }))
        .child(picker("show-direction", "Both ways", directions, move |name| {
            log_view.choose(|filter| filter.direction = FrameDirection::from_name(&name));
        }))
        .child(picker("show-channel", "Every channel", channels, move |channel| {
            log_view.choose(|filter| filter.channel = channel);
        }))
        .child(label().class("vp-gauge__switch").child(problems).child("Problems"));
    let pause = view::button()
        .class(SMALL)
        .test_id("pause")
        .attr("aria-pressed", aria(move || log_view.is_paused.get()))
        .on(ev::click, move |_| log_view.pause())
        .child("Pause");
    let line = div()
        .class("vp-log__line")
        .child(h2().class("vp-log__title").child("Log"))
        .child(search)
        .child(pause)
        .child(files(model))
        .child(button(SMALL, "clear", words("Clear"), clear));
    div().class("vp-log__bar").child(line).child(filters)
}

fn arrow(
    id: &'static str,
    name: &'static str,
    sign: &'static str,
    act: impl FnMut(MouseEvent) + 'static,
) -> Element {
    view::button().class(SMALL).test_id(id).label(name).on(ev::click, act).child(sign)
}
