//! How much is opened, and how much of it at once.

/// The bytes of the largest file that can be opened.
pub const LARGEST: u64 = 128 * MEGABYTE;

/// The bytes of a file that are read in one step, as far as the whole message that ends them allows.
pub(super) const STEP_BYTES: usize = 256 << 10;

/// The entries of a replay that come in one step.
pub(super) const STEP_ENTRIES: usize = 4_000;

pub(super) const MEGABYTE: u64 = 1 << 20;
