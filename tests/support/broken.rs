//! Descriptions that were not written for the playground, and what can be broken in them.
#![allow(unreachable_pub)]

use serde_json::{Value, json};

/// The shape of a public API.
pub const KRAKEN: &str = include_str!("foreign/kraken.asyncapi.json");
/// The shape of a public API.
pub const GEMINI: &str = include_str!("foreign/gemini.asyncapi.json");
/// The shape of a public API.
pub const SLACK: &str = include_str!("foreign/slack.asyncapi.json");
/// The shape of a public API.
pub const COINBASE: &str = include_str!("foreign/coinbase.asyncapi.json");
/// The shape of a public API.
pub const FINNHUB: &str = include_str!("foreign/finnhub.asyncapi.json");

/// Returns documents that are broken in one place each, with the beginning of the error.
pub fn broken() -> Vec<(String, &'static str)> {
    let broken: [(&str, &str, Value, &str); 30] = [
        (KRAKEN, "/asyncapi", json!("2.6.0"), "asyncapi: expected an AsyncAPI version 3"),
        (KRAKEN, "/asyncapi", json!(3), "asyncapi: expected a string"),
        (KRAKEN, "/info", json!("Kraken"), "info: expected an object"),
        (KRAKEN, "/info/title", json!(null), "info.title: expected a string"),
        (KRAKEN, "/servers", json!([]), "servers: expected an object"),
        (KRAKEN, "/servers", json!({}), "servers: expected a server whose protocol is ws or wss"),
        (KRAKEN, "/servers/public", json!(true), "servers.public: expected an object"),
        (KRAKEN, "/servers/public/host", json!(7), "servers.public.host: expected a string"),
        (KRAKEN, "/servers/public/host", json!("a b"), "servers.public: wss://a b: "),
        (KRAKEN, "/servers/public/host", json!(""), "servers.public: wss://: the address needs"),
        (KRAKEN, "/servers/public/protocol", json!([]), "servers.public.protocol: expected a"),
        (
            KRAKEN,
            "/servers/public",
            json!({"host":"a","protocol":"ws","x-role":"main"}),
            "servers.public.x-role: expected \"live\"",
        ),
        (KRAKEN, "/channels", json!("all"), "channels: expected an object"),
        (KRAKEN, "/channels/currencyInfo", json!([]), "channels.currencyInfo: expected an object"),
        (KRAKEN, "/channels/currencyInfo/address", json!(1), "channels.currencyInfo.address: exp"),
        (KRAKEN, "/channels/currencyInfo/messages", json!([]), "channels.currencyInfo.messages: e"),
        (
            KRAKEN,
            "/channels/currencyInfo/messages/ping/$ref",
            json!("#/components/messages/pin"),
            "channels.currencyInfo.messages.ping.$ref: #/components/messages/pin is not in this",
        ),
        (KRAKEN, "/components/messages/ping/title", json!(0), "components.messages.ping.title: "),
        (
            KRAKEN,
            "/components/messages/ping/payload/examples",
            json!({}),
            "components.messages.ping.payload.examples: expected an array",
        ),
        (
            KRAKEN,
            "/components/messages/subscribe/examples/1",
            json!("x"),
            "components.messages.subscribe.examples[1]: expected an object",
        ),
        (
            KRAKEN,
            "/components/messages/subscribe/examples/0/name",
            json!(1),
            "components.messages.subscribe.examples[0].name: expected a string",
        ),
        (KRAKEN, "/operations", json!([1]), "operations: expected an object"),
        (
            KRAKEN,
            "/operations/ask/action",
            json!("ask"),
            "operations.ask.action: expected \"send\"",
        ),
        (KRAKEN, "/operations/ask/channel", json!({}), "operations.ask.channel.$ref: missing"),
        (GEMINI, "/channels/marketdata/parameters", json!([]), "channels.marketdata.parameters: "),
        (
            GEMINI,
            "/channels/marketdata/parameters/symbol/enum/0",
            json!(5),
            "channels.marketdata.parameters.symbol.enum[0]: expected a string",
        ),
        (
            GEMINI,
            "/channels/marketdata/servers/0/$ref",
            json!("#/servers/none"),
            "channels.marketdata.servers[0].$ref: #/servers/none is not in this document",
        ),
        (
            SLACK,
            "/components/securitySchemes/ticket/name",
            json!(""),
            "components.securitySchemes.ticket.name: expected the name of a query parameter",
        ),
        (SLACK, "/components/securitySchemes/ticket/in", json!(2), "components.securitySchemes.ti"),
        (
            FINNHUB,
            "/components/servers/trades",
            json!({ "$ref": "#/servers/trades" }),
            "servers.trades: expected a value, but its references go round in a circle",
        ),
    ];
    let documents = broken.into_iter().map(|(document, pointer, value, expected)| {
        let mut document: Value = serde_json::from_str(document).unwrap();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        (document.to_string(), expected)
    });
    documents.collect()
}
