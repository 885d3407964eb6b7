//! What outlives a reload: the key, in this tab, and only if the reader asked for it.

use web_sys::Storage;

/// Returns the key that was kept for this tab.
pub(super) fn kept_key() -> Option<String> {
    session_storage()?.get_item(KEY).ok().flatten()
}

/// Keeps the key for this tab; without one, forgets the one that was kept.
pub(super) fn keep_key(key: Option<&str>) {
    if let Some(storage) = session_storage() {
        // Without room or permission the key is simply not kept.
        let _ = match key {
            Some(key) => storage.set_item(KEY, key),
            None => storage.remove_item(KEY),
        };
    }
}

/// Returns the tab's storage; a sandboxed frame has none and throws.
fn session_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

const KEY: &str = "veriops-playground:key";
