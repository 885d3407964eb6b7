//! The guided path, told what happens one entry after the other.

use veriops_playground::api::Api;
use veriops_playground::entry::{
    Body, Entry, FrameDirection, Note, OpenFailure, Outcome, Reading, Refusal, Seq, Timing,
};
use veriops_playground::experiment::{Action, Before, Guide, Observed, StepState};
use veriops_playground::protocol::{
    CloseCode, Envelope, Incident, Instant, MessageType, Millis, Now, Topic,
};
use veriops_playground::session::{Command, Route, Target};

const SUBSCRIBE: usize = 1;
const EVENT: usize = 2;
const BREAK: usize = 3;
const RECOVER: usize = 4;
const STEPS: usize = 5;

struct Path {
    guide: Guide,
    now: Now,
    requests: usize,
}

impl Path {
    /// Returns the path of a reader whose connection to the simulator is open.
    fn open() -> Self {
        let mut path = Self::closed();
        path.opens(&Route::Simulator.shown());
        path
    }

    fn closed() -> Self {
        let guide = Guide::new(Api::veriops(), &Before::default());
        Self { guide, now: Now::default(), requests: 0 }
    }

    fn tell(&mut self, body: Body) {
        let entry = Entry { seq: Seq(0), at: self.now, body };
        self.guide.handle(Observed::Entry(&entry), self.now);
    }

    fn note(&mut self, note: Note) {
        self.tell(Body::Note(note));
    }

    fn opens(&mut self, endpoint: &str) {
        let (extensions, protocol) = (String::new(), String::new());
        let endpoint = endpoint.to_owned();
        self.tell(Body::Opened { endpoint, extensions, protocol, after: Millis(1) });
    }

    fn connects(&mut self, endpoint: &str) {
        self.note(Note::Connecting { endpoint: endpoint.to_owned(), attempt: 0 });
    }

    fn reconnects(&mut self) {
        self.note(Note::Reconnecting { attempt: 1, delay: Millis(1_000), is_backoff: true });
    }

    fn message(&mut self, direction: FrameDirection, text: &str, reading: Reading) {
        let text = text.to_owned();
        self.tell(Body::Message { direction, size: text.len(), text, reading });
    }

    fn asks(&mut self, kind: MessageType, topic: &Topic) {
        self.requests += 1;
        let request_id = self.requests.to_string();
        let text = Envelope::new(kind, &*request_id).about(topic).encode();
        let reading = Reading::Request { kind, request_id, outcome: Outcome::Pending };
        self.message(FrameDirection::Sent, &text, reading);
    }

    /// Asks for something and has it confirmed.
    fn does(&mut self, kind: MessageType, topic: &Topic) {
        self.asks(kind, topic);
        let (request_id, request, round_trip) = (self.requests.to_string(), None, None);
        let (kind, timing) = (MessageType::Ack, Timing::InTime);
        let reading = Reading::Answer { kind, request_id, request, round_trip, timing };
        self.message(FrameDirection::Received, "{}", reading);
    }

    fn skip_to(&mut self, step: usize) {
        while self.guide.current() < step {
            self.guide.skip();
        }
    }

    /// Returns what the path does for a reader who asks to be shown.
    fn shows(&mut self) -> Vec<Action> {
        self.guide.show_me(self.now);
        std::iter::from_fn(|| self.guide.poll()).collect()
    }

    fn states(&self) -> [StepState; STEPS] {
        let states: Vec<_> = self.guide.steps().map(|step| step.state).collect();
        states.try_into().unwrap()
    }

    fn nudge(&self) -> Option<String> {
        self.guide.nudge()
    }
}

fn live() -> String {
    Api::veriops().live[0].endpoint.to_string()
}

fn presence() -> Topic {
    Topic::channel("presence")
}

fn project(id: &str) -> Topic {
    let filters = format!(r#"{{"project_id":"{id}"}}"#);
    Topic::with_filters_json("project.updated", &filters)
}

fn connects_to_the_simulator(actions: &[Action]) -> bool {
    matches!(actions, [Action::Command(Command::Connect(Target::Simulator))])
}

#[test]
fn a_path_that_is_at_its_end_shows_nothing_more() {
    let mut path = Path::closed();
    assert!(!path.guide.is_done());
    path.skip_to(STEPS);
    assert!(path.guide.is_done());
    assert!(path.shows().is_empty());
}

#[test]
fn show_me_does_not_wait_for_the_next_attempt_only_where_that_is_the_step() {
    let mut path = Path::open();
    path.does(MessageType::Subscribe, &presence());
    path.skip_to(BREAK);
    path.note(Note::Broken);
    path.reconnects();
    assert_eq!(path.guide.current(), RECOVER);
    assert!(matches!(path.shows()[..], [Action::Command(Command::ReconnectNow)]));
    path.note(Note::Stopped);
    assert!(connects_to_the_simulator(&path.shows()), "nothing is under way");

    let mut early = Path::open();
    early.note(Note::Broken);
    early.reconnects();
    assert_eq!(early.guide.current(), SUBSCRIBE);
    assert!(connects_to_the_simulator(&early.shows()));
}

#[test]
fn a_connection_that_is_lost_is_made_again_before_anything_is_shown() {
    for note in [Note::Broken, Note::NoSignOfLife] {
        let mut path = Path::open();
        assert!(matches!(path.shows()[..], [Action::Command(Command::Send { .. })]));
        path.note(note);
        assert!(connects_to_the_simulator(&path.shows()));
    }
}

#[test]
fn only_a_connection_that_had_broken_recovers() {
    let mut path = Path::closed();
    path.skip_to(RECOVER);
    path.opens(&Route::Simulator.shown());
    path.note(Note::Restored { subscriptions: 1, unanswered: 0 });
    assert_eq!((path.guide.current(), path.states()[RECOVER]), (RECOVER, StepState::Current));
    path.reconnects();
    path.opens(&Route::Simulator.shown());
    assert!(path.guide.is_done(), "without subscriptions it has recovered when it is open");
}

#[test]
fn with_subscriptions_it_has_recovered_when_they_are_back() {
    let mut path = Path::open();
    path.does(MessageType::Subscribe, &presence());
    // Broken while the event is still waited for.
    path.reconnects();
    path.opens(&Route::Simulator.shown());
    assert_eq!(path.states()[EVENT..], [StepState::Current, StepState::Done, StepState::Waiting]);
    path.note(Note::Restored { subscriptions: 1, unanswered: 0 });
    assert_eq!(path.states()[RECOVER], StepState::Done);
    assert_eq!(path.guide.current(), EVENT);
}

#[test]
fn whoever_passes_on_while_a_connection_is_broken_sees_it_recover() {
    let mut path = Path::open();
    path.reconnects();
    assert!(path.nudge().unwrap().starts_with("Nothing is subscribed yet"));
    path.skip_to(RECOVER);
    path.opens(&Route::Simulator.shown());
    assert!(path.guide.is_done());
}

#[test]
fn a_break_is_too_early_only_where_nothing_is_subscribed_and_that_is_still_to_come() {
    let mut skipped = Path::open();
    skipped.skip_to(BREAK);
    skipped.reconnects();
    assert_eq!((skipped.guide.current(), skipped.nudge()), (RECOVER, None));

    let mut again = Path::open();
    again.does(MessageType::Subscribe, &presence());
    again.guide.back();
    again.reconnects();
    assert_eq!((again.guide.current(), again.nudge()), (SUBSCRIBE, None));
}

#[test]
fn a_wait_at_an_echo_server_breaks_nothing() {
    let mut path = Path::open();
    path.does(MessageType::Subscribe, &presence());
    path.skip_to(BREAK);
    let echo = Api::veriops().echo[0].endpoint.to_string();
    path.connects(&echo);
    path.reconnects();
    path.opens(&echo);
    assert_eq!(path.states()[BREAK..], [StepState::Current, StepState::Waiting]);
}

#[test]
fn another_attempt_takes_no_word_back() {
    let mut path = Path::open();
    path.skip_to(BREAK);
    path.reconnects();
    path.note(Note::NotSent { refusal: Refusal::NotOpen });
    let said = path.nudge();
    assert!(said.as_deref().unwrap().starts_with("Nothing is connected"));
    let (endpoint, failure) = (Route::Simulator.shown(), OpenFailure::Unreachable);
    path.note(Note::OpenFailed { endpoint, failure });
    path.reconnects();
    assert_eq!(path.nudge(), said);
}

#[test]
fn a_request_is_remarked_upon_only_where_a_subscribe_is_the_step() {
    let mut path = Path::closed();
    path.skip_to(SUBSCRIBE);
    path.asks(MessageType::Ping, &presence());
    assert_eq!(path.nudge(), None, "nothing is open");
    path.opens(&Route::Simulator.shown());
    path.asks(MessageType::Ping, &presence());
    assert_eq!(path.nudge().unwrap(), "That was a ping. Events come after a subscribe.");
    path.does(MessageType::Subscribe, &presence());
    path.asks(MessageType::Ping, &presence());
    assert_eq!((path.guide.current(), path.nudge()), (EVENT, None));
}

#[test]
fn an_unsubscribe_is_remarked_upon_when_nothing_is_subscribed_any_more() {
    let (subscribe, unsubscribe) = (MessageType::Subscribe, MessageType::Unsubscribe);
    let whole = Topic::channel("project.updated");
    for (subscribed, ended) in [
        // Without filters, every topic of the channel ends.
        (vec![project("prj_1"), presence()], vec![whole.clone(), presence()]),
        (vec![project("prj_1"), project("prj_2")], vec![project("prj_1"), project("prj_2")]),
        (vec![presence()], vec![whole, presence()]),
    ] {
        let mut path = Path::open();
        for topic in &subscribed {
            path.does(subscribe, topic);
        }
        path.does(unsubscribe, &ended[0]);
        assert_eq!(path.nudge(), None, "{subscribed:?} without {:?}", ended[0]);
        path.does(unsubscribe, &ended[1]);
        assert!(path.nudge().unwrap().starts_with("You unsubscribed"), "{subscribed:?}");
    }
    let mut path = Path::open();
    path.does(subscribe, &presence());
    path.skip_to(RECOVER);
    path.does(unsubscribe, &presence());
    assert_eq!(path.nudge(), None, "no event is waited for any more");
}

#[test]
fn on_another_server_nothing_is_waited_for_that_was_subscribed_here() {
    let waits = |is_elsewhere: bool| {
        let mut path = Path::open();
        path.does(MessageType::Subscribe, &presence());
        let endpoint = if is_elsewhere { live() } else { Route::Simulator.shown() };
        path.connects(&endpoint);
        path.opens(&endpoint);
        path.now.at = Instant(60_000);
        path.guide.handle(Observed::Timeout, path.now);
        path.nudge().is_some()
    };
    assert_eq!([waits(false), waits(true)], [true, false]);
}

#[test]
fn an_event_is_made_in_the_simulator_and_waited_for_on_a_server() {
    let mut path = Path::open();
    path.does(MessageType::Subscribe, &presence());
    assert!(matches!(path.shows()[..], [Action::Stage(Incident::Burst { events: 1 })]));

    let mut path = Path::closed();
    path.opens(&live());
    path.does(MessageType::Subscribe, &presence());
    let ids: std::collections::BTreeSet<_> = path
        .shows()
        .iter()
        .map(|action| match action {
            Action::Command(Command::Send { text, .. }) => {
                Envelope::decode(text).unwrap().request_id.into_owned()
            }
            _ => panic!("only what a reader can do as well"),
        })
        .collect();
    assert_eq!(ids.len(), 4, "a subscribe for each channel, under an id of its own: {ids:?}");
}

#[test]
fn an_end_that_the_reader_asked_for_is_remarked_upon_by_what_it_prevents() {
    let closed =
        || Body::Closed { code: CloseCode::NORMAL, reason: String::new(), clean: true, ours: true };
    for (step, words) in [
        (SUBSCRIBE, "You disconnected. Connect again to go on."),
        (EVENT, "You disconnected. Connect again to go on."),
        (BREAK, "You disconnected: nothing recovers"),
        (RECOVER, "You disconnected: nothing recovers"),
    ] {
        let mut path = Path::open();
        path.skip_to(step);
        path.tell(closed());
        assert!(path.nudge().unwrap().starts_with(words), "{step}");
    }
}
