//! The memory of the process that runs the page.

use std::fs;
use std::path::Path;

/// Returns the private memory, in bytes, of the largest renderer process below this process. A browser
/// keeps a spare renderer, which is always smaller than one that shows a page.
pub fn of_renderer_below(process: u32) -> u64 {
    let mut largest = 0;
    let mut below = vec![process];
    while let Some(process) = below.pop() {
        let folder = Path::new("/proc").join(process.to_string());
        let line = fs::read(folder.join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains("--type=renderer") {
            largest = largest.max(private(&folder));
        }
        below.extend(children(&folder));
    }
    largest
}

/// Returns the processes that any thread of a process started.
fn children(folder: &Path) -> Vec<u32> {
    let tasks = fs::read_dir(folder.join("task")).into_iter().flatten().flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<_>>())
        .collect()
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
