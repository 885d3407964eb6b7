//! Tasks that wait for the browser.

use std::pin::Pin;

use wasm_bindgen_futures::spawn_local;

/// Runs a task beside everything else. Boxed, because the framework spawns boxed tasks as well: one
/// type, compiled once.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    spawn_local(task);
}
