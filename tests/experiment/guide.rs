//! The guided path: shown, done by hand, with wrong turns, and on a server that is real.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Note, Outcome, Reading};
use veriops_playground::experiment::{Action, Guide, StepState};
use veriops_playground::protocol::{CloseCode, Envelope, Incident, MessageType, Millis, Topic};
use veriops_playground::session::{Command, SubscriptionState, Target};
use veriops_playground::simulator::Settings;

use crate::desk::Desk;
use crate::other;

#[test]
fn show_me_leads_to_the_end() {
    for api in [Api::veriops(), other::api()] {
        let mut desk = Desk::new(&api);
        desk.begin_guide();
        for step in 0..5 {
            assert_eq!(current(&desk), step);
            desk.guide(Guide::show_me);
            desk.wait(Millis(500));
        }
        assert!(is_done(&desk));
        assert_eq!(states(&desk), [StepState::Done; 5]);
        assert_eq!(desk.sockets, 0);
        let restored =
            |body: &Body| matches!(body, Body::Note(Note::Restored { unanswered: 0, .. }));
        assert!(desk.log.iter().any(|entry| restored(&entry.body)));
    }
}

#[test]
fn doing_it_oneself_ticks_each_step_off() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    assert_eq!(current(&desk), 1);
    subscribe(&mut desk, &Topic::channel("presence"));
    assert_eq!(current(&desk), 2);
    desk.wait(Millis::seconds(6));
    assert_eq!(current(&desk), 3, "the event came of itself");
    desk.stage(Incident::Close { code: CloseCode::GOING_AWAY, reason: String::new() });
    desk.wait(Millis(100));
    assert_eq!(current(&desk), 4, "a server that goes away breaks it as well");
    desk.wait(Millis::seconds(2));
    assert!(is_done(&desk));
    assert!(desk.actions.is_empty(), "nothing was done but by the reader");
}

#[test]
fn a_step_is_not_ticked_off_before_it_happened() {
    let mut desk = guided();
    desk.command(Command::Connect(Target::Simulator));
    assert_eq!(current(&desk), 0, "the handshake is under way");
    desk.wait(Millis(100));
    let text = Envelope::new(MessageType::Subscribe, "mine").about(&Topic::channel("presence"));
    desk.command(Command::Send { text: text.encode(), force: false });
    assert_eq!(current(&desk), 1, "there is no ack yet");
    desk.wait(Millis(100));
    assert_eq!(current(&desk), 2);
    desk.stage(Incident::Quiet(true));
    desk.wait(Millis::seconds(10));
    assert_eq!(current(&desk), 2, "no event came");
}

#[test]
fn a_connection_that_is_open_with_its_subscriptions_counts() {
    let api = Api::veriops();
    for target in [Target::Simulator, live(&api)] {
        let mut desk = Desk::new(&api);
        connect(&mut desk, target);
        desk.begin_guide();
        assert_eq!(current(&desk), 1);
        subscribe(&mut desk, &Topic::channel("presence"));
        desk.begin_guide();
        assert_eq!(current(&desk), 2);
    }
}

#[test]
fn on_a_live_connection_everything_works_and_break_it_closes_the_socket_from_this_side() {
    let api = Api::veriops();
    let mut desk = Desk::new(&api);
    connect(&mut desk, live(&api));
    desk.begin_guide();
    assert_eq!(words(&desk)[3], "Break it: this side closes the socket");
    for (step, wait) in [(1, 100), (2, 6_000), (3, 100), (4, 2_000)] {
        assert_eq!(current(&desk), step);
        desk.guide(Guide::show_me);
        desk.wait(Millis(wait));
    }
    assert!(is_done(&desk));
    assert!(desk.log.iter().any(|entry| entry.body == Body::Note(Note::Broken)));
    let is_allowed = |action: &Action| {
        matches!(
            action,
            Action::Command(Command::Break | Command::ReconnectNow | Command::Send { .. })
        )
    };
    assert!(desk.actions.iter().all(is_allowed), "nothing is staged there, nothing else connected");
    assert_eq!(desk.sockets, 2, "the reader's own, and its reconnect");
    assert_eq!(desk.session.subscriptions()[0].state, SubscriptionState::Active);
}

#[test]
fn on_the_simulator_break_it_drops_the_connection() {
    let mut desk = at_break();
    assert_eq!(words(&desk)[3], "Break it: the simulated network drops the connection");
    desk.guide(Guide::show_me);
    desk.wait(Millis(100));
    let dropped = desk.log.iter().filter_map(|entry| match entry.body {
        Body::Closed { code, ours, .. } => Some((code, ours)),
        _ => None,
    });
    assert_eq!(dropped.collect::<Vec<_>>(), [(CloseCode::ABNORMAL, false)]);
}

#[test]
fn an_echo_server_is_a_wrong_turn_and_show_me_leads_back() {
    let api = Api::veriops();
    let mut desk = guided();
    let candidates = api.echo.iter().map(|server| server.endpoint.clone()).collect();
    connect(&mut desk, Target::Echo { candidates });
    assert_eq!(current(&desk), 0);
    assert!(nudge(&desk).contains("Choose the simulator"));
    desk.guide(|guide, _| guide.skip());
    let text = Envelope::new(MessageType::Subscribe, "mine").about(&Topic::channel("presence"));
    desk.command(Command::Send { text: text.encode(), force: false });
    desk.wait(Millis(100));
    assert!(nudge(&desk).contains("An echo server only sends back what it gets"));
    assert_eq!(current(&desk), 1, "what came back is no ack");
    desk.guide(Guide::show_me);
    desk.wait(Millis(500));
    assert_eq!(current(&desk), 2);
    assert!(desk.session.target() == Some(&Target::Simulator));
    assert_eq!(desk.guide.as_ref().unwrap().nudge(), None);
}

#[test]
fn a_message_without_a_connection_is_a_wrong_turn() {
    let mut desk = guided();
    let text = Envelope::new(MessageType::Ping, "mine").encode();
    desk.command(Command::Send { text, force: false });
    assert_eq!(nudge(&desk), "Nothing is connected, so nothing was sent. Connect first.");
}

#[test]
fn another_message_than_a_subscribe_is_a_wrong_turn() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    let text = Envelope::new(MessageType::Ping, "mine").encode();
    desk.command(Command::Send { text, force: false });
    desk.wait(Millis(100));
    assert_eq!(nudge(&desk), "That was a ping. Events come after a subscribe.");
    assert_eq!(current(&desk), 1);
    subscribe(&mut desk, &Topic::channel("presence"));
    assert_eq!(desk.guide.as_ref().unwrap().nudge(), None, "the next tick takes the word back");
}

#[test]
fn a_filter_that_no_event_fits_is_a_wrong_turn() {
    let api = Api::veriops();
    let server = Settings { event_interval: None, ..Settings::of(&api) };
    for (topic, word) in [
        (
            Topic::with_filters_json("task.completed", r#"{"project_id":"prj_none"}"#),
            "You subscribed to task.completed, but no event fits project_id=prj_none so far.",
        ),
        (Topic::channel("presence"), "Nothing has happened on presence yet."),
    ] {
        let mut desk = Desk::with(&api, server.clone());
        desk.begin_guide();
        connect(&mut desk, live(&api));
        subscribe(&mut desk, &topic);
        assert_eq!(desk.guide.as_ref().unwrap().nudge(), None);
        desk.wait(Millis::seconds(16));
        assert!(nudge(&desk).starts_with(word), "{}", nudge(&desk));
    }
}

#[test]
fn an_unsubscribe_before_the_event_is_a_wrong_turn() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    desk.stage(Incident::Quiet(true));
    let topic = Topic::channel("presence");
    subscribe(&mut desk, &topic);
    desk.command(Command::Unsubscribe(topic));
    desk.wait(Millis(100));
    assert_eq!(nudge(&desk), "You unsubscribed: without a subscription no event comes.");
    desk.guide(Guide::show_me);
    desk.wait(Millis(500));
    assert!(desk.session.subscription_count() > 0, "what is missing is made good first");
}

#[test]
fn a_break_before_anything_is_subscribed_is_a_wrong_turn() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    desk.stage(Incident::Drop);
    desk.wait(Millis(100));
    assert!(nudge(&desk).starts_with("Nothing is subscribed yet"));
    desk.wait(Millis::seconds(2));
    assert_eq!(current(&desk), 1, "and the path goes on where it was");
}

#[test]
fn a_disconnect_in_the_place_of_a_break_is_a_wrong_turn() {
    let mut desk = at_break();
    desk.command(Command::Disconnect);
    desk.wait(Millis(100));
    assert_eq!(
        nudge(&desk),
        "You disconnected: nothing recovers from that. Connect again and break it instead."
    );
    assert_eq!(current(&desk), 3);
    desk.guide(Guide::show_me);
    desk.wait(Millis::seconds(3));
    assert!(is_done(&desk), "show me connects, breaks it, and it recovers");
}

#[test]
fn attempts_that_are_stopped_are_a_wrong_turn() {
    let mut desk = at_break();
    desk.guide(Guide::show_me);
    desk.wait(Millis(100));
    desk.command(Command::Disconnect);
    assert!(nudge(&desk).starts_with("You stopped the attempts."));
    assert_eq!(current(&desk), 4);
    connect(&mut desk, Target::Simulator);
    desk.wait(Millis(200));
    assert!(is_done(&desk), "connecting again brings the subscriptions back");
}

#[test]
fn a_close_after_which_nothing_is_tried_is_a_wrong_turn() {
    let mut desk = at_break();
    desk.command(Command::Send { text: "no envelope".into(), force: false });
    desk.wait(Millis(100));
    assert!(nudge(&desk).starts_with("The server closed with 1008"));
    assert_eq!(current(&desk), 3);
    connect(&mut desk, Target::Simulator);
    desk.stage(Incident::RefuseKeys(true));
    connect(&mut desk, Target::Simulator);
    assert!(nudge(&desk).contains("The simulator needs none"));
}

#[test]
fn an_address_that_does_not_open_is_a_wrong_turn() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    desk.guide(|guide, _| guide.back());
    desk.stage(Incident::ForbidAddress(true));
    connect(&mut desk, Target::Simulator);
    assert!(nudge(&desk).starts_with("That address did not open."));
}

#[test]
fn steps_can_be_passed_over_and_gone_back_to() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    desk.guide(|guide, _| guide.skip());
    assert_eq!(current(&desk), 2);
    let skipped = [StepState::Done, StepState::Skipped, StepState::Current];
    assert_eq!(states(&desk)[..3], skipped);
    desk.guide(|guide, _| guide.back());
    assert_eq!(current(&desk), 1);
    subscribe(&mut desk, &Topic::channel("presence"));
    assert_eq!(current(&desk), 2);
    desk.guide(|guide, _| guide.back());
    assert_eq!((current(&desk), states(&desk)[1]), (1, StepState::Current));
    desk.guide(Guide::show_me);
    desk.wait(Millis(200));
    assert_eq!(current(&desk), 2, "a step that was done can be done again");
    for _ in 0..9 {
        desk.guide(|guide, _| guide.skip());
    }
    assert!(is_done(&desk));
    assert_eq!(desk.guide.as_ref().unwrap().steps().count(), 5);
    for _ in 0..9 {
        desk.guide(|guide, _| guide.back());
    }
    assert_eq!(current(&desk), 0);
}

#[test]
fn what_happened_ahead_is_ticked_off_when_its_turn_comes() {
    let mut desk = guided();
    connect(&mut desk, Target::Simulator);
    subscribe(&mut desk, &Topic::channel("presence"));
    desk.guide(|guide, _| guide.back());
    desk.wait(Millis::seconds(6));
    assert_eq!((current(&desk), states(&desk)[2]), (1, StepState::Done), "an event has come");
    subscribe(&mut desk, &Topic::channel("task.completed"));
    assert_eq!(current(&desk), 3, "so that step is behind as well");
}

#[test]
fn whoever_skips_the_break_sees_the_next_recovery() {
    let mut desk = at_break();
    desk.guide(|guide, _| guide.skip());
    desk.guide(Guide::show_me);
    desk.wait(Millis::seconds(3));
    assert!(is_done(&desk));
}

#[test]
fn two_paths_in_one_session_use_no_request_id_twice() {
    let mut desk = at_break();
    desk.command(Command::Disconnect);
    desk.wait(Millis(100));
    desk.begin_guide();
    for _ in 0..5 {
        desk.guide(Guide::show_me);
        desk.wait(Millis(500));
    }
    desk.wait(Millis::seconds(2));
    let mut ids: Vec<_> = desk
        .log
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Message { reading: Reading::Request { request_id, outcome, .. }, .. } => {
                assert!(matches!(outcome, Outcome::Answered { .. } | Outcome::Lost));
                Some(request_id.clone())
            }
            _ => None,
        })
        .collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// Returns a desk whose reader has just begun.
fn guided() -> Desk {
    let mut desk = Desk::new(&Api::veriops());
    desk.begin_guide();
    desk
}

/// Returns a desk whose reader has seen an event.
fn at_break() -> Desk {
    let mut desk = guided();
    for _ in 0..3 {
        desk.guide(Guide::show_me);
        desk.wait(Millis(500));
    }
    assert_eq!(current(&desk), 3);
    desk
}

fn connect(desk: &mut Desk, target: Target) {
    desk.command(Command::Connect(target));
    desk.wait(Millis(200));
}

fn subscribe(desk: &mut Desk, topic: &Topic) {
    let id = ["mine_", &*topic.channel].concat();
    let text = Envelope::new(MessageType::Subscribe, id).about(topic).encode();
    desk.command(Command::Send { text, force: false });
    desk.wait(Millis(100));
}

fn live(api: &Api) -> Target {
    Target::Live { endpoint: api.live[0].endpoint.clone(), key: None }
}

fn current(desk: &Desk) -> usize {
    desk.guide.as_ref().unwrap().current()
}

fn is_done(desk: &Desk) -> bool {
    desk.guide.as_ref().unwrap().is_done()
}

fn nudge(desk: &Desk) -> String {
    desk.guide.as_ref().unwrap().nudge().expect("a wrong turn is named")
}

fn states(desk: &Desk) -> Vec<StepState> {
    desk.guide.as_ref().unwrap().steps().map(|step| step.state).collect()
}

fn words(desk: &Desk) -> Vec<String> {
    desk.guide.as_ref().unwrap().steps().map(|step| step.words.into_owned()).collect()
}
