//! What goes wrong on demand, as the client meets it, and what the reader has the client leave undone.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EndCause, NextStep, Note, OpenFailure, Outcome};
use veriops_playground::protocol::{CloseCode, Incident, Instant, Millis};
use veriops_playground::session::{Command, Input, Phase};
use veriops_playground::simulator::Settings;
use veriops_playground::words::row::Summary;

use crate::client::{Act, Client, KEY, live, presence, project, simulator};
use crate::link::Pair;

#[test]
fn a_connection_broken_from_this_side_comes_back_with_its_subscriptions() {
    for target in [live(), simulator()] {
        let mut client = Client::open(target);
        client.subscribed(&presence());
        client.sent();
        client.command(Command::Break);
        assert_eq!(client.acts(), [Act::Abandon]);
        let notes = client.notes();
        let [.., Note::Broken, Note::Reconnecting { attempt: 1, is_backoff: true, .. }] = notes[..]
        else {
            panic!("{notes:?}")
        };
        assert_eq!((client.delay(), client.states()), (Some(Millis::seconds(1)), vec!["lost"]));
        let Phase::Waiting { ended, .. } = client.session.phase() else { panic!("it waits") };
        assert_eq!((&ended.cause, ended.next), (&EndCause::Broken, NextStep::Retry));
        client.wait(Millis::seconds(1));
        client.opens();
        assert_eq!(client.states(), ["restoring"]);
    }
}

#[test]
fn a_break_says_what_follows_and_what_comes_back() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.command(Command::Break);
    let notice = "Connection broken. It was closed from this side. Reconnecting with exponential backoff. 1 subscription will be restored with its filters.";
    assert_eq!(client.notice().as_deref(), Some(notice));
    client.disconnect();
    let notice = "Connection broken. It was closed from this side. You stopped the attempts; Connect starts over.";
    assert_eq!(client.notice().as_deref(), Some(notice));
}

#[test]
fn an_echo_connection_can_be_broken_as_well() {
    let mut client = Client::echo();
    client.command(Command::Break);
    client.wait(Millis::seconds(1));
    assert!(matches!(client.acts()[..], [Act::Abandon, Act::Open(_)]));
}

#[test]
fn there_is_nothing_to_break_where_no_connection_is_open() {
    let mut client = Client::new();
    for step in 0..4 {
        match step {
            0 => {}
            1 => client.connect(live()),
            2 => {
                client.opens();
                client.disconnect();
            }
            _ => {
                client.closes(1000);
                client.connect(live());
                client.fails();
            }
        }
        client.acts();
        let rows = client.log.len();
        client.command(Command::Break);
        assert_eq!((client.acts(), client.log.len()), (vec![], rows), "step {step}");
    }
}

#[test]
fn a_break_after_a_stable_connection_starts_the_backoff_over() {
    let mut client = Client::live();
    for (stable, delay) in [(false, 1), (false, 2), (false, 4), (true, 1), (false, 2)] {
        if stable {
            client.receives_event("presence", "prj_abc123");
            client.wait(Millis::seconds(10));
        }
        client.command(Command::Break);
        assert_eq!(client.delay(), Some(Millis::seconds(delay)));
        client.wait(Millis::seconds(delay));
        client.opens();
    }
}

#[test]
fn subscriptions_that_are_not_to_be_restored_stay_lost() {
    let mut client = Client::live();
    client.subscribed(&presence());
    client.command(Command::Restore(false));
    assert!(!client.session.restores());
    client.sent();
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    assert_eq!((client.states(), client.sent()), (vec!["lost"], vec![]));
    assert_eq!(client.session.subscription_count(), 0, "the server has none of them");
    assert!(!client.notes().iter().any(|note| matches!(note, Note::Restoring { .. })));
    client.subscribed(&presence());
    assert_eq!(client.states(), ["active"]);
    client.command(Command::Restore(true));
    client.closes(1006);
    client.wait(Millis::seconds(2));
    client.opens();
    assert_eq!(client.states(), ["restoring"]);
}

#[test]
fn a_server_that_may_be_silent_is_not_asked_for_a_sign_of_life() {
    let mut client = Client::watched();
    assert!(client.session.watches_silence());
    client.command(Command::WatchSilence(false));
    client.connect(live());
    client.opens();
    client.wait(Millis::seconds(200));
    assert_eq!((client.notes().len(), client.sent()), (1, vec![]));
    client.command(Command::WatchSilence(true));
    client.wait(Millis(0));
    assert!(matches!(client.last(), Body::Message { .. }), "it has been silent for long enough");
}

#[test]
fn a_watch_that_ends_leaves_a_server_that_was_asked_in_peace() {
    let mut client = Client::watched();
    client.connect(live());
    client.opens();
    client.wait(Millis::seconds(45));
    assert_eq!(client.sent().len(), 1);
    client.command(Command::WatchSilence(false));
    client.wait(Millis::seconds(100));
    assert!(client.session.phase().is_open());
}

#[test]
fn a_habit_that_begins_late_is_due_at_once_and_not_in_the_past() {
    let mut client = Client::watched();
    client.command(Command::WatchSilence(false));
    client.connect(live());
    client.opens();
    client.wait(Millis::seconds(280));
    for command in [Command::KeepAlive(true), Command::WatchSilence(true)] {
        client.command(command);
        assert_eq!(client.session.poll_timeout(), Some(client.now.at));
        client.timeout();
    }
}

#[test]
fn asking_twice_for_the_watch_does_not_put_off_what_it_waits_for() {
    let mut client = Client::watched();
    client.connect(live());
    client.opens();
    client.wait(Millis::seconds(50));
    client.command(Command::WatchSilence(true));
    client.wait(Millis::seconds(5));
    assert!(matches!(client.notes()[..], [.., Note::NoSignOfLife, Note::Reconnecting { .. }]));
}

#[test]
fn a_connection_over_which_nothing_passes_any_more_is_found_and_replaced() {
    let mut pair = Pair::watched(Settings::of(&Api::veriops()));
    pair.connect_to(simulator());
    pair.subscribe(&presence());
    let heard = pair.client.now.at;
    pair.stage(&Incident::Mute(true));
    pair.wait(Millis::seconds(70));
    let notes: Vec<_> = notes(&pair.client).collect();
    let [.., silent, left, retry, again, failed, _, _] = &notes[..] else { panic!("{notes:?}") };
    let silence = Millis::seconds(45);
    assert_eq!(*silent, (heard + silence, &Note::Silent { after: silence }));
    assert_eq!(*left, (heard + Millis::seconds(55), &Note::NoSignOfLife));
    assert!(
        matches!(retry.1, Note::Reconnecting { .. }) && matches!(again.1, Note::Connecting { .. })
    );
    assert!(matches!(failed.1, Note::OpenFailed { failure: OpenFailure::TimedOut { .. }, .. }));
    pair.stage(&Incident::Mute(false));
    pair.wait(Millis::seconds(20));
    assert_eq!(pair.client.states(), ["active"]);
}

#[test]
fn a_forbidden_address_is_refused_like_mixed_content_and_the_row_names_the_issue() {
    let mut pair = Pair::quiet();
    pair.stage(&Incident::ForbidAddress(true));
    pair.connect_to(simulator());
    let refused = OpenFailure::Refused { name: "SecurityError".into() };
    assert_eq!(pair.client.rest(), Some(&EndCause::OpenFailed(refused)));
    let row = Summary::of(pair.client.log.last().unwrap(), &Api::veriops());
    assert_eq!(
        row.detail,
        "built-in simulator · the browser refused it (SecurityError) · Connection error in browser: Mixed content (ws:// on HTTPS page)"
    );
    pair.stage(&Incident::ForbidAddress(false));
    pair.connect_to(simulator());
    assert!(pair.client.session.phase().is_open());
}

#[test]
fn a_lost_ack_leaves_one_subscription_unanswered_and_the_next_is_answered() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.stage(&Incident::LoseAck(true));
    let id = pair.client.subscribe(&presence());
    pair.wait(Millis::seconds(10));
    assert_eq!(
        (pair.client.outcome(&id), pair.client.states()),
        (Outcome::Unanswered, vec!["unanswered"])
    );
    assert_eq!(pair.conditions.standing().count(), 0, "one was lost, and that is that");
    pair.subscribe(&project("prj_abc123"));
    assert_eq!(pair.client.states(), ["unanswered", "active"]);
}

#[test]
fn an_ack_that_takes_longer_than_the_client_waits_is_late() {
    let mut pair = Pair::quiet();
    pair.connect();
    pair.stage(&Incident::DelayAcks(Millis::seconds(12)));
    let id = pair.client.subscribe(&presence());
    pair.wait(Millis::seconds(11));
    assert_eq!(pair.client.outcome(&id), Outcome::Unanswered);
    pair.wait(Millis::seconds(2));
    assert!(matches!(pair.client.outcome(&id), Outcome::Late { .. }));
    assert_eq!(pair.client.states(), ["active"]);
}

#[test]
fn what_is_noted_is_an_entry_like_any_other() {
    let mut client = Client::live();
    let note = Note::Staged(Incident::Drop);
    client.handle(Input::Noted(note.clone()));
    assert_eq!(client.last(), &Body::Note(note));
}

#[test]
fn the_reason_of_a_staged_close_is_told_without_the_key() {
    let mut client = Client::live();
    let staged = |reason: &str| {
        let (code, reason) = (CloseCode(4001), format!("bad key {reason}"));
        Note::Staged(Incident::Close { code, reason })
    };
    client.handle(Input::Noted(staged(KEY)));
    assert!(!format!("{:?}", client.last()).contains(KEY));
    client.handle(Input::Noted(staged("abc")));
    assert_eq!(client.last(), &Body::Note(staged("abc")));
}

fn notes(client: &Client) -> impl Iterator<Item = (Instant, &Note)> {
    client.log.iter().filter_map(|entry| match &entry.body {
        Body::Note(note) => Some((entry.at.at, note)),
        _ => None,
    })
}
