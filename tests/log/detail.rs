//! What is said of an entry that is no message.

use proptest::prelude::*;
use veriops_playground::entry::{Body, Note, OpenFailure, Refusal};
use veriops_playground::protocol::{CloseCode, Millis};
use veriops_playground::words::detail::told;

use crate::{API, entry, sample};

fn said(body: Body) -> String {
    told(&entry(0, body), &API).join(" ")
}

fn closed(code: u16, ours: bool) -> String {
    said(Body::Closed { code: CloseCode(code), reason: String::new(), clean: code != 1006, ours })
}

#[test]
fn an_opening_says_what_was_negotiated() {
    let opened = |extensions: &str, protocol: &str| {
        said(Body::Opened {
            endpoint: "wss://host/".to_owned(),
            extensions: extensions.to_owned(),
            protocol: protocol.to_owned(),
            after: Millis(26),
        })
    };
    assert_eq!(
        opened("permessage-deflate", "v1.json"),
        "wss://host/ answered in 26 ms. Negotiated: permessage-deflate. Sizes in this log are those \
         before compression. Subprotocol: v1.json."
    );
    assert_eq!(
        opened("", ""),
        "wss://host/ answered in 26 ms. No extension was negotiated: frames travel uncompressed. \
         No subprotocol was chosen."
    );
}

#[test]
fn a_close_says_what_follows_from_its_code() {
    for (code, follows) in [
        (1000, "The API description says: No action required. It stays closed"),
        (
            1006,
            "the connection broke. The API description says: Reconnect with exponential backoff. \
                The client reconnects with backoff: 1 s, 2 s, 4 s, 8 s, 16 s, 30 s, and so on.",
        ),
        (1011, "Both sides sent a close frame. The client reconnects with backoff"),
        (4001, "It stays closed until there is another key."),
        (4002, "The client reconnects only with fewer than 50 subscriptions."),
        (4008, "4008: Rate limited."),
        (4008, "The client waits 60 s before it reconnects."),
    ] {
        let said = closed(code, false);
        assert!(said.contains(follows), "{code}: {said}");
    }
    assert!(closed(1000, true).ends_with("You closed it, so nothing follows."));
}

#[test]
fn an_attempt_that_failed_says_why() {
    let failed = |failure| {
        said(Body::Note(Note::OpenFailed { endpoint: "wss://host/".to_owned(), failure }))
    };
    assert!(failed(OpenFailure::Blocked).contains("Add the address to its connect-src"));
    assert!(failed(OpenFailure::TimedOut { after: Millis(10_000) }).contains("No answer in 10 s."));
    assert!(failed(OpenFailure::Unreachable).contains("browsers do not tell why"));
    let gave_up = said(Body::Note(Note::GaveUp { attempts: 5 }));
    assert!(gave_up.contains("A firewall, proxy or browser extension"), "{gave_up}");
}

#[test]
fn a_note_says_what_follows_and_what_its_row_leaves_out() {
    let note = |note| said(Body::Note(note));
    let reconnecting = |delay, is_backoff| {
        note(Note::Reconnecting { attempt: 2, delay: Millis(delay), is_backoff })
    };
    let again = "Each subscription is asked for again with its filters, under a new request id. \
                 Requests that were under way are lost; what was published is not sent again.";
    for (said, words) in [
        (note(Note::NoSignOfLife), "No sign of life. The server sent nothing for too long."),
        (
            note(Note::NotSent { refusal: Refusal::NotOpen }),
            "Nothing left this page: no connection is open; connect first.",
        ),
        (
            reconnecting(2_000, true),
            "Attempt 2 since a connection was last stable. \
             The documented backoff: 1 s, 2 s, 4 s, 8 s, 16 s, 30 s, and so on.",
        ),
        (reconnecting(60_000, false), "The close code asks for this wait; it is no backoff."),
        (note(Note::Restoring { subscriptions: 2 }), again),
        (note(Note::Restored { subscriptions: 1, unanswered: 1 }), again),
        (note(Note::Unconfirmed), "Disconnected. The server did not confirm the close in time."),
        (note(Note::Stopped), "stopped: you stopped reconnecting."),
    ] {
        assert_eq!(said, words);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_entry_has_a_text_or_something_said_of_it(entries in sample::entries()) {
        for entry in entries {
            let is_message =
                matches!(entry.body, Body::Binary { .. } | Body::Heartbeat { .. } | Body::Message { .. });
            let told = told(&entry, &API);
            prop_assert_eq!(told.is_empty(), is_message, "{:?}", entry);
            prop_assert!(told.iter().all(|it| it.len() > 3), "{:?}", told);
        }
    }
}
