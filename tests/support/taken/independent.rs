//! The server that shares no code with the project: one process for all tests of a program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::{Value, json};

use super::super::environment;
use super::record::Record;

/// The server, which follows a script for every key. It ends with this program: its standard input does.
pub struct Independent {
    /// The port for `ws`.
    pub port: u16,
    /// The port for `wss`.
    pub tls_port: u16,
    /// The file with the certificate that signed the server's.
    pub authority: PathBuf,
    orders: Mutex<ChildStdin>,
    notes: Arc<Mutex<Vec<Value>>>,
}

impl Independent {
    /// Returns the server, which is started by whoever asks first.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Independent> = LazyLock::new(Independent::start);
        &SHARED
    }

    /// Has connections with this key go as the script says; see scenario.py.
    pub fn follow(&self, key: &str, connections: &Value) {
        let order = json!({ "key": key, "connections": connections });
        writeln!(self.orders.lock().unwrap(), "{order}").unwrap();
    }

    /// Returns what happened on connections with this key.
    pub fn records(&self, key: &str) -> Vec<Record> {
        let notes = self.notes.lock().unwrap();
        notes.iter().filter(|note| note["key"] == key).map(Record::read).collect()
    }

    /// Returns the text messages that came on connections with this key, as they came.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let notes = self.notes.lock().unwrap();
        let texts =
            notes.iter().filter(|note| note["key"] == key).filter_map(|it| it["text"].as_str());
        texts.map(str::to_owned).collect()
    }

    /// It ends with its input, and so with the process of the tests.
    #[expect(clippy::zombie_processes, reason = "it lives as long as the tests")]
    fn start() -> Self {
        let folder = environment::scratch(concat!("independent-", env!("CARGO_CRATE_NAME")));
        let program = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new(environment::python())
            .arg(program.join("tests/support/independent/scenario.py"))
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.next().expect("scenario.py says where it listens");
        let ports: Vec<u16> = ready.split(' ').filter_map(|word| word.parse().ok()).collect();
        let notes = Arc::<Mutex<Vec<Value>>>::default();
        let heard = Arc::clone(&notes);
        std::thread::spawn(move || {
            lines.for_each(|line| heard.lock().unwrap().push(serde_json::from_str(&line).unwrap()));
        });
        Self {
            port: ports[0],
            tls_port: ports[1],
            authority: folder.join("authority.pem"),
            orders: Mutex::new(child.stdin.take().unwrap()),
            notes,
        }
    }
}
