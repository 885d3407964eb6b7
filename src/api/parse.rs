//! From the AsyncAPI document to [`Api`].

use super::document::{ApiError, Node};
use super::{
    Api, Channel, Close, Direction, Fault, Filter, Issue, Limits, Looks, Message, Sentences,
    Server, Setting, SettingKind, Timings, When,
};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Endpoint, MessageType, Millis};

pub(super) fn parse(json: &str) -> Result<Api, ApiError> {
    let document = Node::document(json)?;
    let version = document.field("asyncapi")?;
    if !version.text()?.starts_with("3.") {
        return Err(version.expected("an AsyncAPI version 3, such as 3.0.0"));
    }
    let actions = Actions::of(&document)?;
    let channels = document.field("channels")?;
    let (live, echo) = servers(&document)?;
    Ok(Api {
        title: document.at(&["info", "title"])?.text()?,
        key_parameter: key_parameter(&document)?,
        live,
        echo,
        settings: document.field("x-settings")?.each(setting)?,
        limits: limits(&document)?,
        timings: timings(&document)?,
        messages: messages(&channels, &actions)?,
        channels: catalog(&channels, &actions)?,
        closes: document.field("x-close-codes")?.each(close)?,
        issues: document.field("x-issues")?.each(issue)?,
        experiments: looks(&document)?,
    })
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

/// Returns the live servers and the echo servers, in the document's order.
fn servers(document: &Node<'_>) -> Result<(Vec<Server>, Vec<Server>), ApiError> {
    let (mut live, mut echo) = (Vec::new(), Vec::new());
    for (name, server) in document.field("servers")?.members()? {
        let server = server.follow()?;
        let role = server.field("x-role")?;
        let servers = match role.text()?.as_str() {
            "echo" => &mut echo,
            "live" => &mut live,
            _ => return Err(role.expected(r#""live" or "echo""#)),
        };
        servers.push(self::server(name, &server)?);
    }
    Ok((live, echo))
}

fn server(name: String, server: &Node<'_>) -> Result<Server, ApiError> {
    let path = optional_text(server, "pathname")?;
    let url =
        format!("{}://{}{path}", server.member_text("protocol")?, server.member_text("host")?);
    let (endpoint, _) =
        Endpoint::parse(&url, None).map_err(|error| server.error(&format!("{url}: {error}")))?;
    Ok(Server { name, endpoint, description: optional_text(server, "description")? })
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
    let limits = document.field("x-limits")?;
    let simulator = document.field("x-simulator")?;
    Ok(Limits {
        message_bytes: size(&limits.field("messageBytes")?)?,
        subscriptions: size(&limits.field("subscriptions")?)?,
        rate_messages: size(&simulator.field("rateMessages")?)?,
        rate_window: simulator.member_count("rateWindowMs").map(Millis)?,
    })
}

fn timings(document: &Node<'_>) -> Result<Timings, ApiError> {
    let timings = document.field("x-timings")?;
    let backoff = timings.field("backoffMs")?;
    let delays = backoff.each(|delay| delay.count().map(Millis))?;
    if delays.is_empty() {
        return Err(backoff.expected("at least one delay"));
    }
    Ok(Timings {
        heartbeat: timings.member_count("heartbeatMs").map(Millis)?,
        idle: timings.member_count("idleMs").map(Millis)?,
        backoff: delays,
    })
}

/// Returns the message types in the order of [`MessageType::ALL`], which is the page's.
fn messages(channels: &Node<'_>, actions: &Actions) -> Result<Vec<Message>, ApiError> {
    let messages = channels.at(&[CONNECTION, "messages"])?;
    let mut found = Vec::new();
    for kind in MessageType::ALL {
        let message = messages.at(&[kind.name()])?;
        let reference = format!("#/channels/{CONNECTION}/messages/{}", kind.name());
        found.push(Message {
            kind,
            direction: actions.direction(&reference, &message)?,
            description: message.member_text("description")?,
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
    Ok(Channel {
        name: channel.member_text("address")?,
        direction,
        filters,
        description: channel.member_text("description")?,
        examples: examples(&channel.at(EVENT_DATA)?)?,
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

/// Who sends what: the document's operations, told from the server's side.
struct Actions {
    sent: Vec<String>,
    received: Vec<String>,
}

impl Actions {
    /// Collects the channels and messages that operations refer to.
    fn of(document: &Node<'_>) -> Result<Self, ApiError> {
        let mut actions = Self { sent: Vec::new(), received: Vec::new() };
        for (_, operation) in document.field("operations")?.members()? {
            let operation = operation.follow()?;
            let action = operation.field("action")?;
            let references = match action.text()?.as_str() {
                "receive" => &mut actions.received,
                "send" => &mut actions.sent,
                _ => return Err(action.expected(r#""send" or "receive""#)),
            };
            references.push(operation.field("channel")?.field("$ref")?.text()?);
            if let Some(messages) = operation.optional("messages")? {
                for message in messages.items()? {
                    references.push(message.member_text("$ref")?);
                }
            }
        }
        Ok(actions)
    }

    /// Returns the direction of the channel or message `node` that operations call `reference`.
    fn direction(&self, reference: &str, node: &Node<'_>) -> Result<Direction, ApiError> {
        let is_in = |references: &[String]| references.iter().any(|found| found == reference);
        match (is_in(&self.sent), is_in(&self.received)) {
            (true, true) => Ok(Direction::Bidirectional),
            (true, false) => Ok(Direction::ServerToClient),
            (false, true) => Ok(Direction::ClientToServer),
            (false, false) => {
                Err(node.expected(&format!("an operation that refers to {reference}")))
            }
        }
    }
}

fn optional_text(node: &Node<'_>, name: &str) -> Result<String, ApiError> {
    node.optional(name)?.map_or_else(|| Ok(String::new()), |text| text.text())
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

/// The channel in `channels` that stands for the connection and is not in the page's catalog.
const CONNECTION: &str = "connection";

/// The way from a channel to the schema of its events' data.
const EVENT_DATA: &[&str] =
    &["messages", "event", "payload", "properties", "payload", "properties", "data"];
