//! Servers that run as processes of their own: the playground's own, and any that says where it
//! listens.

// Each program uses a part of this.
#![allow(dead_code)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use super::environment;
use super::http;

/// The playground's own server: the built page and the sandbox API.
pub struct Server {
    dist: PathBuf,
    flags: Vec<String>,
    port: u16,
    process: Process,
}

impl Server {
    /// Starts it on a free port with these flags, such as `--heartbeat 300`.
    pub fn start(flags: &str) -> Self {
        Self::of(environment::dist(), flags)
    }

    /// Starts it with these flags for the page in another folder.
    pub fn of(dist: PathBuf, flags: &str) -> Self {
        let flags: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
        let (process, port) = Self::launch(0, &dist, &flags);
        Self { dist, flags, port, process }
    }

    /// Returns the port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL of the page.
    pub fn page(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns the URL of a WebSocket endpoint, such as `/realtime`.
    pub fn endpoint(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the body of a GET.
    pub fn get(&self, path: &str) -> String {
        let answer = http::request("GET", self.port, path, "").unwrap();
        assert_eq!(answer.status, 200, "GET {path}");
        answer.body
    }

    /// Asks it to end, which it does with close code 1001, and waits for it.
    pub fn stop(&mut self) {
        self.process.end("TERM");
    }

    /// Asks it to end, and does not wait for it.
    pub fn ask_to_stop(&self) {
        self.process.signal("TERM");
    }

    /// Keeps it from running until [`Server::resume`].
    pub fn suspend(&self) {
        self.process.signal("STOP");
    }

    /// Lets it run again.
    pub fn resume(&self) {
        self.process.signal("CONT");
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait()
    }

    /// Ends it at once, without a word to anybody.
    pub fn kill(&mut self) {
        self.process.end("KILL");
    }

    /// Starts it again on the same port.
    pub fn restart(&mut self) {
        (self.process, self.port) = Self::launch(self.port, &self.dist, &self.flags);
    }

    fn launch(port: u16, dist: &Path, flags: &[String]) -> (Process, u16) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veriops-playground"));
        command
            .args(["serve", "--no-build", "--port", &port.to_string(), "--dist"])
            .arg(dist)
            .args(flags);
        let (process, line) = Process::start(command, "listening on http://127.0.0.1:");
        (process, line.trim_end_matches('/').parse().unwrap())
    }
}

/// A process that says on its standard output when it is ready. It is killed when it is dropped.
pub struct Process {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts a program and waits for the line that contains `ready`; returns what follows it.
    ///
    /// One that ends before is started again: a port that was free may be taken when it listens.
    pub fn start(mut command: Command, ready: &str) -> (Self, String) {
        let started = (0..ATTEMPTS).find_map(|_| Self::attempt(&mut command, ready));
        started.unwrap_or_else(|| panic!("{command:?} ended before it said {ready:?}"))
    }

    fn attempt(command: &mut Command, ready: &str) -> Option<(Self, String)> {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        // It is piped above.
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines = stdout.lines().map_while(Result::ok);
        let rest = lines.find_map(|line| Some(line.split_once(ready)?.1.trim().to_owned()));
        let Some(rest) = rest else {
            child.wait().unwrap();
            return None;
        };
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        // Reading on keeps the pipe open and empty.
        std::thread::spawn(move || lines.for_each(|line| heard.lock().unwrap().push(line)));
        Some((Self { child, said }, rest))
    }

    /// Returns the lines it wrote to its standard output since it was ready.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Returns its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal and waits for the end.
    pub fn end(&mut self, signal: &str) {
        self.signal(signal);
        self.wait();
    }

    /// Sends a signal.
    pub fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(status.success(), "{kill}: {status}");
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

const ATTEMPTS: usize = 3;

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
