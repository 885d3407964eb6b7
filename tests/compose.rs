//! Drafts, their checks, and the JSON scanner below them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::compose::{
    Draft, History, Level, Subscribed, Tab, beginnings, checks, grouped, templates, wire_size,
};
use veriops_playground::protocol::json;
use veriops_playground::protocol::{Envelope, Filters, MessageType, Topic, UnixMillis};
use veriops_playground::words::message;

const NOW: UnixMillis = UnixMillis(1_773_930_600_000);
const LATER: UnixMillis = UnixMillis(1_773_930_667_204);

static API: LazyLock<Arc<Api>> = LazyLock::new(Api::veriops);

fn draft(kind: MessageType) -> Draft {
    Draft::new(kind, &API, "req_001", NOW)
}

fn sent(draft: &mut Draft) -> String {
    draft.to_send("req_001", NOW)
}

fn messages(text: &str, active: &[Topic]) -> Vec<(String, Level, String)> {
    told(text, &Subscribed { topics: active.to_vec(), is_full: false })
}

fn told(text: &str, subscribed: &Subscribed) -> Vec<(String, Level, String)> {
    let found = checks(text, &API, subscribed);
    found.into_iter().map(|check| (check.path, check.level, check.message)).collect()
}

mod drafts {
    use super::*;

    #[test]
    fn the_first_draft_is_the_page_s_envelope_as_in_the_picture() {
        assert_eq!(
            draft(MessageType::Subscribe).text(),
            r#"{
  "type": "subscribe",
  "request_id": "req_001",
  "sent_at": "2026-03-19T14:30:00.000Z",
  "payload": {
    "channel": "project.updated",
    "filters": { "project_id": "prj_abc123" }
  }
}"#
        );
    }

    #[test]
    fn the_page_s_envelope_goes_out_byte_for_byte() {
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text(draft.text().replace(".000Z", "Z"));
        assert_eq!(
            sent(&mut draft),
            r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#
        );
    }

    #[test]
    fn every_kind_goes_out_as_the_page_writes_it() {
        let at = r#""request_id":"req_001","sent_at":"2026-03-19T14:30:00.000Z""#;
        let topic = r#"{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}"#;
        let data = r#"{"user_id":"usr_456","status":"online"}"#;
        for (kind, wire) in [
            (
                MessageType::Unsubscribe,
                format!(r#"{{"type":"unsubscribe",{at},"payload":{topic}}}"#),
            ),
            (
                MessageType::Publish,
                format!(
                    r#"{{"type":"publish",{at},"payload":{{"channel":"presence","data":{data}}}}}"#
                ),
            ),
            (MessageType::Ping, format!(r#"{{"type":"ping",{at}}}"#)),
            (MessageType::Pong, r#"{"type":"pong","request_id":"req_001"}"#.to_owned()),
        ] {
            assert_eq!(sent(&mut draft(kind)), wire);
        }
    }

    #[test]
    fn every_fresh_draft_passes_its_checks() {
        for kind in MessageType::ALL.into_iter().filter(|kind| kind.is_client_sent()) {
            let topic = Topic::channel("project.updated");
            let found = messages(draft(kind).text(), &[topic]);
            let found: Vec<_> =
                found.iter().filter(|(_, level, _)| *level == Level::Error).collect();
            assert!(found.is_empty(), "{kind}: {found:?}");
        }
    }

    #[test]
    fn automatic_fields_are_renewed_until_the_reader_changes_them() {
        let mut draft = draft(MessageType::Ping);
        draft.refresh("req_002", LATER);
        assert_eq!(
            json::compact(draft.text()).unwrap(),
            r#"{"type":"ping","request_id":"req_002","sent_at":"2026-03-19T14:31:07.204Z"}"#
        );
        draft.set_text(draft.text().replace("req_002", "mine"));
        draft.refresh("req_003", NOW);
        assert_eq!(
            json::compact(draft.text()).unwrap(),
            r#"{"type":"ping","request_id":"mine","sent_at":"2026-03-19T14:30:00.000Z"}"#
        );
    }

    #[test]
    fn no_id_that_is_used_up_rewrites_the_text_under_the_caret() {
        let mut draft = draft(MessageType::Ping);
        draft.hold(true);
        let typed = draft.text().replace("\"ping\"", "\"pi");
        draft.set_text(typed.as_str());
        for id in ["req_002", "req_003"] {
            draft.refresh(id, LATER);
            assert_eq!(draft.text(), typed);
        }
        draft.set_text(typed.replace("\"pi", "\"ping\""));
        let text = draft.text().to_owned();
        assert_eq!(
            draft.to_send("req_003", LATER),
            r#"{"type":"ping","request_id":"req_003","sent_at":"2026-03-19T14:31:07.204Z"}"#
        );
        assert_eq!(draft.text(), text);
    }

    #[test]
    fn the_text_follows_once_the_caret_has_left_it() {
        let mut draft = draft(MessageType::Ping);
        draft.hold(true);
        draft.refresh("req_002", LATER);
        draft.hold(false);
        draft.refresh("req_002", LATER);
        assert_eq!(
            json::compact(draft.text()).unwrap(),
            r#"{"type":"ping","request_id":"req_002","sent_at":"2026-03-19T14:31:07.204Z"}"#
        );
    }

    #[test]
    fn a_caret_that_comes_and_goes_changes_nothing_if_no_id_was_used_up() {
        let mut draft = draft(MessageType::Ping);
        let text = draft.text().to_owned();
        for is_held in [true, false] {
            draft.hold(is_held);
            draft.refresh("req_001", LATER);
            assert_eq!(draft.text(), text);
        }
    }

    #[test]
    fn every_message_from_the_editor_goes_out_under_the_id_that_is_next() {
        let mut draft = draft(MessageType::Ping);
        draft.hold(true);
        draft.set_text(draft.text().replace('\n', " "));
        for id in ["req_001", "req_002"] {
            let sent = draft.to_send(id, LATER);
            assert_eq!(Envelope::decode(&sent).unwrap().request_id, id);
        }
        draft.set_text(draft.text().replace("req_001", "mine"));
        let sent = draft.to_send("req_003", LATER);
        assert_eq!(Envelope::decode(&sent).unwrap().request_id, "mine");
    }

    #[test]
    fn a_new_beginning_takes_the_place_of_a_text_with_the_caret_in_it() {
        let mut draft = draft(MessageType::Ping);
        draft.hold(true);
        draft.start_from(r#"{"type":"pong","request_id":"old"}"#, "req_002", NOW);
        let form = draft.form().unwrap();
        assert_eq!(
            (form.kind, form.request_id.as_deref()),
            (Some(MessageType::Pong), Some("req_002"))
        );
    }

    #[test]
    fn a_sent_at_that_was_removed_stays_out() {
        let mut draft = draft(MessageType::Ping);
        draft.set_text(r#"{"type": "ping", "request_id": "req_001"}"#);
        assert_eq!(draft.to_send("req_009", LATER), r#"{"type":"ping","request_id":"req_009"}"#);
    }

    #[test]
    fn a_message_that_was_sent_goes_out_again_under_a_new_id_and_time() {
        let mut draft = draft(MessageType::Ping);
        let before = r#"{"type":"publish","request_id":"mine","sent_at":"2026-01-01T00:00:00Z","payload":{"channel":"presence","data":1e400}}"#;
        draft.start_from(before, "req_007", NOW);
        assert_eq!(
            draft.to_send("req_008", LATER),
            r#"{"type":"publish","request_id":"req_008","sent_at":"2026-03-19T14:31:07.204Z","payload":{"channel":"presence","data":1e400}}"#
        );
        draft.start_from("{ not JSON", "req_009", LATER);
        assert_eq!(draft.to_send("req_009", LATER), "{ not JSON");
    }

    #[test]
    fn text_that_is_not_json_goes_out_as_typed() {
        let mut draft = draft(MessageType::Ping);
        for text in ["", " hello  world ", r#"{"type": "ping", }"#, "\u{1F600} {"] {
            draft.set_text(text);
            assert_eq!(draft.to_send("req_002", LATER), text);
            assert_eq!(wire_size(text), text.len());
        }
    }

    #[test]
    fn what_the_form_cannot_express_stays_byte_for_byte() {
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text(
            r#"{ "extra":1e400 ,"type":"subscribe", "request_id":"req_001",
  "payload":{"channel":"project.updated","channel" : "task.completed", "x":["\ud800"]}}"#,
        );
        draft.set_channel("presence", &API);
        draft.set_filter("project_id", "prj_1");
        assert_eq!(
            draft.text(),
            r#"{ "extra":1e400 ,"type":"subscribe", "request_id":"req_001",
  "payload":{"channel":"project.updated","channel" : "presence", "x":["\ud800"], "filters":{"project_id":"prj_1"}}}"#
        );
    }

    #[test]
    fn an_edit_in_the_form_keeps_this_program_s_layout() {
        let mut draft = draft(MessageType::Subscribe);
        let text = draft.text().to_owned();
        draft.set_filter("project_id", "");
        assert!(draft.text().ends_with("\"payload\": { \"channel\": \"project.updated\" }\n}"));
        draft.set_filter("project_id", "prj_abc123");
        assert_eq!(draft.text(), text);
    }

    #[test]
    fn another_channel_drops_the_filters_that_it_does_not_offer() {
        let api = &API;
        let mut draft = draft(MessageType::Subscribe);
        draft.set_filter("mine", "x");
        draft.set_channel("task.completed", api);
        assert_eq!(draft.form().unwrap().filter("project_id"), "prj_abc123");
        draft.set_channel("presence", api);
        let form = draft.form().unwrap();
        assert_eq!(form.channel.as_deref(), Some("presence"));
        assert_eq!((form.filter("project_id"), form.filter("mine")), ("", "x"));
    }

    #[test]
    fn a_form_is_made_where_there_was_nothing() {
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text("{}");
        draft.set_filter("project_id", "p");
        draft.set_channel("presence", &API);
        assert_eq!(
            json::compact(draft.text()).unwrap(),
            r#"{"payload":{"filters":{"project_id":"p"},"channel":"presence"}}"#
        );
    }

    #[test]
    fn the_form_leaves_a_payload_that_is_no_object_alone() {
        let mut draft = draft(MessageType::Subscribe);
        for text in [r#"{"payload":"mine"}"#, "[1]", "not json", ""] {
            draft.set_text(text);
            draft.set_channel("presence", &API);
            draft.set_filter("project_id", "p");
            draft.set_data("{}");
            assert_eq!(draft.text(), text);
        }
    }

    #[test]
    fn the_form_shows_a_value_that_is_no_string_as_json() {
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text(r#"{"type":7,"request_id":[1],"payload":{"filters":{"project_id":42}}}"#);
        let form = draft.form().unwrap();
        assert_eq!((form.kind, form.channel.as_deref()), (None, None));
        assert_eq!(form.request_id.as_deref(), Some("[1]"));
        assert_eq!(form.filter("project_id"), "42");
    }

    #[test]
    fn data_is_json_if_it_reads_as_json_and_a_string_otherwise() {
        let mut draft = draft(MessageType::Publish);
        for (typed, json) in [
            (r#" {"a":  1e2} "#, Some(r#"{"a":1e2}"#)),
            (r#"{"a": "#, Some(r#""{\"a\": ""#)),
            ("42", Some("42")),
            ("\"42\"", Some("\"42\"")),
            ("hello", Some("\"hello\"")),
            ("  ", None),
        ] {
            draft.set_data(typed);
            let at = json::locate(draft.text(), &["payload", "data"]);
            let data = at.map(|at| json::compact(&draft.text()[at]).unwrap());
            assert_eq!(data.as_deref(), json, "{typed}");
            assert_eq!(draft.form().unwrap().data.as_deref(), json.map(|_| typed));
        }
    }

    #[test]
    fn data_changed_in_the_text_shows_in_the_form() {
        let mut draft = draft(MessageType::Publish);
        draft.set_data(r#"{"a":1}"#);
        for (json, shown) in [
            (r#"{"b":[1,2]}"#, "{\n  \"b\": [\n    1,\n    2\n  ]\n}"),
            (r#""plain text""#, "plain text"),
            (r#""42""#, r#""42""#),
            (r#""\ud800""#, r#""\ud800""#),
        ] {
            draft.set_text(format!(r#"{{"type":"publish","payload":{{"data":{json}}}}}"#));
            assert_eq!(draft.form().unwrap().data.as_deref(), Some(shown));
        }
    }

    #[test]
    fn the_topic_comes_back_with_its_tab() {
        let api = &API;
        let mut draft = draft(MessageType::Subscribe);
        draft.set_channel("task.completed", api);
        draft.set_filter("project_id", "prj_1");
        draft.set_kind(MessageType::Ping, api);
        draft.set_kind(MessageType::Publish, api);
        assert_eq!(draft.form().unwrap().channel.as_deref(), Some("presence"));
        draft.set_data(r#"{"mine":true}"#);
        draft.set_kind(MessageType::Unsubscribe, api);
        let form = draft.form().unwrap();
        assert_eq!(form.kind, Some(MessageType::Unsubscribe));
        assert_eq!(form.channel.as_deref(), Some("task.completed"));
        assert_eq!(form.filter("project_id"), "prj_1");
        draft.set_kind(MessageType::Publish, api);
        assert_eq!(draft.form().unwrap().data.as_deref(), Some(r#"{"mine":true}"#));
    }

    #[test]
    fn a_tab_is_the_way_out_of_text_that_is_not_json() {
        let mut draft = draft(MessageType::Subscribe);
        draft.set_text("{");
        assert!(draft.form().is_err());
        draft.set_kind(MessageType::Subscribe, &API);
        assert_eq!(draft.text(), super::draft(MessageType::Subscribe).text());
    }

    #[test]
    fn a_deep_text_is_edited_without_laying_it_out() {
        let depth = 100_000;
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let mut draft = draft(MessageType::Publish);
        draft.set_data(&deep);
        assert!(draft.text().len() < 3 * depth);
        draft.set_channel("presence", &API);
        assert_eq!(draft.form().unwrap().data, Some(deep));
    }
}

mod check {
    use super::*;

    const FILTERED: &str = r#"{"type":"subscribe","request_id":"r","payload":{"channel":"project.updated","filters":{"project_id":"p"}}}"#;

    #[test]
    fn faults_name_their_field_cause_and_remedy() {
        let payload = |kind: &str, payload: &str| {
            format!(r#"{{"type":"{kind}","request_id":"r","payload":{payload}}}"#)
        };
        let types = "subscribe, unsubscribe, publish, ping or pong";
        for (text, path, message) in [
            (String::new(), "", "empty message".to_owned()),
            (
                "{\n  \"é\": 1\n  \"b\": 2\n}".into(),
                "",
                "line 2, column 9: expected a comma or } after this value".into(),
            ),
            ("[]".into(), "", "the message must be an object, not an array".into()),
            (r#"{"request_id":"r"}"#.into(), "type", "type is missing; add it".into()),
            (r#"{"type":"ping"}"#.into(), "request_id", "request_id is missing; add it".into()),
            (
                r#"{"type":"ping","request_id":7}"#.into(),
                "request_id",
                "request_id must be a string, not a number".into(),
            ),
            (
                r#"{"type":"sub","request_id":"r"}"#.into(),
                "type",
                format!(r#"unknown type "sub"; use {types}"#),
            ),
            (payload("event", "{}"), "type", format!("event is server to client; send {types}")),
            (
                payload("subscribe", "{}"),
                "payload.channel",
                "payload.channel is missing; add it".into(),
            ),
            (
                payload("subscribe", r#"{"channel":"projects"}"#),
                "payload.channel",
                "unknown channel projects; use project.updated, project.created, task.completed or \
                 presence"
                    .into(),
            ),
            (
                payload("publish", r#"{"channel":"task.completed","data":{}}"#),
                "payload.channel",
                "task.completed is server to client; publish to presence".into(),
            ),
            (
                payload("publish", r#"{"channel":"presence"}"#),
                "payload.data",
                "payload.data is missing; add it".into(),
            ),
            (
                payload("publish", r#"{"channel":"presence","data":"hi"}"#),
                "payload.data",
                "payload.data must be an object, not a string".into(),
            ),
            (
                payload("subscribe", r#"{"channel":"presence","filters":{"user":"u"}}"#),
                "payload.filters.user",
                "presence does not offer the filter user; it has no filters".into(),
            ),
            (
                payload("subscribe", r#"{"channel":"task.completed","filters":{"id":"u"}}"#),
                "payload.filters.id",
                "task.completed does not offer the filter id; use project_id".into(),
            ),
            (
                payload("subscribe", r#"{"channel":"task.completed","filters":{"project_id":7}}"#),
                "payload.filters.project_id",
                "project_id must be a string, not a number".into(),
            ),
        ] {
            let expected = vec![(path.to_owned(), Level::Error, message)];
            assert_eq!(messages(&text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn a_required_filter_is_asked_for() {
        let mut api = Api::clone(&API);
        api.channels[0].filters[0].required = true;
        let text = FILTERED.replace(r#","filters":{"project_id":"p"}"#, "");
        let found = checks(&text, &api, &Subscribed::default());
        assert_eq!(found[0].message, "project.updated needs the filter project_id; add it");
        assert!(checks(FILTERED, &api, &Subscribed::default()).is_empty());
    }

    #[test]
    fn subscribing_twice_is_odd_and_not_wrong() {
        let topic = Envelope::decode(FILTERED).unwrap().topic().unwrap();
        let warning = |message: &str| {
            vec![("payload.channel".to_owned(), Level::Warning, message.to_owned())]
        };
        assert_eq!(
            messages(FILTERED, std::slice::from_ref(&topic)),
            warning("already subscribed to project.updated like this")
        );
        assert!(messages(FILTERED, &[Topic::channel("project.updated")]).is_empty());
        let unsubscribe = FILTERED.replace("subscribe", "unsubscribe");
        assert!(messages(&unsubscribe, &[topic]).is_empty());
        assert_eq!(
            messages(&unsubscribe, &[Topic::channel("project.updated")]),
            warning("not subscribed to project.updated like this")
        );
    }

    #[test]
    fn unsubscribing_without_filters_ends_all_of_the_channel() {
        let filters = Filters::from([("project_id".into(), "\"p\"".into())]);
        let text =
            r#"{"type":"unsubscribe","request_id":"r","payload":{"channel":"task.completed"}}"#;
        assert!(messages(text, &[Topic::new("task.completed", &filters)]).is_empty());
    }

    #[test]
    fn one_subscription_too_many_is_said_when_the_session_says_so() {
        let own = Envelope::decode(FILTERED).unwrap().topic().unwrap();
        let topics = vec![Topic::channel("presence")];
        let told = |topics: &[Topic], is_full| {
            let found = told(FILTERED, &Subscribed { topics: topics.to_vec(), is_full });
            found.into_iter().map(|(_, _, message)| message).collect::<Vec<_>>()
        };
        assert_eq!(told(&topics, false), [""; 0]);
        assert_eq!(
            told(&topics, true),
            ["50 subscriptions are the limit; unsubscribe from one first"]
        );
        let again = "already subscribed to project.updated like this";
        assert_eq!(told(&[own], true), [again], "it adds nothing");
    }

    #[test]
    fn size_is_measured_in_utf8_bytes_of_what_is_sent() {
        let frame = |size: usize| {
            let (before, after) = (r#"{"type":"ping","request_id":"é"#, r#""}"#);
            let fill = size - before.len() - after.len();
            format!("{before}{}{}{after}", "€".repeat(fill / 3), "x".repeat(fill % 3))
        };
        for (size, is_over) in [(65_535, false), (65_536, false), (65_537, true)] {
            let text = frame(size);
            assert_eq!(wire_size(&json::pretty(&text, usize::MAX).text), size);
            let found = messages(&text, &[]);
            assert_eq!(!found.is_empty(), is_over, "{size}: {found:?}");
        }
        assert_eq!(
            messages(&frame(65_537), &[])[0].2,
            "65,537 bytes; over 65,536 the server closes with 4009"
        );
    }

    #[test]
    fn counts_have_commas() {
        for (number, text) in
            [(0, "0"), (171, "171"), (1_000, "1,000"), (65_536, "65,536"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
    }
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

mod templates {
    use super::*;

    #[test]
    fn every_type_and_channel_that_a_client_may_send_has_a_template() {
        let templates = templates(&API, "req_007", NOW);
        let titles: Vec<_> = templates.iter().map(|it| it.title.as_str()).collect();
        let expected = [
            "subscribe project.updated",
            "subscribe project.created",
            "subscribe task.completed",
            "subscribe presence",
            "unsubscribe project.updated",
            "unsubscribe project.created",
            "unsubscribe task.completed",
            "unsubscribe presence",
            "publish presence",
            "ping",
            "pong",
        ];
        assert_eq!(titles, expected);
        for template in templates {
            let found = checks(&template.text, &API, &Subscribed::default());
            // Nothing is subscribed, so there is nothing to unsubscribe from.
            assert!(found.iter().all(|check| check.level == Level::Warning), "{found:?}");
        }
    }

    #[test]
    fn a_template_has_the_examples_of_its_own_channel() {
        let templates = templates(&API, "req_007", NOW);
        let payload = |title: &str| {
            let found = templates.iter().find(|it| it.title == title).unwrap();
            let text = json::compact(&found.text).unwrap();
            let at = json::locate(&text, &["payload"]).unwrap();
            text[at].to_owned()
        };
        assert_eq!(
            payload("subscribe task.completed"),
            r#"{"channel":"task.completed","filters":{"project_id":"prj_abc123"}}"#
        );
        assert_eq!(payload("subscribe presence"), r#"{"channel":"presence"}"#);
        assert_eq!(
            payload("publish presence"),
            r#"{"channel":"presence","data":{"user_id":"usr_456","status":"online"}}"#
        );
    }
}

mod tabs {
    use super::*;

    #[test]
    fn a_type_in_the_text_brings_its_form_unless_the_json_alone_is_shown() {
        let subscribe = Tab::Form(MessageType::Subscribe);
        let ping = Tab::Form(MessageType::Ping);
        assert_eq!(subscribe.following(Some(MessageType::Ping)), ping);
        assert_eq!(Tab::Raw.following(Some(MessageType::Ping)), Tab::Raw);
        // No form has what only a server sends.
        for kind in [None, Some(MessageType::Ack), Some(MessageType::Event)] {
            assert_eq!(subscribe.following(kind), subscribe);
        }
    }

    #[test]
    fn a_tab_names_itself() {
        let words = |tab: Tab| (tab.name(), tab.title());
        assert_eq!(words(Tab::Form(MessageType::Publish)), ("publish", "publish"));
        assert_eq!(words(Tab::Raw), ("raw", "JSON only"));
    }

    #[test]
    fn a_form_has_the_fields_that_its_message_has() {
        for kind in MessageType::ALL.into_iter().filter(|kind| kind.is_client_sent()) {
            let form = draft(kind).form().unwrap();
            let tab = Tab::Form(kind);
            assert_eq!(tab.has_channel(), form.channel.is_some(), "{kind}");
            assert_eq!(tab.has_filters(), !form.filters.is_empty(), "{kind}");
            assert_eq!(tab.has_data(), form.data.is_some(), "{kind}");
        }
    }
}

mod history {
    use super::*;

    fn ping(id: usize) -> String {
        format!(
            r#"{{"type":"ping","request_id":"req_{id:03}","sent_at":"2026-03-19T14:30:{id}Z"}}"#
        )
    }

    fn texts(history: &History) -> Vec<&str> {
        history.messages().map(|sent| sent.text.as_str()).collect()
    }

    #[test]
    fn the_newest_text_comes_first_and_the_same_text_once() {
        let mut history = History::default();
        for text in [&ping(1), "hello", r#"{"type":"ping"}"#, "hello", &ping(2), "bye"] {
            history.push(text.to_owned(), NOW);
        }
        assert_eq!(texts(&history), ["bye", &ping(2), "hello"]);
    }

    #[test]
    fn twenty_texts_are_kept() {
        let mut history = History::default();
        (0..30).for_each(|number| history.push(number.to_string(), NOW));
        let kept: Vec<_> = (10..30).rev().map(|number| number.to_string()).collect();
        assert_eq!(texts(&history), kept);
    }

    #[test]
    fn what_was_sent_stands_behind_the_templates_newest_first() {
        let mut history = History::default();
        history.push(ping(1), NOW);
        history.push("hello".to_owned(), LATER);
        let found = beginnings(&API, &history, "req_007", NOW, 0);
        let known = templates(&API, "req_007", NOW);
        assert_eq!(found[..known.len()], known);
        let sent: Vec<_> =
            found[known.len()..].iter().map(|it| (it.title.as_str(), it.text.as_str())).collect();
        assert_eq!(
            sent,
            [
                ("sent 14:31:07 · hello", "hello"),
                ("sent 14:30:00 · ping · req_001", ping(1).as_str())
            ]
        );
    }

    #[test]
    fn a_title_has_what_differs_before_what_may_be_long() {
        let long = "x".repeat(500);
        for (text, title) in [
            (
                r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_1","user":7}}}"#.to_owned(),
                "sent 16:30:00 · subscribe project.updated · project_id=prj_1 user=7 · req_001".to_owned(),
            ),
            (
                r#"{"type":"unsubscribe","request_id":"req_002","payload":{"channel":"presence"}}"#.to_owned(),
                "sent 16:30:00 · unsubscribe presence · req_002".to_owned(),
            ),
            (
                r#"{"type":"publish","request_id":"req_003","payload":{"channel":"presence","data":{"a":1}}}"#.to_owned(),
                "sent 16:30:00 · publish presence · req_003 · {\"a\":1}".to_owned(),
            ),
            ("{\n\"type\": \u{202e}".to_owned(), "sent 16:30:00 · {␊\"type\": U+202E".to_owned()),
            (String::new(), "sent 16:30:00".to_owned()),
        ] {
            assert_eq!(message::sent(&text, NOW, 120), title, "{text}");
        }
        let title = message::sent(&long, NOW, 0);
        assert!(title.ends_with("x…") && title.chars().count() < 130, "{title}");
    }
}
