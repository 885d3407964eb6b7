//! Style sheets, constructed once and adopted by every shadow root.
//!
//! Constructed sheets need no `style` element, which a strict content security policy would block, and
//! they reach nothing outside the shadow root.

use std::cell::OnceCell;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsError, JsValue};
use web_sys::{CssStyleSheet, ShadowRoot};

/// Gives `root` the playground's styles.
///
/// # Errors
///
/// Fails in a browser without constructed style sheets.
pub(super) fn adopt(root: &ShadowRoot) -> Result<(), JsError> {
    SHEET.with(|cell| {
        if cell.get().is_none() {
            let sheet = CssStyleSheet::new().map_err(|_| unsupported())?;
            sheet.replace_sync(STYLE).map_err(|_| unsupported())?;
            cell.get_or_init(|| sheet);
        }
        let sheets: Array = cell.get().into_iter().collect();
        Reflect::set(root, &JsValue::from_str("adoptedStyleSheets"), &sheets)
            .map_err(|_| unsupported())?;
        Ok(())
    })
}

fn unsupported() -> JsError {
    JsError::new("this browser has no constructed style sheets; a current one does")
}

thread_local! {
    static SHEET: OnceCell<CssStyleSheet> = const { OnceCell::new() };
}

const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/connection.css"),
    include_str!("../../style/composer.css"),
    include_str!("../../style/subscriptions.css"),
    include_str!("../../style/log.css"),
);
