//! Base64 and percent-encoding, in both ways.
//!
//! By crates: they weigh more than the same by hand, `percent-encoding` 472 bytes of brotli and
//! `base64ct` 1,509 (`base64` 2,984), which is too little to keep sixty lines for.

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Encodes bytes as base64, with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Decodes base64, with or without padding. Returns nothing if there is any other character.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(text.trim_end_matches('=')).ok()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Decodes percent-encoded text. A percent sign without two hexadecimal digits stands for itself.
pub fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Returns the value of this many hexadecimal digits, four at most; nothing if there are not as many.
pub(super) fn hex_value(bytes: &[u8], at: usize, digits: usize) -> Option<u16> {
    let digits = bytes.get(at..at + digits)?;
    digits.iter().try_fold(0, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).ok()?)
    })
}

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
