//! Hashes by which a browser, or a reader, knows that a file is the one that was built.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

/// Returns the SHA-256 of a file as the attribute `integrity` takes it.
pub(super) fn of(bytes: &[u8]) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(bytes)))
}

/// Returns the SHA-256 of a file as the program `sha256sum` prints it: 64 hexadecimal digits.
pub(super) fn digits(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::{digits, of};

    #[test]
    fn hash_is_the_one_of_the_standard() {
        // The second example of FIPS 180-2, appendix B.
        let bytes = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

        let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
        assert_eq!(digits(bytes), expected);
        assert_eq!(of(bytes), "sha256-JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
    }
}
