//! A client that is a program: it runs as its line to run says, in a folder of its own.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use veriops_playground::code::Language;

use crate::support::environment;
use crate::support::taken::filling::Client;
use crate::support::taken::{Line, Subject};

/// A process of its own, with all that it starts.
pub struct Program {
    child: Child,
    said: Arc<Mutex<Vec<Line>>>,
    /// Where its user types; only who looks has one.
    keyboard: Option<Keyboard>,
}

type Keyboard = Arc<Mutex<ChildStdin>>;

impl Subject for Program {
    type Place = ();

    async fn place() {}

    async fn start((): &(), client: &Client, key: Option<&str>) -> Self {
        let Client { language, folder, authority, .. } = client;
        let line = language.run();
        let line = line.strip_prefix("VERIOPS_API_KEY=your-key ").expect("the key comes first");
        let line = match language {
            Language::Rust => compiled(folder).display().to_string(),
            // It says less where there is no terminal, so it gets one, and a wide one.
            Language::Wscat => format!("script -qefc 'stty cols 1000; {line}' /dev/null"),
            _ => line.to_owned(),
        };
        furnish(*language, folder);
        let mut command = Command::new("env");
        // Whoever runs the tests in the background has signals ignored, and children inherit that.
        command.args(["--default-signal=INT,TERM,PIPE", "sh", "-c", &format!("exec {line}")]);
        command.env_clear().current_dir(folder).process_group(0);
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", tools().display()));
        command.env("HOME", folder).env("LANG", "C.UTF-8");
        command.env("NODE_EXTRA_CA_CERTS", authority).env("SSL_CERT_FILE", authority);
        command.envs(key.map(|key| ("VERIOPS_API_KEY", key)));
        let is_looked_at = *language == Language::Wscat;
        command.stdin(if is_looked_at { Stdio::piped() } else { Stdio::null() });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::default();
        let keyboard = child.stdin.take().map(|it| Arc::new(Mutex::new(it)));
        listen(&said, true, child.stdout.take().unwrap(), keyboard.clone());
        listen(&said, false, child.stderr.take().unwrap(), None);
        Self { child, said, keyboard }
    }

    async fn said(&mut self) -> Vec<Line> {
        self.said.lock().unwrap().clone()
    }

    async fn interrupt(&mut self) {
        match &self.keyboard {
            Some(_) => self.press("\u{3}"),
            None => self.signal("INT"),
        }
    }

    async fn enter(&mut self, line: &str) {
        self.press(&format!("{line}\r"));
    }

    async fn ended(&mut self) -> Option<i32> {
        // One that a signal ends has no code.
        self.child.try_wait().unwrap().map(|status| status.code().unwrap_or(-1))
    }

    async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
        tokio::join!(one, other);
    }
}

impl Program {
    fn press(&self, keys: &str) {
        let keyboard = self.keyboard.as_ref().expect("this client has a terminal");
        keyboard.lock().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Sends a signal as a terminal does: to the program and to all that it started.
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let kill = Command::new("kill").args(["-s", signal, "--", &group]).output().unwrap();
        assert!(kill.status.success(), "kill -s {signal} {group}: {kill:?}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Parts of it may be left even where the program itself has ended.
        let group = format!("-{}", self.child.id());
        let _killed = Command::new("kill").args(["-s", "KILL", "--", &group]).output();
        let _reaped = self.child.wait();
    }
}

/// Gathers the lines of a stream. Who looks pastes what it is told to as soon as it is connected.
fn listen(
    said: &Arc<Mutex<Vec<Line>>>,
    is_output: bool,
    stream: impl Read + Send + 'static,
    keyboard: Option<Keyboard>,
) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while stream.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let text = plain(&String::from_utf8_lossy(&bytes));
            if let Some(keyboard) = keyboard.as_ref().filter(|_| text.starts_with("Connected (")) {
                let said = said.lock().unwrap();
                let lines = said.iter().filter(|line| line.text.starts_with(r#"{"type":"#));
                let lines: Vec<_> = lines.flat_map(|line| [&*line.text, "\r"]).collect();
                keyboard.lock().unwrap().write_all(lines.concat().as_bytes()).unwrap();
            }
            said.lock().unwrap().push(Line { is_output, text });
            bytes.clear();
        }
    });
}

/// Returns a line without what moves a terminal's cursor and colours its text.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part
            .trim_start_matches(|it: char| it.is_ascii_digit() || it == ';')
            .get(1..)
            .unwrap_or("");
    }
    plain.trim_matches(['\r', '\n']).trim_start_matches("> ").to_owned()
}

/// Puts beside a client what its line to install brings.
fn furnish(language: Language, folder: &Path) {
    match language {
        Language::NodeWs | Language::Wscat => {
            link(&environment::node_modules(), &folder.join("node_modules"));
        }
        Language::Python => {
            let python = PathBuf::from(environment::python());
            let home = python.parent().and_then(Path::parent).unwrap();
            link(home, &folder.join(".venv"));
        }
        _ => {}
    }
}

fn link(to: &Path, from: &Path) {
    // One of an earlier run may lead elsewhere.
    if from.is_symlink() {
        fs::remove_file(from).unwrap();
    }
    symlink(to, from).unwrap();
}

/// Returns a folder with the runtimes under their names.
fn tools() -> &'static Path {
    static TOOLS: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = environment::scratch("client-tools");
        link(Path::new(&environment::node()), &folder.join("node"));
        link(&environment::node_modules().join(".bin/wscat"), &folder.join("wscat"));
        link(&environment::websocat(), &folder.join("websocat"));
        link(&environment::jq(), &folder.join("jq"));
        folder
    });
    &TOOLS
}

/// Returns the program that cargo makes of the client in a folder.
fn compiled(folder: &Path) -> PathBuf {
    static PROGRAMS: Mutex<Option<HashMap<String, PathBuf>>> = Mutex::new(None);
    let source = fs::read_to_string(folder.join("main.rs")).unwrap();
    let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    let programs = programs.get_or_insert_default();
    if let Some(program) = programs.get(&source) {
        return program.clone();
    }
    let program = folder.join("client");
    package(&source, |cargo| {
        let build = cargo.args(["build", "--quiet", "--locked"]).output().unwrap();
        assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
        let built = cargo.get_current_dir().unwrap().join("target/debug/client");
        fs::copy(built, &program).unwrap();
    });
    programs.insert(source, program.clone());
    program
}

/// Has cargo do something with a client of this text. What differs between clients is one file, so they share
/// one package, and what it depends on is compiled once.
pub fn package(source: &str, act: impl FnOnce(&mut Command)) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("client-rust");
    fs::create_dir_all(&package).unwrap();
    for file in Language::Rust.files() {
        fs::write(package.join(file.name), file.template).unwrap();
    }
    fs::write(package.join("main.rs"), source).unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/client.lock");
    fs::copy(lock, package.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    cargo.current_dir(&package).env("CARGO_TARGET_DIR", package.join("target"));
    act(cargo.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_PROFILE_DEV_STRIP", "true"));
}
