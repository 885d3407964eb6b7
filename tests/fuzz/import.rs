//! Imports: any file is read or refused, and what was read can be written, replayed and read again.

use veriops_playground::archive::export::{har, ndjson};
use veriops_playground::archive::{Import, ImportError, Replay, Speed, import};
use veriops_playground::entry::Entry;
use veriops_playground::log::{Capacity, Ring};
use veriops_playground::protocol::{Instant, UnixMillis};

/// Reads the input as a file.
pub fn check(input: &[u8]) {
    let imported = import(&String::from_utf8_lossy(input), KEY_PARAMETER);
    assert_eq!(in_pieces(input), imported, "pieces are read as the whole is");
    let Ok(entries) = imported else {
        return;
    };
    let mut ring = Ring::new(UNBOUNDED);
    for entry in &entries {
        ring.push(entry.clone());
    }
    let file = file(&ring);
    assert_eq!(
        import(&file, KEY_PARAMETER).as_ref(),
        Ok(&entries),
        "an export is imported as it was"
    );

    let mut archive = String::new();
    har(&ring, &[], &mut |piece| archive.push_str(piece));
    serde_json::from_str::<&serde_json::value::RawValue>(&archive).expect("an archive is JSON");
    if archive.contains("\"type\":\"") {
        import(&archive, KEY_PARAMETER).expect("an archive with messages is imported");
    }

    assert_eq!(self::file(&replayed(entries)), file, "a replay ends in the same log");
}

/// Imports in pieces whose lengths the input itself chooses.
fn in_pieces(input: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let mut import = Import::new(KEY_PARAMETER);
    let mut rest = input;
    while let Some(first) = rest.first() {
        let (piece, after) = rest.split_at(rest.len().min(1 + usize::from(*first)));
        import.push(piece);
        while import.step()? {}
        rest = after;
    }
    import.finish()
}

/// Replays in real time for a second, and the rest at once.
fn replayed(entries: Vec<Entry>) -> Ring {
    let mut replay = Replay::new(entries, UNBOUNDED);
    replay.play(Speed::Real, Instant(0));
    while let Some(now) = replay.poll_timeout().filter(|now| *now <= Instant(1_000)) {
        assert!(replay.handle_timeout(now), "a timeout is on time");
    }
    replay.play(Speed::AtOnce, Instant(1_000));
    while replay.handle_timeout(Instant(1_000)) {}
    assert!(replay.is_done());
    replay.ring().clone()
}

fn file(ring: &Ring) -> String {
    let mut file = String::new();
    ndjson(ring, UnixMillis(0), &[], &mut |piece| file.push_str(piece));
    file
}

/// As the addresses in the seeds have it.
const KEY_PARAMETER: Option<&str> = Some("token");

const UNBOUNDED: Capacity = Capacity { entries: usize::MAX, bytes: usize::MAX };
