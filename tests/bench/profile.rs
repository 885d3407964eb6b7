//! Where the time of a flood goes, as the browser's own sampling profiler sees it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use crate::subject::Subject;

/// Prints the functions that took most of a flood's time, each without those that it called.
///
/// A function of the program has its name if the page was built with names.
pub async fn flood() {
    let subject = Subject::playground().await;
    let browser = &subject.page.browser;
    browser.devtools("Profiler.enable", json!({})).await;
    let interval = json!({ "interval": SAMPLING });
    browser.devtools("Profiler.setSamplingInterval", interval).await;
    browser.devtools("Profiler.start", json!({})).await;
    let run = subject.receive(MESSAGES.into()).await;
    let stopped = browser.devtools("Profiler.stop", json!({})).await;
    let Stopped { profile } = serde_json::from_value(stopped).unwrap();
    println!("{MESSAGES} messages, {:.0} a second\n", run.rate().unwrap_or(f64::NAN));
    println!("{:>10}  {:>14}  function", "of all", "each message");
    let own = profile.own_times();
    let all: f64 = own.values().sum();
    let mut own: Vec<_> = own.into_iter().collect();
    own.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    for (function, micros) in own.into_iter().take(LINES) {
        let share = micros / all * 100.0;
        println!("{share:>8.1} %  {:>11.2} µs  {function}", micros / f64::from(MESSAGES));
    }
}

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
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame {
    function_name: String,
    url: String,
}

impl Profile {
    /// Returns the microseconds that each function took itself.
    fn own_times(&self) -> HashMap<String, f64> {
        let names: HashMap<u64, String> =
            self.nodes.iter().map(|node| (node.id, node.call_frame.name())).collect();
        let mut times = HashMap::new();
        for (node, time) in self.samples.iter().zip(&self.time_deltas) {
            *times.entry(names[node].clone()).or_default() += time;
        }
        times
    }
}

impl CallFrame {
    fn name(&self) -> String {
        let file = self.url.rsplit('/').next().unwrap_or_default();
        let name = if self.function_name.is_empty() { "a closure" } else { &self.function_name };
        format!("{name}  {file}").trim_end().to_owned()
    }
}

const MESSAGES: u32 = 100_000;

/// Microseconds between two samples.
const SAMPLING: u32 = 200;

/// How many functions are printed.
const LINES: usize = 40;
