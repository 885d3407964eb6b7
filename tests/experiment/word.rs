//! What the steps of experiments and of the guided path say.

use veriops_playground::experiment::{Group, StepState};
use veriops_playground::protocol::{CloseCode, Filters, Millis, Topic};
use veriops_playground::words::{experiment, guide};

fn presence() -> Topic {
    Topic::channel("presence".to_owned())
}

fn one_project() -> Topic {
    let filters = Filters::from([("project_id".into(), "\"prj_1\"".into())]);
    Topic::new("project.updated", &filters)
}

#[test]
fn a_step_says_what_is_done_and_what_comes() {
    let close = CloseCode(4_008);
    for (said, words) in [
        (experiment::subscribes(&presence()), "subscribes to presence"),
        (
            experiment::subscribes(&one_project()),
            "subscribes to project.updated with project_id=prj_1",
        ),
        (experiment::events(1, &presence()), "an event comes: presence"),
        (
            experiment::events(2, &one_project()),
            "2 events come: project.updated with project_id=prj_1",
        ),
        (
            experiment::unfiltered(&one_project()),
            "without a filter: an event comes that is not of project_id=prj_1",
        ),
        (experiment::confirmed(1), "1 subscription is confirmed"),
        (experiment::confirmed(50), "50 subscriptions are confirmed"),
        (experiment::messages(101, Millis(10_000)), "101 messages in 10 seconds"),
        (experiment::closes(close), "close 4008 arrives"),
        (
            experiment::idles(Millis(300_000), CloseCode(1_000)),
            "300 s without a message: close 1000 arrives",
        ),
        (experiment::waits(Millis(60_000)), "the client waits 60 s"),
        (experiment::heartbeat(Millis(30_000), true), "after 30 s a ping, answered by a pong"),
        (experiment::heartbeat(Millis(30_000), false), "after 30 s a ping, left without a pong"),
        (experiment::next_heartbeat(Millis(30_000)), "30 s later the next one, answered as well"),
        (
            experiment::drops(Millis(10_000), CloseCode::ABNORMAL),
            "10 s later the connection drops: 1006",
        ),
        (experiment::passes(65_536), "a message of 64 KB passes"),
        (experiment::one_too_many(51, CloseCode(4_002)), "subscription 51: close 4002 arrives"),
        (experiment::for_a_while("nothing comes", Millis(30_000)), "nothing comes for 30 s"),
    ] {
        assert_eq!(said, words);
    }
}

#[test]
fn a_reconnect_says_how_many_subscriptions_come_back_and_how() {
    for (restored, is_filtered, words) in [
        (0, false, "reconnects"),
        (0, true, "reconnects"),
        (1, false, "reconnects, restores 1 subscription"),
        (1, true, "reconnects, restores 1 subscription with its filter"),
        (2, false, "reconnects, restores 2 subscriptions"),
        (2, true, "reconnects, restores 2 subscriptions with their filters"),
    ] {
        assert_eq!(experiment::reconnects(restored, is_filtered), words);
    }
}

#[test]
fn what_was_not_shown_says_why() {
    for (said, words) in [
        (experiment::verdict("it timed out"), "Not shown. it timed out"),
        (experiment::not_shown("a step", "a reason"), "“a step”: a reason"),
        (experiment::overdue(Millis(5_000)), "it did not happen within 5 s"),
        (
            experiment::closed_instead(CloseCode::ABNORMAL),
            "the connection was closed with 1006 instead",
        ),
        (experiment::came_after(Millis(1_200)), "it came after 1.2 s instead"),
        (experiment::unknown("a\u{202e}b"), "There is no experiment “aU+202Eb”. Choose one below."),
        (
            experiment::no_sentences("words.json", experiment::NOT_READ),
            "What to look at in experiments is not told: words.json: it cannot be read. \
             They run without it; mend or add the file.",
        ),
    ] {
        assert_eq!(said, words);
    }
    let longest = experiment::unknown(&"x".repeat(61));
    assert!(longest.contains(&format!("“{}…”", "x".repeat(60))), "{longest}");
}

#[test]
fn the_button_of_the_path_says_what_it_does_here() {
    for (step, simulated, live) in [
        (0, "Show me", "Show me"),
        (2, "Show me", "Show me"),
        (3, "Drop the connection", "Close the socket"),
        (4, "Show me", "Show me"),
        (5, "See the experiments", "See the experiments"),
    ] {
        assert_eq!([guide::act(step, false), guide::act(step, true)], [simulated, live], "{step}");
    }
}

#[test]
fn tables_are_called_as_on_the_page_and_states_as_in_style_sheets() {
    assert_eq!(
        Group::ALL.map(Group::title),
        [
            "Connection details",
            "Message types",
            "Channel catalog",
            "WebSocket close codes",
            "Common issues",
        ]
    );
    let states = [StepState::Waiting, StepState::Current, StepState::Done, StepState::Skipped];
    assert_eq!(states.map(StepState::name), ["waiting", "current", "done", "skipped"]);
}
