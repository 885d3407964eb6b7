//! The settings of a client, line by line.

use core::fmt::Write as _;

use crate::api::Direction;
use crate::protocol::close::Reaction;
use crate::protocol::json;
use crate::protocol::{CloseCode, Millis, Topic};

use super::layout::{Style, Value};
use super::{Language, Setup, quote, value};

/// Returns the lines between those that begin and end the block, which is indented by so many spaces.
pub(super) fn block(language: Language, setup: &Setup<'_>, indent: usize) -> String {
    let facts = Facts::of(setup);
    match language {
        Language::Browser | Language::Node | Language::NodeWs => {
            javascript(&facts, language, indent)
        }
        Language::Python => python(&facts),
        Language::Rust => rust(&facts),
        Language::Websocat => shell(&facts, true),
        Language::Wscat => shell(&facts, false),
    }
}

/// What the set-up comes to.
struct Facts<'a> {
    endpoint: String,
    topics: Vec<Topic>,
    key_parameter: &'a str,
    ack: Millis,
    silence: Millis,
    stable: Millis,
    backoff: &'a [Millis],
    /// The codes after which a client comes back by the backoff.
    retry: Vec<u16>,
    /// The codes after which it waits, and how long.
    wait: Vec<(u16, Millis)>,
    /// What each code of the table means and asks for.
    advice: Vec<(u16, String)>,
}

impl<'a> Facts<'a> {
    fn of(setup: &Setup<'a>) -> Self {
        let api = setup.api;
        let first = || api.live.first().map(|server| server.endpoint.to_string());
        let endpoint = match setup.endpoint {
            "" => first().unwrap_or_default(),
            endpoint => endpoint.to_owned(),
        };
        let topics = match setup.topics {
            [] => example(setup).into_iter().collect(),
            topics => topics.to_vec(),
        };
        let listed = api.closes.iter().map(|close| close.code.0);
        let mut codes: Vec<u16> = (1000..=1015).collect();
        for code in listed {
            if let Err(at) = codes.binary_search(&code) {
                codes.insert(at, code);
            }
        }
        let mut advice: Vec<(u16, String)> = Vec::new();
        let (mut retry, mut wait) = (Vec::new(), Vec::new());
        for code in codes {
            match api.reaction(CloseCode(code)) {
                Reaction::Backoff => retry.push(code),
                Reaction::Wait(time) => wait.push((code, time)),
                Reaction::AskForKey | Reaction::BackoffBelowLimit | Reaction::Stop => {}
            }
            if let Some(close) = api.close(CloseCode(code)) {
                let sentences = [&close.meaning, &close.action].map(|text| sentence(text));
                advice.push((code, sentences.concat().trim_end().to_owned()));
            }
        }
        Self {
            endpoint: quote::address(&endpoint),
            topics,
            key_parameter: api.key_parameter.as_deref().unwrap_or_default(),
            ack: setup.patience.ack,
            silence: setup.patience.silence,
            stable: setup.patience.stable,
            backoff: &api.timings.backoff,
            retry,
            wait,
            advice,
        }
    }
}

/// Returns the API's first channel that sends events, with the filters that it must have or, if there
/// are none, its first.
fn example(setup: &Setup<'_>) -> Option<Topic> {
    let channel =
        setup.api.channels.iter().find(|channel| channel.direction != Direction::ClientToServer)?;
    let is_any_required = channel.filters.iter().any(|filter| filter.required);
    let chosen = channel.filters.iter().enumerate();
    let chosen = chosen.filter(|(at, filter)| filter.required || !is_any_required && *at == 0);
    let filters = chosen.map(|(_, filter)| (filter.name.clone(), json::quote(&filter.example)));
    Some(Topic::new(&channel.name, &filters.collect()))
}

fn sentence(text: &str) -> String {
    match text.trim() {
        "" => String::new(),
        text if text.ends_with(['.', '!', '?']) => format!("{text} "),
        text => format!("{text}. "),
    }
}

fn javascript(facts: &Facts<'_>, language: Language, indent: usize) -> String {
    let text = |it: &str| Value::Text(value::text(it, language));
    let object = |items: Vec<(String, Value)>| Value::object(("{ ", " }"), items);
    let subscriptions = facts.topics.iter().map(|topic| {
        let mut members = vec![("channel".to_owned(), text(&topic.channel))];
        if topic.is_filtered() {
            members.push(("filters".to_owned(), value::object(members_of(topic), language)));
        }
        object(members)
    });
    let backoff = facts.backoff.iter().map(|time| Value::Number(grouped(time.0)));
    let retry = facts.retry.iter().map(|code| Value::Number(code.to_string()));
    let wait = facts.wait.iter();
    let wait = wait.map(|(code, time)| (code.to_string(), Value::Number(grouped(time.0))));
    let advice = facts.advice.iter().map(|(code, advice)| (code.to_string(), text(advice)));
    let style = Style::JavaScript { indent };
    let line = |name: &str, value: Value| style.define(&format!("const {name} ="), &value, ";\n");
    let time = |name: &str, time: Millis| line(name, Value::Number(grouped(time.0)));
    let key = line("KEY_PARAMETER", text(facts.key_parameter));
    [
        line("ENDPOINT", text(&facts.endpoint)),
        line("SUBSCRIPTIONS", Value::list(("[", "]"), subscriptions)),
        format!("{} // \"\" {NO_KEY}\n", key.trim_end()),
        time("ACK_MS", facts.ack),
        time("SILENCE_MS", facts.silence),
        time("STABLE_MS", facts.stable),
        line("BACKOFF_MS", Value::list(("[", "]"), backoff)),
        line("RETRY_CODES", Value::list(("[", "]"), retry)),
        line("WAIT_MS", object(wait.collect())),
        line("ADVICE", object(advice.collect()).open()),
    ]
    .concat()
}

fn python(facts: &Facts<'_>) -> String {
    let text = |it: &str| Value::Text(value::text(it, Language::Python));
    let subscriptions = facts.topics.iter().map(|topic| {
        let filters = value::object(members_of(topic), Language::Python);
        Value::list(("(", ")"), [text(&topic.channel), filters])
    });
    let seconds = |time: Millis| Value::Number(seconds(time));
    let backoff = facts.backoff.iter().map(|time| seconds(*time));
    let retry = facts.retry.iter().map(|code| Value::Number(code.to_string()));
    let wait = facts.wait.iter().map(|(code, time)| (code.to_string(), seconds(*time)));
    let advice = facts.advice.iter().map(|(code, advice)| (code.to_string(), text(advice)));
    let line = |name: &str, value: Value| Style::Python.define(&format!("{name} ="), &value, "\n");
    let key = line("KEY_PARAMETER", text(facts.key_parameter));
    [
        line("ENDPOINT", text(&facts.endpoint)),
        line("SUBSCRIPTIONS", Value::list(("[", "]"), subscriptions).open()),
        format!("{}  # \"\" {NO_KEY}\n", key.trim_end()),
        line("ACK_SECONDS", seconds(facts.ack)),
        line("SILENCE_SECONDS", seconds(facts.silence)),
        line("STABLE_SECONDS", seconds(facts.stable)),
        line("BACKOFF_SECONDS", Value::list(("[", "]"), backoff)),
        line("RETRY_CODES", Value::list(("[", "]"), retry)),
        line("WAIT_SECONDS", Value::object(("{", "}"), wait)),
        line("ADVICE", Value::object(("{", "}"), advice).open()),
    ]
    .concat()
}

fn rust(facts: &Facts<'_>) -> String {
    let text = |it: &str| Value::Text(quote::rust(it));
    let number = |it: u64| Value::Number(grouped(it));
    let code = |it: &u16| Value::Number(it.to_string());
    let pair = |first, second| Value::list(("(", ")"), [first, second]);
    let subscriptions =
        facts.topics.iter().map(|topic| pair(text(&topic.channel), text(&filters_of(topic))));
    let backoff = facts.backoff.iter().map(|time| number(time.0));
    let wait = facts.wait.iter().map(|(it, time)| pair(code(it), number(time.0)));
    let advice = facts.advice.iter().map(|(it, advice)| pair(code(it), text(advice)));
    let line =
        |name: &str, value: Value| Style::Rust.define(&format!("const {name} ="), &value, ";\n");
    let list = |items: Vec<Value>| Value::list(("&[", "]"), items);
    let key = line("KEY_PARAMETER: &str", text(facts.key_parameter));
    [
        line("ENDPOINT: &str", text(&facts.endpoint)),
        line("SUBSCRIPTIONS: &[(&str, &str)]", list(subscriptions.collect())),
        format!("{} // \"\" {NO_KEY}\n", key.trim_end()),
        line("ACK_MS: u64", number(facts.ack.0)),
        line("SILENCE_MS: u64", number(facts.silence.0)),
        line("STABLE_MS: u64", number(facts.stable.0)),
        line("BACKOFF_MS: &[u64]", list(backoff.collect())),
        line("RETRY_CODES: &[u16]", list(facts.retry.iter().map(code).collect())),
        line("WAIT_MS: &[(u16, u64)]", list(wait.collect())),
        line("ADVICE: &[(u16, &str)]", list(advice.collect())),
    ]
    .concat()
}

/// Returns the settings of a script; one that only looks has no use for waits.
fn shell(facts: &Facts<'_>, has_waits: bool) -> String {
    let subscription = |topic: &Topic| {
        let channel = quote::visible_json(&json::quote(&topic.channel));
        match filters_of(topic).as_str() {
            "" => format!("{{\"channel\":{channel}}}"),
            filters => format!("{{\"channel\":{channel},\"filters\":{filters}}}"),
        }
    };
    let subscriptions: Vec<_> = facts.topics.iter().map(subscription).collect();
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}={value}");
    };
    line("ENDPOINT", &quote::shell(&facts.endpoint));
    line("SUBSCRIPTIONS", &quote::shell(&subscriptions.join("\n")));
    line("KEY_PARAMETER", &format!("{} # '' {NO_KEY}", quote::shell(facts.key_parameter)));
    if has_waits {
        let joined = |items: Vec<String>, between: &str| quote::shell(&items.join(between));
        let backoff = facts.backoff.iter().map(|time| seconds(*time)).collect();
        let retry = facts.retry.iter().map(ToString::to_string).collect();
        let wait = facts.wait.iter().map(|(code, time)| format!("{code} {}", seconds(*time)));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let advice = facts.advice.iter().map(|(code, advice)| format!("{code} {}", words(advice)));
        line("ACK_SECONDS", &seconds(facts.ack));
        line("SILENCE_SECONDS", &seconds(facts.silence));
        line("STABLE_SECONDS", &seconds(facts.stable));
        line("BACKOFF_SECONDS", &joined(backoff, " "));
        line("RETRY_CODES", &joined(retry, " "));
        line("WAIT_SECONDS", &joined(wait.collect(), "\n"));
        line("ADVICE", &joined(advice.collect(), "\n"));
    }
    text
}

/// Returns the filters as name and JSON text.
fn members_of(topic: &Topic) -> impl Iterator<Item = (&str, &str)> {
    topic.filters().iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Returns the filters as JSON text; nothing where there are none.
fn filters_of(topic: &Topic) -> String {
    let member = |(name, value): (&str, &str)| {
        let is_json = json::check(value).is_ok();
        let value = if is_json { value.to_owned() } else { json::quote(value) };
        format!("{}:{value}", json::quote(name))
    };
    let members: Vec<_> = members_of(topic).map(member).collect();
    match members.as_slice() {
        [] => String::new(),
        members => quote::visible_json(&format!("{{{}}}", members.join(","))),
    }
}

/// Returns a number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns a time in seconds, with a fraction if need be.
fn seconds(time: Millis) -> String {
    let (whole, rest) = (time.0 / 1_000, time.0 % 1_000);
    let text = format!("{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the comment beside the key's parameter says.
const NO_KEY: &str = "where the API takes no key";
