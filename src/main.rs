//! One program with two faces: in a browser it registers the custom element, on a machine it builds,
//! serves and tests the page.

#[cfg(not(target_arch = "wasm32"))]
mod host;

#[cfg(target_arch = "wasm32")]
fn main() {
    veriops_playground::embed::register();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    host::run()
}
