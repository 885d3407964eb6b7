//! The detail of one log entry: its text, pretty or as it came, and its other half.

use leptos::prelude::*;

use crate::api::Api;
use crate::driver;
use crate::log::format::{bytes, clock, duration};
use crate::log::{Body, Entry, Outcome, Reading, Seq, Summary};
use crate::protocol::json::pretty;

use super::erased::{aria, dynamic, on, text};
use super::json::coloured;
use super::model::Model;
use super::widget::{LINK, SMALL, button};

#[component]
pub(super) fn Detail(model: Model) -> impl IntoView {
    // A version stands for the entry's text: it is laid out again only when it differs.
    let shown = Memo::new(move |_| {
        let seq = model.selected.get()?;
        model.read(|view| Some((seq, view.log.get(seq)?.version)))
    });
    let is_raw = RwSignal::new(false);
    dynamic(move || {
        let (seq, _) = shown.get()?;
        let api = model.api();
        let content =
            model.driver().read(|view| Some(Content::of(&view.log.get(seq)?.entry, &api)))?;
        Some(pane(model, is_raw, content))
    })
}

fn pane(model: Model, is_raw: RwSignal<bool>, content: Content) -> impl IntoView {
    let Content { title, tone, about, parts, partner } = content;
    let copied = RwSignal::new(false);
    let whole = parts.join("\n");
    let copy = move |_| {
        // Without permission nothing is copied; the text can still be selected.
        let _ = window().navigator().clipboard().write_text(&whole);
        copied.set(true);
    };
    let has_text = !parts.is_empty();
    let tab = move |raw: bool, id, label| {
        view! {
            <button
                class="vp-tab"
                role="tab"
                data-testid=id
                aria-selected=aria(move || is_raw.get() == raw)
                on:click=on(move |_| is_raw.set(raw))
            >
                {label}
            </button>
        }
    };
    view! {
        <section class="vp-detail" data-testid="detail" data-tone=tone aria-label="Detail">
            <div class="vp-detail__head" data-tone=tone>
                <h3 class="vp-detail__title vp-row__label">{title}</h3>
                <span class="vp-detail__about">{about}</span>
                <button
                    class="vp-chip__end"
                    aria-label="Close the detail"
                    data-testid="detail-close"
                    on:click=on(move |_| model.selected.set(None))
                >
                    "×"
                </button>
            </div>
            {has_text
                .then(|| {
                    view! {
                        <div class="vp-tabs" role="tablist" aria-label="View">
                            {tab(false, "detail-pretty", "Pretty")}
                            {tab(true, "detail-raw", "Raw")}
                        </div>
                        <pre class="vp-detail__text" data-testid="detail-text" tabindex="0">
                            {dynamic(move || laid_out(&parts, is_raw.get()))}
                        </pre>
                    }
                })}
            {partner
                .map(|(seq, about)| {
                    let show = move |_| model.selected.set(Some(seq));
                    view! { <p>{button(LINK, "partner", text(move || about.clone()), show)}</p> }
                })}
            {has_text
                .then(|| {
                    view! {
                        <div class="vp-detail__actions">
                            {button(SMALL, "copy", text(move || if copied.get() { "Copied" } else { "Copy" }.to_owned()), copy)}
                        </div>
                    }
                })}
        </section>
    }
}

fn laid_out(parts: &[String], raw: bool) -> AnyView {
    let show = |part: &String| {
        if raw {
            return part.clone().into_any();
        }
        let pretty = pretty(part, LONGEST_SHOWN);
        let more = if pretty.is_cut { "\n… see Raw for the rest" } else { "" };
        view! {
            {coloured(&pretty.text)}
            {more}
        }
        .into_any()
    };
    let mut views = Vec::new();
    for part in parts {
        if !views.is_empty() {
            views.push("\n".into_any());
        }
        views.push(show(part));
    }
    views.into_any()
}

struct Content {
    title: String,
    tone: &'static str,
    about: String,
    /// The frames of the entry, as text.
    parts: Vec<String>,
    /// The entry that belongs to this one, and how.
    partner: Option<(Seq, String)>,
}

impl Content {
    fn of(entry: &Entry, api: &Api) -> Self {
        let summary = Summary::of(entry, api);
        let time = clock(entry.at.wall, driver::utc_offset_minutes());
        let number = entry.seq.0 + 1;
        let (parts, size) = match &entry.body {
            Body::Message { text, size, .. } => (vec![text.clone()], Some(*size)),
            Body::Heartbeat { ping, pong, .. } => {
                (core::iter::once(ping).chain(pong).cloned().collect(), None)
            }
            Body::Closed { reason, .. } if !reason.is_empty() => (vec![reason.clone()], None),
            _ => (Vec::new(), None),
        };
        let about = match size {
            Some(size) => format!("{time} · {} · #{number}", bytes(size as u64)),
            None => format!("{time} · {} · #{number}", summary.detail),
        };
        Self {
            title: summary.label,
            tone: summary.tone.name(),
            about,
            parts,
            partner: partner(entry),
        }
    }
}

fn partner(entry: &Entry) -> Option<(Seq, String)> {
    let Body::Message { reading, .. } = &entry.body else {
        return None;
    };
    match reading {
        Reading::Answer { request, request_id, round_trip, .. } => {
            let trip = round_trip.map(duration).unwrap_or_default();
            Some(((*request)?, format!("Answers {request_id} · {trip}")))
        }
        Reading::Echo { request, round_trip, .. } => {
            let trip = round_trip.map(duration).unwrap_or_default();
            Some(((*request)?, format!("Echo of your message · {trip}")))
        }
        Reading::Request { outcome, .. } => match *outcome {
            Outcome::Answered { by, round_trip } => {
                Some((by, format!("Answered in {}", duration(round_trip))))
            }
            Outcome::Echoed { by, round_trip } => {
                Some((by, format!("Echoed in {}", duration(round_trip))))
            }
            Outcome::Late { by, round_trip } => {
                Some((by, format!("Answered late, in {}", duration(round_trip))))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The bytes of a text that are laid out.
const LONGEST_SHOWN: usize = 64 << 10;
