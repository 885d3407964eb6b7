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

/// The style sheets as they ship: without comments and indentation.
const STYLE: &str = match str::from_utf8(LEAN.0.split_at(LEAN.1).0) {
    Ok(style) => style,
    // Whole characters are left out, and none is cut.
    Err(_) => panic!("the style sheets are text"),
};

const LEAN: ([u8; SOURCE.len()], usize) = lean(SOURCE.as_bytes());

/// Leaves out comments, and white space at the start of a line. Returns the bytes and how many count.
const fn lean<const N: usize>(source: &[u8]) -> ([u8; N], usize) {
    let (mut bytes, mut len, mut at) = ([0; N], 0, 0);
    while at < source.len() {
        let starts_line = len == 0 || bytes[len - 1] == b'\n';
        if source[at] == b'/' && source[at + 1] == b'*' {
            while !(source[at] == b'*' && source[at + 1] == b'/') {
                at += 1;
            }
            at += 2;
        } else if starts_line && source[at].is_ascii_whitespace() {
            at += 1;
        } else {
            bytes[len] = source[at];
            len += 1;
            at += 1;
        }
    }
    (bytes, len)
}

const SOURCE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/connection.css"),
    include_str!("../../style/composer.css"),
    include_str!("../../style/subscriptions.css"),
    include_str!("../../style/log.css"),
);
