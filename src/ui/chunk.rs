//! What of the program comes when it is first asked for: split points, one for each chunk.
//!
//! A call of a function here fetches the chunk that it is in, once, and goes on when that is there. What
//! only such functions use is in the chunk, too; `src/host/split.rs` has it cut off.
#![expect(clippy::unnecessary_wraps, reason = "a chunk may not come")]

use std::rc::Rc;

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::experiment::Guide;

use super::code::code;
use super::detail::detail;
use super::experiment::experiments;
use super::focus;
use super::gauge::gauges;
use super::host;
use super::model::{Connection, Model};
use super::notice::notice;
use super::print;
use super::replay::progress;
use super::setup;
use super::simulation::{Progress, Simulation, Turn};
use super::storage;
use super::style;
use super::time::time;
use super::transfer::Transfer;

/// Saves or opens a file.
#[wasm_split(files, fallible, preload(load_files))]
pub(super) fn transfer(model: Model, transfer: Transfer) -> Result<(), SplitLoaderError> {
    if model.is_there() {
        if model.progress.with_untracked(Option::is_none) {
            model.progress.set(Some(Rc::new(move || progress(model))));
        }
        transfer.carry_out(model);
    }
    Ok(())
}

/// Puts the panel of code in its place.
#[wasm_split(code, fallible)]
pub(super) fn code_view(model: Model) -> Result<(), SplitLoaderError> {
    if model.code.try_with_untracked(Option::is_none) == Some(true) {
        style::add(model, style::CODE);
        model.code.set(Some(Rc::new(move || code(model))));
    }
    Ok(())
}

/// Puts the detail of an entry in its place.
#[wasm_split(detail, fallible)]
pub(super) fn detail_view(model: Model) -> Result<(), SplitLoaderError> {
    if model.detail.try_with_untracked(Option::is_none) == Some(true) {
        style::add(model, style::DETAIL);
        model.detail.set(Some(Rc::new(move || detail(model))));
    }
    Ok(())
}

/// Puts what a connection needs in its place, and has the page around hear what happens from now on.
#[wasm_split(connection, fallible)]
pub(super) fn connection(model: Model) -> Result<(), SplitLoaderError> {
    if model.connection.try_with_untracked(Option::is_none) == Some(true) {
        style::add(model, style::CONNECTION);
        host::listen(model);
        model.connection.set(Some(Connection {
            connect: host::connect,
            follow: setup::follow,
            gauges,
            keep_focus: focus::keep,
            menu: setup::menu,
            notice,
            preset: setup::preset(model),
            printing: print::listen(model),
        }));
    }
    Ok(())
}

/// Puts the simulator, its views and its observers in their places. The guided path begins with it.
#[wasm_split(simulator, fallible)]
pub(super) fn simulator(model: Model) -> Result<(), SplitLoaderError> {
    if model.simulation.try_with_untracked(Option::is_none) == Some(true) {
        style::add(model, style::SIMULATOR);
        model.driver().install_simulator();
        if storage::is_guided() {
            model.driver().begin_guide();
        }
        model.simulation.set(Some(Simulation {
            experiments: Rc::new(move || experiments(model)),
            time: Rc::new(move || time(model)),
            progress: Progress::read,
            turn: Rc::new(move |turn| take(model, turn)),
        }));
    }
    Ok(())
}

fn take(model: Model, turn: Turn) {
    let driver = model.driver();
    match turn {
        Turn::Back => driver.guide(|guide, _| guide.back()),
        Turn::Leave => driver.end_guide(),
        Turn::ShowMe => driver.guide(Guide::show_me),
        Turn::Skip => driver.guide(|guide, _| guide.skip()),
    }
}
