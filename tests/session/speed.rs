//! The speed of time: a session on the simulator loses nothing by it, neither a message nor a timer.

use std::collections::BTreeSet;

use proptest::prelude::*;
use veriops_playground::api::Api;
use veriops_playground::entry::{Body, Entry, Note};
use veriops_playground::protocol::{
    CloseCode, Incident, Millis, Now, TimeScale, Topic, UnixMillis,
};
use veriops_playground::session::{Command, Input};
use veriops_playground::simulator::{Clock, Settings};

use crate::client::{Client, simulator};
use crate::link::Pair;
use crate::random::{check_waits, topic};

/// A pair whose time is that of a clock, as on the page: it is looked at now and then, never in time.
struct Paced {
    pair: Pair,
    clock: Clock,
    /// The machine's time.
    real: Now,
}

impl Paced {
    fn new() -> Self {
        let mut pair = Pair::watched(Settings::of(&Api::veriops()));
        pair.settings.rate_messages = usize::MAX;
        let (clock, real) = (Clock::default(), pair.client.now);
        Self { pair, clock, real }
    }

    /// Lets the machine's time pass, and then whatever was due in it.
    fn turn(&mut self, span: Millis) {
        let Now { at, wall } = self.real;
        self.real = Now { at: at + span, wall: UnixMillis(wall.0 + span.0) };
        self.pair.catch_up(self.clock.read(self.real));
    }

    fn command(&mut self, command: Command) {
        self.pair.client.command(command);
        self.turn(Millis(0));
    }

    fn set_scale(&mut self, scale: TimeScale) {
        self.clock.set_scale(scale, self.clock.read(self.real), self.real);
    }

    fn note(&mut self, note: Note) {
        self.pair.client.handle(Input::Noted(note));
    }

    /// Takes a step after the pause that precedes it.
    fn take(&mut self, step: &Step, pace: &mut Pace) {
        match step {
            Step::AnswerPings(on) => self.command(Command::AnswerPings(*on)),
            Step::Break => self.command(Command::Break),
            Step::Connect => self.command(Command::Connect(simulator())),
            Step::Disconnect => self.command(Command::Disconnect),
            Step::Jump => self.jump(pace),
            Step::KeepAlive(on) => self.command(Command::KeepAlive(*on)),
            Step::ReconnectNow => self.command(Command::ReconnectNow),
            Step::Stage(incident) => {
                self.pair.stage(incident);
                self.note(Note::Staged(incident.clone()));
                self.turn(Millis(0));
            }
            Step::Subscribe(topic) => {
                self.pair.client.subscribe(topic);
                self.turn(Millis(0));
            }
            Step::Unsubscribe(topic) => self.command(Command::Unsubscribe(topic.clone())),
            Step::WatchSilence(on) => self.command(Command::WatchSilence(*on)),
        }
    }

    /// Leaps, or waits for the same, to the next row.
    fn jump(&mut self, pace: &mut Pace) {
        let start = self.clock.read(self.real);
        let Some(target) = self.pair.next_row(start.at + HOUR) else { return };
        if pace.leaps {
            self.clock.advance_to(target, self.real);
        } else {
            // A millisecond is left, because the note comes before what happens then.
            let scale = self.clock.scale();
            let almost = target - Millis(1);
            self.clock.set_scale(TimeScale::Real, start, self.real);
            self.turn(almost - start.at);
            self.real = self.real.when(self.real.at + (target - almost.max(start.at)));
            self.clock.set_scale(scale, self.clock.read(self.real), self.real);
        }
        self.pair.client.now = self.clock.read(self.real);
        self.note(Note::Jumped { span: target - start.at });
        self.turn(Millis(0));
    }

    /// Lets `span` pass on the session's clock, in turns of the pace.
    fn wait(&mut self, span: Millis, pace: &mut Pace) {
        let end = self.clock.read(self.real).at + span;
        loop {
            let scale = pace.scale();
            self.set_scale(scale);
            let left = end - self.clock.read(self.real).at;
            if left == Millis(0) {
                return;
            }
            let turn = pace.turn();
            self.turn(match scale {
                TimeScale::Paused => turn,
                _ => turn.min(Millis(left.0 / u64::from(scale.factor()))),
            });
        }
    }
}

/// How time passes while a script is played.
#[derive(Debug)]
struct Pace {
    /// The speeds, one after the other and over again.
    scales: Vec<TimeScale>,
    /// The milliseconds between two turns, one after the other and over again.
    turns: Vec<u64>,
    /// Whether a jump is one; else the time to it is waited for.
    leaps: bool,
    count: usize,
}

impl Pace {
    fn steady(scale: TimeScale) -> Self {
        Self { scales: vec![scale], turns: vec![250], leaps: scale != TimeScale::Real, count: 0 }
    }

    fn scale(&mut self) -> TimeScale {
        self.count += 1;
        self.scales[self.count % self.scales.len()]
    }

    fn turn(&self) -> Millis {
        Millis(self.turns[self.count % self.turns.len()])
    }
}

/// Something that is done to a session on the simulator.
#[derive(Clone, Debug)]
enum Step {
    AnswerPings(bool),
    Break,
    Connect,
    Disconnect,
    Jump,
    KeepAlive(bool),
    ReconnectNow,
    Stage(Incident),
    Subscribe(Topic),
    Unsubscribe(Topic),
    WatchSilence(bool),
}

/// Spans that every speed can keep to the millisecond: of sixty milliseconds each.
fn pause() -> impl Strategy<Value = Millis> {
    prop_oneof![3 => 0..40_u64, 2 => 0..1_000_u64].prop_map(|sixties| Millis(60 * sixties))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any::<bool>().prop_map(Step::AnswerPings),
        2 => Just(Step::Break),
        2 => Just(Step::Connect),
        1 => Just(Step::Disconnect),
        6 => Just(Step::Jump),
        1 => any::<bool>().prop_map(Step::KeepAlive),
        1 => Just(Step::ReconnectNow),
        8 => incident().prop_map(Step::Stage),
        8 => topic().prop_map(Step::Subscribe),
        3 => topic().prop_map(Step::Unsubscribe),
        1 => any::<bool>().prop_map(Step::WatchSilence),
    ]
}

fn incident() -> impl Strategy<Value = Incident> {
    let code = prop::sample::select(vec![1001, 1012, 4001, 4008]);
    prop_oneof![
        (0..20_u32).prop_map(|events| Incident::Burst { events }),
        code.prop_map(|code| Incident::Close { code: CloseCode(code), reason: "bye".into() }),
        prop::sample::select(vec![0, 0, 900, 12_000])
            .prop_map(|delay| Incident::DelayAcks(Millis(delay))),
        Just(Incident::Drop),
        any::<bool>().prop_map(Incident::ForbidAddress),
        any::<bool>().prop_map(Incident::LoseAck),
        Just(Incident::Malformed),
        any::<bool>().prop_map(Incident::Mute),
        Just(Incident::Oversize),
        any::<bool>().prop_map(Incident::Quiet),
        any::<bool>().prop_map(Incident::RefuseKeys),
    ]
}

fn script() -> impl Strategy<Value = Vec<(Millis, Step)>> {
    prop::collection::vec((pause(), step()), 0..30)
}

fn pace() -> impl Strategy<Value = Pace> {
    let scales = prop::sample::select(TimeScale::ALL.to_vec());
    let others = prop::collection::vec(scales, 0..6);
    let turns = prop::collection::vec(1..4_000_u64, 1..6);
    // Where time never passes nothing ends.
    (others, turns).prop_map(|(mut scales, turns)| {
        scales.push(TimeScale::Sixtyfold);
        Pace { scales, turns, leaps: true, count: 0 }
    })
}

/// Plays a script and returns the log.
fn played(script: &[(Millis, Step)], pace: &mut Pace) -> Vec<Entry> {
    let mut paced = Paced::new();
    paced.command(Command::Connect(simulator()));
    for (pause, step) in script {
        paced.wait(*pause, pace);
        paced.take(step, pace);
    }
    paced.wait(Millis::seconds(120), pace);
    paced.pair.client.log
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_same_happens_at_the_same_time_at_every_speed(
        script in script(),
        mut pace in pace(),
    ) {
        let as_on_the_wall = played(&script, &mut Pace::steady(TimeScale::Real));
        for scale in [TimeScale::Tenfold, TimeScale::Sixtyfold] {
            let faster = played(&script, &mut Pace::steady(scale));
            prop_assert_eq!(&faster, &as_on_the_wall, "{}", scale);
        }
        prop_assert_eq!(&played(&script, &mut pace), &as_on_the_wall);
    }

    #[test]
    fn whatever_goes_wrong_at_whatever_speed_the_server_has_in_the_end_what_the_reader_wants(
        script in script(),
        mut pace in pace(),
    ) {
        let mut paced = Paced::new();
        let mut wishes = BTreeSet::new();
        paced.command(Command::Connect(simulator()));
        for (pause, step) in &script {
            paced.wait(*pause, &mut pace);
            wish(&mut wishes, &paced.pair.client, step);
            let before = paced.pair.client.log.clone();
            paced.take(step, &mut pace);
            check_waits(&paced.pair.client)?;
            if matches!(step, Step::Jump) {
                check_leap(&before, &paced.pair.client.log)?;
            }
        }
        let undone: Vec<_> = paced.pair.conditions.standing().filter_map(Incident::undone).collect();
        for incident in &undone {
            paced.pair.stage(incident);
        }
        for command in [Command::AnswerPings(true), Command::WatchSilence(true), Command::Break] {
            paced.command(command);
        }
        paced.set_scale(TimeScale::Real);
        if !paced.pair.client.session.phase().is_open() {
            paced.command(Command::Connect(simulator()));
        }
        paced.wait(Millis::seconds(120), &mut Pace::steady(TimeScale::Sixtyfold));

        let client = &paced.pair.client;
        prop_assert!(client.session.phase().is_open());
        prop_assert!(client.log.is_sorted_by_key(|entry| entry.at.at));
        let topics: BTreeSet<_> =
            client.session.subscriptions().iter().map(|it| it.topic.clone()).collect();
        prop_assert_eq!(&topics, &wishes);
        prop_assert_eq!(topics, paced.pair.topics().into_keys().collect());
        prop_assert!(client.states().iter().all(|state| *state == "active"));
    }
}

/// Takes note of what the reader wants, apart from the session's own account.
fn wish(wishes: &mut BTreeSet<Topic>, client: &Client, step: &Step) {
    let is_open = client.session.phase().is_open();
    match step {
        Step::Subscribe(topic) if is_open => {
            wishes.insert(topic.clone());
        }
        Step::Unsubscribe(topic) => {
            let known = client.subscription(topic);
            let asks = is_open && known.is_some_and(|it| it.state.may_be_at_server());
            let ends_all = asks && !topic.is_filtered();
            wishes.retain(|it| it != topic && !(ends_all && it.channel == topic.channel));
        }
        _ => {}
    }
}

/// Checks that a leap led to something that can be read: a row, or what became of one.
fn check_leap(before: &[Entry], after: &[Entry]) -> Result<(), TestCaseError> {
    let Some((note, rows)) = after.get(before.len()..).and_then(<[_]>::split_first) else {
        return Ok(());
    };
    let Body::Note(Note::Jumped { span }) = note.body else {
        return Err(TestCaseError::fail(format!("{note:?} is no leap")));
    };
    let is_settled = before != &after[..before.len()];
    prop_assert!(is_settled || !rows.is_empty() || span == HOUR, "a leap of {span:?} to nothing");
    prop_assert!(rows.iter().all(|row| row.at == note.at), "{rows:?}");
    Ok(())
}

const HOUR: Millis = Millis::seconds(3_600);
