//! Style sheets, constructed once and adopted by every shadow root.
//!
//! Constructed sheets need no `style` element, which a strict content security policy would block, and
//! they reach nothing outside the shadow root.

use std::cell::OnceCell;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsError, JsValue};
use web_sys::{CssStyleSheet, ShadowRoot};

/// Returns the playground's styles, for [`adopt`].
///
/// # Errors
///
/// Fails in a browser without constructed style sheets.
pub(super) fn sheet() -> Result<CssStyleSheet, JsError> {
    SHEET.with(|cell| {
        if let Some(sheet) = cell.get() {
            return Ok(sheet.clone());
        }
        let sheet = CssStyleSheet::new().map_err(|_| unsupported())?;
        sheet.replace_sync(STYLE).map_err(|_| unsupported())?;
        Ok(cell.get_or_init(|| sheet).clone())
    })
}

/// Gives `root` the styles, in the place of those that it has.
///
/// # Errors
///
/// Fails in a browser without constructed style sheets.
pub(super) fn adopt(root: &ShadowRoot, sheet: &CssStyleSheet) -> Result<(), JsError> {
    Reflect::set(root, &JsValue::from_str("adoptedStyleSheets"), &Array::of1(sheet))
        .map(|_| ())
        .map_err(|_| unsupported())
}

fn unsupported() -> JsError {
    JsError::new("this browser has no constructed style sheets; a current one does")
}

thread_local! {
    static SHEET: OnceCell<CssStyleSheet> = const { OnceCell::new() };
}

/// The style sheets as they are written: nothing is left out, because it would save 700 bytes (brotli).
const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/connection.css"),
    include_str!("../../style/composer.css"),
    include_str!("../../style/subscriptions.css"),
    include_str!("../../style/log.css"),
    include_str!("../../style/experiment.css"),
    include_str!("../../style/code.css"),
);
