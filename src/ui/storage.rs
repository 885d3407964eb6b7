//! What outlives a reload, in this tab: the key, only if the reader asked for it; which experiments were
//! shown; the language of the code; and that nobody needs the guided path any more.

use web_sys::Storage;

/// Returns what was kept for this tab under a name.
pub(super) fn kept(name: &str) -> Option<String> {
    session_storage()?.get_item(name).ok().flatten()
}

/// Returns whether the reader is neither through with the guided path nor has left it.
pub(super) fn is_guided() -> bool {
    kept(GUIDE).is_none()
}

/// Keeps a text for this tab under a name; without one, forgets the one that was kept.
pub(super) fn keep(name: &str, text: Option<&str>) {
    if let Some(storage) = session_storage() {
        // Without room or permission it is simply not kept.
        let _ = match text {
            Some(text) => storage.set_item(name, text),
            None => storage.remove_item(name),
        };
    }
}

/// Returns the tab's storage; a sandboxed frame has none and throws.
fn session_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// The key.
pub(super) const KEY: &str = "veriops-playground:key";
/// That the guided path was done or dismissed.
pub(super) const GUIDE: &str = "veriops-playground:guide";
/// The name of the language that was chosen for code.
pub(super) const LANGUAGE: &str = "veriops-playground:language";
/// The ids of the experiments that were shown, with a space between them.
pub(super) const SHOWN: &str = "veriops-playground:shown";
