//! What stands opposite a client: the local sandbox, or the independent server.

use serde_json::Value;

use super::super::environment;
use super::super::http;
use super::super::server::Server as Local;
use super::independent::Independent;
use super::record::Record;

/// A server, as one test has it.
pub enum Server {
    /// The independent one; all its tests share it, and each has a key.
    Independent {
        /// The key of the test.
        key: String,
        /// Whether it is reached over TLS.
        is_secure: bool,
    },
    /// A local sandbox of the test's own.
    Sandbox(Local),
}

impl Server {
    /// Starts a sandbox with these flags, which says nothing unasked unless they tell it to.
    pub fn sandbox(flags: &str) -> Self {
        let dist = environment::scratch_file("dist");
        std::fs::create_dir_all(&dist).unwrap();
        std::fs::write(dist.join("index.html"), "<!doctype html>").unwrap();
        let quiet = if flags.contains("--heartbeat") { "" } else { "--heartbeat 0" };
        Self::Sandbox(Local::of(dist, &format!("--event-interval 0 {quiet} {flags}")))
    }

    /// Returns what it is, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Independent { is_secure: true, .. } => "secure",
            Self::Independent { .. } => "independent",
            Self::Sandbox(_) => "sandbox",
        }
    }

    /// Returns where clients connect to.
    pub fn endpoint(&self) -> String {
        let independent = Independent::shared;
        match self {
            Self::Independent { is_secure: true, .. } => {
                format!("wss://127.0.0.1:{}/realtime", independent().tls_port)
            }
            Self::Independent { .. } => format!("ws://127.0.0.1:{}/realtime", independent().port),
            Self::Sandbox(server) => server.endpoint("/realtime"),
        }
    }

    /// Returns what it wrote down.
    pub fn records(&self) -> Vec<Record> {
        match self {
            Self::Independent { key, .. } => Independent::shared().records(key),
            Self::Sandbox(server) => {
                let log = server.get("/sandbox/log");
                let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
                lines.map(|line: Value| Record::read(&line)).collect()
            }
        }
    }

    /// Lets something go wrong at a sandbox.
    pub fn stage(&self, incident: &Value) {
        let Self::Sandbox(server) = self else { panic!("the independent server has a script") };
        let path = "/sandbox/incidents";
        let answer = http::request("POST", server.port(), path, &incident.to_string()).unwrap();
        assert_eq!(answer.status, 200, "{incident}: {}", answer.body);
    }
}
