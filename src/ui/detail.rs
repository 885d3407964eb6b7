//! The detail of one log entry: its text in three views, what is wrong with it, and its other half.

use std::rc::Rc;

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element as Node;

use crate::api::Api;
use crate::compose::received;
use crate::driver;
use crate::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq};
use crate::protocol::json::{clip, pretty};
use crate::words::Summary;
use crate::words::format::{bytes, clock, duration, hex};

use super::json::write_folding;
use super::model::Model;
use super::view::plain::{append, append_text, fill, write};
use super::view::{Element, aria, button, div, dynamic, h3, p, section, span, text, words};
use super::widget::{self, LINK, SMALL};

pub(super) fn detail(model: Model) -> AnyView {
    // A version stands for the entry's text: it is laid out again only when it differs.
    let shown = Memo::new(move |_| {
        let seq = model.selected.get()?;
        model.read(|view| Some((seq, view.log.get(seq)?.version)))
    });
    let mode = RwSignal::new(PRETTY);
    dynamic(move || {
        let (seq, _) = shown.get()?;
        let api = model.api();
        let content =
            model.driver().read(|view| Some(EntryDetail::of(&view.log.get(seq)?.entry, &api)))?;
        Some(pane(model, mode, content))
    })
}

/// The views of a text, in the order of their tabs.
const PRETTY: u64 = 0;
const RAW: u64 = 1;
const HEX: u64 = 2;

fn pane(model: Model, mode: RwSignal<u64>, content: EntryDetail) -> Element {
    let EntryDetail { title, tone, about, parts, remarks, partner, is_sent } = content;
    let copied = RwSignal::new(String::new());
    let parts = Rc::new(parts);
    let (to_copy, to_edit) = (Rc::clone(&parts), Rc::clone(&parts));
    let copy = move |_| copy(whole(&to_copy), copied);
    let edit = move |_| model.composed.set(whole(&to_edit));
    let area = NodeRef::<Div>::new();
    let has_text = !parts.is_empty();
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            fill(&area, |area| {
                model.needle.with(|needle| {
                    for part in parts.iter() {
                        part.write(area, mode.get(), needle);
                    }
                });
                for remark in &remarks {
                    append_text(area, "div", "vp-detail__remark", remark, "");
                }
            });
        }
    });
    let tab = move |own: u64, id: &'static str, words: &'static str| {
        button()
            .class("vp-tab")
            .attr("role", "tab")
            .test_id(id)
            .attr("aria-selected", aria(move || mode.get() == own))
            .on(ev::click, move |_| mode.set(own))
            .child(words)
    };
    let head = div()
        .class("vp-detail__head")
        .attr("data-tone", tone)
        .child(h3().class("vp-detail__title vp-row__label").child(title))
        .child(span().class("vp-detail__about").child(about))
        .child(
            button()
                .class("vp-chip__end")
                .label("Close the detail")
                .test_id("detail-close")
                .on(ev::click, move |_| model.selected.set(None))
                .child("×"),
        );
    let tabs = div()
        .class("vp-tabs")
        .attr("role", "tablist")
        .label("View")
        .child(tab(PRETTY, "detail-pretty", "Pretty"))
        .child(tab(RAW, "detail-raw", "Raw"))
        .child(tab(HEX, "detail-hex", "Hex"));
    let area =
        div().class("vp-detail__text").test_id("detail-text").attr("tabindex", "0").node_ref(area);
    let word =
        text(move || copied.with(|said| if said.is_empty() { "Copy" } else { said }.to_owned()));
    let actions = div()
        .class("vp-detail__actions")
        .child(widget::button(SMALL, "copy", word, copy))
        .children(is_sent.then(|| widget::button(SMALL, "edit", words("Edit and resend"), edit)));
    let frames = has_text.then_some([tabs, area, actions]).into_iter().flatten();
    section()
        .class("vp-detail")
        .test_id("detail")
        .attr("data-tone", tone)
        .label("Detail")
        .child(head)
        .child(partner.map(|(seq, about)| {
            let show = move |_| model.show(seq);
            p().child(widget::button(LINK, "partner", text(move || about.clone()), show))
        }))
        .child(div().class("vp-detail__frames").children(frames))
}

/// Returns the texts of all parts, a line or more each.
fn whole(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect::<Vec<_>>().join("\n")
}

/// Copies a text, and says what came of it. Where nothing may be copied the text can still be selected.
fn copy(whole: String, said: RwSignal<String>) {
    // A page without a secure context has no clipboard.
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return said.set(REFUSED.to_owned());
    }
    spawn_local(async move {
        let copied = JsFuture::from(clipboard.write_text(&whole)).await.is_ok();
        // The detail may be gone by now.
        let _ = said.try_set(if copied { "Copied" } else { REFUSED }.to_owned());
    });
}

const REFUSED: &str = "The browser refused; select the text instead";

/// A frame of an entry, or another text of it.
enum Part {
    Bytes(Vec<u8>),
    Text(String),
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Bytes(bytes) => hex(bytes),
            Self::Text(text) => text.clone(),
        }
    }

    /// Writes the part as a reader wants to see it. However long it is, only its beginning is laid out.
    fn write(&self, area: &Node, mode: u64, needle: &str) {
        let Some(block) = append(area, "div", "vp-detail__part") else {
            return;
        };
        let is_cut = match self {
            Self::Text(text) if mode == PRETTY => {
                let pretty = pretty(text, LONGEST_SHOWN);
                write_folding(&block, &pretty.text, needle);
                pretty.is_cut
            }
            Self::Text(text) if mode == RAW => {
                let shown = clip(text, LONGEST_RAW);
                write(&block, shown, needle);
                shown.len() < text.len()
            }
            Self::Text(text) => write_hex(&block, text.as_bytes()),
            Self::Bytes(bytes) => write_hex(&block, bytes),
        };
        if is_cut {
            append_text(area, "div", "vp-detail__remark", "… Copy takes the whole text", "");
        }
    }
}

fn write_hex(block: &Node, bytes: &[u8]) -> bool {
    let shown = &bytes[..bytes.len().min(LONGEST_HEX)];
    append_text(block, "div", "vp-detail__hex", &hex(shown), "");
    shown.len() < bytes.len()
}

struct EntryDetail {
    title: String,
    tone: &'static str,
    about: String,
    /// The frames of the entry.
    parts: Vec<Part>,
    /// What is wrong with it, with the path of the field at fault.
    remarks: Vec<String>,
    /// The entry that belongs to this one, and how.
    partner: Option<(Seq, String)>,
    /// Whether the reader sent it and may send it again.
    is_sent: bool,
}

impl EntryDetail {
    fn of(entry: &Entry, api: &Api) -> Self {
        let summary = Summary::of(entry, api);
        let time = clock(entry.at.wall, driver::utc_offset_minutes());
        let number = entry.seq.0 + 1;
        let (parts, size) = match &entry.body {
            Body::Message { text, size, .. } => (vec![Part::Text(text.clone())], Some(*size)),
            Body::Binary { bytes } => (vec![Part::Bytes(bytes.clone())], Some(bytes.len())),
            Body::Heartbeat { ping, pong, .. } => {
                let frames = core::iter::once(ping).chain(pong).cloned();
                (frames.map(Part::Text).collect(), None)
            }
            Body::Closed { reason, .. } if !reason.is_empty() => {
                (vec![Part::Text(reason.clone())], None)
            }
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
            remarks: received::of(entry, api)
                .into_iter()
                .map(|check| match check.path.as_str() {
                    "" => check.message,
                    path => format!("{path}: {}", check.message),
                })
                .collect(),
            partner: partner(entry),
            is_sent: matches!(entry.body, Body::Message { direction: FrameDirection::Sent, .. }),
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
/// The bytes of a text that are shown as they came.
const LONGEST_RAW: usize = 1 << 20;
/// The bytes that are shown as numbers.
const LONGEST_HEX: usize = 16 << 10;
