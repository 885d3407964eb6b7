//! Experiments at any speed of time, begun and left at any moment, and a reader who does something else.

use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Note};
use veriops_playground::experiment::{Before, Experiment, Run, experiments};
use veriops_playground::protocol::json::quote;
use veriops_playground::protocol::{
    CloseCode, Envelope, Filters, Incident, MessageType, Millis, TimeScale, Topic,
};
use veriops_playground::session::{Command, Route, Target};

use super::desk::Desk;

/// Reads the input as a script, one byte a step: digits set the speed of time, letters act, `x` and `i`
/// with the byte after them, and every other byte lets time pass.
///
/// Entries are numbered one by one and none is before the last; time passes as fast as it is said to; no
/// run goes elsewhere than to the simulator; each comes to a verdict; and what the reader left alone is
/// as it was before.
pub fn check(input: &[u8]) {
    let api = Api::veriops();
    let mut script = Script {
        all: experiments(&api),
        desk: used(&api),
        rest: &input[..input.len().min(LONGEST)],
        before: None,
        looked: 0,
    };
    while let Some((step, rest)) = script.rest.split_first() {
        script.rest = rest;
        script.take(*step);
        script.look();
    }
    script.end();
}

struct Script<'a> {
    all: Vec<Experiment>,
    desk: Desk,
    rest: &'a [u8],
    /// How things were before the first run, for as long as the reader did nothing else.
    before: Option<Before>,
    /// How many entries were looked at.
    looked: usize,
}

impl Script<'_> {
    fn take(&mut self, step: u8) {
        match step {
            b'0'..=b'3' => {
                let scale = TimeScale::ALL[usize::from(step - b'0')];
                self.interfere(|desk| desk.set_scale(scale));
            }
            b'a' => self.command(Command::AnswerPings(false)),
            b'A' => self.command(Command::AnswerPings(true)),
            b'c' => self.command(Command::Connect(Target::Simulator)),
            b'd' => self.command(Command::Disconnect),
            b'f' => self.finish(),
            b'i' => {
                let incident = self.incident();
                self.interfere(|desk| desk.stage(incident));
            }
            b'k' => self.command(Command::KeepAlive(false)),
            b'K' => self.command(Command::KeepAlive(true)),
            b'p' if self.desk.run.is_some() => self.desk.begin_to_put_back(),
            b'r' => self.command(Command::Restore(false)),
            b'R' => self.command(Command::Restore(true)),
            b's' => {
                self.desk.step();
            }
            b'u' => self.command(Command::Unsubscribe(Topic::channel(OWN))),
            b'U' => {
                let text = subscribe(&Topic::channel(OWN), "own");
                self.command(Command::Send { text, force: false });
            }
            b'x' => {
                let index = self.operand() % self.all.len();
                let experiment = self.all[index].clone();
                if self.desk.run.as_ref().is_none_or(Run::is_over) {
                    self.before = Some(self.desk.before());
                }
                self.desk.start(experiment);
            }
            _ => self.wait(Millis(u64::from(step) * 10)),
        }
    }

    /// Looks at what came of the step.
    fn look(&mut self) {
        let log = &self.desk.log;
        for (number, entry) in log.iter().enumerate().skip(self.looked) {
            assert_eq!(entry.seq.0, number as u64);
            let last = number.checked_sub(1).map_or(entry.at.at, |last| log[last].at.at);
            assert!(entry.at.at >= last, "an entry before the last");
        }
        self.looked = log.len();
        assert_eq!(self.desk.sockets, 0, "a run goes to the simulator");
    }

    fn wait(&mut self, span: Millis) {
        let (start, scale) = (self.desk.now().at, self.desk.scale());
        let scalings = self.scalings();
        self.desk.wait(span);
        if scalings == self.scalings() {
            let passed = Millis(span.0 * u64::from(scale.factor()));
            assert_eq!(self.desk.now().at, start + passed, "{scale}");
        }
    }

    /// Returns how often time has changed its speed.
    fn scalings(&self) -> usize {
        let is_scaling = |body: &Body| matches!(body, Body::Note(Note::Scaled(_)));
        self.desk.log.iter().filter(|entry| is_scaling(&entry.body)).count()
    }

    fn finish(&mut self) {
        self.go_on_until(|run| run.verdict().is_some());
    }

    fn go_on_until(&mut self, is_done: impl Fn(&Run) -> bool) {
        for _ in 0..MOST_STEPS {
            if self.desk.run.as_ref().is_none_or(&is_done) {
                return;
            }
            if !self.desk.step() {
                assert_eq!(self.desk.scale(), TimeScale::Paused, "a run waits for nothing");
                self.interfere(|desk| desk.set_scale(TimeScale::Real));
            }
        }
        panic!("a run goes on for ever");
    }

    fn end(mut self) {
        self.finish();
        if self.desk.run.is_none() {
            return;
        }
        self.desk.begin_to_put_back();
        self.go_on_until(Run::is_over);
        if let Some(before) = self.before.take() {
            self.desk.set_scale(TimeScale::Real);
            self.desk.wait(Millis::seconds(1));
            assert_eq!(self.desk.before(), put_back(before, TimeScale::Real), "as it was");
        }
        self.look();
    }

    fn command(&mut self, command: Command) {
        self.interfere(|desk| desk.command(command));
    }

    fn interfere(&mut self, act: impl FnOnce(&mut Desk)) {
        self.before = None;
        act(&mut self.desk);
    }

    fn incident(&mut self) -> Incident {
        match self.operand() % 10 {
            0 => Incident::Burst { events: 3 },
            1 => Incident::Close { code: CloseCode(4008), reason: String::new() },
            2 => Incident::DelayAcks(Millis::seconds(7)),
            3 => Incident::Drop,
            4 => Incident::LoseAck(true),
            5 => Incident::Malformed,
            6 => Incident::Mute(true),
            7 => Incident::Quiet(true),
            8 => Incident::Unreachable(true),
            _ => Incident::Unreachable(false),
        }
    }

    fn operand(&mut self) -> usize {
        let Some((operand, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        usize::from(*operand)
    }
}

/// Returns how things are at this speed once a run is put back.
fn put_back(before: Before, scale: TimeScale) -> Before {
    // Subscriptions come back over a connection; what was lifted stays so.
    let needs_connection = before.is_simulated && !before.topics.is_empty();
    let connected = needs_connection.then(|| Route::Simulator.shown());
    Before { open: before.open.or(connected), scale, standing: Vec::new(), ..before }
}

/// Returns a page in use: connected to the simulator, with two subscriptions and a habit.
fn used(api: &std::sync::Arc<Api>) -> Desk {
    let mut desk = Desk::new(api);
    desk.command(Command::Connect(Target::Simulator));
    desk.wait(Millis::seconds(1));
    let filters = Filters::from([("project_id".to_owned(), quote("mine"))]);
    for (topic, id) in [
        (Topic::new("project.updated", &filters), "mine_1"),
        (Topic::channel("task.completed"), "mine_2"),
    ] {
        desk.command(Command::Send { text: subscribe(&topic, id), force: false });
    }
    desk.wait(Millis::seconds(1));
    desk.command(Command::KeepAlive(true));
    desk
}

fn subscribe(topic: &Topic, id: &str) -> String {
    Envelope::new(MessageType::Subscribe, id).about(topic).encode()
}

/// The channel that the reader of a script subscribes to.
const OWN: &str = "presence";

/// The bytes of a script that count: a run takes long.
const LONGEST: usize = 24;

/// The steps after which a run should have ended long ago.
const MOST_STEPS: usize = 20_000;
