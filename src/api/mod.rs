//! The API description: one AsyncAPI 3.0 document, the only place where the API's numbers and
//! words stand.
//!
//! [`Api::parse`] turns the document into the types below. Where AsyncAPI has no word for a fact of
//! the reference page, the document uses an `x-` extension. A document that was not written for the
//! playground has none of them: what it does not say is none here, and is not shown.

mod action;
mod document;
mod foreign;
mod parse;
mod sentence;

#[cfg(not(target_arch = "wasm32"))]
use std::sync::{Arc, LazyLock};

use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Endpoint, MessageType, Millis, QueryKey, Secret};

pub use document::ApiError;
pub use sentence::Sentences;

/// The description of the VeriOps API. The page does not carry it: it fetches it beside its script.
#[cfg(not(target_arch = "wasm32"))]
pub const VERIOPS: &str = include_str!("veriops.asyncapi.json");

/// The sentences that say what to look at in an experiment of the VeriOps API. The page fetches them
/// when they are wanted.
#[cfg(not(target_arch = "wasm32"))]
pub const VERIOPS_EXPERIMENTS: &str = include_str!("veriops.experiments.json");

/// A real-time API as its description tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// The API's name.
    pub title: String,
    /// The query parameter that carries the key; none if the API takes no key in the address.
    pub key_parameter: Option<String>,
    /// The live endpoints; the first is the default. Only their hosts are ever sent a key.
    pub live: Vec<Server>,
    /// The public echo servers, in the order in which they are tried.
    pub echo: Vec<Server>,
    /// The page's table "Connection details", row by row.
    pub settings: Vec<Setting>,
    /// Sizes and counts.
    pub limits: Limits,
    /// Intervals and waits.
    pub timings: Timings,
    /// The page's table "Message types".
    pub messages: Vec<Message>,
    /// The page's table "Channel catalog".
    pub channels: Vec<Channel>,
    /// The page's table "WebSocket close codes".
    pub closes: Vec<Close>,
    /// The page's table "Common issues".
    pub issues: Vec<Issue>,
    /// What to look at in an experiment, in sentences that only a person can write.
    pub experiments: Looks,
    /// Messages that a client may send, of an API with other messages than the page's.
    pub examples: Vec<Example>,
}

impl Api {
    /// Parses an AsyncAPI 3.0 document in JSON.
    ///
    /// # Errors
    ///
    /// Names the path in the document and what is expected there.
    pub fn parse(json: &str) -> Result<Self, ApiError> {
        parse::parse(json)
    }

    /// Returns the VeriOps API, as [`VERIOPS`] describes it.
    ///
    /// # Panics
    ///
    /// Never: `tests/api.rs` parses the same bytes.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn veriops() -> Arc<Self> {
        static PARSED: LazyLock<Arc<Api>> = LazyLock::new(|| {
            Arc::new(Api::parse(VERIOPS).expect("the description is part of the program"))
        });
        Arc::clone(&PARSED)
    }

    /// Returns whether the API speaks in the page's envelopes: a client can tell requests, answers and
    /// events. Of another API's messages it knows the text alone.
    pub fn has_envelope(&self) -> bool {
        !self.messages.is_empty()
    }

    /// Returns the channel of this name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// Returns the row of the close-code table for this code.
    pub fn close(&self, code: CloseCode) -> Option<&Close> {
        self.closes.iter().find(|close| close.code == code)
    }

    /// Returns the code with which the server answers a fault of the client; a policy violation where
    /// the table has no row for it.
    pub fn code_for(&self, fault: Fault) -> CloseCode {
        let close = self.closes.iter().find(|close| close.fault == Some(fault));
        close.map_or(CloseCode::POLICY, |close| close.code)
    }

    /// Returns what the client does after this code: the table's row, else RFC 6455's sense.
    pub fn reaction(&self, code: CloseCode) -> Reaction {
        self.close(code).map_or_else(|| code.standard_reaction(), |close| close.reaction)
    }

    /// Returns the issue that shows itself in this way, if the table has it.
    pub fn issue(&self, when: When) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.when == Some(when))
    }

    /// Returns whether the server compresses messages: the row "Compression".
    pub fn supports_deflate(&self) -> bool {
        self.settings.iter().any(|row| row.value.contains("permessage-deflate"))
    }

    /// Returns whether a key may be sent to this endpoint: the API takes one, and this is a live server
    /// of the description.
    pub fn trusts(&self, endpoint: &Endpoint) -> bool {
        self.key_parameter.is_some()
            && self.live.iter().any(|server| server.endpoint.is_same_server(endpoint))
    }

    /// Returns what a connection to this endpoint sends of the key: all of it to a trusted one, to any
    /// other nothing.
    pub fn key_for(&self, endpoint: &Endpoint, key: Option<&Secret>) -> Option<QueryKey> {
        let parameter = self.key_parameter.clone().filter(|_| self.trusts(endpoint))?;
        Some(QueryKey { parameter, key: key?.clone() })
    }
}

/// A server of the description.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its key in the document's `servers`.
    pub name: String,
    /// Where it listens.
    pub endpoint: Endpoint,
    /// What it is, in a sentence.
    pub description: String,
}

/// A row of the table "Connection details".
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The column "Setting".
    pub name: String,
    /// The column "Value", as the page words it.
    pub value: String,
    /// What it settles; none if the document does not say.
    pub kind: Option<SettingKind>,
    /// A short name for links, where the row's own would be unwieldy.
    pub id: Option<String>,
}

/// What a row of the table "Connection details" settles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SettingKind {
    /// Who is let in: the parameter that carries the key.
    Authentication,
    /// Whether and how frames are compressed.
    Compression,
    /// Where the server listens.
    Endpoint,
    /// [`Timings::heartbeat`].
    Heartbeat,
    /// [`Timings::idle`].
    Idle,
    /// [`Limits::message_bytes`].
    MessageSize,
    /// What carries the messages.
    Protocol,
    /// [`Timings::backoff`].
    Reconnect,
    /// [`Limits::subscriptions`].
    Subscriptions,
}

impl SettingKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Authentication,
        Self::Compression,
        Self::Endpoint,
        Self::Heartbeat,
        Self::Idle,
        Self::MessageSize,
        Self::Protocol,
        Self::Reconnect,
        Self::Subscriptions,
    ];

    /// Returns the name as it stands in the description's `x-settings`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Compression => "compression",
            Self::Endpoint => "endpoint",
            Self::Heartbeat => "heartbeat",
            Self::Idle => "idle",
            Self::MessageSize => "message-size",
            Self::Protocol => "protocol",
            Self::Reconnect => "reconnect",
            Self::Subscriptions => "subscriptions",
        }
    }
}

/// Sizes and counts of the table "Connection details".
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Row "Max message size": UTF-8 bytes of a whole frame; exactly this many still pass.
    pub message_bytes: Option<usize>,
    /// Row "Max subscriptions per connection"; a channel with other filters counts again.
    pub subscriptions: Option<usize>,
    /// How much a client may send in a while. Not documented: the simulator's own.
    pub rate: Option<Rate>,
}

/// How much a client may send in a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// Messages within the window.
    pub messages: usize,
    /// The sliding window.
    pub window: Millis,
}

/// A message that a client may send, as the description has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Example {
    /// What tells it from the others.
    pub title: String,
    /// Its text, laid out as in the description.
    pub text: String,
}

/// Intervals and waits of the table "Connection details".
#[derive(Clone, Debug, PartialEq)]
pub struct Timings {
    /// Row "Heartbeat interval": the time between two pings of the server.
    pub heartbeat: Option<Millis>,
    /// Row "Idle timeout": how long a connection may go without a message in either direction.
    pub idle: Option<Millis>,
    /// Row "Reconnect strategy": the delays of consecutive attempts; the last one repeats. Where the
    /// description has none, they are the client's own.
    pub backoff: Vec<Millis>,
}

/// A row of the table "Message types".
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The column "Type".
    pub kind: MessageType,
    /// The column "Direction".
    pub direction: Direction,
    /// The column "Description".
    pub description: String,
}

/// Who sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Both sides.
    Bidirectional,
    /// Only the client.
    ClientToServer,
    /// Only the server.
    ServerToClient,
}

impl Direction {
    /// Returns the direction in the page's words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bidirectional => "Bidirectional",
            Self::ClientToServer => "Client to server",
            Self::ServerToClient => "Server to client",
        }
    }

    /// Returns whether a client may send.
    pub const fn allows_client(self) -> bool {
        !matches!(self, Self::ServerToClient)
    }
}

/// A row of the table "Channel catalog".
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// The column "Channel".
    pub name: String,
    /// The column "Direction".
    pub direction: Direction,
    /// The column "Filters".
    pub filters: Vec<Filter>,
    /// The column "Description".
    pub description: String,
    /// Examples of an event's `data`, each a JSON object's text.
    pub examples: Vec<String>,
}

/// A filter that a channel offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The field of the event's `data` it compares.
    pub name: String,
    /// Whether a subscription must have it.
    pub required: bool,
    /// A value to try.
    pub example: String,
}

/// A row of the table "WebSocket close codes".
#[derive(Clone, Debug, PartialEq)]
pub struct Close {
    /// The column "Close code".
    pub code: CloseCode,
    /// The column "Meaning".
    pub meaning: String,
    /// The column "Client action", as the page words it.
    pub action: String,
    /// The column "Client action", as the client obeys it.
    pub reaction: Reaction,
    /// The fault of the client that the server answers with this code, if there is one.
    pub fault: Option<Fault>,
}

/// What a client can do wrong, as far as the close-code table tells it apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// No key, or one that is not valid.
    Authentication,
    /// A message of more bytes than [`Limits::message_bytes`].
    MessageSize,
    /// A message that the API does not allow.
    Policy,
    /// More messages than [`Limits::rate`] allows.
    RateLimit,
    /// More subscriptions than [`Limits::subscriptions`].
    SubscriptionLimit,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 5] = [
        Self::Authentication,
        Self::MessageSize,
        Self::Policy,
        Self::RateLimit,
        Self::SubscriptionLimit,
    ];

    /// Returns the name as it stands in the description's `x-close-codes`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::MessageSize => "message-size",
            Self::Policy => "policy",
            Self::RateLimit => "rate-limit",
            Self::SubscriptionLimit => "subscription-limit",
        }
    }
}

/// A row of the table "Common issues".
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The column "Symptom".
    pub symptom: String,
    /// The column "Cause".
    pub cause: String,
    /// The column "Resolution".
    pub resolution: String,
    /// How the playground notices it; none if it cannot.
    pub when: Option<When>,
    /// A short name for links, where the symptom would be unwieldy.
    pub id: Option<String>,
}

/// Where the sentences stand that say what to look at in an experiment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Looks {
    /// In a file at this address, relative to the description's own.
    At(String),
    /// In the description.
    Here(Sentences),
}

/// How an issue of the table "Common issues" shows itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// The server ended a connection without a message for longer than [`Timings::idle`].
    Idle,
    /// The server ended a connection on which a ping was left without its pong.
    MissedPing,
    /// A page that came over https asks for an endpoint without encryption.
    MixedContent,
    /// A connection came back without the subscriptions of the one before.
    NotRestored,
}

impl When {
    /// All ways.
    pub const ALL: [Self; 4] =
        [Self::Idle, Self::MissedPing, Self::MixedContent, Self::NotRestored];

    /// Returns the name as it stands in the description's `x-issues`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::MissedPing => "missed-ping",
            Self::MixedContent => "mixed-content",
            Self::NotRestored => "not-restored",
        }
    }
}
