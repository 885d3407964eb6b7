//! What is read of a document that was not written for the playground: where its channels are reached,
//! and the messages that it gives as examples.

use super::action::Actions;
use super::document::{ApiError, Node};
use super::{Direction, Example, Server};
use crate::protocol::Endpoint;

/// Returns the servers with the paths of the document's channels, each once, in the order in which
/// they stand. A channel whose address is no path is reached at the server's own.
pub(super) fn endpoints(
    document: &Node<'_>,
    channels: &Node<'_>,
    servers: Vec<Server>,
) -> Result<Vec<Server>, ApiError> {
    let mut found: Vec<Server> = Vec::new();
    let mut add = |server: Server| {
        if !found.iter().any(|it| it.endpoint == server.endpoint) {
            found.push(server);
        }
    };
    for (key, channel) in channels.members()? {
        let channel = channel.follow()?;
        let own = own_servers(document, &channel)?;
        for server in &servers {
            if own.as_ref().is_some_and(|own| !own.contains(&server.name)) {
                continue;
            }
            // A null address is one that is known only when the API runs.
            let address = match channel.optional("address")? {
                Some(address) if !address.is_null() => address.text()?,
                _ => String::new(),
            };
            let Some(path) = address.strip_prefix('/').filter(|path| !path.is_empty()) else {
                add(server.clone());
                continue;
            };
            let path = filled(path, channel.optional("parameters")?.as_ref())?;
            let base = server.endpoint.to_string();
            let url = format!("{}/{path}", base.trim_end_matches('/'));
            let description = match &*channel.text_or_empty("description")? {
                "" => format!("{key}. {}", server.description),
                own => own.to_owned(),
            };
            let endpoint = endpoint(&url, &channel)?;
            add(Server { name: server.name.clone(), endpoint, description });
        }
    }
    // Of a document without channels, or whose channels are elsewhere, the servers remain.
    Ok(if found.is_empty() { servers } else { found })
}

/// Returns the messages of the channels that a client may send, one for each example.
pub(super) fn examples(channels: &Node<'_>, actions: &Actions) -> Result<Vec<Example>, ApiError> {
    let mut examples: Vec<Example> = Vec::new();
    for (key, channel) in channels.members()? {
        let own = format!("#/channels/{key}");
        let Some(messages) = channel.find(&["messages"])? else { continue };
        for (name, message) in messages.members()? {
            let direction =
                actions.known(&format!("{own}/messages/{name}")).or_else(|| actions.known(&own));
            if direction == Some(Direction::ServerToClient) || message.is_elsewhere()? {
                continue;
            }
            let message = message.follow()?;
            let title = match &*message.text_or_empty("title")? {
                "" => name,
                title => title.to_owned(),
            };
            for (number, text) in texts(&message)?.into_iter().enumerate() {
                let title = match (number, text.0) {
                    (_, name) if !name.is_empty() => format!("{title} · {name}"),
                    (0, _) => title.clone(),
                    (number, _) => format!("{title} · {}", number + 1),
                };
                if !examples.iter().any(|it| it.title == title) {
                    examples.push(Example { title, text: text.1 });
                }
            }
        }
    }
    Ok(examples)
}

/// Returns the examples of a message, and of its payload's schema: name and text.
fn texts(message: &Node<'_>) -> Result<Vec<(String, String)>, ApiError> {
    let mut texts = Vec::new();
    if let Some(examples) = message.optional("examples")? {
        for example in examples.items()? {
            if let Some(payload) = example.optional("payload")? {
                let name = match &*example.text_or_empty("name")? {
                    "" => example.text_or_empty("summary")?,
                    name => name.to_owned(),
                };
                texts.push((name, payload.written()));
            }
        }
    }
    // A schema may be a mere true, which allows anything.
    if let Some(payload) = message.optional("payload")?.filter(Node::is_object)
        && !payload.is_elsewhere()?
        && let Some(examples) = payload.find(&["examples"])?
    {
        texts.extend(examples.items()?.iter().map(|it| (String::new(), it.written())));
    }
    Ok(texts)
}

/// Returns an address with a value for each `{name}`: the default of its variable or parameter, else
/// the first of its values, else the name itself.
pub(super) fn filled(address: &str, values: Option<&Node<'_>>) -> Result<String, ApiError> {
    let (mut filled, mut rest) = (String::new(), address);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&value(name, values)?);
        rest = after;
    }
    Ok(filled + rest)
}

/// Reads the address that `node` has.
pub(super) fn endpoint(url: &str, node: &Node<'_>) -> Result<Endpoint, ApiError> {
    let parsed = Endpoint::parse(url, None);
    parsed.map(|(endpoint, _)| endpoint).map_err(|error| node.error(&format!("{url}: {error}")))
}

fn value(name: &str, values: Option<&Node<'_>>) -> Result<String, ApiError> {
    let variable = values.map(|values| values.find(&[name])).transpose()?.flatten();
    let Some(variable) = variable else { return Ok(name.to_owned()) };
    if let Some(value) = variable.optional("default")? {
        return value.text();
    }
    for list in ["enum", "examples"] {
        if let Some(values) = variable.optional(list)?
            && let Some(first) = values.items()?.first()
        {
            return first.text();
        }
    }
    Ok(name.to_owned())
}

/// Returns the names of the servers that a channel is on, if it says so.
fn own_servers(document: &Node<'_>, channel: &Node<'_>) -> Result<Option<Vec<String>>, ApiError> {
    let Some(servers) = channel.optional("servers")? else { return Ok(None) };
    let all = document.field("servers")?.members()?;
    let mut own = Vec::new();
    for reference in servers.items()? {
        let server = reference.follow()?;
        for (name, one) in &all {
            if one.follow()?.is_same(&server) {
                own.push(name.clone());
            }
        }
    }
    Ok(Some(own).filter(|own| !own.is_empty()))
}
