//! The API description: it agrees with the reference page, and what is broken in it has a path.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use veriops_playground::api::{Api, Direction, Fault, VERIOPS, When};
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, MessageType, Millis, Secret};

mod page {
    //! The reference page's tables, and its pages' echo servers.

    use super::*;

    #[test]
    fn connection_details_are_the_pages() {
        let api = Api::veriops();
        let rows: Vec<_> = api.settings.iter().map(|row| (&*row.name, &*row.value)).collect();
        assert_eq!(rows, SETTINGS);
    }

    #[test]
    fn the_wording_of_a_setting_agrees_with_its_number() {
        let api = Api::veriops();
        let value = |name| SETTINGS.iter().find(|row| row.0 == name).unwrap().1;
        let seconds = |name| numbers(value(name)).into_iter().map(Millis::seconds);
        let (limits, timings) = (&api.limits, &api.timings);
        assert_eq!(api.live[0].endpoint.to_string(), value("Endpoint"));
        assert_eq!(seconds("Heartbeat interval").next(), timings.heartbeat);
        assert_eq!(seconds("Reconnect strategy").collect::<Vec<_>>(), timings.backoff);
        assert_eq!(seconds("Idle timeout").next(), timings.idle);
        assert_eq!(
            limits.message_bytes.unwrap() as u64,
            numbers(value("Max message size"))[0] * 1024
        );
        assert_eq!(
            limits.subscriptions.unwrap() as u64,
            numbers(value("Max subscriptions per connection"))[0]
        );
    }

    #[test]
    fn the_wording_of_close_codes_and_issues_agrees_with_the_numbers() {
        let api = Api::veriops();
        let action = |fault| numbers(&api.close(api.code_for(fault)).unwrap().action)[0];
        assert_eq!(api.limits.subscriptions.unwrap() as u64, action(Fault::SubscriptionLimit));
        assert_eq!(api.limits.message_bytes.unwrap() as u64, action(Fault::MessageSize) * 1024);
        assert_eq!(
            api.reaction(api.code_for(Fault::RateLimit)),
            Reaction::Wait(Millis::seconds(action(Fault::RateLimit)))
        );
        let symptom = |row: usize| numbers(&api.issues[row].symptom)[0];
        assert_eq!(api.timings.heartbeat, Some(Millis::seconds(symptom(0))));
        assert_eq!(api.timings.idle, Some(Millis::seconds(symptom(1) * 60)));
        let ping = &api.messages.iter().find(|row| row.kind == MessageType::Ping).unwrap();
        assert_eq!(api.timings.heartbeat, Some(Millis::seconds(numbers(&ping.description)[0])));
    }

    #[test]
    fn the_key_travels_in_the_parameter_that_the_row_authentication_names() {
        let api = Api::veriops();
        let parameter = api.key_parameter.as_deref().unwrap();
        let value = SETTINGS.iter().find(|row| row.0 == "Authentication").unwrap().1;
        assert!(value.contains(&format!("as {parameter} query parameter")), "{value}");
        let sent = api.key_for(&api.live[0].endpoint, Secret::new("key").as_ref());
        assert_eq!(
            api.live[0].endpoint.url_with(sent.as_ref()),
            "wss://api.veriops.example/realtime?token=key"
        );
    }

    #[test]
    fn message_types_are_the_pages() {
        let api = Api::veriops();
        let rows = api.messages.iter();
        let rows: Vec<_> =
            rows.map(|row| (row.kind.name(), row.direction.words(), &*row.description)).collect();
        assert_eq!(
            rows,
            [
                ("subscribe", "Client to server", "Subscribe to a channel with optional filters"),
                ("unsubscribe", "Client to server", "Unsubscribe from a channel"),
                ("publish", "Client to server", "Send a message to a channel"),
                ("ping", "Bidirectional", "Heartbeat ping (server sends every 30 seconds)"),
                ("pong", "Client to server", "Response to server ping"),
                ("ack", "Server to client", "Acknowledgment of a client request"),
                ("event", "Server to client", "Channel event pushed by the server"),
            ]
        );
    }

    #[test]
    fn channels_are_the_pages() {
        let api = Api::veriops();
        let rows: Vec<_> = api
            .channels
            .iter()
            .map(|row| {
                let filters: Vec<_> =
                    row.filters.iter().map(|filter| (&*filter.name, filter.required)).collect();
                (&*row.name, row.direction.words(), filters, &*row.description)
            })
            .collect();
        let by_project = || vec![("project_id", false)];
        assert_eq!(
            rows,
            [
                (
                    "project.updated",
                    "Server to client",
                    by_project(),
                    "Project status change events"
                ),
                ("project.created", "Server to client", vec![], "New project creation events"),
                (
                    "task.completed",
                    "Server to client",
                    by_project(),
                    "Task completion notifications"
                ),
                ("presence", "Bidirectional", vec![], "User online/offline status"),
            ]
        );
    }

    #[test]
    fn envelope_fields_are_the_pages() {
        let schema = &document()["components"]["schemas"]["envelope"];
        let required = schema["required"].as_array().unwrap();
        for (field, kind, is_required, description) in [
            ("type", "string", true, "Message type"),
            ("request_id", "string", true, "Client-generated ID for request/response correlation"),
            ("sent_at", "string", false, "Timestamp when the message was sent"),
            ("payload", "object", false, "Message-specific data"),
        ] {
            let found = &schema["properties"][field];
            assert_eq!(found["type"], kind, "{field}");
            assert_eq!(required.contains(&json!(field)), is_required, "{field}");
            assert_eq!(found["description"], description, "{field}");
        }
        assert_eq!(schema["properties"]["sent_at"]["format"], "date-time");
        // The page's list of types forgets the pong of its own table.
        let types = MessageType::ALL.map(MessageType::name);
        assert_eq!(schema["properties"]["type"]["enum"], json!(types));
    }

    #[test]
    fn close_codes_are_the_pages_and_each_leads_to_its_action() {
        let api = Api::veriops();
        let rows = api.closes.iter();
        let rows: Vec<_> =
            rows.map(|row| (row.code.0, &*row.meaning, &*row.action, row.reaction)).collect();
        let backoff = "Reconnect with exponential backoff";
        assert_eq!(
            rows,
            [
                (1000, "Normal closure", "No action required", Reaction::Stop),
                (1001, "Server going away", backoff, Reaction::Backoff),
                (1006, "Abnormal close (no close frame)", backoff, Reaction::Backoff),
                (1008, "Policy violation", "Check message format and size", Reaction::Stop),
                (
                    4001,
                    "Authentication failed",
                    "Verify your API key is valid and not expired",
                    Reaction::AskForKey
                ),
                (
                    4002,
                    "Subscription limit reached",
                    "Unsubscribe from unused channels (max 50)",
                    Reaction::BackoffBelowLimit
                ),
                (
                    4008,
                    "Rate limited",
                    "Wait 60 seconds before reconnecting",
                    Reaction::Wait(Millis(60_000))
                ),
                (4009, "Message too large", "Reduce message size to under 64 KB", Reaction::Stop),
            ]
        );
    }

    #[test]
    fn every_fault_has_its_close_code() {
        let api = Api::veriops();
        for (fault, code) in [
            (Fault::Authentication, 4001),
            (Fault::MessageSize, 4009),
            (Fault::Policy, 1008),
            (Fault::RateLimit, 4008),
            (Fault::SubscriptionLimit, 4002),
        ] {
            assert_eq!(api.code_for(fault), CloseCode(code));
        }
    }

    #[test]
    fn common_issues_are_the_pages() {
        let api = Api::veriops();
        let rows = api.issues.iter();
        let rows: Vec<_> =
            rows.map(|row| (&*row.symptom, &*row.cause, &*row.resolution, row.when)).collect();
        assert_eq!(
            rows,
            [
                (
                    "Connection drops every 30 seconds",
                    "Client not responding to ping",
                    "Implement pong response handler",
                    Some(When::MissedPing)
                ),
                (
                    "Connection drops after 5 minutes",
                    "No messages sent or received",
                    "Send periodic messages or respond to pings",
                    Some(When::Idle)
                ),
                (
                    "Connection error in browser",
                    "Mixed content (ws:// on HTTPS page)",
                    "Use wss:// endpoint",
                    Some(When::MixedContent)
                ),
                (
                    "Missed events after reconnect",
                    "Subscriptions not restored",
                    "Re-subscribe to all channels on open event",
                    Some(When::NotRestored)
                ),
            ]
        );
    }

    #[test]
    fn echo_servers_are_tried_with_the_one_that_answers_first() {
        let api = Api::veriops();
        let echo: Vec<_> = api.echo.iter().map(|server| server.endpoint.to_string()).collect();
        assert_eq!(
            echo,
            [
                "wss://echo.websocket.org",
                "wss://ws.ifelse.io",
                "wss://ws.postman-echo.com/raw",
                "wss://echo.websocket.events",
            ]
        );
        assert!(api.trusts(&api.live[0].endpoint));
        assert!(!api.echo.iter().any(|server| api.trusts(&server.endpoint)));
    }

    #[test]
    fn every_channel_has_examples_that_its_filters_can_be_tried_on() {
        for channel in &Api::veriops().channels {
            assert!(channel.examples.len() >= 5, "{}", channel.name);
            for example in &channel.examples {
                let data: Value = serde_json::from_str(example).unwrap();
                assert!(data.is_object(), "{example}");
                let has_field = |name: &str| data[name].is_string();
                assert!(channel.filters.iter().all(|filter| has_field(&filter.name)), "{example}");
            }
        }
    }

    const SETTINGS: [(&str, &str); 9] = [
        ("Endpoint", "wss://api.veriops.example/realtime"),
        ("Authentication", "Bearer token as token query parameter"),
        ("Protocol", "WebSocket (RFC 6455) over TLS 1.3"),
        ("Heartbeat interval", "30 seconds (server sends ping, client responds pong)"),
        (
            "Reconnect strategy",
            "Exponential backoff: 1 second, 2 seconds, 4 seconds, 8 seconds, 16 seconds, max 30 seconds",
        ),
        ("Max message size", "64 KB"),
        ("Idle timeout", "300 seconds (5 minutes) without messages"),
        ("Max subscriptions per connection", "50 channels"),
        ("Compression", "permessage-deflate supported"),
    ];

    fn numbers(words: &str) -> Vec<u64> {
        words
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect()
    }
}

mod broken {
    //! Descriptions that a maintainer got wrong.

    use super::*;

    #[test]
    fn an_error_names_the_path_and_what_is_expected() {
        for (pointer, value, error) in [
            ("/asyncapi", json!("2.6.0"), "asyncapi: expected an AsyncAPI version 3"),
            ("/x-close-codes/3/reaction", json!("retry"), "x-close-codes[3].reaction: expected"),
            (
                "/x-close-codes/3/reaction",
                json!({"waitMs": 0}),
                "x-close-codes[3].reaction.waitMs: ",
            ),
            (
                "/x-close-codes/0/code",
                json!(65_536),
                "x-close-codes[0].code: expected a close code",
            ),
            ("/x-close-codes/0/fault", json!("x"), "x-close-codes[0].fault: expected one of auth"),
            (
                "/x-limits/messageBytes",
                json!(1.5),
                "x-limits.messageBytes: expected a whole number",
            ),
            ("/x-timings/backoffMs", json!([]), "x-timings.backoffMs: expected at least one delay"),
            ("/x-timings/backoffMs/2", json!("4"), "x-timings.backoffMs[2]: expected a whole"),
            ("/x-settings", json!({}), "x-settings: expected an array"),
            (
                "/x-settings/2/kind",
                json!("x"),
                "x-settings[2].kind: expected one of authentication",
            ),
            ("/x-settings/2/id", json!("A b"), "x-settings[2].id: expected a short name, such as"),
            ("/x-issues/3/id", json!("a--b"), "x-issues[3].id: expected a short name, such as"),
            ("/x-issues/3/id", json!(""), "x-issues[3].id: expected a short name, such as"),
            ("/x-experiments", json!([]), "x-experiments: expected an object"),
            ("/x-experiments", json!({"a": 1}), "x-experiments.a: expected a string"),
            ("/x-experiments/$ref", json!(1), "x-experiments.$ref: expected a string"),
            ("/x-issues/1", json!({}), "x-issues[1].symptom: missing"),
            ("/x-issues/1/when", json!("later"), "x-issues[1].when: expected one of idle, missed"),
            (
                "/components/securitySchemes/token/name",
                json!(""),
                "components.securitySchemes.token.name: expected the name of a query parameter",
            ),
            ("/servers", json!([]), "servers: expected an object"),
            ("/servers/live/x-role", json!("main"), r#"servers.live.x-role: expected "live" or"#),
            ("/servers/live/host", json!(""), "servers.live: wss:///realtime: the address needs"),
            (
                "/operations/sendAnswer/action",
                json!(""),
                r"operations.sendAnswer.action: expected ",
            ),
            (
                "/channels/presence/address",
                json!(null),
                "channels.presence.address: expected a string",
            ),
            ("/channels/other", json!({}), "channels.other: expected an operation that refers to"),
            (
                "/channels/connection/messages/ping/$ref",
                json!("#/components/messages/pin"),
                "channels.connection.messages.ping.$ref: #/components/messages/pin is not in",
            ),
            (
                "/channels/connection/messages/ping/$ref",
                json!("https://veriops.example/ping"),
                "channels.connection.messages.ping.$ref: expected a reference into this document",
            ),
            (
                "/components/messages/ping",
                json!({"$ref": "#/components/messages/ping"}),
                "components.messages.ping: expected a value, but its references go round",
            ),
            (
                "/components/schemas/presence/examples/1",
                json!("online"),
                "components.schemas.presence.examples[1]: expected an object",
            ),
        ] {
            let mut document = document();
            place(&mut document, pointer, value);
            let found = Api::parse(&document.to_string()).unwrap_err().to_string();
            assert!(found.starts_with(error), "{pointer}: {found}");
        }
    }

    #[test]
    fn text_that_is_not_json_is_reported_with_its_place() {
        let error = Api::parse("{\n  \"asyncapi\": 3.0.0\n}").unwrap_err().to_string();
        assert_eq!(
            error,
            "the API description: not JSON; line 2, column 15: expected a number like -1, 0.5 or 2e10"
        );
    }

    #[test]
    fn a_cut_description_is_an_error_and_no_panic() {
        let cuts = (0..VERIOPS.trim_end().len()).step_by(13);
        for cut in cuts.filter(|cut| VERIOPS.is_char_boundary(*cut)) {
            assert!(Api::parse(&VERIOPS[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn no_value_of_the_wrong_type_makes_the_parser_panic() {
        let document = what_is_read();
        for pointer in pointers(&document) {
            let mut document = document.clone();
            let value = document.pointer_mut(&pointer).unwrap();
            // The length of the pointer decides between two wrong types.
            *value = match value {
                _ if pointer.len() % 2 == 0 => json!(null),
                Value::String(_) => json!(-1),
                _ => json!("\u{0}é"),
            };
            parse_or_explain(&document, &pointer);
        }
    }

    #[test]
    fn no_value_that_is_missing_makes_the_parser_panic() {
        let document = what_is_read();
        for pointer in pointers(&document) {
            let mut document = document.clone();
            remove(&mut document, &pointer);
            parse_or_explain(&document, &pointer);
        }
    }

    #[test]
    fn half_a_surrogate_pair_in_a_name_is_an_error() {
        assert!(Api::parse(r#"{"asyncapi": "3.0.0", "\ud800": 1}"#).is_err());
    }

    #[test]
    fn an_endless_nesting_is_an_error() {
        let nested = format!(r#"{{"asyncapi": "3.0.0", "operations": {}"#, "[".repeat(100_000));
        assert!(Api::parse(&nested).is_err());
        let closed = format!("{nested}{}}}", "]".repeat(100_000));
        assert!(Api::parse(&closed).is_err());
    }

    /// Sets the value at `pointer`, adding the last member if it is not there.
    fn place(document: &mut Value, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match document.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            parent => parent[name] = value,
        }
    }

    fn remove(document: &mut Value, pointer: &str) {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match document.pointer_mut(parent).unwrap() {
            Value::Object(members) => {
                members.remove(name);
            }
            Value::Array(items) => {
                items.remove(name.parse().unwrap());
            }
            _ => unreachable!("only objects and arrays have children"),
        }
    }

    /// Returns the document without the schemas, which are for people and other tools.
    fn what_is_read() -> Value {
        let mut document = document();
        for message in document["components"]["messages"].as_object_mut().unwrap().values_mut() {
            message["payload"].take();
        }
        for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
            schema["properties"].take();
            if let Some(examples) = schema.get_mut("examples").and_then(Value::as_array_mut) {
                examples.truncate(1);
            }
        }
        Api::parse(&document.to_string()).unwrap();
        document
    }

    fn parse_or_explain(document: &Value, pointer: &str) {
        if let Err(error) = Api::parse(&document.to_string()) {
            assert!(!error.reason.is_empty(), "{pointer}");
        }
    }

    /// Returns the JSON pointers of every value in `value`.
    fn pointers(value: &Value) -> Vec<String> {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), value)).collect()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        let below = |(name, child): &(String, &Value)| {
            let deeper = pointers(child).into_iter().map(|pointer| format!("/{name}{pointer}"));
            core::iter::once(format!("/{name}")).chain(deeper).collect::<Vec<_>>()
        };
        children.iter().flat_map(below).collect()
    }
}

mod lookups {
    //! What the rest of the program asks the description.

    use super::*;

    #[test]
    fn a_code_that_the_table_does_not_have_keeps_its_standard_reaction() {
        let api = Api::veriops();
        assert_eq!(api.close(CloseCode(4000)), None);
        assert_eq!(api.reaction(CloseCode(4000)), Reaction::Stop);
        assert_eq!(api.reaction(CloseCode(1012)), Reaction::Backoff);
    }

    #[test]
    fn a_key_travels_in_the_first_security_scheme_of_a_query() {
        let mut document = document();
        document["components"]["securitySchemes"] = json!({
            "person": { "type": "userPassword" },
            "header": { "type": "httpApiKey", "in": "header", "name": "X-Key" },
            "query": { "type": "httpApiKey", "in": "query", "name": "api_key" },
            "other": { "type": "httpApiKey", "in": "query", "name": "other" },
        });
        let api = Api::parse(&document.to_string()).unwrap();
        assert_eq!(api.key_parameter.as_deref(), Some("api_key"));
    }

    #[test]
    fn an_api_without_a_key_in_the_query_sends_none() {
        let mut document = document();
        document["components"].as_object_mut().unwrap().remove("securitySchemes");
        let api = Api::parse(&document.to_string()).unwrap();
        assert_eq!(api.key_parameter, None);
        let endpoint = &api.live[0].endpoint;
        assert!(!api.trusts(endpoint));
        assert!(api.key_for(endpoint, Secret::new("key").as_ref()).is_none());
    }

    #[test]
    fn an_issue_is_found_by_how_it_shows_itself() {
        let mut api = Api::clone(&Api::veriops());
        for when in When::ALL {
            assert_eq!(api.issue(when).unwrap().when, Some(when));
        }
        api.issues.clear();
        assert_eq!(api.issue(When::Idle), None);
    }

    #[test]
    fn a_fault_without_a_row_is_a_policy_violation() {
        let mut api = Api::clone(&Api::veriops());
        api.closes.clear();
        assert_eq!(api.code_for(Fault::RateLimit), CloseCode::POLICY);
    }

    #[test]
    fn the_order_of_the_document_is_kept() {
        let start = VERIOPS.find(r#""ifelse""#).unwrap();
        let swapped = format!(
            "{}{}",
            &VERIOPS[..start].replace("echo.websocket.org", "echo.example"),
            &VERIOPS[start..]
        );
        let api = Api::parse(&swapped).unwrap();
        assert_eq!(api.echo[0].endpoint.to_string(), "wss://echo.example");
        assert_eq!(api.channel("presence").unwrap().direction, Direction::Bidirectional);
        assert_eq!(
            api.channel("project.updated").unwrap().examples[0],
            concat!(
                r#"{"project_id":"prj_abc123","status":"active","previous_status":"draft","#,
                r#""updated_by":"usr_456","updated_fields":["status"]}"#
            )
        );
    }

    #[test]
    fn a_reference_to_a_server_is_followed() {
        let mut document = document();
        let server = document["servers"]["live"].take();
        document["components"]["servers"] = json!({"a/b": server});
        document["servers"]["live"] = json!({"$ref": "#/components/servers/a~1b"});
        let api = Api::parse(&document.to_string()).unwrap();
        assert_eq!(api.live, Api::veriops().live);
    }
}

fn document() -> Value {
    serde_json::from_str(VERIOPS).unwrap()
}
