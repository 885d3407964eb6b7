//! Style sheets, constructed and adopted by the shadow root that a playground is in.
//!
//! Constructed sheets need no `style` element, which a strict content security policy would block, and
//! they reach nothing outside the shadow root. What comes later brings its own.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, ShadowRoot};

use super::model::{Model, Place};

/// Gives `root` the styles of what is loaded first, in the place of those that it has.
///
/// # Errors
///
/// Fails in a browser without constructed style sheets.
pub(crate) fn begin(root: &ShadowRoot) -> Result<(), JsValue> {
    adopt(root, &Array::new(), FIRST)
}

/// Gives a playground more styles, which come with the view that they are for.
pub(super) fn add(model: Model, style: &str) {
    model.place(|Place { root, .. }| {
        let sheets = Reflect::get(root, &NAME.into()).unwrap_or_default();
        // The first ones were adopted in the same way.
        let _ = adopt(root, &Array::from(&sheets), style);
    });
}

fn adopt(root: &ShadowRoot, sheets: &Array, style: &str) -> Result<(), JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(style)?;
    sheets.push(sheet.unchecked_ref());
    Reflect::set(root, &NAME.into(), sheets)?;
    Ok(())
}

const NAME: &str = "adoptedStyleSheets";

/// The style sheets as they are written: nothing is left out, because it would save 700 bytes (brotli).
const FIRST: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/connection.css"),
    include_str!("../../style/composer.css"),
    include_str!("../../style/subscriptions.css"),
    include_str!("../../style/guide.css"),
    include_str!("../../style/log.css"),
    include_str!("../../style/media.css"),
);

/// What comes with the panel of code.
pub(super) const CODE: &str = include_str!("../../style/code.css");
/// What comes with the first connection.
pub(super) const CONNECTION: &str =
    concat!(include_str!("../../style/connected.css"), include_str!("../../style/print.css"));
/// What comes with the detail of an entry.
pub(super) const DETAIL: &str = include_str!("../../style/detail.css");
/// What comes with the simulator.
pub(super) const SIMULATOR: &str = include_str!("../../style/experiment.css");
