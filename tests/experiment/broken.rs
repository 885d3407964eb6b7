//! What is not as the page claims is not shown, and the reason says what is wrong.

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::experiment::{Experiment, StepState, Verdict, experiments};
use veriops_playground::protocol::close::Reaction;
use veriops_playground::protocol::{CloseCode, Incident, Millis, TimeScale};
use veriops_playground::session::Command;
use veriops_playground::simulator::Settings;

use crate::desk::Desk;

#[test]
fn a_server_without_a_rate_limit_does_not_show_4008() {
    let api = Api::veriops();
    let server = Settings { rate_messages: usize::MAX, ..Settings::of(&api) };
    let reason = not_shown(Desk::with(&api, server), "close-4008");
    assert_eq!(reason, "“close 4008 arrives”: it did not happen within 15 s");
}

#[test]
fn a_client_that_restores_nothing_does_not_show_what_follows_from_1001() {
    let api = Api::veriops();
    let mut desk = Desk::new(&api);
    desk.is_forgetful = true;
    let reason = not_shown(desk, "close-1001");
    assert_eq!(
        reason,
        "“reconnects, restores 1 subscription with its filter”: it did not happen within 15 s"
    );
}

#[test]
fn a_server_without_pings_does_not_show_the_heartbeat() {
    let api = Api::veriops();
    for id in ["setting-heartbeat-interval", "message-pong", "issue-missed-ping"] {
        let server = Settings { heartbeat: None, ..Settings::of(&api) };
        let reason = not_shown(Desk::with(&api, server), id);
        assert!(reason.ends_with("it did not happen within 45 s"), "{reason}");
    }
}

#[test]
fn a_number_that_the_description_does_not_give_is_the_reason() {
    let mut api = Api::clone(&Api::veriops());
    (api.timings.heartbeat, api.timings.idle) = (None, None);
    (api.limits.message_bytes, api.limits.subscriptions, api.limits.rate) = (None, None, None);
    let api = Arc::new(api);
    for id in [
        "setting-heartbeat-interval",
        "setting-idle-timeout",
        "setting-max-message-size",
        "setting-max-subscriptions",
        "message-ping",
        "issue-missed-ping",
        "issue-idle",
    ] {
        let reason = not_shown(Desk::new(&api), id);
        assert_eq!(reason, "the description gives no number for it", "{id}");
    }
    // What the server would close for by a number, it closes for all the same.
    for id in ["close-4002", "close-4008", "close-4009"] {
        let mut desk = Desk::new(&api);
        desk.start(named(&api, id));
        desk.finish();
        assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown), "{id}");
    }
}

#[test]
fn a_server_whose_pings_come_late_does_not_show_the_heartbeat() {
    let api = Api::veriops();
    let server = Settings { heartbeat: Some(Millis::seconds(31)), ..Settings::of(&api) };
    let reason = not_shown(Desk::with(&api, server), "setting-heartbeat-interval");
    assert_eq!(reason, "“after 30 s a ping, answered by a pong”: it came after 31 s instead");
}

#[test]
fn a_server_that_never_has_enough_does_not_show_the_idle_timeout() {
    let api = Api::veriops();
    let server = Settings { idle: None, ..Settings::of(&api) };
    let reason = not_shown(Desk::with(&api, server), "setting-idle-timeout");
    assert!(reason.ends_with("it did not happen within 315 s"), "{reason}");
}

#[test]
fn a_server_that_idles_too_early_does_not_show_the_idle_timeout() {
    let api = Api::veriops();
    let server = Settings { idle: Some(Millis::seconds(299)), ..Settings::of(&api) };
    let reason = not_shown(Desk::with(&api, server), "setting-idle-timeout");
    assert!(reason.ends_with("it came after 4:59 instead"), "{reason}");
}

#[test]
fn a_server_without_events_does_not_show_a_channel() {
    let api = Api::veriops();
    for id in ["channel-project-updated", "channel-presence", "message-event", "message-subscribe"]
    {
        let server = Settings { event_interval: None, ..Settings::of(&api) };
        let reason = not_shown(Desk::with(&api, server), id);
        assert!(reason.contains("event"), "{reason}");
        assert!(reason.contains("it did not happen within"), "{reason}");
    }
}

#[test]
fn a_server_that_answers_too_late_does_not_show_an_ack() {
    let api = Api::veriops();
    let server = Settings { ack_delay: Millis::seconds(11), ..Settings::of(&api) };
    let reason = not_shown(Desk::with(&api, server), "message-ack");
    assert!(reason.starts_with("“each ack has the request id of its request”"), "{reason}");
}

#[test]
fn a_client_that_waits_as_usual_does_not_show_4008() {
    let (api, mut other) = (Api::veriops(), (*Api::veriops()).clone());
    for close in other.closes.iter_mut().filter(|close| close.code == CloseCode(4008)) {
        close.reaction = Reaction::Backoff;
    }
    let mut desk = Desk::new(&api);
    desk.client_of(&Arc::new(other));
    let reason = not_shown(desk, "close-4008");
    assert_eq!(reason, "“the client waits 60 s”: the client waits 1 s");
}

#[test]
fn a_client_that_comes_back_after_everything_does_not_show_a_code_that_stops() {
    let (api, mut other) = (Api::veriops(), (*Api::veriops()).clone());
    other.closes.iter_mut().for_each(|close| close.reaction = Reaction::Backoff);
    for id in ["close-1008", "close-4001", "close-4002", "close-4009"] {
        let mut desk = Desk::new(&api);
        desk.client_of(&Arc::new(other.clone()));
        let reason = not_shown(desk, id);
        assert_eq!(reason, "“stays closed for 30 s”: the client tried again", "{id}");
    }
}

#[test]
fn a_client_with_other_waits_does_not_show_the_reconnect_strategy() {
    let (api, mut other) = (Api::veriops(), (*Api::veriops()).clone());
    other.timings.backoff[3] = Millis::seconds(9);
    let mut desk = Desk::new(&api);
    desk.client_of(&Arc::new(other));
    let reason = not_shown(desk, "setting-reconnect-strategy");
    assert_eq!(reason, "“the client waits 8 s”: the client waits 9 s");
}

#[test]
fn a_server_with_other_limits_shows_neither_size_nor_number() {
    let (api, mut other) = (Api::veriops(), (*Api::veriops()).clone());
    other.limits.message_bytes = other.limits.message_bytes.map(|it| it - 1);
    other.limits.subscriptions = other.limits.subscriptions.map(|it| it - 1);
    for (id, reason) in [
        ("setting-max-message-size", "“a message of 64 KB passes”: the connection was closed"),
        (
            "setting-max-subscriptions",
            "“50 subscriptions are confirmed”: the connection was closed",
        ),
    ] {
        let mut desk = Desk::new(&Arc::new(other.clone()));
        desk.client_of(&api);
        desk.experiments_of(&api);
        assert!(not_shown(desk, id).starts_with(reason), "{id}");
    }
}

#[test]
fn a_network_that_goes_dead_shows_nothing_and_ends_all_the_same() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        for steps in [1, 2, 4, 7, 12] {
            let mut desk = Desk::new(&api);
            let id = experiment.id.clone();
            desk.start(experiment.clone());
            for _ in 0..steps {
                desk.step();
            }
            if desk.run.as_ref().unwrap().verdict().is_some() {
                continue;
            }
            desk.stage(Incident::Mute(true));
            desk.finish();
            let run = desk.run.as_ref().unwrap();
            match run.verdict() {
                Some(Verdict::NotShown { reason }) => assert!(reason.starts_with('“'), "{reason}"),
                // What was left to see was that nothing happens.
                _ => assert!(run.steps().last().unwrap().words.contains(" for "), "{id}"),
            }
            assert_eq!(desk.scale(), TimeScale::Real, "{id}");
        }
    }
}

#[test]
fn a_reader_who_disconnects_ends_it_with_a_reason() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        for wait in [5, 30, 100, 400] {
            let mut desk = Desk::new(&api);
            desk.start(experiment.clone());
            desk.wait(Millis(wait));
            desk.command(Command::Disconnect);
            desk.finish();
        }
    }
    let mut desk = Desk::new(&api);
    desk.start(named(&api, "close-4008"));
    desk.wait(Millis(500));
    desk.command(Command::Disconnect);
    desk.finish();
    let Some(Verdict::NotShown { reason }) = desk.run.as_ref().unwrap().verdict() else { panic!() };
    assert_eq!(reason, "“the client waits 60 s”: you stopped the attempts");
}

#[test]
fn steps_that_were_not_reached_are_skipped_and_those_before_stay_done() {
    let api = Api::veriops();
    let server = Settings { rate_messages: usize::MAX, ..Settings::of(&api) };
    let mut desk = Desk::with(&api, server);
    desk.start(named(&api, "close-4008"));
    desk.finish();
    let states: Vec<_> = desk.run.as_ref().unwrap().steps().map(|step| step.state).collect();
    let done = |count| vec![StepState::Done; count];
    assert_eq!(states, [done(3), vec![StepState::Skipped; 3]].concat());
}

#[test]
fn what_the_description_does_not_explain_is_not_claimed() {
    let mut api = (*Api::veriops()).clone();
    api.issues.iter_mut().for_each(|issue| issue.when = None);
    let api = Arc::new(api);
    let reason = not_shown(Desk::new(&api), "issue-idle");
    assert_eq!(reason, "the description does not say how to notice it");
}

#[test]
fn an_api_with_too_few_channels_for_its_limit_says_so() {
    let mut api = (*Api::veriops()).clone();
    api.channels.iter_mut().for_each(|channel| channel.filters.clear());
    let api = Arc::new(api);
    for id in ["setting-max-subscriptions", "close-4002"] {
        let reason = not_shown(Desk::new(&api), id);
        assert!(reason.contains("too few channels and filters"), "{reason}");
    }
}

/// Runs an experiment that must not be shown, and returns the reason.
fn not_shown(mut desk: Desk, id: &str) -> String {
    let experiment = named(&desk.described, id);
    desk.start(experiment);
    desk.finish();
    assert_eq!(desk.scale(), TimeScale::Real);
    match desk.run.as_ref().unwrap().verdict() {
        Some(Verdict::NotShown { reason }) => reason.clone(),
        other => panic!("{id}: {other:?}"),
    }
}

fn named(api: &Api, id: &str) -> Experiment {
    Experiment::named(api, id).unwrap()
}
