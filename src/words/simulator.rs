//! What the reader can ask of the simulator.

use crate::api::{Api, Fault};
use crate::session::Behaviour;

/// Says how the simulated server behaves: `Refuses the key (4001)`.
pub fn behaviour(behaviour: Behaviour, api: &Api) -> String {
    match behaviour {
        Behaviour::Documented => "As documented".to_owned(),
        Behaviour::RefusesKeys => {
            format!("Refuses the key ({})", api.code_for(Fault::Authentication))
        }
        Behaviour::Silent => "Silent until idle timeout".to_owned(),
    }
}
