//! The bar of the log: search, filters, and what can be done with the whole log.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::log::{Direction, Entry};

use super::erased::{on, text, words};
use super::file::Files;
use super::list::Board;
use super::widget::{SMALL, button, picker};

#[component]
pub(super) fn Bar(board: Board) -> impl IntoView {
    let model = board.model;
    let api = model.api();
    let clear = move |_| {
        model.selected.set(None);
        model.driver().clear_log();
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            board.step(event.shift_key());
        }
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let channels = api.channels.iter().map(|channel| channel.name.clone()).collect();
    view! {
        <div class="vp-log__bar">
            <h2 class="vp-log__title">{"Log"}</h2>
            <div class="vp-log__search">
                <input
                    class="vp-input"
                    type="search"
                    placeholder="Search"
                    aria-label="Search the log"
                    autocomplete="off"
                    data-testid="search"
                    on:input=on(move |event| model.needle.set(event_target_value(&event)))
                    on:keydown=on(keys)
                />
                <span class="vp-log__found" data-testid="search-count" role="status">
                    {text(move || board.found.get())}
                </span>
                {button(SMALL, "search-previous", words("↑"), move |_| board.step(false))}
                {button(SMALL, "search-next", words("↓"), move |_| board.step(true))}
            </div>
            {picker("show-kind", "Every kind", names(&Entry::KINDS), move |kind| {
                board.choose(|filter| filter.kind = kind);
            })}
            {picker("show-direction", "Both ways", names(&Direction::ALL.map(Direction::name)), move |name| {
                board.choose(|filter| filter.direction = Direction::from_name(&name));
            })}
            {picker("show-channel", "Every channel", channels, move |channel| {
                board.choose(|filter| filter.channel = channel);
            })}
            <label class="vp-gauge__switch">
                <input
                    type="checkbox"
                    data-testid="show-problems"
                    on:change=on(move |event| {
                        board.choose(|filter| filter.problems = event_target_checked(&event));
                    })
                />
                {"Problems"}
            </label>
            <Files model />
            {button(SMALL, "pause", words("Pause"), move |_| board.pause())}
            {button(SMALL, "clear", words("Clear"), clear)}
        </div>
    }
}
