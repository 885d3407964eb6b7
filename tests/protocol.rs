//! The wire: the reference page's own messages byte for byte, and what is no message.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::protocol::coding::percent_encode;
use veriops_playground::protocol::endpoint::split_keys;
use veriops_playground::protocol::secret::REDACTED;
use veriops_playground::protocol::{
    CloseCode, Endpoint, Envelope, EnvelopeError, Filters, MessageType, QueryKey, RequestIds,
    Secret, Topic, json,
};

/// The message of the page's section "Message envelope", as it stands there.
const ENVELOPE: &str = r#"{
"type": "subscribe",
"request_id": "req_001",
"sent_at": "2026-03-19T14:30:00Z",
"payload": {
"channel": "project.updated",
"filters": {"project_id": "prj_abc123"}
}
}"#;

/// The same as the page's client puts it on the wire.
const SUBSCRIBE: &str = r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#;

mod golden {
    use super::*;

    fn project() -> Topic {
        Topic::new(
            "project.updated",
            &Filters::from([("project_id".into(), "\"prj_abc123\"".into())]),
        )
    }

    #[test]
    fn the_pages_envelope_decodes_to_its_fields() {
        let message = Envelope::decode(ENVELOPE).unwrap();
        assert_eq!(message.kind, MessageType::Subscribe);
        assert_eq!(message.request_id, "req_001");
        assert_eq!(message.sent_at.as_deref(), Some("2026-03-19T14:30:00Z"));
        assert_eq!(message.topic(), Ok(project()));
        let payload = "{\n\"channel\": \"project.updated\",\n\"filters\": {\"project_id\": \"prj_abc123\"}\n}";
        assert_eq!(message.payload.as_deref(), Some(payload));
    }

    #[test]
    fn the_pages_envelope_is_what_the_form_encodes() {
        let message = Envelope::new(MessageType::Subscribe, "req_001")
            .sent_at("2026-03-19T14:30:00Z")
            .about(&project());
        assert_eq!(message.encode(), SUBSCRIBE);
        assert_eq!(json::compact(ENVELOPE).as_deref(), Ok(SUBSCRIBE));
    }

    #[test]
    fn every_message_of_the_page_survives_both_ways_byte_for_byte() {
        for text in [
            SUBSCRIBE,
            r#"{"type":"subscribe","request_id":"req_1773930600000","payload":{"channel":"task.completed"}}"#,
            r#"{"type":"unsubscribe","request_id":"req_002","payload":{"channel":"project.updated"}}"#,
            r#"{"type":"publish","request_id":"req_003","payload":{"channel":"presence","data":{"user_id":"usr_456","status":"online"}}}"#,
            r#"{"type":"ping","request_id":"req_004"}"#,
            r#"{"type":"pong","request_id":"req_004"}"#,
            r#"{"type":"ack","request_id":"req_001","sent_at":"2026-03-19T14:30:00Z","payload":{"status":"subscribed","channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#,
            r#"{"type":"event","request_id":"req_005","payload":{"event_type":"project.updated","data":{"project_id":"prj_abc123","status":"active"}}}"#,
        ] {
            assert_eq!(Envelope::decode(text).unwrap().encode(), text);
        }
    }

    #[test]
    fn an_event_gives_what_the_pages_client_reads_of_it() {
        let text = r#"{"type":"event","request_id":"req_005","payload":{"event_type":"project.updated","data":{"project_id":"prj_abc123","status":"active"}}}"#;
        let message = Envelope::decode(text).unwrap();
        let event = message.event().unwrap();
        assert_eq!(event.event_type, "project.updated");
        assert_eq!(event.data, Some(r#"{"project_id":"prj_abc123","status":"active"}"#));
    }

    #[test]
    fn an_ack_gives_its_status_and_topic() {
        let text = r#"{"type":"ack","request_id":"a","payload":{"status":"subscribed","channel":"project.updated","filters":{"project_id":"prj_abc123"},"more":[1]}}"#;
        let message = Envelope::decode(text).unwrap();
        assert_eq!(message.ack_status().as_deref(), Some("subscribed"));
        assert_eq!(message.topic(), Ok(project()));
        assert_eq!(Envelope::new(MessageType::Ack, "a").ack_status(), None);
    }

    #[test]
    fn the_types_are_those_of_the_page_in_its_order() {
        let names = MessageType::ALL.map(MessageType::name);
        assert_eq!(names, ["subscribe", "unsubscribe", "publish", "ping", "pong", "ack", "event"]);
        let api = Api::veriops();
        assert!(api.messages.iter().map(|row| row.kind).eq(MessageType::ALL));
        for row in &api.messages {
            assert_eq!(row.kind.is_client_sent(), row.direction.allows_client(), "{}", row.kind);
            assert_eq!(MessageType::from_name(row.kind.name()), Some(row.kind));
        }
    }

    #[test]
    fn the_types_that_expect_an_answer_are_those_the_server_acknowledges() {
        let expecting = MessageType::ALL.into_iter().filter(|kind| kind.expects_answer());
        let names: Vec<_> = expecting.map(MessageType::name).collect();
        assert_eq!(names, ["subscribe", "unsubscribe", "publish", "ping"]);
    }
}

mod envelope {
    use super::*;

    #[test]
    fn what_is_no_envelope_names_its_fault() {
        let wrong = |path, expected, found| EnvelopeError::WrongType { path, expected, found };
        for (text, fault) in [
            ("", EnvelopeError::Empty),
            (" \n", EnvelopeError::Empty),
            ("{", EnvelopeError::NotJson { line: 1, column: 2 }),
            ("{\n}}", EnvelopeError::NotJson { line: 2, column: 2 }),
            ("[1", EnvelopeError::NotJson { line: 1, column: 3 }),
            ("{\"é\"}", EnvelopeError::NotJson { line: 1, column: 5 }),
            ("[]", wrong("", "an object", "an array")),
            ("null", wrong("", "an object", "null")),
            ("true", wrong("", "an object", "a boolean")),
            ("-1", wrong("", "an object", "a number")),
            ("\"é\"", wrong("", "an object", "a string")),
            ("{}", EnvelopeError::Missing { path: "type" }),
            (r#"{"type":null,"request_id":"a"}"#, EnvelopeError::Missing { path: "type" }),
            (r#"{"type":["ack"]}"#, wrong("type", "a string", "an array")),
            (
                r#"{"type":"Ack","request_id":"a"}"#,
                EnvelopeError::UnknownType { name: "Ack".into() },
            ),
            (r#"{"type":"ack"}"#, EnvelopeError::Missing { path: "request_id" }),
            (r#"{"type":"ack","request_id":1}"#, wrong("request_id", "a string", "a number")),
            (
                r#"{"type":"ack","request_id":"a","sent_at":0}"#,
                wrong("sent_at", "a string", "a number"),
            ),
            (
                r#"{"type":"ack","request_id":"\ud800"}"#,
                wrong("request_id", "a string", "text with half a surrogate pair"),
            ),
        ] {
            assert_eq!(Envelope::decode(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_payload_without_a_topic_names_its_fault() {
        let wrong = |path, expected, found| EnvelopeError::WrongType { path, expected, found };
        for (payload, fault) in [
            ("7", wrong("payload", "an object", "a number")),
            ("[]", wrong("payload", "an object", "an array")),
            ("{}", EnvelopeError::Missing { path: "payload.channel" }),
            (r#"{"channel":{}}"#, wrong("payload.channel", "a string", "an object")),
            (
                r#"{"channel":"presence","filters":"all"}"#,
                wrong("payload.filters", "an object", "a string"),
            ),
        ] {
            let message = Envelope::new(MessageType::Subscribe, "a").payload(payload);
            assert_eq!(message.topic(), Err(fault), "{payload}");
        }
        let empty = Envelope::new(MessageType::Subscribe, "a");
        assert_eq!(empty.topic(), Err(EnvelopeError::Missing { path: "payload" }));
    }

    #[test]
    fn unknown_fields_escapes_and_layout_are_welcome() {
        let text = "\t{ \"more\": 1, \"request_id\":\"\\u0061\", \"type\":\"\\u0061ck\" }\n";
        let message = Envelope::decode(text).unwrap();
        assert_eq!((message.kind, message.request_id.as_ref()), (MessageType::Ack, "a"));
    }

    #[test]
    fn of_fields_with_the_same_name_the_last_counts_as_in_a_browser() {
        let text = r#"{"type":"ping","request_id":"a","type":"ack","request_id":"b"}"#;
        let message = Envelope::decode(text).unwrap();
        assert_eq!((message.kind, message.request_id.as_ref()), (MessageType::Ack, "b"));
    }

    #[test]
    fn a_payload_keeps_its_text() {
        let payload = r#"{"b":1.0,"a":12345678901234567890,"b":"\ud800", "deep":[[[]]]}"#;
        let text = format!(r#"{{"type":"event","request_id":"a","payload":{payload}}}"#);
        assert_eq!(Envelope::decode(&text).unwrap().payload.as_deref(), Some(payload));
    }

    #[test]
    fn a_deep_payload_costs_no_stack() {
        let payload = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let text = format!(r#"{{"type":"event","request_id":"a","payload":{payload}}}"#);
        assert_eq!(Envelope::decode(&text).unwrap().payload.as_deref(), Some(payload.as_str()));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_decoder_panic(text in r#"[\[{"]{0,2}\PC*"#) {
            if let Ok(message) = Envelope::decode(&text) {
                let encoded = message.encode();
                prop_assert_eq!(Envelope::decode(&encoded), Ok(message));
            }
        }
    }
}

mod topic {
    use super::*;

    #[test]
    fn filters_that_mean_the_same_are_the_same_topic() {
        let topic = |object| Topic::with_filters_json("project.updated", object);
        let same = topic(r#"{"a":"x","b":"é"}"#);
        for object in [
            r#"{ "b" : "\u00e9", "a" : "x" }"#,
            r#"{"b":"é","\u0061":"\u0078"}"#,
            // The last of equal names counts.
            r#"{"a":"y","b":"é","a":"x"}"#,
        ] {
            assert_eq!(topic(object), same, "{object}");
        }
        assert_eq!(topic("{}"), Topic::channel("project.updated"));
        assert_ne!(topic(r#"{"a":"X","b":"é"}"#), same);
    }

    #[test]
    fn absent_null_and_empty_filters_are_none() {
        for filters in ["", r#","filters":null"#, r#","filters":{}"#] {
            let payload = format!(r#"{{"channel":"presence"{filters}}}"#);
            let message = Envelope::new(MessageType::Subscribe, "a").payload(payload);
            assert_eq!(message.topic(), Ok(Topic::channel("presence")));
        }
    }

    #[test]
    fn every_filter_must_match() {
        let topic = Topic::with_filters_json("task.completed", r#"{"project_id":"p","n":2}"#);
        for (data, matches) in [
            (Some(r#"{"project_id":"p","n":2}"#), true),
            (Some(r#"{"n": 2, "more": 1, "project_id": "\u0070"}"#), true),
            (Some(r#"{"project_id":"p","n":"2"}"#), false),
            (Some(r#"{"project_id":"p"}"#), false),
            (Some("[]"), false),
            (Some("not json"), false),
            (None, false),
        ] {
            assert_eq!(topic.matches("task.completed", data), matches, "{data:?}");
        }
    }
}

mod close {
    use super::*;

    #[test]
    fn every_code_has_a_meaning() {
        for code in 0..=u16::MAX {
            assert!(!CloseCode(code).standard_meaning().is_empty());
            assert_eq!(CloseCode(code).to_string(), code.to_string());
        }
    }

    #[test]
    fn meanings_are_those_of_the_registry() {
        for (code, meaning) in [
            (0, "Not a valid close code"),
            (999, "Not a valid close code"),
            (1000, "Normal closure"),
            (1004, "Reserved"),
            (1006, "Abnormal close, no close frame"),
            (1009, "Message too big"),
            (1015, "TLS handshake failed"),
            (1016, "Reserved for the protocol"),
            (2999, "Reserved for the protocol"),
            (3000, "Unauthorized"),
            (3001, "Registered by a library or framework"),
            (4000, "Defined by the server"),
            (4999, "Defined by the server"),
            (5000, "Not a valid close code"),
        ] {
            assert_eq!(CloseCode(code).standard_meaning(), meaning, "{code}");
        }
    }
}

mod endpoint {
    use super::*;

    const TOKEN: Option<&str> = Some("token");

    fn query_key(typed: &str) -> QueryKey {
        QueryKey { parameter: "token".to_owned(), key: Secret::new(typed).unwrap() }
    }

    #[test]
    fn a_key_of_any_characters_reaches_the_server_whole() {
        let live = Endpoint::parse("wss://api.veriops.example/realtime", TOKEN).unwrap().0;
        let key = query_key("a+b&c#d %é😀=/?");
        let url = live.url_with(Some(&key));
        assert_eq!(
            url,
            "wss://api.veriops.example/realtime?token=a%2Bb%26c%23d%20%25%C3%A9%F0%9F%98%80%3D%2F%3F"
        );
        let (endpoint, parsed) = Endpoint::parse(&url, TOKEN).unwrap();
        assert!(endpoint == live && parsed == Some(key.key));
    }

    #[test]
    fn a_key_goes_into_the_parameter_of_its_api() {
        let endpoint = Endpoint::parse("wss://h/?token=not-a-key", Some("api key")).unwrap();
        assert!(endpoint.1.is_none());
        let key = QueryKey { parameter: "api key".to_owned(), ..query_key("canary") };
        let url = endpoint.0.url_with(Some(&key));
        assert_eq!(url, "wss://h/?token=not-a-key&api%20key=canary");
        assert_eq!(endpoint.0.shown_with(&key), "wss://h/?token=not-a-key&api%20key=•••");
        assert!(Endpoint::parse(&url, Some("api key")) == Ok((endpoint.0, Some(key.key))));
    }

    #[test]
    fn the_endpoint_never_shows_a_typed_key() {
        for typed in [
            "wss://h/?token=canary",
            "wss://h/?%74oken=canary",
            "wss://h/?TOKEN=canary",
            "wss://h/?a=b&token=canary&c",
            "wss://h?token=first&token=canary",
            "wss://h/&token=canary",
            "wss://h/;token=canary",
            "wss://h/?a=b?token=canary",
            "wss://h/?token?token=canary",
            "wss://h/?a#token=canary&b",
            "wss://h/#token=canary",
        ] {
            match Endpoint::parse(typed, TOKEN) {
                Ok((endpoint, key)) => {
                    assert!(!endpoint.to_string().contains("canary"), "{typed}");
                    assert!(!endpoint.to_string().contains("oken"), "{typed}: {endpoint}");
                    assert!(!format!("{endpoint:?}").contains("canary"), "{typed}");
                    assert!(key == Secret::new("canary"), "{typed}");
                }
                Err(error) => panic!("{typed}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_left_of_an_address_without_its_keys_is_as_it_was_typed() {
        for (typed, rest, keys) in [
            ("wss://H/x?token=a&v=1", "wss://H/x?v=1", vec!["a"]),
            ("wss://h/x?v=1&token=a%26b&w", "wss://h/x?v=1&w", vec!["a&b"]),
            ("wss://h/x?token=a?b=c#d;e", "wss://h/x", vec!["a?b=c#d;e"]),
            ("token=a", "", vec!["a"]),
            ("token=a&v=1", "v=1", vec!["a"]),
            ("wss://h/#token=a&v=1", "wss://h/#v=1", vec!["a"]),
            ("wss://h/;token=a&v=1", "wss://h/;v=1", vec!["a"]),
            ("wss://h/?a;token=a&v=1", "wss://h/?a&v=1", vec!["a"]),
            ("wss://h/?token&token=", "wss://h/", vec![]),
            ("wss://h/?v=1&token=•••", "wss://h/?v=1", vec![]),
            ("wss://h/?v=1&key=•••", "wss://h/?v=1", vec![]),
            ("wss://•••", "wss://•••", vec![]),
            ("wss://h/token=a?tokens=b&xtoken=c", "wss://h/token=a?tokens=b&xtoken=c", vec![]),
        ] {
            let keys = keys.into_iter().map(str::to_owned).collect();
            assert_eq!(split_keys(typed, TOKEN), (rest.to_owned(), keys), "{typed}");
        }
    }

    #[test]
    fn an_api_without_a_key_takes_none_out_of_an_address() {
        let (endpoint, key) = Endpoint::parse("wss://h/?token=shown", None).unwrap();
        assert!(key.is_none());
        assert_eq!(endpoint.to_string(), "wss://h/?token=shown");
    }

    #[test]
    fn a_percent_sign_needs_two_hexadecimal_digits() {
        let (_, key) = Endpoint::parse("wss://h/?token=%+5%4%zz%41", TOKEN).unwrap();
        assert!(key == Secret::new("%+5%4%zzA"));
    }

    #[test]
    fn only_the_descriptions_live_servers_are_trusted() {
        let api = Api::veriops();
        let key = query_key("canary");
        for (url, is_trusted) in [
            ("wss://api.veriops.example/realtime", true),
            ("WSS://API.VERIOPS.EXAMPLE:443/realtime?v=1", true),
            ("ws://api.veriops.example:443/realtime", false),
            ("wss://api.veriops.example:8443/realtime", false),
            ("wss://api.veriops.example./realtime", false),
            ("wss://api.veriops.example/realtime/", false),
            ("wss://api.veriops.example", false),
            ("wss://xapi.veriops.example/realtime", false),
            ("wss://api.veriops.example.evil.test/realtime", false),
        ] {
            let endpoint = Endpoint::parse(url, TOKEN).unwrap().0;
            assert_eq!(api.trusts(&endpoint), is_trusted, "{url}");
            let sent = api.key_for(&endpoint, Some(&key.key));
            assert!(sent == is_trusted.then(|| key.clone()), "{url}");
            assert!(api.key_for(&endpoint, None).is_none());
        }
    }

    proptest! {
        #[test]
        fn what_parses_shows_as_what_parses_to_the_same(
            typed in r"wss?://[a-z:\[\]0-9.]{0,9}([/?a-z=&%;]|token|token=|•••){0,12}"
        ) {
            if let Ok((endpoint, _)) = Endpoint::parse(&typed, TOKEN) {
                prop_assert!(Endpoint::parse(&endpoint.to_string(), TOKEN) == Ok((endpoint, None)));
            }
        }

        #[test]
        fn no_typed_text_makes_the_parser_panic(typed in r"(wss?://)?(\PC|[?#;&=]|token){0,40}") {
            let _ = Endpoint::parse(&typed, TOKEN);
        }
    }
}

mod secret {
    use super::*;

    proptest! {
        #[test]
        fn no_text_shows_a_key_in_any_writing(
            key in "[a-zA-Z0-9+/=_~.-]{8,40}",
            before in r"\PC{0,5}",
            after in r"\PC{0,5}",
        ) {
            let secret = Secret::new(&key).unwrap();
            let around = format!("{before}{key}{after}");
            for text in [
                around.clone(),
                before.clone() + &percent_encode(&key),
                serde_json::to_string(&around).unwrap(),
                serde_json::to_string(&around).unwrap().replace('/', r"\/"),
                STANDARD.encode(&around),
                URL_SAFE_NO_PAD.encode(&around),
            ] {
                prop_assert!(secret.redact(text.clone()).contains(REDACTED), "{}", text);
            }
            let mut bytes = around.clone().into_bytes();
            secret.redact_bytes(&mut bytes);
            prop_assert_eq!(bytes.len(), around.len());
            prop_assert!(!bytes.windows(key.len()).any(|part| part == key.as_bytes()));
        }

        #[test]
        fn a_key_is_found_however_each_of_its_characters_is_written_and_nothing_else_is_touched(
            (key, writings) in r"[!-~éßЖ漢😀 ]{4,24}"
                .prop_filter("a key has no space around it", |key| key.trim().len() == key.len())
                .prop_flat_map(|key| {
                    let writings = prop::collection::vec(any::<Writing>(), key.chars().count());
                    (Just(key), writings)
                }),
            // Nothing of this could be read as a part of the key.
            before in "[\u{1}-\u{8}]{0,9}",
            after in "[\u{1}-\u{8}]{0,9}",
        ) {
            let written: String =
                key.chars().zip(&writings).map(|(character, how)| how.write(character)).collect();
            let secret = Secret::new(&key).unwrap();
            let text = format!("{before}{written}{after}");
            prop_assert_eq!(secret.redact(text.clone()), format!("{before}{REDACTED}{after}"));
            let mut bytes = [b"\xff", text.as_bytes(), b"\xfe"].concat();
            secret.redact_bytes(&mut bytes);
            let stars = "*".repeat(written.len());
            let expected = format!("{before}{stars}{after}");
            prop_assert_eq!(bytes, [b"\xff", expected.as_bytes(), b"\xfe"].concat());
        }

        #[test]
        fn a_text_without_the_key_stays_as_it_is(
            key in "[a-z]{4,12}",
            text in r#"([A-Z0-9 \\%+"/{}é]|\\u00e9|%4[0-9A-F]){0,80}"#,
        ) {
            // Its base64 is in none of these letters alone.
            prop_assert_eq!(Secret::new(&key).unwrap().redact(text.clone()), text);
        }
    }

    /// How a character of the key is written.
    #[derive(Clone, Copy, Debug)]
    enum Writing {
        Plain,
        /// As JSON has it: the short escape if there is one.
        Json,
        /// `\u` and hexadecimal digits, in upper case or not, for each half of a pair.
        Unicode {
            upper: [bool; 2],
        },
        /// `%` and hexadecimal digits, in upper case or not.
        Percent {
            upper: bool,
        },
        /// As a form has it: `+` for a space.
        Form,
    }

    impl Arbitrary for Writing {
        type Parameters = ();
        type Strategy = BoxedStrategy<Self>;

        fn arbitrary_with((): ()) -> Self::Strategy {
            prop_oneof![
                Just(Self::Plain),
                Just(Self::Json),
                any::<[bool; 2]>().prop_map(|upper| Self::Unicode { upper }),
                any::<bool>().prop_map(|upper| Self::Percent { upper }),
                Just(Self::Form),
            ]
            .boxed()
        }
    }

    impl Writing {
        fn write(self, character: char) -> String {
            let hex = |prefix: &str, value: u16, width: usize, upper: bool| {
                let digits = format!("{value:0width$x}");
                prefix.to_owned() + &if upper { digits.to_uppercase() } else { digits }
            };
            match (self, character) {
                (Self::Json, '/') => r"\/".to_owned(),
                (Self::Json, _) => {
                    let quoted = serde_json::to_string(&character).unwrap();
                    quoted[1..quoted.len() - 1].to_owned()
                }
                (Self::Unicode { upper }, _) => character
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .zip(upper)
                    .map(|(unit, upper)| hex(r"\u", *unit, 4, upper))
                    .collect(),
                (Self::Percent { upper }, _) => character
                    .to_string()
                    .bytes()
                    .map(|byte| hex("%", byte.into(), 2, upper))
                    .collect(),
                (Self::Form, ' ') => "+".to_owned(),
                (Self::Plain | Self::Form, _) => character.to_string(),
            }
        }
    }
}

mod request_id {
    use super::*;

    proptest! {
        #[test]
        fn no_id_is_given_twice_nor_one_that_was_taken(taken in prop::collection::vec(0..60_u64, 0..40)) {
            let mut ids = RequestIds::default();
            let mut seen = BTreeSet::new();
            for number in taken {
                let by_hand = format!("req_{number:03}");
                ids.take(&by_hand);
                seen.insert(by_hand);
                let preview = ids.preview();
                let id = ids.fresh();
                prop_assert_eq!(&preview, &id);
                prop_assert!(seen.insert(id), "an id twice");
            }
        }
    }

    #[test]
    fn a_hundred_thousand_ids_sent_as_previewed_cost_no_more_than_the_first() {
        let mut ids = RequestIds::default();
        for _ in 0..100_000 {
            ids.take(&ids.preview());
        }
        assert_eq!(ids.fresh(), "req_100001");
    }

    #[test]
    fn ids_of_another_kind_are_left_alone() {
        let mut ids = RequestIds::default();
        for id in ["", "req_", "req_x", "req_-1", "req_99999999999999999999", "other_001"] {
            ids.take(id);
        }
        assert_eq!(ids.fresh(), "req_001");
    }
}
