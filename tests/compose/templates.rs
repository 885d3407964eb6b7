//! Templates: messages that are ready to send.

use veriops_playground::compose::{Level, Subscribed, checks, templates};
use veriops_playground::protocol::json;

use crate::{API, NOW};

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
