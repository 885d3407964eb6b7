//! How fast the simulator's time passes.

use leptos::prelude::*;

use super::model::Model;
use super::view::{Content as _, Element};

/// Returns the control at the end of the line of gauges, if there is one.
pub(super) fn time(_model: Model) -> AnyView {
    None::<Element>.view()
}
