//! What is large says how much of it there is to see: a file that is opened, its replay, a long frame.

use super::format::bytes;

/// What went wrong with a file that was to be read.
pub const NOT_OPENED: &str = "Not opened";

/// What went wrong with a file that was to be written.
pub const NOT_SAVED: &str = "Not saved";

/// What went wrong where the simulator was to come.
pub const NOT_CONNECTED: &str = "Not connected";

/// What went wrong with what a page or a link asks for.
pub const NOT_PRESET: &str = "Not all is set up as this page asks";

/// What went wrong where the detail of an entry was to come.
pub const NOT_SHOWN: &str = "Not shown";

/// Why: the page that the playground is in has listened, and said no.
pub const NOT_ALLOWED: &str = "the page around the playground does not allow it";

/// Why: that part of the program is not there.
pub const NOT_LOADED: &str =
    "this part of the playground could not be loaded; check the network and try again";

/// Why: that part of the program is not the one that was built.
pub const CHANGED: &str = "a part of the playground was changed on its way: its bytes are not those \
    of this release; ask whoever serves it to copy the release again";

/// Why: the description of the API does not say enough of its messages.
pub const NO_EXPERIMENTS: &str = "this API has no experiments";

/// Says how much of a file was read.
pub fn opening(name: &str, percent: u64) -> String {
    format!("Opening {name} · {percent} %")
}

/// Says how many entries of a replay have come, and how many of these are no longer kept.
pub fn replayed(name: &str, shown: usize, all: usize, dropped: u64) -> String {
    let told = format!("Replay of {name} · {shown} of {all}");
    match dropped {
        0 => told,
        dropped => format!("{told} · the oldest {dropped} are no longer kept"),
    }
}

/// Says how many bytes of a frame are shown.
pub fn part(shown: usize, all: usize) -> String {
    format!("Showing {} of {}", bytes(shown as u64), bytes(all as u64))
}

/// Says how many bytes of a frame were copied.
pub fn copied(copied: usize, all: usize) -> String {
    if copied == all {
        return "Copied".to_owned();
    }
    format!("Copied the first {} of {}", bytes(copied as u64), bytes(all as u64))
}
