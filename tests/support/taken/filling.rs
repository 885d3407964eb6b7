//! The clients as files, filled for one server with short waits.

use std::path::PathBuf;

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, Millis, Topic};

use super::super::environment;
use super::independent::Independent;
use super::server::Server;

/// A client on the disk.
#[derive(Clone, Debug)]
pub struct Client {
    /// What it is written in.
    pub language: Language,
    /// The folder of its files.
    pub folder: PathBuf,
    /// Where it connects to.
    pub endpoint: String,
    /// The certificate to trust.
    pub authority: PathBuf,
}

/// Writes the files of a client that connects to this server, into a folder that the test has for such.
pub fn client(language: Language, server: &Server, patience: Patience) -> Client {
    let folder = environment::scratch_file(server.name());
    std::fs::create_dir_all(&folder).unwrap();
    let api = api();
    let endpoint = server.endpoint();
    let setup = Setup { api: &api, endpoint: &endpoint, topics: &topics(), patience };
    for file in language.files() {
        std::fs::write(folder.join(file.name), fill(file, language, &setup)).unwrap();
    }
    Client { language, folder, endpoint, authority: Independent::shared().authority.clone() }
}

/// The VeriOps API of somebody who is in a hurry.
fn api() -> Api {
    let mut api = Api::clone(&Api::veriops());
    api.timings.backoff = BACKOFF.map(Millis).to_vec();
    for close in &mut api.closes {
        if close.code == CloseCode(4008) {
            close.reaction = Reaction::Wait(Millis(RATE_LIMITED));
        }
    }
    api
}

fn topics() -> [Topic; 2] {
    let filters = format!(r#"{{"project_id":"{PROJECT}"}}"#);
    [Topic::with_filters_json(FILTERED, &filters), Topic::channel(UNFILTERED)]
}

/// The channel with a filter.
pub const FILTERED: &str = "project.updated";
/// The channel without one.
pub const UNFILTERED: &str = "task.completed";
/// The value of the filter.
pub const PROJECT: &str = "prj_abc123";

/// The delays of reconnecting, in milliseconds.
pub const BACKOFF: [u64; 3] = [200, 400, 800];
/// The wait after 4008, in milliseconds.
pub const RATE_LIMITED: u64 = 1500;
/// The wait for an ack, in milliseconds.
pub const ACK: u64 = 1000;
/// The silence that is given up, in milliseconds, where a behaviour is about it.
pub const SILENCE: u64 = 1500;
/// How long a connection must last for the delays to start over, in milliseconds.
pub const STABLE: u64 = 2000;

/// A patience that no load of the machine wears out, except for acks.
pub const PATIENT: Patience =
    Patience { ack: Millis(ACK), silence: Millis(60_000), stable: Millis(STABLE) };
