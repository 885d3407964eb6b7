//! The list of the log: only the rows in sight, and a few around them, are in the document.

use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent};

use crate::driver::{self, View};
use crate::entry::{EntryKind, FrameDirection, Seq};
use crate::log::{Listing, LogFilter, Needle, Pane, Step, Tail, is_same_place};

use super::model::{Model, Stage};
use super::pane::{lay_out, measure, on_resize};
use super::rows::{Rows, seq_of};
use super::search::needle;
use super::state::{State, effect};
use super::view::{Element, div, dynamic, p, text};
use super::widget::button;

/// The log as it is shown: filtered, searched, scrolled. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct LogView {
    pub(super) model: Model,
    list: NodeRef<Div>,
    state: StoredValue<LogState, LocalStorage>,
    /// How many entries came since the reader left the tail.
    unseen: State<u64>,
    /// What came of the search, in words.
    pub(super) found: State<String>,
    /// Why the search field's expression is none; empty if it is one, or a text.
    pub(super) wrong: State<String>,
    /// Whether nothing has happened yet.
    pub(super) is_empty: State<bool>,
    /// What is said where a filter leaves no rows.
    empty: State<String>,
    /// Which entries are listed, by the names of kind, direction and channel; empty for any. The kind is
    /// [`PROBLEMS`] for those.
    pub(super) kind: State<String>,
    pub(super) direction: State<String>,
    pub(super) channel: State<String>,
    /// Whether the list stays at the rows in sight.
    pub(super) is_paused: State<bool>,
}

#[derive(Default)]
struct LogState {
    pane: Pane,
    tail: Tail,
    rows: Rows,
    filter: LogFilter,
    needle: Needle,
    listing: Listing,
    /// The entry that was selected last, from which the keys walk on.
    left: Option<Seq>,
    /// How many entries had left the listing, and had come, when it was last laid out.
    gone: u64,
    came: u64,
    /// The height of the list and the place of its rows, as they were laid out last.
    place: (usize, usize),
    /// Where the browser has the list, as far as is known.
    scroll_top: usize,
    /// Looks at the entries that are new to the listing, if there are too many for one look.
    slice: Option<Timeout>,
}

impl LogView {
    pub(super) fn new(model: Model) -> Self {
        let log_view = Self {
            model,
            list: NodeRef::new(),
            state: StoredValue::new_local(LogState::default()),
            unseen: State::new(0),
            found: State::new(String::new()),
            wrong: State::new(String::new()),
            is_empty: State::new(true),
            empty: State::new(String::new()),
            kind: State::new(String::new()),
            direction: State::new(String::new()),
            channel: State::new(String::new()),
            is_paused: State::new(false),
        };
        effect(move || {
            let selected = model.selected.get();
            log_view.state.update_value(|state| {
                state.left = selected.or(state.left);
                state.rows.select(selected);
            });
            log_view.refresh_now();
        });
        effect(move || model.read(|view| log_view.refresh(view)));
        effect(move || {
            let (needle, wrong) = match model.needle.with(|asked| needle(asked)) {
                Ok(needle) => (needle, String::new()),
                Err(wrong) => (Needle::default(), wrong),
            };
            log_view.wrong.settle(wrong);
            log_view.state.update_value(|state| {
                state.needle = needle.clone();
                state.rows.search(needle.clone());
                state.listing.search(&state.filter, needle);
                // Whoever types fast does not wait for every letter's search.
                state.slice = Some(Timeout::new(0, move || log_view.refresh_now()));
            });
        });
        // What is listed follows what is chosen; and a replay has a log of its own.
        effect(move || {
            model.replayed.track();
            let kind = log_view.kind.get();
            let filter = LogFilter {
                problems: kind == PROBLEMS,
                kind: EntryKind::from_name(&kind),
                direction: FrameDirection::from_name(&log_view.direction.get()),
                channel: log_view.channel.get(),
                ..LogFilter::default()
            };
            log_view.list_only(filter);
        });
        // Whoever runs an experiment wants to see what comes.
        effect(move || {
            if model.wanted.with(|wanted| wanted.stage == Stage::Begun) {
                log_view.follow();
            }
        });
        // An entry that is to be shown comes into sight.
        effect(move || {
            if let Some(seq) = model.revealed.get() {
                log_view.reveal(seq);
            }
        });
        log_view
    }

    /// Lists every entry again.
    pub(super) fn list_all(&self) {
        for chosen in [self.kind, self.direction, self.channel] {
            chosen.settle(String::new());
        }
    }

    /// Changes which entries are listed.
    fn list_only(&self, filter: LogFilter) {
        self.state.update_value(|state| {
            state.filter = filter;
            state.listing.choose(&state.filter, state.needle.clone());
            state.rows.search(state.needle.clone());
            (state.gone, state.came) = (0, 0);
            state.tail.follow();
        });
        self.refresh_now();
    }

    /// Selects the entry that the search found after the selected one, or before it.
    pub(super) fn step(&self, is_forward: bool) {
        let from = self.model.selected.get_untracked();
        let next = self.state.with_value(|state| state.listing.next_found(from, is_forward));
        if let Some(seq) = next {
            self.model.show(seq);
        }
    }

    /// Stays at the rows in sight, whatever comes; or follows the tail again.
    pub(super) fn pause(&self) {
        self.model.driver().read(|view| {
            self.state.update_value(|LogState { tail, listing, .. }| {
                if tail.is_following() {
                    tail.stay(listing.came(view.log));
                } else {
                    tail.follow();
                }
            });
            self.refresh(view);
        });
    }

    /// Shows what comes as it comes.
    pub(super) fn follow(&self) {
        self.state.update_value(|state| state.tail.follow());
        self.refresh_now();
    }

    fn refresh_now(&self) {
        self.model.driver().read(|view| self.refresh(view));
    }

    /// Looks at entries that are new to the listing, then shows what belongs into the list.
    ///
    /// A listing that is far behind goes on in a moment, and until then the list stays as it is.
    fn refresh(&self, view: &View<'_>) {
        let log_view = *self;
        let api = self.model.api();
        let mut is_behind = false;
        self.state.update_value(|LogState { listing, slice, .. }| {
            let start = driver::now().at;
            while !listing.advance(view.log, &api, STRIDE) {
                if (driver::now().at - start).0 >= SLICE {
                    *slice = Some(Timeout::new(0, move || log_view.refresh_now()));
                    is_behind = listing.behind(view.log) > STRIDE;
                    return;
                }
            }
            *slice = None;
        });
        if is_behind {
            self.found.settle("searching …".to_owned());
        } else {
            self.lay_out(view);
        }
    }

    /// Shows what belongs into the list where the tail, or the reader, wants it.
    fn lay_out(&self, view: &View<'_>) {
        let Some(list) = self.list.get_untracked() else {
            return;
        };
        let api = self.model.api();
        let log = view.log;
        let selected = self.model.selected.get_untracked();
        let (mut unseen, mut found, mut empty, mut is_paused) = (0, String::new(), false, false);
        self.state.update_value(
            |LogState { pane, tail, rows, listing, gone, came, scroll_top, place, .. }| {
                let count = listing.len(log);
                let fresh = listing.came(log).saturating_sub(*came);
                *came = listing.came(log);
                let left = listing.gone(log).saturating_sub(*gone);
                *gone = listing.gone(log);
                pane.scroll_top =
                    tail.place(pane, count, usize::try_from(left).unwrap_or(usize::MAX));
                // Where all that is in sight has just come, what stands around it is gone with the next view.
                let is_passing = tail.is_following() && fresh > pane.page() as u64;
                let window = pane.window(count, if is_passing { 0 } else { MARGIN });
                if let Some(parent) = lay_out(&list, count * pane.row, window.above, place) {
                    rows.show(&parent, listing.rows(log, window.rows), &api);
                }
                // The browser lays the whole list out to answer this.
                if *scroll_top != pane.scroll_top {
                    *scroll_top = pane.scroll_top;
                    list.set_scroll_top(i32::try_from(pane.scroll_top).unwrap_or(i32::MAX));
                }
                unseen = tail.unseen(listing.came(log));
                is_paused = !tail.is_following();
                found = match (listing.found(), selected.and_then(|seq| listing.place(seq))) {
                    (None, _) => String::new(),
                    (Some(0), _) => "not found".to_owned(),
                    (Some(all), None) => format!("{all} found"),
                    (Some(all), Some(place)) => format!("{} of {all}", place + 1),
                };
                empty = count == 0 && !log.is_empty();
            },
        );
        self.unseen.settle(unseen);
        self.found.settle(found);
        self.empty.settle(if empty { NONE_LEFT } else { "" }.to_owned());
        self.is_empty.settle(log.is_empty());
        self.is_paused.settle(is_paused);
    }

    fn measure(&self) {
        if let Some(list) = self.list.get_untracked() {
            self.state.update_value(|state| {
                state.pane = measure(&list);
                state.scroll_top = state.pane.scroll_top;
            });
        }
    }

    /// Follows the reader. What a browser tells of the page's own steps after the tail is passed over: it
    /// would be answered with the next step, and so on, a view in every frame.
    fn scrolled(&self) {
        let Some(list) = self.list.get_untracked() else {
            return;
        };
        let now = measure(&list);
        let is_own = self.state.with_value(|LogState { pane, scroll_top, .. }| {
            pane.height == now.height && is_same_place(*scroll_top, now.scroll_top)
        });
        if is_own {
            return;
        }
        self.model.driver().read(|view| {
            self.state.update_value(|LogState { pane, tail, listing, scroll_top, .. }| {
                *pane = now;
                *scroll_top = now.scroll_top;
                tail.scrolled(pane, listing.len(view.log), listing.came(view.log));
            });
            self.lay_out(view);
        });
    }

    /// Scrolls an entry into sight, and stays there.
    fn reveal(&self, seq: Seq) {
        self.model.driver().read(|view| {
            self.state.update_value(|LogState { pane, tail, listing, .. }| {
                if let Some(position) = listing.position(view.log, seq) {
                    pane.scroll_top = pane.reveal(position);
                    // What comes next must not push it out of sight.
                    if position + 1 < listing.len(view.log) {
                        tail.stay(listing.came(view.log));
                    }
                }
            });
            self.refresh(view);
        });
    }

    /// Walks from entry to entry.
    fn walk(&self, event: &KeyboardEvent) {
        let key = event.key();
        let target = self.model.driver().read(|view| {
            self.state.with_value(|LogState { pane, listing, left, .. }| {
                let from = left.and_then(|seq| listing.position(view.log, seq));
                let to = Step::of_key(&key)?.target(from, listing.len(view.log), pane.page())?;
                listing.at(view.log, to)
            })
        });
        if let Some(seq) = target {
            event.prevent_default();
            self.model.show(seq);
        } else if key == "Escape" {
            self.model.selected.set(None);
        }
    }
}

pub(super) fn list(log_view: &LogView) -> Element {
    let log_view = *log_view;
    let LogView { model, unseen, empty, .. } = log_view;
    on_resize(log_view.list, move |_| {
        log_view.measure();
        log_view.refresh_now();
    });
    let toggle = move |event: MouseEvent| {
        if let Some(seq) = seq_of(event.target()) {
            if model.selected.get_untracked() == Some(seq) {
                model.selected.set(None);
            } else {
                model.show(seq);
            }
            // The row may leave the document; the keyboard must not leave the list with it.
            if let Some(list) = log_view.list.get_untracked() {
                let _ = list.focus();
            }
        }
    };
    let more = move || {
        let unseen = unseen.get();
        let follow = move |_| log_view.follow();
        (unseen != 0)
            .then(|| button(NEW, "follow", text(move || format!("{unseen} new ↓")), follow))
    };
    let rows = div()
        .class("vp-log__list")
        .node_ref(log_view.list)
        .attr("role", "log")
        .attr("aria-live", "off")
        .label("Frames")
        .attr("tabindex", "0")
        .test_id("log")
        .on(ev::scroll, move |_| log_view.scrolled())
        .on(ev::click, toggle)
        .on(ev::keydown, move |event| log_view.walk(&event))
        .child(div().child(div().class("vp-log__window")));
    div()
        .class("vp-log__stage")
        .child(rows)
        .child(p().class("vp-log__empty").child(text(move || empty.get())))
        .child(dynamic(more))
}

/// The chosen kind that stands for the reader's problems.
pub(super) const PROBLEMS: &str = "problems";

const NONE_LEFT: &str = "No entry is of this kind. Choose another filter.";

/// The button over the last rows.
const NEW: &str = "vp-log__new vp-button vp-button--small";

/// Rows kept ready on either side of those in sight.
const MARGIN: usize = 8;

/// The entries that are looked at between two looks at the clock, and the milliseconds after which the
/// page has its turn.
const STRIDE: usize = 500;
const SLICE: u64 = 8;
