//! The wire: envelopes, close codes, endpoints, ids and timestamps.
//!
//! Everything here is a plain function of its arguments. Client and server share this room and the
//! API description, and nothing else, so neither can inherit the other's mistake.

pub mod close;
pub mod coding;
pub mod endpoint;
pub mod envelope;
pub mod incident;
pub mod json;
mod member;
pub mod message;
pub mod request_id;
pub mod scale;
pub mod secret;
pub mod time;
mod token;
pub mod topic;

pub use close::CloseCode;
pub use endpoint::{Endpoint, EndpointError, QueryKey};
pub use envelope::{Envelope, EnvelopeError};
pub use incident::Incident;
pub use message::MessageType;
pub use request_id::RequestIds;
pub use scale::TimeScale;
pub use secret::Secret;
pub use time::{Instant, Millis, Now, UnixMillis};
pub use topic::{Filters, Topic};
