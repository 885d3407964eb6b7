//! Servers as a site has them: nginx and Caddy, each with what a release says about itself.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::environment;

/// The servers that are there.
#[derive(Clone, Copy, Debug)]
pub enum Software {
    Nginx,
    Caddy,
}

/// All of them.
pub const EVERY: [Software; 2] = [Software::Nginx, Software::Caddy];

/// A server of a site that has a release at `/playground/`. It is killed when it is dropped.
pub struct WebServer {
    /// The port of 127.0.0.1 that it listens on.
    pub port: u16,
    child: Child,
}

impl WebServer {
    /// Serves the folder `site` with this content security policy.
    pub fn start(software: Software, site: &Path, policy: &str) -> Self {
        let started = (0..ATTEMPTS).find_map(|_| Self::attempt(software, site, policy));
        started.unwrap_or_else(|| panic!("{software:?} ended before it listened"))
    }

    /// Returns the URL of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    fn attempt(software: Software, site: &Path, policy: &str) -> Option<Self> {
        // Free now; should another process take it first, the server ends, and tries another one.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = site.with_extension(format!("{port}"));
        fs::create_dir_all(&folder).unwrap();
        let (configuration, mut command) = match software {
            Software::Nginx => {
                let mut command = Command::new(environment::nginx());
                command.args(["-e", "stderr", "-p"]).arg(&folder).args(["-c", "configuration"]);
                (nginx(site, port, policy), command)
            }
            Software::Caddy => {
                let mut command = Command::new(environment::caddy());
                command.args(["run", "--adapter", "caddyfile", "--config", "configuration"]);
                (caddy(site, port, policy), command)
            }
        };
        fs::write(folder.join("configuration"), configuration).unwrap();
        // What it keeps is kept in its folder.
        command
            .env("HOME", &folder)
            .env_remove("XDG_CONFIG_HOME")
            .current_dir(&folder)
            .stderr(Stdio::null());
        let mut server = Self { port, child: command.spawn().unwrap() };
        while server.child.try_wait().unwrap().is_none() {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            sleep(PULSE);
        }
        None
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn nginx(site: &Path, port: u16, policy: &str) -> String {
    let site = site.display();
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|it| format!("{it}_temp_path {it};\n")).concat();
    format!(
        "daemon off; master_process off; pid pid;
         events {{}}
         http {{
             access_log off;
             {folders}
             server {{
                 listen 127.0.0.1:{port};
                 root {site};
                 location / {{ add_header Content-Security-Policy \"{policy}\"; types {{ text/html html; text/css css; text/javascript js; }} }}
                 include {site}/playground/nginx.conf;
             }}
         }}"
    )
}

fn caddy(site: &Path, port: u16, policy: &str) -> String {
    let site = site.display();
    format!(
        "{{
             admin off
             auto_https off
         }}
         http://:{port} {{
             bind 127.0.0.1
             root * {site}
             import {site}/playground/Caddyfile
             @page path / *.html
             header @page Content-Security-Policy \"{policy}\"
             file_server
         }}"
    )
}

const ATTEMPTS: usize = 3;
const PULSE: Duration = Duration::from_millis(20);
