//! The two readers of envelopes: the quick one that every message meets, and the thorough one that says
//! what is wrong with a bad one.

use veriops_playground::protocol::{Envelope, EnvelopeError, Filters, Topic, json};

/// Reads the input as the text of a frame with both. Whatever the quick one takes, the thorough one takes
/// and says the same of it; whatever it refuses is explained.
pub fn check(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let (quick, thorough) = (Envelope::decode(text), Envelope::explain(text));
    assert_eq!(quick, thorough);
    match quick {
        Ok(envelope) => {
            assert_eq!(json::check(text), Ok(()), "an envelope is JSON");
            payloads_agree(&envelope);
        }
        Err(error) => is_explained(text, &error),
    }
}

/// Checks what is read of a payload against its members, found token by token.
fn payloads_agree(envelope: &Envelope<'_>) {
    let payload = envelope.payload.as_deref().unwrap_or_default();
    let field = |name: &str| json::members(payload).named(name).map(|member| member.json());
    let text = |name: &str| field(name).and_then(json::decode);
    let event = envelope.event();
    assert_eq!(event.as_ref().ok().map(|event| &event.event_type), text("event_type").as_ref());
    assert_eq!(envelope.ack_status(), text("status"));
    if let Ok(topic) = envelope.topic() {
        assert_eq!(Some(&*topic.channel), text("channel").as_deref());
        let filters = field("filters").filter(|filters| *filters != "null").unwrap_or("{}");
        assert_eq!(topic, Topic::with_filters_json(&*topic.channel, filters));
    }
    if let Ok(event) = event {
        assert_eq!(event.data, field("data"));
        filters_agree(event.data.unwrap_or_default());
    }
}

/// Checks that filters find of each name the member that counts, and no other.
fn filters_agree(data: &str) {
    // All against all: more would be slow and say nothing new.
    for member in json::members(data).take(8) {
        let Some(name) = json::decode(member.key) else {
            continue;
        };
        let counts = json::members(data).named(&name).map(|last| last.json()).unwrap_or_default();
        let matches = |value: &str| {
            let filters = Filters::from([(name.clone().into_owned(), value.to_owned())]);
            Topic::new("channel", &filters).matches("channel", Some(data))
        };
        assert!(matches(counts), "{name} is {counts}");
        assert!(!matches(&["[", counts, "]"].concat()), "{name} is not in brackets");
    }
}

fn is_explained(text: &str, error: &EnvelopeError) {
    assert!(!error.to_string().is_empty());
    let is_json = json::check(text).is_ok();
    match error {
        EnvelopeError::Empty => assert!(text.trim().is_empty()),
        EnvelopeError::NotJson { .. } => assert!(!is_json),
        _ => assert!(is_json, "{error}"),
    }
}
