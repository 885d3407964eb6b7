//! The panel of experiments: what is tried on top, every row of the description's tables below it, and
//! what can go wrong on demand at its end.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, ScrollIntoViewOptions, ScrollLogicalPosition, Url};

use crate::api::{Looks, Sentences};
use crate::driver;
use crate::experiment::{self, Before, Experiment, Group, Run, Step, StepState, Verdict};
use crate::words::experiment as words;
use crate::words::format::countdown;
use crate::words::simulator::badge;

use super::detail::copy;
use super::incident::incidents;
use super::model::{Model, Stage};
use super::state::{Derived, State, effect};
use super::view::{Element, button, div, dynamic, h2, li, p, section, span, text, ul};
use super::widget::SMALL;

/// Returns the panel. An experiment that was asked for before there was one runs now.
pub(super) fn experiments(model: Model) -> Element {
    look_up(model);
    let run = Derived::new(move || Shown::read(model));
    let places = core::array::from_fn(|_| NodeRef::new());
    let [panel, card, buttons] = places;
    let bench = Bench { model, run, panel, card, buttons };
    effect(move || bench.begin());
    effect(move || {
        let id = bench.run.with(|run| run.is("shown").then(|| run.id.clone()));
        if let Some(id) = id {
            model.note_shown(&id);
        }
    });
    let wanted = Derived::new(move || model.wanted.with(|it| it.id.clone()));
    let card = dynamic(move || wanted.with(|id| (!id.is_empty()).then(|| bench.card(id))));
    let all = experiment::experiments(&model.api());
    let group = |group: Group| {
        let rows: Vec<_> = all.iter().filter(|it| it.group == group).collect();
        (!rows.is_empty()).then(|| {
            section()
                .class("vp-experiments__group")
                .label(group.title())
                .child(h2().class("vp-experiments__title").child(group.title()))
                .child(ul().children(rows.into_iter().map(|it| bench.row(it))))
        })
    };
    div()
        .class("vp-experiments")
        .node_ref(panel)
        .child(card)
        .children(Group::ALL.map(group))
        .child(incidents(model))
}

/// Reads what to look at in the experiments, if that stands in a file of its own.
fn look_up(model: Model) {
    if model.sentences.with_untracked(Option::is_some) {
        return;
    }
    match &model.api().experiments {
        Looks::Here(sentences) => model.sentences.set(Some(sentences.clone())),
        Looks::At(address) => {
            let whole = Url::new_with_base(address, &model.source());
            let address = whole.map_or_else(|_| address.clone(), |url| url.href());
            driver::spawn(async move {
                let read = match read(&address).await {
                    Some(json) => Sentences::parse(&json).map_err(|error| error.to_string()),
                    None => Err(words::NOT_READ.to_owned()),
                };
                match read {
                    Ok(sentences) => model.sentences.set(Some(sentences)),
                    // Without it an experiment says what its row says.
                    Err(why) => model.failure.set(words::no_sentences(&address, &why)),
                }
            });
        }
    }
}

async fn read(address: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = response.ok().then(|| response.text().ok()).flatten()?;
    JsFuture::from(text).await.ok()?.as_string()
}

/// What the page shows of the run under way, or of the last one.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    id: String,
    /// Its state, as rows name it.
    state: &'static str,
    /// Why it was not shown; empty if it was, or may be yet.
    reason: String,
    steps: Vec<Step<'static>>,
}

impl Shown {
    fn read(model: Model) -> Self {
        let read = |run: &Run| {
            let (state, reason) = match run.verdict() {
                None => ("running", ""),
                Some(Verdict::Shown) => ("shown", ""),
                Some(Verdict::NotShown { reason }) => ("not-shown", &**reason),
            };
            let (id, reason) = (run.experiment().id.clone(), reason.to_owned());
            Self { id, state, reason, steps: owned(run) }
        };
        model.read(|view| view.observers()?.run().map(read)).unwrap_or_default()
    }

    fn is(&self, state: &str) -> bool {
        self.state == state
    }
}

fn owned(run: &Run) -> Vec<Step<'static>> {
    run.steps().map(|step| Step { words: step.words.into_owned().into(), ..step }).collect()
}

/// What the card and the rows share. Copies share it as well.
#[derive(Clone, Copy)]
struct Bench {
    model: Model,
    run: Derived<Shown>,
    panel: NodeRef<Div>,
    card: NodeRef<Div>,
    /// The buttons in the card.
    buttons: NodeRef<Div>,
}

impl Bench {
    /// Runs what was asked for, and brings its card into sight.
    fn begin(self) {
        let Some(wanted) = self.model.wanted.with(|it| (!it.id.is_empty()).then(|| it.clone()))
        else {
            return;
        };
        if wanted.stage == Stage::Asked {
            self.model.wanted.update(|it| it.stage = Stage::Begun);
            if let Some(experiment) = Experiment::named(&self.model.api(), &wanted.id) {
                self.model.end_replay();
                self.model.driver().run(experiment);
            }
        }
        // Made a moment later, if it is not there yet.
        if let Some(card) = self.card.get() {
            reveal(&card);
        }
    }

    /// Runs an experiment where its reader sees what happens.
    fn ask(self, id: &str) {
        self.model.want(id, Stage::Asked);
        let panel = self.panel.get_untracked();
        let app = panel.and_then(|panel| panel.closest(".vp-app").ok()?);
        if let Some(log) = app.and_then(|app| app.query_selector(".vp-log").ok()?) {
            reveal(&log);
        }
    }

    /// Returns the state of the experiment of this id, as rows name it.
    fn state(self, id: &str) -> &'static str {
        let is_ready = self.model.wanted.with(|it| it.id == id && it.stage == Stage::Ready);
        if is_ready {
            return "ready";
        }
        self.run
            .with(|run| (run.id == id).then_some(run.state))
            .unwrap_or_else(|| if self.was_shown(id) { "shown" } else { "idle" })
    }

    fn was_shown(self, id: &str) -> bool {
        self.model.shown.with(|shown| shown.iter().any(|it| it == id))
    }

    fn row(self, experiment: &Experiment) -> Element {
        let [state, tried, asked] = core::array::from_fn(|_| experiment.id.clone());
        let title = experiment.title.clone();
        let words = move || if self.was_shown(&tried) { "Try ✓" } else { "Try" };
        let spoken = words.clone();
        let attempt = button()
            .class(SMALL)
            .test_id(["try-", &*experiment.id].concat())
            .label(text(move || [spoken(), " ", &*title].concat()))
            .on(ev::click, move |_| self.ask(&asked))
            .child(text(move || words().to_owned()));
        let about = div()
            .class("vp-experiment__about")
            .child(p().class("vp-experiment__title").child(experiment.title.clone()))
            .child(p().class("vp-experiment__claim").child(experiment.claim.clone()));
        li().class("vp-experiment")
            .test_id(["experiment-", &*experiment.id].concat())
            .attr("data-state", text(move || self.state(&state).to_owned()))
            .child(about)
            .child(attempt)
    }

    /// Returns the card of the experiment of this id.
    fn card(self, id: &str) -> Element {
        let card = div().class("vp-card").test_id("experiment-card").node_ref(self.card);
        let Some(experiment) = Experiment::named(&self.model.api(), id) else {
            return card.child(p().attr("role", "status").child(words::unknown(id)));
        };
        let [state, looked, listed, judged] = core::array::from_fn(|_| experiment.id.clone());
        let Experiment { title, claim, .. } = experiment.clone();
        let look =
            move || self.model.sentences.with(|it| it.as_ref()?.of(&looked).map(str::to_owned));
        let model = self.model;
        let badge = text(move || badge(model.read(|view| view.scale)));
        let head = div()
            .class("vp-card__head")
            .child(h2().class("vp-card__title").child(title))
            .child(span().class("vp-badge").child(badge));
        let steps = dynamic(move || self.steps(&listed, &experiment));
        let verdict = text(move || {
            if self.state(&judged) == "ready" {
                return String::new();
            }
            self.run.with(|run| match run.state {
                "shown" if run.id == judged => words::SHOWN.to_owned(),
                "not-shown" if run.id == judged => words::verdict(&run.reason),
                _ => String::new(),
            })
        });
        card.attr("data-state", text(move || self.state(&state).to_owned()))
            .child(head)
            .child(
                p().class("vp-card__look")
                    .child(text(move || look().unwrap_or_else(|| claim.clone()))),
            )
            .child(ul().class("vp-card__steps").child(steps))
            .child(
                p().class("vp-card__verdict")
                    .test_id("experiment-verdict")
                    .attr("role", "status")
                    .child(verdict),
            )
            .child(self.actions(id))
    }

    /// Returns the steps of the run, or of the one that there would be.
    fn steps(self, id: &str, experiment: &Experiment) -> Vec<Element> {
        let is_run = self.state(id) != "ready" && self.run.with(|run| run.id == id);
        let steps = if is_run {
            self.run.with(|run| run.steps.clone())
        } else {
            let run = Run::new(&self.model.api(), experiment.clone(), Before::default());
            owned(&run).into_iter().map(|step| Step { state: StepState::Waiting, ..step }).collect()
        };
        steps.into_iter().map(|it| step(self.model, it)).collect()
    }

    fn actions(self, id: &str) -> Element {
        let [state, primary, begun, undone, address] = core::array::from_fn(|_| id.to_owned());
        let is_ready = move || self.state(&state) == "ready";
        let begin = button()
            .class(SMALL)
            .class_if("vp-button--primary", move || self.state(&primary) == "ready")
            .test_id("experiment-again")
            .on(ev::click, move |_| self.ask(&begun))
            .child(text(move || if is_ready() { "Run it" } else { "Again" }.to_owned()));
        let back = button()
            .class(SMALL)
            .test_id("experiment-back")
            .prop("hidden", move || self.state(&undone) == "ready")
            .on(ev::click, move |_| {
                self.model.driver().end_run();
                self.model.wanted.update(|it| it.stage = Stage::Ready);
                super::focus_child(self.buttons, 0);
            })
            .child("Put it back");
        let said = State::new(String::new());
        let link = button()
            .class("vp-link vp-card__link")
            .test_id("experiment-link")
            .on(ev::click, move |_| {
                copy(link_to(&address), said, "Copied".to_owned());
            })
            .child("Copy link");
        div()
            .class("vp-card__actions")
            .node_ref(self.buttons)
            .child(begin)
            .child(back)
            .child(link)
            .child(
                span()
                    .class("vp-card__said")
                    .attr("role", "status")
                    .child(text(move || said.get())),
            )
    }
}

/// Brings an element into sight; one that is there stays where it is.
fn reveal(element: &web_sys::Element) {
    let nearest = ScrollIntoViewOptions::new();
    nearest.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&nearest);
}

/// Returns a step as the card lists it.
fn step(model: Model, step: Step<'static>) -> Element {
    let sign = match step.state {
        StepState::Done => "✓",
        StepState::Current => "●",
        StepState::Waiting => "○",
        StepState::Skipped => "–",
    };
    let until = step.until;
    let left = until
        .map(|until| text(move || [" — ", &*countdown(until - model.now()), " left"].concat()));
    li().class("vp-card__step")
        .test_id("experiment-step")
        .attr("data-state", step.state.name())
        .child(span().class("vp-card__sign").child(sign))
        .child(span().child(step.words.into_owned()).children(left))
}

/// Returns the address of this page with an experiment; nothing of its query, which may hold a key.
fn link_to(id: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin(), location.pathname());
    [&*origin.unwrap_or_default(), &*path.unwrap_or_default(), "#try=", id].concat()
}
