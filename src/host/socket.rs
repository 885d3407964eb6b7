//! A server's end of a WebSocket, with the close handshake done as browsers need it.

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::SinkExt as _;
use tokio::time::timeout;
use yawc::{Frame, HttpStream, IncomingUpgrade, OpCode, WebSocket, WebSocketError};

use veriops_playground::protocol::CloseCode;

/// An open WebSocket.
pub(super) struct ServerSocket(WebSocket<HttpStream>);

/// What [`ServerSocket::receive`] brings.
pub(super) enum Received {
    Binary(Vec<u8>),
    /// The client closed with this code, or the connection broke.
    Closed(CloseCode),
    Text(String),
}

/// Says that a message could not be sent: the connection is of no more use.
pub(super) struct Broken;

impl ServerSocket {
    /// Answers the upgrade, with permessage-deflate if the client offers it, and hands the open
    /// socket to `serve` in a task of its own.
    pub(super) fn accept<Serving>(
        upgrade: IncomingUpgrade,
        serve: impl FnOnce(Self) -> Serving + Send + 'static,
    ) -> Response
    where
        Serving: Future<Output = ()> + Send,
    {
        let options = yawc::Options::default()
            .with_limits(LARGEST_MESSAGE, LARGEST_MESSAGE)
            .with_balanced_compression()
            .with_utf8();
        let Ok((response, upgraded)) = upgrade.upgrade(options) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        tokio::spawn(async move {
            if let Ok(socket) = upgraded.await {
                serve(Self(socket)).await;
            }
        });
        response.map(Body::new)
    }

    /// Waits for the next message. May be cancelled and called again.
    pub(super) async fn receive(&mut self) -> Received {
        loop {
            let frame = self.0.next_frame().await;
            match frame.as_ref().map(Frame::opcode) {
                Ok(OpCode::Binary) => return Received::Binary(payload(frame)),
                Ok(OpCode::Text) => {
                    return Received::Text(String::from_utf8_lossy(&payload(frame)).into_owned());
                }
                Ok(OpCode::Continuation | OpCode::Ping | OpCode::Pong) => {}
                Ok(OpCode::Close) | Err(_) => {
                    let code = code(frame);
                    // The answering close frame is queued; only another read writes it out.
                    let _ = timeout(PATIENCE, self.0.next_frame()).await;
                    return Received::Closed(code);
                }
            }
        }
    }

    /// Sends a text message.
    pub(super) async fn send_text(&mut self, text: String) -> Result<(), Broken> {
        self.send(Frame::text(text)).await
    }

    /// Sends a binary message.
    pub(super) async fn send_binary(&mut self, bytes: Vec<u8>) -> Result<(), Broken> {
        self.send(Frame::binary(bytes)).await
    }

    /// Sends one close frame, waits for the client's, and drops the connection.
    pub(super) async fn close(mut self, code: CloseCode, reason: &str) {
        let closing = async {
            self.0.send(Frame::close(code.0.into(), reason)).await?;
            while self.0.next_frame().await?.opcode() != OpCode::Close {}
            Ok::<_, WebSocketError>(())
        };
        // Dropped as soon as the client's close frame is read, before an answer to it goes out:
        // Chromium reports 1006 instead of the code when it gets a second close frame.
        let _ = timeout(PATIENCE, closing).await;
    }

    async fn send(&mut self, frame: Frame) -> Result<(), Broken> {
        match timeout(PATIENCE, self.0.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Broken),
        }
    }
}

/// The most bytes of a message that is read at all. Far above the API's own limit, which the
/// simulator judges: beyond this one there is no close code, only a broken connection.
const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;

/// How long a client may take to read a message or to answer a close frame.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns the code of a close frame, or of the lack of one.
fn code(frame: yawc::Result<Frame>) -> CloseCode {
    match frame {
        Ok(frame) => CloseCode(frame.close_code().map_or(1005, u16::from)),
        Err(_) => CloseCode::ABNORMAL,
    }
}

fn payload(frame: yawc::Result<Frame>) -> Vec<u8> {
    frame.map(|frame| frame.into_payload().into()).unwrap_or_default()
}
