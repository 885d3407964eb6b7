//! What the reader chooses to connect to: a kind of target, an address, a key.
//!
//! A key that is typed into an address stays there until the address is complete, and moves to the key
//! field then, whole. As long as it stands in the address it is a key like the one in its field.

use std::sync::Arc;

use crate::api::{Api, Server};
use crate::protocol::endpoint::split_keys;
use crate::protocol::{Endpoint, EndpointError, Secret};
use crate::session::Target;

/// A kind of target.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// The simulator inside the page.
    Simulator,
    /// A public echo server.
    Echo,
    /// A server that speaks the API.
    Live,
}

impl Choice {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Simulator, Self::Echo, Self::Live];

    /// Returns the name by which pages and links know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Echo => "echo",
            Self::Live => "live",
        }
    }

    /// Returns the kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }

    /// Returns what there is to choose from: a simulator where the description says enough of the
    /// messages, an echo where it names one.
    pub fn offered(api: &Api) -> Vec<Self> {
        let (has_simulator, has_echo) = (api.has_envelope(), !api.echo.is_empty());
        let offers = [(Self::Simulator, has_simulator), (Self::Echo, has_echo), (Self::Live, true)];
        offers.into_iter().filter(|(_, is_there)| *is_there).map(|(choice, _)| choice).collect()
    }
}

/// The fields of the connection, as the reader left them.
///
/// It has no `Debug`: its texts may hold a key.
pub struct ConnectionForm {
    api: Arc<Api>,
    /// Whether the page came over https, which rules out addresses without encryption.
    page_is_https: bool,
    choice: Choice,
    echo_address: String,
    live_address: String,
    key: String,
    keeps_key: bool,
    /// Whether the last that happened to the address is that its key moved.
    has_moved_key: bool,
}

impl ConnectionForm {
    /// Returns the form as the page opens it: the echo sandbox, or the live API where there is none, the
    /// first addresses of the description, and the key that the reader had `kept` for the tab.
    pub fn new(api: Arc<Api>, page_is_https: bool, kept: Option<String>) -> Self {
        let first = |servers: &[Server]| {
            servers.first().map(|server| server.endpoint.to_string()).unwrap_or_default()
        };
        Self {
            page_is_https,
            choice: if api.echo.is_empty() { Choice::Live } else { Choice::Echo },
            echo_address: first(&api.echo),
            live_address: first(&api.live),
            keeps_key: kept.is_some(),
            key: kept.unwrap_or_default(),
            has_moved_key: false,
            api,
        }
    }

    /// Returns the chosen kind of target.
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// Chooses a kind of target. The address of the one before is complete with that.
    pub fn choose(&mut self, choice: Choice) {
        self.complete();
        self.has_moved_key = false;
        self.choice = choice;
    }

    /// Returns what the address field holds; nothing for a target without an address.
    pub fn address(&self) -> Option<&str> {
        match self.choice {
            Choice::Simulator => None,
            Choice::Echo => Some(&self.echo_address),
            Choice::Live => Some(&self.live_address),
        }
    }

    /// Takes what the address field holds while the reader is typing.
    pub fn type_address(&mut self, typed: String) {
        self.has_moved_key = false;
        match self.choice {
            Choice::Simulator => {}
            Choice::Echo => self.echo_address = typed,
            Choice::Live => self.live_address = typed,
        }
    }

    /// Takes what the address field holds after text came into it as a whole, by pasting or dropping.
    pub fn paste_address(&mut self, whole: String) {
        self.type_address(whole);
        self.complete();
    }

    /// Moves a key that stands in the address to the key field: the reader left the address, pressed
    /// Enter or connects.
    pub fn complete(&mut self) {
        let Some((address, mut keys)) = self.split() else {
            return;
        };
        keys.retain(|key| !key.trim().is_empty());
        if let Some(key) = keys.pop() {
            self.key = key;
            self.has_moved_key = true;
        }
        match self.choice {
            Choice::Simulator => {}
            Choice::Echo => self.echo_address = address,
            Choice::Live => self.live_address = address,
        }
    }

    /// Returns what the key field holds.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Takes what the key field holds.
    pub fn type_key(&mut self, typed: String) {
        self.key = typed;
        self.has_moved_key = false;
    }

    /// Returns whether the reader asked for the key to be kept for the tab.
    pub fn keeps_key(&self) -> bool {
        self.keeps_key
    }

    /// Keeps the key for the tab, or no longer does.
    pub fn keep_key(&mut self, keeps: bool) {
        self.keeps_key = keeps;
    }

    /// Returns the key to be kept for the tab: what the key field holds, if the reader asked for that.
    /// A key that still stands in an address is never kept.
    pub fn kept_key(&self) -> Option<&str> {
        (self.keeps_key && !self.key.is_empty()).then_some(&*self.key)
    }

    /// Returns the keys that must stand in nothing that leaves the page: that of the key field and
    /// those in the addresses, half-typed ones too.
    pub fn keys(&self) -> Vec<Secret> {
        let addresses = [&self.echo_address, &self.live_address].into_iter();
        let in_addresses = addresses.flat_map(|it| split_keys(it, self.parameter()).1);
        let typed = in_addresses.chain([self.key.clone()]);
        typed.filter_map(|key| Secret::new(&key)).collect()
    }

    /// Returns the endpoint in the address field, without a key; nothing for a target without one.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the address.
    pub fn endpoint(&self) -> Option<Result<Endpoint, AddressError>> {
        let parsed = Endpoint::parse(self.address()?, self.parameter());
        Some(match parsed {
            Ok((endpoint, _)) if endpoint.is_mixed_content(self.page_is_https) => {
                Err(AddressError::MixedContent)
            }
            Ok((endpoint, _)) => Ok(endpoint),
            Err(error) => Err(AddressError::Endpoint(error)),
        })
    }

    /// Returns what is worth knowing of the address, if it is right. `answered` is the endpoint of the
    /// open connection.
    pub fn hint(&self, answered: Option<&str>) -> Option<Hint> {
        let endpoint = self.endpoint()?.ok()?;
        if let Some(answered) = answered {
            let is_other = endpoint.to_string() != answered;
            return is_other.then(|| Hint::Answered { endpoint: answered.to_owned() });
        }
        let has_key = self.split().is_some_and(|(_, keys)| !keys.is_empty());
        match self.choice {
            Choice::Live if !self.api.trusts(&endpoint) => Some(Hint::NoKeySent),
            _ if has_key => Some(Hint::KeyWillMove),
            _ if self.has_moved_key => Some(Hint::KeyMoved),
            Choice::Echo if self.is_first_echo(&endpoint) && self.api.echo.len() > 1 => {
                Some(Hint::OthersFollow { count: self.api.echo.len() - 1 })
            }
            _ => None,
        }
    }

    /// Completes the address and returns what to connect to.
    ///
    /// # Errors
    ///
    /// Fails if the address is wrong.
    pub fn target(&mut self) -> Result<Target, AddressError> {
        self.complete();
        let Some(endpoint) = self.endpoint() else {
            return Ok(Target::Simulator);
        };
        let endpoint = endpoint?;
        if self.choice == Choice::Live {
            return Ok(Target::Live { endpoint, key: Secret::new(&self.key) });
        }
        // The list is tried as a whole; an address of the reader's own stands for itself.
        let candidates = if self.is_first_echo(&endpoint) {
            self.api.echo.iter().map(|server| server.endpoint.clone()).collect()
        } else {
            vec![endpoint]
        };
        Ok(Target::Echo { candidates })
    }

    fn is_first_echo(&self, endpoint: &Endpoint) -> bool {
        self.api.echo.first().is_some_and(|server| server.endpoint == *endpoint)
    }

    /// Returns the address without its keys, and the keys.
    fn split(&self) -> Option<(String, Vec<String>)> {
        Some(split_keys(self.address()?, self.parameter()))
    }

    fn parameter(&self) -> Option<&str> {
        self.api.key_parameter.as_deref()
    }
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AddressError {
    /// It is not the address of a WebSocket.
    Endpoint(EndpointError),
    /// The page came over https, and the address is without encryption: the row "Connection error in
    /// browser" of the page's common issues.
    MixedContent,
}

/// What is worth knowing of an address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Hint {
    /// Another server than that of the field is connected.
    Answered {
        /// Its endpoint.
        endpoint: String,
    },
    /// Its key moved to the key field.
    KeyMoved,
    /// Its key moves to the key field when the address is complete.
    KeyWillMove,
    /// It is no server of the description, and gets no key.
    NoKeySent,
    /// If it does not answer, others are tried.
    OthersFollow {
        /// How many.
        count: usize,
    },
}
