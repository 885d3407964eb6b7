//! The session's own waits: what the reference page leaves to the client.

use crate::protocol::Millis;

/// How patient a session is. The API's own numbers stand in the API description.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How long a request may go without an answer.
    pub answer_patience: Millis,
    /// How many attempts are made on a target that never opened.
    pub attempts_before_open: u32,
    /// How long an echo candidate may take to open.
    pub candidate_patience: Millis,
    /// How long a server may take to confirm a close; browsers wait a minute.
    pub close_patience: Millis,
    /// How long a handshake may take; browsers wait four minutes.
    pub connect_patience: Millis,
    /// How long before the idle timeout to warn, and to keep the connection alive; a quarter of the
    /// timeout at most.
    pub idle_warning: Millis,
    /// How late a server's ping may be before it counts as missed.
    pub ping_grace: Millis,
    /// How long a server may take to give a sign of life when asked for one.
    pub probe_patience: Millis,
    /// The bytes that may wait in the browser's send buffer.
    pub send_buffer: usize,
    /// How long a connection may be silent before the server is asked for a sign of life; none: half
    /// a heartbeat more than the row "Heartbeat interval". The longest span: never.
    pub silence: Option<Millis>,
    /// How long a connection must be open, with a message received, before the backoff starts over.
    pub stable_after: Millis,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            answer_patience: Millis::seconds(10),
            attempts_before_open: 5,
            candidate_patience: Millis::seconds(5),
            close_patience: Millis::seconds(4),
            connect_patience: Millis::seconds(10),
            idle_warning: Millis::seconds(30),
            ping_grace: Millis::seconds(5),
            probe_patience: Millis::seconds(10),
            send_buffer: 1 << 20,
            silence: None,
            stable_after: Millis::seconds(10),
        }
    }
}
