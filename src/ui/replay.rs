//! The replay of a saved log: where it is, how fast it goes, and the way back.

use leptos::prelude::*;

use super::model::Model;
use super::view::{Element, Text, div, dynamic, span, text, words};
use super::widget::{SMALL, button, picker};

pub(super) fn player(model: Model) -> AnyView {
    let error = model.replay_error;
    dynamic(move || {
        let refused = error.get();
        if !refused.is_empty() {
            let dismiss = move |_| error.set(String::new());
            return Some(bar(
                text(move || format!("Not opened: {refused}.")),
                button(SMALL, "replay-dismiss", words("Dismiss"), dismiss),
            ));
        }
        let name = model.replayed.get();
        if name.is_empty() {
            return None;
        }
        let progress = move || {
            let (shown, all) =
                model.read(|view| view.replay.map_or((0, 0), |it| (it.position(), it.len())));
            format!("Replay of {name} · {shown} of {all}")
        };
        let speed = |speed: &str| speed.to_owned();
        let speeds = vec![speed("Paused"), speed("2 ×"), speed("10 ×"), speed("At once")];
        let choose = move |speed: String| {
            model.driver().replay_at(match speed.as_str() {
                "Paused" => None,
                "2 ×" => Some(2),
                "10 ×" => Some(10),
                "At once" => Some(0),
                _ => Some(1),
            });
        };
        let back = words("Back to the session");
        let end = button(SMALL, "replay-end", back, move |_| model.end_replay());
        Some(bar(text(progress), end).child(picker("replay-speed", "1 ×", speeds, choose)))
    })
}

fn bar(words: Text, control: AnyView) -> Element {
    div()
        .class("vp-replay")
        .test_id("replay")
        .attr("role", "status")
        .child(span().child(words))
        .child(control)
}
