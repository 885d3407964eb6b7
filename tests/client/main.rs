//! The clients to take along, each in its own runtime, against servers that do all that a server may do.
//!
//! `cargo run -- test` finds or installs the runtimes. The client of a browser has its cells among the journeys.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, unreachable_pub)]

mod check;
mod hostile;
mod layout;
mod program;

use program::Program;
use support::taken::{assert_complete, behaviours, tests};
use veriops_playground::code::Language;

// This program uses a part of it.
#[allow(dead_code)]
#[path = "../support"]
mod support {
    pub mod environment;
    pub mod http;
    pub mod server;
    pub mod taken;
}

mod node {
    use super::{Program, behaviours, tests};
    behaviours!(tests Node Program, behaviour);
}

mod node_ws {
    use super::{Program, behaviours, tests};
    behaviours!(tests NodeWs Program, behaviour);
}

mod python {
    use super::{Program, behaviours, tests};
    behaviours!(tests Python Program, behaviour);
}

mod rust {
    use super::{Program, behaviours, tests};
    behaviours!(tests Rust Program, behaviour);
}

mod websocat {
    use super::{Program, behaviours, tests};
    behaviours!(tests Websocat Program, behaviour);
}

mod wscat {
    use super::{Program, behaviours, tests};
    behaviours!(tests Wscat Program, looking);
}

#[test]
fn every_behaviour_is_a_test_in_every_language() {
    let languages = Language::ALL.into_iter().filter(|it| *it != Language::Browser);
    let languages: Vec<_> = languages.map(|it| it.name().replace('-', "_")).collect();
    let languages: Vec<_> = languages.iter().map(String::as_str).collect();
    assert_complete(&languages, "");
}
