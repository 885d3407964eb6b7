//! The detail of one log entry: its text in three views, what is wrong with it, and its other half.

use std::rc::Rc;

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element as Node, HtmlDivElement};

use crate::api::Api;
use crate::compose::received;
use crate::driver;
use crate::entry::{Body, Entry, FrameDirection, Outcome, Reading, Seq};
use crate::log::Needle;
use crate::protocol::json::{clip, pretty};
use crate::words::detail::told;
use crate::words::format::{bytes, clock, duration, hex};
use crate::words::{Summary, file};

use super::json::write_folding;
use super::model::Model;
use super::search::needle;
use super::state::{Derived, State, effect};
use super::view::plain::{append, append_plain, fill, write};
use super::view::{
    Content as _, Element, aria, button, div, dynamic, h2, p, section, span, text, words,
};
use super::widget::{self, LINK, SMALL};

pub(super) fn detail(model: Model) -> AnyView {
    // A version stands for the entry's text: it is laid out again only when it differs.
    let shown = Derived::new(move || {
        let seq = model.selected.get()?;
        model.read(|view| Some((seq, view.log.get(seq)?.version)))
    });
    let mode = State::new(PRETTY);
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

fn pane(model: Model, mode: State<u64>, content: EntryDetail) -> Element {
    let EntryDetail { title, tone, about, told, parts, remarks, partner, is_sent } = content;
    let copied = State::new(String::new());
    let parts = Rc::new(parts);
    let (to_copy, to_edit) = (Rc::clone(&parts), Rc::clone(&parts));
    let copy = move |_| {
        let taken: usize = to_copy.iter().map(Part::copied).sum();
        let all: usize = to_copy.iter().map(Part::size).sum();
        copy(whole(&to_copy), copied, file::copied(taken, all));
    };
    let edit = move |_| model.composed.set(whole(&to_edit));
    let has_text = !parts.is_empty();
    let slices = State::new(1_usize);
    let more = more(mode, slices, &parts);
    let area = area(model, mode, slices, parts, remarks);
    let tab = move |own: u64, id: &'static str, words: &'static str| {
        button()
            .class("vp-tab")
            .attr("role", "tab")
            .test_id(id)
            .attr("aria-selected", aria(move || mode.get() == own))
            .on(ev::click, move |_| {
                slices.set(1);
                mode.set(own);
            })
            .child(words)
    };
    let head = div()
        .class("vp-detail__head")
        .attr("data-tone", tone)
        .child(h2().class("vp-detail__title vp-row__label").child(title))
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
    let word =
        text(move || copied.with(|said| if said.is_empty() { "Copy" } else { said }.to_owned()));
    let actions = div()
        .class("vp-detail__actions")
        .child(widget::button(SMALL, "copy", word, copy))
        .children(is_sent.then(|| widget::button(SMALL, "edit", words("Edit and resend"), edit)));
    let frames = [tabs.view(), area.view(), more, actions.view()];
    let frames = has_text.then_some(frames).into_iter().flatten();
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
        .children(told.into_iter().map(|it| p().class("vp-detail__told").child(it)))
        .child(div().class("vp-detail__frames").children(frames))
}

/// Returns the box that shows what is wrong and the first slices of each part.
fn area(
    model: Model,
    mode: State<u64>,
    slices: State<usize>,
    parts: Rc<Vec<Part>>,
    remarks: Vec<String>,
) -> Element {
    let area = NodeRef::<Div>::new();
    let mut before = None::<Looked>;
    effect(move || {
        let look = Looked {
            mode: mode.get(),
            needle: model.needle.get(),
            slices: slices.get(),
            area: area.get(),
        };
        // Where the search is wrong, it says so.
        let needle = needle(&look.needle).unwrap_or_default();
        let write = |filled: &Node, slice| {
            for part in parts.iter() {
                part.write(filled, look.mode, slice, &needle);
            }
        };
        // One more slice goes behind the others; anything else is written anew.
        let is_more =
            before.take().is_some_and(|it| Looked { slices: it.slices + 1, ..it } == look);
        let filled = look.area.as_ref().and_then(|area| area.first_element_child());
        match (&look.area, filled) {
            (Some(_), Some(filled)) if is_more => write(&filled, look.slices - 1),
            (Some(area), _) => fill(area, |filled| {
                for remark in &remarks {
                    append_plain(filled, "div", "vp-detail__remark", remark);
                }
                (0..look.slices).for_each(|slice| write(filled, slice));
            }),
            (None, _) => {}
        }
        before = Some(look);
    });
    div().class("vp-detail__text").test_id("detail-text").attr("tabindex", "0").node_ref(area)
}

/// Returns what says how much of a long text is shown, and shows more of it. What is laid out has no
/// second slice: its brackets would not match.
fn more(mode: State<u64>, slices: State<usize>, parts: &[Part]) -> AnyView {
    let size = parts.iter().map(Part::size).sum();
    let is_text = parts.iter().any(|part| matches!(part, Part::Text(_)));
    dynamic(move || {
        let shown = slices.get().saturating_mul(SLICE_BYTES);
        let act = move |_| slices.update(|slices| *slices += 1);
        let is_laid_out = is_text && mode.get() == PRETTY;
        (!is_laid_out && shown < size).then(|| {
            div()
                .class("vp-detail__actions")
                .child(span().test_id("detail-part").child(file::part(shown, size)))
                .child(widget::button(SMALL, "detail-more", words("Show more"), act))
        })
    })
}

/// What of a text was looked at, and how.
#[derive(PartialEq)]
struct Looked {
    mode: u64,
    needle: String,
    slices: usize,
    area: Option<HtmlDivElement>,
}

/// Returns the texts of all parts, a line or more each.
fn whole(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect::<Vec<_>>().join("\n")
}

/// Copies a text, and says what came of it. Where nothing may be copied the text can still be selected.
pub(super) fn copy(whole: String, said: State<String>, success: String) {
    driver::spawn(async move {
        let copied = into_clipboard(&whole).await;
        // The detail may be gone by now.
        said.set(if copied { success } else { REFUSED.to_owned() });
    });
}

/// Copies a text, and tells whether the browser allows it.
pub(super) async fn into_clipboard(whole: &str) -> bool {
    // A page without a secure context has no clipboard.
    let clipboard = window().navigator().clipboard();
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(whole)).await.is_ok()
}

const REFUSED: &str = "The browser refused; select the text instead";

/// A frame of an entry, or another text of it.
enum Part {
    Bytes(Vec<u8>),
    Text(String),
}

impl Part {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    fn size(&self) -> usize {
        self.bytes().len()
    }

    /// Returns how many bytes go into the clipboard: bytes as text are five times as large.
    fn copied(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len().min(LONGEST_COPIED),
            Self::Text(text) => text.len(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Bytes(bytes) => hex(&bytes[..self.copied()], 0),
            Self::Text(text) => text.clone(),
        }
    }

    /// Writes a slice of the part as a reader wants to see it. However long the part is, only slices
    /// are laid out.
    fn write(&self, area: &Node, mode: u64, slice: usize, needle: &Needle) {
        let start = slice.saturating_mul(SLICE_BYTES);
        let is_laid_out = matches!(self, Self::Text(_)) && mode == PRETTY;
        if start > 0 && (is_laid_out || start >= self.size()) {
            return;
        }
        let Some(block) = append(area, "div", "vp-detail__part") else {
            return;
        };
        match self {
            Self::Text(text) if mode == PRETTY => {
                let start = clip(text, LONGEST_LAID_OUT);
                let pretty = pretty(start, SLICE_BYTES);
                write_folding(&block, &pretty.text, needle);
                if pretty.is_cut || start.len() < text.len() {
                    append_plain(&block, "div", "vp-detail__remark", CUT);
                }
            }
            Self::Text(text) if mode == RAW => {
                // Both ends are where a character begins.
                let (start, end) = (clip(text, start), clip(text, start + SLICE_BYTES));
                write(&block, &end[start.len()..], needle);
            }
            _ => {
                let bytes = self.bytes();
                let end = bytes.len().min(start + SLICE_BYTES);
                append_plain(&block, "div", "vp-detail__hex", &hex(&bytes[start..end], start));
            }
        }
    }
}

struct EntryDetail {
    title: String,
    tone: &'static str,
    about: String,
    /// What there is to say of what is no message.
    told: Vec<String>,
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
        let about = match (size, &entry.body) {
            (Some(size), _) => format!("{time} · {} · #{number}", bytes(size as u64)),
            (None, Body::Heartbeat { .. }) => format!("{time} · {} · #{number}", summary.detail),
            (None, _) => format!("{time} · #{number}"),
        };
        Self {
            title: summary.label,
            tone: summary.tone.name(),
            about,
            told: told(entry, api),
            parts,
            remarks: received::of(entry, api)
                .into_iter()
                .map(|check| match check.path.as_str() {
                    // Some say it themselves.
                    path if check.message.starts_with(path) => check.message,
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

const CUT: &str = "… Raw shows what follows";
/// The bytes of a text that are laid out at once.
const SLICE_BYTES: usize = 64 << 10;
/// The bytes in which the beginning that is laid out must end.
const LONGEST_LAID_OUT: usize = 1 << 20;
/// The bytes of a binary frame that are copied as numbers.
const LONGEST_COPIED: usize = 1 << 20;
