//! The bar of the log: search, filters, and what can be done with the whole log.

use leptos::ev;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent};

use crate::entry::{EntryKind, FrameDirection};
use crate::log::Counts;

use super::file::menu;
use super::list::{LogView, PROBLEMS};
use super::state::State;
use super::view::{self, Element, aria, div, dynamic, input, p, span, text};
use super::widget::{SMALL, picker};

pub(super) fn bar(log_view: &LogView) -> Element {
    let log_view = *log_view;
    let wrong = move || {
        let wrong = log_view.wrong.get();
        (!wrong.is_empty())
            .then(|| p().class("vp-field__error").test_id("search-error").child(wrong))
    };
    div()
        .class("vp-log__bar")
        .child(p().class("vp-log__nothing").child(NOTHING))
        .child(search(&log_view))
        .child(chips(&log_view))
        .child(
            view::button()
                .class(SMALL)
                .test_id("pause")
                .label("Pause")
                .attr("title", "Stay at these rows")
                .attr("aria-pressed", aria(move || log_view.is_paused.get()))
                .on(ev::click, move |_| log_view.pause())
                .child("❚❚"),
        )
        .child(menu(&log_view, filters(&log_view)))
        .child(dynamic(wrong))
}

fn search(log_view: &LogView) -> Element {
    let log_view = *log_view;
    let model = log_view.model;
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            log_view.step(!event.shift_key());
        }
    };
    let field = input()
        .class("vp-input vp-input--small")
        .attr("type", "search")
        .attr("placeholder", "Search")
        .attr("title", "Text, or /regular expression/flags")
        .label("Search the log: text, or /regular expression/")
        .attr("autocomplete", "off")
        .attr("aria-invalid", aria(move || !log_view.wrong.get().is_empty()))
        .test_id("search")
        .on(ev::input, move |event| model.needle.set(event_target_value(&event)))
        .on(ev::keydown, keys);
    let found = span()
        .class("vp-log__found")
        .test_id("search-count")
        .attr("role", "status")
        .child(text(move || log_view.found.get()));
    let arrows = dynamic(move || {
        model.needle.with(|needle| !needle.is_empty()).then(|| {
            vec![
                arrow("search-previous", "Found before", "↑", move |_| log_view.step(false)),
                arrow("search-next", "Found next", "↓", move |_| log_view.step(true)),
            ]
        })
    });
    div().class("vp-log__search").child(field).child(found).child(arrows)
}

fn arrow(
    id: &'static str,
    name: &'static str,
    sign: &'static str,
    act: impl FnMut(MouseEvent) + 'static,
) -> Element {
    view::button().class(SMALL).test_id(id).label(name).on(ev::click, act).child(sign)
}

/// Returns what readers ask for most, each with how many entries there are of it.
fn chips(log_view: &LogView) -> Element {
    let log_view = *log_view;
    let chip = |id: &'static str, words: &'static str, kind: &'static str, count: Option<Count>| {
        let count = move || {
            log_view.model.read(|view| {
                count.map_or_else(|| view.log.len(), |count| count(&view.log.counts()))
            })
        };
        let is_chosen = move || log_view.kind.with(|chosen| chosen == kind);
        let choose = move |_| {
            if kind.is_empty() || is_chosen() {
                log_view.list_all();
            } else {
                log_view.kind.set(kind.to_owned());
            }
        };
        view::button()
            .class("vp-filter")
            .test_id(id)
            .attr("aria-pressed", aria(is_chosen))
            .on(ev::click, choose)
            .child(words)
            .child(text(move || match count() {
                0 => String::new(),
                count => format!(" {count}"),
            }))
    };
    let chips = div()
        .class("vp-log__chips")
        .attr("role", "group")
        .label("Which entries")
        .child(chip("show-all", "All", "", None));
    let chips = if log_view.model.api().has_envelope() {
        let heartbeats: Count = |counts| counts.heartbeats;
        chips
            .child(chip("show-acks", "Acks", "ack", Some(|counts| counts.acks)))
            .child(chip("show-events", "Events", "event", Some(|counts| counts.events)))
            .child(chip("show-heartbeat", "Heartbeat", "heartbeat", Some(heartbeats)))
    } else {
        chips
    };
    chips.child(chip("show-problems", "Problems", PROBLEMS, Some(|counts| counts.problems)))
}

/// Returns the filters that are asked for now and then.
fn filters(log_view: &LogView) -> [Element; 3] {
    let LogView { model, kind, direction, channel, .. } = *log_view;
    let kinds = EntryKind::all().map(|kind| kind.name().to_owned()).collect();
    let directions = FrameDirection::ALL.map(|it| it.name().to_owned()).into();
    let channels = model.api().channels.iter().map(|channel| channel.name.clone()).collect();
    [
        ("show-kind", "Every type", kinds, kind),
        ("show-direction", "Both ways", directions, direction),
        ("show-channel", "Every channel", channels, channel),
    ]
    .map(|(id, every, names, chosen): (_, _, Vec<String>, State<String>)| {
        picker(id, every, names, move |name| chosen.set(name)).value(text(move || chosen.get()))
    })
}

/// Reads how many entries are of a kind.
type Count = fn(&Counts) -> usize;

const NOTHING: &str = "Frames, acks, events and close codes appear here.";
