//! Subscriptions as chips: state, filters, events, and the way out.

use leptos::prelude::*;

use crate::driver::View;
use crate::protocol::{Topic, json};
use crate::session::{Command, Subscription, SubscriptionState};

use super::erased::{dynamic, on, text};
use super::model::Model;
use super::words::counted;

#[component]
pub(super) fn Subscriptions(model: Model) -> impl IntoView {
    let empty = dynamic(move || {
        if !model.topics.read().is_empty() {
            return None;
        }
        let is_echo = !model.is_idle() && model.driver().read(|view| view.session.is_echo());
        let words = if is_echo {
            "An echo server sends your message back; it confirms no subscription."
        } else {
            "None yet. Subscribe to a channel to see its events."
        };
        Some(view! { <p class="vp-subscriptions__empty">{words}</p> })
    });
    view! {
        <section class="vp-subscriptions" aria-label="Subscriptions">
            <h2 class="vp-subscriptions__title">
                {"Subscriptions"}
            </h2>
            <ul class="vp-subscriptions__list" data-testid="subscriptions">
                {dynamic(move || {
                    model.topics.get().into_iter().map(|topic| chip(model, topic)).collect_view()
                })}
            </ul>
            {empty}
        </section>
    }
}

fn chip(model: Model, topic: Topic) -> AnyView {
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
    let about = text(move || read(about));
    let filters: Vec<_> = topic
        .filters()
        .into_iter()
        .map(|(name, value)| match json::decode(&value) {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        })
        .collect();
    let channel = topic.channel.clone();
    let name = channel.clone();
    let label = format!("Unsubscribe from {channel}");
    view! {
        <li class="vp-chip" data-testid="subscription" data-state=state data-channel=channel>
            <span class="vp-chip__text">
                {name} " "
                <span class="vp-chip__about">
                    {(!filters.is_empty()).then(|| format!("{} · ", filters.join(" ")))} {about}
                </span>
            </span>
            <button
                class="vp-chip__end"
                data-testid="unsubscribe"
                aria-label=label
                on:click=on(move |_| model.command(Command::Unsubscribe(topic.clone())))
            >
                "×"
            </button>
        </li>
    }
    .into_any()
}

fn about(subscription: &Subscription) -> String {
    match subscription.state {
        SubscriptionState::Active => {
            counted(usize::try_from(subscription.events).unwrap_or(usize::MAX), "event")
        }
        SubscriptionState::Ending => "unsubscribing…".to_owned(),
        SubscriptionState::Lost => "restored with the next connection".to_owned(),
        SubscriptionState::Pending => "waiting for ack…".to_owned(),
        SubscriptionState::Refused => "refused".to_owned(),
        SubscriptionState::Restoring => "restoring…".to_owned(),
    }
}
