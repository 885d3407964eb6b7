//! The keyboard stays in the playground when what has it goes away: a notice that was answered, a menu that
//! folds, a subscription that ended.
//!
//! A browser leaves it nowhere then, and whoever uses no pointer starts again at the top of the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, NodeList, ShadowRoot};

use crate::driver::Listeners;

use super::model::Model;
use super::state::effect;

/// Keeps the keyboard in the playground from now on, and as long as there is the view in which this is
/// called.
pub(super) fn keep(model: Model) {
    let keeper = Rc::new(Keeper {
        root: model.place(|place| place.root.clone()),
        path: RefCell::default(),
        is_by_keys: Cell::new(true),
        look: Cell::new(None),
    });
    keeper.remember();
    let mut listeners = Listeners::default();
    let root = keeper.root.clone();
    for name in ["focusin", "pointerdown", "keydown", "click"] {
        let keeper = Rc::clone(&keeper);
        listeners.add(&root, name, move |_| keeper.heard(name));
    }
    let listeners = StoredValue::new_local(listeners);
    effect(move || {
        listeners.with_value(|_| ());
        model.read(|_| ());
        keeper.look_if_lost();
    });
}

struct Keeper {
    root: ShadowRoot,
    /// What had the keyboard last, and all that it is in, the innermost first.
    path: RefCell<Vec<HtmlElement>>,
    /// Whether the reader used the keyboard last. A pointer needs no place to go on from.
    is_by_keys: Cell<bool>,
    look: Cell<Option<Timeout>>,
}

impl Keeper {
    fn heard(self: &Rc<Self>, event: &str) {
        match event {
            "focusin" => self.remember(),
            "pointerdown" => self.is_by_keys.set(false),
            event => {
                if event == "keydown" {
                    self.is_by_keys.set(true);
                }
                self.look_soon();
            }
        }
    }

    fn remember(&self) {
        let mut next = self.root.active_element();
        let mut path = Vec::new();
        while let Some(element) = next {
            next = element.parent_element();
            path.extend(element.dyn_into());
        }
        self.path.replace(path);
    }

    fn look_if_lost(self: &Rc<Self>) {
        if !self.path.borrow().is_empty() && self.root.active_element().is_none() {
            self.look_soon();
        }
    }

    /// Looks after what the reader did has had its consequences.
    fn look_soon(self: &Rc<Self>) {
        let keeper = Rc::clone(self);
        self.look.set(Some(Timeout::new(0, move || keeper.look())));
    }

    /// Gives the keyboard to what is next to the element that had it, if that is gone.
    fn look(&self) {
        let path = self.path.take();
        let active = self.root.active_element();
        let is_lost = path.first().is_some_and(|last| {
            is_gone(last) && active.as_ref().is_none_or(|active| *active == **last)
        });
        // Whoever went elsewhere by themselves has lost nothing.
        if is_lost && self.is_by_keys.get() && !is_elsewhere(&self.root) {
            let id = path[0].get_attribute("data-testid");
            let same = id.map(|id| format!("[data-testid='{id}']"));
            let same = same.and_then(|same| first(self.root.query_selector_all(&same)));
            let near = || {
                let around = path[1..].iter().filter(|it| !is_gone(it));
                around
                    .flat_map(|it| [BEST, CONTROLS].map(|all| it.query_selector_all(all)))
                    .find_map(first)
            };
            if let Some(next) = same.or_else(near) {
                // What cannot take it leaves it where it is.
                let _ = next.focus();
            }
        }
        self.remember();
    }
}

/// Returns the first of these elements that can be used.
fn first(all: Result<NodeList, JsValue>) -> Option<HtmlElement> {
    let all = all.ok()?;
    let mut elements = (0..all.length()).filter_map(|at| all.get(at)?.dyn_into().ok());
    elements.find(|it| !is_gone(it))
}

/// Returns whether nobody can see the element or use it any more.
fn is_gone(element: &HtmlElement) -> bool {
    !element.is_connected()
        || element.offset_width() == 0
        || element.offset_height() == 0
        || element.matches(UNUSABLE).unwrap_or_default()
}

/// Returns whether something else in the page has the keyboard.
fn is_elsewhere(root: &ShadowRoot) -> bool {
    let active = document().active_element();
    active.is_some_and(|it| it != root.host() && it.tag_name() != "BODY")
}

/// Where to go on in the log, in the header, and in the playground.
const BEST: &str = ".vp-log__list, .vp-primary";
/// What takes the keyboard.
const CONTROLS: &str =
    "summary, :is(button, input, select, textarea):not([tabindex='-1']), [tabindex='0']";
/// What is disabled, and what is folded away with its menu.
const UNUSABLE: &str =
    ":disabled, details:not([open]) > :not(summary), details:not([open]) > :not(summary) *";
