//! Close codes: what RFC 6455 and IANA say of every one of the 65,536.
//!
//! What *this API* says of a code stands in the API description and goes first.

use core::fmt;

/// A WebSocket close code. Any `u16` can arrive: a browser passes on whatever a server sends.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The connection did what it was for.
    pub const NORMAL: Self = Self(1000);
    /// The server, or the page, is going away.
    pub const GOING_AWAY: Self = Self(1001);
    /// The close frame carried no code.
    pub const NO_STATUS: Self = Self(1005);
    /// The connection ended without a close frame.
    pub const ABNORMAL: Self = Self(1006);
    /// A message broke the server's rules.
    pub const POLICY: Self = Self(1008);

    /// Returns the meaning that RFC 6455 and the IANA registry give the code.
    pub const fn standard_meaning(self) -> &'static str {
        match self.0 {
            1000 => "Normal closure",
            1001 => "Going away",
            1002 => "Protocol error",
            1003 => "Unsupported data",
            1004 => "Reserved",
            1005 => "No close code received",
            1006 => "Abnormal close, no close frame",
            1007 => "Invalid payload data",
            1008 => "Policy violation",
            1009 => "Message too big",
            1010 => "Extension required",
            1011 => "Internal server error",
            1012 => "Service restart",
            1013 => "Try again later",
            1014 => "Bad gateway",
            1015 => "TLS handshake failed",
            1016..=2999 => "Reserved for the protocol",
            3000 => "Unauthorized",
            3003 => "Forbidden",
            3008 => "Timeout",
            3001..=3999 => "Registered by a library or framework",
            4000..=4999 => "Defined by the server",
            0..=999 | 5000..=u16::MAX => "Not a valid close code",
        }
    }

    /// Returns what a client does after a code that the API description does not list.
    ///
    /// Retrying helps where the cause may pass. It does not where the same bytes would meet the
    /// same answer, and not where only the server's owner knows what the code means.
    pub const fn standard_reaction(self) -> Reaction {
        match self.0 {
            1001 | 1004..=1006 | 1011..=2999 => Reaction::Backoff,
            _ => Reaction::Stop,
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What the client does after a close: the page's column "Client action" in terms of a machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reaction {
    /// Reconnect with exponential backoff.
    Backoff,
    /// Reconnect with backoff, but only below the limit of subscriptions.
    BackoffBelowLimit,
    /// Stop and ask for another key.
    AskForKey,
    /// Stop: the same thing would happen again.
    Stop,
    /// Wait this long, then reconnect.
    Wait(super::Millis),
}
