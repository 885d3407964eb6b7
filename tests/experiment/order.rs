//! One experiment after the other, in any order, and what is put back.

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::Body;
use veriops_playground::experiment::{Action, Before, Experiment, Verdict, experiments};
use veriops_playground::protocol::json::quote;
use veriops_playground::protocol::{
    Envelope, Filters, Incident, MessageType, Millis, TimeScale, Topic,
};
use veriops_playground::session::{Command, Phase, SubscriptionState, Target};

use crate::desk::Desk;
use crate::other;

#[test]
fn every_experiment_is_shown_after_every_other_and_after_itself() {
    let api = Api::veriops();
    let all = experiments(&api);
    let mut desk = used(&api);
    let before = desk.before();
    for index in round(all.len()) {
        let experiment = all[index].clone();
        let id = experiment.id.clone();
        desk.log.clear();
        desk.start(experiment);
        desk.finish();
        let run = desk.run.as_ref().unwrap();
        let last = desk.actions.len();
        assert_eq!(run.verdict(), Some(&Verdict::Shown), "{id} after {last} actions");
    }
    assert_is_back(&mut desk, &before, "all");
    assert_eq!(desk.sockets, 0);
}

#[test]
fn every_experiment_leaves_everything_as_it_was() {
    for api in [Api::veriops(), other::api()] {
        for experiment in experiments(&api) {
            let mut desk = used(&api);
            let (before, id) = (desk.before(), experiment.id.clone());
            desk.start(experiment);
            desk.finish();
            assert_is_back(&mut desk, &before, &id);
        }
    }
}

#[test]
fn an_experiment_that_is_left_in_the_middle_leaves_everything_as_it_was() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        for steps in [0, 1, 2, 3, 5, 8, 13, 60] {
            let mut desk = used(&api);
            let (before, id) = (desk.before(), experiment.id.clone());
            desk.start(experiment.clone());
            for _ in 0..steps {
                desk.step();
            }
            assert_is_back(&mut desk, &before, &format!("{id} after {steps} steps"));
            let verdict = desk.run.as_ref().unwrap().verdict();
            assert!(verdict.is_some(), "{id} has a verdict, whatever it is");
        }
    }
}

#[test]
fn an_experiment_in_the_place_of_another_puts_back_what_was_there_before_both() {
    let api = Api::veriops();
    let all = experiments(&api);
    for (index, first) in all.iter().enumerate() {
        let second = &all[(index * 7 + 3) % all.len()];
        for steps in [0, 1, 4, 9] {
            let mut desk = used(&api);
            let before = desk.before();
            desk.start(first.clone());
            for _ in 0..steps {
                desk.step();
            }
            desk.start(second.clone());
            desk.finish();
            let what = format!("{} {steps} steps into {}", second.id, first.id);
            assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown), "{what}");
            assert_is_back(&mut desk, &before, &what);
        }
    }
}

#[test]
fn an_experiment_that_is_begun_while_another_is_put_back_is_shown() {
    let api = Api::veriops();
    let [first, second] = ["close-4002", "close-4008"].map(|id| named(&api, id));
    let mut desk = used(&api);
    let before = desk.before();
    desk.start(first);
    desk.finish();
    desk.begin_to_put_back();
    desk.start(second);
    desk.finish();
    assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown));
    assert_is_back(&mut desk, &before, "close-4008");
}

#[test]
fn a_subscription_that_waits_to_be_brought_back_takes_no_part_in_an_experiment() {
    let api = Api::veriops();
    for restores in [false, true] {
        let mut desk = used(&api);
        desk.command(Command::Restore(restores));
        desk.command(Command::Disconnect);
        desk.wait(Millis::seconds(1));
        desk.start(named(&api, "close-1001"));
        desk.finish();
        assert_eq!(desk.session.subscription_count(), 1, "the run's own");
        desk.put_back();
        desk.wait(Millis::seconds(1));
        assert_eq!(desk.session.subscription_count(), 2, "the reader's");
        assert_eq!(desk.session.restores(), restores);
    }
}

#[test]
fn an_experiment_that_has_ended_leaves_nothing_odd_standing() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        let mut desk = used(&api);
        let (before, id) = (desk.before(), experiment.id.clone());
        desk.start(experiment);
        desk.finish();
        let after = desk.before();
        let kept = Before { open: before.open.clone(), topics: before.topics.clone(), ..after };
        assert_eq!(kept, before, "{id}: only connection and subscriptions are as they came to be");
    }
}

#[test]
fn what_the_reader_does_between_two_experiments_is_the_readers() {
    let api = Api::veriops();
    let mut desk = used(&api);
    let mut before = desk.before();
    desk.start(named(&api, "close-1001"));
    desk.finish();
    let own = Topic::channel("task.completed");
    desk.command(Command::Send { text: subscribe(&own), force: false });
    desk.command(Command::KeepAlive(false));
    desk.wait(Millis::seconds(1));
    desk.start(named(&api, "close-4002"));
    desk.finish();
    let verdict = desk.run.as_ref().unwrap().verdict();
    assert_eq!(verdict, Some(&Verdict::Shown), "one more subscription is not in the way");
    before.topics.push(own);
    before.keeps_alive = false;
    assert_is_back(&mut desk, &before, "both");
}

#[test]
fn what_the_reader_subscribes_to_meanwhile_stays() {
    let api = Api::veriops();
    let mut desk = used(&api);
    let mut before = desk.before();
    desk.start(named(&api, "close-4008"));
    desk.wait(Millis(60));
    let own = Topic::channel("task.completed");
    desk.command(Command::Send { text: subscribe(&own), force: false });
    desk.finish();
    assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown));
    before.topics.push(own);
    desk.put_back();
    desk.wait(Millis::seconds(1));
    let mut after = desk.before();
    after.topics.sort();
    before.topics.sort();
    assert_eq!(after, before);
}

#[test]
fn where_nothing_was_connected_nothing_is_afterwards() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        let mut desk = Desk::new(&api);
        let (before, id) = (desk.before(), experiment.id.clone());
        desk.start(experiment);
        desk.finish();
        desk.put_back();
        desk.wait(Millis::seconds(120));
        assert!(matches!(desk.session.phase(), Phase::Idle { .. }), "{id}");
        let now = Before { is_simulated: false, ..desk.before() };
        assert_eq!(now, before, "{id}");
    }
}

#[test]
fn conditions_stand_in_the_way_of_no_experiment_wherever_the_reader_is() {
    let api = Api::veriops();
    let standing =
        [Incident::Unreachable(true), Incident::Mute(true), Incident::ForbidAddress(true)];
    for experiment in experiments(&api) {
        for incident in &standing {
            for is_elsewhere in [false, true] {
                let mut desk = used(&api);
                desk.stage(incident.clone());
                if is_elsewhere {
                    desk.command(Command::Connect(live(&api)));
                    desk.wait(Millis::seconds(6));
                }
                desk.start(experiment.clone());
                desk.finish();
                let verdict = desk.run.as_ref().unwrap().verdict();
                assert_eq!(verdict, Some(&Verdict::Shown), "{} {incident:?}", experiment.id);
                assert_eq!(desk.conditions.standing().count(), 0);
            }
        }
    }
}

#[test]
fn conditions_that_stood_before_are_lifted_and_stay_so() {
    let api = Api::veriops();
    let standing = [
        Incident::DelayAcks(Millis::seconds(12)),
        Incident::LoseAck(true),
        Incident::Quiet(true),
        Incident::RefuseKeys(true),
    ];
    for experiment in experiments(&api) {
        let mut desk = used(&api);
        for incident in &standing {
            desk.stage(incident.clone());
        }
        let id = experiment.id.clone();
        desk.start(experiment);
        desk.finish();
        assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown), "{id}");
        desk.put_back();
        assert_eq!(desk.conditions.standing().count(), 0, "{id}");
    }
}

#[test]
fn a_speed_of_before_comes_back_and_a_pause_stops_no_experiment() {
    let api = Api::veriops();
    for scale in [TimeScale::Paused, TimeScale::Tenfold] {
        let mut desk = Desk::new(&api);
        desk.command(Command::Connect(Target::Simulator));
        desk.wait(Millis::seconds(1));
        desk.set_scale(scale);
        let experiment = named(&api, "close-1001");
        desk.start(experiment);
        desk.finish();
        assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown));
        assert_eq!(desk.scale(), TimeScale::Real);
        desk.begin_to_put_back();
        desk.wait(Millis::seconds(1));
        assert_eq!(desk.scale(), scale);
    }
}

#[test]
fn a_live_connection_is_ended_and_never_opened() {
    let api = Api::veriops();
    for id in ["close-4008", "setting-idle-timeout", "issue-mixed-content"] {
        let mut desk = Desk::new(&api);
        desk.command(Command::Connect(live(&api)));
        desk.wait(Millis::seconds(1));
        desk.command(Command::Send { text: subscribe(&Topic::channel("presence")), force: false });
        desk.wait(Millis::seconds(1));
        let experiment = named(&api, id);
        desk.start(experiment);
        desk.finish();
        assert_eq!(desk.run.as_ref().unwrap().verdict(), Some(&Verdict::Shown), "{id}");
        desk.put_back();
        desk.wait(Millis::seconds(120));
        assert_eq!(desk.sockets, 1, "{id}: the reader's own");
        assert_eq!(
            desk.session.subscription_count(),
            0,
            "{id}: another server's are not brought back"
        );
        assert!(matches!(desk.session.phase(), Phase::Idle { .. }), "{id}");
    }
}

#[test]
fn after_two_experiments_on_end_a_live_connection_gives_way_to_none() {
    let api = Api::veriops();
    let mut desk = Desk::new(&api);
    desk.command(Command::Connect(live(&api)));
    desk.wait(Millis::seconds(1));
    for id in ["message-subscribe", "message-ack"] {
        desk.start(named(&api, id));
        desk.finish();
    }
    desk.put_back();
    desk.wait(Millis::seconds(1));
    assert!(matches!(desk.session.phase(), Phase::Idle { .. }));
}

#[test]
fn after_two_experiments_on_end_a_connection_that_was_open_is_open_again() {
    let api = Api::veriops();
    let mut desk = Desk::new(&api);
    desk.command(Command::Connect(Target::Simulator));
    desk.wait(Millis::seconds(1));
    // The first one ends without a connection.
    for id in ["close-1008", "message-subscribe"] {
        desk.start(named(&api, id));
        desk.finish();
        assert_eq!(desk.session.phase().is_open(), id != "close-1008");
    }
    desk.put_back();
    desk.wait(Millis::seconds(1));
    assert!(desk.session.phase().is_open());
}

#[test]
fn the_simulator_is_connected_to_again_only_if_it_was_open() {
    let api = Api::veriops();
    for is_open in [false, true] {
        let mut desk = Desk::new(&api);
        desk.command(Command::Connect(Target::Simulator));
        desk.wait(Millis::seconds(1));
        if !is_open {
            desk.command(Command::Disconnect);
            desk.wait(Millis::seconds(1));
        }
        desk.start(named(&api, "message-subscribe"));
        desk.finish();
        desk.put_back();
        desk.wait(Millis::seconds(1));
        assert_eq!(desk.session.phase().is_open(), is_open);
    }
}

#[test]
fn a_reader_who_goes_elsewhere_ends_the_experiment_and_keeps_the_connection() {
    let api = Api::veriops();
    let mut desk = used(&api);
    let experiment = named(&api, "close-4008");
    desk.start(experiment);
    desk.wait(Millis(200));
    desk.command(Command::Connect(live(&api)));
    desk.wait(Millis::seconds(1));
    let run = desk.run.as_ref().unwrap();
    let Some(Verdict::NotShown { reason }) = run.verdict() else { panic!("it cannot be shown") };
    assert_eq!(reason, "you connected elsewhere; experiments run in the simulator");
    assert!(run.is_over());
    desk.begin_to_put_back();
    desk.wait(Millis::seconds(1));
    assert!(desk.session.phase().is_open());
    assert!(matches!(desk.session.target(), Some(Target::Live { .. })));
}

/// Returns a desk that has been used: two subscriptions, habits that are not the usual ones.
fn used(api: &Arc<Api>) -> Desk {
    let mut desk = Desk::new(api);
    desk.command(Command::Connect(Target::Simulator));
    desk.wait(Millis::seconds(1));
    let channel = api.channels.iter().find(|it| !it.filters.is_empty()).unwrap();
    let filters = channel.filters.iter().map(|it| (it.name.clone(), quote("mine")));
    let filters: Filters = filters.collect();
    let plain = api.channels.iter().find(|it| it.filters.is_empty()).unwrap();
    for topic in [Topic::new(&*channel.name, &filters), Topic::channel(&*plain.name)] {
        desk.command(Command::Send { text: subscribe(&topic), force: false });
    }
    desk.wait(Millis::seconds(1));
    desk.command(Command::KeepAlive(true));
    assert_eq!(desk.session.subscription_count(), 2);
    desk
}

/// Puts back, and checks that everything is as it was before.
fn assert_is_back(desk: &mut Desk, before: &Before, what: &str) {
    desk.put_back();
    desk.wait(Millis::seconds(1));
    assert_eq!(desk.before(), *before, "{what}");
    assert_eq!(before.standing, [], "{what}");
    assert!(desk.session.phase().is_open(), "{what}");
    for subscription in desk.session.subscriptions() {
        assert_eq!(subscription.state, SubscriptionState::Active, "{what}");
    }
    let targets = desk.actions.iter().filter_map(|action| match action {
        Action::Command(Command::Connect(target)) => Some(target),
        _ => None,
    });
    assert!(targets.into_iter().all(|target| *target == Target::Simulator), "{what}");
    assert!(desk.log.iter().any(|entry| matches!(entry.body, Body::Opened { .. })), "{what}");
}

/// Returns a round through all pairs of `count` things: each comes after each once, itself included.
fn round(count: usize) -> Vec<usize> {
    let mut left: Vec<Vec<usize>> = vec![(0..count).collect(); count];
    let (mut path, mut round) = (vec![0], Vec::new());
    while let Some(&here) = path.last() {
        match left[here].pop() {
            Some(next) => path.push(next),
            None => round.extend(path.pop()),
        }
    }
    round.reverse();
    let pairs: std::collections::BTreeSet<_> = round.windows(2).map(|it| (it[0], it[1])).collect();
    assert_eq!((pairs.len(), round.len()), (count * count, count * count + 1));
    round
}

fn named(api: &Api, id: &str) -> Experiment {
    Experiment::named(api, id).unwrap()
}

fn live(api: &Api) -> Target {
    Target::Live { endpoint: api.live[0].endpoint.clone(), key: None }
}

fn subscribe(topic: &Topic) -> String {
    Envelope::new(MessageType::Subscribe, ["mine_", &*topic.channel].concat()).about(topic).encode()
}
