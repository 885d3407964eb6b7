//! What is wrong with a setting.

use core::fmt;

use crate::protocol::EndpointError;

/// What is wrong with a setting. It repeats no value: what a link says must not speak in the page's name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SetupError {
    /// A channel that the API does not have.
    Channel,
    /// An address that is none.
    Endpoint(EndpointError),
    /// Filters that are no JSON object.
    Filters,
    /// Settings that are no JSON object.
    Json,
    /// A message that is no JSON.
    Message,
    /// A setting that there is not: its name, if it may be said.
    Name(Option<String>),
    /// A kind of target that this API does not have.
    NotOffered,
    /// A kind of target that there is not.
    Target,
}

impl SetupError {
    pub(super) fn name(name: &str) -> Self {
        let is_word = name.len() <= LONGEST_NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        Self::Name(is_word.then(|| name.to_owned()))
    }
}

/// The bytes of the longest name that is repeated.
const LONGEST_NAME: usize = 24;

impl fmt::Display for SetupError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel => {
                formatter.write_str("channel must name a channel of the API description")
            }
            Self::Endpoint(error) => write!(formatter, "endpoint is wrong: {error}"),
            Self::Filters => formatter
                .write_str(r#"filters must be a JSON object, such as {"project_id":"prj_abc123"}"#),
            Self::Json => formatter.write_str("the settings must be a JSON object"),
            Self::Message => formatter.write_str("message must be JSON"),
            Self::Name(Some(name)) => write!(formatter, "there is no setting {name}"),
            Self::Name(None) => formatter.write_str("there is a setting of an unknown name"),
            Self::NotOffered => formatter.write_str("this API description has no such target"),
            Self::Target => formatter.write_str("target must be simulator, echo or live"),
        }
    }
}

impl core::error::Error for SetupError {}
