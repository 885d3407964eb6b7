//! Subscriptions as chips: state, filters, events, and the way out.

use leptos::ev;

use crate::driver::{self, View};
use crate::protocol::Topic;
use crate::session::{Command, Subscription};
use crate::words::{message, subscription as words};

use super::model::Model;
use super::view::{Element, button, dynamic, h2, li, p, section, span, text, ul};

pub(super) fn subscriptions(model: Model) -> Element {
    let empty = dynamic(move || {
        if model.topics.with(|topics| !topics.is_empty()) {
            return None;
        }
        let is_echo = !model.is_idle() && model.driver().read(|view| view.session.is_echo());
        let words = if is_echo {
            "An echo server sends your message back; it confirms no subscription."
        } else {
            "None yet. Subscribe to a channel to see its events."
        };
        Some(p().class("vp-subscriptions__empty").child(words))
    });
    let chips = dynamic(move || {
        model.topics.get().into_iter().map(|topic| chip(model, topic)).collect::<Vec<_>>()
    });
    section()
        .class("vp-subscriptions")
        .label("Subscriptions")
        .child(h2().class("vp-subscriptions__title").child("Subscriptions"))
        .child(ul().class("vp-subscriptions__list").test_id("subscriptions").child(chips))
        .child(empty)
}

fn chip(model: Model, topic: Topic) -> Element {
    let own = topic.clone();
    let read = move |words: fn(&Subscription) -> String| {
        let find = |view: &View<'_>| {
            view.session.subscriptions().iter().find(|it| it.topic == own).map(words)
        };
        model.read(find).unwrap_or_default()
    };
    let state = {
        let read = read.clone();
        text(move || read(|it| it.state.name().to_owned()))
    };
    let about = text(move || {
        read(|it| {
            let last = it.last_event.map(|last| last.wall);
            words::about(it.state, it.events, last, driver::utc_offset_minutes())
        })
    });
    let filters = message::filters(&topic);
    let channel = topic.channel.clone();
    let about = span()
        .class("vp-chip__about")
        .children((!filters.is_empty()).then(|| format!("{filters} · ")))
        .child(about);
    let end = button()
        .class("vp-chip__end")
        .test_id("unsubscribe")
        .label(format!("Unsubscribe from {channel}"))
        .on(ev::click, move |_| model.command(Command::Unsubscribe(topic.clone())))
        .child("×");
    let line = span().class("vp-chip__text").child(channel.clone()).child(" ").child(about);
    li().class("vp-chip")
        .test_id("subscription")
        .attr("data-state", state)
        .attr("data-channel", channel)
        .child(line)
        .child(end)
}
