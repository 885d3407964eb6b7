//! What the search field asks for: a text, or a regular expression of the browser's own.

use std::ops::Range;
use std::rc::Rc;

use js_sys::{Error, Reflect, RegExp};
use wasm_bindgen::prelude::*;

use crate::log::{Needle, Pattern};

/// Returns what to search for: `/expression/flags` is a regular expression, anything else a text.
///
/// # Errors
///
/// Says in the browser's words what is wrong with an expression.
pub(super) fn needle(asked: &str) -> Result<Needle, String> {
    let expression =
        asked.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).filter(|(source, flags)| {
            !source.is_empty() && flags.bytes().all(|flag| flag.is_ascii_lowercase())
        });
    let Some((source, flags)) = expression else {
        return Ok(asked.into());
    };
    // Every place is wanted, from wherever the search goes on.
    let flags = flags.replace(['g', 'y'], "") + "g";
    match Expression::new(source, &flags) {
        Ok(expression) => Ok(Needle::Pattern(Rc::new(expression))),
        Err(error) => {
            let error = error.dyn_ref::<Error>().map(|error| String::from(error.message()));
            Err(error.unwrap_or_default())
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// `RegExp`, whose constructor may throw.
    #[wasm_bindgen(extends = RegExp, js_name = RegExp)]
    #[derive(Debug)]
    type Expression;

    #[wasm_bindgen(catch, constructor, js_class = "RegExp")]
    fn new(source: &str, flags: &str) -> Result<Expression, JsValue>;
}

impl Pattern for Expression {
    fn occurs_in(&self, text: &str) -> bool {
        self.set_last_index(0);
        self.test(text)
    }

    fn places_in(&self, text: &str) -> Vec<Range<usize>> {
        self.set_last_index(0);
        let mut places = Vec::new();
        // The browser counts in units of UTF-16.
        let (mut unit, mut byte) = (0, 0);
        let mut byte_at = |at: u32| {
            for character in text[byte..].chars() {
                if unit >= at {
                    break;
                }
                unit += u32::try_from(character.len_utf16()).unwrap_or_default();
                byte += character.len_utf8();
            }
            byte
        };
        while let Some(found) = self.exec(text) {
            let start = Reflect::get(&found, &"index".into()).ok().and_then(|at| at.as_f64());
            let (Some(start), end) = (start.map(units), self.last_index()) else {
                break;
            };
            if end == start {
                // Nothing was found here; the search would stay at it.
                self.set_last_index(end + 1);
            } else {
                places.push(byte_at(start)..byte_at(end));
            }
        }
        places
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a place in a text"
)]
fn units(place: f64) -> u32 {
    place as u32
}
