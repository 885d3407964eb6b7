//! An experiment under way.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::expect::{Expect, Met, Seen};
use super::plan::plan;
use super::step::{Act, Habit, Move, connect};
use super::{Action, Before, Experiment, Observed, Step, StepState, Verdict};
use crate::api::Api;
use crate::entry::{Body, Entry, Note};
use crate::protocol::{
    Envelope, Incident, Instant, MessageType, Millis, Now, TimeScale, Topic, json,
};
use crate::session::{Command, Route};
use crate::words::experiment as words;

/// An experiment under way, from its first command to what is put back.
pub struct Run {
    experiment: Experiment,
    before: Before,
    moves: Vec<Move>,
    /// How many moves are done; the next one is under way.
    done: usize,
    stage: Stage,
    verdict: Option<Verdict>,
    pending: VecDeque<Act>,
    /// When the step before was done, what was seen since, and until when the step may take.
    since: Instant,
    count: usize,
    due: Instant,
    /// When time is to pass at its usual speed again.
    slow_from: Option<Instant>,
    /// The speed of time.
    scale: TimeScale,
    /// The incidents of the run that stand.
    standing: Vec<Incident>,
    /// What undoes the incidents of before, as far as the log has not said that it is done.
    lifting: Vec<Incident>,
    /// What the run subscribed to.
    made: Vec<Topic>,
    /// How the request ids of the run's messages begin, and how many there are.
    own: String,
    sent: usize,
    /// The latest moment that was seen.
    now: Now,
}

/// Where a run is as a whole.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// It leaves the connection of before.
    Entering,
    /// Its moves are made.
    Moving,
    /// It has its verdict, and everything is as it came to be.
    Resting,
    /// It waits for the connection over which the former subscriptions come back.
    Returning,
    /// Everything is put back, or the run has nothing to do with it any more.
    Over,
}

impl Run {
    /// Returns a run of `experiment` that has yet to be polled. `before` is what it puts back.
    pub fn new(api: &Api, experiment: Experiment, mut before: Before) -> Self {
        if !before.is_simulated {
            // What another server has is not for the simulator.
            before.topics.clear();
        }
        let mut run = Self {
            experiment,
            scale: before.scale,
            before,
            moves: Vec::new(),
            done: 0,
            stage: Stage::Over,
            verdict: None,
            pending: VecDeque::new(),
            since: Instant(0),
            count: 0,
            due: Instant::NEVER,
            slow_from: None,
            standing: Vec::new(),
            lifting: Vec::new(),
            made: Vec::new(),
            own: String::new(),
            sent: 0,
            now: Now::default(),
        };
        run.enter(api);
        run
    }

    /// Takes up another experiment in the place of this one. What was there before this one is what is
    /// put back after that one, with what the reader has changed since; `now` says how things are.
    pub fn go_on_with(&mut self, api: &Api, experiment: Experiment, now: Before) {
        let mut topics = core::mem::take(&mut self.before.topics);
        let is_own = |topic: &Topic| !self.made.contains(topic) && !topics.contains(topic);
        let own: Vec<_> = now.topics.iter().filter(|topic| is_own(topic)).cloned().collect();
        topics.extend(own);
        let Before { open, is_simulated, .. } = self.before.clone();
        // Before the end, habits and speed are the experiment's.
        let rest = if self.stage == Stage::Resting { now } else { self.before.clone() };
        self.before = Before { open, is_simulated, topics, ..rest };
        self.pending.clear();
        self.experiment = experiment;
        (self.done, self.verdict) = (0, None);
        self.enter(api);
    }

    /// Feeds in what happened. Drain [`Run::poll`] afterwards.
    pub fn handle(&mut self, what: Observed<'_>, now: Now) {
        self.now = now;
        match what {
            Observed::Entry(entry) => self.see(entry),
            // What became of a request is told by the entry of its answer.
            Observed::Settled(..) => {}
            Observed::Timeout => self.expire(),
        }
    }

    /// Takes out the next thing to do.
    #[must_use]
    pub fn poll(&mut self) -> Option<Action> {
        loop {
            match self.pending.pop_front()? {
                Act::Pings(0) => {}
                Act::Pings(left) => {
                    self.pending.push_front(Act::Pings(left - 1));
                    return Some(self.send(MessageType::Ping, None, 0, true));
                }
                act => return Some(self.action(act)),
            }
        }
    }

    /// Returns when [`Observed::Timeout`] is due, in simulated time.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.stage {
            Stage::Resting | Stage::Over => None,
            _ => Some(self.slow_from.map_or(self.due, |slow| slow.min(self.due)))
                .filter(|due| *due != Instant::NEVER),
        }
    }

    /// Returns what is run.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Returns the steps, in their order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.moves.iter().enumerate().map(|(index, step)| {
            let is_under_way = self.stage == Stage::Moving;
            let state = match index {
                _ if index < self.done => StepState::Done,
                _ if self.verdict.is_some() => StepState::Skipped,
                _ if index == self.done => StepState::Current,
                _ => StepState::Waiting,
            };
            let is_timed = is_under_way && index == self.done && step.fast > Millis(0);
            Step {
                words: Cow::Borrowed(&*step.words),
                state,
                until: is_timed.then(|| self.since + step.fast),
            }
        })
    }

    /// Returns how the run ended, once it has.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// Returns whether nothing of the run is left to put back: it can be forgotten.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over && self.pending.is_empty()
    }

    /// Puts back what was there before: incidents, habits, the speed of time, subscriptions. Drain
    /// [`Run::poll`] afterwards. The subscriptions come back with the next connection, so go on feeding
    /// in what happens until [`Run::is_over`].
    pub fn put_back(&mut self) {
        if matches!(self.stage, Stage::Over | Stage::Returning) {
            return;
        }
        if self.verdict.is_none() {
            self.verdict = Some(Verdict::NotShown { reason: words::STOPPED.to_owned() });
        }
        self.undo();
        self.set_scale(self.before.scale);
        self.pending.push_back(Act::Disconnect);
        self.pending.extend(core::mem::take(&mut self.made).into_iter().map(Act::Unsubscribe));
        self.stage = Stage::Over;
        let was_open = self.before.is_simulated && self.before.open.is_some();
        if was_open || !self.before.topics.is_empty() {
            self.pending.push_back(Act::Connect);
            self.stage = Stage::Returning;
            self.due = Instant::NEVER;
        }
    }

    /// Asks for a connection of its own to the simulator, whatever was there before.
    fn enter(&mut self, api: &Api) {
        self.slow_from = None;
        self.due = Instant::NEVER;
        self.moves = match plan(api, self.experiment.kind) {
            Ok(moves) => moves,
            Err(reason) => {
                self.moves = Vec::new();
                // Something of an experiment before may be left to put back.
                let is_untouched = self.stage == Stage::Over;
                self.rest(Verdict::NotShown { reason });
                if is_untouched {
                    self.stage = Stage::Over;
                }
                return;
            }
        };
        self.stage = Stage::Entering;
        self.set_scale(TimeScale::Real);
        let standing = self.standing.iter().chain(&self.before.standing);
        self.lifting = standing.filter_map(Incident::undone).collect();
        self.pending.extend(self.lifting.iter().cloned().map(Act::Stage));
        self.set_habits(true, false, true, true);
        self.pending.push_back(Act::Disconnect);
        let made = core::mem::take(&mut self.made);
        let forgotten = self.before.topics.iter().cloned().chain(made);
        self.pending.extend(forgotten.map(Act::Unsubscribe));
        self.pending.push_back(Act::Connect);
    }

    fn see(&mut self, entry: &Entry) {
        if self.own.is_empty() {
            // An entry's number never comes again, and neither do ids that are made of it.
            self.own = ["try_", &*entry.seq.0.to_string(), "_"].concat();
        }
        if matches!(self.stage, Stage::Entering | Stage::Returning) {
            self.due = self.due.min(entry.at.at + PATIENCE);
        }
        match &entry.body {
            Body::Note(Note::Scaled(scale)) => self.scale = *scale,
            Body::Note(Note::Staged(incident)) => self.lifting.retain(|it| it != incident),
            Body::Note(Note::Connecting { endpoint, .. }) => {
                if *endpoint != Route::Simulator.shown() {
                    return self.abandon();
                }
                match self.stage {
                    Stage::Entering if self.lifting.is_empty() => self.begin(entry.at.at),
                    // On another server's connection nothing could be lifted; this attempt suffers.
                    Stage::Entering => {
                        let lifted = core::mem::take(&mut self.lifting).into_iter();
                        self.pending.extend(lifted.map(Act::Stage));
                        self.pending.push_back(Act::Connect);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        match self.stage {
            Stage::Moving => {
                if entry.at.at > self.due {
                    self.expire();
                }
                self.meet(entry);
            }
            Stage::Returning if matches!(entry.body, Body::Opened { .. }) => {
                let topics = self.before.topics.clone();
                self.pending.extend(topics.into_iter().map(Act::Subscribe));
                self.stage = Stage::Over;
            }
            _ => {}
        }
    }

    fn meet(&mut self, entry: &Entry) {
        let Some(step) = self.moves.get(self.done).filter(|_| self.stage == Stage::Moving) else {
            return;
        };
        let (since, count) = (&mut self.since, &mut self.count);
        let mut seen = Seen { since, count, own: &self.own, made: &self.made };
        match step.expect.meet(entry, &mut seen) {
            Met::NotYet => {}
            Met::Now => self.advance(entry.at.at),
            Met::Never(why) => self.fail(&why),
        }
    }

    /// Does what the time has come for.
    fn expire(&mut self) {
        if self.due > self.now.at {
            if self.slow_from.is_some_and(|slow| slow <= self.now.at) {
                self.slow_from = None;
                self.set_scale(TimeScale::Real);
            }
            return;
        }
        let is_calm =
            self.moves.get(self.done).is_some_and(|it| matches!(it.expect, Expect::Calm { .. }));
        match self.stage {
            Stage::Moving if is_calm => self.advance(self.due),
            Stage::Moving => self.fail(&words::overdue(self.due - self.since)),
            Stage::Entering => {
                self.rest(Verdict::NotShown { reason: words::NOT_ENTERED.to_owned() });
            }
            Stage::Returning => self.stage = Stage::Over,
            Stage::Resting | Stage::Over => {}
        }
    }

    fn advance(&mut self, at: Instant) {
        self.done += 1;
        self.begin(at);
    }

    /// Begins the move whose turn it is, or ends with everything shown.
    fn begin(&mut self, at: Instant) {
        self.stage = Stage::Moving;
        self.since = at;
        self.count = 0;
        let Some(step) = self.moves.get_mut(self.done) else {
            return self.rest(Verdict::Shown);
        };
        self.pending.extend(step.acts.drain(..));
        let fast = step.fast;
        let is_worth_it = fast > LEAD + LEAD;
        (self.due, self.slow_from) = match step.expect {
            Expect::Calm { span, .. } => (at + span, None),
            _ => (at + fast + step.expect.patience(), is_worth_it.then(|| at + (fast - LEAD))),
        };
        self.set_scale(if is_worth_it { TimeScale::Sixtyfold } else { TimeScale::Real });
    }

    fn fail(&mut self, why: &str) {
        let step = self.moves.get(self.done).map_or("", |step| &*step.words);
        let reason = words::not_shown(step, why);
        self.rest(Verdict::NotShown { reason });
    }

    fn rest(&mut self, verdict: Verdict) {
        self.verdict = Some(verdict);
        self.stage = Stage::Resting;
        // A reader who goes on from here meets nothing odd.
        self.undo();
        self.set_scale(TimeScale::Real);
    }

    /// Takes note that the reader went elsewhere: what is there is not the run's.
    fn abandon(&mut self) {
        if self.stage == Stage::Over {
            return;
        }
        if self.verdict.is_none() {
            self.verdict = Some(Verdict::NotShown { reason: words::LEFT.to_owned() });
        }
        self.undo();
        self.set_scale(self.before.scale);
        self.stage = Stage::Over;
    }

    /// Undoes incidents and habits, in the place of whatever else was to be done.
    fn undo(&mut self) {
        self.pending.clear();
        self.slow_from = None;
        let undone = core::mem::take(&mut self.standing);
        self.pending.extend(undone.iter().filter_map(Incident::undone).map(Act::Stage));
        let Before { answers_pings, keeps_alive, restores, watches_silence, .. } = self.before;
        self.set_habits(answers_pings, keeps_alive, restores, watches_silence);
    }

    #[expect(clippy::fn_params_excessive_bools, reason = "one for each habit, in their order")]
    fn set_habits(&mut self, answers: bool, keeps: bool, restores: bool, watches: bool) {
        self.pending.extend([
            Act::Habit(Habit::AnswersPings, answers),
            Act::Habit(Habit::KeepsAlive, keeps),
            Act::Habit(Habit::Restores, restores),
            Act::Habit(Habit::WatchesSilence, watches),
        ]);
    }

    fn set_scale(&mut self, scale: TimeScale) {
        if self.scale != scale {
            self.scale = scale;
            self.pending.push_back(Act::Scale(scale));
        }
    }

    fn action(&mut self, act: Act) -> Action {
        match act {
            Act::Connect => Action::Command(connect()),
            Act::Disconnect => Action::Command(Command::Disconnect),
            Act::Habit(habit, on) => Action::Command(habit.command(on)),
            Act::Unsubscribe(topic) => Action::Command(Command::Unsubscribe(topic)),
            Act::Fill { bytes, force } => self.send(MessageType::Ping, None, bytes, force),
            Act::Pings(_) => self.send(MessageType::Ping, None, 0, true),
            Act::Raw(text) => Action::Command(Command::Send { text: text.to_owned(), force: true }),
            Act::Scale(scale) => Action::Scale(scale),
            Act::Send { kind, payload } => self.send(kind, Some(payload), 0, true),
            Act::Stage(incident) => {
                let undone = incident.undone();
                self.standing.retain(|other| other.undone() != undone);
                if undone.as_ref().is_some_and(|undone| *undone != incident) {
                    self.standing.push(incident.clone());
                }
                Action::Stage(incident)
            }
            Act::Subscribe(topic) => {
                let id = self.fresh_id();
                let time = self.now.wall.to_string();
                let envelope = Envelope::new(MessageType::Subscribe, id).sent_at(time);
                let text = envelope.about(&topic).encode();
                if self.stage != Stage::Over && !self.made.contains(&topic) {
                    self.made.push(topic);
                }
                Action::Command(Command::Send { text, force: true })
            }
        }
    }

    /// Writes a message; `bytes` is its size if it is more than the message needs.
    fn send(
        &mut self,
        kind: MessageType,
        payload: Option<String>,
        bytes: usize,
        force: bool,
    ) -> Action {
        let id = self.fresh_id();
        let mut envelope = Envelope::new(kind, id).sent_at(self.now.wall.to_string());
        if let Some(payload) = payload {
            envelope = envelope.payload(payload);
        }
        let mut text = envelope.encode();
        if bytes > 0 {
            let filled = |fill: &str| {
                envelope.clone().payload(["{\"fill\":", &*json::quote(fill), "}"].concat()).encode()
            };
            let missing = bytes.saturating_sub(filled("").len());
            text = filled(&"x".repeat(missing));
        }
        Action::Command(Command::Send { text, force })
    }

    fn fresh_id(&mut self) -> String {
        self.sent += 1;
        [&*self.own, &*self.sent.to_string()].concat()
    }
}

/// How long before the moment that matters time passes at its usual speed.
const LEAD: Millis = Millis::seconds(2);

/// How long a connection of before may take to make room.
const PATIENCE: Millis = Millis::seconds(15);
