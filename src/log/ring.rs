//! The ring: the newest entries, bounded by count and by bytes, and what is counted over all.

use std::collections::VecDeque;
use std::ops::Range;

use super::rate::Rate;
use crate::entry::{Body, Entry, EntryKind, FrameDirection, Outcome, Reading, Seq};
use crate::protocol::MessageType;

/// The entries that are kept, oldest first, and the counters over all that ever came.
///
/// The visible entries are those after the line that [`Ring::clear`] draws; they are numbered from 0.
#[derive(Clone, Debug)]
pub struct Ring {
    rows: VecDeque<Row>,
    capacity: Capacity,
    /// The sum of [`Entry::bytes`] over the rows.
    bytes: usize,
    /// How many rows, from the front, stand before the line.
    hidden: usize,
    /// The requests that were settled, in that order, but not those before the first one kept.
    settled: VecDeque<Seq>,
    /// How many settlements came before those.
    settled_before: usize,
    /// The opening of the connection that the oldest visible entry belongs to, if that is not visible.
    opening: Option<Entry>,
    rate: Rate,
    counters: Counters,
    counts: Counts,
}

impl Ring {
    /// Returns an empty ring.
    pub fn new(capacity: Capacity) -> Self {
        Self {
            rows: VecDeque::new(),
            capacity,
            bytes: 0,
            hidden: 0,
            settled: VecDeque::new(),
            settled_before: 0,
            opening: None,
            rate: Rate::default(),
            counters: Counters::default(),
            counts: Counts::default(),
        }
    }

    /// Adds an entry, whose number must be above all before, and drops the oldest ones that no
    /// longer fit. The newest entry stays, however large it is.
    pub fn push(&mut self, entry: Entry) {
        let frames = self.counters.count(&entry);
        self.rate.count(entry.at.at, frames);
        self.bytes += entry.bytes();
        self.counts.change(&entry, |count| *count += 1);
        self.rows.push_back(Row { entry, version: 0 });
        while self.rows.len() > 1
            && (self.rows.len() > self.capacity.entries || self.bytes > self.capacity.bytes)
        {
            self.drop_oldest();
        }
    }

    /// Writes what became of a request into its entry. Does nothing if the entry is gone or no
    /// request.
    pub fn settle(&mut self, seq: Seq, settled: Outcome) {
        let Ok(index) = self.index(seq) else {
            return;
        };
        let row = &mut self.rows[index];
        let was_problem = row.entry.is_problem();
        if let Body::Message { reading: Reading::Request { outcome, .. }, .. } = &mut row.entry.body
        {
            *outcome = settled;
            row.version += 1;
            self.settled.push_back(seq);
        }
        if index >= self.hidden {
            self.counts.problems += usize::from(row.entry.is_problem());
            self.counts.problems -= usize::from(was_problem);
        }
    }

    /// Draws a line: what came before is no longer visible. The counters go on.
    pub fn clear(&mut self) {
        self.counters.cleared += self.len() as u64;
        for row in self.rows.range(self.hidden..) {
            pass(&mut self.opening, &row.entry);
        }
        self.hidden = self.rows.len();
        self.counts = Counts::default();
    }

    /// Returns the entries that are kept, visible or not, oldest first.
    pub fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.rows.into_iter().map(|row| row.entry)
    }

    /// Returns how many entries are visible.
    pub fn len(&self) -> usize {
        self.rows.len() - self.hidden
    }

    /// Returns whether no entry is visible.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the visible entries in a range of their positions, as far as there are any.
    pub fn range(&self, visible: Range<usize>) -> impl DoubleEndedIterator<Item = &Row> {
        let end = visible.end.min(self.len());
        let start = visible.start.min(end);
        self.rows.range(self.hidden + start..self.hidden + end)
    }

    /// Returns the visible entry at a position.
    pub fn at(&self, position: usize) -> Option<&Row> {
        self.rows.get(self.hidden + position)
    }

    /// Returns the entry of this number if it is still kept, visible or not.
    pub fn get(&self, seq: Seq) -> Option<&Row> {
        self.index(seq).ok().map(|index| &self.rows[index])
    }

    /// Returns the position of an entry among the visible ones, if it is one of them.
    pub fn position(&self, seq: Seq) -> Option<usize> {
        self.place(seq).ok()
    }

    /// Returns the position of an entry among the visible ones.
    ///
    /// # Errors
    ///
    /// Returns the position it would have if it were one of them.
    pub fn place(&self, seq: Seq) -> Result<usize, usize> {
        match self.index(seq) {
            Ok(index) => index.checked_sub(self.hidden).ok_or(0),
            Err(index) => Err(index.saturating_sub(self.hidden)),
        }
    }

    /// Returns how many times a request was settled.
    pub fn settlements(&self) -> usize {
        self.settled_before + self.settled.len()
    }

    /// Returns the requests that were settled after the first `settlements` times, as far as they are
    /// kept.
    pub fn settled(&self, settlements: usize) -> impl Iterator<Item = Seq> {
        let start = settlements.saturating_sub(self.settled_before).min(self.settled.len());
        self.settled.range(start..).copied()
    }

    /// Returns the opening of the connection that the first visible entry belongs to, if it was
    /// dropped or cleared.
    pub fn opening(&self) -> Option<&Entry> {
        self.opening.as_ref()
    }

    /// Returns the frames per second.
    pub fn rate(&self) -> &Rate {
        &self.rate
    }

    /// Returns how many of the visible entries are of the kinds that readers ask for most.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns what was counted since the start.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    fn drop_oldest(&mut self) {
        if let Some(row) = self.rows.pop_front() {
            self.bytes -= row.entry.bytes();
            if self.hidden > 0 {
                self.hidden -= 1;
            } else {
                self.counters.dropped += 1;
                self.counts.change(&row.entry, |count| *count -= 1);
                pass(&mut self.opening, &row.entry);
            }
            // Of equal or later ones the entry is still kept.
            while self.settled.pop_front_if(|seq| *seq <= row.entry.seq).is_some() {
                self.settled_before += 1;
            }
        }
    }

    fn index(&self, seq: Seq) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&seq, |row| row.entry.seq)
    }
}

/// Takes note of the opening of a connection, and of its end, in an entry that is no longer visible.
fn pass(opening: &mut Option<Entry>, entry: &Entry) {
    if matches!(entry.body, Body::Opened { .. }) {
        *opening = Some(entry.clone());
    } else if entry.ends_connection() {
        *opening = None;
    }
}

/// How much a ring keeps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Capacity {
    /// The entries.
    pub entries: usize,
    /// The bytes of message text.
    pub bytes: usize,
}

/// An entry as it is kept. A view keys it by its number and its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The entry.
    pub entry: Entry,
    /// How often it changed since it came.
    pub version: u32,
}

/// How many of the visible entries are of a kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Acks.
    pub acks: usize,
    /// Events.
    pub events: usize,
    /// Pings of the server, each with its pong.
    pub heartbeats: usize,
    /// The reader's problems, of whatever kind.
    pub problems: usize,
}

impl Counts {
    /// Changes the counts to which an entry belongs.
    fn change(&mut self, entry: &Entry, change: impl Fn(&mut usize)) {
        match entry.kind() {
            EntryKind::Message(MessageType::Ack) => change(&mut self.acks),
            EntryKind::Message(MessageType::Event) => change(&mut self.events),
            EntryKind::Heartbeat => change(&mut self.heartbeats),
            _ => {}
        }
        if entry.is_problem() {
            change(&mut self.problems);
        }
    }
}

/// What a ring counted since it was made, dropped and cleared entries included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counters {
    /// All entries: those that are visible, dropped or cleared.
    pub entries: u64,
    /// Frames that arrived.
    pub received: u64,
    /// Frames that were sent.
    pub sent: u64,
    /// The bytes of the frames that arrived, as UTF-8 and before compression.
    pub bytes_in: u64,
    /// The bytes of the frames that were sent.
    pub bytes_out: u64,
    /// Visible entries that no longer fitted.
    pub dropped: u64,
    /// Entries that [`Ring::clear`] hid.
    pub cleared: u64,
}

impl Counters {
    /// Counts an entry. Returns how many frames it has.
    fn count(&mut self, entry: &Entry) -> u32 {
        self.entries += 1;
        let before = self.received + self.sent;
        match &entry.body {
            Body::Binary { bytes } => self.frame(FrameDirection::Received, bytes.len()),
            Body::Heartbeat { ping, pong, .. } => {
                self.frame(FrameDirection::Received, ping.len());
                if let Some(pong) = pong {
                    self.frame(FrameDirection::Sent, pong.len());
                }
            }
            Body::Message { direction, size, .. } => self.frame(*direction, *size),
            Body::Closed { .. } | Body::Note(_) | Body::Opened { .. } => {}
        }
        // No entry has more than two.
        u32::try_from(self.received + self.sent - before).unwrap_or_default()
    }

    fn frame(&mut self, direction: FrameDirection, size: usize) {
        let (frames, bytes) = match direction {
            FrameDirection::Received => (&mut self.received, &mut self.bytes_in),
            FrameDirection::Sent => (&mut self.sent, &mut self.bytes_out),
        };
        *frames += 1;
        *bytes += size as u64;
    }
}
