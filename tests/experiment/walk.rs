//! Every row of the page's tables happens: what it claims is looked for in the log alone, whatever the
//! experiment says of itself.

use std::sync::Arc;

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Note};
use veriops_playground::experiment::{Action, StepState, Verdict, experiments};
use veriops_playground::protocol::{CloseCode, Instant, Millis, TimeScale};
use veriops_playground::session::{Command, Target};

use crate::claim::Row;
use crate::desk::Desk;
use crate::log::Log;
use crate::other;

#[test]
fn every_row_of_the_page_happens() {
    walk(&Api::veriops());
}

#[test]
fn every_row_of_another_api_happens() {
    walk(&other::api());
}

#[test]
fn an_experiment_takes_a_reader_at_most_seconds() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        let mut desk = Desk::new(&api);
        let (id, start) = (experiment.id.clone(), desk.real.at);
        desk.start(experiment);
        desk.finish();
        assert!(desk.real.at - start <= Millis::seconds(20), "{id}");
    }
}

#[test]
fn time_passes_at_its_usual_speed_when_the_moment_comes() {
    let api = Api::veriops();
    let desk = shown(&api, "close-4008");
    let log = Log(&desk.log);
    let (closed, _) = log.close(CloseCode(4008));
    let mut scales = scales(&desk);
    scales.retain(|(at, _)| *at >= closed);
    let attempt = closed + Millis::seconds(60);
    assert_eq!(scales[0], (closed, TimeScale::Sixtyfold));
    assert_eq!(scales[1].1, TimeScale::Real);
    assert!(scales[1].0 < attempt && scales[1].0 + Millis::seconds(5) > attempt);
    assert_eq!(scales.len(), 2, "and it stays so");
}

/// Walks every row of the description and checks what is claimed there.
fn walk(api: &Arc<Api>) {
    let (all, rows) = (experiments(api), Row::all(api));
    assert_eq!(all.len(), rows.len(), "every row has an experiment");
    for (experiment, row) in all.iter().zip(rows) {
        let words = (experiment.group, experiment.title.clone(), &*experiment.claim);
        assert_eq!(words, row.words());
        let desk = shown(api, &experiment.id);
        row.check(api, Log(&desk.log), desk.now().at);
    }
}

/// Runs an experiment, which must be shown, and returns what it was run on.
fn shown(api: &Arc<Api>, id: &str) -> Desk {
    let mut desk = Desk::new(api);
    let experiment = experiments(api).into_iter().find(|it| it.id == id).unwrap();
    desk.start(experiment);
    desk.finish();
    let run = desk.run.as_ref().unwrap();
    assert_eq!(run.verdict(), Some(&Verdict::Shown), "{id}");
    assert!(run.steps().all(|step| step.state == StepState::Done), "{id}");
    assert!(run.steps().count() > 0, "{id}");
    assert_eq!(desk.scale(), TimeScale::Real, "{id}");
    let connects = desk.actions.iter().filter_map(|action| match action {
        Action::Command(Command::Connect(target)) => Some(target),
        _ => None,
    });
    assert!(connects.into_iter().all(|target| *target == Target::Simulator), "{id}");
    assert_eq!(desk.sockets, 0, "{id}");
    desk
}

fn scales(desk: &Desk) -> Vec<(Instant, TimeScale)> {
    let scale = |it: &veriops_playground::entry::Entry| match it.body {
        Body::Note(Note::Scaled(scale)) => Some((it.at.at, scale)),
        _ => None,
    };
    desk.log.iter().filter_map(scale).collect()
}
