//! Checks: what is wrong with a message, or odd about it, and what mends it.

use veriops_playground::api::Api;
use veriops_playground::compose::{Level, Subscribed, checks, grouped, wire_size};
use veriops_playground::protocol::{Envelope, Filters, Topic, json};

use crate::{API, messages, told};

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
    let warning =
        |message: &str| vec![("payload.channel".to_owned(), Level::Warning, message.to_owned())];
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
    let text = r#"{"type":"unsubscribe","request_id":"r","payload":{"channel":"task.completed"}}"#;
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
    assert_eq!(told(&topics, true), ["50 subscriptions are the limit; unsubscribe from one first"]);
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
