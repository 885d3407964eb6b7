//! A walk through a JSON document that always knows where it is.
//!
//! `serde_json::Value` would forget the order of an object's members, and readers see channels and
//! servers in the order in which the document has them.

use core::fmt;

use crate::protocol::json;

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

/// A value of the document. Its path is looked for only when an error needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    document: &'a str,
    /// The value's own part of the document.
    json: &'a str,
}

impl<'a> Node<'a> {
    /// Returns the document itself.
    pub(super) fn document(text: &'a str) -> Result<Self, ApiError> {
        let document = Self { document: text.trim(), json: text.trim() };
        match json::check(text) {
            Ok(()) => Ok(document),
            Err(error) => Err(document.error(&format!("not JSON; {error}"))),
        }
    }

    /// Returns the value reached by these member names, following references on the way.
    pub(super) fn at(&self, names: &[&str]) -> Result<Self, ApiError> {
        names.iter().try_fold(*self, |node, name| node.field(name)?.follow())
    }

    /// Returns the value reached by these member names, following references on the way, if it is there.
    pub(super) fn find(&self, names: &[&str]) -> Result<Option<Self>, ApiError> {
        let mut node = self.follow()?;
        for name in names {
            match node.optional(name)? {
                Some(member) => node = member.follow()?,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    /// Returns a member as it stands.
    pub(super) fn field(&self, name: &str) -> Result<Self, ApiError> {
        self.optional(name)?.ok_or_else(|| ApiError {
            path: member_path(&self.path(), name),
            reason: "missing".to_owned(),
        })
    }

    /// Returns a member as it stands, if the object has it.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Self>, ApiError> {
        Ok(self.object()?.named(name).map(|member| self.child(member.json())))
    }

    /// Returns the members of an object in the document's order.
    pub(super) fn members(&self) -> Result<Vec<(String, Self)>, ApiError> {
        Ok(self.object()?.map(|member| (name(&member), self.child(member.json()))).collect())
    }

    /// Reads every item of an array.
    pub(super) fn each<T>(
        &self,
        read: impl Fn(&Self) -> Result<T, ApiError>,
    ) -> Result<Vec<T>, ApiError> {
        let mut each = Vec::new();
        for item in self.items()? {
            each.push(read(&item)?);
        }
        Ok(each)
    }

    /// Returns the items of an array.
    pub(super) fn items(&self) -> Result<Vec<Self>, ApiError> {
        if !self.json.starts_with('[') {
            return Err(self.expected("an array"));
        }
        Ok(json::items(self.json).into_iter().map(|json| self.child(json)).collect())
    }

    /// Returns the value that a `$ref` points to, or the value itself if it is no reference.
    pub(super) fn follow(self) -> Result<Self, ApiError> {
        let mut node = self;
        for _ in 0..MAX_HOPS {
            // Only an object can be a reference.
            let reference = if node.is_object() { node.optional("$ref")? } else { None };
            match reference {
                Some(reference) => node = reference.target()?,
                None => return Ok(node),
            }
        }
        Err(node.expected("a value, but its references go round in a circle"))
    }

    /// Returns a string.
    pub(super) fn text(&self) -> Result<String, ApiError> {
        let text = json::decode(self.json).ok_or_else(|| self.expected("a string"))?;
        Ok(text.into_owned())
    }

    /// Returns a member that is a string; an empty one if there is none.
    pub(super) fn text_or_empty(&self, name: &str) -> Result<String, ApiError> {
        self.optional(name)?.map_or_else(|| Ok(String::new()), |text| text.text())
    }

    /// Returns a member that is a string.
    pub(super) fn member_text(&self, name: &str) -> Result<String, ApiError> {
        self.field(name)?.text()
    }

    /// Returns a boolean.
    pub(super) fn boolean(&self) -> Result<bool, ApiError> {
        self.json.parse().map_err(|_| self.expected("true or false"))
    }

    /// Returns a whole number above 0.
    pub(super) fn count(&self) -> Result<u64, ApiError> {
        match self.json.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(self.expected("a whole number above 0")),
        }
    }

    /// Returns the text of an object, without white space between its tokens.
    pub(super) fn compact_object(&self) -> Result<String, ApiError> {
        self.object()?;
        json::compact(self.json).map_err(|_| self.expected("an object"))
    }

    /// Returns the value as it is written.
    pub(super) fn written(&self) -> String {
        self.json.to_owned()
    }

    /// Returns whether the value is `null`.
    pub(super) fn is_null(&self) -> bool {
        self.json == "null"
    }

    /// Returns whether the value is an object.
    pub(super) fn is_object(&self) -> bool {
        self.json.starts_with('{')
    }

    /// Returns whether the value is a reference to another document, which is not read.
    pub(super) fn is_elsewhere(&self) -> Result<bool, ApiError> {
        if !self.is_object() {
            return Ok(false);
        }
        let reference = self.optional("$ref")?;
        Ok(reference.map(|it| it.text()).transpose()?.is_some_and(|it| !it.starts_with('#')))
    }

    /// Returns whether both are the same place in the document.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        core::ptr::eq(self.json, other.json)
    }

    /// Returns an error that says what this value should be.
    pub(super) fn expected(&self, what: &str) -> ApiError {
        self.error(&format!("expected {what}"))
    }

    /// Returns an error about this value.
    pub(super) fn error(&self, reason: &str) -> ApiError {
        ApiError { path: self.path(), reason: reason.to_owned() }
    }

    /// Returns what this reference, a JSON pointer such as `#/components/messages/ping`, points to.
    fn target(&self) -> Result<Self, ApiError> {
        let pointer = self.text()?;
        let names = pointer
            .strip_prefix("#/")
            .ok_or_else(|| self.expected("a reference into this document, such as #/components"))?;
        let mut node = self.child(self.document);
        for name in names.split('/') {
            let name = name.replace("~1", "/").replace("~0", "~");
            node = node
                .optional(&name)?
                .ok_or_else(|| self.error(&format!("{pointer} is not in this document")))?;
        }
        Ok(node)
    }

    fn object(&self) -> Result<json::Members<'a>, ApiError> {
        if self.is_object() {
            Ok(json::members(self.json))
        } else {
            Err(self.expected("an object"))
        }
    }

    /// Returns the way from the document to this value.
    fn path(&self) -> String {
        let is_here = |json: &str| json.as_bytes().as_ptr_range().contains(&self.json.as_ptr());
        let (mut path, mut json) = (String::new(), self.document);
        while json.len() > self.json.len() {
            let inner = if json.starts_with('[') {
                let found =
                    json::items(json).into_iter().enumerate().find(|(_, json)| is_here(json));
                found.map(|(index, json)| (format!("{path}[{index}]"), json))
            } else {
                let found = json::members(json).find(|member| is_here(member.json()));
                found.map(|member| (member_path(&path, &name(&member)), member.json()))
            };
            let Some(inner) = inner else { break };
            (path, json) = inner;
        }
        path
    }

    fn child(&self, json: &'a str) -> Self {
        Self { document: self.document, json }
    }
}

/// Returns the name of a member; one with half a surrogate pair stays as it is written.
fn name(member: &json::Member<'_>) -> String {
    json::decode(member.key).unwrap_or(member.key.into()).into_owned()
}

fn member_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// More references in a row than any description has.
const MAX_HOPS: usize = 8;
