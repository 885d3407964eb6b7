//! Base64 and percent-encoding, in both ways.
//!
//! By hand: sixty lines, which the search for the key needs the inner parts of.

/// Encodes bytes as base64, with padding.
pub fn to_base64(bytes: &[u8]) -> String {
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

/// Decodes base64, with or without padding. Returns nothing if there is any other character.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
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

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Decodes percent-encoded text. A percent sign without two hexadecimal digits stands for itself.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match hex_value(bytes, at + 1, 2).and_then(|value| u8::try_from(value).ok()) {
            Some(value) if byte == b'%' => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Returns the value of this many hexadecimal digits, four at most; nothing if there are not as many.
pub(super) fn hex_value(bytes: &[u8], at: usize, digits: usize) -> Option<u16> {
    let digits = bytes.get(at..at + digits)?;
    digits.iter().try_fold(0, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).ok()?)
    })
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The characters of base64, in the order of their values.
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive_base64() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"\0\xff\x10\x83", "AP8Qgw=="),
        ] {
            assert_eq!(to_base64(bytes), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes));
        }
        assert_eq!(from_base64("Zm9v!"), None);
    }

    #[test]
    fn percent_encoding_keeps_only_unreserved_characters() {
        assert_eq!(percent_encode("a+b&c#d é~"), "a%2Bb%26c%23d%20%C3%A9~");
        assert_eq!(percent_decode("a%2Bb%26c%23d%20%C3%a9~"), "a+b&c#d é~");
        assert_eq!(percent_decode("100% %zz %4"), "100% %zz %4");
    }
}
