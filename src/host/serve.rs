//! The command `serve`: flags, port and signals around the [`Service`].

use std::future::Future;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use tokio::net::TcpListener;
use tokio::signal;

use super::build;
use super::service::Service;
use veriops_playground::api::Api;
use veriops_playground::protocol::Millis;
use veriops_playground::simulator::Settings;

/// Where to listen, what to serve, and how fast the sandbox's clock runs.
#[derive(clap::Args)]
pub(super) struct Options {
    /// The address to listen on; 0.0.0.0 for every network
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on, 0 for any free one [default: the first free one from 8080]
    #[arg(long)]
    port: Option<u16>,
    /// The folder of the built page
    #[arg(long, value_name = "DIR", default_value_os_t = super::dist())]
    dist: PathBuf,
    /// Serve the folder as it is
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    pace: Pace,
}

/// Shortens the sandbox's intervals. Without these, the API description's numbers hold.
#[derive(clap::Args)]
struct Pace {
    /// Milliseconds between two pings of the sandbox, 0 for none
    #[arg(long, value_name = "MS")]
    heartbeat: Option<u64>,
    /// Milliseconds without a message after which the sandbox closes, 0 for never
    #[arg(long, value_name = "MS")]
    idle: Option<u64>,
    /// Milliseconds between two events of a channel, 0 for none
    #[arg(long, value_name = "MS")]
    event_interval: Option<u64>,
    /// Messages a client may send within the rate window
    #[arg(long, value_name = "N")]
    rate_messages: Option<usize>,
    /// Milliseconds of the rate window
    #[arg(long, value_name = "MS")]
    rate_window: Option<u64>,
}

/// Builds the page, serves it and the sandbox API until Ctrl-C or SIGTERM.
///
/// The line `listening on http://…/` on standard output says that connections are accepted.
pub(super) fn serve(options: &Options) -> anyhow::Result<()> {
    if !options.no_build {
        build::page(&options.dist)?;
    }
    ensure!(
        options.dist.join("index.html").is_file(),
        "there is no built page in {}; run `cargo run -- build`",
        options.dist.display()
    );
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = listen(&options.host, options.port).await?;
        let service = Service::new(listener, &options.dist, options.pace.settings());
        let until = stop_signal()?;
        let address = service.address()?;
        println!("listening on http://{address}/");
        println!("the reference page, with a link in every row: http://{address}/docs/");
        io::stdout().flush()?;
        service.run(until).await?;
        Ok(())
    })
}

impl Pace {
    fn settings(&self) -> Settings {
        let mut settings = Settings::of(&Api::veriops());
        for (flag, setting) in [
            (self.heartbeat, &mut settings.heartbeat),
            (self.idle, &mut settings.idle),
            (self.event_interval, &mut settings.event_interval),
        ] {
            if let Some(interval) = flag {
                *setting = (interval > 0).then_some(Millis(interval));
            }
        }
        if let Some(messages) = self.rate_messages {
            settings.rate_messages = messages;
        }
        if let Some(window) = self.rate_window {
            settings.rate_window = Millis(window);
        }
        settings
    }
}

/// Binds the port. A port that was asked for must be free; the default one gives way to the next.
async fn listen(host: &str, port: Option<u16>) -> anyhow::Result<TcpListener> {
    let bind = async |port| TcpListener::bind((host, port)).await;
    if let Some(port) = port {
        return bind(port).await.with_context(|| {
            format!("cannot listen on {host} port {port}; name another one with --port")
        });
    }
    for port in FIRST_PORT..LAST_PORT {
        match bind(port).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                eprintln!("port {port} is taken, trying {}", port + 1);
            }
            bound => return bound.with_context(|| format!("cannot listen on {host}")),
        }
    }
    bind(LAST_PORT).await.context("no port is free here; name one with --port")
}

const FIRST_PORT: u16 = 8080;
const LAST_PORT: u16 = 8099;

/// Returns a future that ends when the user or the system asks the program to stop.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = signal::ctrl_c().await;
    })
}
