//! Files themselves: the log written, and a saved log read.

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlElement, Url};

use crate::archive::export;
use crate::archive::{Import, ImportError, LARGEST};
use crate::driver;
use crate::entry::Entry;
use crate::words::file::NOT_OPENED;

use super::model::Model;
use super::view::plain::set;

/// What can be done with a file.
pub(super) enum Transfer {
    /// Read it and replay it.
    Open(File),
    /// Write the log as an archive for the developer tools of a browser.
    SaveHar,
    /// Write the log as it is.
    SaveNdjson,
}

impl Transfer {
    pub(super) fn carry_out(self, model: Model) {
        match self {
            Self::Open(file) => open(model, file),
            Self::SaveHar => save("veriops-log.har", "application/json", |sink| {
                model.driver().read(|view| export::har(view.log, &model.keys(), sink));
            }),
            Self::SaveNdjson => save("veriops-log.ndjson", "application/x-ndjson", |sink| {
                let now = driver::now().wall;
                model.driver().read(|view| export::ndjson(view.log, now, &model.keys(), sink));
            }),
        }
    }
}

/// Opens a file in the place of any that is being opened.
fn open(model: Model, file: File) {
    let name = file.name();
    let number = model.begin_opening(&name);
    driver::spawn(async move {
        let read = read(model, number, &file).await;
        if !model.is_opening(number) {
            return;
        }
        model.stop_opening();
        match read {
            Ok(entries) => model.replay(name, entries),
            Err(error) => model.failure.set(format!("{NOT_OPENED}: {name}: {error}.")),
        }
    });
}

/// Reads a file slice by slice, and lets the page do something else in between. Stops early once nobody
/// waits for it any more; what it returns is of no use then.
async fn read(model: Model, number: u32, file: &File) -> Result<Vec<Entry>, ImportError> {
    let size = size(file);
    if size > LARGEST {
        return Err(ImportError::TooLarge { size });
    }
    let mut import = Import::new(model.api().key_parameter.as_deref());
    for start in (0..size).step_by(SLICE_BYTES) {
        let end = size.min(start + SLICE_BYTES as u64);
        let bytes = slice(file, start, end).await.ok_or(ImportError::Unreadable)?;
        import.push(&bytes);
        drop(bytes);
        while model.is_opening(number) && import.step()? {
            TimeoutFuture::new(0).await;
        }
        if !model.is_opening(number) {
            return Ok(Vec::new());
        }
        if end < size {
            model.opening.update(|opening| opening.percent = Some(100 * end / size));
        }
    }
    import.finish()
}

/// Reads some bytes of a file. Returns nothing if the browser cannot.
async fn slice(file: &File, start: u64, end: u64) -> Option<Vec<u8>> {
    let (start, end) = (i32::try_from(start).ok()?, i32::try_from(end).ok()?);
    let slice = file.slice_with_i32_and_i32(start, end).ok()?;
    let bytes = JsFuture::from(slice.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&bytes).to_vec())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is positive")]
fn size(file: &File) -> u64 {
    file.size() as u64
}

/// The bytes that are read at once.
const SLICE_BYTES: usize = 1 << 20;

/// Offers what `write` writes as a download. The pieces are not put together here: a log may fill much
/// of the memory.
pub(super) fn save(name: &str, kind: &str, write: impl FnOnce(&mut dyn FnMut(&str))) {
    let parts = js_sys::Array::new();
    write(&mut |part| {
        parts.push(&JsValue::from_str(part));
    });
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options);
    let Some((link, address)) = blob
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .and_then(|address| Ok((document().create_element("a")?, address)))
        .ok()
    else {
        return;
    };
    set(&link, "href", &address);
    set(&link, "download", name);
    link.unchecked_into::<HtmlElement>().click();
    // Some browsers look at the address only after the click.
    Timeout::new(HOLD, move || {
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
}

/// Milliseconds for which a download may look its address up.
const HOLD: u32 = 10_000;
