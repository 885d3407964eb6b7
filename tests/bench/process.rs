//! What a browser's processes take of the machine, as Linux counts it: memory and time on a core.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Time on a core since the start of the browser, in microseconds. The kernel adds it up at every switch and
/// tells it in hundredths of a second, so over a flood of some seconds it is exact to a few parts in a
/// thousand, whatever else ran meanwhile.
pub struct Taken {
    /// Of the main thread of each process that can run a page.
    mains: HashMap<PathBuf, f64>,
    /// Of every thread of every process.
    all: f64,
}

/// Time on a core between two moments, in microseconds.
#[derive(Clone, Copy)]
pub struct Cpu {
    /// Of the page's main thread.
    pub main: f64,
    /// Of every thread of every process of the browser: also of those that read the socket and paint.
    pub all: f64,
}

impl Taken {
    /// Returns what the browser below this process, its driver, has taken.
    pub fn below(driver: u32) -> Self {
        let browser = descendants(driver);
        let all = browser.iter().map(|folder| cpu(folder)).sum();
        let mains = browser.into_iter().filter(|folder| is_renderer(folder)).map(|folder| {
            // The first thread of a process has its number.
            let main = folder.join("task").join(folder.file_name().unwrap_or_default());
            let taken = cpu(&main);
            (main, taken)
        });
        Self { mains: mains.collect(), all }
    }

    /// Returns what was taken since another moment. A browser keeps a spare renderer, which does nothing
    /// meanwhile.
    pub fn since(&self, before: &Self) -> Cpu {
        let taken = |(main, now): (_, &f64)| now - before.mains.get(main).unwrap_or(&0.0);
        let main = self.mains.iter().map(taken).fold(0.0, f64::max);
        Cpu { main, all: self.all - before.all }
    }
}

/// Returns the private memory, in bytes, of the process that runs the page, of the browser below this process.
/// A browser's spare renderer is always smaller than one that runs the playground.
pub fn private_memory_below(driver: u32) -> u64 {
    let renderers = descendants(driver).into_iter().filter(|folder| is_renderer(folder));
    renderers.map(|folder| private(&folder)).max().unwrap_or(0)
}

fn is_renderer(folder: &Path) -> bool {
    let line = fs::read(folder.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains("--type=renderer")
}

/// Returns the processes that come from a process, without itself.
fn descendants(process: u32) -> Vec<PathBuf> {
    let folder = |process: u32| Path::new("/proc").join(process.to_string());
    let mut found = Vec::new();
    let mut below = children(&folder(process));
    while let Some(process) = below.pop() {
        below.extend(children(&folder(process)));
        found.push(folder(process));
    }
    found
}

/// Returns the processes that any thread of a process started.
fn children(folder: &Path) -> Vec<u32> {
    let tasks = fs::read_dir(folder.join("task")).into_iter().flatten().flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<_>>())
        .collect()
}

/// Returns the microseconds that a process, or a thread, has been on a core, for itself and in the kernel.
fn cpu(folder: &Path) -> f64 {
    let line = fs::read_to_string(folder.join("stat")).unwrap_or_default();
    // The name stands in parentheses and may hold anything. The eleventh and twelfth field behind it count
    // ticks, which are always hundredths of a second to a program.
    let fields = line.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).flat_map(str::parse::<f64>).sum();
    ticks * 10_000.0
}

/// Returns the bytes that belong to one process alone.
fn private(folder: &Path) -> u64 {
    let rollup = fs::read_to_string(folder.join("smaps_rollup")).unwrap_or_default();
    let kilobytes = rollup
        .lines()
        .filter_map(|line| line.strip_prefix("Private_"))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.sum::<u64>() * 1024
}
