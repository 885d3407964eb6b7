//! A server that floods: numbered events, prebuilt, on raw TCP, as fast as the socket takes them or
//! at a rate.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::chaos::frame::{Frame, Opcode};
use crate::support::chaos::handshake::{Request, accept_key, upgrade};

/// A running flood server. It acknowledges every request and sends events as it is told. It ends, with
/// its connections, when it is dropped.
pub struct Flood {
    port: u16,
    order: watch::Sender<Order>,
    sent: watch::Receiver<u64>,
    _tasks: JoinSet<()>,
}

impl Flood {
    /// Starts a server on a free port of 127.0.0.1. It sends nothing yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (order, orders) = watch::channel(Order::default());
        let (count, sent) = watch::channel(0);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, orders, Arc::new(count)));
        Self { port, order, sent, _tasks: tasks }
    }

    /// Returns its URL.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/", self.port)
    }

    /// Sends events, as fast as the socket takes them, until there were this many.
    pub fn send_until(&self, total: u64) {
        self.order.send_replace(Order { total, pace: None });
    }

    /// Sends this many more events a second, until there were `total`.
    pub fn send_at_rate(&self, per_second: u32, total: u64) {
        let pace = Pace { per_second, since: Instant::now(), before: self.sent() };
        self.order.send_replace(Order { total, pace: Some(pace) });
    }

    /// Returns how many events were written to sockets since the start.
    pub fn sent(&self) -> u64 {
        *self.sent.borrow()
    }
}

/// Bytes of an event's text.
pub const EVENT_BYTES: usize = 200;

/// What to send.
#[derive(Clone, Copy, Default)]
struct Order {
    /// How many events in all.
    total: u64,
    /// None is as fast as the socket takes them.
    pace: Option<Pace>,
}

#[derive(Clone, Copy)]
struct Pace {
    per_second: u32,
    since: Instant,
    /// How many events were sent before.
    before: u64,
}

impl Order {
    /// Returns how many events of this order are due after `sent`, at most a block of them.
    fn due(&self, sent: u64) -> usize {
        let target = self.pace.map_or(self.total, |pace| {
            let millis = u64::try_from(pace.since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.total.min(pace.before + millis * u64::from(pace.per_second) / 1_000)
        });
        usize::try_from(target.saturating_sub(sent)).unwrap_or(BLOCK).min(BLOCK)
    }
}

/// Events written at once.
const BLOCK: usize = 256;

/// The time between two looks at what is due.
const PULSE: Duration = Duration::from_millis(1);

type Count = Arc<watch::Sender<u64>>;

async fn accept(listener: TcpListener, orders: watch::Receiver<Order>, count: Count) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (orders, count) = (orders.clone(), Arc::clone(&count));
        connections.spawn(async move {
            // The page leaves at any point: that ends the connection, not the benchmark.
            let _left = serve(stream, orders, &count).await;
        });
    }
}

async fn serve(
    mut stream: TcpStream,
    mut orders: watch::Receiver<Order>,
    count: &Count,
) -> io::Result<()> {
    let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
    upgrade(&mut stream, &accept_key(request.header("sec-websocket-key")), "").await?;
    let (mut from, mut to) = stream.into_split();
    let (post, mut inbox) = mpsc::channel(1);
    // Reading is a task of its own: a frame that is half read must not be forgotten.
    let mut reader = JoinSet::new();
    reader.spawn(async move {
        while let Ok(Some(frame)) = Frame::read(&mut from).await {
            if post.send(frame).await.is_err() {
                break;
            }
        }
    });
    let mut block = Block::new();
    loop {
        if let Ok(frame) = inbox.try_recv() {
            if answer(&mut to, frame).await? == Next::End {
                return Ok(());
            }
            continue;
        }
        let sent = *count.borrow();
        let order = *orders.borrow_and_update();
        let due = order.due(sent);
        if due > 0 {
            to.write_all(block.numbered(sent, due)).await?;
            count.send_replace(sent + due as u64);
            continue;
        }
        tokio::select! {
            changed = orders.changed() => changed.map_err(io::Error::other)?,
            frame = inbox.recv() => {
                let Some(frame) = frame else { return Ok(()) };
                if answer(&mut to, frame).await? == Next::End {
                    return Ok(());
                }
            }
            () = sleep(PULSE), if sent < order.total => {}
        }
    }
}

#[derive(Eq, PartialEq)]
enum Next {
    Go,
    End,
}

/// Acknowledges a request; confirms a close.
async fn answer(to: &mut OwnedWriteHalf, frame: Frame) -> io::Result<Next> {
    match frame.opcode {
        Opcode::Close => {
            to.write_all(&Frame { masked: false, ..frame }.encode()).await?;
            return Ok(Next::End);
        }
        Opcode::Text => {
            if let Ok(request) = serde_json::from_slice::<Value>(&frame.payload) {
                let channel = &request["payload"]["channel"];
                let ack = json!({
                    "type": "ack",
                    "request_id": request["request_id"],
                    "payload": { "status": "subscribed", "channel": channel },
                });
                to.write_all(&Frame::text(ack.to_string()).encode()).await?;
            }
        }
        _ => {}
    }
    Ok(Next::Go)
}

/// Frames of events whose numbers alone are left to write.
struct Block {
    bytes: Vec<u8>,
    frame: usize,
    /// Where the digits of the number stand in a frame.
    digits: Vec<usize>,
}

impl Block {
    fn new() -> Self {
        let frame = Frame::text(EVENT).encode();
        let digits = frame.windows(DIGITS).enumerate();
        let digits = digits.filter(|(_, found)| *found == b"0000000").map(|(at, _)| at).collect();
        Self { bytes: frame.repeat(BLOCK), frame: frame.len(), digits }
    }

    /// Returns `count` frames with the numbers from `first` on.
    fn numbered(&mut self, first: u64, count: usize) -> &[u8] {
        for (frame, number) in self.bytes.chunks_exact_mut(self.frame).zip(first..).take(count) {
            let number = format!("{number:0DIGITS$}");
            for at in &self.digits {
                frame[*at..*at + DIGITS].copy_from_slice(number.as_bytes());
            }
        }
        &self.bytes[..count * self.frame]
    }
}

const DIGITS: usize = 7;

/// An event as the reference page has it, in [`EVENT_BYTES`] bytes.
pub const EVENT: &str = concat!(
    r#"{"type":"event","request_id":"evt_0000000","sent_at":"2026-03-19T14:30:00Z","#,
    r#""payload":{"event_type":"project.updated","#,
    r#""data":{"project_id":"prj_0000000","status":"active","updated_by":"usr_4567890"}}}"#,
);

const _: () = assert!(EVENT.len() == EVENT_BYTES);
