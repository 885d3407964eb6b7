//! Signs of life: a silent server, the idle timer, a slow network, and a page that comes and goes.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, EndCause, Note, Refusal};
use veriops_playground::protocol::{Incident, Millis, UnixMillis};
use veriops_playground::session::{Command, Input, PageEvent, Target};
use veriops_playground::simulator::Settings;

use crate::client::{Act, Client, echo, live, presence, simulator};
use crate::link::Pair;

#[test]
fn silence_for_forty_five_seconds_is_probed_and_ten_more_end_the_connection() {
    let mut client = watched(live());
    client.wait(Millis(44_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    let sent = client.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].starts_with(r#"{"type":"ping","#), "{sent:?}");
    assert!(client.notes().contains(&&Note::Silent { after: Millis::seconds(45) }));
    client.wait(Millis(9_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.acts(), [Act::Abandon]);
    assert!(client.notes().contains(&&Note::NoSignOfLife));
    assert_eq!(client.session.phase().ended().map(|it| &it.cause), Some(&EndCause::Silent));
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
    client.wait(Millis::seconds(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn any_word_of_the_server_is_a_sign_of_life() {
    for word in [
        r#"{"type":"ping","request_id":"hb_1"}"#,
        r#"{"type":"pong","request_id":"req_001"}"#,
        "no envelope at all",
    ] {
        let mut client = watched(live());
        for silence in [44_999, 45_000, 54_999] {
            client.wait(Millis(silence));
            client.receives(word);
            assert!(client.session.phase().is_open(), "{word} after {silence} ms");
        }
        client.acts();
        client.wait(Millis(44_999));
        assert_eq!(client.acts(), [], "{word}");
    }
}

#[test]
fn what_we_send_is_no_sign_of_life() {
    let mut client = watched(live());
    for _ in 0..55 {
        client.wait(Millis::seconds(1));
        client.send("{}");
    }
    assert_eq!(client.session.phase().ended().map(|it| &it.cause), Some(&EndCause::Silent));
}

#[test]
fn an_echo_server_may_be_silent_for_ever() {
    let mut client = watched(echo());
    client.wait(Millis::seconds(86_400));
    happens(&mut client, PageEvent::Visible);
    happens(&mut client, PageEvent::Resumed);
    assert_eq!(client.acts(), []);
}

#[test]
fn the_silence_of_a_page_that_slept_is_probed_when_it_wakes() {
    for event in [PageEvent::Resumed, PageEvent::Visible] {
        let mut client = watched(live());
        client.sleep(Millis::seconds(44));
        happens(&mut client, event);
        assert_eq!(client.acts(), [], "{event:?}");
        client.sleep(Millis::seconds(1));
        happens(&mut client, event);
        happens(&mut client, event);
        assert_eq!(client.sent().len(), 1, "{event:?}");
        client.wait(Millis::seconds(10));
        assert_eq!(client.acts(), [Act::Abandon], "{event:?}");
    }
}

#[test]
fn the_silence_counts_too_if_the_monotonic_clock_slept_as_well() {
    let mut client = watched(live());
    client.now.wall.0 += 3_600_000;
    happens(&mut client, PageEvent::Visible);
    assert_eq!(client.sent().len(), 1);
}

#[test]
fn an_attempt_waits_for_the_network_and_is_made_at_once_when_it_is_back() {
    let mut client = lost();
    happens(&mut client, PageEvent::Offline);
    assert!(client.session.waits_for_network());
    client.wait(Millis::seconds(3_600));
    assert_eq!((client.acts(), client.session.poll_timeout()), (vec![], None));
    happens(&mut client, PageEvent::Online);
    assert_eq!(client.opened().len(), 1);
    assert!(!client.session.waits_for_network());
}

#[test]
fn a_network_that_is_back_makes_the_attempt_before_it_is_due() {
    let mut client = lost();
    happens(&mut client, PageEvent::Offline);
    client.wait(Millis(1));
    happens(&mut client, PageEvent::Online);
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_network_that_is_back_does_not_cut_the_wait_that_the_server_asked_for() {
    let mut client = watched(live());
    client.closes(4008);
    happens(&mut client, PageEvent::Offline);
    happens(&mut client, PageEvent::Online);
    client.wait(Millis(59_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_reader_may_connect_whatever_the_browser_says_of_the_network() {
    let mut client = Client::watched();
    happens(&mut client, PageEvent::Offline);
    client.connect(live());
    assert_eq!(client.opened().len(), 1);
    client.fails();
    client.command(Command::ReconnectNow);
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_page_that_nobody_sees_makes_no_attempt_until_it_is_seen() {
    let mut client = lost();
    happens(&mut client, PageEvent::Hidden);
    client.wait(Millis::seconds(300));
    assert_eq!((client.acts(), client.session.poll_timeout()), (vec![], None));
    happens(&mut client, PageEvent::Visible);
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_page_that_is_seen_at_the_moment_of_the_attempt_makes_it() {
    let mut client = lost();
    happens(&mut client, PageEvent::Hidden);
    client.wait(Millis::seconds(1));
    assert_eq!(client.acts(), []);
    happens(&mut client, PageEvent::Visible);
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_page_that_is_seen_before_the_attempt_is_due_waits_for_it() {
    let mut client = lost();
    happens(&mut client, PageEvent::Hidden);
    client.wait(Millis(999));
    happens(&mut client, PageEvent::Visible);
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    assert_eq!(client.opened().len(), 1);
}

#[test]
fn a_hidden_page_without_a_network_needs_both_back() {
    for order in [[PageEvent::Online, PageEvent::Visible], [PageEvent::Visible, PageEvent::Online]]
    {
        let mut client = lost();
        happens(&mut client, PageEvent::Hidden);
        happens(&mut client, PageEvent::Offline);
        client.wait(Millis::seconds(60));
        happens(&mut client, order[0]);
        assert_eq!(client.acts(), [], "{order:?}");
        happens(&mut client, order[1]);
        assert_eq!(client.opened().len(), 1, "{order:?}");
    }
}

#[test]
fn the_simulator_needs_neither_network_nor_reader() {
    for event in [PageEvent::Hidden, PageEvent::Offline] {
        let mut client = watched(simulator());
        client.closes(1001);
        happens(&mut client, event);
        client.wait(Millis::seconds(1));
        assert_eq!(client.opened(), ["built-in simulator"], "{event:?}");
    }
}

#[test]
fn a_simulator_that_stays_silent_closes_the_idle_connection_after_three_hundred_seconds() {
    let mut pair = Pair::watched(Settings::of(&Api::veriops()));
    pair.conditions.apply(&Incident::Quiet(true));
    pair.client.command(Command::WatchSilence(false));
    pair.connect_to(simulator());
    let opened = pair.client.now.at;
    for event in [PageEvent::Visible, PageEvent::Resumed] {
        pair.wait(Millis::seconds(100));
        happens(&mut pair.client, event);
    }
    assert!(!pair.client.session.is_nearly_idle(pair.client.now.at));
    pair.wait(Millis::seconds(71));
    assert!(pair.client.session.is_nearly_idle(pair.client.now.at));
    assert_eq!(pair.client.notes().len(), 1, "it is not asked for a sign of life");
    pair.wait(Millis(29_500));
    let closed = pair.client.log.iter().find_map(|entry| match &entry.body {
        Body::Closed { code, reason, .. } => Some((entry.at.at, code.0, reason.as_str())),
        _ => None,
    });
    // The handshake reached the server 20 ms before this side heard, and its close comes 20 ms later.
    assert_eq!(closed, Some((opened + Millis::seconds(300), 1001, "idle timeout")));
    assert_eq!(pair.client.delay(), Some(Millis::seconds(1)));
}

#[test]
fn a_simulator_that_refuses_keys_closes_with_4001_and_is_not_asked_again() {
    let mut pair = Pair::watched(Settings::of(&Api::veriops()));
    pair.conditions.apply(&Incident::RefuseKeys(true));
    pair.connect_to(simulator());
    let Some(EndCause::Closed { code, reason, .. }) = pair.client.rest() else {
        panic!("{:?}", pair.client.session.phase())
    };
    assert_eq!((code.0, reason.as_str()), (4001, "token not accepted"));
}

#[test]
fn a_hidden_page_answers_pings() {
    let mut client = watched(live());
    happens(&mut client, PageEvent::Hidden);
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert_eq!(client.sent(), [r#"{"type":"pong","request_id":"hb_1"}"#]);
}

/// The bench refuses a second socket; here it is counted that there is one.
#[test]
fn a_page_that_was_suspended_has_one_socket_in_whatever_order_it_hears_of_it() {
    enum Word {
        Page(PageEvent),
        Dead,
    }
    use PageEvent::{Hidden, Offline, Online, Resumed, Suspended, Visible};
    use Word::{Dead, Page};
    for (case, words) in [
        // Frozen and thawed; from the back/forward cache; and with a network that was away as well.
        vec![Page(Suspended), Page(Resumed), Dead],
        vec![Page(Suspended), Dead, Page(Resumed)],
        vec![Dead, Page(Suspended), Page(Resumed)],
        vec![Page(Hidden), Page(Suspended), Page(Resumed), Dead, Page(Visible)],
        vec![Page(Hidden), Page(Suspended), Page(Resumed), Page(Visible), Dead],
        vec![Page(Suspended), Page(Resumed), Page(Resumed), Dead],
        vec![Page(Suspended), Page(Offline), Page(Resumed), Dead, Page(Online)],
        vec![Page(Suspended), Page(Resumed), Page(Offline), Dead, Page(Online), Page(Online)],
    ]
    .into_iter()
    .enumerate()
    {
        let mut client = watched(live());
        client.subscribed(&presence());
        client.acts();
        for word in words {
            match word {
                Page(event) => happens(&mut client, event),
                Dead => client.closes(1006),
            }
        }
        client.wait(Millis::seconds(1));
        assert_eq!(client.opened().len(), 1, "case {case}");
        client.opens();
        assert_eq!(client.sent().len(), 1, "case {case}: one subscription to restore");
        client.wait(Millis::seconds(30));
        assert_eq!(client.opened(), [""; 0], "case {case}");
    }
}

#[test]
fn the_log_says_how_long_the_page_was_suspended() {
    let mut client = watched(live());
    happens(&mut client, PageEvent::Suspended);
    // The monotonic clock stood still.
    client.now.wall.0 += 20_000;
    happens(&mut client, PageEvent::Resumed);
    assert_eq!(client.last(), &Body::Note(Note::Suspended { span: Millis::seconds(20) }));
    let entries = client.log.len();
    happens(&mut client, PageEvent::Resumed);
    assert_eq!(client.log.len(), entries, "it was suspended once");
}

#[test]
fn a_wall_clock_that_jumps_by_a_day_changes_nothing() {
    const DAY: i64 = 86_400_000;
    /// Goes through every phase, with the wall clock put forward or back in each of them.
    fn life(jump: i64) -> Vec<String> {
        let mut client = Client::watched();
        let mut told = Vec::new();
        let mut tell = |client: &mut Client, span| {
            client.now.wall = UnixMillis(client.now.wall.0.checked_add_signed(jump).unwrap());
            client.wait(span);
            // What is sent tells the wall clock's time, and is meant to.
            let acts = client.acts().into_iter().map(|act| match act {
                Act::Send(_) => "sends".to_owned(),
                act => format!("{act:?}"),
            });
            told.extend(acts);
            told.push(format!("{:?} {:?}", client.session.phase(), client.session.poll_timeout()));
        };
        client.connect(live());
        tell(&mut client, Millis::seconds(9));
        client.opens();
        tell(&mut client, Millis::seconds(44));
        client.subscribe(&presence());
        tell(&mut client, Millis::seconds(5));
        client.receives_ack("req_002");
        tell(&mut client, Millis::seconds(20));
        client.closes(1006);
        tell(&mut client, Millis(999));
        tell(&mut client, Millis(1));
        client.opens();
        tell(&mut client, Millis::seconds(55));
        told
    }
    let calm = life(0);
    assert_eq!(life(DAY), calm);
    assert_eq!(life(-DAY), calm);
}

#[test]
fn a_connection_is_kept_alive_thirty_seconds_before_it_would_idle() {
    let mut client = Client::live();
    client.wait(Millis::seconds(100));
    client.command(Command::KeepAlive(true));
    client.wait(Millis(169_999));
    assert_eq!(client.acts(), []);
    client.wait(Millis(1));
    let sent = client.sent();
    assert!(sent.len() == 1 && sent[0].starts_with(r#"{"type":"ping","#), "{sent:?}");
    client.wait(Millis::seconds(270));
    assert_eq!(client.sent().len(), 1, "and again");
    client.command(Command::KeepAlive(false));
    client.wait(Millis::seconds(600));
    assert_eq!(client.acts(), []);
}

#[test]
fn a_connection_that_is_used_is_not_kept_alive_on_top() {
    let mut client = Client::live();
    client.command(Command::KeepAlive(true));
    for _ in 0..20 {
        client.wait(Millis::seconds(269));
        client.receives_event("presence", "prj_abc123");
    }
    assert_eq!(client.acts(), []);
}

#[test]
fn keeping_alive_outlasts_a_reconnect() {
    let mut client = Client::live();
    client.command(Command::KeepAlive(true));
    client.closes(1006);
    client.wait(Millis::seconds(1));
    client.opens();
    client.acts();
    client.wait(Millis::seconds(270));
    assert_eq!(client.sent().len(), 1);
}

#[test]
fn the_idle_timer_warns_for_its_last_thirty_seconds() {
    let mut client = Client::live();
    client.wait(Millis(269_999));
    assert!(!client.session.is_nearly_idle(client.now.at));
    client.wait(Millis(1));
    assert!(client.session.is_nearly_idle(client.now.at));
    client.send("{}");
    assert!(!client.session.is_nearly_idle(client.now.at));
}

#[test]
fn a_ping_of_the_server_is_missed_five_seconds_after_it_was_due() {
    let mut client = Client::live();
    client.wait(Millis(34_999));
    assert!(!client.session.is_ping_missed(client.now.at));
    client.wait(Millis(1));
    assert!(client.session.is_ping_missed(client.now.at));
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert!(!client.session.is_ping_missed(client.now.at));
}

#[test]
fn a_connection_that_is_being_closed_is_not_kept_alive() {
    let mut client = Client::live();
    client.command(Command::KeepAlive(true));
    client.wait(Millis::seconds(269));
    client.disconnect();
    client.wait(Millis::seconds(3));
    assert_eq!(client.acts(), [Act::Close]);
}

#[test]
fn a_habit_is_told_as_it_was_set() {
    let mut client = Client::watched();
    let habits = |client: &Client| {
        let session = &client.session;
        let (answers, keeps) = (session.answers_pings(), session.keeps_alive());
        [answers, keeps, session.restores(), session.watches_silence()]
    };
    assert_eq!(habits(&client), [true, false, true, true]);
    client.command(Command::KeepAlive(true));
    assert_eq!(habits(&client), [true, true, true, true]);
    for command in
        [Command::AnswerPings(false), Command::Restore(false), Command::WatchSilence(false)]
    {
        client.command(command);
    }
    assert_eq!(habits(&client), [false, true, false, false]);
}

#[test]
fn only_an_attempt_to_come_waits_for_a_network_and_only_for_one_that_is_needed() {
    for (target, is_offline, is_lost, waits) in [
        (live(), true, true, true),
        (live(), true, false, false),
        (live(), false, true, false),
        (simulator(), true, true, false),
    ] {
        let mut client = Client::open(target);
        if is_offline {
            happens(&mut client, PageEvent::Offline);
        }
        if is_lost {
            client.closes(1006);
        }
        let what = (is_offline, is_lost);
        assert_eq!(client.session.waits_for_network(), waits, "{what:?}");
    }
}

#[test]
fn pings_are_not_answered_while_the_reader_wants_to_see_what_happens() {
    let mut client = Client::live();
    client.command(Command::AnswerPings(false));
    client.receives(r#"{"type":"ping","request_id":"hb_1"}"#);
    assert_eq!(client.acts(), []);
    assert!(matches!(client.last(), Body::Heartbeat { pong: None, .. }));
    client.command(Command::AnswerPings(true));
    client.receives(r#"{"type":"ping","request_id":"hb_2"}"#);
    assert_eq!(client.sent(), [r#"{"type":"pong","request_id":"hb_2"}"#]);
}

#[test]
fn a_client_that_stopped_answering_is_dropped_and_comes_back() {
    let mut pair = Pair::with(Settings::of(&Api::veriops()));
    pair.connect();
    pair.client.command(Command::AnswerPings(false));
    pair.wait(Millis::seconds(62));
    assert!(pair.client.log.iter().any(|entry| matches!(entry.body, Body::Closed { .. })));
    assert!(pair.client.session.phase().is_open(), "{:?}", pair.client.session.phase());
}

#[test]
fn more_than_a_megabyte_that_waits_refuses_every_message() {
    let limit = 1 << 20;
    let mut client = Client::live();
    client.handle(Input::Buffered(limit));
    client.send("{}");
    assert_eq!(client.sent().len(), 1);
    client.handle(Input::Buffered(limit + 1));
    client.send("{}");
    client.force("{}");
    assert_eq!(client.acts(), []);
    let refusal = Refusal::Backlog { waiting: limit + 1, limit };
    assert_eq!(client.refusals, [refusal.clone(), refusal.clone()]);
    assert_eq!(client.last(), &Body::Note(Note::NotSent { refusal }));
    client.handle(Input::Buffered(0));
    client.send("{}");
    assert_eq!(client.sent().len(), 1);
}

/// Returns a client that watches for silence, with an open connection to `target`.
fn watched(target: Target) -> Client {
    let mut client = Client::watched();
    client.connect(target);
    client.opens();
    client.acts();
    client
}

/// Returns a client that lost its connection and makes the first attempt in a second.
fn lost() -> Client {
    let mut client = watched(live());
    client.closes(1006);
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
    client
}

fn happens(client: &mut Client, event: PageEvent) {
    client.handle(Input::Page(event));
}
