//! The page around the playground: it hears what happens to the connection, and may forbid one.
//!
//! Neither the key nor a message is in what it hears.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::api::Api;
use crate::driver::News;
use crate::protocol::json::quote;
use crate::session::Target;

use super::model::Model;

/// The way to the page.
pub(super) struct Host(Function);

impl Host {
    pub(super) fn of(model: Model) -> Self {
        Self(model.place.with_untracked(|place| place.announce.clone()))
    }

    /// Returns whether the page lets the reader connect.
    pub(super) fn allows(&self, target: &Target) -> bool {
        let (name, endpoint) = match target {
            Target::Echo { candidates } => ("echo", candidates.first()),
            Target::Live { endpoint, .. } => ("live", Some(endpoint)),
            Target::Simulator => ("simulator", None),
        };
        let endpoint = endpoint.map_or("null".to_owned(), |it| quote(&it.to_string()));
        self.announce("before-connect", &[r#""target":""#, name, r#"","endpoint":"#, &endpoint])
    }

    /// Tells the page what has happened.
    pub(super) fn tell(&self, news: News<'_>, api: &Api) {
        match news {
            News::Entry(entry) => {
                if let Some((code, clean)) = entry.close() {
                    let meaning =
                        api.close(code).map_or("null".to_owned(), |it| quote(&it.meaning));
                    let (code, clean) = (code.to_string(), if clean { "true" } else { "false" });
                    let detail =
                        [r#""code":"#, &code, r#","clean":"#, clean, r#","meaning":"#, &meaning];
                    self.announce("close", &detail);
                }
            }
            News::Phase(session) => {
                let target = match session.target() {
                    Some(Target::Echo { .. }) => "echo",
                    Some(Target::Live { .. }) => "live",
                    _ => "simulator",
                };
                let state = session.phase().name();
                self.announce("state", &[r#""state":""#, state, r#"","target":""#, target, r#"""#]);
            }
        }
    }

    fn announce(&self, event: &str, members: &[&str]) -> bool {
        let answer = self.0.call2(&JsValue::NULL, &event.into(), &members.concat().into());
        answer.ok().and_then(|it| it.as_bool()) != Some(false)
    }
}
