//! Clients to take along: real files that run as they stand, with the reader's endpoint and
//! subscriptions in a block at their top.
//!
//! The files in `clients` are written by hand. [`fill()`] replaces the block of settings and nothing else;
//! what is checked in is what it makes of the VeriOps API at its defaults. The API's numbers, its close
//! codes and what they ask of a client come from the API description.

mod block;
mod fill;
mod highlight;
mod layout;
mod number;
mod quote;
mod value;

use crate::api::Api;
use crate::protocol::{Millis, Topic};

pub use fill::fill;
pub use highlight::{Kind, Span, highlight};

/// What a client is written in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Language {
    /// A page of its own.
    Browser,
    /// Node with its own WebSocket.
    Node,
    /// Node with the package `ws`.
    NodeWs,
    /// Python with `websockets`.
    Python,
    /// Rust with `tokio-tungstenite`.
    Rust,
    /// A shell script around websocat.
    Websocat,
    /// A shell script around wscat.
    Wscat,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Browser,
        Self::Node,
        Self::NodeWs,
        Self::Python,
        Self::Rust,
        Self::Websocat,
        Self::Wscat,
    ];

    /// Returns the name for the command line and for ids.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Node => "node",
            Self::NodeWs => "node-ws",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Websocat => "websocat",
            Self::Wscat => "wscat",
        }
    }

    /// Returns the name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Browser => "Browser",
            Self::Node => "Node",
            Self::NodeWs => "Node with ws",
            Self::Python => "Python",
            Self::Rust => "Rust",
            Self::Websocat => "websocat",
            Self::Wscat => "wscat",
        }
    }

    /// Returns the language whose [`Language::name`] this is.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// Returns the files of the client: first the client itself, then what it needs beside it.
    pub const fn files(self) -> &'static [ClientFile] {
        match self {
            Self::Browser => &[ClientFile {
                name: "browser.html",
                template: include_str!("clients/browser.html"),
            }],
            Self::Node => {
                &[ClientFile { name: "node.mjs", template: include_str!("clients/node.mjs") }]
            }
            Self::NodeWs => {
                &[ClientFile { name: "node-ws.mjs", template: include_str!("clients/node-ws.mjs") }]
            }
            Self::Python => {
                &[ClientFile { name: "client.py", template: include_str!("clients/client.py") }]
            }
            Self::Rust => &[
                ClientFile { name: "main.rs", template: include_str!("clients/main.rs") },
                ClientFile { name: "Cargo.toml", template: include_str!("clients/Cargo.toml") },
            ],
            Self::Websocat => {
                &[ClientFile { name: "client.sh", template: include_str!("clients/client.sh") }]
            }
            Self::Wscat => {
                &[ClientFile { name: "wscat.sh", template: include_str!("clients/wscat.sh") }]
            }
        }
    }

    /// Returns the command that installs what the client needs; none if that is the runtime alone.
    pub const fn install(self) -> Option<&'static str> {
        match self {
            Self::Browser | Self::Node | Self::Rust => None,
            Self::NodeWs => Some("npm install ws"),
            Self::Python => Some("python3 -m venv .venv && .venv/bin/pip install websockets"),
            Self::Websocat => Some("cargo install websocat && sudo apt install jq"),
            Self::Wscat => Some("npm install wscat"),
        }
    }

    /// Returns the command that runs the client in the folder of its files.
    pub const fn run(self) -> &'static str {
        match self {
            Self::Browser => "open browser.html",
            Self::Node => "VERIOPS_API_KEY=your-key node node.mjs",
            Self::NodeWs => "VERIOPS_API_KEY=your-key node node-ws.mjs",
            Self::Python => "VERIOPS_API_KEY=your-key .venv/bin/python client.py",
            Self::Rust => "VERIOPS_API_KEY=your-key cargo run",
            Self::Websocat => "VERIOPS_API_KEY=your-key bash client.sh",
            Self::Wscat => "VERIOPS_API_KEY=your-key bash wscat.sh",
        }
    }

    /// Returns what the client cannot do, a sentence each; none for the programs.
    pub const fn limits(self) -> &'static [&'static str] {
        match self {
            Self::Browser | Self::Node | Self::NodeWs | Self::Python | Self::Rust => &[],
            Self::Websocat => &[
                "It reads close codes from the log of websocat 1.14; other versions may word it otherwise.",
                "A line break within a message arrives as a space.",
                "While it runs, the machine's list of processes shows the key.",
            ],
            Self::Wscat => &[
                "It is for looking: you paste the lines that subscribe, and it calls no hooks.",
                "It answers no ping, so the server ends the connection after a while.",
                "It reports neither a missing ack nor silence, and prints unknown messages like the others.",
                "It shows close code and reason in a terminal only, never what to do, and exits with 0.",
                "It does not come back after an end.",
                "Ctrl+C closes without a code; the line /close 1000 closes with 1000.",
                "While it runs, the machine's list of processes shows the key.",
            ],
        }
    }
}

/// A file of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClientFile {
    /// Its name.
    pub name: &'static str,
    /// Its text, as it stands in `clients`.
    pub template: &'static str,
}

/// What a client is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The API whose numbers and close codes the client follows.
    pub api: &'a Api,
    /// Where it connects to, without a key; empty stands for the API's first live endpoint.
    pub endpoint: &'a str,
    /// What it subscribes to; none stands for the API's first channel with an example of a filter.
    pub topics: &'a [Topic],
    /// How long it waits.
    pub patience: Patience,
}

/// The client's own waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// How long an ack may take before its absence is reported.
    pub ack: Millis,
    /// How long a connection may be silent before it counts as broken.
    pub silence: Millis,
    /// How long a connection must last before the delays of reconnecting start over.
    pub stable: Millis,
}

impl Patience {
    /// Returns the waits that fit the API: two heartbeats may be missed, a third may be late. A server that
    /// sends none may be silent for a day.
    pub fn of(api: &Api) -> Self {
        Self {
            ack: Millis::seconds(10),
            silence: api.timings.heartbeat.map_or(A_DAY, |it| Millis(it.0.saturating_mul(5) / 2)),
            stable: Millis::seconds(10),
        }
    }
}

const A_DAY: Millis = Millis::seconds(86_400);
