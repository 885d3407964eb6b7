//! Stub.
use super::Api;
/// Stub.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiError {
    /// p
    pub path: String,
    /// r
    pub reason: String,
}
pub(super) fn parse(_json: &str) -> Result<Api, ApiError> {
    Err(ApiError { path: String::new(), reason: String::new() })
}
