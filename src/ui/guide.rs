//! The guided path.

use leptos::prelude::*;

use super::model::Model;
use super::view::{Content as _, Element};

/// Returns what stands above the panels, if anything does.
pub(super) fn guide(_model: Model) -> AnyView {
    None::<Element>.view()
}
