//! A draft: its text is the only truth, the form reads it and edits it in place.

use super::tab::Tab;
use crate::api::{Api, Channel};
use crate::protocol::Envelope;
use crate::protocol::json::quote;
use crate::protocol::json::{self, SyntaxError};
use crate::protocol::{MessageType, UnixMillis};

/// A message before it is sent.
///
/// `request_id` and `sent_at` are automatic until the reader writes something else in their place or
/// removes them: [`Draft::to_send`] fills them in anew. The text itself follows with [`Draft::refresh`],
/// but never under the reader's caret.
#[derive(Clone, Debug)]
pub struct Draft {
    text: String,
    /// The automatic `request_id` that was filled in last.
    request_id: String,
    /// The automatic `sent_at` that was filled in last.
    sent_at: String,
    /// Whether the reader's caret is in the text.
    is_held: bool,
    /// The channel and filters that the tabs subscribe and unsubscribe share, as JSON.
    channel: String,
    filters: Option<String>,
    /// The data to publish, as typed; none until the reader touches it.
    data: Option<String>,
}

impl Draft {
    /// Returns a draft of this type about the description's first channel, with the example values
    /// of its filters. `request_id` is the one that the session will use next.
    pub fn new(kind: MessageType, api: &Api, request_id: &str, now: UnixMillis) -> Self {
        Self::about(kind, api.channels.first(), api, request_id, now)
    }

    /// Returns a draft of this type about a channel of the description, otherwise like
    /// [`Draft::new`].
    pub fn about(
        kind: MessageType,
        channel: Option<&Channel>,
        api: &Api,
        request_id: &str,
        now: UnixMillis,
    ) -> Self {
        let filters = channel.filter(|channel| !channel.filters.is_empty()).map(|channel| {
            let members = channel.filters.iter();
            object(members.map(|filter| (filter.name.as_str(), quote(&filter.example))))
        });
        let mut draft = Self {
            text: String::new(),
            request_id: request_id.to_owned(),
            sent_at: now.to_string(),
            is_held: false,
            channel: quote(channel.map_or("", |channel| channel.name.as_str())),
            filters,
            data: None,
        };
        draft.start(kind, api);
        draft
    }

    /// Returns the first draft of the composer: the first type that a client sends, or the first example
    /// of an API with other messages.
    pub fn first(api: &Api, request_id: &str, now: UnixMillis) -> Self {
        let mut draft = Self::new(MessageType::Subscribe, api, request_id, now);
        if let Some(Tab::Form(kind)) = Tab::offered(api).first() {
            draft.set_kind(*kind, api);
        } else {
            draft.text = api.examples.first().map_or(String::new(), |it| laid_out(&it.text));
        }
        draft
    }

    /// Replaces the whole text.
    pub fn set_text(&mut self, text: impl Into<String>) {
        self.text = text.into();
    }

    /// Starts from a message that was sent before, or from a template, laid out for reading. Its
    /// `request_id` and `sent_at`, where it has them, are automatic from now on.
    pub fn start_from(&mut self, text: &str, request_id: &str, now: UnixMillis) {
        self.text = laid_out(text);
        for (path, last) in [(REQUEST_ID, &mut self.request_id), (SENT_AT, &mut self.sent_at)] {
            let found = json::locate(&self.text, path).and_then(|at| json::decode(&self.text[at]));
            if let Some(found) = found {
                *last = found.into_owned();
            }
        }
        self.renew(request_id, now);
    }

    /// Starts a draft of another type. What was chosen before comes along where it makes sense, and
    /// comes back with its tab: the topic of subscribe and unsubscribe, the data of publish.
    ///
    /// Does nothing if the draft is of this type already.
    pub fn set_kind(&mut self, kind: MessageType, api: &Api) {
        if let Ok(form) = self.form() {
            match form.kind {
                Some(current) if current == kind => return,
                Some(MessageType::Subscribe | MessageType::Unsubscribe) => {
                    if let Some(channel) = form.channel {
                        self.channel = quote(&channel);
                        self.filters = self.json(FILTERS).map(str::to_owned);
                    }
                }
                Some(MessageType::Publish) => self.data = form.data,
                _ => {}
            }
        }
        self.start(kind, api);
    }

    /// Sets `payload.channel`. Filters that only the channel before offered are removed.
    ///
    /// Like every edit through the form, it does nothing while the text is not JSON.
    pub fn set_channel(&mut self, name: &str, api: &Api) {
        let offers = |channel: Option<&str>, filter: &str| {
            channel
                .and_then(|name| api.channel(name))
                .is_some_and(|channel| channel.filters.iter().any(|offer| offer.name == filter))
        };
        let Ok(before) = self.form() else {
            return;
        };
        self.edit(json::set(&self.text, CHANNEL, &quote(name)));
        for (filter, _) in &before.filters {
            if offers(before.channel.as_deref(), filter) && !offers(Some(name), filter) {
                self.set_filter(filter, "");
            }
        }
    }

    /// Sets a member of `payload.filters` to a string. An empty value removes the filter, and with
    /// the last filter the object around it.
    pub fn set_filter(&mut self, name: &str, value: &str) {
        let path = [FILTERS, &[name]].concat();
        if !value.is_empty() {
            return self.edit(json::set(&self.text, &path, &quote(value)));
        }
        self.edit(json::remove(&self.text, &path));
        if self.json(FILTERS).is_some_and(|filters| json::compact(filters).as_deref() == Ok("{}")) {
            self.edit(json::remove(&self.text, FILTERS));
        }
    }

    /// Sets `payload.data` to what was typed: as JSON if it is JSON, otherwise as a string. Nothing
    /// but white space removes it.
    pub fn set_data(&mut self, typed: &str) {
        self.data = Some(typed.to_owned());
        self.edit(if typed.trim().is_empty() {
            json::remove(&self.text, DATA)
        } else {
            json::set(&self.text, DATA, &as_json(typed))
        });
    }

    /// Says whether the reader's caret is in the text. While it is, nothing but the reader changes it.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// Renews `request_id` and `sent_at` in the text, where they are automatic. Leaves a text with the
    /// reader's caret in it alone, and one that has this `request_id`.
    pub fn refresh(&mut self, request_id: &str, now: UnixMillis) {
        if !self.is_held && self.request_id != request_id {
            self.renew(request_id, now);
        }
    }

    /// Returns what goes on the wire, its automatic fields filled in: JSON without the white space
    /// between its tokens, anything else exactly as it stands. The text stays as it is.
    pub fn to_send(&self, request_id: &str, now: UnixMillis) -> String {
        let mut sent = self.clone();
        sent.renew(request_id, now);
        json::compact(&sent.text).unwrap_or(sent.text)
    }

    /// Returns the text as it stands in the editor.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns what a form can show of the text.
    ///
    /// # Errors
    ///
    /// Says where the text stops being JSON.
    pub fn form(&self) -> Result<Form, SyntaxError> {
        json::check(&self.text)?;
        let filters = json::members(self.json(FILTERS).unwrap_or_default())
            .filter_map(|filter| {
                Some((json::decode(filter.key)?.into_owned(), plain(filter.json())))
            })
            .collect();
        Ok(Form {
            kind: self
                .json(KIND)
                .and_then(json::decode)
                .and_then(|kind| MessageType::from_name(&kind)),
            request_id: self.json(REQUEST_ID).map(plain),
            sent_at: self.json(SENT_AT).map(plain),
            channel: self.json(CHANNEL).map(plain),
            filters,
            data: self.json(DATA).map(|data| self.typed(data)),
        })
    }

    fn renew(&mut self, request_id: &str, now: UnixMillis) {
        for (path, last, fresh) in [
            (REQUEST_ID, &mut self.request_id, request_id.to_owned()),
            (SENT_AT, &mut self.sent_at, now.to_string()),
        ] {
            let shown = json::locate(&self.text, path).map(|at| &self.text[at]);
            if shown.and_then(json::decode).as_deref() == Some(last.as_str())
                && let Some(text) = json::set(&self.text, path, &quote(&fresh))
            {
                self.text = text;
                *last = fresh;
            }
        }
    }

    fn start(&mut self, kind: MessageType, api: &Api) {
        let envelope = Envelope::new(kind, self.request_id.as_str());
        let envelope = match kind {
            // As in the page's own example, which answers with nothing but the id.
            MessageType::Pong => envelope,
            _ => envelope.sent_at(self.sent_at.as_str()),
        };
        let envelope = match kind {
            MessageType::Subscribe | MessageType::Unsubscribe => {
                let filters = self.filters.clone().map(|filters| ("filters", filters));
                let members = [("channel", self.channel.clone())];
                envelope.payload(object(members.into_iter().chain(filters)))
            }
            MessageType::Publish => {
                let chosen = json::decode(&self.channel).and_then(|name| api.channel(&name));
                let channel = chosen
                    .into_iter()
                    .chain(&api.channels)
                    .find(|channel| channel.direction.allows_client());
                let example = channel.and_then(|channel| channel.examples.first());
                let typed = self.data.as_ref().filter(|data| !data.trim().is_empty());
                let members = [
                    ("channel", channel.map_or("\"\"".to_owned(), |channel| quote(&channel.name))),
                    ("data", typed.or(example).map_or("{}".to_owned(), |data| as_json(data))),
                ];
                envelope.payload(object(members))
            }
            MessageType::Ping | MessageType::Pong | MessageType::Ack | MessageType::Event => {
                envelope
            }
        };
        self.text = laid_out(&envelope.encode());
    }

    /// Takes an edited text. One that had this program's layout keeps it; the reader's own layout is
    /// left alone.
    fn edit(&mut self, edited: Option<String>) {
        if let Some(edited) = edited {
            let is_laid_out = laid_out(&self.text) == self.text;
            self.text = if is_laid_out { laid_out(&edited) } else { edited };
        }
    }

    fn json(&self, path: &[&str]) -> Option<&str> {
        json::locate(&self.text, path).map(|at| &self.text[at])
    }

    /// Returns `payload.data` as the reader typed it, else laid out or as plain text.
    fn typed(&self, data: &str) -> String {
        let same = |typed: &str| json::compact(&as_json(typed)) == json::compact(data);
        let text = json::decode(data).filter(|text| same(text));
        match (&self.data, text) {
            (Some(typed), _) if same(typed) => typed.clone(),
            (_, Some(text)) => text.into_owned(),
            _ => laid_out(data),
        }
    }
}

/// What a form can show of a draft. A field that is not there is none; a value that is no string
/// shows its JSON.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Form {
    /// The type, if it is one of the page's.
    pub kind: Option<MessageType>,
    /// The field `request_id`.
    pub request_id: Option<String>,
    /// The field `sent_at`.
    pub sent_at: Option<String>,
    /// The field `payload.channel`.
    pub channel: Option<String>,
    /// The members of `payload.filters`, by name.
    pub filters: Vec<(String, String)>,
    /// The field `payload.data`; as typed, if it was typed into the form.
    pub data: Option<String>,
}

impl Form {
    /// Returns the value of a filter, empty if it is not set.
    pub fn filter(&self, name: &str) -> &str {
        let found = self.filters.iter().rfind(|(filter, _)| filter == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Returns `json` in this program's layout, or as it is if indentation would blow it up.
pub(super) fn laid_out(json: &str) -> String {
    let pretty = json::pretty(json, 2 * json.len() + 1_024);
    if pretty.is_cut { json.to_owned() } else { pretty.text }
}

fn as_json(typed: &str) -> String {
    if json::check(typed).is_ok() { typed.trim().to_owned() } else { quote(typed) }
}

fn plain(json: &str) -> String {
    json::decode(json).map_or_else(|| json.to_owned(), Into::into)
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> =
        members.into_iter().map(|(name, json)| format!("{}:{json}", quote(name))).collect();
    format!("{{{}}}", members.join(","))
}

const KIND: &[&str] = &["type"];
const REQUEST_ID: &[&str] = &["request_id"];
const SENT_AT: &[&str] = &["sent_at"];
const CHANNEL: &[&str] = &["payload", "channel"];
const FILTERS: &[&str] = &["payload", "filters"];
const DATA: &[&str] = &["payload", "data"];
