//! The page around the playground: it hears what happens to the connection, and may forbid one.
//!
//! Neither the key nor a message is in what it hears.

use wasm_bindgen::JsValue;

use crate::api::Api;
use crate::driver::News;
use crate::protocol::json::quote;
use crate::session::Target;
use crate::target::{Choice, ConnectionForm};
use crate::words::file::{NOT_ALLOWED, NOT_CONNECTED};

use super::model::Model;

/// Has the page around hear what happens from now on.
pub(super) fn listen(model: Model) {
    let api = model.api();
    model.driver().on_news(move |news| tell(model, news, &api));
}

/// Connects to what the reader has chosen, if the page around allows it; does nothing while the address is
/// wrong.
pub(super) fn connect(model: Model) {
    let Ok(target) = model.change_form(ConnectionForm::target) else {
        return;
    };
    if is_allowed(model, &target) {
        model.connect_to(target);
    } else {
        model.failure.set(format!("{NOT_CONNECTED}: {NOT_ALLOWED}."));
    }
}

fn is_allowed(model: Model, target: &Target) -> bool {
    let endpoint = match target {
        Target::Echo { candidates } => candidates.first(),
        Target::Live { endpoint, .. } => Some(endpoint),
        Target::Simulator => None,
    };
    let endpoint = endpoint.map_or("null".to_owned(), |it| quote(&it.to_string()));
    let target = kind(target).name();
    announce(model, "before-connect", &format!(r#""target":"{target}","endpoint":{endpoint}"#))
}

fn tell(model: Model, news: News<'_>, api: &Api) {
    match news {
        News::Entry(entry) => {
            if let Some((code, clean)) = entry.close() {
                let meaning = api.close(code).map_or("null".to_owned(), |it| quote(&it.meaning));
                let members = format!(r#""code":{code},"clean":{clean},"meaning":{meaning}"#);
                announce(model, "close", &members);
            }
        }
        News::Phase(session) => {
            let state = session.phase().name();
            let target = session.target().map_or(Choice::Simulator, kind).name();
            announce(model, "state", &format!(r#""state":"{state}","target":"{target}""#));
        }
    }
}

fn kind(target: &Target) -> Choice {
    match target {
        Target::Echo { .. } => Choice::Echo,
        Target::Live { .. } => Choice::Live,
        Target::Simulator => Choice::Simulator,
    }
}

/// Tells the page of an event with these members in its detail. Returns whether nobody forbids it.
fn announce(model: Model, event: &str, members: &str) -> bool {
    let answer =
        model.place(|place| place.announce.call2(&JsValue::NULL, &event.into(), &members.into()));
    answer.ok().and_then(|it| it.as_bool()) != Some(false)
}
