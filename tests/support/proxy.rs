//! A TCP proxy that fails like a network: it drops its connections, or stalls them.

// Each test binary uses a part of this.
#![allow(dead_code)]

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A running proxy. It ends, with all its connections, when it is dropped.
pub struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Starts a proxy on a free port of 127.0.0.1, in front of another port.
    pub async fn before(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (weather, seen) = watch::channel(Weather::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, target, seen));
        Self { port, weather, _tasks: tasks }
    }

    /// Returns the port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Drops every connection with a TCP reset; new ones are welcome.
    pub fn drop_all(&self) {
        self.weather.send_modify(|weather| weather.resets += 1);
    }

    /// Lets no byte through in either direction and tells nobody, until [`Proxy::resume`].
    pub fn stall(&self) {
        self.weather.send_modify(|weather| weather.stalled = true);
    }

    /// Lets through what has waited, and everything after it.
    pub fn resume(&self) {
        self.weather.send_modify(|weather| weather.stalled = false);
    }
}

#[derive(Clone, Copy, Default)]
struct Weather {
    resets: usize,
    stalled: bool,
}

async fn accept(listener: TcpListener, target: u16, weather: watch::Receiver<Weather>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let weather = weather.clone();
        connections.spawn(async move {
            // Either side may leave at any point: that ends the connection, not the test.
            let _left = relay(client, target, weather).await;
        });
    }
}

async fn relay(
    mut client: TcpStream,
    target: u16,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", target)).await?;
    let resets = weather.borrow().resets;
    let (up, down) = (weather.clone(), weather.clone());
    let (client_in, client_out) = client.split();
    let (server_in, server_out) = server.split();
    tokio::select! {
        result = async {
            tokio::try_join!(pump(client_in, server_out, up), pump(server_in, client_out, down))
        } => { result?; return Ok(()) }
        _ = weather.wait_for(|weather| weather.resets > resets) => {}
    }
    client.set_zero_linger()?;
    server.set_zero_linger()
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        weather.wait_for(|weather| !weather.stalled).await.map_err(io::Error::other)?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}
