use crate::desk::Desk;
use veriops_playground::api::Api;
use veriops_playground::experiment::experiments;

#[test]
fn smoke() {
    let api = Api::veriops();
    for experiment in experiments(&api) {
        let mut desk = Desk::new(&api);
        let id = experiment.id.clone();
        desk.start(experiment);
        desk.finish();
        let run = desk.run.as_ref().unwrap();
        println!(
            "{id}: {:?} sim {} ms real {} ms, {} entries",
            run.verdict(),
            desk.now().at.0 - 1000,
            desk.real.at.0 - 1000,
            desk.log.len()
        );
        for step in run.steps() {
            println!("    {:?} {}", step.state, step.words);
        }
    }
}
