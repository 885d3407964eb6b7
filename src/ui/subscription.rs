//! Subscriptions as chips: state, filters, events, and the way out.

use leptos::ev;

use crate::driver::{self, View};
use crate::protocol::Topic;
use crate::session::{Command, Subscription, SubscriptionState};
use crate::words::{message, subscription as words};

use super::model::Model;
use super::view::{Element, button, dynamic, li, section, span, text, ul};

pub(super) fn subscriptions(model: Model) -> Element {
    let chips = dynamic(move || {
        model.topics.get().into_iter().map(|topic| chip(model, topic)).collect::<Vec<_>>()
    });
    section()
        .class("vp-subscriptions")
        .label("Subscriptions")
        .prop("hidden", move || model.topics.with(Vec::is_empty))
        .child(ul().class("vp-subscriptions__list").test_id("subscriptions").child(chips))
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
    let about = {
        let (read, filters) = (read.clone(), message::filters(&topic));
        move || {
            let about = read(|it| {
                let last = it.last_event.map(|last| last.wall);
                words::about(it.state, it.events, last, driver::utc_offset_minutes())
            });
            if filters.is_empty() { about } else { format!("{filters} · {about}") }
        }
    };
    // Of one that is active the number of its events says enough at a glance.
    let glance = text(move || {
        read(|it| match it.state {
            SubscriptionState::Active => it.events.to_string(),
            state => words::about(state, 0, None, 0),
        })
    });
    let values = message::filter_values(&topic);
    let channel = topic.channel.clone();
    let glance = span()
        .class("vp-chip__about")
        .attr("aria-hidden", "true")
        .children((!values.is_empty()).then(|| format!("{values} · ")))
        .child(glance);
    let title = text(about.clone());
    let about = span().class("vp-hidden").child(text(about));
    let end = button()
        .class("vp-chip__end")
        .test_id("unsubscribe")
        .label(format!("Unsubscribe from {channel}"))
        .on(ev::click, move |_| model.command(Command::Unsubscribe(topic.clone())))
        .child("×");
    let line =
        span().class("vp-chip__text").child(channel.clone()).child(" ").child(glance).child(about);
    li().class("vp-chip")
        .attr("title", title)
        .test_id("subscription")
        .attr("data-state", state)
        .attr("data-channel", channel)
        .child(line)
        .child(end)
}
