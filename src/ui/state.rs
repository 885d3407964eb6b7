//! What changes, and who looks at it again: the framework's signals, memos and effects, one type each.
//!
//! The framework compiles its signals anew for every type that is kept in one, its memos likewise, and
//! its effects for every closure. Here a value is kept beside a signal that only counts its changes, so
//! that the framework meets one signal, one memo and one effect, whatever the page keeps. What that
//! saves stands in `src/host/BYTES.md`.

use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::*;

/// A value that changes. Copies share it.
pub(super) struct State<T>(Kept<T>);

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T: 'static> State<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Kept::new(value, |_| Changes::Made(ArcRwSignal::new(0))))
    }

    /// Reads the value, and again when it changes.
    pub(super) fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(read)
    }

    /// Reads the value once.
    pub(super) fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.0.with(read)
    }

    /// Reads the value once, if the page it belongs to is still there.
    pub(super) fn try_with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.0.try_with(read)
    }

    /// Looks again when the value changes.
    pub(super) fn track(&self) {
        self.0.track();
    }

    /// Sets the value, if the page it belongs to is still there.
    pub(super) fn set(&self, value: T) {
        self.update(|it| *it = value);
    }

    /// Changes the value, if the page it belongs to is still there.
    pub(super) fn update(&self, change: impl FnOnce(&mut T)) {
        // Who comes too late has nobody to tell.
        let _ = self.change(change);
    }

    /// Changes the value and returns what `change` does, if the page it belongs to is still there.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let changed = self.0.change(change)?;
        self.0.count();
        Some(changed)
    }

    /// Sets the value, and tells nobody if it was the same before.
    pub(super) fn settle(&self, value: T)
    where
        T: PartialEq,
    {
        if self.with_untracked(|before| *before != value) {
            self.set(value);
        }
    }
}

impl<T: Clone + 'static> State<T> {
    pub(super) fn get(&self) -> T {
        self.with(T::clone)
    }

    pub(super) fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that follows from others. Whoever reads it looks again only when it differs.
pub(super) struct Derived<T>(Kept<Option<T>>);

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

impl<T: PartialEq + 'static> Derived<T> {
    pub(super) fn new(read: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self(Kept::new(None, |kept| {
            Changes::Seen(counting(Box::new(move || {
                let fresh = Some(read());
                let differs = kept.with(|before| *before != fresh);
                // Read a moment ago, so it is there.
                let _ = kept.change(|value| *value = fresh);
                differs
            })))
        }))
    }

    /// Reads the value, and again when it differs.
    ///
    /// # Panics
    ///
    /// Never: looking for changes has set a value.
    pub(super) fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.0.track();
        self.0.with(|value| read(value.as_ref().expect("looked at, so it has a value")))
    }
}

impl<T: Clone + PartialEq + 'static> Derived<T> {
    pub(super) fn get(&self) -> T {
        self.with(T::clone)
    }

    pub(super) fn get_untracked(&self) -> T {
        untrack(|| self.get())
    }
}

/// Acts now, and again when what it reads changes.
pub(super) fn effect(act: impl FnMut() + 'static) {
    let mut act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(move |_| act());
}

/// Counts how often there was a difference.
fn counting(differs: Box<dyn Fn() -> bool + Send + Sync>) -> ArcMemo<u64> {
    ArcMemo::new(move |before: Option<&u64>| {
        before.copied().unwrap_or_default() + u64::from(differs())
    })
}

/// What counts the changes of a value.
enum Changes {
    /// Whoever changes the value.
    Made(ArcRwSignal<u64>),
    /// Whoever looks whether it differs.
    Seen(ArcMemo<u64>),
}

/// A value in the keeping of its page.
struct Kept<T> {
    cell: ArenaItem<Rc<Cell>, LocalStorage>,
    kind: PhantomData<fn() -> T>,
}

struct Cell {
    value: RefCell<Box<dyn Any>>,
    changes: OnceCell<Changes>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: 'static> Kept<T> {
    fn new(value: T, changes: impl FnOnce(Self) -> Changes) -> Self {
        let value = RefCell::new(Box::new(value) as Box<dyn Any>);
        let cell = Rc::new(Cell { value, changes: OnceCell::new() });
        let kept = Self { cell: ArenaItem::new_local(Rc::clone(&cell)), kind: PhantomData };
        cell.changes.get_or_init(|| changes(kept));
        kept
    }

    fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.try_with(read).expect("a value is there as long as its page")
    }

    fn try_with<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.cell.try_get_value()?.value.borrow().downcast_ref().map(read)
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.cell.try_get_value()?.value.borrow_mut().downcast_mut().map(change)
    }

    /// Sees to it that the value is up to date, and looks again when it changes.
    fn track(&self) {
        look_again(self.cell);
    }

    fn count(&self) {
        count(self.cell);
    }
}

fn look_again(cell: ArenaItem<Rc<Cell>, LocalStorage>) {
    match cell.try_get_value().as_ref().and_then(|cell| cell.changes.get()) {
        Some(Changes::Made(changes)) => changes.track(),
        Some(Changes::Seen(changes)) => {
            changes.get();
        }
        None => {}
    }
}

fn count(cell: ArenaItem<Rc<Cell>, LocalStorage>) {
    let cell = cell.try_get_value();
    if let Some(Changes::Made(changes)) = cell.as_ref().and_then(|cell| cell.changes.get()) {
        changes.update(|changes| *changes += 1);
    }
}
