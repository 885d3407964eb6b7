//! Envelopes, against `serde_json`.

use std::collections::BTreeMap;

use serde_json::Value;
use veriops_playground::protocol::{Envelope, MessageType};

/// Reads the input as the text of a frame, decodes it and everything its payload may hold.
pub fn check(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let decoded = Envelope::decode(text);
    // Half surrogate pairs, huge numbers and deep nesting are JSON, but no value.
    let value = serde_json::from_str::<Value>(text);
    if let Ok(value) = &value {
        assert_eq!(decoded.is_ok(), is_envelope(value), "{decoded:?}");
    }
    let envelope = match decoded {
        Ok(envelope) => envelope,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let encoded = envelope.encode();
    assert_eq!(Envelope::decode(&encoded).as_ref(), Ok(&envelope));
    if let Ok(topic) = envelope.topic() {
        let again = Envelope::new(envelope.kind, "id").about(&topic).topic();
        assert_eq!(again, Ok(topic), "a topic is written in one way");
    }
    let (_, _) = (envelope.event(), envelope.ack_status());
    if let Ok(value) = &value {
        fields_agree(&envelope, value);
    }
}

fn is_envelope(value: &Value) -> bool {
    value.is_object()
        && value["type"].as_str().is_some_and(|name| MessageType::from_name(name).is_some())
        && value["request_id"].is_string()
        && (value["sent_at"].is_null() || value["sent_at"].is_string())
}

fn fields_agree(envelope: &Envelope<'_>, value: &Value) {
    assert_eq!(envelope.kind.name(), value["type"]);
    assert_eq!(envelope.request_id, value["request_id"].as_str().unwrap_or_default());
    assert_eq!(envelope.sent_at.as_deref(), value["sent_at"].as_str());
    assert_eq!(envelope.payload.as_deref().map(read), value.get("payload").cloned());

    let payload = &value["payload"];
    let (channel, filters) = (&payload["channel"], &payload["filters"]);
    let topic = envelope.topic();
    let is_topic = channel.is_string() && (filters.is_null() || filters.is_object());
    assert_eq!(topic.is_ok(), is_topic, "{topic:?}");
    if let Ok(topic) = topic {
        assert_eq!(topic.channel, channel.as_str().unwrap_or_default());
        let read_filters = topic.filters().iter().map(|(name, json)| (name.clone(), read(json)));
        let wanted = filters.as_object().into_iter().flatten();
        let wanted: BTreeMap<_, _> = wanted.map(|(name, it)| (name.clone(), it.clone())).collect();
        assert_eq!(read_filters.collect::<BTreeMap<_, _>>(), wanted);
        assert!(topic.matches(&topic.channel, topic.filters_json()), "{topic:?}");
    }

    let event = envelope.event();
    assert_eq!(event.is_ok(), payload["event_type"].is_string(), "{event:?}");
    if let Ok(event) = event {
        assert_eq!(event.event_type, payload["event_type"].as_str().unwrap_or_default());
        assert_eq!(event.data.map(read), payload.get("data").cloned());
    }
    assert_eq!(envelope.ack_status().as_deref(), payload["status"].as_str());
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).expect("a part of a value is a value")
}
