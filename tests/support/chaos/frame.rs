//! Frames of RFC 6455, right and wrong.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A frame as it goes over the wire.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// Whether it is the last of its message.
    pub last: bool,
    /// The three reserved bits; 4 marks a compressed message.
    pub reserved: u8,
    /// What it is.
    pub opcode: Opcode,
    /// Whether it is masked, as a client's frames must and a server's must not be.
    pub masked: bool,
    /// Its payload, unmasked.
    pub payload: Vec<u8>,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Opcode {
    /// The next part of a message.
    Continuation = 0,
    /// A text message, or its first part.
    Text = 1,
    /// A binary message, or its first part.
    Binary = 2,
    /// The end of the conversation.
    Close = 8,
    /// A ping of the protocol, which a page never sees.
    Ping = 9,
    /// The answer to it.
    Pong = 10,
}

impl Frame {
    /// Makes a whole, unmasked frame.
    pub fn new(opcode: Opcode, payload: impl Into<Vec<u8>>) -> Self {
        Self { last: true, reserved: 0, opcode, masked: false, payload: payload.into() }
    }

    /// Makes a text message.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Opcode::Text, text.into())
    }

    /// Makes a text message compressed with permessage-deflate, without context takeover.
    pub fn deflated(text: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        // Writing to memory cannot fail.
        encoder.write_all(text).and_then(|()| encoder.flush()).unwrap();
        let mut payload = encoder.get_ref().clone();
        // RFC 7692, 7.2.1: the sync marker at the end does not travel.
        payload.truncate(payload.len() - 4);
        Self { reserved: 4, ..Self::new(Opcode::Text, payload) }
    }

    /// Makes a close frame.
    pub fn close(code: u16, reason: &[u8]) -> Self {
        Self::new(Opcode::Close, [&code.to_be_bytes(), reason].concat())
    }

    /// Returns whether a browser takes it for the start of a message.
    pub fn is_message(&self) -> bool {
        let is_text = self.opcode == Opcode::Text && (self.reserved == 4 || self.is_utf8());
        let is_of_a_server = !self.masked && matches!(self.reserved, 0 | 4);
        is_of_a_server && (is_text || self.opcode == Opcode::Binary)
    }

    fn is_utf8(&self) -> bool {
        std::str::from_utf8(&self.payload).is_ok()
    }

    /// Returns the close code; none if this is no close frame or one without a code.
    pub fn close_code(&self) -> Option<u16> {
        let [high, low] = self.payload.get(..2)?.try_into().ok()?;
        (self.opcode == Opcode::Close).then(|| u16::from_be_bytes([high, low]))
    }

    /// Returns the bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.last) << 7 | self.reserved << 4 | self.opcode as u8];
        let masked = if self.masked { 0x80 } else { 0 };
        let length = self.payload.len();
        if let Some(length) = u8::try_from(length).ok().filter(|length| *length < 126) {
            bytes.push(masked | length);
        } else if let Ok(length) = u16::try_from(length) {
            bytes.push(masked | 0x7E);
            bytes.extend(length.to_be_bytes());
        } else {
            bytes.push(masked | 0x7F);
            bytes.extend((length as u64).to_be_bytes());
        }
        if self.masked {
            bytes.extend(MASK);
            bytes.extend(xor(&self.payload, MASK));
        } else {
            bytes.extend(&self.payload);
        }
        bytes
    }

    /// Reads a frame; none at the end of the stream.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut start = [0; 2];
        match stream.read_exact(&mut start).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            result => result?,
        };
        let length = match start[1] & 0x7F {
            126 => u64::from(stream.read_u16().await?),
            127 => stream.read_u64().await?,
            length => u64::from(length),
        };
        let masked = start[1] & 0x80 != 0;
        let mut mask = [0; 4];
        if masked {
            stream.read_exact(&mut mask).await?;
        }
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).await?;
        Ok(Some(Self {
            last: start[0] & 0x80 != 0,
            reserved: start[0] >> 4 & 7,
            opcode: Opcode::try_from(start[0] & 0x0F)?,
            masked,
            payload: xor(&payload, mask),
        }))
    }
}

impl TryFrom<u8> for Opcode {
    type Error = io::Error;

    fn try_from(bits: u8) -> io::Result<Self> {
        [Self::Continuation, Self::Text, Self::Binary, Self::Close, Self::Ping, Self::Pong]
            .into_iter()
            .find(|opcode| *opcode as u8 == bits)
            .ok_or_else(|| io::Error::other(format!("no opcode of RFC 6455: {bits}")))
    }
}

const MASK: [u8; 4] = [0x5A, 0xC3, 0x3C, 0xA5];

fn xor(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
}
