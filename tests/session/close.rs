//! The table "WebSocket close codes": what the client does after a close it did not ask for.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EndCause, NextStep, Note};
use veriops_playground::protocol::{CloseCode, MessageType, Millis, Secret};
use veriops_playground::session::{Command, Target};

use crate::client::{Act, Client, endpoint, live, presence, project};
use crate::link::Pair;

#[test]
fn every_row_of_the_table_leads_to_its_action() {
    for (code, meaning, action, delay) in [
        (1000, "Normal closure", "No action required", None),
        (1001, "Server going away", "Reconnect with exponential backoff", Some(1)),
        (1006, "Abnormal close (no close frame)", "Reconnect with exponential backoff", Some(1)),
        (1008, "Policy violation", "Check message format and size", None),
        (4001, "Authentication failed", "Verify your API key is valid and not expired", None),
        (4002, "Subscription limit reached", "Unsubscribe from unused channels (max 50)", Some(1)),
        (4008, "Rate limited", "Wait 60 seconds before reconnecting", Some(60)),
        (4009, "Message too large", "Reduce message size to under 64 KB", None),
    ] {
        let api = Api::veriops();
        let row = api.close(CloseCode(code)).unwrap();
        assert_eq!((row.meaning.as_str(), row.action.as_str()), (meaning, action), "{code}");
        let mut client = Client::live();
        client.closes(code);
        assert_eq!(client.delay(), delay.map(Millis::seconds), "{code}");
    }
}

#[test]
fn every_code_there_can_be_has_an_action() {
    for code in 0..=u16::MAX {
        let delay = match code {
            1001 | 1004..=1006 | 1011..=2999 | 4002 => Some(1),
            4008 => Some(60),
            // Below: asked for, or the same would happen again. Above: unknown to the page.
            0..=1003 | 1007..=1010 | 3000.. => None,
        };
        let mut client = Client::live();
        client.closes(code);
        assert_eq!(client.delay(), delay.map(Millis::seconds), "{code}");
        assert_eq!(client.session.poll_timeout().is_some(), delay.is_some(), "{code}");
    }
}

#[test]
fn code_reason_and_cleanness_are_kept() {
    let mut client = Client::live();
    client.closes_with(4001, "token <b>expired</b>");
    let (code, reason) = (CloseCode(4001), "token <b>expired</b>".to_owned());
    let cause = EndCause::Closed { code, reason: reason.clone(), clean: true };
    assert_eq!(client.rest(), Some(&cause));
    assert_eq!(client.last(), &Body::Closed { code, reason, clean: true, ours: false });
}

#[test]
fn reconnect_after_4008_waits_sixty_seconds() {
    let mut client = Client::live();
    client.closes(4008);
    client.wait(Millis(59_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_reader_may_reconnect_before_the_sixty_seconds_are_over() {
    let mut client = Client::live();
    client.closes(4008);
    client.wait(Millis(1));
    client.command(Command::ReconnectNow);
    assert_eq!(client.opened().len(), 1);
    client.opens();
    client.wait(Millis::seconds(120));
    assert_eq!(client.opened(), [""; 0], "the attempt that was scheduled is off");
}

#[test]
fn a_flood_is_answered_with_4008_and_its_wait() {
    let mut pair = Pair::quiet();
    pair.connect();
    for _ in 0..=pair.settings.rate_messages {
        pair.client.ask(MessageType::Ping);
    }
    pair.drive();
    assert_eq!(pair.client.delay(), Some(Millis::seconds(60)));
    pair.wait(Millis::seconds(61));
    assert!(pair.client.session.phase().is_open());
}

#[test]
fn a_new_key_after_4001_is_the_one_that_is_sent() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.closes(4001);
    client.acts();
    client.wait(Millis::seconds(600));
    assert_eq!(client.acts(), []);
    let endpoint = endpoint("wss://api.veriops.example/realtime");
    client.connect(Target::Live { endpoint, key: Secret::new("another") });
    assert_eq!(client.opened(), ["wss://api.veriops.example/realtime?token=another"]);
    client.opens();
    assert_eq!(client.states(), ["restoring"]);
}

#[test]
fn an_expired_key_is_answered_with_4001_after_opening() {
    let mut client = Client::new();
    client.connect(live());
    client.opens();
    client.closes_with(4001, "token expired");
    assert_eq!(client.session.poll_timeout(), None);
    assert!(client.session.phase().ended().is_some());
}

#[test]
fn a_server_that_goes_away_is_met_again() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.shut_down();
    assert_eq!(pair.client.delay(), Some(Millis::seconds(1)));
    pair.wait(Millis::seconds(2));
    assert!(pair.client.session.phase().is_open());
}

#[test]
fn a_close_is_waited_for_four_seconds() {
    let mut client = Client::live();
    client.disconnect();
    assert_eq!(client.acts(), [Act::Close]);
    client.wait(Millis(3_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.acts(), [Act::Abandon]);
    assert_eq!(client.rest(), Some(&EndCause::Unconfirmed));
    assert_eq!(client.last(), &Body::Note(Note::Unconfirmed));
}

#[test]
fn a_close_of_ours_never_reconnects_whatever_code_comes_back() {
    for code in [1000, 1001, 1005, 1006, 4001, 4002, 4008] {
        let mut client = Client::live();
        client.disconnect();
        client.closes(code);
        assert_eq!(client.rest(), Some(&EndCause::Asked), "{code}");
        assert_eq!(client.session.poll_timeout(), None, "{code}");
    }
}

#[test]
fn disconnecting_twice_closes_once() {
    let mut client = Client::live();
    client.disconnect();
    client.disconnect();
    assert_eq!(client.acts(), [Act::Close]);
}

#[test]
fn stopping_ends_the_attempts() {
    let mut client = Client::live();
    client.closes(1001);
    client.disconnect();
    assert_eq!(client.session.poll_timeout(), None);
    assert_eq!(client.last(), &Body::Note(Note::Stopped));
    assert!(matches!(client.rest(), Some(EndCause::Closed { code: CloseCode(1001), .. })));
}

#[test]
fn what_follows_travels_with_the_end() {
    for (code, next) in [
        (1000, NextStep::Rest),
        (1001, NextStep::Retry),
        (1008, NextStep::Rest),
        (4001, NextStep::AskForKey),
        (4002, NextStep::Retry),
        (4008, NextStep::Wait),
        (4100, NextStep::Rest),
    ] {
        let mut client = Client::live();
        client.closes(code);
        assert_eq!(client.next(), Some(next), "{code}");
        assert_eq!(client.delay().is_some(), next.tries_again(), "{code}");
        client.disconnect();
        let stopped = if next.tries_again() { NextStep::Stopped } else { next };
        assert_eq!(client.next(), Some(stopped), "{code}");
    }
}

#[test]
fn after_stop_the_notice_says_that_it_was_stopped_and_not_that_it_tries_again() {
    let trying = ["Reconnect", "restored", "Trying", "anew."];
    let stops = |client: &mut Client, before: &str| {
        let notice = client.notice().unwrap();
        assert!(notice.contains(before), "{notice}");
        client.disconnect();
        let notice = client.notice().unwrap();
        assert!(notice.contains("You stopped the attempts"), "{notice}");
        assert!(!trying.iter().any(|word| notice.contains(word)), "{notice}");
    };
    for (code, before) in [
        (1001, "1 subscription will be restored with its filters."),
        (1012, "Reconnecting with exponential backoff."),
        (4008, "Wait 60 seconds before reconnecting."),
    ] {
        let mut client = Client::live();
        client.subscribed(&presence());
        client.closes(code);
        stops(&mut client, before);
    }
    let mut failed = Client::new();
    failed.connect(live());
    failed.fails();
    stops(&mut failed, "Trying again.");
    let mut hanging = Client::new();
    hanging.connect(live());
    hanging.wait(Millis::seconds(10));
    stops(&mut hanging, "No answer in 10 s. Trying again.");
    let mut silent = Client::watched();
    silent.connect(live());
    silent.opens();
    silent.wait(Millis::seconds(55));
    stops(&mut silent, "Connecting anew.");
}

#[test]
fn the_notice_says_whether_the_close_was_clean() {
    let mut client = Client::live();
    client.closes_with(1001, "bye");
    let notice = "Server going away. Reconnect with exponential backoff. The server says “bye”. The close was clean.";
    assert_eq!(client.notice().as_deref(), Some(notice));
    let mut client = Client::live();
    client.closes(1006);
    assert!(client.notice().unwrap().ends_with("The close was unclean."));
}

#[test]
fn the_log_says_whether_a_wait_is_the_backoff_or_the_servers() {
    for (code, seconds, is_backoff) in [(1006, 1, true), (4008, 60, false)] {
        let mut client = Client::live();
        client.closes(code);
        let delay = Millis::seconds(seconds);
        let note = Note::Reconnecting { attempt: 1, delay, is_backoff };
        assert_eq!(client.last(), &Body::Note(note));
    }
}

#[test]
fn frames_that_arrive_while_closing_still_count() {
    let mut client = Client::live();
    client.subscribed(&project("prj_abc123"));
    client.disconnect();
    client.receives_event("project.updated", "prj_abc123");
    assert_eq!(client.subscription(&project("prj_abc123")).unwrap().events, 1);
}
