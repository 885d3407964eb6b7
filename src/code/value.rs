//! JSON as values of a language that send the same JSON.

use crate::protocol::json;

use super::layout::Value;
use super::{Language, number, quote};

/// Returns the value of a JSON text. What is no JSON is taken for a text.
pub(super) fn value(json: &str, language: Language) -> Value {
    if json::check(json).is_ok() {
        Writer { language }.value(json.trim(), 0)
    } else {
        Value::Text(text(json, language))
    }
}

/// Returns an object of members, each with its value as JSON text.
pub(super) fn object<'a>(
    members: impl IntoIterator<Item = (&'a str, &'a str)>,
    language: Language,
) -> Value {
    let writer = Writer { language };
    let members = members.into_iter();
    let member = |(name, json)| (writer.key(&quote::points(name)), value(json, language));
    Value::object(writer.braces(), members.map(member))
}

/// Returns a text's literal.
pub(super) fn text(text: &str, language: Language) -> String {
    Writer { language }.text(&quote::points(text))
}

struct Writer {
    /// JavaScript in one of its homes, or Python.
    language: Language,
}

impl Writer {
    fn value(&self, json: &str, depth: usize) -> Value {
        let is_python = self.language == Language::Python;
        match json.as_bytes().first() {
            Some(b'{' | b'[') if depth == DEEPEST => self.parsed(json),
            Some(b'{') => {
                // Of equal keys the last one counts, as in JSON.parse.
                let mut keys = Vec::new();
                let mut members = Vec::new();
                for member in json::members(json) {
                    let key = quote::points_of_json(member.key);
                    let item = (self.key(&key), self.value(member.json(), depth + 1));
                    if let Some(at) = keys.iter().position(|other| *other == key) {
                        members[at] = item;
                    } else {
                        keys.push(key);
                        members.push(item);
                    }
                }
                Value::object(self.braces(), members)
            }
            Some(b'[') => {
                let items = json::items(json).into_iter();
                Value::list(("[", "]"), items.map(|json| self.value(json, depth + 1)))
            }
            Some(b'"') => Value::Text(self.text(&quote::points_of_json(json))),
            Some(b't') if is_python => Value::Word("True".to_owned()),
            Some(b'f') if is_python => Value::Word("False".to_owned()),
            Some(b'n') if is_python => Value::Word("None".to_owned()),
            Some(b't' | b'f' | b'n') => Value::Word(json.to_owned()),
            _ if is_python => Value::Number(number::python(json)),
            _ => number::javascript(json)
                .map_or_else(|| self.call("JSON.rawJSON(", &quote::points(json)), Value::Number),
        }
    }

    /// Returns a key of an object.
    fn key(&self, points: &[u32]) -> String {
        let literal = self.text(points);
        if self.language == Language::Python {
            return literal;
        }
        let name: String = points.iter().filter_map(|point| char::from_u32(*point)).collect();
        if name == "__proto__" {
            // Any other way to write it names the object's prototype.
            return "[\"__proto__\"]".to_owned();
        }
        let is_name =
            name.len() == literal.len() - 2 && (is_identifier(&name) || number::is_key(&name));
        if is_name { name } else { literal }
    }

    fn text(&self, points: &[u32]) -> String {
        match self.language {
            Language::Python => quote::python(points),
            language => quote::javascript(points, language),
        }
    }

    /// Returns what is too deep for a reader, and for some parsers, as the JSON it is.
    fn parsed(&self, json: &str) -> Value {
        let call = if self.language == Language::Python { "json.loads(" } else { "JSON.parse(" };
        self.call(call, &quote::points(json))
    }

    fn call(&self, call: &'static str, argument: &[u32]) -> Value {
        Value::list((call, ")"), [Value::Text(self.text(argument))])
    }

    fn braces(&self) -> (&'static str, &'static str) {
        if self.language == Language::Python { ("{", "}") } else { ("{ ", " }") }
    }
}

/// Returns whether a name needs no quotes in JavaScript.
fn is_identifier(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_$".contains(c);
    name.chars().all(is_part) && name.starts_with(|c: char| !c.is_ascii_digit())
}

/// How deep lists are written as lists.
const DEEPEST: usize = 16;
