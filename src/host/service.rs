//! The service: the built page and the sandbox API on one port.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use super::sandbox::Sandbox;
use super::site;
use veriops_playground::api::Api;
use veriops_playground::simulator::Settings;

/// Serves the built page at `/`, the reference page at `/docs/`, the sandbox API at `/realtime` and an echo
/// at `/echo`.
pub(super) struct Service {
    listener: TcpListener,
    router: Router,
    sandbox: Arc<Sandbox>,
}

impl Service {
    /// Prepares a service of the page in the folder `dist` and a sandbox with these settings.
    pub(super) fn new(listener: TcpListener, dist: &Path, settings: Settings) -> Self {
        let sandbox = Arc::new(Sandbox::new(Api::veriops(), settings));
        let router = sandbox.router().merge(site::router(dist));
        Self { listener, router, sandbox }
    }

    /// Returns where the server listens.
    ///
    /// # Errors
    ///
    /// Fails when the operating system does not know the socket any more.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `until` ends, then closes every WebSocket as "server going away".
    ///
    /// # Errors
    ///
    /// Fails when connections cannot be accepted any more.
    pub(super) async fn run(self, until: impl Future<Output = ()>) -> io::Result<()> {
        // A small message goes out at once: the page measures its round trip.
        let listener = self.listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::select! {
            ended = axum::serve(listener, self.router).into_future() => ended?,
            () = until => {}
        }
        self.sandbox.shut_down().await;
        Ok(())
    }
}
