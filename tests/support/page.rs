//! The playground as a reader uses it: verbs to act, a view of what can be seen, and patience.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::WebElement;
use thirtyfour::error::WebDriverResult;
use tokio::time::{Instant, sleep};

pub use super::browser::PATIENCE;
use super::browser::{Browser, PULSE};
use super::canary::Canary;
use super::environment;
use super::key::{BACKSPACE, CONTROL, ENTER, RELEASE};

/// A page with one playground, in a browser of its own. When it is left or dropped, the key is searched
/// for.
pub struct Page {
    /// The browser that shows it.
    pub browser: Browser,
    canary: Canary,
}

/// What a reader sees.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct View {
    /// The chosen target: `simulator`, `echo` or `live`.
    pub target: Option<String>,
    /// The typed address.
    pub endpoint: Option<String>,
    /// What is wrong with it.
    pub endpoint_error: Option<String>,
    /// The label of the one obvious button.
    pub primary: Option<String>,
    /// The phase: `idle`, `connecting`, `open`, `closing` or `waiting`.
    pub state: Option<String>,
    /// The words of the status pill.
    pub status: Option<String>,
    /// The gauges' words by name: `heartbeat`, `idle`, `subscriptions`, `round-trip`.
    pub gauges: BTreeMap<String, String>,
    /// The JSON that the composer will send.
    pub envelope: Option<String>,
    /// What the composer remarks about it.
    pub checks: Vec<Check>,
    /// Its size beside the limit.
    pub meter: Option<String>,
    /// Why it was not sent.
    pub refusal: Option<String>,
    /// The subscriptions, in their order.
    pub subscriptions: Vec<Subscription>,
    /// The rows of the log's visible window, oldest first.
    pub rows: Vec<Row>,
    /// The log's summary.
    pub log_status: Option<String>,
    /// The text of the opened row.
    pub detail: Option<String>,
    /// The notice.
    pub notice: Option<Notice>,
}

impl View {
    /// Returns the latest row of this kind whose text contains `text`.
    pub fn row(&self, kind: &str, text: &str) -> Option<&Row> {
        self.rows.iter().rfind(|row| row.kind == kind && row.text.contains(text))
    }

    /// Returns the subscription to this channel.
    pub fn subscription(&self, channel: &str) -> Option<&Subscription> {
        self.subscriptions.iter().find(|subscription| subscription.channel == channel)
    }

    /// Returns whether the phase is this one.
    pub fn is(&self, state: &str) -> bool {
        self.state.as_deref() == Some(state)
    }
}

/// A remark of the composer.
#[derive(Clone, Debug, Deserialize)]
pub struct Check {
    /// `error` or `warning`.
    pub level: String,
    /// Its words.
    pub text: String,
}

/// A subscription as listed.
#[derive(Clone, Debug, Deserialize)]
pub struct Subscription {
    /// The channel.
    pub channel: String,
    /// `pending`, `active`, `restoring`, `refused`, `lost` or `ending`.
    pub state: String,
    /// Its words.
    pub text: String,
}

/// A row of the log.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// What it is about: `subscribe`, `ack`, `close`…
    pub kind: String,
    /// `sent`, `received` or `none`.
    pub direction: String,
    /// What became of a request.
    pub outcome: Option<String>,
    /// Its words.
    pub text: String,
}

/// The notice.
#[derive(Clone, Debug, Deserialize)]
pub struct Notice {
    /// The close code it is about.
    pub code: Option<String>,
    /// Its heading.
    pub title: Option<String>,
    /// What the reader or the client does.
    pub action: Option<String>,
    /// The time to the next attempt.
    pub countdown: Option<String>,
    /// All its words.
    pub text: String,
    /// The buttons it has: `reconnect-now`, `stop`, `start-simulator`.
    pub offers: Vec<String>,
}

impl Notice {
    /// Returns whether it has this button.
    pub fn offers(&self, button: &str) -> bool {
        self.offers.iter().any(|offer| offer == button)
    }

    /// Returns the seconds of the countdown, from words such as `in 58 s` or `0:58`.
    pub fn seconds(&self) -> Option<u32> {
        let words = self.countdown.as_deref()?;
        let numbers: Vec<u32> = words
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .filter_map(|part| part.split('.').next()?.parse().ok())
            .collect();
        match numbers[..] {
            [minutes, seconds] if words.contains(':') => Some(minutes * 60 + seconds),
            [seconds, ..] => Some(seconds),
            [] => None,
        }
    }
}

impl Page {
    /// Opens a URL in a new browser and waits for the playground.
    pub async fn open(url: &str) -> Self {
        Self::open_in(Browser::start().await, url).await
    }

    /// Opens a URL in this browser and waits for the playground.
    pub async fn open_in(browser: Browser, url: &str) -> Self {
        let page = Self::new(browser);
        page.go(url).await;
        page
    }

    /// Makes a page of whatever the browser shows.
    pub fn new(browser: Browser) -> Self {
        Self { browser, canary: Canary::default() }
    }

    /// Goes to a URL and waits for the playground.
    pub async fn go(&self, url: &str) {
        self.hides_the_key();
        self.browser.go(url).await;
        self.until_ready().await;
    }

    /// Returns whether the key is anywhere but in its field.
    pub fn finds_the_key(&self) -> bool {
        self.canary.find(&self.browser).is_some()
    }

    /// Waits until the key is somewhere.
    pub async fn until_the_key_is_found(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.finds_the_key() {
            if Instant::now() > deadline {
                self.give_up("the key is found", self.view().await).await;
            }
            sleep(PULSE).await;
        }
    }

    /// Stops looking for the keys so far: a journey has put them somewhere on purpose.
    pub fn forget_the_key(&self) {
        self.canary.forget();
    }

    /// Asserts that the key is nowhere but in its field.
    pub fn hides_the_key(&self) {
        let found = self.canary.find(&self.browser);
        assert_eq!(found, None, "the key is where it should not be");
    }

    /// Waits until the playground can be used.
    pub async fn until_ready(&self) -> View {
        // What is below the button comes after the first frame; a narrow page does not show all of it.
        self.until_true("the log is there", "return every('log').length > 0;", vec![]).await;
        self.until("the playground is ready", |view| view.primary.is_some()).await
    }

    /// Returns what a reader sees now.
    ///
    /// # Errors
    ///
    /// While the document is being replaced.
    pub async fn view(&self) -> WebDriverResult<View> {
        self.evaluate("return view();", vec![]).await
    }

    /// Waits until a reader sees what `condition` asks for, and returns it.
    ///
    /// # Panics
    ///
    /// After [`PATIENCE`], with what there is to see instead and the console.
    pub async fn until(&self, what: &str, condition: impl Fn(&View) -> bool) -> View {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let view = self.view().await;
            match view {
                Ok(view) if condition(&view) => return view,
                view if Instant::now() > deadline => self.give_up(what, view).await,
                _ => sleep(PULSE).await,
            }
        }
    }

    /// Waits for this phase.
    pub async fn until_state(&self, state: &str) -> View {
        self.until(&format!("the state is {state}"), |view| view.is(state)).await
    }

    /// Waits for a row of this kind whose text contains `text`, and returns the latest.
    pub async fn until_row(&self, kind: &str, text: &str) -> Row {
        let view = self
            .until(&format!("a row {kind} says {text:?}"), |view| view.row(kind, text).is_some())
            .await;
        view.row(kind, text).cloned().unwrap()
    }

    /// Waits for the notice about this close code.
    pub async fn until_closed(&self, code: u16) -> Notice {
        let code = code.to_string();
        let is_it = |notice: &Notice| notice.code.as_ref() == Some(&code);
        let view = self
            .until(&format!("a notice about {code}"), |view| {
                view.notice.as_ref().is_some_and(is_it)
            })
            .await;
        view.notice.unwrap()
    }

    /// Hides the page, until [`Page::show`].
    pub async fn hide(&self) {
        self.browser.hide().await;
        let is_hidden = "return document.visibilityState === 'hidden';";
        self.until_true("nobody sees the page", is_hidden, vec![]).await;
    }

    /// Shows the page again.
    pub async fn show(&self) {
        self.browser.show().await;
        let is_visible = "return document.visibilityState === 'visible';";
        self.until_true("the page is seen", is_visible, vec![]).await;
    }

    /// Chooses a target: `simulator`, `echo` or `live`.
    pub async fn choose(&self, target: &str) {
        self.click(&format!("target-{target}")).await;
        self.until(&format!("the target is {target}"), |view| {
            view.target.as_deref() == Some(target)
        })
        .await;
    }

    /// Presses Connect and waits for the connection.
    pub async fn connect(&self) -> View {
        self.click("primary").await;
        self.until_state("open").await
    }

    /// Connects to the first live endpoint of the API description with this key.
    pub async fn connect_live(&self, key: &str) -> View {
        self.choose("live").await;
        self.enter("key", key).await;
        self.connect().await
    }

    /// Types an address and presses Connect. Not in the API description, it is sent no key.
    pub async fn call(&self, url: &str) {
        self.choose("live").await;
        self.enter("endpoint", url).await;
        self.click("primary").await;
    }

    /// Disconnects, cancels or stops, whatever is under way, and waits until nothing is.
    pub async fn leave(&self) {
        let button = "const { state } = shown('status').dataset;
            const isUnderWay = ['connecting', 'open', 'waiting'].includes(state);
            return isUnderWay ? shown('stop') ?? shown('primary') : null;";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let view = self.view().await;
            let before = match &view {
                Ok(view) if view.is("idle") => return,
                Ok(view) => view.state.clone(),
                Err(_) => None,
            };
            if Instant::now() > deadline {
                self.give_up("nothing is under way", view).await;
            }
            // What is under way may end by itself before the button is pressed.
            match self.click_once(button, vec![]).await {
                Ok(true) => {
                    self.until("the button does something", |view| view.state != before).await;
                }
                _ => sleep(PULSE).await,
            }
        }
    }

    /// Chooses what is composed: a message type, or `raw` for the JSON alone.
    pub async fn compose(&self, kind: &str) {
        self.pick("message-type", kind).await;
    }

    /// Asks for the message to be sent by keys alone, which no button stands for while none can be.
    pub async fn send_by_keys(&self) {
        self.press("envelope", &[CONTROL, ENTER, RELEASE].concat()).await;
    }

    /// Chooses a channel and, with their filters, subscribes to it; waits until it is active.
    pub async fn subscribe(&self, channel: &str, filters: &[(&str, &str)]) {
        self.compose("subscribe").await;
        self.enter("channel", channel).await;
        for (name, value) in filters {
            self.enter(&format!("filter-{name}"), value).await;
        }
        self.click("send").await;
        self.until(&format!("the subscription to {channel} is active"), |view| {
            view.subscription(channel).is_some_and(|subscription| subscription.state == "active")
        })
        .await;
    }

    /// Sends this text as it is, whatever the composer says about it.
    pub async fn send_raw(&self, text: &str) {
        self.compose("raw").await;
        self.enter("envelope", text).await;
        self.click("send").await;
    }

    /// Clicks the element of this test id once it can be clicked. One in a folded menu is unfolded first,
    /// and what is left unfolded is folded again.
    pub async fn click(&self, id: &str) {
        let is_unfolded = self.unfold(id).await;
        self.click_that(id, "return shown(arguments[0]);", vec![json!(id)]).await;
        if is_unfolded {
            self.fold(id).await;
        }
    }

    /// Unfolds the menu that the element of this test id is in. Returns whether it was folded.
    pub async fn unfold(&self, id: &str) -> bool {
        if COME_LATER.contains(&id) {
            let come = "if (every(arguments[0])[0]) return true;
                shown('settings')?.focus();
                return false;";
            self.until_true(&format!("{id} has come"), come, vec![json!(id)]).await;
        }
        // Nothing is unfolded in a document that is being replaced.
        let script = format!("return !!menu(arguments[0], {FOLDED:?});");
        if !self.evaluate(&script, vec![json!(id)]).await.unwrap_or(false) {
            return false;
        }
        self.click_menu(id, FOLDED).await;
        true
    }

    /// Folds the menu that the element of this test id is in, unless it is folded.
    pub async fn fold(&self, id: &str) {
        let script = format!("return !!menu(arguments[0], {UNFOLDED:?});");
        if self.evaluate(&script, vec![json!(id)]).await.unwrap_or(false) {
            self.click_menu(id, UNFOLDED).await;
        }
    }

    async fn click_menu(&self, id: &str, state: &str) {
        let script = format!("return menu(arguments[0], {state:?});");
        self.click_that(&format!("the menu of {id}"), &script, vec![json!(id)]).await;
    }

    /// Clicks the latest row of this kind, which opens its detail.
    pub async fn click_row(&self, kind: &str) {
        let script = "return every('row').findLast((row) => row.dataset.kind === arguments[0]);";
        self.click_that(&format!("row {kind}"), script, vec![json!(kind)]).await;
    }

    /// Ends the subscription to this channel with its own button.
    pub async fn unsubscribe(&self, channel: &str) {
        let script = "const one = every('subscription')
            .find((subscription) => subscription.dataset.channel === arguments[0]);
            return one && shown('unsubscribe', one);";
        self.click_that(&format!("unsubscribe from {channel}"), script, vec![json!(channel)]).await;
    }

    /// Gives the field of this test id a value as [`Page::overwrite`] does, and waits until it has it.
    pub async fn enter(&self, id: &str, value: &str) {
        self.overwrite(id, value).await;
        let script = "return every(arguments[0])[0]?.value === arguments[1];";
        let beginning: String = value.chars().take(100).collect();
        let what = format!("the field {id} has the value {beginning:?}");
        self.until_true(&what, script, vec![json!(id), json!(value)]).await;
    }

    /// Chooses a value in the field of this test id, or types over what it has, whatever the page makes
    /// of it. A text that nobody would type is pasted.
    pub async fn overwrite(&self, id: &str, value: &str) {
        if id == "key" {
            self.canary.watch(value);
        }
        if self.unfold(id).await {
            Box::pin(self.overwrite(id, value)).await;
            return self.fold(id).await;
        }
        let field = "const field = shown(arguments[0]);
            return field?.matches(':disabled, :read-only:not(select)') ? null : field;";
        let mut is_choice = false;
        self.with_element(&format!("{id} takes a value"), field, vec![json!(id)], async |field| {
            is_choice = field.tag_name().await? == "select";
            Ok(true)
        })
        .await;
        if is_choice {
            return self.pick(id, value).await;
        }
        if value.chars().count() > LONGEST_TYPED {
            return self.paste(id, value).await;
        }
        self.click(id).await;
        let value = if value.is_empty() { BACKSPACE } else { value };
        self.browser.keys(&[CONTROL, "a", RELEASE, value].concat()).await.unwrap();
    }

    /// Pastes a text over what the field of this test id has.
    pub async fn paste(&self, id: &str, text: &str) {
        let copy = "return navigator.clipboard.writeText(arguments[0]);";
        self.evaluate::<Value>(copy, vec![json!(text)]).await.unwrap();
        self.click(id).await;
        self.browser.keys(&[CONTROL, "a", "v"].concat()).await.unwrap();
    }

    /// Chooses a value in the list of this test id.
    pub async fn pick(&self, id: &str, value: &str) {
        let is_unfolded = self.unfold(id).await;
        let place = "return [...shown(arguments[0])?.options ?? []]
            .findIndex((option) => option.value === arguments[1]);";
        let what = format!("{id} offers {value:?}");
        let field = "return shown(arguments[0]);";
        self.with_element(&what, field, vec![json!(id)], async |field| {
            let place: i64 = self.evaluate(place, vec![json!(id), json!(value)]).await?;
            match usize::try_from(place) {
                Ok(place) => self.browser.choose(&field, place).await.map(|()| true),
                Err(_) => Ok(false),
            }
        })
        .await;
        if is_unfolded {
            self.fold(id).await;
        }
    }

    /// Has the field of this test id open a file, which a reader chooses in a window of the browser's own.
    pub async fn open_file(&self, id: &str, file: &Path) {
        let field = "return every(arguments[0])[0];";
        let what = format!("{id} takes a file");
        self.with_element(&what, field, vec![json!(id)], async |field| {
            field.send_keys(file.to_str().unwrap()).await.map(|()| true)
        })
        .await;
    }

    /// Presses keys in the element of this test id, which gets the keyboard if it has it not.
    pub async fn press(&self, id: &str, keys: &str) {
        self.unfold(id).await;
        let focus = "const element = shown(arguments[0]);
            if (root.activeElement !== element) element.focus();
            return root.activeElement === element;";
        self.until_true(&format!("{id} has the keyboard"), focus, vec![json!(id)]).await;
        self.browser.keys(keys).await.unwrap();
    }

    /// Waits until a script, which can use page.js, returns true.
    pub async fn until_true(&self, what: &str, script: &str, arguments: Vec<Value>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.evaluate(script, arguments.clone()).await {
                Ok(true) => return,
                seen if Instant::now() > deadline => {
                    let what = format!("{what} (the last answer was {seen:?})");
                    self.give_up(&what, self.view().await).await;
                }
                _ => sleep(PULSE).await,
            }
        }
    }

    /// Runs a script that can use page.js and returns its value.
    ///
    /// # Errors
    ///
    /// Says what the script threw, or how its value differs from the type asked for.
    pub async fn evaluate<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> WebDriverResult<T> {
        self.browser.evaluate(&format!("{SCRIPT}\n{script}"), arguments).await
    }

    async fn element(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<WebElement> {
        self.browser.element(&format!("{SCRIPT}\n{script}"), arguments).await
    }

    /// Clicks the element that a script, which can use page.js, returns.
    pub async fn click_that(&self, what: &str, script: &str, arguments: Vec<Value>) {
        let what = format!("{what} can be clicked");
        self.with_element(&what, script, arguments, async |element| self.click_now(&element).await)
            .await;
    }

    async fn click_once(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<bool> {
        let element = self.element(script, arguments).await?;
        self.click_now(&element).await
    }

    async fn click_now(&self, element: &WebElement) -> WebDriverResult<bool> {
        // What sticks to the edges of a documentation page does not cover its middle.
        let middle = "arguments[0].scrollIntoView({ block: 'center' });";
        self.browser.evaluate::<Value>(middle, vec![element.to_json()?]).await?;
        if element.is_enabled().await? { element.click().await.map(|()| true) } else { Ok(false) }
    }

    /// Acts on the element that a script returns, until that is done. A view that is just being
    /// replaced, or an element that is still covered or disabled, is tried again.
    async fn with_element(
        &self,
        what: &str,
        script: &str,
        arguments: Vec<Value>,
        mut act: impl AsyncFnMut(WebElement) -> WebDriverResult<bool>,
    ) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let done = match self.element(script, arguments.clone()).await {
                Ok(element) => act(element).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(true) => return,
                failure if Instant::now() > deadline => {
                    let what = format!("{what} (the last attempt: {failure:?})");
                    self.give_up(&what, self.view().await).await;
                }
                _ => sleep(PULSE).await,
            }
        }
    }

    async fn give_up(&self, what: &str, view: WebDriverResult<View>) -> ! {
        let console: Vec<_> = self.browser.console().into_iter().map(|line| line.message).collect();
        let picture = environment::scratch_file("in-vain.png");
        std::fs::write(&picture, self.browser.screenshot().await).unwrap();
        panic!(
            "waited in vain until {what}\nview: {view:#?}\nconsole: {console:#?}\npicture: {}",
            picture.display()
        );
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A journey that failed has its own story.
        if !std::thread::panicking() {
            self.hides_the_key();
        }
    }
}

/// The characters of the longest text that is typed. Each costs some milliseconds, and in an envelope a
/// check of the whole text.
const LONGEST_TYPED: usize = 400;

/// What the menu of the connection unfolds: it comes when a reader touches the playground.
const COME_LATER: [&str; 3] = ["keep-alive", "setup-link", "stop-answering"];

/// What a menu is in the document.
const FOLDED: &str = ".vp-menu:not([open])";
const UNFOLDED: &str = ".vp-menu[open]";

const SCRIPT: &str = include_str!("page.js");
