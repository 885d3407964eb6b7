//! A walk through a JSON document that always knows where it is.
//!
//! `serde_json::Value` would forget the order of an object's members, and readers see channels and
//! servers in the order in which the document has them.

use core::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// What is wrong with an API description, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiError {
    /// The path of the value at fault, such as `x-close-codes[3].reaction`; empty for the whole
    /// document.
    pub path: String,
    /// What is wrong there, or what is expected instead.
    pub reason: String,
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the API description" } else { &self.path };
        write!(formatter, "{path}: {}", self.reason)
    }
}

impl core::error::Error for ApiError {}

/// A value of the document.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    document: &'a str,
    json: &'a str,
    path: String,
}

impl<'a> Node<'a> {
    /// Returns the document itself.
    pub(super) fn document(text: &'a str) -> Result<Self, ApiError> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(json) => Ok(Self { document: json.get(), json: json.get(), path: String::new() }),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let reason =
                    format!("expected JSON; it breaks off at line {line}, column {column}");
                Err(ApiError { path: String::new(), reason })
            }
        }
    }

    /// Returns the value reached by these member names, following references on the way.
    pub(super) fn at(&self, names: &[&str]) -> Result<Self, ApiError> {
        names.iter().try_fold(self.clone(), |node, name| node.field(name)?.follow())
    }

    /// Returns a member as it stands.
    pub(super) fn field(&self, name: &str) -> Result<Self, ApiError> {
        let missing = || Self { path: self.member_path(name), ..self.clone() }.error("missing");
        self.optional(name)?.ok_or_else(missing)
    }

    /// Returns a member as it stands, if the object has it.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Self>, ApiError> {
        let member = self.members()?.into_iter().find(|(found, _)| found == name);
        Ok(member.map(|(_, node)| node))
    }

    /// Returns the members of an object in the document's order.
    pub(super) fn members(&self) -> Result<Vec<(String, Self)>, ApiError> {
        let members = members(self.json).map_err(|_| self.expected("an object"))?;
        let node = |(name, json): (String, &'a RawValue)| {
            let path = self.member_path(&name);
            (name, Self { document: self.document, json: json.get(), path })
        };
        Ok(members.into_iter().map(node).collect())
    }

    /// Returns the items of an array.
    pub(super) fn items(&self) -> Result<Vec<Self>, ApiError> {
        let items: Vec<&RawValue> =
            serde_json::from_str(self.json).map_err(|_| self.expected("an array"))?;
        let node = |(index, json): (usize, &'a RawValue)| Self {
            document: self.document,
            json: json.get(),
            path: format!("{}[{index}]", self.path),
        };
        Ok(items.into_iter().enumerate().map(node).collect())
    }

    /// Returns the value that a `$ref` points to, or the value itself if it is no reference.
    pub(super) fn follow(self) -> Result<Self, ApiError> {
        let mut node = self;
        for _ in 0..MAX_HOPS {
            let reference = match node.json.starts_with('{') {
                true => node.optional("$ref")?,
                false => None,
            };
            match reference {
                Some(reference) => node = reference.target()?,
                None => return Ok(node),
            }
        }
        Err(node.expected("a value, but its references go round in a circle"))
    }

    /// Returns a string.
    pub(super) fn text(&self) -> Result<String, ApiError> {
        serde_json::from_str(self.json).map_err(|_| self.expected("a string"))
    }

    /// Returns a boolean.
    pub(super) fn boolean(&self) -> Result<bool, ApiError> {
        serde_json::from_str(self.json).map_err(|_| self.expected("true or false"))
    }

    /// Returns a whole number above 0.
    pub(super) fn count(&self) -> Result<u64, ApiError> {
        match serde_json::from_str(self.json) {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(self.expected("a whole number above 0")),
        }
    }

    /// Returns the JSON text without white space between its tokens.
    pub(super) fn compact(&self) -> String {
        let (mut in_string, mut escaped) = (false, false);
        let is_kept = |c: &char| {
            if in_string {
                in_string = escaped || *c != '"';
                escaped = !escaped && *c == '\\';
                return true;
            }
            in_string = *c == '"';
            !c.is_ascii_whitespace()
        };
        self.json.chars().filter(is_kept).collect()
    }

    /// Returns an error that says what this value should be.
    pub(super) fn expected(&self, what: &str) -> ApiError {
        self.error(&format!("expected {what}"))
    }

    /// Returns an error about this value.
    pub(super) fn error(&self, reason: &str) -> ApiError {
        ApiError { path: self.path.clone(), reason: reason.to_owned() }
    }

    /// Returns what this reference, a JSON pointer such as `#/components/messages/ping`, points to.
    fn target(&self) -> Result<Self, ApiError> {
        let pointer = self.text()?;
        let names = pointer
            .strip_prefix("#/")
            .ok_or_else(|| self.expected("a reference into this document, such as #/components"))?;
        let mut node = Self { document: self.document, json: self.document, path: String::new() };
        for name in names.split('/') {
            let name = name.replace("~1", "/").replace("~0", "~");
            node = node
                .optional(&name)?
                .ok_or_else(|| self.error(&format!("{pointer} is not in this document")))?;
        }
        Ok(node)
    }

    fn member_path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// Reads the members of a JSON object in their order; their values stay as they are written.
pub(crate) fn members(json: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let members = deserializer.deserialize_map(Members)?;
    deserializer.end()?;
    Ok(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// More references in a row than any description has.
const MAX_HOPS: usize = 8;
