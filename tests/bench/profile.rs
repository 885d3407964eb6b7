//! Where the time of a flood goes, as the browser's own sampling profiler sees it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use crate::subject::{Kind, Subject};

/// Prints what the main thread did for each message of a flood, by stage, for the playground and for the bare
/// page, and the functions that took most of the playground's time, each without those that it called.
///
/// The page has to be built with the names of its functions.
pub async fn flood() {
    let (bare, _) = profiled(Kind::Bare).await;
    let (ours, rate) = profiled(Kind::Playground).await;
    println!("{MESSAGES} messages, {rate:.0} a second while the profiler looks on\n");
    println!("{:>10}  {:>10}  stage", "bare page", "playground");
    let [bare_stages, own_stages] = [&bare, &ours].map(|profile| profile.times(Profile::stage));
    for (stage, _) in STAGES.iter().chain([&REST]) {
        let of = |times: &HashMap<String, f64>| times.get(*stage).copied().unwrap_or_default();
        let [bare, own] = [of(&bare_stages), of(&own_stages)].map(each);
        println!("{bare:>7.2} µs  {own:>7.2} µs  {stage}");
    }
    let [bare, own] = [&bare_stages, &own_stages].map(|times| {
        let busy = times.iter().filter(|(stage, _)| *stage != IDLE).map(|(_, time)| time);
        each(busy.sum())
    });
    println!("{bare:>7.2} µs  {own:>7.2} µs  all but waiting\n");
    println!("{:>10}  function", "playground");
    let mut own: Vec<_> = ours.times(Profile::own_name).into_iter().collect();
    own.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    for (function, micros) in own.into_iter().take(LINES) {
        println!("{:>7.2} µs  {function}", each(micros));
    }
}

/// Floods a page and returns what the profiler saw, and the messages per second.
async fn profiled(kind: Kind) -> (Profile, f64) {
    let subject = Subject::open(kind).await;
    let browser = &subject.page.browser;
    browser.devtools("Profiler.enable", json!({})).await;
    let interval = json!({ "interval": SAMPLING });
    browser.devtools("Profiler.setSamplingInterval", interval).await;
    browser.devtools("Profiler.start", json!({})).await;
    let run = subject.receive(MESSAGES.into()).await;
    let stopped = browser.devtools("Profiler.stop", json!({})).await;
    let Stopped { profile } = serde_json::from_value(stopped).unwrap();
    (profile, run.rate().unwrap_or(f64::NAN))
}

fn each(micros: f64) -> f64 {
    micros / f64::from(MESSAGES)
}

/// What a message goes through, and how functions of each stage are called. A sample belongs to the first
/// stage that any function of its stack names, from the innermost outwards: so what a stage calls of the
/// language, the framework or the browser counts as its own.
const STAGES: [(&str, &[&str]); 10] = [
    (IDLE, &["(idle)"]),
    (
        "the browser: sockets, tasks, layout and painting outside of scripts",
        &["(program)", "(root)"],
    ),
    ("collecting garbage", &["(garbage collector)"]),
    ("the probe of this benchmark", &["probe.", "look", "tick"]),
    (
        "the text of a message: out of the browser, into the program",
        &["__wbg_data_", "getStringFromWasm", "passStringToWasm", "get_string", "as_string"],
    ),
    (
        "reading the envelope",
        &["playground::protocol::", "playground::session::receive::read", "serde_json::"],
    ),
    ("the session: pairing, counting, what follows", &["playground::session::"]),
    ("the log: keeping, indexing, listing", &["playground::log::", "playground::entry::"]),
    (
        "the view: rows, words, layout forced by them",
        &["playground::ui::", "playground::words::", "tachys::", "reactive_graph::", "leptos::"],
    ),
    (
        "the run loop: taking messages in, timers, frames",
        &["playground::driver::", "gloo_", "futures_", "wasm_bindgen_futures", "onmessage"],
    ),
];

const IDLE: &str = "waiting";

/// The stage of what belongs to no other.
const REST: (&str, &[&str]) = ("the rest", &[]);

#[derive(Deserialize)]
struct Stopped {
    profile: Profile,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    nodes: Vec<Node>,
    /// The node of each sample.
    samples: Vec<u64>,
    /// The microseconds before each sample.
    time_deltas: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: u64,
    call_frame: CallFrame,
    /// The nodes that this one called.
    #[serde(default)]
    children: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame {
    function_name: String,
    url: String,
}

/// The frames of a sample, from the innermost outwards.
type Stack<'a> = Vec<&'a CallFrame>;

impl Profile {
    /// Returns the microseconds of the samples, added up under the name that each one's stack gets.
    fn times(&self, name: impl Fn(&Stack<'_>) -> String) -> HashMap<String, f64> {
        let nodes: HashMap<u64, &Node> = self.nodes.iter().map(|node| (node.id, node)).collect();
        let callers: HashMap<u64, u64> = self
            .nodes
            .iter()
            .flat_map(|node| node.children.iter().map(|child| (*child, node.id)))
            .collect();
        let names: HashMap<u64, String> = nodes
            .keys()
            .map(|id| {
                let stack = std::iter::successors(Some(*id), |id| callers.get(id).copied());
                (*id, name(&stack.map(|id| &nodes[&id].call_frame).collect()))
            })
            .collect();
        let mut times = HashMap::new();
        // The time before a sample is that of the sample before.
        for (node, time) in self.samples.iter().zip(self.time_deltas.iter().skip(1)) {
            *times.entry(names[node].clone()).or_default() += time;
        }
        times
    }

    fn stage(stack: &Stack<'_>) -> String {
        let is_in = |frame: &CallFrame, names: &[&str]| {
            names.iter().any(|name| frame.function_name.contains(name))
        };
        let found =
            stack.iter().find_map(|frame| STAGES.iter().find(|(_, names)| is_in(frame, names)));
        found.unwrap_or(&REST).0.to_owned()
    }

    fn own_name(stack: &Stack<'_>) -> String {
        stack.first().map(|frame| frame.name()).unwrap_or_default()
    }
}

impl CallFrame {
    fn name(&self) -> String {
        let file = self.url.rsplit('/').next().unwrap_or_default();
        let name = if self.function_name.is_empty() { "a closure" } else { &self.function_name };
        format!("{name}  {file}").trim_end().to_owned()
    }
}

const MESSAGES: u32 = 200_000;

/// Microseconds between two samples.
const SAMPLING: u32 = 200;

/// How many functions are printed.
const LINES: usize = 40;
