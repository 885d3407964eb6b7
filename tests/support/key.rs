//! Keys, as `WebDriver` names them. A modifier is held until [`RELEASE`], or until the last key.

// Each program uses a part of this.
#![allow(dead_code)]

/// Lets go of every modifier.
pub const RELEASE: &str = "\u{e000}";
/// A modifier.
pub const SHIFT: &str = "\u{e008}";
/// A modifier.
pub const CONTROL: &str = "\u{e009}";
/// A modifier.
pub const ALT: &str = "\u{e00a}";

/// To the next field.
pub const TAB: &str = "\u{e004}";
/// A new line, or: do it.
pub const ENTER: &str = "\u{e007}";
/// Away from here.
pub const ESCAPE: &str = "\u{e00c}";
/// Erases the character before the caret, or what is selected.
pub const BACKSPACE: &str = "\u{e003}";
/// One page up.
pub const PAGE_UP: &str = "\u{e00e}";
/// To the last one.
pub const END: &str = "\u{e010}";
/// To the first one.
pub const HOME: &str = "\u{e011}";
/// One to the left.
pub const LEFT: &str = "\u{e012}";
/// One up.
pub const UP: &str = "\u{e013}";
/// One to the right.
pub const RIGHT: &str = "\u{e014}";
/// One down.
pub const DOWN: &str = "\u{e015}";

/// Returns what happens to the keyboard while these keys are pressed one after the other.
pub fn strokes(keys: &str) -> Vec<Stroke> {
    let mut held = Vec::new();
    let mut strokes = Vec::new();
    for key in keys.chars().chain(RELEASE.chars()) {
        if RELEASE.contains(key) {
            strokes.extend(held.drain(..).map(Stroke::Up));
        } else if [SHIFT, CONTROL, ALT].iter().any(|modifier| modifier.contains(key)) {
            held.push(key);
            strokes.push(Stroke::Down(key));
        } else {
            strokes.extend([Stroke::Down(key), Stroke::Up(key)]);
        }
    }
    strokes
}

/// What happens to a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stroke {
    /// It is pressed.
    Down(char),
    /// It is let go.
    Up(char),
}
