//! From the AsyncAPI document to [`Api`].

use super::action::Actions;
use super::document::{ApiError, Node};
use super::foreign;
use super::{
    Api, Channel, Close, Direction, Fault, Filter, Issue, Limits, Looks, Message, Rate, Sentences,
    Server, Setting, SettingKind, Timings, When,
};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, MessageType, Millis};

pub(super) fn parse(json: &str) -> Result<Api, ApiError> {
    let document = Node::document(json)?;
    let version = document.field("asyncapi")?;
    if !version.text()?.starts_with("3.") {
        return Err(version.expected("an AsyncAPI version 3, such as 3.0.0"));
    }
    let actions = Actions::of(&document)?;
    let channels = document.find(&["channels"])?;
    let (mut live, echo) = servers(&document)?;
    let messages = match &channels {
        Some(channels) => messages(channels, &actions)?,
        None => Vec::new(),
    };
    let (mut catalog, mut examples) = (Vec::new(), Vec::new());
    match &channels {
        Some(channels) if messages.is_empty() => {
            live = foreign::endpoints(&document, channels, live)?;
            examples = foreign::examples(channels, &actions)?;
        }
        Some(channels) => catalog = self::catalog(channels, &actions)?,
        None => {}
    }
    Ok(Api {
        title: document.at(&["info", "title"])?.text()?,
        key_parameter: key_parameter(&document)?,
        live,
        echo,
        settings: rows(&document, "x-settings", setting)?,
        limits: limits(&document)?,
        timings: timings(&document)?,
        messages,
        channels: catalog,
        closes: rows(&document, "x-close-codes", close)?,
        issues: rows(&document, "x-issues", issue)?,
        experiments: looks(&document)?,
        examples,
    })
}

/// Reads a table; a document without it has no rows.
fn rows<T>(
    document: &Node<'_>,
    name: &str,
    row: impl Fn(&Node<'_>) -> Result<T, ApiError>,
) -> Result<Vec<T>, ApiError> {
    document.optional(name)?.map_or_else(|| Ok(Vec::new()), |table| table.each(row))
}

/// Returns the query parameter of the first security scheme that has one.
fn key_parameter(document: &Node<'_>) -> Result<Option<String>, ApiError> {
    let Some(components) = document.optional("components")? else { return Ok(None) };
    let Some(schemes) = components.optional("securitySchemes")? else { return Ok(None) };
    for (_, scheme) in schemes.members()? {
        let scheme = scheme.follow()?;
        if scheme.member_text("type")? == "httpApiKey" && scheme.member_text("in")? == "query" {
            let name = scheme.field("name")?;
            return match name.text()? {
                text if text.is_empty() => Err(name.expected("the name of a query parameter")),
                text => Ok(Some(text)),
            };
        }
    }
    Ok(None)
}

/// Returns the live servers and the echo servers, in the document's order. A WebSocket server without a
/// role is live; a server of another protocol is none of ours.
fn servers(document: &Node<'_>) -> Result<(Vec<Server>, Vec<Server>), ApiError> {
    let (mut live, mut echo) = (Vec::new(), Vec::new());
    let servers = document.field("servers")?;
    for (name, server) in servers.members()? {
        let server = server.follow()?;
        let role = server.optional("x-role")?;
        let protocol = server.member_text("protocol")?;
        let of_role = match role.as_ref().map(Node::text).transpose()?.as_deref() {
            Some("echo") => &mut echo,
            Some("live") => &mut live,
            Some(_) => return Err(server.field("x-role")?.expected(r#""live" or "echo""#)),
            None if is_websocket(&protocol) => &mut live,
            None => continue,
        };
        of_role.push(self::server(name, &protocol, &server)?);
    }
    if live.is_empty() && echo.is_empty() {
        return Err(servers.expected("a server whose protocol is ws or wss"));
    }
    Ok((live, echo))
}

fn is_websocket(protocol: &str) -> bool {
    protocol.eq_ignore_ascii_case("ws") || protocol.eq_ignore_ascii_case("wss")
}

fn server(name: String, protocol: &str, server: &Node<'_>) -> Result<Server, ApiError> {
    let path = server.text_or_empty("pathname")?;
    let url = format!("{protocol}://{}{path}", server.member_text("host")?);
    let url = foreign::filled(&url, server.optional("variables")?.as_ref())?;
    Ok(Server {
        name,
        endpoint: foreign::endpoint(&url, server)?,
        description: server.text_or_empty("description")?,
    })
}

fn setting(row: &Node<'_>) -> Result<Setting, ApiError> {
    let kinds = SettingKind::ALL.map(|it| (it.name(), it));
    Ok(Setting {
        name: row.member_text("name")?,
        value: row.member_text("value")?,
        kind: optional_name(row, "kind", &kinds)?,
        id: id(row)?,
    })
}

/// Returns the short name of a row, if it has one.
fn id(row: &Node<'_>) -> Result<Option<String>, ApiError> {
    let Some(id) = row.optional("id")? else { return Ok(None) };
    let text = id.text()?;
    let is_slug = |text: &str| {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        text.split('-').all(is_part)
    };
    if is_slug(&text) {
        Ok(Some(text))
    } else {
        Err(id.expected("a short name, such as missed-events"))
    }
}

/// Reads `x-experiments`: the sentences themselves, or a reference to the file that has them.
fn looks(document: &Node<'_>) -> Result<Looks, ApiError> {
    let Some(node) = document.optional("x-experiments")? else {
        return Ok(Looks::Here(Sentences::default()));
    };
    match node.optional("$ref")? {
        Some(reference) => Ok(Looks::At(reference.text()?)),
        None => Sentences::read(&node).map(Looks::Here),
    }
}

fn limits(document: &Node<'_>) -> Result<Limits, ApiError> {
    let number = |name| document.find(&["x-limits", name])?.as_ref().map(size).transpose();
    let rate = |simulator: Node<'_>| {
        let messages = size(&simulator.field("rateMessages")?)?;
        let window = simulator.field("rateWindowMs")?.count().map(Millis)?;
        Ok(Rate { messages, window })
    };
    Ok(Limits {
        message_bytes: number("messageBytes")?,
        subscriptions: number("subscriptions")?,
        rate: document.optional("x-simulator")?.map(rate).transpose()?,
    })
}

fn timings(document: &Node<'_>) -> Result<Timings, ApiError> {
    let millis = |node: &Node<'_>| node.count().map(Millis);
    let span = |name| document.find(&["x-timings", name])?.as_ref().map(millis).transpose();
    let backoff = match document.find(&["x-timings", "backoffMs"])? {
        Some(delays) => match delays.each(millis)? {
            none if none.is_empty() => return Err(delays.expected("at least one delay")),
            delays => delays,
        },
        None => BACKOFF.to_vec(),
    };
    Ok(Timings { heartbeat: span("heartbeatMs")?, idle: span("idleMs")?, backoff })
}

/// Returns the message types in the order of [`MessageType::ALL`], which is the page's; none if the
/// document has no channel for the connection itself, where they stand.
fn messages(channels: &Node<'_>, actions: &Actions) -> Result<Vec<Message>, ApiError> {
    let mut found = Vec::new();
    for kind in MessageType::ALL {
        let Some(message) = channels.find(&[CONNECTION, "messages", kind.name()])? else {
            continue;
        };
        let reference = format!("#/channels/{CONNECTION}/messages/{}", kind.name());
        found.push(Message {
            kind,
            direction: actions.direction(&reference, &message)?,
            description: message.text_or_empty("description")?,
        });
    }
    Ok(found)
}

/// Returns the channels of the page's catalog, in the document's order.
fn catalog(channels: &Node<'_>, actions: &Actions) -> Result<Vec<Channel>, ApiError> {
    let mut catalog = Vec::new();
    for (key, channel) in channels.members()? {
        if key != CONNECTION {
            let direction = actions.direction(&format!("#/channels/{key}"), &channel)?;
            catalog.push(self::channel(&channel.follow()?, direction)?);
        }
    }
    Ok(catalog)
}

fn channel(channel: &Node<'_>, direction: Direction) -> Result<Channel, ApiError> {
    let filters = match channel.optional("x-filters")? {
        Some(filters) => filters.each(filter)?,
        None => Vec::new(),
    };
    let data = channel.find(EVENT_DATA)?;
    Ok(Channel {
        name: channel.member_text("address")?,
        direction,
        filters,
        description: channel.text_or_empty("description")?,
        examples: data.map_or_else(|| Ok(Vec::new()), |data| examples(&data))?,
    })
}

fn filter(filter: &Node<'_>) -> Result<Filter, ApiError> {
    Ok(Filter {
        name: filter.member_text("name")?,
        required: filter.field("required")?.boolean()?,
        example: filter.member_text("example")?,
    })
}

/// Returns the examples of an event's data, each checked to be an object.
fn examples(data: &Node<'_>) -> Result<Vec<String>, ApiError> {
    let Some(examples) = data.optional("examples")? else {
        return Ok(Vec::new());
    };
    examples.each(Node::compact_object)
}

fn close(row: &Node<'_>) -> Result<Close, ApiError> {
    let code = row.field("code")?;
    let number =
        u16::try_from(code.count()?).map_err(|_| code.expected("a close code, such as 4001"))?;
    Ok(Close {
        code: CloseCode(number),
        meaning: row.member_text("meaning")?,
        action: row.member_text("action")?,
        reaction: reaction(&row.field("reaction")?)?,
        fault: optional_name(row, "fault", &Fault::ALL.map(|it| (it.name(), it)))?,
    })
}

fn reaction(reaction: &Node<'_>) -> Result<Reaction, ApiError> {
    if let Ok(Some(wait)) = reaction.optional("waitMs") {
        return wait.count().map(|wait| Reaction::Wait(Millis(wait)));
    }
    match reaction.text().as_deref() {
        Ok("ask-for-key") => Ok(Reaction::AskForKey),
        Ok("backoff") => Ok(Reaction::Backoff),
        Ok("backoff-below-limit") => Ok(Reaction::BackoffBelowLimit),
        Ok("stop") => Ok(Reaction::Stop),
        _ => Err(reaction.expected(
            r#""stop", "backoff", "backoff-below-limit", "ask-for-key" or {"waitMs": 60000}"#,
        )),
    }
}

fn issue(row: &Node<'_>) -> Result<Issue, ApiError> {
    Ok(Issue {
        symptom: row.member_text("symptom")?,
        cause: row.member_text("cause")?,
        resolution: row.member_text("resolution")?,
        when: optional_name(row, "when", &When::ALL.map(|it| (it.name(), it)))?,
        id: id(row)?,
    })
}

/// Reads a member that is one of these names.
fn optional_name<T: Copy>(
    row: &Node<'_>,
    member: &str,
    names: &[(&str, T)],
) -> Result<Option<T>, ApiError> {
    let Some(node) = row.optional(member)? else { return Ok(None) };
    let text = node.text()?;
    let found = names.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        node.expected(&format!("one of {}", names.join(", ")))
    })
}

fn size(node: &Node<'_>) -> Result<usize, ApiError> {
    usize::try_from(node.count()?).map_err(|_| node.expected("a smaller number"))
}

/// The delays of a client that was not told any.
const BACKOFF: [Millis; 6] = [
    Millis::seconds(1),
    Millis::seconds(2),
    Millis::seconds(4),
    Millis::seconds(8),
    Millis::seconds(16),
    Millis::seconds(30),
];

/// The channel in `channels` that stands for the connection and is not in the page's catalog.
const CONNECTION: &str = "connection";

/// The way from a channel to the schema of its events' data.
const EVENT_DATA: &[&str] =
    &["messages", "event", "payload", "properties", "payload", "properties", "data"];
