//! What every row of the page's tables claims, looked for in the log alone.

use std::collections::BTreeSet;

use serde_json::Value;
use veriops_playground::api::{self, Api, Channel, Close, Direction, Fault, Issue, Setting};
use veriops_playground::api::{SettingKind, When};
use veriops_playground::entry::{Body, EntryKind, Note, OpenFailure, Outcome, Refusal};
use veriops_playground::experiment::Group;
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, Instant, MessageType, Millis};

use super::log::{Log, Message, differs};

/// A row of one of the tables.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a> {
    Setting(&'a Setting),
    Message(&'a api::Message),
    Channel(&'a Channel),
    Close(&'a Close),
    Issue(&'a Issue),
}

impl<'a> Row<'a> {
    /// Returns every row of the description, in the page's order.
    pub(crate) fn all(api: &'a Api) -> Vec<Self> {
        let settings = api.settings.iter().map(Self::Setting);
        let messages = api.messages.iter().map(Self::Message);
        let channels = api.channels.iter().map(Self::Channel);
        let closes = api.closes.iter().map(Self::Close);
        let issues = api.issues.iter().map(Self::Issue);
        settings.chain(messages).chain(channels).chain(closes).chain(issues).collect()
    }

    /// Returns the table, the row's first column, and what the row says of it.
    pub(crate) fn words(self) -> (Group, String, &'a str) {
        match self {
            Self::Setting(row) => (Group::Settings, row.name.clone(), &row.value),
            Self::Message(row) => (Group::Messages, row.kind.name().to_owned(), &row.description),
            Self::Channel(row) => (Group::Channels, row.name.clone(), &row.description),
            Self::Close(row) => {
                (Group::Closes, format!("{} · {}", row.code, row.meaning), &row.action)
            }
            Self::Issue(row) => (Group::Issues, row.symptom.clone(), &row.cause),
        }
    }

    /// Asserts that what the row claims stands in the log of its experiment, which went on until `end`.
    pub(crate) fn check(self, api: &Api, log: Log<'_>, end: Instant) {
        match self {
            Self::Setting(row) => setting(api, row.kind, log),
            Self::Message(row) => message(api, row.kind, log, end),
            Self::Channel(row) => channel(api, row, log),
            Self::Close(row) => close(api, row, log, end),
            Self::Issue(row) => issue(api, row, log, end),
        }
    }
}

fn setting(api: &Api, kind: Option<SettingKind>, log: Log<'_>) {
    let limits = &api.limits;
    match kind {
        Some(SettingKind::Authentication) if api.key_parameter.is_some() => {
            let (at, place) = log.close(api.code_for(Fault::Authentication));
            let opened = log.opened();
            assert_eq!(opened.len(), 3);
            assert!(at - opened[1].0 < Millis::seconds(1) && opened[2].1 > place);
        }
        Some(SettingKind::Compression) => {
            let extensions = log.0.iter().find_map(|entry| match &entry.body {
                Body::Opened { extensions, .. } => Some(extensions.clone()),
                _ => None,
            });
            let is_agreed = extensions.unwrap().contains("permessage-deflate");
            assert_eq!(is_agreed, api.supports_deflate());
        }
        Some(SettingKind::Heartbeat) => {
            let (opened, interval) = (log.opened()[0].0, api.timings.heartbeat.unwrap());
            let beats = [(opened + interval, true), (opened + interval + interval, true)];
            assert_eq!(log.heartbeats(), beats);
        }
        Some(SettingKind::Idle) => idles(api, log),
        Some(SettingKind::MessageSize) => {
            let pings = log.sent("ping");
            let sizes: Vec<_> = pings.iter().map(|ping| ping.size).collect();
            assert_eq!(
                sizes,
                [limits.message_bytes, limits.message_bytes.map(|it| it + 1)].map(Option::unwrap)
            );
            assert!(is_answered(&pings[0]) && pings[1].entry.outcome() == Some(Outcome::Lost));
            let refusal = Refusal::TooLarge { size: sizes[1], limit: sizes[0] };
            let refused = Body::Note(Note::NotSent { refusal });
            assert!(log.0.iter().any(|entry| entry.body == refused));
            let (_, place) = log.close(api.code_for(Fault::MessageSize));
            assert!(place > pings[1].place);
        }
        Some(SettingKind::Protocol) => {
            assert!(is_answered(&log.sent("ping")[0]));
            assert!(log.0.iter().all(|entry| entry.kind() != EntryKind::Binary));
            let (_, _, code, ours, clean) = log.closes()[0];
            assert_eq!((code, ours, clean), (CloseCode::NORMAL, true, true));
        }
        Some(SettingKind::Reconnect) => {
            let waits = log.waits();
            let delays: Vec<_> = waits.iter().map(|wait| wait.2).collect();
            assert_eq!(delays, api.timings.backoff);
            let attempts = &log.attempts()[1..];
            for ((at, number, delay, is_backoff), (attempt, _)) in waits.iter().zip(attempts) {
                assert_eq!((*at + *delay, *is_backoff), (*attempt, true));
                assert_eq!(*delay, api.timings.backoff[*number as usize - 1]);
            }
            assert_eq!(log.opened().len(), 2);
        }
        Some(SettingKind::Subscriptions) => fills(api, log),
        Some(SettingKind::Authentication | SettingKind::Endpoint) | None => {
            assert_eq!(log.opened().len(), 1);
            assert!(is_answered(&log.sent("ping")[0]));
        }
    }
}

fn message(api: &Api, kind: MessageType, log: Log<'_>, end: Instant) {
    let (subscribes, pings) = (log.sent("subscribe"), log.sent("ping"));
    match kind {
        MessageType::Subscribe | MessageType::Event => {
            let (channel, _) = subscribes[0].topic();
            let place = log.acked(&subscribes, "subscribed")[0].place;
            let wanted = if kind == MessageType::Event { 2 } else { 1 };
            assert!(log.after(place).events(channel.as_str().unwrap()).len() >= wanted);
        }
        MessageType::Unsubscribe => {
            log.acked(&subscribes, "subscribed");
            let ack = &log.acked(&log.sent("unsubscribe"), "unsubscribed")[0];
            assert!(!log.before(ack.place).received("event").is_empty());
            assert!(log.after(ack.place).received("event").is_empty());
            assert!(end - ack.at >= Millis::seconds(15));
        }
        MessageType::Publish => {
            let takes = api.channels.iter().find(|it| it.direction.allows_client()).unwrap();
            comes_back(takes, log);
        }
        MessageType::Ping => {
            let pong = &log.received("pong")[0];
            assert!(is_answered(&pings[0]) && pong.id() == pings[0].id());
            assert_eq!(log.heartbeats().len(), 1);
        }
        MessageType::Pong => {
            let beat = log.opened()[0].0 + api.timings.heartbeat.unwrap();
            assert_eq!(log.heartbeats(), [(beat, true)]);
        }
        MessageType::Ack => {
            let ids: BTreeSet<_> = subscribes.iter().map(Message::id).collect();
            assert!(!ids.is_empty() && ids.len() == subscribes.len());
            log.acked(&subscribes, "subscribed");
        }
    }
}

fn channel(api: &Api, channel: &Channel, log: Log<'_>) {
    if channel.direction == Direction::ClientToServer {
        return comes_back(channel, log);
    }
    let subscribes = log.sent("subscribe");
    let acks = log.acked(&subscribes, "subscribed");
    for subscribe in &subscribes {
        assert_eq!(subscribe.json["payload"]["channel"], channel.name);
    }
    let (last, filters) = (acks.last().unwrap(), subscribes.last().unwrap().topic().1);
    for filter in &channel.filters {
        assert_eq!(filters[&filter.name], filter.example);
    }
    let fits =
        |data: &Value| channel.filters.iter().all(|filter| data[&filter.name] == *filter.example);
    let events = log.after(last.place).events(&channel.name);
    assert!(events.iter().all(|(_, data)| fits(data)));
    assert!(!events.is_empty() || channel.examples.is_empty());
    if differs(api, &channel.name) {
        let others = log.before(subscribes.last().unwrap().place).events(&channel.name);
        assert!(others.iter().any(|(_, data)| !fits(data)));
        log.acked(&log.sent("unsubscribe"), "unsubscribed");
        assert!(events.len() >= 3);
    }
    if channel.direction == Direction::Bidirectional {
        comes_back(channel, log);
    }
}

/// What is published is acknowledged and, if the channel has events, comes back as one.
fn comes_back(channel: &Channel, log: Log<'_>) {
    let publishes = log.sent("publish");
    assert_eq!(publishes.len(), 1);
    let ack = &log.acked(&publishes, "published")[0];
    if channel.direction == Direction::Bidirectional {
        let events = log.after(ack.place).events(&channel.name);
        assert_eq!(events[0].1, publishes[0].json["payload"]["data"]);
    }
}

fn close(api: &Api, row: &Close, log: Log<'_>, end: Instant) {
    let reaction = api.reaction(row.code);
    if row.code == CloseCode::NORMAL && reaction == Reaction::Stop {
        let closes = log.closes();
        let (at, place, code, ours, clean) = closes[0];
        assert_eq!((closes.len(), code, ours, clean), (1, CloseCode::NORMAL, true, true));
        return stays_closed(log.after(place), at, end);
    }
    let (at, place) = log.close(row.code);
    let is_caused = api.code_for(row.fault.unwrap_or(Fault::Policy)) == row.code;
    match row.fault.filter(|_| is_caused) {
        Some(Fault::Authentication) if api.key_parameter.is_some() => {
            let opened = log.before(place).opened();
            assert!(at - opened.last().unwrap().0 < Millis::seconds(1));
        }
        Some(Fault::MessageSize) => {
            let ping = &log.before(place).sent("ping")[0];
            assert_eq!(ping.size, api.limits.message_bytes.unwrap() + 1);
        }
        Some(Fault::Policy) => {
            let malformed = log.0[..place].iter().filter(|it| it.kind() == EntryKind::Malformed);
            assert_eq!(malformed.count(), 1);
        }
        Some(Fault::RateLimit) => {
            let limits = &api.limits;
            let sent = log.before(place).sent("ping");
            let recent = sent.iter().filter(|ping| ping.at + limits.rate.unwrap().window > at);
            assert!(recent.count() > limits.rate.unwrap().messages);
        }
        Some(Fault::SubscriptionLimit) => fills(api, log),
        // The server does it of itself.
        Some(Fault::Authentication) | None => {
            let staged = |it: &Body| matches!(it, Body::Note(Note::Staged(_)));
            assert!(log.0[..place].iter().any(|entry| staged(&entry.body)));
        }
    }
    let is_full = row.fault == Some(Fault::SubscriptionLimit) && is_caused;
    let rest = log.after(place);
    match reaction {
        Reaction::Backoff => comes_again(log, place, api.timings.backoff[0], true),
        Reaction::BackoffBelowLimit if !is_full => {
            comes_again(log, place, api.timings.backoff[0], true);
        }
        Reaction::Wait(span) => comes_again(log, place, span, false),
        Reaction::Stop => stays_closed(rest, at, end),
        Reaction::AskForKey | Reaction::BackoffBelowLimit => {
            let (again, next) = rest.attempts()[0];
            stays_closed(rest.before(next), at, again);
            assert!(rest.opened()[0].1 > next);
            if is_full {
                let kept = api.limits.subscriptions.unwrap() - 1;
                assert_eq!(restored(rest), kept);
                log.acked(&rest.sent("subscribe"), "subscribed");
            }
        }
    }
}

fn issue(api: &Api, row: &Issue, log: Log<'_>, end: Instant) {
    match row.when.expect("an issue that nobody notices has nothing to show") {
        When::Idle => {
            idles(api, log);
            let (opened, place) = log.opened()[1];
            let rest = log.after(place);
            let ping = &rest.sent("ping")[0];
            assert!(ping.at < opened + api.timings.idle.unwrap() && is_answered(ping));
            assert!(rest.closes().is_empty() && end > opened + api.timings.idle.unwrap());
        }
        When::MissedPing => {
            let (opened, place) = log.opened()[1];
            let (closed, _) = log.close(CloseCode::ABNORMAL);
            let interval = api.timings.heartbeat.unwrap();
            let first = log.before(place).heartbeats();
            assert_eq!(first, [(closed - interval, false)]);
            let rest = log.after(place);
            let beats = [(opened + interval, true), (opened + interval + interval, true)];
            assert_eq!(rest.heartbeats(), beats);
            assert!(rest.closes().is_empty());
        }
        When::MixedContent => {
            let failed = |body: &Body| match body {
                Body::Note(Note::OpenFailed { failure, .. }) => {
                    assert!(matches!(failure, OpenFailure::Refused { .. }));
                    true
                }
                _ => false,
            };
            let place = log.0.iter().position(|entry| failed(&entry.body)).unwrap();
            assert_eq!((log.opened().len(), log.after(place).opened().len()), (2, 1));
            assert!(log.waits().is_empty());
        }
        When::NotRestored => {
            let (_, broke) = log.close(CloseCode::ABNORMAL);
            let before = log.before(broke);
            let topics: Vec<_> = before.sent("subscribe").iter().map(Message::topic).collect();
            assert!(!before.received("event").is_empty());
            let (opened, place) = log.opened()[1];
            let rest = log.after(place);
            let again = rest.sent("subscribe");
            assert_eq!(again.iter().map(Message::topic).collect::<Vec<_>>(), topics);
            assert!(again[0].at - opened >= Millis::seconds(15));
            assert!(rest.before(again[0].place).received("event").is_empty());
            assert!(!rest.after(again[0].place).received("event").is_empty());
            let is_restore = |body: &Body| matches!(body, Body::Note(Note::Restoring { .. }));
            assert!(!log.0.iter().any(|entry| is_restore(&entry.body)));
        }
    }
}

/// The connection idled for exactly as long as it may.
fn idles(api: &Api, log: Log<'_>) {
    let (closed, place) = log.close(CloseCode::GOING_AWAY);
    let (opened, _) = log.opened()[0];
    assert_eq!(closed - opened, api.timings.idle.unwrap());
    let is_message = |kind: EntryKind| matches!(kind, EntryKind::Message(_) | EntryKind::Heartbeat);
    assert!(!log.0[..place].iter().any(|entry| is_message(entry.kind())));
}

/// As many subscriptions as are allowed were confirmed, and one more was not.
fn fills(api: &Api, log: Log<'_>) {
    let limit = api.limits.subscriptions.unwrap();
    let (_, place) = log.close(api.code_for(Fault::SubscriptionLimit));
    let subscribes = log.before(place).sent("subscribe");
    let topics: BTreeSet<_> = subscribes.iter().map(|it| it.json["payload"].to_string()).collect();
    assert_eq!((topics.len(), subscribes.len()), (limit + 1, limit + 1));
    log.acked(&subscribes[..limit], "subscribed");
    assert_eq!(subscribes[limit].entry.outcome(), Some(Outcome::Lost));
}

/// The client waits for `delay` and comes back with every subscription and its filters, under request
/// ids that were never used before.
fn comes_again(log: Log<'_>, place: usize, delay: Millis, is_backoff: bool) {
    let (before, rest) = (log.before(place), log.after(place));
    let closed = log.0[place].at.at;
    assert_eq!(rest.waits(), [(closed, 1, delay, is_backoff)]);
    assert_eq!(rest.attempts()[0].0, closed + delay);
    let (old, new) = (before.sent("subscribe"), rest.sent("subscribe"));
    let topics = |all: &[Message<'_>]| all.iter().map(Message::topic).collect::<Vec<_>>();
    assert_eq!(topics(&old), topics(&new));
    assert!(!old.is_empty());
    let used: BTreeSet<_> = before.0.iter().filter_map(|entry| id_of(&entry.body)).collect();
    assert!(new.iter().all(|request| !used.contains(request.id())));
    assert!(new[0].place > rest.opened()[0].1);
    log.acked(&new, "subscribed");
    assert_eq!(restored(rest), new.len());
}

/// Nothing is tried for half a minute.
fn stays_closed(rest: Log<'_>, from: Instant, to: Instant) {
    assert!(rest.attempts().is_empty() && rest.waits().is_empty());
    assert!(to - from >= Millis::seconds(30));
}

/// Returns how many subscriptions the session says came back; it said so once, and lost none.
fn restored(log: Log<'_>) -> usize {
    let mut counts = Vec::new();
    for entry in log.0 {
        if let Body::Note(Note::Restored { subscriptions, unanswered }) = entry.body {
            assert_eq!(unanswered, 0);
            counts.push(subscriptions);
        }
    }
    assert_eq!(counts.len(), 1);
    counts[0]
}

fn is_answered(request: &Message<'_>) -> bool {
    matches!(request.entry.outcome(), Some(Outcome::Answered { .. }))
}

fn id_of(body: &Body) -> Option<String> {
    let Body::Message { text, .. } = body else { return None };
    let json: Value = serde_json::from_str(text).ok()?;
    json["request_id"].as_str().map(str::to_owned)
}
