//! Measuring a scrolling box.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, ResizeObserver};

use crate::log::Pane;

/// Measures a box of rows. Their height is the custom property `--vp-row`.
pub(super) fn measure(list: &HtmlElement) -> Pane {
    let row = window()
        .get_computed_style(list)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("--vp-row").ok())
        .and_then(|height| height.trim().strip_suffix("px")?.parse().ok());
    Pane {
        scroll_top: whole(list.scroll_top()),
        height: whole(list.client_height()),
        row: row.unwrap_or(1),
    }
}

/// Gives a box of rows its whole height, and moves the rows in the document to their place in it, if
/// `place` says that they are not so already. Returns the element that holds them.
///
/// Both are pixels. Properties are set through the object model, which a strict content security policy
/// allows.
pub(super) fn lay_out(
    list: &HtmlElement,
    height: usize,
    above: usize,
    place: &mut (usize, usize),
) -> Option<HtmlElement> {
    let first_child = |parent: &HtmlElement| parent.first_element_child()?.dyn_into().ok();
    let whole: HtmlElement = first_child(list)?;
    let rows: HtmlElement = first_child(&whole)?;
    if *place != (height, above) {
        *place = (height, above);
        // Both are valid values, which no browser refuses.
        let _ = whole.style().set_property("height", &format!("{height}px"));
        let _ = rows.style().set_property("transform", &format!("translateY({above}px)"));
    }
    Some(rows)
}

/// Calls `act` when the box comes into the document and whenever its size changes.
pub(super) fn on_resize(list: NodeRef<Div>, act: impl Fn(&HtmlElement) + Copy + 'static) {
    let kept = StoredValue::new_local(None::<Observer>);
    list.on_load(move |list| {
        let observed: HtmlElement = list.unchecked_into();
        let target = observed.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            // On paper the box is as high as its rows: more rows would make it higher, and so on.
            if !is_printed() {
                act(&observed);
            }
        });
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&target);
            kept.set_value(Some(Observer { observer, _callback: callback }));
        }
    });
}

struct Observer {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn is_printed() -> bool {
    let print = window().match_media("print");
    print.is_ok_and(|print| print.is_some_and(|print| print.matches()))
}

fn whole(pixels: i32) -> usize {
    usize::try_from(pixels).unwrap_or_default()
}
