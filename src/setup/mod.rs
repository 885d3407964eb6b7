//! The set-up: what a playground begins with, as the page around it or a link to it says.
//!
//! It is a kind of target, an address, and the message that the composer starts from. Nothing connects by
//! it, and there is no key in it: one that stands in an address or a message is taken out.

mod error;

use crate::api::{Api, Direction};
use crate::compose::Draft;
use crate::protocol::coding::{percent_decode, percent_encode};
use crate::protocol::{Endpoint, MessageType, Secret, UnixMillis, json};
use crate::target::{Choice, ConnectionForm};

pub use self::error::SetupError;

/// What a playground begins with. What is none stays as it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Setup {
    /// The kind of target.
    pub target: Option<Choice>,
    /// The address, without a key.
    pub endpoint: Option<Endpoint>,
    /// The channel to subscribe to or, where a client may only send, to publish to.
    channel: Option<String>,
    /// The filters of the subscription, a JSON object.
    filters: Option<String>,
    /// The whole message, in the place of channel and filters.
    message: Option<String>,
}

impl Setup {
    /// Returns the set-up that a reader sees: what is chosen, typed and drafted. `keys` must not stand in it.
    pub fn of(form: &ConnectionForm, draft: &Draft, api: &Api, keys: &[Secret]) -> Self {
        let mut setup = Self { target: Some(form.choice()), ..Self::default() };
        let first = match form.choice() {
            Choice::Simulator => None,
            Choice::Echo => api.echo.first(),
            Choice::Live => api.live.first(),
        };
        let endpoint = form.endpoint().and_then(Result::ok);
        setup.endpoint =
            endpoint.filter(|typed| first.is_none_or(|first| first.endpoint != *typed));
        let automatic = if api.has_envelope() { &AUTOMATIC[..] } else { &[] };
        let message = without(draft.text(), automatic);
        let topic = |path| json::locate(&message, path).map(|at| message[at].to_owned());
        setup.channel = topic(&["payload", "channel"])
            .and_then(|channel| json::decode(&channel).map(Into::into))
            .filter(|channel: &String| api.channel(channel).is_some());
        setup.filters = topic(&["payload", "filters"]);
        let (id, now) = ("", UnixMillis::default());
        let drafted = setup.text(api, id, now).map(|text| without(&text, automatic));
        if setup.channel.is_none() || drafted != Some(message.clone()) {
            (setup.channel, setup.filters) = (None, None);
            setup.message = Some(message);
        }
        let redact = |text: String| keys.iter().fold(text, |text, key| key.redact(text));
        setup.filters = setup.filters.map(redact);
        setup.message = setup.message.map(redact);
        setup
    }

    /// Takes one setting, as an attribute or a link writes it.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it. The set-up is as before then.
    pub fn set(&mut self, name: &str, value: &str, api: &Api) -> Result<(), SetupError> {
        match name {
            "target" => {
                let choice = Choice::from_name(value).ok_or(SetupError::Target)?;
                if !Choice::offered(api).contains(&choice) {
                    return Err(SetupError::NotOffered);
                }
                self.target = Some(choice);
            }
            "endpoint" => {
                let parsed = Endpoint::parse(value, api.key_parameter.as_deref());
                self.endpoint = Some(parsed.map_err(SetupError::Endpoint)?.0);
            }
            "channel" => {
                api.channel(value).filter(|_| api.has_envelope()).ok_or(SetupError::Channel)?;
                self.channel = Some(value.to_owned());
            }
            "filters" => {
                let is_object = value.trim_start().starts_with('{') && json::check(value).is_ok();
                self.filters =
                    Some(is_object.then(|| value.to_owned()).ok_or(SetupError::Filters)?);
            }
            "message" => {
                json::check(value).map_err(|_| SetupError::Message)?;
                self.message = Some(value.to_owned());
            }
            other => return Err(SetupError::name(other)),
        }
        Ok(())
    }

    /// Takes the settings in a JSON object, and returns what is wrong with some of them.
    pub fn set_members(&mut self, object: &str, api: &Api) -> Vec<SetupError> {
        if !object.trim_start().starts_with('{') || json::check(object).is_err() {
            return vec![SetupError::Json];
        }
        let taken = json::members(object).map(|member| {
            let name = json::decode(member.key).unwrap_or_default();
            let text = json::decode(member.json());
            self.set(&name, text.as_deref().unwrap_or(member.json()), api)
        });
        taken.filter_map(Result::err).collect()
    }

    /// Takes the settings of a link, as [`Setup::query`] writes them, and returns what is wrong with some
    /// of them.
    pub fn set_query(&mut self, query: &str, api: &Api) -> Vec<SetupError> {
        let settings = query.split('&').filter(|it| !it.is_empty());
        let taken = settings.map(|it| {
            let (name, value) = it.split_once('=').unwrap_or((it, ""));
            self.set(&percent_decode(name), &percent_decode(&value.replace('+', " ")), api)
        });
        taken.filter_map(Result::err).collect()
    }

    /// Returns the settings as a link has them, such as `target=live&channel=project.updated`.
    pub fn query(&self) -> String {
        let settings = [
            ("target", self.target.map(|it| it.name().to_owned())),
            ("endpoint", self.endpoint.as_ref().map(ToString::to_string)),
            ("channel", self.channel.clone()),
            ("filters", self.filters.as_ref().map(|it| compact(it))),
            ("message", self.message.as_ref().map(|it| compact(it))),
        ];
        let given = settings.into_iter().filter_map(|(name, value)| {
            value.map(|value| [name, "=", &percent_encode(&value)].concat())
        });
        given.collect::<Vec<_>>().join("&")
    }

    /// Returns the message that the composer starts from. `request_id` is the one that the session will
    /// use next; a message that has none, or no time, gets them.
    pub fn text(&self, api: &Api, request_id: &str, now: UnixMillis) -> Option<String> {
        if let Some(message) = &self.message {
            let fills = api.has_envelope();
            let filled = || with_automatic(message, request_id, now);
            return Some(if fills { filled() } else { message.clone() });
        }
        if self.channel.is_none() && self.filters.is_none() || !api.has_envelope() {
            return None;
        }
        let named = self.channel.as_deref().and_then(|name| api.channel(name));
        let channel = named.or(api.channels.first());
        let is_sent_to = channel.is_some_and(|it| it.direction == Direction::ClientToServer);
        let kind = if is_sent_to { MessageType::Publish } else { MessageType::Subscribe };
        let draft = Draft::about(kind, channel, api, request_id, now);
        let filters = self.filters.as_ref().filter(|_| kind == MessageType::Subscribe);
        let filtered =
            filters.and_then(|filters| json::set(draft.text(), &["payload", "filters"], filters));
        Some(filtered.unwrap_or_else(|| draft.text().to_owned()))
    }
}

/// The members of an envelope that are filled in when it is sent.
const AUTOMATIC: [&str; 2] = ["request_id", "sent_at"];

/// Returns a message without some of its members, and without white space.
fn without(message: &str, names: &[&str]) -> String {
    let rest = names
        .iter()
        .fold(message.to_owned(), |text, name| json::remove(&text, &[name]).unwrap_or(text));
    compact(&rest)
}

/// Returns a message with the members that are filled in when it is sent, where it has none.
fn with_automatic(message: &str, request_id: &str, now: UnixMillis) -> String {
    let values = [request_id.to_owned(), now.to_string()];
    AUTOMATIC.iter().zip(values).fold(message.to_owned(), |text, (name, value)| match json::locate(
        &text,
        &[name],
    ) {
        Some(_) => text,
        None => json::set(&text, &[name], &json::quote(&value)).unwrap_or(text),
    })
}

fn compact(text: &str) -> String {
    json::compact(text).unwrap_or_else(|_| text.to_owned())
}
