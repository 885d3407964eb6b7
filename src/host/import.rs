//! Short names for what the wasm imports.
//!
//! wasm-bindgen gives every import a hash, once in the wasm and once in its script. Nobody reads
//! them, and nothing compresses them: here they become numbers.

use anyhow::Context as _;

/// Renames the imports of `wasm` in itself and in `glue`, the script that provides them. In the
/// script each stands at the start of a line.
///
/// # Errors
///
/// Fails if `wasm` cannot be read, or names an import that `glue` does not provide.
pub(super) fn shorten(wasm: &[u8], mut glue: String) -> anyhow::Result<(Vec<u8>, String)> {
    let mut rest = wasm;
    let mut short = take(&mut rest, HEADER)?.to_vec();
    while !rest.is_empty() {
        let kind = take(&mut rest, 1)?;
        let section = text(&mut rest)?;
        let section = if kind == [IMPORTS] {
            let (section, names) = renumber(section)?;
            for (number, name) in names.iter().enumerate() {
                let (before, after) = glue
                    .split_once(&format!("\n{name}:"))
                    .with_context(|| format!("the script provides no import {name}"))?;
                glue = format!("{before}\n{number}:{after}");
            }
            section
        } else {
            section.to_vec()
        };
        short.extend(kind);
        put(&mut short, &section);
    }
    Ok((short, glue))
}

/// Returns the section with a number for the name of each import, and the names.
fn renumber(mut section: &[u8]) -> anyhow::Result<(Vec<u8>, Vec<String>)> {
    let count = number(&mut section)?;
    let (mut short, mut names) = (leb(count), Vec::new());
    for index in 0..count {
        put(&mut short, text(&mut section)?);
        names.push(String::from_utf8(text(&mut section)?.to_vec())?);
        put(&mut short, index.to_string().as_bytes());
        let kind = take(&mut section, 1)?;
        anyhow::ensure!(kind == [FUNCTION], "the wasm imports something that is no function");
        short.extend(kind);
        short.extend(leb(number(&mut section)?));
    }
    Ok((short, names))
}

/// Takes bytes that stand behind their number.
fn text<'a>(rest: &mut &'a [u8]) -> anyhow::Result<&'a [u8]> {
    let len = number(rest)?;
    take(rest, len)
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> anyhow::Result<&'a [u8]> {
    rest.split_off(..len).context("the wasm ends too early")
}

/// Takes a number in the variable length of wasm, LEB128.
fn number(rest: &mut &[u8]) -> anyhow::Result<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let byte = take(rest, 1)?[0];
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(number)
}

/// Appends bytes behind their number.
fn put(wasm: &mut Vec<u8>, bytes: &[u8]) {
    wasm.extend(leb(bytes.len()));
    wasm.extend(bytes);
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// The bytes before the first section.
const HEADER: usize = 8;
/// The kind of section that holds the imports.
const IMPORTS: u8 = 2;
/// The kind of import that is a function.
const FUNCTION: u8 = 0;

#[cfg(test)]
mod tests {
    use super::{leb, number, shorten};

    const GLUE: &str = "const import0 = {\nadd_0123: function() {},\nsub_4567: function() {},\n}";

    fn wasm(second: &str) -> Vec<u8> {
        let imports = format!("\x02\x01g\x08add_0123\0\0\x01g\x08{second}\0\x03");
        let [len] = leb(imports.len())[..] else { panic!("a short section") };
        [b"\0asm\x01\0\0\0\x01\x01x\x02", &[len][..], imports.as_bytes(), b"\x0a\x02yz"].concat()
    }

    #[test]
    fn imports_become_numbers_on_both_sides() {
        let (wasm, glue) = shorten(&wasm("sub_4567"), GLUE.to_owned()).unwrap();

        assert_eq!(glue, "const import0 = {\n0: function() {},\n1: function() {},\n}");
        let expected =
            b"\0asm\x01\0\0\0\x01\x01x\x02\x0d\x02\x01g\x010\0\0\x01g\x011\0\x03\x0a\x02yz";
        assert_eq!(wasm, expected);
    }

    #[test]
    fn import_that_the_script_does_not_provide_stops_the_build() {
        let error = shorten(&wasm("mul_89ab"), GLUE.to_owned()).unwrap_err();

        assert_eq!(error.to_string(), "the script provides no import mul_89ab");
    }

    #[test]
    fn wasm_that_is_cut_stops_the_build() {
        let whole = wasm("sub_4567");

        assert!(shorten(&whole[..whole.len() - 1], GLUE.to_owned()).is_err());
    }

    #[test]
    fn numbers_survive_their_variable_length() {
        for expected in [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 31] {
            assert_eq!(number(&mut &leb(expected)[..]).unwrap(), expected);
        }
    }
}
