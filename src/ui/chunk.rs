//! What of the program comes when it is first asked for: split points, one for each chunk.
//!
//! A call of a function here fetches the chunk that it is in, once, and goes on when that is there. What
//! only such functions use is in the chunk, too; `src/host/split.rs` has it cut off.
#![expect(clippy::unnecessary_wraps, reason = "a chunk may not come")]

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::model::Model;
use super::transfer::Transfer;

/// Saves or opens a file.
#[wasm_split(files, fallible, preload(load_files))]
pub(super) fn transfer(model: Model, transfer: Transfer) -> Result<(), SplitLoaderError> {
    transfer.carry_out(model);
    Ok(())
}
