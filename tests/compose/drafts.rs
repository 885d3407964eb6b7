//! Drafts: the text is the truth, the form reads it and edits it in place.

use veriops_playground::compose::{Draft, Level, wire_size};
use veriops_playground::protocol::{Envelope, MessageType, Topic, json};

use crate::{API, LATER, NOW, draft, messages};

fn sent(draft: &mut Draft) -> String {
    draft.to_send("req_001", NOW)
}

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
        (MessageType::Unsubscribe, format!(r#"{{"type":"unsubscribe",{at},"payload":{topic}}}"#)),
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
        let found: Vec<_> = found.iter().filter(|(_, level, _)| *level == Level::Error).collect();
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
    let text = draft.text().to_owned();
    draft.hold(true);
    draft.refresh("req_002", LATER);
    assert_eq!(draft.text(), text);
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
    assert_eq!((form.kind, form.request_id.as_deref()), (Some(MessageType::Pong), Some("req_002")));
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
fn data_written_in_the_text_comes_back_with_its_tab() {
    let mut draft = draft(MessageType::Publish);
    draft.set_text(draft.text().replace("usr_456", "usr_789"));
    let data = draft.form().unwrap().data;
    draft.set_kind(MessageType::Ping, &API);
    draft.set_kind(MessageType::Publish, &API);
    assert!(data.as_deref().unwrap().contains("usr_789"));
    assert_eq!(draft.form().unwrap().data, data);
}

#[test]
fn the_tab_of_a_draft_of_this_type_changes_nothing_in_it() {
    let mut draft = draft(MessageType::Subscribe);
    draft.set_text(draft.text().replace('\n', " "));
    let text = draft.text().to_owned();
    draft.set_kind(MessageType::Subscribe, &API);
    assert_eq!(draft.text(), text);
}

#[test]
fn a_tab_is_the_way_out_of_text_that_is_not_json() {
    let mut draft = draft(MessageType::Subscribe);
    draft.set_text("{");
    assert!(draft.form().is_err());
    draft.set_kind(MessageType::Subscribe, &API);
    assert_eq!(draft.text(), crate::draft(MessageType::Subscribe).text());
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
