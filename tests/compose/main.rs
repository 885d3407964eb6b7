//! Drafts, their checks, and what a message can be started from.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod check;
mod drafts;
mod history;
mod tabs;
mod templates;

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::compose::{Draft, Level, Subscribed, checks};
use veriops_playground::protocol::{Envelope, MessageType, Topic, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_773_930_600_000);
const LATER: UnixMillis = UnixMillis(1_773_930_667_204);

static API: LazyLock<Arc<Api>> = LazyLock::new(Api::veriops);

fn draft(kind: MessageType) -> Draft {
    Draft::new(kind, &API, "req_001", NOW)
}

fn messages(text: &str, active: &[Topic]) -> Vec<(String, Level, String)> {
    told(text, &Subscribed { topics: active.to_vec(), is_full: false })
}

fn told(text: &str, subscribed: &Subscribed) -> Vec<(String, Level, String)> {
    let found = checks(text, &API, subscribed);
    found.into_iter().map(|check| (check.path, check.level, check.message)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_any_text(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", " ", "\"", "\\", "null", "é", "\"payload\":",
                "\"type\":", "\"subscribe\"", "\"channel\":", "\"filters\":", "\"presence\"",
            ]),
            0..16,
        ),
        name in "[ab]?",
    ) {
        let (api, text) = (&*API, pieces.concat());
        let _ = checks(&text, api, &Subscribed::default());
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text(text.as_str());
        draft.set_channel("presence", api);
        draft.set_filter(&name, "x");
        draft.set_filter(&name, "");
        draft.set_data(&text);
        draft.set_kind(MessageType::Publish, api);
        let sent = draft.to_send("req_002", LATER);
        prop_assert!(Envelope::decode(&sent).is_ok());
    }
}
