//! Stub.
/// Stub.
pub fn register() {}
