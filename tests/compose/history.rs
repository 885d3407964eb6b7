//! The history: what was sent, to begin from again.

use veriops_playground::compose::{History, beginnings, templates};
use veriops_playground::words::message;

use crate::{API, LATER, NOW};

fn ping(id: usize) -> String {
    format!(r#"{{"type":"ping","request_id":"req_{id:03}","sent_at":"2026-03-19T14:30:{id}Z"}}"#)
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
        [("sent 14:31:07 · hello", "hello"), ("sent 14:30:00 · ping · req_001", ping(1).as_str())]
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
