//! An experiment under way: what its steps say, when they come to their point, and how fast time passes.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use veriops_playground::api::{Api, Direction, SettingKind};
use veriops_playground::entry::{Body, Entry, Note, Seq};
use veriops_playground::experiment::{
    Action, Experiment, Observed, StepState, Verdict, experiments,
};
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, Incident, Millis, Now, TimeScale};
use veriops_playground::session::{Command, Target};

use crate::desk::Desk;
use crate::log::{Log, Message};

#[test]
fn one_step_is_under_way_until_there_is_a_verdict() {
    for id in ["setting-heartbeat-interval", "close-4008"] {
        let mut desk = started(&Api::veriops(), id);
        while desk.run.as_ref().unwrap().verdict().is_none() {
            let states = states(&desk);
            let at = states.iter().position(|state| *state == StepState::Current).unwrap();
            let (done, rest) = (&states[..at], &states[at + 1..]);
            assert!(done.iter().all(|state| *state == StepState::Done), "{states:?}");
            assert!(rest.iter().all(|state| *state == StepState::Waiting), "{states:?}");
            assert!(desk.step());
        }
        assert!(states(&desk).iter().all(|state| *state == StepState::Done));
    }
}

#[test]
fn a_step_that_comes_at_a_known_time_counts_down_to_it() {
    let mut desk = started(&Api::veriops(), "setting-heartbeat-interval");
    let mut counted = BTreeSet::new();
    while desk.run.as_ref().unwrap().verdict().is_none() {
        let run = desk.run.as_ref().unwrap();
        for step in run.steps().filter(|step| step.until.is_some()) {
            assert_eq!(step.state, StepState::Current);
            assert!(step.words.contains("30 s"), "{}", step.words);
            counted.insert(step.until.unwrap());
        }
        assert!(desk.step());
    }
    assert!(desk.run.as_ref().unwrap().steps().all(|step| step.until.is_none()));
    let beats: BTreeSet<_> = Log(&desk.log).heartbeats().into_iter().map(|(at, _)| at).collect();
    assert_eq!((counted.len(), counted), (2, beats));
}

#[test]
fn nothing_counts_down_before_the_run_has_its_connection() {
    let mut desk = Desk::new(&Api::veriops());
    desk.command(Command::Connect(Target::Simulator));
    desk.wait(Millis(500));
    desk.stage(Incident::Mute(true));
    desk.start(named(&Api::veriops(), "close-4008"));
    let run = desk.run.as_ref().unwrap();
    assert!(run.steps().all(|step| step.until.is_none()));
    assert_eq!(run.steps().next().unwrap().state, StepState::Current);
}

#[test]
fn a_short_wait_passes_at_the_usual_speed() {
    let mut desk = started(&Api::veriops(), "setting-reconnect-strategy");
    desk.finish();
    let mut scale = TimeScale::Real;
    let mut waits = Vec::new();
    for entry in &desk.log {
        match entry.body {
            Body::Note(Note::Reconnecting { delay, .. }) => waits.push((delay.0 / 1_000, scale)),
            Body::Note(Note::Scaled(to)) => scale = to,
            _ => {}
        }
    }
    for (seconds, scale) in waits {
        assert_eq!(scale != TimeScale::Real, seconds > 4, "{seconds} s pass at {scale}");
    }
}

#[test]
fn a_reader_who_turns_the_time_up_meets_its_usual_speed_with_the_next_step() {
    let api = Api::veriops();
    let mut desk = started(&api, "message-subscribe");
    desk.wait(Millis(1));
    desk.set_scale(TimeScale::Tenfold);
    desk.finish();
    assert_eq!(
        (desk.run.as_ref().unwrap().verdict(), desk.scale()),
        (Some(&Verdict::Shown), TimeScale::Real)
    );
}

#[test]
fn a_condition_that_is_lifted_before_the_run_connects_costs_no_second_attempt() {
    let api = Api::veriops();
    let mut desk = Desk::new(&api);
    desk.command(Command::Connect(Target::Simulator));
    desk.wait(Millis(500));
    desk.stage(Incident::DelayAcks(Millis(50)));
    desk.start(named(&api, "message-subscribe"));
    desk.finish();
    let lifted = |action: &&Action| matches!(action, Action::Stage(Incident::DelayAcks(Millis(0))));
    let connects = |action: &&Action| matches!(action, Action::Command(Command::Connect(_)));
    let count = |is_it: &dyn Fn(&&Action) -> bool| desk.actions.iter().filter(is_it).count();
    assert_eq!([count(&lifted), count(&connects)], [1, 1]);
}

#[test]
fn what_a_run_has_undone_itself_is_not_undone_again() {
    let api = Api::veriops();
    let mut desk = started(&api, "setting-authentication");
    desk.finish();
    desk.put_back();
    let staged = desk.actions.iter().filter(|action| matches!(action, Action::Stage(_)));
    assert_eq!(staged.count(), 2, "the key is refused, and accepted again");
}

#[test]
fn a_topic_that_a_run_subscribed_to_is_ended_once() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        let id = experiment.id.clone();
        let mut desk = started(&api, &id);
        desk.finish();
        let before = desk.actions.len();
        desk.put_back();
        let mut ended = BTreeSet::new();
        for action in &desk.actions[before..] {
            if let Action::Command(Command::Unsubscribe(topic)) = action {
                assert!(ended.insert(topic.clone()), "{id}: {topic:?}");
            }
        }
    }
}

#[test]
fn what_comes_after_a_step_was_due_comes_too_late() {
    for (late, is_over) in [(0, false), (1, true)] {
        let mut desk = started(&Api::veriops(), "message-pong");
        desk.step();
        let run = desk.run.as_mut().unwrap();
        let due = run.poll_timeout().unwrap();
        let at = Now { at: due + Millis(late), ..Now::default() };
        let body = Body::Note(Note::Cleared { rows: 1 });
        run.handle(Observed::Entry(&Entry { seq: Seq(900), at, body }), at);
        assert_eq!(run.verdict().is_some(), is_over, "{late} ms late");
    }
}

#[test]
fn a_run_that_cannot_be_planned_leaves_nothing_to_put_back_unless_another_did() {
    let mut api = (*Api::veriops()).clone();
    api.issues.iter_mut().for_each(|issue| issue.when = None);
    let api = Arc::new(api);
    let mut desk = started(&api, "issue-idle");
    assert!(desk.run.as_ref().unwrap().verdict().is_some());
    assert!(desk.run.as_ref().unwrap().is_over());
    desk.start(named(&api, "message-subscribe"));
    desk.finish();
    desk.start(named(&api, "issue-idle"));
    assert!(!desk.run.as_ref().unwrap().is_over());
    desk.put_back();
}

#[test]
fn a_limit_is_told_by_its_number_and_by_what_is_left_below_it() {
    let api = Api::veriops();
    for (id, words) in [
        ("setting-max-subscriptions", "subscription 51: close 4002 arrives"),
        ("close-4002", "one is given up: reconnects, restores 49 subscriptions with their filters"),
    ] {
        let said = words_of(&started(&api, id));
        assert!(said.iter().any(|it| it == words), "{said:?}");
    }
}

#[test]
fn the_first_of_many_subscriptions_is_the_one_of_the_page() {
    let api = Api::veriops();
    let mut desk = started(&api, "setting-max-subscriptions");
    desk.finish();
    let example =
        &api.channels.iter().find(|it| !it.filters.is_empty()).unwrap().filters[0].example;
    let (_, filters) = Log(&desk.log).sent("subscribe")[0].topic();
    assert!(filters.to_string().contains(&**example), "{filters}");
}

#[test]
fn one_ack_for_two_requests_is_one_too_few() {
    for is_lost in [false, true] {
        let mut desk = started(&Api::veriops(), "message-ack");
        while Log(&desk.log).sent("subscribe").len() < 2 {
            assert!(desk.step());
        }
        desk.stage(Incident::LoseAck(is_lost));
        desk.finish();
        let is_shown = desk.run.as_ref().unwrap().verdict() == Some(&Verdict::Shown);
        assert_eq!(
            (is_shown, Log(&desk.log).received("ack").len()),
            if is_lost { (false, 1) } else { (true, 2) }
        );
    }
}

#[test]
fn a_connection_stays_closed_for_longer_than_the_first_wait_of_the_backoff() {
    for (first, words) in [(1, "stays closed for 30 s"), (20, "stays closed for 40 s")] {
        let mut api = (*Api::veriops()).clone();
        api.timings.backoff[0] = Millis::seconds(first);
        let said = words_of(&started(&Arc::new(api), "close-1008"));
        assert!(said.iter().any(|it| it == words), "{said:?}");
    }
}

#[test]
fn the_first_channel_is_tried_and_of_those_with_filters_the_first() {
    let mut api = (*Api::veriops()).clone();
    api.channels.sort_by_key(|channel| !channel.filters.is_empty());
    let (first, rest) = api.channels.split_first().unwrap();
    let filtered = rest.iter().find(|channel| !channel.filters.is_empty()).unwrap();
    let mut desk = started(&Arc::new(api.clone()), "message-ack");
    desk.finish();
    let mut sent: Vec<_> = Log(&desk.log)
        .sent("subscribe")
        .iter()
        .map(Message::topic)
        .map(|(channel, filters)| (channel, filters.is_object()))
        .collect();
    sent.sort_by_key(|(_, is_filtered)| *is_filtered);
    assert_eq!(sent, [(json!(first.name), false), (json!(filtered.name), true)]);
}

#[test]
fn an_api_without_a_key_refuses_none() {
    let mut api = (*Api::veriops()).clone();
    api.key_parameter = None;
    let api = Arc::new(api);
    let kind = |it: &veriops_playground::api::Setting| it.kind == Some(SettingKind::Authentication);
    assert!(api.settings.iter().any(kind));
    let mut desk = started(&api, "setting-authentication");
    desk.finish();
    assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown));
    let words = words_of(&desk);
    assert!(!words.iter().any(|it| it.contains("key")), "{words:?}");
}

#[test]
fn where_no_channel_takes_messages_a_publish_is_refused() {
    let mut api = (*Api::veriops()).clone();
    api.channels.iter_mut().for_each(|it| it.direction = Direction::ServerToClient);
    let api = Arc::new(api);
    let mut desk = started(&api, "message-publish");
    desk.finish();
    assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown));
    let words = words_of(&desk);
    assert!(words.last().unwrap().starts_with("no channel takes messages: "), "{words:?}");
}

#[test]
fn after_a_code_that_stops_the_client_a_run_connects_by_hand() {
    let mut api = (*Api::veriops()).clone();
    for close in &mut api.closes {
        if [CloseCode::ABNORMAL, CloseCode::GOING_AWAY].contains(&close.code) {
            close.reaction = Reaction::Stop;
        }
    }
    let api = Arc::new(api);
    for experiment in experiments(&api).iter().filter(|it| it.id.starts_with("issue-")) {
        let mut desk = started(&api, &experiment.id);
        desk.finish();
        let verdict = desk.run.as_ref().unwrap().verdict();
        assert_eq!(verdict, Some(&Verdict::Shown), "{}", experiment.id);
    }
}

/// Returns a desk on which an experiment has begun.
fn started(api: &Arc<Api>, id: &str) -> Desk {
    let mut desk = Desk::new(api);
    desk.start(named(api, id));
    desk
}

fn named(api: &Api, id: &str) -> Experiment {
    Experiment::named(api, id).unwrap()
}

fn states(desk: &Desk) -> Vec<StepState> {
    desk.run.as_ref().unwrap().steps().map(|step| step.state).collect()
}

fn words_of(desk: &Desk) -> Vec<String> {
    desk.run.as_ref().unwrap().steps().map(|step| step.words.into_owned()).collect()
}
