//! The replay of a saved log: where it is, how fast it goes, and the way back.

use leptos::prelude::*;

use super::erased::{dynamic, text, words};
use super::model::Model;
use super::widget::{SMALL, button, picker};

#[component]
pub(super) fn Player(model: Model) -> impl IntoView {
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
        let controls = vec![
            picker("replay-speed", "1 ×", speeds, choose),
            button(SMALL, "replay-end", words("Back to the session"), move |_| model.end_replay()),
        ];
        Some(bar(text(progress), controls.into_any()))
    })
}

fn bar(words: Signal<String>, controls: AnyView) -> AnyView {
    view! {
        <div class="vp-replay" data-testid="replay" role="status">
            <span>{words}</span>
            {controls}
        </div>
    }
    .into_any()
}
