//! Reports: what happened, as Markdown for a ticket or a chat.
//!
//! A report is at most [`LONGEST`] bytes long. Of a log that does not fit, the beginning, the end and what
//! is an error stay, and the report says by how much it is shorter.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::export::redacted;
use super::markdown::{block, cell, code, prose};
use crate::api::Api;
use crate::entry::{Body, Entry, FrameDirection, Note, Reading};
use crate::log::Ring;
use crate::protocol::{Envelope, MessageType, Secret, Topic, UnixMillis, json};
use crate::words::detail::told;
use crate::words::format::{clock, hex};
use crate::words::{Summary, report as words};

/// The bytes of the longest report. GitHub takes 65,536 characters, and whoever writes the ticket has
/// something to say as well.
pub const LONGEST: usize = 60 << 10;

/// What a report says besides what is in the log.
pub struct Circumstances<'a> {
    /// Where the log comes from.
    pub source: Source<'a>,
    /// The browser, as it names itself.
    pub browser: &'a str,
    /// When the report is written.
    pub written: UnixMillis,
}

/// Where a log comes from.
pub enum Source<'a> {
    /// From a file of this name.
    File(&'a str),
    /// From the session of the page.
    Session {
        /// What it is connected to, in words.
        target: &'a str,
        /// What is subscribed to, and in words where that stands.
        subscriptions: Vec<(Topic, String)>,
    },
}

/// A report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// Its text.
    pub markdown: String,
    /// How many rows of the log are in it.
    pub shown: usize,
    /// How many rows the log has.
    pub all: usize,
}

/// Writes a report on the visible entries. The `keys` are taken out of every text.
pub fn report(ring: &Ring, about: &Circumstances<'_>, api: &Api, keys: &[Secret]) -> Report {
    let writer = Writer::new(ring, about, api, keys);
    let mut report = writer.report(LARGEST);
    for measure in SMALLER {
        if report.markdown.len() <= LONGEST {
            break;
        }
        report = writer.report(measure);
    }
    report
}

/// How much of a log is in a report.
#[derive(Clone, Copy)]
struct Measure {
    /// The rows, and the subscriptions.
    rows: usize,
    /// The bytes of a frame.
    frame: usize,
}

const LARGEST: Measure = Measure { rows: 80, frame: 4 << 10 };

/// What is tried where that is too much. Rows tell more than what comes late in a frame.
const SMALLER: [Measure; 7] = [
    Measure { rows: 80, frame: 2 << 10 },
    Measure { rows: 80, frame: 1 << 10 },
    Measure { rows: 80, frame: 512 },
    Measure { rows: 80, frame: 256 },
    Measure { rows: 40, frame: 256 },
    Measure { rows: 20, frame: 256 },
    Measure { rows: 8, frame: 256 },
];

struct Writer<'a> {
    ring: &'a Ring,
    about: &'a Circumstances<'a>,
    api: &'a Api,
    keys: &'a [Secret],
    /// The positions of the reader's problems.
    problems: Vec<usize>,
    /// When the first row happened, and the last.
    span: Option<(UnixMillis, UnixMillis)>,
    /// What there is to write of the rows that a report can have, by their positions.
    rows: Vec<(usize, Row)>,
}

/// What there is to write of a row.
struct Row {
    /// Its line in the table.
    line: String,
    frame: Option<Frame>,
}

/// What there is to write of a frame: as much of its text as the largest measure has room for.
struct Frame {
    title: String,
    text: String,
    /// The bytes of the whole text.
    whole: usize,
    /// The bytes of a binary frame that the text has, if it has not all.
    part: Option<usize>,
    /// The bytes on the wire.
    size: usize,
}

impl<'a> Writer<'a> {
    fn new(ring: &'a Ring, about: &'a Circumstances<'a>, api: &'a Api, keys: &'a [Secret]) -> Self {
        let problems = ring.range(0..usize::MAX).enumerate();
        let problems = problems.filter(|(_, row)| row.entry.is_problem()).map(|(at, _)| at);
        let wall = |position| ring.at(position).map(|row| row.entry.at.wall);
        let span = wall(0).zip(wall(ring.len().saturating_sub(1)));
        let problems = problems.collect();
        let mut writer = Self { ring, about, api, keys, problems, span, rows: Vec::new() };
        for position in writer.chosen(LARGEST.rows) {
            if let Some(row) = ring.at(position) {
                let row = writer.row(&redacted(&row.entry, keys));
                writer.rows.push((position, row));
            }
        }
        writer
    }

    /// Returns the positions of this many rows: all of them, or the first ones, the last ones and the
    /// latest problems between. Of fewer rows each is among those of more.
    fn chosen(&self, rows: usize) -> Vec<usize> {
        let len = self.ring.len();
        if len <= rows {
            return (0..len).collect();
        }
        let middle = rows / 4..len - rows / 2;
        let problems = self.problems.iter().rev().filter(|at| middle.contains(at)).take(rows / 4);
        let mut problems: Vec<_> = problems.copied().collect();
        problems.reverse();
        (0..middle.start).chain(problems).chain(middle.end..len).collect()
    }

    fn row(&self, entry: &Entry) -> Row {
        let Summary { label, detail, .. } = Summary::of(entry, self.api);
        let (number, time) = (entry.seq.0 + 1, self.time(entry));
        let direction = entry.direction().map_or("", FrameDirection::name);
        let mark = if entry.is_problem() { "**" } else { "" };
        let size = words::size(entry);
        let outcome = words::outcome(entry);
        let about = cell(&detail, DETAIL_CHARACTERS);
        let line = format!(
            "| {number} | {time} | {direction} | {mark}{label}{mark} | {size} | {outcome} | {about} |\n"
        );
        let frame = |text: &str, size| Frame {
            title: format!("**Row {number}** {direction} {label}"),
            text: json::clip(text, LARGEST.frame).to_owned(),
            whole: text.len(),
            part: None,
            size,
        };
        let frame = match &entry.body {
            Body::Binary { bytes } => {
                let start = &bytes[..bytes.len().min(BINARY_BYTES)];
                let part = (start.len() < bytes.len()).then_some(start.len());
                Some(Frame { part, ..frame(hex(start, 0).trim_end(), bytes.len()) })
            }
            // Those that were answered say nothing that the table does not.
            Body::Heartbeat { ping, pong: None, .. } => Some(frame(ping, ping.len())),
            Body::Message { text, size, .. } => Some(frame(text, *size)),
            _ => None,
        };
        let frame = frame.filter(|frame| !frame.text.is_empty());
        Row { line, frame }
    }

    /// Returns when an entry happened, with the day where the log has more than one.
    fn time(&self, entry: &Entry) -> String {
        let wall = entry.at.wall;
        let is_one_day = self.span.is_none_or(|(first, last)| first.0 / DAY == last.0 / DAY);
        if is_one_day { clock(wall, 0) } else { wall.to_string() }
    }

    fn report(&self, measure: Measure) -> Report {
        let chosen = self.chosen(measure.rows);
        let title = prose(&self.hidden(&self.api.title), SENTENCE_CHARACTERS);
        let markdown = [
            format!("## WebSocket session: {title}\n\n"),
            words::origin(env!("CARGO_PKG_VERSION"), self.about.written) + "\n\n",
            self.settings(measure, &chosen),
            format!("\n### How the connection ended\n\n{}", self.ending()),
            format!("\n### Log\n\n{}", self.table(&chosen)),
            self.frames(measure, &chosen),
        ];
        Report { markdown: markdown.concat(), shown: chosen.len(), all: self.ring.len() }
    }

    fn settings(&self, measure: Measure, chosen: &[usize]) -> String {
        let mut table = "| Setting | Value |\n|---|---|\n".to_owned();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                // Writing to a string cannot fail.
                let _ = writeln!(table, "| {name} | {value} |");
            }
        };
        let asked;
        let (subscriptions, browser) = match &self.about.source {
            Source::File(name) => {
                add("Replay of", &cell(&self.hidden(name), SETTING_CHARACTERS));
                asked = self.asked();
                (&asked, "Replayed in")
            }
            Source::Session { target, subscriptions } => {
                add("Target", target);
                (subscriptions, "Browser")
            }
        };
        add("Endpoint", &cell(&self.endpoint(), SETTING_CHARACTERS));
        for (topic, state) in subscriptions.iter().take(measure.rows) {
            let channel = cell(&self.hidden(&topic.channel), CHANNEL_CHARACTERS);
            let filters = self.hidden(topic.filters_json().unwrap_or_default());
            let filters = cell(&filters, DETAIL_CHARACTERS);
            let parts = [&*channel, &*filters, state].into_iter().filter(|part| !part.is_empty());
            add("Subscription", &parts.collect::<Vec<_>>().join(" "));
        }
        match subscriptions.len().saturating_sub(measure.rows) {
            0 => {}
            more => add("Subscriptions", &words::more_subscriptions(more)),
        }
        let counters = self.ring.counters();
        let all = self.ring.len();
        add("Log", &words::log(all, self.span, counters.dropped + counters.cleared));
        let is_cut = |row: &Row| row.frame.as_ref().is_some_and(|it| it.is_cut(measure));
        if chosen.len() < all || self.rows_at(chosen).any(|(_, row)| is_cut(row)) {
            add("Shortened", &words::shortened(chosen.len(), all, measure.frame));
        }
        add(browser, &cell(&self.hidden(self.about.browser), SETTING_CHARACTERS));
        table
    }

    /// Returns the endpoint of the latest connection that is told of, or attempt at one; empty if none is.
    fn endpoint(&self) -> String {
        let entries = self.ring.range(0..usize::MAX).rev().map(|row| &row.entry);
        let endpoint = |entry: &Entry| match &entry.body {
            Body::Opened { endpoint, .. }
            | Body::Note(Note::Connecting { endpoint, .. } | Note::OpenFailed { endpoint, .. }) => {
                Some(self.hidden(endpoint))
            }
            _ => None,
        };
        entries.chain(self.ring.opening()).find_map(endpoint).unwrap_or_default()
    }

    /// Returns what was subscribed to in the log, and what came of it last.
    fn asked(&self) -> Vec<(Topic, String)> {
        let mut asked = BTreeMap::new();
        for row in self.ring.range(0..usize::MAX) {
            let Body::Message { text, reading, .. } = &row.entry.body else {
                continue;
            };
            if !matches!(reading, Reading::Request { kind: MessageType::Subscribe, .. }) {
                continue;
            }
            let topic = Envelope::decode(text).ok().and_then(|envelope| envelope.topic().ok());
            if let Some(topic) = topic {
                asked.insert(topic, words::outcome(&row.entry));
            }
        }
        asked.into_iter().collect()
    }

    fn ending(&self) -> String {
        let entries = || self.ring.range(0..usize::MAX).rev().map(|row| &row.entry);
        let Some(end) = entries().find(|entry| entry.ends_connection()) else {
            return format!("{}\n", words::NOT_ENDED);
        };
        let ends = entries().filter(|entry| entry.ends_connection()).count();
        let is_opened = entries()
            .take_while(|entry| entry.seq != end.seq)
            .any(|entry| matches!(entry.body, Body::Opened { .. }));
        let again = if is_opened { [" ", words::OPENED_AGAIN].concat() } else { String::new() };
        let end = redacted(end, self.keys);
        let place = words::last_end(end.seq.0 + 1, &self.time(&end), ends);
        let mut ending = format!("{place}{again}\n\n");
        for sentence in told(&end, self.api) {
            let sentence = prose(&self.hidden(&sentence), SENTENCE_CHARACTERS);
            // Writing to a string cannot fail.
            let _ = writeln!(ending, "- {sentence}");
        }
        if let Body::Closed { reason, .. } = &end.body {
            let reason = match code(reason, SENTENCE_CHARACTERS) {
                none if none.is_empty() => "none".to_owned(),
                reason => reason,
            };
            let _ = writeln!(ending, "- Reason: {reason}");
        }
        ending
    }

    fn table(&self, chosen: &[usize]) -> String {
        let mut table = TABLE_HEAD.to_owned();
        let mut next = 0;
        for (position, row) in self.rows_at(chosen) {
            if *position > next {
                let gap = next..*position;
                let problems = self.problems.iter().filter(|at| gap.contains(at)).count();
                let words = words::left_out(gap.len(), problems);
                // Writing to a string cannot fail.
                let _ = writeln!(table, "| … | | | | | | {words} |");
            }
            table.push_str(&row.line);
            next = position + 1;
        }
        table
    }

    fn frames(&self, measure: Measure, chosen: &[usize]) -> String {
        let frames = self.rows_at(chosen).filter_map(|(_, row)| row.frame.as_ref());
        let written: Vec<_> = frames.map(|frame| frame.written(measure)).collect();
        if written.is_empty() {
            return String::new();
        }
        format!("\n### Frames\n\n{}", written.join("\n"))
    }

    /// Returns what there is to write of the rows at these positions.
    fn rows_at(&self, chosen: &[usize]) -> impl Iterator<Item = &(usize, Row)> {
        self.rows.iter().filter(move |(position, _)| chosen.binary_search(position).is_ok())
    }

    fn hidden(&self, text: &str) -> String {
        self.keys.iter().fold(text.to_owned(), |text, key| key.redact(text))
    }
}

impl Frame {
    /// Returns what of its text is in a report.
    fn shown(&self, measure: Measure) -> &str {
        json::clip(&self.text, measure.frame)
    }

    fn is_cut(&self, measure: Measure) -> bool {
        self.shown(measure).len() < self.whole
    }

    fn written(&self, measure: Measure) -> String {
        let shown = self.shown(measure);
        let part = self.part.or_else(|| self.is_cut(measure).then_some(shown.len()));
        let language = if shown.starts_with(['{', '[']) { "json" } else { "text" };
        let (size, block) = (words::frame_size(part, self.size), block(language, shown));
        format!("{}, {size}\n\n{block}", self.title)
    }
}

const TABLE_HEAD: &str = "| Row | Time (UTC) | Direction | Type | Size | Outcome | About |\n\
                          |--:|---|---|---|--:|---|---|\n";

/// The bytes of a binary frame that are shown, as numbers in lines of sixteen.
const BINARY_BYTES: usize = 48;
/// The characters of what can be of any length.
const CHANNEL_CHARACTERS: usize = 80;
const DETAIL_CHARACTERS: usize = 160;
const SENTENCE_CHARACTERS: usize = 240;
const SETTING_CHARACTERS: usize = 300;

const DAY: u64 = 86_400_000;
