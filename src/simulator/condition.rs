//! What is wrong with simulated connections, for as long as it stands.

use crate::protocol::{Envelope, Incident, MessageType, Millis};

/// The incidents that stand. They outlive a connection.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conditions {
    /// At most one of a kind, and none that undoes another.
    standing: Vec<Incident>,
}

impl Conditions {
    /// Takes note of an incident that stands, or of one that does no longer. Those that happen once
    /// change nothing here.
    pub fn apply(&mut self, incident: &Incident) {
        let Some(undone) = incident.undone() else { return };
        self.standing.retain(|it| it.undone().as_ref() != Some(&undone));
        if *incident != undone {
            self.standing.push(incident.clone());
        }
    }

    /// Returns the incidents that stand, in the order in which they began.
    pub fn standing(&self) -> impl Iterator<Item = &Incident> {
        self.standing.iter()
    }

    /// Returns whether this very incident stands.
    pub fn has(&self, incident: &Incident) -> bool {
        self.standing.contains(incident)
    }

    /// Returns whether nothing passes in either direction.
    pub fn is_mute(&self) -> bool {
        self.has(&Incident::Mute(true))
    }

    /// Returns whether this frame of the server gets lost on its way. The one ack that may is then no
    /// longer to come.
    pub fn swallow(&mut self, text: &str) -> bool {
        let is_ack = || Envelope::decode(text).is_ok_and(|it| it.kind == MessageType::Ack);
        if self.is_mute() {
            return true;
        }
        let is_lost = self.has(&Incident::LoseAck(true)) && is_ack();
        if is_lost {
            self.apply(&Incident::LoseAck(false));
        }
        is_lost
    }

    /// Returns how long acks take.
    pub(super) fn ack_delay(&self) -> Millis {
        let delay =
            |it: &Incident| if let Incident::DelayAcks(delay) = it { Some(*delay) } else { None };
        self.standing.iter().find_map(delay).unwrap_or_default()
    }
}
