//! What the reader chooses to connect to: a key typed into an address moves whole, is never shown, and is
//! sent to nobody but the live API.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::prelude::*;
use veriops_playground::api::{Api, When};
use veriops_playground::protocol::coding::percent_encode;
use veriops_playground::protocol::secret::REDACTED;
use veriops_playground::protocol::{EndpointError, Secret};
use veriops_playground::session::{Route, Target};
use veriops_playground::target::{AddressError, Choice, ConnectionForm, Hint};
use veriops_playground::words;

const KEY: &str = "SuperSecret42";

const LIVE: &str = "wss://api.veriops.example/realtime";

mod typing {
    //! Letter by letter.

    use super::*;

    #[test]
    fn a_key_typed_letter_by_letter_stays_in_the_address_until_that_is_complete() {
        let mut form = form(Choice::Live);
        let address = format!("{LIVE}?token={KEY}");
        for end in 1..=address.len() {
            form.type_address(address[..end].to_owned());
            assert_eq!(form.address(), Some(&address[..end]));
            assert_eq!(form.key(), "");
        }
        form.complete();
        assert_eq!((form.address(), form.key()), (Some(LIVE), KEY));
    }

    #[test]
    fn every_way_of_writing_the_parameter_moves_the_key_whole() {
        for (typed, rest) in [
            (format!("{LIVE}?token={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}?TOKEN={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}?%74oken={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}?%54%4F%4b%45%4E={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}?v=1&token={KEY}&w=2"), format!("{LIVE}?v=1&w=2")),
            (format!("{LIVE}?token=first&token={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}?token={KEY}&token="), LIVE.to_owned()),
            (format!("{LIVE}?token={}", every_byte(KEY)), LIVE.to_owned()),
            (format!("{LIVE}#token={KEY}"), LIVE.to_owned()),
            (format!("{LIVE}&token={KEY}"), LIVE.to_owned()),
            (format!("  {LIVE}?token={KEY} "), format!("  {LIVE}")),
            (format!("token={KEY}"), String::new()),
        ] {
            let mut form = form(Choice::Live);
            type_letters(&mut form, &typed);
            assert_eq!(form.key(), "", "{typed}");
            assert!(hides(&form), "{typed}");
            form.complete();
            assert_eq!((form.address(), form.key().trim()), (Some(&*rest), KEY), "{typed}");
            form.complete();
            assert_eq!((form.address(), form.key().trim()), (Some(&*rest), KEY), "{typed}");
        }
    }

    #[test]
    fn a_parameter_that_is_put_before_a_text_makes_it_a_key() {
        let mut form = form(Choice::Live);
        type_letters(&mut form, &format!("{LIVE}?{KEY}"));
        form.complete();
        assert_eq!(form.key(), "");
        for end in 1..="token=".len() {
            form.type_address(format!("{LIVE}?{}{KEY}", &"token="[..end]));
            assert_eq!(form.key(), "");
        }
        assert!(form.keys().contains_key(KEY));
        form.complete();
        assert_eq!((form.address(), form.key()), (Some(LIVE), KEY));
    }

    #[test]
    fn characters_that_an_address_must_not_have_go_with_their_key() {
        for key in ["a#b", "two words", "a?b=c", "a;b", "\"<>^`{|}\\", "100%", "é😀"] {
            let mut form = form(Choice::Live);
            type_letters(&mut form, &format!("{LIVE}?token={key}"));
            assert!(form.keys().contains_key(key), "{key}");
            let Ok(Target::Live { endpoint, key: sent }) = form.target() else { panic!("{key}") };
            assert_eq!(endpoint.to_string(), LIVE, "{key}");
            assert!(sent == Secret::new(key), "{key}");
        }
    }

    #[test]
    fn an_empty_parameter_leaves_the_key_field_as_it_is() {
        for typed in ["?token", "?token=", "?token=%20", "?token=•••"] {
            let mut form = form(Choice::Live);
            form.type_key(KEY.to_owned());
            form.type_address(format!("{LIVE}{typed}"));
            form.complete();
            assert_eq!((form.address(), form.key()), (Some(LIVE), KEY), "{typed}");
        }
    }

    #[test]
    fn the_key_moves_out_of_an_address_that_is_wrong_too() {
        for typed in ["wss://?token=", "api.veriops.example/?token=", "wss://a b/?token="] {
            let mut form = form(Choice::Live);
            type_letters(&mut form, &format!("{typed}{KEY}"));
            assert!(hides(&form), "{typed}");
            assert!(form.target().is_err(), "{typed}");
            assert_eq!(form.key(), KEY, "{typed}");
            assert!(!form.address().unwrap().contains("token"), "{typed}");
        }
    }
}

mod completing {
    //! What makes an address complete.

    use super::*;

    fn typed() -> ConnectionForm {
        let mut form = form(Choice::Live);
        type_letters(&mut form, &format!("{LIVE}?token={KEY}"));
        form
    }

    #[test]
    fn pasting_completes_an_address() {
        let mut form = form(Choice::Live);
        form.paste_address(format!("{LIVE}?token={KEY}"));
        assert_eq!((form.address(), form.key()), (Some(LIVE), KEY));
        assert_eq!(form.hint(None), Some(Hint::KeyMoved));
        form.type_address(format!("{LIVE}?token="));
        form.paste_address(format!("{LIVE}?token=another"));
        assert_eq!((form.address(), form.key()), (Some(LIVE), "another"));
    }

    #[test]
    fn connecting_completes_an_address() {
        let mut form = typed();
        let Ok(Target::Live { endpoint, key }) = form.target() else { panic!("no target") };
        assert_eq!(endpoint.to_string(), LIVE);
        assert!(key == Secret::new(KEY));
        assert_eq!((form.address(), form.key()), (Some(LIVE), KEY));
    }

    #[test]
    fn choosing_another_target_completes_an_address() {
        let mut form = typed();
        form.choose(Choice::Simulator);
        assert_eq!((form.address(), form.key()), (None, KEY));
        form.choose(Choice::Live);
        assert_eq!(form.address(), Some(LIVE));
    }

    #[test]
    fn a_key_is_kept_for_the_tab_only_when_asked_and_never_from_an_address() {
        let mut form = typed();
        assert_eq!(form.kept_key(), None);
        form.keep_key(true);
        assert_eq!(form.kept_key(), None);
        form.type_key("old".to_owned());
        assert_eq!(form.kept_key(), Some("old"));
        form.complete();
        assert_eq!(form.kept_key(), Some(KEY));
        form.keep_key(false);
        assert_eq!((form.kept_key(), form.key()), (None, KEY));
    }

    #[test]
    fn a_form_keeps_no_key_until_it_is_asked_to() {
        let mut form = form(Choice::Live);
        assert!(!form.keeps_key());
        form.keep_key(true);
        assert!(form.keeps_key());
    }

    #[test]
    fn a_key_that_was_kept_stands_in_its_field() {
        let form = ConnectionForm::new(Api::veriops(), false, Some(KEY.to_owned()));
        assert!(form.keeps_key());
        assert_eq!((form.key(), form.kept_key()), (KEY, Some(KEY)));
    }

    #[test]
    fn half_a_key_is_redacted_like_a_whole_one() {
        let mut form = form(Choice::Live);
        form.type_address(format!("{LIVE}?token=first&token=SuperSec"));
        form.type_key("field".to_owned());
        form.choose(Choice::Echo);
        form.type_address("wss://h/?token=in-echo".to_owned());
        assert_eq!(form.key(), "SuperSec");
        for key in ["SuperSec", "in-echo"] {
            assert!(form.keys().contains_key(key), "{key}");
        }
        form.choose(Choice::Live);
        form.type_address(format!("{LIVE}?token=first&token=Super"));
        for key in ["first", "Super", "in-echo"] {
            assert!(form.keys().contains_key(key), "{key}");
        }
    }
}

mod target {
    //! What is connected to, and who gets the key.

    use super::*;

    #[test]
    fn the_simulator_has_no_address_and_gets_no_key() {
        let mut form = form(Choice::Simulator);
        form.type_address("wss://h/?token=canary".to_owned());
        form.type_key(KEY.to_owned());
        assert_eq!((form.address(), form.endpoint(), form.hint(None)), (None, None, None));
        assert!(form.target() == Ok(Target::Simulator));
    }

    #[test]
    fn a_key_in_the_address_of_an_echo_server_is_not_sent_there() {
        for typed in ["wss://echo.websocket.org", "wss://host/echo"] {
            let mut form = form(Choice::Echo);
            type_letters(&mut form, &format!("{typed}?token={KEY}"));
            assert_eq!(form.hint(None), Some(Hint::KeyWillMove));
            let Ok(Target::Echo { candidates }) = form.target() else { panic!("{typed}") };
            assert_eq!(candidates[0].to_string(), typed);
            assert!(candidates.iter().all(|it| !it.to_string().contains("Super")), "{typed}");
            assert_eq!(form.hint(None), Some(Hint::KeyMoved));
            assert_eq!(form.key(), KEY);
        }
    }

    #[test]
    fn the_first_echo_server_stands_for_the_list_and_any_other_for_itself() {
        let api = Api::veriops();
        let mut form = form(Choice::Echo);
        let listed = api.echo.iter().map(|server| server.endpoint.clone()).collect::<Vec<_>>();
        assert!(form.target() == Ok(Target::Echo { candidates: listed.clone() }));
        assert_eq!(form.hint(None), Some(Hint::OthersFollow { count: listed.len() - 1 }));
        form.type_address(listed[1].to_string());
        assert!(form.target() == Ok(Target::Echo { candidates: vec![listed[1].clone()] }));
        assert_eq!(form.hint(None), None);
    }

    #[test]
    fn one_echo_server_alone_has_nothing_that_follows() {
        let mut api = Api::clone(&Api::veriops());
        api.echo.truncate(1);
        assert_eq!(ConnectionForm::new(Arc::new(api), false, None).hint(None), None);
    }

    #[test]
    fn a_live_address_that_is_not_the_descriptions_is_told_to_get_no_key() {
        let mut form = form(Choice::Live);
        form.type_key(KEY.to_owned());
        assert_eq!(form.hint(None), None);
        form.type_address(format!("wss://host/realtime?token={KEY}"));
        assert_eq!(form.hint(None), Some(Hint::NoKeySent));
    }

    #[test]
    fn an_open_connection_is_named_only_if_the_field_does_not() {
        let form = form(Choice::Echo);
        assert_eq!(form.hint(Some("wss://echo.websocket.org")), None);
        let endpoint = "wss://ws.ifelse.io".to_owned();
        assert_eq!(form.hint(Some(&endpoint)), Some(Hint::Answered { endpoint }));
    }

    #[test]
    fn a_wrong_address_is_no_target() {
        let mut form = form(Choice::Live);
        form.type_address("https://host".to_owned());
        let error = AddressError::Endpoint(EndpointError::Scheme);
        assert_eq!(form.endpoint(), Some(Err(error)));
        assert!(form.target() == Err(error));
        assert_eq!(form.hint(None), None);
    }

    #[test]
    fn mixed_content_is_a_fault_of_an_https_page_only() {
        for (page_is_https, typed, error) in [
            (true, "ws://host", Some(AddressError::MixedContent)),
            (true, "wss://host", None),
            (true, "ws://localhost:8080", None),
            (false, "ws://host", None),
        ] {
            let mut form = ConnectionForm::new(Api::veriops(), page_is_https, None);
            form.type_address(typed.to_owned());
            assert_eq!(form.target().err(), error, "{typed}");
        }
    }

    #[test]
    fn an_api_without_a_key_leaves_every_parameter_where_it_is() {
        let mut api = Api::clone(&Api::veriops());
        api.key_parameter = None;
        let mut form = ConnectionForm::new(Arc::new(api), false, None);
        form.choose(Choice::Live);
        form.paste_address(format!("{LIVE}?token=shown"));
        assert_eq!((form.address(), form.key()), (Some(&*format!("{LIVE}?token=shown")), ""));
    }

    #[test]
    fn the_parameter_is_that_of_the_description() {
        let mut api = Api::clone(&Api::veriops());
        api.key_parameter = Some("api_key".to_owned());
        let mut form = ConnectionForm::new(Arc::new(api), false, None);
        form.choose(Choice::Live);
        form.paste_address(format!("{LIVE}?token=shown&api_key={KEY}"));
        assert_eq!((form.address(), form.key()), (Some(&*format!("{LIVE}?token=shown")), KEY));
    }
}

mod said {
    //! The sentences beside the fields.

    use super::*;

    #[test]
    fn an_error_is_a_sentence_that_says_what_to_do() {
        let api = Api::veriops();
        let said = |error| words::address::error(error, &api);
        assert_eq!(
            said(AddressError::Endpoint(EndpointError::Host)),
            "The address needs a host name after ://."
        );
        assert_eq!(
            said(AddressError::MixedContent),
            "This page came over https, so the browser blocks ws:// as mixed content. Use wss:// endpoint."
        );
    }

    #[test]
    fn mixed_content_is_explained_by_a_description_without_issues_too() {
        let mut api = Api::clone(&Api::veriops());
        api.issues.clear();
        let said = words::address::error(AddressError::MixedContent, &api);
        assert!(said.ends_with("mixed content. Use a wss:// address."), "{said}");
    }

    #[test]
    fn a_hint_says_where_the_key_goes() {
        for (hint, choice, said) in [
            (Hint::KeyMoved, Choice::Live, "The key moved to the key field."),
            (
                Hint::KeyMoved,
                Choice::Echo,
                "No key is sent here; it moved to the key field of the live API.",
            ),
            (
                Hint::KeyWillMove,
                Choice::Live,
                "The key moves to the key field when you leave this one.",
            ),
            (
                Hint::NoKeySent,
                Choice::Live,
                "Not an endpoint of the API description: it is sent no key.",
            ),
            (
                Hint::OthersFollow { count: 1 },
                Choice::Echo,
                "No API key needed. If it does not answer in time, another one is tried.",
            ),
            (
                Hint::OthersFollow { count: 3 },
                Choice::Echo,
                "No API key needed. If it does not answer in time, 3 others are tried.",
            ),
            (Hint::Answered { endpoint: "wss://h".to_owned() }, Choice::Echo, "wss://h answered."),
        ] {
            assert_eq!(words::address::hint(&hint, choice), said);
        }
    }

    #[test]
    fn the_fields_name_the_parameter_and_the_api_of_the_description() {
        assert_eq!(
            words::address::key_label("api_key", false),
            "API key — sent as the api_key parameter, kept in memory only"
        );
        assert_eq!(
            words::address::key_label("token", true),
            "API key — sent as the token parameter, kept for this tab"
        );
        assert_eq!(
            words::address::simulator(&Api::veriops()),
            "Simulator of the VeriOps WebSocket API"
        );
    }

    #[test]
    fn an_issue_is_told_with_cause_and_remedy() {
        let api = Api::veriops();
        assert_eq!(
            words::issue::advice(api.issue(When::MissedPing).unwrap()),
            "Client not responding to ping. Implement pong response handler."
        );
    }
}

mod property {
    //! Any key, any address, any order of keystrokes.

    use super::*;

    /// One change of the field: the characters from one place to another are replaced by a text.
    type Edit = (prop::sample::Index, prop::sample::Index, String);

    /// A key of characters that no sentence, host or path of these tests has.
    fn key() -> impl Strategy<Value = String> {
        "[QXZJ#?;é☃]{3,12}"
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let any_index = any::<prop::sample::Index>;
        let text = "([a-z:/]|[?&=#;%]|token|[QXZJ]){0,3}";
        prop::collection::vec((any_index(), any_index(), text), 0..12)
    }

    fn choices() -> impl Strategy<Value = Choice> {
        prop_oneof![Just(Choice::Echo), Just(Choice::Live)]
    }

    proptest! {
        #[test]
        fn no_three_characters_of_a_key_in_its_parameter_are_ever_shown(
            choice in choices(),
            name in "(token|TOKEN|%74oken|t%6Fken)",
            before in "(wss?://)?[a-z]{0,5}(/[a-z]{0,3}){0,2}[?#;&]([a-z]=[a-z]&){0,2}",
            after in "(&[a-z]=[a-z]){0,2}",
            key in key(),
            is_encoded in any::<bool>(),
            edits in edits(),
        ) {
            let mut form = form(choice);
            let value = if is_encoded { percent_encode(&key) } else { key };
            let mut address = String::new();
            for c in format!("{before}{name}={value}{after}").chars() {
                address.push(c);
                form.type_address(address.clone());
                prop_assert!(hides(&form), "{}", address);
                prop_assert_eq!(form.key(), "");
            }
            for (from, to, text) in edits {
                let places: Vec<_> =
                    (0..=address.len()).filter(|at| address.is_char_boundary(*at)).collect();
                let (from, to) = (*from.get(&places), *to.get(&places));
                address.replace_range(from.min(to)..from.max(to), &text);
                form.type_address(address.clone());
                prop_assert!(hides(&form), "{}", address);
                prop_assert_eq!(form.key(), "");
            }
            let keys = form.keys();
            let last = form.address().map(str::to_owned);
            form.complete();
            prop_assert!(hides(&form));
            // What was a key in the address is the key now, and the address has none.
            prop_assert!(form.key().is_empty() || keys.contains_key(form.key()), "{:?}", last);
            let address = form.address().map(str::to_owned);
            form.complete();
            prop_assert_eq!(form.address(), address.as_deref());
        }

        #[test]
        fn a_typed_key_reaches_the_live_server_and_nobody_else(
            choice in choices(),
            is_trusted in any::<bool>(),
            key in r"\PC{1,20}",
        ) {
            let api = Api::veriops();
            let mut form = form(choice);
            let base = if is_trusted { LIVE } else { "wss://host/realtime" };
            type_letters(&mut form, &format!("{base}?token={}", percent_encode(&key)));
            let routes = match form.target().unwrap() {
                Target::Echo { candidates } => candidates
                    .into_iter()
                    .map(|endpoint| Route::Socket { endpoint, key: None })
                    .collect(),
                Target::Live { endpoint, key } => {
                    let key = api.key_for(&endpoint, key.as_ref());
                    vec![Route::Socket { endpoint, key }]
                }
                Target::Simulator => vec![],
            };
            for route in routes {
                let Route::Socket { endpoint, key: sent } = &route else { unreachable!() };
                let gets_key =
                    choice == Choice::Live && is_trusted && Secret::new(&key).is_some();
                let shown = if gets_key { format!("?token={REDACTED}") } else { String::new() };
                prop_assert_eq!(route.shown(), format!("{base}{shown}"));
                let url = if gets_key {
                    format!("{base}?token={}", percent_encode(key.trim()))
                } else {
                    base.to_owned()
                };
                prop_assert_eq!(endpoint.url_with(sent.as_ref()), url);
            }
        }
    }
}

/// Returns a form with this choice, and with an empty key.
fn form(choice: Choice) -> ConnectionForm {
    let mut form = ConnectionForm::new(Api::veriops(), false, None);
    form.choose(choice);
    form
}

/// Types a text into the empty address field.
fn type_letters(form: &mut ConnectionForm, text: &str) {
    let mut typed = String::new();
    for c in text.chars() {
        typed.push(c);
        form.type_address(typed.clone());
    }
}

/// Returns whether nothing but the field itself shows three characters in a row of a key that stands in
/// the address: no error, no hint, no address as it is logged.
fn hides(form: &ConnectionForm) -> bool {
    let mut shown = Vec::new();
    match form.endpoint() {
        Some(Ok(endpoint)) => shown.extend([endpoint.to_string(), format!("{endpoint:?}")]),
        Some(Err(error)) => {
            shown.extend([words::address::error(error, &Api::veriops()), format!("{error:?}")]);
        }
        None => {}
    }
    shown.extend(form.hint(None).map(|hint| words::address::hint(&hint, form.choice())));
    let text = form.address().unwrap_or_default();
    let keys = keys_in(text);
    keys.iter().all(|key| {
        let characters: Vec<_> = key.chars().collect();
        characters.windows(3).map(|part| part.iter().collect::<String>()).all(|part| {
            let times = |text: &str| text.matches(&part).count();
            // What stands elsewhere in the address as well is not known from the key.
            let is_elsewhere = times(text) > keys.iter().map(|key| times(key)).sum();
            let is_seen =
                |text: &String| text.contains(&part) || text.contains(&percent_encode(&part));
            is_elsewhere || !shown.iter().any(is_seen)
        })
    })
}

/// Returns what stands in the parameter of an address, found in another way than the program's: by all
/// the places where the name is written plainly or in one of the codings of these tests. Only what is
/// unlike the words of sentences counts.
fn keys_in(address: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for part in address.split('&') {
        for name in ["token=", "TOKEN=", "%74oken=", "t%6Fken="] {
            for (at, _) in part.match_indices(name) {
                let is_name = at == 0 || part[..at].ends_with(['?', '#', ';']);
                if is_name {
                    let unlike = |c: &char| !c.is_ascii_lowercase() && !"/:=.".contains(*c);
                    keys.push(part[at + name.len()..].chars().filter(unlike).collect());
                }
            }
        }
    }
    keys
}

/// Percent-encodes every byte.
fn every_byte(text: &str) -> String {
    text.bytes().flat_map(|byte| format!("%{byte:02x}").into_bytes()).map(char::from).collect()
}

trait ContainsKey {
    /// Returns whether one of the keys is this one.
    fn contains_key(&self, key: &str) -> bool;
}

impl ContainsKey for Vec<Secret> {
    fn contains_key(&self, key: &str) -> bool {
        Secret::new(key).is_some_and(|key| self.contains(&key))
    }
}
