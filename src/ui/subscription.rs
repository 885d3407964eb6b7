//! Subscriptions as chips: state, filters, events, and the way out.

use leptos::prelude::*;

use crate::protocol::Topic;
use crate::session::{Command, Phase, Subscription, SubscriptionState};

use super::model::Model;
use super::words::counted;

#[component]
pub(super) fn Subscriptions(model: Model) -> impl IntoView {
    let topics = model.memo(|view| {
        view.session.subscriptions().iter().map(|it| it.topic.clone()).collect::<Vec<_>>()
    });
    let is_echo = model
        .memo(|view| view.session.is_echo() && !matches!(view.session.phase(), Phase::Idle { .. }));
    let empty = move || {
        if is_echo.get() {
            "An echo server sends your message back; it confirms no subscription."
        } else {
            "None yet. Subscribe to a channel to see its events."
        }
    };
    view! {
        <section class="vp-subscriptions" aria-labelledby="vp-subscriptions">
            <h2 class="vp-subscriptions__title" id="vp-subscriptions">
                "Subscriptions"
            </h2>
            <ul class="vp-subscriptions__list" data-testid="subscriptions">
                <For each=move || topics.get() key=Topic::clone let:topic>
                    <Chip model topic />
                </For>
            </ul>
            <Show when=move || topics.read().is_empty()>
                <p class="vp-subscriptions__empty">{empty}</p>
            </Show>
        </section>
    }
}

#[component]
fn Chip(model: Model, topic: Topic) -> impl IntoView {
    let own = topic.clone();
    let subscription = model
        .memo(move |view| view.session.subscriptions().iter().find(|it| it.topic == own).cloned());
    let state =
        move || subscription.get().map_or("ending", |subscription| subscription.state.name());
    let about = move || subscription.get().map(|subscription| about(&subscription));
    let filters: Vec<_> = topic
        .filters()
        .into_iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        })
        .collect();
    let channel = topic.channel.clone();
    let name = channel.clone();
    let label = format!("Unsubscribe from {channel}");
    view! {
        <li class="vp-chip" data-testid="subscription" data-state=state data-channel=channel>
            <span class="vp-chip__dot"></span>
            <span>{name}</span>
            <span class="vp-chip__about">
                {(!filters.is_empty()).then(|| format!("{} · ", filters.join(" ")))} {about}
            </span>
            <button
                type="button"
                class="vp-chip__end"
                data-testid="unsubscribe"
                aria-label=label
                on:click=move |_| model.command(Command::Unsubscribe(topic.clone()))
            >
                "×"
            </button>
        </li>
    }
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
