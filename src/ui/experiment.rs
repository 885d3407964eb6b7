//! The panel of experiments.

use super::model::Model;
use super::view::{Element, div};

pub(super) fn experiments(_model: Model) -> Element {
    div().class("vp-experiments")
}
