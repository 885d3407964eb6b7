//! The key canary: what was typed into a key field must never be found anywhere else.

use std::collections::BTreeSet;
use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::browser::Browser;

/// A key with characters that URLs, JSON and HTML each write in their own way.
pub const KEY: &str = "canary+\"key&/é";

/// The keys that a page was given.
#[derive(Default)]
pub struct Canary {
    keys: Mutex<BTreeSet<String>>,
}

impl Canary {
    /// Remembers a key to look for.
    pub fn watch(&self, key: &str) {
        if !key.is_empty() {
            self.keys.lock().unwrap().insert(key.to_owned());
        }
    }

    /// Forgets every key.
    pub fn forget(&self) {
        self.keys.lock().unwrap().clear();
    }

    /// Returns a text that has a key in any shape: of an element, an attribute such as that of a link, a
    /// field, a storage, the clipboard, the address, a download, or a line that the page wrote to the
    /// console. Shadow roots are searched as well. A field for the key may have it as its value, and
    /// what such a field has now is searched for too.
    ///
    /// Chromium itself prints the whole URL of a connection that fails. No page can prevent that, so
    /// its own lines are not looked at.
    pub fn find(&self, browser: &Browser) -> Option<String> {
        let found = browser.evaluate_blocking(EVERYWHERE);
        let Found { keys, places } = serde_json::from_value(found.clone())
            .unwrap_or_else(|error| panic!("the search for the key failed: {error}: {found}"));
        for key in &keys {
            self.watch(key);
        }
        let keys = self.keys.lock().unwrap();
        let shapes: Vec<_> = keys.iter().flat_map(|key| shapes(key)).collect();
        let console = browser.console().into_iter().filter(|line| line.is_of_page);
        let console = console.map(|line| line.message);
        let mut places = places.into_iter().chain(console).chain(browser.downloads());
        places.find(|place| shapes.iter().any(|shape| place.contains(shape)))
    }
}

#[derive(Deserialize)]
struct Found {
    /// What the fields for the key have.
    keys: Vec<String>,
    /// What is in every other place.
    places: Vec<String>,
}

/// Returns the key as it is, percent-encoded, in JSON and in base64.
pub fn shapes(key: &str) -> [String; 4] {
    let json = Value::from(key).to_string();
    [
        key.to_owned(),
        percent_encoded(key),
        json[1..json.len() - 1].to_owned(),
        BASE64_STANDARD_NO_PAD.encode(key),
    ]
}

/// Returns the text with every byte percent-encoded that is none of RFC 3986's unreserved characters.
pub fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// Gathers everything that a page could leave a key in.
const EVERYWHERE: &str = r#"
    // The first document of a browser has no origin, and therefore no storage and no cookies.
    if (origin === "null") return { keys: [], places: [] };
    const keys = [];
    const places = [location.href, document.referrer, document.title, document.cookie];
    for (const storage of [localStorage, sessionStorage]) {
      places.push(...Object.keys(storage), ...Object.values(storage));
    }
    places.push(JSON.stringify(history.state));
    const visit = (node) => {
      places.push((node.documentElement ?? node).textContent);
      for (const element of node.querySelectorAll("*")) {
        for (const { value } of element.attributes) places.push(value);
        const values = element.matches('[data-testid="key"]') ? keys : places;
        if (typeof element.value === "string") values.push(element.value);
        if (element.shadowRoot) visit(element.shadowRoot);
      }
    };
    visit(document);
    // Without the permission, or without the focus, a page cannot read it.
    const clipboard = navigator.clipboard?.readText().catch(() => "") ?? "";
    const late = new Promise((resolve) => setTimeout(resolve, 500, ""));
    return Promise.race([clipboard, late]).then((text) => ({ keys, places: [...places, text] }));
"#;
