//! The log on paper, where no list scrolls: before the page is printed, the list is made so tall that it has
//! the rows of some pages, and afterwards it is as it was.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use web_sys::Event;

use super::model::Model;

/// Has the log of a playground printed, for as long as what is returned is kept.
pub(super) fn listen(model: Model) -> Rc<dyn Any> {
    let scrolled = Rc::<Cell<i32>>::default();
    let on = |name: &'static str, is_printed: bool| {
        let scrolled = Rc::clone(&scrolled);
        window_event_listener_untyped(name, move |_| lay_out(model, is_printed, &scrolled))
    };
    Rc::new(Printing(vec![on("beforeprint", true), on("afterprint", false)]))
}

/// Listens while it is kept.
struct Printing(Vec<WindowListenerHandle>);

impl Drop for Printing {
    fn drop(&mut self) {
        self.0.drain(..).for_each(WindowListenerHandle::remove);
    }
}

fn lay_out(model: Model, is_printed: bool, scrolled: &Cell<i32>) {
    let container = model.place(|place| place.container.clone());
    let list = container.query_selector(".vp-log__list");
    let (Ok(Some(list)), Ok(scroll)) = (list, Event::new("scroll")) else {
        return;
    };
    if is_printed {
        scrolled.set(list.scroll_top());
    }
    // A class that is there or not is no error.
    let _ = container.class_list().toggle_with_force("vp-root--printed", is_printed);
    if !is_printed {
        list.set_scroll_top(scrolled.get());
    }
    // As after any scroll, the list looks how tall it is and where, and gets its rows at once.
    let _ = list.dispatch_event(&scroll);
}
