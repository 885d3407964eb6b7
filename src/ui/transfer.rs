//! Files themselves: the log written, and a saved log read. And the log as a report to paste.

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlElement, Url};

use crate::archive::report::{self as archive, Circumstances, Report, Source};
use crate::archive::{Import, ImportError, LARGEST, export};
use crate::driver;
use crate::entry::Entry;
use crate::protocol::Topic;
use crate::session::Subscription;
use crate::words::file::NOT_OPENED;
use crate::words::{self, report};

use super::detail::into_clipboard;
use super::model::Model;
use super::view::plain::set;

/// What can be done with a file, or with the log as one.
#[derive(Clone)]
pub(super) enum Transfer {
    /// Copy a report on the log.
    CopyReport,
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
            Self::CopyReport => copy(model),
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

/// Copies a report on the log that is shown. Where nothing may be copied it is saved.
fn copy(model: Model) {
    let navigator = window().navigator();
    // A binding of its own would be one more in the script that every page loads.
    let browser = Reflect::get(&navigator, &"userAgent".into()).ok().and_then(|it| it.as_string());
    let browser = browser.unwrap_or_default();
    let replayed = model.replayed.get_untracked();
    let Report { markdown, shown, all } = model.driver().read(|view| {
        let source = if replayed.is_empty() {
            Source::Session {
                target: report::target(view.session.target()),
                subscriptions: view.session.subscriptions().iter().map(told).collect(),
            }
        } else {
            Source::File(&replayed)
        };
        let written = driver::now().wall;
        let about = Circumstances { source, browser: &browser, written };
        archive::report(view.log, &about, &model.api(), &model.keys())
    });
    driver::spawn(async move {
        let words = if into_clipboard(&markdown).await {
            report::copied(markdown.len(), shown, all)
        } else {
            save("veriops-report.md", "text/markdown", |sink| sink(&markdown));
            report::SAVED_INSTEAD.to_owned()
        };
        if !model.is_there() {
            return;
        }
        model.failure.set(words.clone());
        // It is in the place of a replay's controls.
        TimeoutFuture::new(SHOWN_FOR).await;
        if model.failure.try_with_untracked(|now| *now == words) == Some(true) {
            model.failure.set(String::new());
        }
    });
}

/// Returns what is subscribed to, and in words where that stands, in the time of UTC.
fn told(subscription: &Subscription) -> (Topic, String) {
    let Subscription { topic, state, events, last_event, .. } = subscription;
    let last = last_event.map(|last| last.wall);
    (topic.clone(), words::subscription::about(*state, *events, last, 0))
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

/// Milliseconds for which is said that a report was copied.
const SHOWN_FOR: u32 = 8_000;

/// Milliseconds for which a download may look its address up.
const HOLD: u32 = 10_000;
