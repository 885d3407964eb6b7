//! Another API than the one that the project was made for.

use std::sync::Arc;

use veriops_playground::api::Api;

/// Returns an API with other channels, codes, limits and timings, rows of equal names, rows without a
/// kind, and codes that have no cause.
pub(crate) fn api() -> Arc<Api> {
    Arc::new(Api::parse(include_str!("other.asyncapi.json")).unwrap())
}
