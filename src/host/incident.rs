//! What goes wrong at the local sandbox, on demand: `POST /sandbox/incidents`.
//!
//! | body | what happens |
//! |---|---|
//! | `{"incident":"close","code":4001,"reason":"token expired"}` | every connection is closed |
//! | `{"incident":"drop"}` | every connection breaks without a close frame |
//! | `{"incident":"burst","events":20}` | that many events of the subscribed channels at once |
//! | `{"incident":"malformed"}`, `{"incident":"oversize"}` | a frame that is no envelope, or is too large |
//! | `{"incident":"delay-acks","ms":15000}` | acks take this long, until `"ms":0` |
//! | `{"incident":"lose-ack"}` | the next ack gets lost |
//! | `{"incident":"mute"}`, `"quiet"`, `"refuse-keys"`, `"unreachable"` | stands, until the same with `"on":false` |

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use tokio::sync::broadcast;

use veriops_playground::protocol::{CloseCode, Incident, Millis};
use veriops_playground::simulator::Conditions;

/// What is wrong with the sandbox: what stands, and who is told of what happens next.
pub(super) struct Incidents {
    conditions: Mutex<Conditions>,
    told: broadcast::Sender<Incident>,
}

impl Incidents {
    pub(super) fn new() -> Self {
        Self { conditions: Mutex::default(), told: broadcast::Sender::new(KEPT) }
    }

    /// Lets an incident happen to every connection, and returns how many there are.
    pub(super) fn stage(&self, incident: Incident) -> usize {
        let mut conditions = self.conditions();
        conditions.apply(&incident);
        self.told.send(incident).unwrap_or_default()
    }

    /// Returns what stands as a connection opens, and what brings the incidents from then on.
    pub(super) fn join(&self) -> (Conditions, broadcast::Receiver<Incident>) {
        let conditions = self.conditions();
        (conditions.clone(), self.told.subscribe())
    }

    /// Returns what stands.
    pub(super) fn conditions(&self) -> MutexGuard<'_, Conditions> {
        // What stands is valid at any time.
        self.conditions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most incidents that a slow connection may lag behind before it misses some.
const KEPT: usize = 64;

/// Reads the body of a request.
///
/// # Errors
///
/// Says what is no incident about it.
pub(super) fn read(body: &str) -> serde_json::Result<Incident> {
    Ok(match serde_json::from_str(body)? {
        Request::Burst { events } => Incident::Burst { events },
        Request::Close { code, reason } => Incident::Close { code: CloseCode(code), reason },
        Request::DelayAcks { ms } => Incident::DelayAcks(Millis(ms)),
        Request::Drop => Incident::Drop,
        Request::LoseAck { on } => Incident::LoseAck(on),
        Request::Malformed => Incident::Malformed,
        Request::Mute { on } => Incident::Mute(on),
        Request::Oversize => Incident::Oversize,
        Request::Quiet { on } => Incident::Quiet(on),
        Request::RefuseKeys { on } => Incident::RefuseKeys(on),
        Request::Unreachable { on } => Incident::Unreachable(on),
    })
}

/// An incident as a request names it. [`Incident::ForbidAddress`] is a browser's doing.
#[derive(Deserialize)]
#[serde(tag = "incident", rename_all = "kebab-case", deny_unknown_fields)]
enum Request {
    Burst {
        events: u32,
    },
    Close {
        code: u16,
        #[serde(default)]
        reason: String,
    },
    DelayAcks {
        ms: u64,
    },
    Drop,
    LoseAck {
        #[serde(default = "yes")]
        on: bool,
    },
    Malformed,
    Mute {
        #[serde(default = "yes")]
        on: bool,
    },
    Oversize,
    Quiet {
        #[serde(default = "yes")]
        on: bool,
    },
    RefuseKeys {
        #[serde(default = "yes")]
        on: bool,
    },
    Unreachable {
        #[serde(default = "yes")]
        on: bool,
    },
}

fn yes() -> bool {
    true
}
