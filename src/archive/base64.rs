//! Base64, for binary frames in files.

use crate::protocol::secret::BASE64;

/// Encodes with padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let value = (0..3).fold(0, |value, at| {
            value << 8 | usize::from(group.get(at).copied().unwrap_or_default())
        });
        for at in 0..4 {
            let is_padding = at > group.len();
            let character = BASE64[value >> (18 - 6 * at) & 63];
            text.push(if is_padding { '=' } else { char::from(character) });
        }
    }
    text
}

/// Decodes, with or without padding. Returns nothing for any other character.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut value, mut bits) = (0, 0);
    for character in text.trim_end_matches('=').bytes() {
        value = value << 6 | BASE64.iter().position(|known| *known == character)?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            // What is cut off has been taken already.
            bytes.extend(u8::try_from(value >> bits & 0xff));
            value &= 0xff;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"\0\xff\x10\x83", "AP8Qgw=="),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
        assert_eq!(decode("Zm9v!"), None);
    }
}
