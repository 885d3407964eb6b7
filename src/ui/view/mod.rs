//! How views are built: by calls, and not by the framework's macro `view!`.
//!
//! The macro gives every tag, attribute, value and closure that meet in a view a type of its own, and
//! the framework's rendering is compiled anew for each of them. Behind these calls the framework meets
//! one element, one listener and a handful of attributes, so that a line of view costs what it says:
//!
//! | the program, compressed | bytes |
//! |---|--:|
//! | its views by `view!` | 158,453 |
//! | the same views by calls | 149,477 |
//!
//! Measured at the commit that put one in the place of the other and changed nothing else. `build` prints
//! the figure for each side, the program being the file that ends in `.wasm`:
//!
//! ```text
//! change=$(git log --diff-filter=A --format=%h -- src/ui/element.rs)
//! git worktree add ../macro $change~ && (cd ../macro && cargo run -- build)
//! git worktree add ../calls $change && (cd ../calls && cargo run -- build)
//! ```
//!
//! There are two more reasons. The compiler's tools for format and lints see all of a call and little of
//! a macro; and a call writes text and attributes, never `innerHTML`, which a page with Trusted Types
//! forbids and the macro uses for an element of nothing but literals.
//!
//! # How to read a view
//!
//! ```text
//! section()                                       an element
//!     .class("vp-chip")                           what it has: classes, attributes, listeners …
//!     .attr("data-state", text(state))            … an attribute that follows what it reads
//!     .on(ev::click, move |_| choose())
//!     .child("Subscriptions")                     what is in it: text,
//!     .child(text(move || count().to_string()))   text that follows what it reads,
//!     .child(dynamic(move || chips()))            and what is built again when what it reads changes
//! ```
//!
//! # Two faces
//!
//! [`Element`] is for what follows the state. [`plain`] is for what is made in numbers and never changes
//! once it stands: rows of the log, coloured JSON, the text of a detail. A row is made and thrown away
//! many times a second; for each of its pieces the framework would keep an owner and what it said last,
//! to compare with what never differs. What both need of the framework's inside is in `framework`.

mod element;
mod framework;
pub(super) mod plain;

pub(super) use self::element::{
    Content, Element, button, code, datalist, details, div, dynamic, fieldset, h2, input, label,
    legend, li, option, p, section, select, span, summary, textarea, ul,
};
pub(crate) use self::framework::{MountedView, mount};
pub(super) use self::framework::{Text, aria, text, words};
